//! Following an actor of ours from an account on another server, and the page to which other servers send
//! people of this one for the same.

use axum::extract::{OriginalUri, State};
use domain::{Error, Outcome};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::refusal::Rule;
use model::{Refusal, Why};
use query::row::Actor;

use super::follow::find;
use super::form_post::FormPost;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect, show, show_invalid, sign_in_to_follow};
use super::show::actor;
use crate::frame::{Frame, Section};
use crate::views::follow_from::{FollowFrom, Leaving, server_form};

/// `GET /c/{handle}/follow-from`, `GET /u/{handle}/follow-from`
pub async fn form(
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    request: PageRequest,
) -> Page {
    let (target, name) = find(&request, &text, &at).await?;
    show(&view(&request, &target, name).await?)
}

async fn view(request: &PageRequest, target: &Actor, name: String) -> Outcome<FollowFrom> {
    let url = actor::url(target);
    let f = Frame {
        noindex: true,
        ..request.framed(Section::Elsewhere).await?
    };
    let form = server_form(&f, &format!("{url}/follow-from"));
    Ok(FollowFrom {
        name,
        f: f.sending(&form),
        form,
        sign_in_url: sign_in_to_follow(&url),
        url,
    })
}

/// `POST /c/{handle}/follow-from`, `POST /u/{handle}/follow-from`
pub async fn leave(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    posted: FormPost,
) -> Page {
    let (target, name) = find(&posted.request, &text, &at).await?;
    match posted.attempt(page_elsewhere(&app, &posted, &target)).await {
        Ok(url) => show(&Leaving {
            host: host(&url),
            url,
            f: posted.request.framed(Section::Elsewhere).await?,
        }),
        Err(error) => {
            let mut view = view(&posted.request, &target, name).await?;
            match said_of_the_server(&view.f, &error) {
                Some(message) => {
                    view.form.set("server", posted.fields.get("server"));
                    view.form.fault("server", message);
                }
                None => view.form = posted.field_errors(error)?.mark(&view.f, view.form),
            }
            show_invalid(&view)
        }
    }
}

/// Asks the other server, as little as look-ups do, where one follows there.
async fn page_elsewhere(app: &App, posted: &FormPost, target: &Actor) -> Outcome<String> {
    let home = posted.fields.trimmed("server");
    if home.is_empty() {
        return Err(Error::invalid("server", Why::Required));
    }
    app.limits()
        .count_ip(RateLimit::LookUp, posted.request.ip)?;
    Ok(app.remote().follow_page(&home, &target.ap_id).await?)
}

/// What is wrong with the server that was typed, where it is that.
fn said_of_the_server(f: &Frame, error: &Error) -> Option<String> {
    match error {
        Error::Refused(Refusal::Unreachable { host }) => Some(
            f.message("follow-from-unreachable")
                .arg("host", host)
                .to_string(),
        ),
        Error::Refused(Refusal::NotAllowed(rule @ Rule::PeerRefused)) => {
            Some(f.text(&format!("rule-{}", rule.code())).to_owned())
        }
        Error::Refused(_) | Error::Fault(_) => None,
    }
}

fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.unwrap_or_default().to_owned()
}

/// `GET /authorize_interaction?uri=…`: where other servers send people of this one, to follow or to read
/// something. Signing in comes first.
pub async fn arrive(request: PageRequest) -> Page {
    request.me()?;
    let uri = request.q("uri").unwrap_or_default().trim();
    let typed = match uri.strip_prefix("acct:") {
        Some(address) => format!("@{}", address.trim_start_matches('@')),
        None => uri.to_owned(),
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &typed)
        .finish();
    Ok(redirect(&format!("/search?{query}")))
}

//! Following an actor of ours from an account on another server, and the page to which other servers send
//! people of this one for the same.

use axum::extract::{OriginalUri, State};
use domain::{Error, Outcome};
use http::StatusCode;
use httpkit::App;
use model::refusal::Rule;
use model::{Refusal, Why};
use query::row::Actor;

use super::follow::find;
use super::form_post::FormPost;
use super::page_request::{PageRequest, pairs};
use super::path_param::PathParam;
use super::response::{Page, redirect, show, show_invalid, show_with_status, sign_in_to_follow};
use super::show::actor;
use crate::frame::{Frame, Section};
use crate::views::error::{ErrorKind, ErrorPage};
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
    let home = app.remote().home_host(&posted.fields.trimmed("server"));
    if home.is_some_and(|host| host == posted.request.our_host()) {
        // This is the server on which they have their account.
        return Ok(redirect(&sign_in_to_follow(&actor::url(&target))));
    }
    match posted.attempt(page_elsewhere(&app, &posted, &target)).await {
        Ok(url) => show(&Leaving {
            host: host(&url),
            url,
            f: posted.request.framed(Section::Elsewhere).await?,
        }),
        Err(error) => {
            let mut view = view(&posted.request, &target, name).await?;
            if let Some(message) = said_of_the_server(&view.f, &error) {
                view.form.set("server", posted.fields.get("server"));
                view.form.fault("server", message);
                return show_invalid(&view);
            }
            let errors = posted.field_errors(error)?;
            view.form = errors.show_on(&view.f, view.form);
            errors.respond(&view)
        }
    }
}

/// Asks the other server, as little as look-ups do, where one follows there.
async fn page_elsewhere(app: &App, posted: &FormPost, target: &Actor) -> Outcome<String> {
    let home = posted.fields.trimmed("server");
    if home.is_empty() {
        return Err(Error::invalid("server", Why::Required));
    }
    let host = app.remote().home_host(&home);
    let host = host.ok_or_else(|| Error::invalid("server", Why::Malformed))?;
    app.limits().count_follow_from(posted.request.ip, &host)?;
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

/// The host of what [`arrive`] leads to, where a path is its own.
pub fn host_to_reach(path: &str) -> Option<String> {
    let query = pairs(path.strip_prefix("/authorize_interaction?")?.as_bytes());
    let (_, uri) = query.iter().find(|(name, _)| name == "uri")?;
    let host = match host(uri) {
        none if none.is_empty() => uri.rsplit_once('@')?.1.trim().to_owned(),
        host => host,
    };
    (!host.is_empty()).then_some(host)
}

fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.unwrap_or_default().to_owned()
}

/// `GET /authorize_interaction?uri=…`: where other servers send people of this one, to follow or to read
/// something. Signing in comes first, unless the link says nothing.
pub async fn arrive(request: PageRequest) -> Page {
    let uri = request.q("uri").unwrap_or_default().trim();
    if uri.is_empty() {
        let page = ErrorPage {
            f: request.framed(Section::Elsewhere).await?,
            kind: ErrorKind::IncompleteLink,
            saved_form: None,
            sign_in: None,
            sign_in_url: None,
        };
        return show_with_status(StatusCode::BAD_REQUEST, &page);
    }
    request.me()?;
    let typed = match uri.strip_prefix("acct:") {
        Some(address) => format!("@{}", address.trim_start_matches('@')),
        None => uri.to_owned(),
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &typed)
        .finish();
    Ok(redirect(&format!("/search?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_in_page_names_the_host_that_one_is_sent_to() {
        for (uri, expected) in [
            (
                "uri=https%3A%2F%2Falpha.test%2Fc%2Fweavers",
                Some("alpha.test"),
            ),
            ("a=b&uri=acct%3Aann%40alpha.test", Some("alpha.test")),
            ("uri=%40ann%40alpha.test", Some("alpha.test")),
            ("uri=weavers", None),
            ("uri=ann%40", None),
            ("", None),
        ] {
            let path = format!("/authorize_interaction?{uri}");
            assert_eq!(host_to_reach(&path).as_deref(), expected, "{uri}");
        }
        assert_eq!(host_to_reach("/search?uri=%40ann%40alpha.test"), None);
    }
}

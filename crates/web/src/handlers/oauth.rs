//! An application asks to act for the reader (RFC 6749 §4.1). Whatever is wrong with the application or its
//! address is said here, and leads nowhere; other mistakes are told to the application.

use axum::extract::State;
use axum::response::Response;
use domain::oauth::{NewCode, redirect};
use domain::{Outcome, secret};
use http::{HeaderValue, StatusCode, header};
use httpkit::content_policy::page_policy;
use httpkit::{App, Me};
use model::oauth::{ADDRESS_MAX, OUT_OF_BAND, Scope, Scopes};
use query::row::OauthApp;
use url::{Host, Url};

use crate::frame::Section;
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect as redirect_to, show, show_with_status};
use crate::views::oauth::{Consent, ShownCode, Target, UnknownApp};

/// The parameters of a request that are sent again with the answer.
const PARAMETERS: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];
/// Length of a challenge: a SHA-256 in base64 without padding.
const CHALLENGE_LENGTH: usize = 43;

/// A request that can be answered.
struct Asked {
    app: OauthApp,
    /// One of the registered addresses.
    redirect: String,
    state: String,
    scopes: Scopes,
    challenge: Option<String>,
}

/// Why a request cannot be granted.
enum Mistake {
    /// Said to the reader, by the key of a message.
    Page(&'static str),
    /// Told to the application: where, its `state`, and the code of the error.
    Told(String, String, &'static str),
}

/// Checks a request, whose parameters `of` reads.
async fn check<'p>(app: &App, of: impl Fn(&str) -> &'p str) -> Outcome<Result<Asked, Mistake>> {
    let client_id = of("client_id").to_owned();
    let read = move |db: &mut query::Db| query::oauth::app(db, &client_id);
    let Some(client) = app.store().read(read).await? else {
        return Ok(Err(Mistake::Page("oauth-unknown-app")));
    };
    let Some(address) = redirect::matching(&client.redirects, of("redirect_uri")) else {
        return Ok(Err(Mistake::Page("oauth-unknown-redirect")));
    };
    let state = of("state").to_owned();
    Ok(match granted(&client, &of) {
        Ok(_) if state.len() > ADDRESS_MAX => {
            Err(Mistake::Told(address, String::new(), "invalid_request"))
        }
        Ok((scopes, challenge)) => Ok(Asked {
            app: client,
            redirect: address,
            state,
            scopes,
            challenge,
        }),
        Err(code) => Err(Mistake::Told(address, state, code)),
    })
}

/// The scopes and the challenge that a request asks with.
fn granted<'p>(
    client: &OauthApp,
    of: &impl Fn(&str) -> &'p str,
) -> Result<(Scopes, Option<String>), &'static str> {
    if of("response_type") != "code" {
        return Err("unsupported_response_type");
    }
    let scopes = match of("scope") {
        "" => Scopes::standard(),
        words => Scopes::parse(words).map_err(|_unknown| "invalid_scope")?,
    };
    if scopes.is_empty() || !Scopes::stored(&client.scopes).cover(&scopes) {
        return Err("invalid_scope");
    }
    // A public client has nothing else that proves a code to be its own.
    let is_public = client.secret_hash.is_empty();
    match (of("code_challenge"), of("code_challenge_method")) {
        ("", "") if !is_public => Ok((scopes, None)),
        (challenge, "S256") if challenge.len() == CHALLENGE_LENGTH => {
            Ok((scopes, Some(challenge.to_owned())))
        }
        _ => Err("invalid_request"),
    }
}

/// `GET /oauth/authorize`
pub async fn ask(request: PageRequest) -> Page {
    let of = |name: &str| request.q(name).unwrap_or_default();
    let asked = match check(&request.app, of).await? {
        Ok(asked) => asked,
        Err(mistake) => return refuse(&request, mistake).await,
    };
    let me = request.me()?;
    let target = target(&asked.redirect);
    let policy = page_policy(&form_target(&asked.redirect));
    let f = request.framed(Section::Me).await?;
    let page = show(&Consent {
        app: asked.app.name,
        website: asked.app.website,
        handle: format!("@{}", me.actor.handle),
        scopes: asked.scopes.widest().map(Scope::label).collect(),
        target,
        parameters: PARAMETERS.map(|name| (name, of(name).to_owned())).to_vec(),
        f,
    });
    page.map(|mut response| {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        not_stored(response)
    })
}

/// `POST /oauth/authorize`: the reader's answer. Everything is checked again: it comes from their browser.
pub async fn answer(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let asked = match check(&app, |name| posted.fields.get(name)).await? {
        Ok(asked) => asked,
        Err(mistake) => return refuse(&posted.request, mistake).await,
    };
    if posted.fields.get("answer") != "allow" {
        let mistake = Mistake::Told(asked.redirect, asked.state, "access_denied");
        return refuse(&posted.request, mistake).await;
    }
    let code = grant(&app, &me, &asked).await?;
    if asked.redirect == OUT_OF_BAND {
        let f = posted.request.framed(Section::Me).await?.showing_once();
        let app = asked.app.name;
        return show(&ShownCode { f, app, code }).map(not_stored);
    }
    tell(
        &posted.request,
        &asked.redirect,
        &asked.state,
        ("code", &code),
    )
}

async fn grant(app: &App, me: &Me, asked: &Asked) -> Outcome<String> {
    let (code, owner) = (secret::token(), me.id());
    let new = NewCode {
        code_hash: secret::digest(&code),
        app: asked.app.id,
        redirect: asked.redirect.clone(),
        scopes: asked.scopes.clone(),
        challenge: asked.challenge.clone(),
    };
    app.ops()
        .write(move |tx| domain::oauth::grant(tx, owner, &new))
        .await?;
    Ok(code)
}

/// Answers a request that is not granted.
async fn refuse(request: &PageRequest, mistake: Mistake) -> Page {
    let text = match mistake {
        Mistake::Told(redirect, state, error) if redirect != OUT_OF_BAND => {
            return tell(request, &redirect, &state, ("error", error));
        }
        Mistake::Told(_, _, "access_denied") => return Ok(redirect_to("/settings/tokens")),
        Mistake::Told(..) => "oauth-unknown-request",
        Mistake::Page(text) => text,
    };
    let f = request.framed(Section::Me).await?;
    show_with_status(StatusCode::BAD_REQUEST, &UnknownApp { f, text })
}

/// Leads back to the application, with an answer.
fn tell(request: &PageRequest, address: &str, state: &str, answer: (&str, &str)) -> Page {
    let issuer = request.site()?.url.clone();
    let mut parameters = vec![answer, ("iss", &issuer)];
    if !state.is_empty() {
        parameters.push(("state", state));
    }
    let to = redirect::with_parameters(address, &parameters).unwrap_or_default();
    let mut response = Response::default();
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(to) = HeaderValue::try_from(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    Ok(not_stored(response))
}

/// Where an address leads, in words.
fn target(address: &str) -> Target {
    if address == OUT_OF_BAND {
        return Target::Shown;
    }
    match Url::parse(address) {
        Ok(url) if url.scheme() == "https" => {
            Target::Site(url.host_str().unwrap_or_default().to_owned())
        }
        Ok(_) | Err(_) => Target::Device,
    }
}

/// What the policy of the page names, so that the browser lets the form's answer lead there.
fn form_target(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) if url.scheme() == "urn" => String::new(),
        // A policy cannot name an IPv6 address, nor the host of another scheme than http.
        Ok(url)
            if matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_)))
                && url.scheme().starts_with("http") =>
        {
            url.origin().ascii_serialization()
        }
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    }
}

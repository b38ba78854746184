//! The request of somebody without an account, by the link of a mail. Opening the link changes nothing, so that a mail
//! program that looks at it does not use it up; the forms of its page do.

use axum::extract::State;
use domain::account::NewAccount;
use domain::membership::{self, Applicant};
use domain::{Outcome, Tx, secret};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{App, session, single_sign_on as sso};
use model::Handle;
use model::membership::JoinState;
use model::refusal::Checks;
use query::membership::RequestView;
use query::row::CommunityWithActor;

use super::{card, is_asked, place_link};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::account::sign_up::check;
use crate::handlers::field_errors::FieldErrors;
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{
    Page, redirect_with_flash, show, show_with_status, sign_in_path, with_sign_in,
};
use crate::handlers::show::actor;
use crate::views::membership::{DeadJoinLink, JoinLink, join_account_form, key_form, text_form};

/// The request of a link that can be used.
type Opened = (CommunityWithActor, RequestView);

async fn open(request: &PageRequest, key: &str) -> Outcome<(Frame, Option<Opened>)> {
    let digest = secret::digest(key);
    let read = move |db: &mut query::Db, reader| query::membership::by_link(db, reader, &digest);
    request.page(Section::Communities, read).await
}

/// `GET /join/request?key=…`
pub async fn show_request(request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let (f, opened) = open(&request, &key).await?;
    match opened {
        Some(opened) => show(&page(f, &opened, &key, &request.app, None)).map(not_stored),
        None => dead(f),
    }
}

fn dead(f: Frame) -> Page {
    show_with_status(StatusCode::GONE, &DeadJoinLink { f }).map(not_stored)
}

/// The address of the page with its key, as far as it can stand in one.
fn own_path(key: &str) -> String {
    let key: String = key.chars().filter(|c| secret::is_token_char(*c)).collect();
    format!("/join/request?key={key}")
}

fn page(
    f: Frame,
    (place, view): &Opened,
    key: &str,
    app: &App,
    errors: Option<&FieldErrors<'_>>,
) -> JoinLink {
    let waits = view.request.state == JoinState::Accepted && view.request.actor_id.is_none();
    let shown = |form: Form| match errors {
        Some(errors) => errors.show_on(&f, form),
        None => form,
    };
    let answer = || {
        let form = text_form(&f, "/join/request", "join-answer", "join-enter-answer");
        Form {
            fields: key_form(key)
                .fields
                .into_iter()
                .chain(form.fields)
                .collect(),
            ..form
        }
    };
    let guest = f.me.is_none();
    let answer_form = is_asked(view).then(answer).map(shown);
    let account_form = (waits && guest && !sso::is_only(app))
        .then(|| join_account_form(&f, key, &view.request.name))
        .map(shown);
    let typed = answer_form.as_ref().or(account_form.as_ref()).cloned();
    JoinLink {
        place: place_link(place, &f),
        card: card(view, &f, "", true),
        key: key_form(key),
        answer_form,
        account_form,
        may_claim: waits && !guest,
        sign_in_url: sign_in_path(&own_path(key)),
        f: match typed {
            Some(form) => f.sending(&form),
            None => f,
        },
    }
}

/// `POST /join/request`: confirms, answers, withdraws, joins with an account, or makes one.
pub async fn act(State(app): State<App>, posted: FormPost) -> Page {
    let key = posted.fields.get("key");
    match posted.attempt(done(&app, &posted, key)).await {
        Ok(Done::Here(word)) => redirect_with_flash(&own_path(key), word),
        Ok(Done::Joined(url, None)) => redirect_with_flash(&url, "joined"),
        Ok(Done::Joined(url, Some(signed_in))) => {
            let response = redirect_with_flash(&url, "joined")?;
            Ok(with_sign_in(response, app.site()?.is_https(), &signed_in))
        }
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let (f, opened) = open(&posted.request, key).await?;
            match opened.filter(|_| !errors.names("link")) {
                Some(opened) => {
                    let page = page(f, &opened, key, &app, Some(&errors));
                    errors.respond(&page).map(not_stored)
                }
                None => dead(f),
            }
        }
    }
}

/// What came of a form.
enum Done {
    /// The page is shown again, with a word.
    Here(&'static str),
    /// Whoever asked is a member of the community at an address; signed in, where an account was made.
    Joined(String, Option<session::NewSignIn>),
}

async fn done(app: &App, posted: &FormPost, key: &str) -> Outcome<Done> {
    app.limits()
        .count_ip(RateLimit::SignIn, posted.request.ip)?;
    let digest = secret::digest(key);
    let applicant = Applicant::Link(digest.clone());
    match posted.fields.get("do") {
        "answer" => {
            let text = posted.fields.trimmed("text");
            let verb = move |tx: &mut Tx<'_>| membership::reply(tx, &applicant, &text);
            app.ops().write(verb).await?;
            Ok(Done::Here("join-answered"))
        }
        "withdraw" => {
            let verb = move |tx: &mut Tx<'_>| membership::withdraw(tx, &applicant);
            app.ops().write(verb).await?;
            Ok(Done::Here("join-withdrawn"))
        }
        "claim" => claim(app, posted, digest).await,
        "register" => register(app, posted, digest).await,
        _ => {
            let verb = move |tx: &mut Tx<'_>| membership::confirm(tx, &digest);
            app.ops().write(verb).await?;
            Ok(Done::Here("join-confirmed"))
        }
    }
}

async fn claim(app: &App, posted: &FormPost, digest: String) -> Outcome<Done> {
    let who = posted.request.me()?.id();
    let url = place_url(&posted.request, &digest).await?;
    let verb = move |tx: &mut Tx<'_>| membership::claim(tx, &digest, who);
    app.ops().write(verb).await?;
    Ok(Done::Joined(url, None))
}

async fn register(app: &App, posted: &FormPost, digest: String) -> Outcome<Done> {
    let typed = &posted.fields;
    if sso::is_only(app) {
        return Err(domain::Error::invalid("password", model::Why::NotAChoice));
    }
    let url = place_url(&posted.request, &digest).await?;
    let handle = check(Checks::default(), Handle::parse(typed.get("handle")), typed)?;
    let new = NewAccount {
        handle,
        name: typed.trimmed("name"),
        password: Some(app.hash_password("password", typed.get("password")).await?),
        address: None,
        lang: posted.request.lang,
        request: String::new(),
        key: app.new_key().await?,
    };
    let verb = move |tx: &mut Tx<'_>| membership::register(tx, &digest, &new);
    let id = app.ops().write(verb).await?;
    let signed_in = session::open(app, id, &posted.agent).await?;
    Ok(Done::Joined(url, Some(signed_in)))
}

/// The address of the community of a link, before the link is used up.
async fn place_url(request: &PageRequest, digest: &str) -> Outcome<String> {
    let digest = digest.to_owned();
    let read = move |db: &mut query::Db, reader| query::membership::by_link(db, reader, &digest);
    let opened = request.read(read).await?;
    let expired = || domain::Error::invalid("link", model::Why::Expired);
    let (place, _) = opened.ok_or_else(expired)?;
    Ok(actor::url(&place.actor))
}

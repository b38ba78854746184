//! The link in the mail of an invitation. Opening it changes nothing; the forms of its page accept and decline.

use axum::extract::State;
use domain::account::NewAccount;
use domain::membership::invitation::{
    InvitationKey, accept_invitation, decline_invitation, register_invited, suppress_invitations,
};
use domain::{Error, Outcome, Tx, secret};
use http::StatusCode;
use httpkit::rate_limits::RateLimit;
use httpkit::{App, session, single_sign_on as sso};
use model::refusal::Checks;
use model::{Handle, Why};
use query::invitation::OpenedInvitation;

use super::{choose_rhythm, typed_rhythm};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::account::sign_up::check;
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{
    Page, redirect_with_flash, show, show_with_status, sign_in_path, with_sign_in,
};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{
    InvitationOver, Invited, InvitedOffer, account_form, key_form, rhythm_field,
};

const PATH: &str = "/join/invited";

async fn open(request: &PageRequest, key: &str) -> Outcome<(Frame, Option<OpenedInvitation>)> {
    let digest = secret::digest(key);
    let registration = request.site()?.registration;
    let read = move |db: &mut query::Db, reader| {
        query::invitation::opened_invitation(db, reader, &digest, registration)
    };
    request.page(Section::Communities, read).await
}

/// The address of the page with its key, as far as it can stand in one.
fn own_path(key: &str) -> String {
    let key: String = key.chars().filter(|c| secret::is_token_char(*c)).collect();
    format!("{PATH}?key={key}")
}

fn offer(f: &Frame, opened: &OpenedInvitation, request: &PageRequest) -> InvitedOffer {
    match (request.q("do"), f.me.is_some()) {
        (Some("decline"), _) => InvitedOffer::Decline(false),
        (Some("never"), _) => InvitedOffer::Decline(true),
        _ if opened.is_member => InvitedOffer::Member,
        (_, true) if opened.has_account && !opened.is_own => InvitedOffer::Another,
        (_, true) => InvitedOffer::Accept(!opened.is_own),
        (_, false) if opened.has_account => InvitedOffer::SignIn,
        (_, false) if opened.may_register && !sso::is_only(&request.app) => InvitedOffer::Register,
        (_, false) => InvitedOffer::NoAccount,
    }
}

fn page_of(
    f: Frame,
    opened: &OpenedInvitation,
    request: &PageRequest,
    key: &str,
    form: Form,
) -> Invited {
    let offer = offer(&f, opened, request);
    Invited {
        place: community::place(&opened.place, f.lang),
        purpose: community::purpose(&opened.place, f.lang).0,
        by: opened.by.as_ref().map(actor::name),
        address: opened.address.clone(),
        words: opened.words.clone(),
        offer,
        key: key_form(PATH, key),
        rhythm: rhythm_field(&f),
        sign_in_url: sign_in_path(&own_path(key)),
        own_url: own_path(key),
        f: match offer {
            InvitedOffer::Register => f.sending(&form),
            _ => f,
        },
        form,
    }
}

/// `GET /join/invited?key=…&do=decline`
pub async fn page(request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let (f, opened) = open(&request, &key).await?;
    match opened {
        Some(opened) => {
            let form = account_form(&f, PATH, &key, &opened.name);
            show(&page_of(f, &opened, &request, &key, form)).map(not_stored)
        }
        None => over(f, false),
    }
}

fn over(f: Frame, declined: bool) -> Page {
    let status = match declined {
        true => StatusCode::OK,
        false => StatusCode::GONE,
    };
    show_with_status(status, &InvitationOver { f, declined }).map(not_stored)
}

/// What came of a form.
enum InvitationResult {
    /// Whoever is invited is a member of the community at an address; signed in, where an account was made.
    Joined(String, Option<session::NewSignIn>),
    Declined,
}

/// `POST /join/invited`: accepts, makes an account, declines, or ends all invitations.
pub async fn act(State(app): State<App>, posted: FormPost) -> Page {
    let key = posted.fields.get("key");
    match posted.attempt(done(&app, &posted, key)).await {
        Ok(InvitationResult::Declined) => {
            let f = posted.request.framed(Section::Communities).await?;
            over(f, true)
        }
        Ok(InvitationResult::Joined(url, None)) => redirect_with_flash(&url, "joined"),
        Ok(InvitationResult::Joined(url, Some(signed_in))) => {
            let response = redirect_with_flash(&url, "joined")?;
            Ok(with_sign_in(response, app.site()?.is_https(), &signed_in))
        }
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let (f, opened) = open(&posted.request, key).await?;
            match opened.filter(|_| !errors.names("link")) {
                Some(opened) => {
                    let form = account_form(&f, PATH, key, &opened.name);
                    let form = errors.show_on(&f, form);
                    let page = page_of(f, &opened, &posted.request, key, form);
                    errors.respond(&page).map(not_stored)
                }
                None => over(f, false),
            }
        }
    }
}

async fn done(app: &App, posted: &FormPost, key: &str) -> Outcome<InvitationResult> {
    app.limits()
        .count_ip(RateLimit::SignIn, posted.request.ip)?;
    let digest = secret::digest(key);
    match posted.fields.get("do") {
        "decline" => {
            let key = InvitationKey::Link(digest);
            let verb = move |tx: &mut Tx<'_>| decline_invitation(tx, &key);
            app.ops().write(verb).await?;
            Ok(InvitationResult::Declined)
        }
        "never" => {
            let verb = move |tx: &mut Tx<'_>| suppress_invitations(tx, &digest);
            app.ops().write(verb).await?;
            Ok(InvitationResult::Declined)
        }
        "register" => register(app, posted, digest).await,
        _ => {
            let (who, rhythm) = (posted.request.me()?.id(), typed_rhythm(&posted.fields));
            let url = place_url(&posted.request, key).await?;
            let key = InvitationKey::Link(digest);
            let verb = move |tx: &mut Tx<'_>| {
                let community = accept_invitation(tx, &key, who)?;
                choose_rhythm(tx, who, community, rhythm)
            };
            app.ops().write(verb).await?;
            Ok(InvitationResult::Joined(url, None))
        }
    }
}

/// The address of the community, before the link is used up.
async fn place_url(request: &PageRequest, key: &str) -> Outcome<String> {
    let (_, opened) = open(request, key).await?;
    let opened = opened.ok_or_else(|| Error::invalid("link", Why::Expired))?;
    Ok(actor::url(&opened.place.actor))
}

async fn register(app: &App, posted: &FormPost, digest: String) -> Outcome<InvitationResult> {
    let typed = &posted.fields;
    if sso::is_only(app) {
        return Err(Error::invalid("password", Why::NotAChoice));
    }
    let url = place_url(&posted.request, typed.get("key")).await?;
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
    let rhythm = typed_rhythm(typed);
    let verb = move |tx: &mut Tx<'_>| {
        let (id, community) = register_invited(tx, &digest, &new)?;
        choose_rhythm(tx, id, community, rhythm)?;
        Ok(id)
    };
    let id = app.ops().write(verb).await?;
    let signed_in = session::open(app, id, &posted.agent).await?;
    Ok(InvitationResult::Joined(url, Some(signed_in)))
}

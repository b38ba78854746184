//! A link that admits whoever opens it. Opening it changes nothing; the form of its page joins, or asks a guest for the
//! address that a mail confirms.

use axum::extract::State;
use domain::membership::invitation::{ask_by_link, join_by_link};
use domain::{Error, Outcome, Tx, secret};
use http::StatusCode;
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::membership::JoinGuest;
use model::{Registration, Why};
use query::invitation::OpenedLink;

use super::{choose_rhythm, typed_rhythm};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_in_link::not_stored;
use crate::handlers::form_post::FormPost;
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show, show_with_status, sign_in_path};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{
    Admitted, AdmittedOffer, InvitationOver, guest_form, key_form, rhythm_field,
};
use crate::views::membership::JoinSent;

const PATH: &str = "/join/link";

async fn open(request: &PageRequest, key: &str) -> Outcome<(Frame, Option<OpenedLink>)> {
    let digest = secret::digest(key);
    let read =
        move |db: &mut query::Db, reader| query::invitation::opened_link(db, reader, &digest);
    request.page(Section::Communities, read).await
}

/// Whether a guest may ask: a mail confirms the address, and an account can be made.
fn takes_guests(request: &PageRequest) -> Outcome<bool> {
    let registration = request.site()?.registration;
    Ok(registration != Registration::Closed && request.app.mailer().is_configured())
}

fn page_of(
    f: Frame,
    opened: &OpenedLink,
    request: &PageRequest,
    key: &str,
    form: Form,
) -> Outcome<Admitted> {
    let offer = match f.me.is_some() {
        _ if opened.is_member => AdmittedOffer::Member,
        _ if opened.used_up => AdmittedOffer::UsedUp,
        true => AdmittedOffer::Join,
        false if takes_guests(request)? => AdmittedOffer::Ask,
        false => AdmittedOffer::SignIn,
    };
    let own: String = key.chars().filter(|c| secret::is_token_char(*c)).collect();
    let handle = &opened.place.actor.handle;
    Ok(Admitted {
        place: community::place(&opened.place, f.lang),
        purpose: community::purpose(&opened.place, f.lang).0,
        by: opened.by.as_ref().map(actor::name).unwrap_or_default(),
        community_address: format!("!{handle}@{}", request.our_host()),
        offer,
        key: key_form(PATH, key),
        rhythm: rhythm_field(&f),
        sign_in_url: sign_in_path(&format!("{PATH}?key={own}")),
        f: match offer {
            AdmittedOffer::Ask => f.sending(&form),
            _ => f,
        },
        form,
    })
}

/// `GET /join/link?key=…`
pub async fn page(request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let (f, opened) = open(&request, &key).await?;
    match opened.filter(|opened| opened.by.is_some()) {
        Some(opened) => {
            let form = guest_form(&f, PATH, &key);
            let page = page_of(f, &opened, &request, &key, form)?;
            show(&page).map(not_stored)
        }
        None => over(f),
    }
}

fn over(f: Frame) -> Page {
    let view = InvitationOver { f, declined: false };
    show_with_status(StatusCode::GONE, &view).map(not_stored)
}

/// What came of a form.
enum AdmissionResult {
    Joined(String),
    /// A mail was sent to an address.
    MailSent(String, Box<OpenedLink>),
}

/// `POST /join/link`
pub async fn act(State(app): State<App>, posted: FormPost) -> Page {
    let key = posted.fields.get("key");
    match posted.attempt(done(&app, &posted, key)).await {
        Ok(AdmissionResult::Joined(url)) => redirect_with_flash(&url, "joined"),
        Ok(AdmissionResult::MailSent(address, opened)) => {
            let f = posted.request.framed(Section::Communities).await?;
            show(&JoinSent {
                place: community::place(&opened.place, f.lang),
                demo_inbox: app
                    .mailer()
                    .demo_inbox()
                    .map(|_| format!("/demo/mail/{address}")),
                address,
                f,
            })
        }
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let (f, opened) = open(&posted.request, key).await?;
            match opened.filter(|_| !errors.names("link")) {
                Some(opened) => {
                    let form = errors.show_on(&f, guest_form(&f, PATH, key));
                    let page = page_of(f, &opened, &posted.request, key, form)?;
                    errors.respond(&page).map(not_stored)
                }
                None => over(f),
            }
        }
    }
}

async fn done(app: &App, posted: &FormPost, key: &str) -> Outcome<AdmissionResult> {
    app.limits()
        .count_ip(RateLimit::SignUp, posted.request.ip)?;
    let digest = secret::digest(key);
    let (_, opened) = open(&posted.request, key).await?;
    let opened = opened.ok_or_else(|| Error::invalid("link", Why::Expired))?;
    if let Some(me) = &posted.request.me {
        let (who, rhythm) = (me.id(), typed_rhythm(&posted.fields));
        let verb = move |tx: &mut Tx<'_>| {
            let community = join_by_link(tx, &digest, who)?;
            choose_rhythm(tx, who, community, rhythm)
        };
        app.ops().write(verb).await?;
        return Ok(AdmissionResult::Joined(actor::url(&opened.place.actor)));
    }
    let address = posted.fields.get("address").parse();
    let address =
        address.map_err(|bad: model::mail::BadAddress| Error::invalid("address", bad.into()))?;
    let guest = JoinGuest {
        name: posted.fields.trimmed("name"),
        address,
    };
    let (shown, lang) = (guest.address.to_string(), posted.request.lang);
    let verb = move |tx: &mut Tx<'_>| ask_by_link(tx, &digest, &guest, lang);
    app.ops().write(verb).await?;
    Ok(AdmissionResult::MailSent(shown, Box::new(opened)))
}

//! The e-mail address of an account, the pages that links in mails open, and a forgotten password.
//! Opening a link changes nothing, so that a mail program that looks at it does not use it up; the form
//! of its page does.

use axum::extract::State;
use domain::{Error, Outcome, Tx, secret};
use httpkit::rate_limits::RateLimit;
use httpkit::session::Me;
use httpkit::{App, single_sign_on as sso};
use model::mail::{MailAddress, MailLinkKind};
use model::refusal::Checks;
use model::{ActorId, Why};

use super::dead_link;
use super::owner::require_owner;
use super::session::require_choice;
use super::sign_in_link::not_stored;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_error::PageError;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::views::account::mail::{
    AddressPage, DemoMail, Forgotten, ForgottenSent, LinkPage, ResetPassword, address_form,
    forgotten_form, link_form, reset_form,
};
use crate::views::account::{LinkPurpose, SettingsTab, settings_tabs};

const RESET: LinkPurpose = LinkPurpose::Mail(MailLinkKind::Reset);

/// `GET /settings/mail`
pub async fn address(State(app): State<App>, request: PageRequest) -> Page {
    let me = request.me()?;
    let proof = sso::owner_proof(&app, me).await?;
    let f = request.framed(Section::Me).await?;
    let form = address_form(&f, proof);
    show(&address_page(&app, me, f, form))
}

fn address_page(app: &App, me: &Me, f: Frame, form: Form) -> AddressPage {
    let handle = me.actor.handle.clone();
    let sends_mail = app.mailer().is_configured();
    AddressPage {
        tabs: settings_tabs(&f, SettingsTab::Mail),
        sends_mail,
        address: me.account.address.clone(),
        pending: me.account.pending_address.clone(),
        demo_inbox: app
            .mailer()
            .demo_inbox()
            .map(|_| format!("/demo/mail/{handle}")),
        f: if sends_mail { f.sending(&form) } else { f },
        form,
    }
}

/// `POST /settings/mail`
pub async fn change_address(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let change = write_address(&app, &signed_in);
    match signed_in.posted.attempt(change).await {
        Ok(()) => redirect_with_flash("/settings/mail", "address-asked"),
        Err(error) => {
            let SignedInForm { posted, me } = &signed_in;
            let errors = posted.field_errors(error)?;
            let proof = sso::owner_proof(&app, me).await?;
            let f = posted.request.framed(Section::Me).await?;
            let form = errors.show_on(&f, address_form(&f, proof));
            errors.respond(&address_page(&app, me, f, form))
        }
    }
}

async fn write_address(app: &App, SignedInForm { posted, me }: &SignedInForm) -> Outcome<()> {
    let address = read_address("address", posted.fields.get("address"))?;
    require_owner(app, posted, me).await?;
    app.limits().count_actor(RateLimit::Mail, me.id())?;
    let id = me.id();
    let verb = move |tx: &mut Tx<'_>| domain::account::change_address(tx, id, &address);
    app.ops().write(verb).await
}

/// # Errors
/// `Invalid` of the field.
fn read_address(field: &'static str, typed: &str) -> Outcome<MailAddress> {
    let parsed: Result<MailAddress, _> = typed.parse();
    parsed.map_err(|bad| Error::invalid(field, Why::from(bad)))
}

/// `GET /mail/confirm?key=…`
pub async fn confirm_page(request: PageRequest) -> Page {
    link_page(request, MailLinkKind::Confirm).await
}

/// `GET /mail/cancel?key=…`
pub async fn cancel_page(request: PageRequest) -> Page {
    link_page(request, MailLinkKind::Cancel).await
}

async fn link_page(request: PageRequest, kind: MailLinkKind) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let address = link_address(&request, kind, &key).await?;
    let Some(address) = address else {
        return dead_link::show(&request, LinkPurpose::Mail(kind), &key).await;
    };
    let f = request.framed(Section::Me).await?;
    show(&link_view(f, kind, address, link_form(kind, &key))).map(not_stored)
}

fn link_view(f: Frame, kind: MailLinkKind, address: String, form: Form) -> LinkPage {
    LinkPage {
        kind,
        address,
        f: f.sending(&form),
        form,
    }
}

/// The address of a link that can be used.
async fn link_address(
    request: &PageRequest,
    kind: MailLinkKind,
    key: &str,
) -> Outcome<Option<String>> {
    let digest = secret::digest(key);
    let read = request.read(move |db, reader| query::account::mail_link(db, reader, kind, &digest));
    Ok(read.await?.map(|link| link.address))
}

/// `POST /mail/confirm`
pub async fn confirm(State(app): State<App>, posted: FormPost) -> Page {
    let next = match posted.request.me.is_some() {
        true => "/settings/mail",
        false => "/sign-in",
    };
    let used = use_link(&app, &posted, domain::account::confirm_address);
    match posted.attempt(used).await {
        Ok(_) => redirect_with_flash(next, "address-confirmed"),
        Err(error) => not_used(&posted, MailLinkKind::Confirm, error).await,
    }
}

/// `POST /mail/cancel`
pub async fn cancel(State(app): State<App>, posted: FormPost) -> Page {
    let used = use_link(&app, &posted, domain::account::cancel_address_change);
    match posted.attempt(used).await {
        Ok(_) => redirect_with_flash("/forgotten-password", "address-kept"),
        Err(error) => not_used(&posted, MailLinkKind::Cancel, error).await,
    }
}

async fn use_link(
    app: &App,
    posted: &FormPost,
    verb: fn(&mut Tx<'_>, &str) -> Outcome<ActorId>,
) -> Outcome<ActorId> {
    app.limits()
        .count_ip(RateLimit::SignIn, posted.request.ip)?;
    let digest = secret::digest(posted.fields.get("key"));
    app.ops().write(move |tx| verb(tx, &digest)).await
}

/// Shows the page of the link again, or says that it cannot be used any more.
async fn not_used(posted: &FormPost, kind: MailLinkKind, error: Error) -> Page {
    let errors = posted.field_errors(error);
    let errors = errors.map_err(PageError::without_form)?;
    let key = posted.fields.get("key");
    let address = link_address(&posted.request, kind, key).await?;
    let Some(address) = address.filter(|_| !errors.names("link")) else {
        return dead_link::show(&posted.request, LinkPurpose::Mail(kind), key).await;
    };
    let f = posted.request.framed(Section::Me).await?;
    let form = errors.show_on(&f, link_form(kind, key));
    let page = errors.respond(&link_view(f, kind, address, form));
    page.map(not_stored)
}

/// `GET /forgotten-password`
pub async fn forgotten_page(State(app): State<App>, request: PageRequest) -> Page {
    let f = request.framed(Section::Me).await?;
    let form = forgotten_form(&f);
    show(&ask_reset(&app, f, form))
}

fn ask_reset(app: &App, f: Frame, form: Form) -> Forgotten {
    let sends_mail = app.mailer().is_configured();
    Forgotten {
        sends_mail,
        only_admins: sso::is_only(app),
        f: if sends_mail { f.sending(&form) } else { f },
        form,
    }
}

/// `POST /forgotten-password`: the answer is the same whether there is such an account or not.
pub async fn forgotten(State(app): State<App>, posted: FormPost) -> Page {
    match posted.attempt(request_reset(&app, &posted)).await {
        Ok(()) => {
            let f = posted.request.framed(Section::Me).await?;
            show(&ForgottenSent { f })
        }
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let f = posted.request.framed(Section::Me).await?;
            let form = errors.show_on(&f, forgotten_form(&f));
            errors.respond(&ask_reset(&app, f, form))
        }
    }
}

async fn request_reset(app: &App, posted: &FormPost) -> Outcome<()> {
    app.limits()
        .count_ip(RateLimit::SignUp, posted.request.ip)?;
    let typed = posted.fields.trimmed("account");
    let verb = move |tx: &mut Tx<'_>| domain::account::request_reset(tx, &typed);
    app.ops().write(verb).await
}

/// `GET /reset-password?key=…`
pub async fn reset_page(request: PageRequest) -> Page {
    let key = request.q("key").unwrap_or_default().to_owned();
    let Some(link) = reset_link(&request, &key).await? else {
        return dead_link::show(&request, RESET, &key).await;
    };
    let f = request.framed(Section::Me).await?;
    let form = reset_form(&f, &key, &link.identities);
    show(&reset_view(f, form)).map(not_stored)
}

/// A link that resets a password, while it can be used.
struct ResetLink {
    owner: ActorId,
    /// What the account is connected with at providers, as its owner is called there.
    identities: Vec<String>,
}

async fn reset_link(request: &PageRequest, key: &str) -> Outcome<Option<ResetLink>> {
    let digest = secret::digest(key);
    let read = move |db: &mut query::Db, reader: query::Reader| {
        let found = query::account::mail_link(db, reader, MailLinkKind::Reset, &digest)?;
        let Some(link) = found else { return Ok(None) };
        let identities = query::account::identities(db, link.account_id)?;
        Ok(Some(ResetLink {
            owner: link.account_id,
            identities: identities.into_iter().map(|row| row.name).collect(),
        }))
    };
    request.read(read).await
}

fn reset_view(f: Frame, form: Form) -> ResetPassword {
    ResetPassword {
        f: f.sending(&form),
        form,
    }
}

/// `POST /reset-password`: uses the link up.
pub async fn reset(State(app): State<App>, posted: FormPost) -> Page {
    match posted.attempt(write_password(&app, &posted)).await {
        Ok(()) => redirect_with_flash("/sign-in", "password-reset"),
        Err(error) => {
            let errors = posted.field_errors(error);
            let errors = errors.map_err(PageError::without_form)?;
            let key = posted.fields.get("key");
            if errors.names("link") {
                return dead_link::show(&posted.request, RESET, key).await;
            }
            let Some(link) = reset_link(&posted.request, key).await? else {
                return dead_link::show(&posted.request, RESET, key).await;
            };
            let f = posted.request.framed(Section::Me).await?;
            let form = errors.show_on(&f, reset_form(&f, key, &link.identities));
            errors.respond(&reset_view(f, form)).map(not_stored)
        }
    }
}

async fn write_password(app: &App, posted: &FormPost) -> Outcome<()> {
    app.limits()
        .count_ip(RateLimit::SignIn, posted.request.ip)?;
    let mut checks = Checks::default();
    let password = posted.fields.get("password");
    checks.also(domain::password::checks("password", password));
    checks.done()?;
    let key = posted.fields.get("key");
    if let Some(link) = reset_link(&posted.request, key).await? {
        require_choice(app, link.owner).await?;
    }
    let hash = app.hash_password("password", password).await?;
    let (digest, disconnects) = (secret::digest(key), posted.fields.ticked("disconnect"));
    let verb =
        move |tx: &mut Tx<'_>| domain::account::reset_password(tx, &digest, &hash, disconnects);
    app.ops().write(verb).await?;
    Ok(())
}

/// `GET /demo/mail/{handle}`: the mails of an account of the demo, which sends none.
pub async fn demo_inbox(
    State(app): State<App>,
    PathParam(handle): PathParam<String>,
    request: PageRequest,
) -> Page {
    let Some(inbox) = app.mailer().demo_inbox() else {
        return Err(Error::not_found("page").into());
    };
    // Somebody without an account has an address only.
    let addresses = match handle.parse() {
        Ok(address) => vec![address],
        Err(_) => {
            let own = handle.clone();
            let read = request.read(move |db, _| query::account::addresses(db, &own));
            read.await?
        }
    };
    let mut mails: Vec<_> = addresses
        .iter()
        .flat_map(|address| inbox.of(address))
        .collect();
    mails.sort_by_key(|mail| std::cmp::Reverse(mail.at));
    show(&DemoMail {
        f: request.framed(Section::Me).await?,
        handle,
        mails,
    })
}

//! Invitations by mail and by username, and what became of those by mail.

use axum::extract::{Path, State};
use domain::membership::invitation::{self, TypedAddresses};
use domain::{Error, Outcome, Tx, membership};
use httpkit::{App, paging};
use model::limits::MEMBERS_PER_PAGE;
use model::{ActorId, InvitationId, Why};
use query::invitation::{InvitationsPage, SentInvitation};
use query::{Db, Reader};

use super::{Way, invitations_url, tabs};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{InvitationLine, SentInvitations, mail_form};
use crate::views::parts::Pager;

async fn rows(request: &PageRequest, text: &str) -> Outcome<(Frame, InvitationsPage)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let before: InvitationId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader: Reader| {
        query::invitation::sent(db, reader, (&handle, &host), before, MEMBERS_PER_PAGE)
    };
    request.page(Section::Communities, read).await
}

fn line(sent: &SentInvitation, base: &str) -> InvitationLine {
    let row = &sent.invitation;
    InvitationLine {
        address: row.address.clone(),
        name: row.name.clone(),
        state: row.state,
        expired: sent.expired,
        by: sent.by.as_ref().map(actor::name).unwrap_or_default(),
        who: sent.who.as_ref().map(actor::person),
        changed_at: row.changed_at.utc(),
        until: row.expires_at.utc(),
        change_url: row.state.is_open().then(|| format!("{base}/{}", row.id)),
    }
}

fn page_of(f: Frame, page: &InvitationsPage, form: Form) -> SentInvitations {
    let base = invitations_url(&page.place);
    let full = i64::try_from(page.sent.len()).is_ok_and(|count| count == MEMBERS_PER_PAGE);
    let next = page.sent.last().filter(|_| full);
    SentInvitations {
        place: community::place(&page.place, f.lang),
        tabs: tabs(&f, &page.place, Way::Mail),
        facilitates: page.facilitates,
        sent: page.sent.iter().map(|sent| line(sent, &base)).collect(),
        pager: Pager {
            next: next.map(|sent| format!("{base}?before={}", sent.invitation.id)),
            ..Pager::default()
        },
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/invitations`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, page) = rows(&request, &text).await?;
    let form = mail_form(&f, &invitations_url(&page.place));
    show(&page_of(f, &page, form))
}

/// `POST /c/{handle}/invitations`
pub async fn invite(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &text).await;
    let (f, page) = found.map_err(|error| posted.fail(error))?;
    let (url, by) = (invitations_url(&page.place), signed_in.me.id());
    match posted
        .attempt(send(&app, posted, by, page.place.id()))
        .await
    {
        Ok(()) => redirect_with_flash(&url, "invitations-sent"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, mail_form(&f, &url));
            errors.respond(&page_of(f, &page, form))
        }
    }
}

/// Invites those with a username, and mails the others; all or none.
async fn send(app: &App, posted: &FormPost, by: ActorId, community: ActorId) -> Outcome<()> {
    let typed = posted.fields.get("addresses");
    let is_username = |line: &&str| line.starts_with('@');
    let lines = || typed.split(['\n', ',', ';']).map(str::trim);
    let mut people = Vec::new();
    for name in lines().filter(is_username) {
        people.push(person(&posted.request, name).await?);
        if people.len() > model::invitation::ADDRESSES_MAX {
            return Err(Error::invalid("addresses", Why::TooLong));
        }
    }
    let addresses: Vec<&str> = lines().filter(|line| !is_username(line)).collect();
    let typed = TypedAddresses {
        addresses: addresses.join("\n"),
        words: posted.fields.trimmed("words"),
        lang: posted
            .fields
            .choice("mail_lang")
            .unwrap_or(posted.request.lang),
    };
    let nobody = typed.addresses.trim().is_empty() && !people.is_empty();
    let invitees = match nobody {
        true => Vec::new(),
        false => invitation::read_addresses(&typed)?,
    };
    if !invitees.is_empty() && !app.mailer().is_configured() {
        return Err(Error::invalid("addresses", Why::NotAChoice));
    }
    let verb = move |tx: &mut Tx<'_>| {
        for who in &people {
            membership::invite(tx, by, community, *who)?;
        }
        invitation::invite_by_mail(tx, by, community, &invitees).map(|_count| ())
    };
    app.ops().write(verb).await
}

/// Somebody of ours, by a username.
async fn person(request: &PageRequest, name: &str) -> Outcome<ActorId> {
    let (handle, host) = actor::address(name.trim_start_matches('@'), &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::actor::by_address(db, reader, &handle, &host);
    let found = request.read(read).await?;
    let ours = found.filter(|actor| actor.peer_id.is_none());
    let id = ours.map(|actor| actor.id);
    id.ok_or(Error::invalid("addresses", Why::Unknown))
}

/// `POST /c/{handle}/invitations/{id}`: sends again, or revokes.
pub async fn change(
    State(app): State<App>,
    Path((text, id)): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let id: InvitationId = id.parse().map_err(|_bad| Error::not_found("invitation"))?;
    if text.contains('\0') {
        return Err(Error::not_found("invitation").into());
    }
    let posted = &signed_in.posted;
    let (_, page) = rows(&posted.request, &text).await?;
    let (by, community) = (signed_in.me.id(), page.place.id());
    let again = posted.fields.get("do") == "resend";
    let verb = move |tx: &mut Tx<'_>| match again {
        true => invitation::resend_invitation(tx, by, community, id),
        false => invitation::revoke_invitation(tx, by, community, id),
    };
    app.ops().write(verb).await?;
    let word = match again {
        true => "invitation-resent",
        false => "invitation-revoked",
    };
    redirect_with_flash(&invitations_url(&page.place), word)
}

//! The invitations that wait for the reader.

use axum::extract::State;
use domain::membership::invitation::{
    InvitationKey, accept_invitation, accept_username, decline_invitation, decline_username,
};
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::ActorId;
use query::invitation::{InvitedBy, WaitingInvitation};

use super::{choose_rhythm, typed_rhythm};
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{MyInvitations, WaitingLine, rhythm_field};

async fn rows(request: &PageRequest) -> Outcome<(Frame, Vec<WaitingInvitation>)> {
    request.page(Section::Me, query::invitation::mine).await
}

fn key(invitation: &WaitingInvitation) -> String {
    match invitation.key {
        InvitedBy::Username(id) => format!("username-{id}"),
        InvitedBy::Mail(id) => format!("mail-{id}"),
    }
}

fn line(waiting: &WaitingInvitation, f: &Frame) -> WaitingLine {
    WaitingLine {
        key: key(waiting),
        place: community::place(&waiting.place, f.lang),
        purpose: community::purpose(&waiting.place, f.lang).0,
        by: waiting.by.as_ref().map(actor::name),
        words: waiting.words.clone(),
    }
}

/// `GET /invitations`
pub async fn list(request: PageRequest) -> Page {
    request.me()?;
    let (f, waiting) = rows(&request).await?;
    show(&MyInvitations {
        waiting: waiting.iter().map(|one| line(one, &f)).collect(),
        rhythm: rhythm_field(&f),
        f,
    })
}

/// `POST /invitations`: accepts or declines one.
pub async fn answer(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let fields = &signed_in.posted.fields;
    let accepts = !fields.get("accept").is_empty();
    let named = match accepts {
        true => fields.get("accept"),
        false => fields.get("decline"),
    };
    let (_, waiting) = rows(&signed_in.posted.request).await?;
    let found = waiting.iter().find(|one| key(one) == named);
    let found = found.ok_or(Error::not_found("invitation"))?;
    let (who, key, rhythm) = (signed_in.me.id(), found.key, typed_rhythm(fields));
    if !accepts {
        let verb = move |tx: &mut Tx<'_>| decline(tx, who, key);
        app.ops().write(verb).await?;
        return redirect_with_flash("/invitations", "invitation-declined");
    }
    let verb = move |tx: &mut Tx<'_>| {
        let community = match key {
            InvitedBy::Username(id) => accept_username(tx, who, id)?,
            InvitedBy::Mail(id) => accept_invitation(tx, &InvitationKey::Own(who, id), who)?,
        };
        choose_rhythm(tx, who, community, rhythm)
    };
    app.ops().write(verb).await?;
    redirect_with_flash(&actor::url(&found.place.actor), "joined")
}

fn decline(tx: &mut Tx<'_>, who: ActorId, key: InvitedBy) -> Outcome<()> {
    match key {
        InvitedBy::Username(id) => decline_username(tx, who, id),
        InvitedBy::Mail(id) => decline_invitation(tx, &InvitationKey::Own(who, id)),
    }
}

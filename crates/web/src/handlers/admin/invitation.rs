//! Invitation links.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx, secret};
use httpkit::App;
use model::{ActorId, InviteId, Urls};
use query::row::{Actor, Invite};
use std::collections::HashMap;

use super::{Counts, page};
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::admin::{AdminTab, InvitationRow, Invitations, invitation_form};

struct InvitationRows {
    invites: Vec<Invite>,
    by: HashMap<ActorId, Actor>,
}

async fn read(request: &PageRequest) -> Outcome<(Frame, Counts, InvitationRows)> {
    let read = |db: &mut query::Db, reader: query::Reader| {
        let (invites, by) = query::account::invites(db, reader.now)?;
        Ok(InvitationRows { invites, by })
    };
    page(request, read).await
}

fn view(
    request: &PageRequest,
    f: Frame,
    counts: &Counts,
    rows: &InvitationRows,
    form: Form,
) -> Outcome<Invitations> {
    let urls = Urls::new(&request.site()?.url);
    let invitations = rows.invites.iter().map(|invite| InvitationRow {
        url: urls.at(&format!("/sign-up?invitation={}", invite.code)),
        code: invite.code.clone(),
        by: rows
            .by
            .get(&invite.created_by)
            .map(actor::name)
            .unwrap_or_default(),
        left: i64::from(invite.uses_left),
        expires: invite.expires_at.utc(),
        withdraw_url: format!("/admin/invitations/{}/withdraw", invite.id),
    });
    Ok(Invitations {
        tabs: counts.tabs(&f, AdminTab::Invitations),
        invitations: invitations.collect(),
        f: f.sending(&form),
        form,
    })
}

/// `GET /admin/invitations`
pub async fn list(request: PageRequest) -> Page {
    let (f, counts, rows) = read(&request).await?;
    let form = invitation_form(&f);
    show(&view(&request, f, &counts, &rows, form)?)
}

/// `POST /admin/invitations`
pub async fn make(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let (by, code) = (me.id(), code());
    let uses = posted.fields.choice("uses").unwrap_or(0);
    let days = posted.fields.choice("days").unwrap_or(0);
    let verb = move |tx: &mut Tx<'_>| domain::account::invite(tx, by, &code, uses, days);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash("/admin/invitations", "invited"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, counts, rows) = read(&posted.request).await?;
            let form = errors.show_on(&f, invitation_form(&f));
            errors.respond(&view(&posted.request, f, &counts, &rows, form)?)
        }
    }
}

/// Makes an invitation code: 72 bits, short enough to be read out.
fn code() -> String {
    secret::token().chars().take(12).collect()
}

/// `POST /admin/invitations/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    PathParam(id): PathParam<InviteId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::account::withdraw_invite(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash("/admin/invitations", "withdrawn")
}

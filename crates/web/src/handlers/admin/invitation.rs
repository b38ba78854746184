//! Invitations: links to hand on.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx, secret};
use httpkit::App;
use model::{ActorId, InviteId, Urls};
use std::collections::HashMap;
use store::Db;
use store::row::{Actor, Invite};

use super::{Counts, page};
use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::answer::{Page, done, refused, show};
use crate::handlers::ask::Ask;
use crate::handlers::at::At;
use crate::handlers::sent::Signed;
use crate::handlers::show::actor;
use crate::views::admin::{AdminTab, InvitationRow, Invitations, invitation_form};

struct Rows {
    invites: Vec<Invite>,
    by: HashMap<ActorId, Actor>,
}

async fn read(ask: &Ask) -> Outcome<(Frame, Counts, Rows)> {
    let now = ask.app.ops().now();
    let rows = move |db: &mut Db| -> Outcome<Rows> {
        let invites = store::account::invites(db, now)?;
        let by: Vec<ActorId> = invites.iter().map(|invite| invite.created_by).collect();
        Ok(Rows {
            by: store::actor::by_ids(db, &by)?,
            invites,
        })
    };
    page(ask, rows).await
}

fn view(ask: &Ask, f: Frame, counts: &Counts, rows: &Rows, form: Form) -> Outcome<Invitations> {
    let urls = Urls::new(&ask.site()?.url);
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
        form,
        f,
    })
}

/// `GET /admin/invitations`
pub async fn list(ask: Ask) -> Page {
    let (f, counts, rows) = read(&ask).await?;
    let form = invitation_form(&f);
    show(&view(&ask, f, &counts, &rows, form)?)
}

/// `POST /admin/invitations`
pub async fn make(State(app): State<App>, Signed { sent, me }: Signed) -> Page {
    let (by, code) = (me.id(), code());
    let uses = sent.fields.choice("uses").unwrap_or(0);
    let days = sent.fields.choice("days").unwrap_or(0);
    let verb = move |tx: &mut Tx<'_>| domain::account::invite(tx, by, &code, uses, days);
    match app.ops().write(verb).await {
        Ok(()) => done("/admin/invitations", "invited"),
        Err(error) => {
            let faults = sent.faults(error)?;
            let (f, counts, rows) = read(&sent.ask).await?;
            let form = faults.mark(&f, invitation_form(&f));
            refused(&view(&sent.ask, f, &counts, &rows, form)?)
        }
    }
}

/// Short enough to be read out, long enough not to be guessed: 72 bits.
fn code() -> String {
    secret::token().chars().take(12).collect()
}

/// `POST /admin/invitations/{id}/withdraw`
pub async fn withdraw(State(app): State<App>, At(id): At<InviteId>, signed: Signed) -> Page {
    let by = Principal::Person(signed.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::account::withdraw_invite(tx, by, id);
    app.ops().write(verb).await?;
    done("/admin/invitations", "withdrawn")
}

//! Communities that nobody can look after, given to somebody.

use axum::extract::State;
use domain::account::Principal;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::account_name::BadAccountName;
use model::{AccountName, AccountState, ActorId, Why};
use query::row::CommunityWithActor;

use super::{Counts, page};
use crate::form::{Choice, Form};
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::community;
use crate::views::admin::{AdminTab, WithoutFacilitator, give_form};

async fn read(request: &PageRequest) -> Outcome<(Frame, Counts, Vec<CommunityWithActor>)> {
    page(request, |db, _| query::community::without_facilitator(db)).await
}

fn form(f: &Frame, rows: &[CommunityWithActor]) -> Form {
    let choice = |row: &CommunityWithActor| {
        let name = community::place(row, f.lang).name;
        Choice::new(
            row.id().to_string(),
            format!("{name} (!{})", row.actor.handle),
        )
    };
    give_form(f, rows.iter().map(choice).collect())
}

fn view(f: Frame, counts: &Counts, rows: &[CommunityWithActor], form: Form) -> WithoutFacilitator {
    WithoutFacilitator {
        tabs: counts.tabs(&f, AdminTab::Communities),
        communities: rows
            .iter()
            .map(|row| community::place(row, f.lang))
            .collect(),
        f: if rows.is_empty() { f } else { f.sending(&form) },
        form,
    }
}

/// `GET /admin/communities`
pub async fn list(request: PageRequest) -> Page {
    let (f, counts, rows) = read(&request).await?;
    let form = form(&f, &rows);
    show(&view(f, &counts, &rows, form))
}

/// `POST /admin/communities`: gives one to a person.
pub async fn give(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let by = Principal::Person(me.id());
    let community: ActorId = posted.fields.choice("community").unwrap_or_default();
    let typed = posted.fields.trimmed("person");
    let verb = move |tx: &mut Tx<'_>| {
        let unknown = || Error::invalid("person", Why::Unknown);
        let name = AccountName::parse(&typed, tx.urls()?.host()).map_err(|bad| match bad {
            BadAccountName::Missing => Error::invalid("person", Why::Required),
            BadAccountName::Elsewhere | BadAccountName::Form => unknown(),
        })?;
        let (account, _) = query::account::by_name(tx.db, &name)?
            .filter(|(account, _)| account.state == AccountState::Active)
            .ok_or_else(unknown)?;
        domain::community::give(tx, by, community, account.actor_id)
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash("/admin/communities", "given"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, counts, rows) = read(&posted.request).await?;
            let form = errors.show_on(&f, form(&f, &rows));
            errors.respond(&view(f, &counts, &rows, form))
        }
    }
}

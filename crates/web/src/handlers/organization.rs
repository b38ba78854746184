//! Organizations that people belong to: the list, their pages, and the choice of one's own.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::{App, paging};
use model::{ActorId, OrganizationId};
use query::organization::Affiliated;
use query::row::{Actor, Organization};
use query::{Db, Reader};

use super::form_post::SignedInForm;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect_with_flash, show, sign_in_path};
use super::show::{actor, organization};
use crate::form::{Choice, Form};
use crate::frame::{Frame, Section};
use crate::views::account::{SettingsTab, settings_tabs};
use crate::views::organization::{
    OrganizationPage, Organizations, OwnOrganizations, affiliation_form,
};
use crate::views::parts::{Empty, Pager, Person, Tab};

const PER_PAGE: usize = 48;

/// The page of one's own.
const OWN: &str = "/settings/organizations";

/// `GET /organizations`
pub async fn list(request: PageRequest) -> Page {
    let read = |db: &mut Db, _: Reader| query::organization::all(db);
    let (f, rows) = request.page(Section::People, read).await?;
    let empty = rows.is_empty().then(|| Empty {
        icon: "people",
        title: f.text("organizations-none").to_owned(),
        text: f.text("organizations-none-text").to_owned(),
        example: None,
        action: None,
    });
    show(&Organizations {
        filters: vec![
            Tab::new(f.text("people-filter-here"), "/people", false),
            Tab::new(f.text("organizations"), "/organizations", true),
        ],
        organizations: rows.iter().map(|row| organization::row(&f, row)).collect(),
        empty,
        f,
    })
}

/// `GET /organizations/{slug}`
pub async fn page(PathParam(slug): PathParam<String>, request: PageRequest) -> Page {
    let before: ActorId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader: Reader| {
        query::organization::page(db, reader, &slug, before, PER_PAGE as i64)
    };
    let (f, found) = request.page(Section::People, read).await?;
    let url = organization::url(&found.organization);
    let next = found
        .people
        .last()
        .filter(|_| found.people.len() == PER_PAGE);
    let person = |(row, confirmed): &(Actor, bool)| {
        let role = (!row.job_title.is_empty()).then(|| row.job_title.clone());
        let person = Person {
            role,
            ..actor::person(row)
        };
        (person, *confirmed)
    };
    let is_admin = f.me.as_ref().is_some_and(|me| me.admin);
    let edit_url = format!("/admin/organizations/{}/edit", found.organization.id);
    show(&OrganizationPage {
        organization: organization::row(&f, &found.organization),
        people: found.people.iter().map(person).collect(),
        pager: Pager {
            next: next.map(|(row, _)| format!("?before={}", row.id)),
            ..Pager::default()
        },
        sign_in_url: f.me.is_none().then(|| sign_in_path(&url)),
        edit_url: is_admin.then_some(edit_url),
        f,
    })
}

/// Where the reader belongs, and what they can choose.
type OwnRows = (Vec<Affiliated>, Vec<Organization>);

async fn own_rows(request: &PageRequest) -> Outcome<(Frame, OwnRows)> {
    request.page(Section::Me, query::organization::mine).await
}

/// The choice among those where the reader does not belong yet.
fn own_form(f: &Frame, (own, all): &OwnRows) -> Form {
    let is_own = |id: OrganizationId| own.iter().any(|one| one.organization.id == id);
    let others = all.iter().filter(|row| !is_own(row.id));
    let choice = |row: &Organization| Choice::new(row.id.to_string(), row.name.read(f.lang));
    affiliation_form(f, others.map(choice).collect())
}

fn own_page(f: Frame, rows: &OwnRows, form: Form) -> OwnOrganizations {
    let form = (rows.0.len() < rows.1.len()).then_some(form);
    OwnOrganizations {
        tabs: settings_tabs(&f, SettingsTab::Profile),
        rows: rows
            .0
            .iter()
            .map(|one| organization::affiliation(&f, one))
            .collect(),
        f: match &form {
            Some(form) => f.sending(form),
            None => f,
        },
        form,
    }
}

/// `GET /settings/organizations`
pub async fn own(request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = own_rows(&request).await?;
    let form = own_form(&f, &rows);
    show(&own_page(f, &rows, form))
}

/// `POST /settings/organizations`
pub async fn join(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let (who, id) = (me.id(), posted.fields.choice("affiliation"));
    let verb = move |tx: &mut Tx<'_>| domain::organization::join(tx, who, id);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(true) => redirect_with_flash(OWN, "organization-confirmed"),
        Ok(false) => redirect_with_flash(OWN, "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, rows) = own_rows(&posted.request).await?;
            let form = errors.show_on(&f, own_form(&f, &rows));
            errors.respond(&own_page(f, &rows, form))
        }
    }
}

/// `POST /settings/organizations/{id}/leave`
pub async fn leave(
    State(app): State<App>,
    PathParam(id): PathParam<OrganizationId>,
    signed_in: SignedInForm,
) -> Page {
    let who = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::organization::leave(tx, who, id);
    app.ops().write(verb).await?;
    redirect_with_flash(OWN, "saved")
}

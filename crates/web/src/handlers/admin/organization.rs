//! Organizations that people can say they belong to.

use axum::extract::State;
use domain::organization::NewOrganization;
use domain::{Outcome, Tx};
use httpkit::App;
use model::{LangText, OrganizationId, Time};
use query::Db;
use query::row::Organization;

use super::{Counts, page};
use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::organization;
use crate::views::admin::AdminTab;
use crate::views::organization::{
    AdminOrganizations, EditOrganization, RemoveOrganization, organization_form,
};

/// The path of the list.
const HERE: &str = "/admin/organizations";

async fn rows(request: &PageRequest) -> Outcome<(Frame, Counts, Vec<Organization>)> {
    page(request, |db: &mut Db, _| query::organization::all(db)).await
}

fn list_page(f: Frame, counts: &Counts, rows: &[Organization], form: Form) -> AdminOrganizations {
    let row = |row: &Organization| {
        let url = format!("{HERE}/{}", row.id);
        (
            organization::row(&f, row),
            format!("{url}/edit"),
            format!("{url}/remove"),
        )
    };
    AdminOrganizations {
        tabs: counts.tabs(&f, AdminTab::Organizations),
        organizations: rows.iter().map(row).collect(),
        f: f.sending(&form),
        form,
    }
}

/// `GET /admin/organizations`
pub async fn list(request: PageRequest) -> Page {
    let (f, counts, rows) = rows(&request).await?;
    let form = organization_form(&f, HERE);
    show(&list_page(f, &counts, &rows, form))
}

fn typed(fields: &Fields, before: &LangText) -> NewOrganization {
    NewOrganization {
        name: fields.lang_text("organization", before),
        place: fields.trimmed("place"),
        ror: fields.trimmed("ror"),
        site: fields.trimmed("site"),
        domains: fields.trimmed("domains"),
    }
}

/// `POST /admin/organizations`
pub async fn add(State(app): State<App>, SignedInForm { posted, me }: SignedInForm) -> Page {
    let (by, new) = (me.id(), typed(&posted.fields, &LangText::default()));
    let verb = move |tx: &mut Tx<'_>| domain::organization::add(tx, by, &new);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(_) => redirect_with_flash(HERE, "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, counts, rows) = rows(&posted.request).await?;
            let form = errors.show_on(&f, organization_form(&f, HERE));
            errors.respond(&list_page(f, &counts, &rows, form))
        }
    }
}

type One = (Organization, i64);

async fn one(request: &PageRequest, id: OrganizationId) -> Outcome<(Frame, Counts, One)> {
    let read = move |db: &mut Db, _| query::organization::for_change(db, id);
    page(request, read).await
}

fn revision(row: &Organization) -> String {
    row.updated_at.utc().timestamp_micros().to_string()
}

fn edit_form_of(f: &Frame, row: &Organization) -> Form {
    let revision = Field::new("revision", Kind::Hidden, "").value(revision(row));
    let mut form = organization_form(f, &format!("{HERE}/{}/edit", row.id)).with(revision);
    form.set_lang_text("organization", &row.name);
    for (name, value) in [
        ("place", &row.place),
        ("ror", &row.ror),
        ("site", &row.site),
        ("domains", &row.domains.replace(' ', "\n")),
    ] {
        form.set(name, value);
    }
    form
}

fn edit_page(f: Frame, counts: &Counts, row: &Organization, form: Form) -> EditOrganization {
    EditOrganization {
        tabs: counts.tabs(&f, AdminTab::Organizations),
        name: row.name.read(f.lang).to_owned(),
        f: f.sending(&form),
        form,
    }
}

/// `GET /admin/organizations/{id}/edit`
pub async fn edit_form(PathParam(id): PathParam<OrganizationId>, request: PageRequest) -> Page {
    let (f, counts, (row, _)) = one(&request, id).await?;
    let form = edit_form_of(&f, &row);
    show(&edit_page(f, &counts, &row, form))
}

/// `POST /admin/organizations/{id}/edit`
pub async fn change(
    State(app): State<App>,
    PathParam(id): PathParam<OrganizationId>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let found = one(&posted.request, id).await;
    let (f, counts, (row, _)) = found.map_err(|error| posted.fail(error))?;
    let (by, new) = (me.id(), typed(&posted.fields, &row.name));
    let began = posted.fields.choice("revision");
    let began = began.and_then(Time::from_unix_micros);
    let verb = move |tx: &mut Tx<'_>| domain::organization::change(tx, by, id, &new, began);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(HERE, "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let mut form = errors.show_on(&f, edit_form_of(&f, &row));
            // What is saved next was typed with what is there now in view.
            form.set("revision", &revision(&row));
            errors.respond(&edit_page(f, &counts, &row, form))
        }
    }
}

/// `GET /admin/organizations/{id}/remove`
pub async fn remove_form(PathParam(id): PathParam<OrganizationId>, request: PageRequest) -> Page {
    let (f, counts, (row, people)) = one(&request, id).await?;
    show(&RemoveOrganization {
        tabs: counts.tabs(&f, AdminTab::Organizations),
        name: row.name.read(f.lang).to_owned(),
        people,
        action: format!("{HERE}/{id}/remove"),
        f,
    })
}

/// `POST /admin/organizations/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    PathParam(id): PathParam<OrganizationId>,
    signed_in: SignedInForm,
) -> Page {
    let by = signed_in.me.id();
    let verb = move |tx: &mut Tx<'_>| domain::organization::remove(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash(HERE, "organization-removed")
}

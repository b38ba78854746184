//! Organizations that people belong to: their list and pages, the choice of one's own, and their administration.

use askama::Template;
use model::Lang;
use model::organization::{ORGANIZATION_NAME_MAX, PLACE_MAX};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Empty, Pager, Person, Tab};

/// An organization in a list.
#[derive(Debug, Clone)]
pub struct OrganizationRow {
    pub name: String,
    /// Language of the name; empty where it is unknown.
    pub lang: String,
    pub url: String,
    pub place: String,
    /// Its page in the Research Organization Registry; empty where it has none.
    pub ror_url: String,
    /// Its website; empty where it is not said.
    pub site: String,
}

/// An organization on the page of a person, or in their settings.
#[derive(Debug, Clone)]
pub struct AffiliationRow {
    pub organization: OrganizationRow,
    /// Whether their mail address confirms it.
    pub confirmed: bool,
    /// Ends it, in their settings.
    pub leave_url: String,
}

/// `/organizations`: all that administrators have listed.
#[derive(Debug, Template)]
#[template(path = "organization/list.html")]
pub struct Organizations {
    pub f: Frame,
    /// People, organizations.
    pub filters: Vec<Tab>,
    pub organizations: Vec<OrganizationRow>,
    pub empty: Option<Empty>,
}

/// `/organizations/{slug}`
#[derive(Debug, Template)]
#[template(path = "organization/page.html")]
pub struct OrganizationPage {
    pub f: Frame,
    pub organization: OrganizationRow,
    /// Each with whether their mail address confirms it.
    pub people: Vec<(Person, bool)>,
    pub pager: Pager,
    /// Where a guest signs in to see the people; `None` for who is signed in.
    pub sign_in_url: Option<String>,
    /// Changes it, for administrators.
    pub edit_url: Option<String>,
}

/// `/settings/organizations`
#[derive(Debug, Template)]
#[template(path = "account/organizations.html")]
pub struct OwnOrganizations {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub rows: Vec<AffiliationRow>,
    /// `None` where there is none to choose.
    pub form: Option<Form>,
}

/// `/admin/organizations`: the same list with what changes it, and the form that adds one.
#[derive(Debug, Template)]
#[template(path = "admin/organizations.html")]
pub struct AdminOrganizations {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    /// Each with the addresses that change and remove it.
    pub organizations: Vec<(OrganizationRow, String, String)>,
    pub form: Form,
}

/// `/admin/organizations/{id}/edit`
#[derive(Debug, Template)]
#[template(path = "admin/organization_edit.html")]
pub struct EditOrganization {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub name: String,
    pub form: Form,
}

/// `/admin/organizations/{id}/remove`: says what will happen before it does.
#[derive(Debug, Template)]
#[template(path = "admin/organization_remove.html")]
pub struct RemoveOrganization {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub name: String,
    /// How many people say they belong to it.
    pub people: i64,
    pub action: String,
}

/// The fields of an organization: `organization_en organization_fr place ror site domains`, and `revision` where it is
/// changed.
#[must_use]
pub fn organization_form(f: &Frame, action: &str) -> Form {
    let name = |lang: Lang| {
        Field::new(
            &format!("organization_{lang}"),
            Kind::Text,
            f.text(&format!("organization-name-{lang}")),
        )
        .lang(lang)
        .autocomplete("off")
        .max(ORGANIZATION_NAME_MAX)
        .missing(f.text("enter-organization-name"))
    };
    let text = |name: &str, kind: Kind| {
        Field::new(name, kind, f.text(&format!("organization-{name}")))
            .autocomplete("off")
            .optional(f)
    };
    let area = Kind::Area {
        rows: 3,
        markdown: false,
    };
    Form::new(action)
        .with_all(f.langs().map(name))
        .with(text("place", Kind::Text).max(PLACE_MAX))
        .with(text("ror", Kind::Text).hint(f.text("organization-ror-hint")))
        .with(text("site", Kind::Url).hint(f.text("organization-site-hint")))
        .with(text("domains", area).hint(f.text("organization-domains-hint")))
}

/// The field of one's own organization: `affiliation`.
#[must_use]
pub fn affiliation_form(f: &Frame, choices: Vec<Choice>) -> Form {
    let none = Choice::new("", f.text("organization-choose"));
    let all = std::iter::once(none).chain(choices).collect();
    let field = Field::new("affiliation", Kind::Select(all), f.text("organization-own"))
        .missing(f.text("enter-organization"));
    Form::new("/settings/organizations").with(field)
}

#[cfg(test)]
pub(in crate::views) mod tests;

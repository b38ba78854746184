//! Organizations as lists and pages show them.

use query::organization::Affiliated;
use query::row::Organization;

use crate::frame::Frame;
use crate::views::organization::{AffiliationRow, OrganizationRow};

/// The page of an organization.
pub fn url(row: &Organization) -> String {
    format!("/organizations/{}", row.slug)
}

/// An organization, by its name in the reader's language.
pub fn row(f: &Frame, row: &Organization) -> OrganizationRow {
    let (lang, name) = row.name.shown(f.lang).unwrap_or_default();
    OrganizationRow {
        name: name.to_owned(),
        lang: lang.to_owned(),
        url: url(row),
        place: row.place.clone(),
        ror_url: match row.ror.is_empty() {
            true => String::new(),
            false => format!("https://ror.org/{}", row.ror),
        },
        site: row.site.clone(),
    }
}

/// An organization that somebody belongs to.
pub fn affiliation(f: &Frame, affiliated: &Affiliated) -> AffiliationRow {
    let id = affiliated.organization.id;
    AffiliationRow {
        organization: row(f, &affiliated.organization),
        confirmed: affiliated.confirmed,
        leave_url: format!("/settings/organizations/{id}/leave"),
    }
}

//! Samples of the pages of organizations.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::account::{SettingsTab, settings_tabs};
use crate::views::admin::{AdminTab, admin_tabs};
use crate::views::parts::samples::{amira, jo, member, say, visitor};

pub fn clinic(lang: Lang) -> OrganizationRow {
    OrganizationRow {
        name: say(lang, "Lake <Street> Clinic", "Clinique <du> Lac"),
        lang: lang.as_str().into(),
        url: "/organizations/lake-clinic".into(),
        place: "Larchmere".into(),
        ror_url: "https://ror.org/03yrm5c26".into(),
        site: "https://clinic.example".into(),
    }
}

/// An organization that somebody belongs to.
pub fn at_clinic(lang: Lang, confirmed: bool) -> AffiliationRow {
    AffiliationRow {
        organization: clinic(lang),
        confirmed,
        leave_url: "/settings/organizations/1/leave".into(),
    }
}

impl Organizations {
    fn sample(lang: Lang) -> Self {
        let f = visitor(lang);
        Self {
            filters: vec![Tab::new(f.text("organizations"), "/organizations", true)],
            organizations: vec![clinic(lang)],
            empty: None,
            f,
        }
    }
}

impl OrganizationPage {
    fn sample(lang: Lang) -> Self {
        Self {
            organization: clinic(lang),
            people: vec![(amira(lang), true), (jo(lang), false)],
            pager: Pager::default(),
            sign_in_url: None,
            edit_url: Some("/admin/organizations/1/edit".into()),
            f: member(lang, Section::People),
        }
    }

    fn of_guest(lang: Lang) -> Self {
        Self {
            people: Vec::new(),
            sign_in_url: Some("/sign-in".into()),
            edit_url: None,
            f: visitor(lang),
            ..Self::sample(lang)
        }
    }
}

impl OwnOrganizations {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Me);
        let mut form = affiliation_form(&f, vec![Choice::new("2", "Old Mill")]);
        form.fault("affiliation", f.text("enter-organization"));
        Self {
            tabs: settings_tabs(&f, SettingsTab::Profile),
            rows: vec![at_clinic(lang, true), at_clinic(lang, false)],
            f: f.sending(&form),
            form: Some(form),
        }
    }

    fn empty(lang: Lang) -> Self {
        Self {
            rows: Vec::new(),
            form: None,
            f: member(lang, Section::Me),
            ..Self::sample(lang)
        }
    }
}

impl AdminOrganizations {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Admin);
        let form = organization_form(&f, "/admin/organizations");
        let url = |what: &str| format!("/admin/organizations/1/{what}");
        Self {
            tabs: admin_tabs(&f, AdminTab::Organizations, 0, 0),
            organizations: vec![(clinic(lang), url("edit"), url("remove"))],
            f: f.sending(&form),
            form,
        }
    }
}

impl EditOrganization {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Admin);
        let revision = Field::new("revision", Kind::Hidden, "").value("1");
        let mut form = organization_form(&f, "/admin/organizations/1/edit").with(revision);
        form.fault("ror", f.text("why-ror"));
        Self {
            tabs: admin_tabs(&f, AdminTab::Organizations, 0, 0),
            name: clinic(lang).name,
            f: f.sending(&form),
            form,
        }
    }
}

impl RemoveOrganization {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Admin);
        Self {
            tabs: admin_tabs(&f, AdminTab::Organizations, 0, 0),
            name: clinic(lang).name,
            people: 3,
            action: "/admin/organizations/1/remove".into(),
            f,
        }
    }
}

#[test]
fn every_page_of_organizations_is_sound_in_both_languages() {
    check_both("organizations", Organizations::sample);
    check_both("organization", OrganizationPage::sample);
    check_both("organization-guest", OrganizationPage::of_guest);
    check_both("settings-organizations", OwnOrganizations::sample);
    check_both("settings-organizations-none", OwnOrganizations::empty);
    check_both("admin-organizations", AdminOrganizations::sample);
    check_both("admin-organization-edit", EditOrganization::sample);
    check_both("admin-organization-remove", RemoveOrganization::sample);
}

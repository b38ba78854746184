//! Samples of the pages about the site, and of the form that writes them.

use super::*;
use crate::tests::check_both;
use crate::views::admin::{AdminTab, admin_tabs};
use crate::views::parts::samples::*;

impl Info {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = visitor(lang);
        Self {
            title: f.text("page-privacy"),
            description_html: String::new(),
            html: "<h2>What we store</h2><p>As little as we can.</p>".into(),
            lang: "en".into(),
            only_in: (lang == Lang::Fr).then_some(Lang::En),
            others: vec![Tab::new(f.text("page-about"), "/about", false)],
            edit_url: Some("/admin/pages/privacy".into()),
            f,
        }
    }
}

impl EditPage {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, crate::frame::Section::Admin);
        Self {
            tabs: admin_tabs(&f, AdminTab::Settings, 2, 1),
            title: f.text("page-privacy"),
            form: page_form(&f, InfoPage::Privacy),
            page_url: page_url(InfoPage::Privacy),
            f,
        }
    }
}

#[test]
fn the_pages_are_well_formed_in_both_languages() {
    check_both("info", Info::sample);
    check_both("admin-page", EditPage::sample);
}

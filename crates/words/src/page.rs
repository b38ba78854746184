//! The default texts of the pages on which an organization says what holds on its site, in Markdown.

use model::{InfoPage, Lang};

/// The default text of a page, for an organization and its host.
#[must_use]
pub fn page(lang: Lang, page: InfoPage, site: &str, host: &str) -> String {
    let text = match (lang, page) {
        (Lang::En, InfoPage::About) => include_str!("../pages/en/about.md"),
        (Lang::En, InfoPage::Privacy) => include_str!("../pages/en/privacy.md"),
        (Lang::En, InfoPage::Conduct) => include_str!("../pages/en/conduct.md"),
        (Lang::En, InfoPage::Accessibility) => include_str!("../pages/en/accessibility.md"),
        (Lang::En, InfoPage::Contact) => include_str!("../pages/en/contact.md"),
        (Lang::Fr, InfoPage::About) => include_str!("../pages/fr/about.md"),
        (Lang::Fr, InfoPage::Privacy) => include_str!("../pages/fr/privacy.md"),
        (Lang::Fr, InfoPage::Conduct) => include_str!("../pages/fr/conduct.md"),
        (Lang::Fr, InfoPage::Accessibility) => include_str!("../pages/fr/accessibility.md"),
        (Lang::Fr, InfoPage::Contact) => include_str!("../pages/fr/contact.md"),
    };
    text.replace("{site}", site).replace("{host}", host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_text_in_both_languages_without_placeholders_left() {
        for which in InfoPage::ALL {
            let [en, fr] = [Lang::En, Lang::Fr].map(|lang| page(lang, *which, "Alpha", "a.test"));
            assert!(en != fr && en.len() > 100, "{which}");
            assert!(!en.contains('{') && !fr.contains('{'), "{which}");
            let headings = |text: &str| text.lines().filter(|line| line.starts_with("## ")).count();
            assert_eq!(headings(&en), headings(&fr), "{which}");
        }
    }
}

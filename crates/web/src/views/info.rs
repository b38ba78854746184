//! The pages on which the organization says what holds on its site.

use askama::Template;
use model::limits::INFO_PAGE_MAX;
use model::{InfoPage, Lang};

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::Tab;

/// The path of a page.
#[must_use]
pub fn page_url(page: InfoPage) -> String {
    match page {
        InfoPage::About => "/about".to_owned(),
        InfoPage::Privacy | InfoPage::Conduct | InfoPage::Accessibility | InfoPage::Contact => {
            format!("/about/{page}")
        }
    }
}

/// `/about`, `/about/privacy` …
#[derive(Debug, Template)]
#[template(path = "info/page.html")]
pub struct Info {
    pub f: Frame,
    pub title: &'static str,
    /// Sanitized markup: what the organization says of itself; on the first page only.
    pub description_html: String,
    /// Sanitized markup.
    pub html: String,
    /// Language of the text.
    pub lang: String,
    /// The language it is in, where the reader's is missing.
    pub only_in: Option<Lang>,
    /// All these pages.
    pub others: Vec<Tab>,
    /// For admins.
    pub edit_url: Option<String>,
}

/// `/admin/pages/{page}`
#[derive(Debug, Template)]
#[template(path = "admin/page.html")]
pub struct EditPage {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub title: &'static str,
    pub form: Form,
    /// The page as everybody reads it.
    pub page_url: String,
}

/// The fields of a page: `text_en text_fr`, the reader's language first.
#[must_use]
pub fn page_form(f: &Frame, page: InfoPage) -> Form {
    let field = |lang: Lang| {
        Field::new(
            &format!("text_{lang}"),
            Kind::Area {
                rows: 18,
                markdown: true,
            },
            f.text(&format!("page-text-{lang}")),
        )
        .lang(lang)
        .previewed(f)
        .max(INFO_PAGE_MAX)
    };
    Form::new(format!("/admin/pages/{page}")).with_all(f.langs().map(field))
}

#[cfg(test)]
mod tests;

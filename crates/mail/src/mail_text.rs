//! What a mail says, and its two forms: plain text and HTML with the same words.

use crate::headers::MailHeaders;
use askama::Template;
use model::Lang;

/// A link that the reader is asked to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub label: String,
    pub url: String,
}

/// A line of a list in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// What stands below it; empty for nothing.
    pub detail: String,
}

/// A part of a mail with a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Empty for none.
    pub heading: String,
    pub items: Vec<Item>,
    /// Leads to what is left out.
    pub more: Option<Action>,
}

/// The words of a mail, in the reader's language. None of them is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    pub lang: Lang,
    pub subject: String,
    pub greeting: String,
    pub paragraphs: Vec<String>,
    pub sections: Vec<Section>,
    pub action: Option<Action>,
    /// Says why the reader gets this mail.
    pub reason: String,
    /// Links below the reason.
    pub footer: Vec<Action>,
    /// The name and the address of the site.
    pub site: String,
    pub site_url: String,
    pub headers: MailHeaders,
}

#[derive(Template)]
#[template(path = "mail_text.html")]
struct HtmlForm<'a> {
    mail_text: &'a MailText,
}

impl MailText {
    /// Asks to copy the link where the button does not work.
    fn address_hint(&self) -> &'static str {
        words::text(self.lang, "mail-copy-link")
    }

    /// Renders the HTML form.
    ///
    /// # Errors
    /// When the template fails, which needs memory only.
    pub fn html(&self) -> Result<String, askama::Error> {
        HtmlForm { mail_text: self }.render()
    }

    /// Renders the plain form: each address stands on a line of its own, so that programs make it a link.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut parts = vec![self.greeting.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        for section in &self.sections {
            parts.extend(Some(section.heading.clone()).filter(|text| !text.is_empty()));
            for item in &section.items {
                let lines = [&item.text, &item.detail, &item.url];
                let lines = lines.into_iter().filter(|line| !line.is_empty());
                parts.push(lines.map(String::as_str).collect::<Vec<_>>().join("\n"));
            }
            let more = section.more.iter();
            parts.extend(more.map(|more| format!("{}\n{}", more.label, more.url)));
        }
        if let Some(action) = &self.action {
            parts.push(format!("{}\n{}", action.label, action.url));
        }
        // The sign that mail programs know as the start of a signature.
        let links = self.footer.iter();
        let links: String = links
            .map(|link| format!("{}\n{}\n", link.label, link.url))
            .collect();
        parts.push(format!(
            "-- \n{}\n{links}{}\n{}",
            self.reason, self.site, self.site_url
        ));
        parts.join("\n\n") + "\n"
    }
}

//! What a mail says, and its two forms: plain text and HTML with the same words.

use askama::Template;
use model::Lang;

/// A link that the reader is asked to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub label: String,
    pub url: String,
}

/// The words of a mail, in the reader's language. None of them is HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub lang: Lang,
    pub subject: String,
    pub greeting: String,
    pub paragraphs: Vec<String>,
    pub action: Option<Action>,
    /// Says why the reader gets this mail.
    pub reason: String,
    /// The name and the address of the site.
    pub site: String,
    pub site_url: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct HtmlForm<'a> {
    letter: &'a Letter,
}

impl Letter {
    /// Asks to copy the link where the button does not work.
    fn address_hint(&self) -> &'static str {
        words::text(self.lang, "mail-copy-link")
    }

    /// Renders the HTML form.
    ///
    /// # Errors
    /// When the template fails, which needs memory only.
    pub fn html(&self) -> Result<String, askama::Error> {
        HtmlForm { letter: self }.render()
    }

    /// Renders the plain form: each address stands on a line of its own, so that programs make it a link.
    #[must_use]
    pub fn text(&self) -> String {
        let mut parts = vec![self.greeting.clone()];
        parts.extend(self.paragraphs.iter().cloned());
        if let Some(action) = &self.action {
            parts.push(format!("{}\n{}", action.label, action.url));
        }
        // The sign that mail programs know as the start of a signature.
        parts.push(format!(
            "-- \n{}\n{}\n{}",
            self.reason, self.site, self.site_url
        ));
        parts.join("\n\n") + "\n"
    }
}

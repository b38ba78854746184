//! What other sites and search engines are told of a page.

use model::Lang;

use super::Frame;
use crate::assets::PREVIEW;

/// What other sites are told of a page: the card they show for a link, where the page is at home, and in
/// which other forms it is read.
#[derive(Debug, Clone)]
pub struct LinkPreview {
    pub title: String,
    /// A sentence or two, without markup; may be empty.
    pub description: String,
    /// Its type in Open Graph: `website`, `article`, `profile`.
    pub kind: &'static str,
    /// Path and query, without the language.
    pub path: String,
    /// Its own address, where it is on another server.
    pub origin_url: Option<String>,
    /// The address of its ActivityPub document.
    pub activity_url: Option<String>,
    /// The path of its Atom feed.
    pub feed: Option<String>,
}

impl LinkPreview {
    /// The preview of a page that has no other form.
    #[must_use]
    pub fn new(title: impl Into<String>, description: impl Into<String>, path: &str) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            kind: "website",
            path: path.to_owned(),
            origin_url: None,
            activity_url: None,
            feed: None,
        }
    }
}

impl Frame {
    /// Tells other sites what the page is.
    #[must_use]
    pub fn previewed(mut self, preview: LinkPreview) -> Self {
        self.preview = Some(preview);
        self
    }

    /// Where a page is at home: on its own server, or here, in the language its address names.
    #[must_use]
    pub fn canonical(&self, preview: &LinkPreview) -> String {
        match &preview.origin_url {
            Some(url) => url.clone(),
            None if self.lang_in_address => {
                let joint = if preview.path.contains('?') { '&' } else { '?' };
                format!("{}{}{joint}lang={}", self.site.url, preview.path, self.lang)
            }
            None => format!("{}{}", self.site.url, preview.path),
        }
    }

    /// The language as Open Graph writes it, and the other one.
    #[must_use]
    pub fn locales(&self) -> [&'static str; 2] {
        match self.lang {
            Lang::En => ["en_CA", "fr_CA"],
            Lang::Fr => ["fr_CA", "en_CA"],
        }
    }

    /// The picture beside a link to a page.
    #[must_use]
    pub fn preview_picture(&self) -> &'static str {
        &PREVIEW.url
    }
}

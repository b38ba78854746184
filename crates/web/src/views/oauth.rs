//! Letting an application act for the reader.

use askama::Template;

use crate::frame::Frame;

/// `/oauth/authorize`: what an application asks for.
#[derive(Debug, Template)]
#[template(path = "oauth/consent.html")]
pub struct Consent {
    pub f: Frame,
    /// The name of the application, which it has chosen itself.
    pub app: String,
    /// Its website, which nobody has checked; empty: none.
    pub website: String,
    /// The handle of the reader.
    pub handle: String,
    /// The labels of the scopes it asks for.
    pub scopes: Vec<String>,
    pub target: Target,
    /// The parameters of the request, to be sent with the answer.
    pub parameters: Vec<(&'static str, String)>,
}

/// Where the answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A site, by its host.
    Site(String),
    /// A program on the reader's device.
    Device,
    /// Nowhere: the reader copies the code.
    Shown,
}

/// The code, to be copied into the application.
#[derive(Debug, Template)]
#[template(path = "oauth/code.html")]
pub struct ShownCode {
    pub f: Frame,
    pub app: String,
    pub code: String,
}

/// A request that cannot be answered, and leads nowhere.
#[derive(Debug, Template)]
#[template(path = "oauth/unknown.html")]
pub struct UnknownApp {
    pub f: Frame,
    /// The key of the message that says what is wrong.
    pub text: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Section;
    use crate::tests::check_both;
    use crate::views::parts::samples::member;
    use model::oauth::{SCOPES, Scope};

    #[test]
    fn every_scope_is_said_in_words() {
        let scopes = SCOPES
            .iter()
            .map(|name| Scope::named(name).unwrap().label());
        let scopes: Vec<String> = scopes.collect();
        check_both("oauth-consent", |lang| Consent {
            f: member(lang, Section::Me),
            app: "Loom".into(),
            website: "https://loom.example".into(),
            handle: "@ann".into(),
            scopes: scopes.clone(),
            target: Target::Site("loom.example".into()),
            parameters: vec![("client_id", "a\"b".into())],
        });
    }

    #[test]
    fn the_other_pages_are_whole() {
        check_both("oauth-code", |lang| ShownCode {
            f: member(lang, Section::Me),
            app: "Loom".into(),
            code: "c0de".into(),
        });
        for text in ["oauth-unknown-app", "oauth-unknown-redirect"] {
            check_both(text, |lang| UnknownApp {
                f: member(lang, Section::Me),
                text,
            });
        }
    }
}

//! Atom feeds (RFC 4287).

use askama::Template;
use chrono::{DateTime, SecondsFormat, Utc};
use model::Lang;

/// The newest posts of a community, a thread or a person, for feed readers.
#[derive(Debug, Template)]
#[template(path = "feed.xml")]
pub struct Feed {
    /// The language of the feed's own words.
    pub lang: Lang,
    /// The public origin, to which the addresses below are relative.
    pub origin: String,
    pub title: String,
    pub subtitle: String,
    /// Path and query of the feed.
    pub path: String,
    /// Path of the page it is of.
    pub page: String,
    pub icon: &'static str,
    /// When something was last added or changed.
    pub updated: DateTime<Utc>,
    pub entries: Vec<PostEntry>,
}

/// A post.
#[derive(Debug)]
pub struct PostEntry {
    /// Its id, a URL.
    pub id: String,
    /// Path of its page.
    pub page: String,
    pub title: String,
    pub author: String,
    /// Path of the author's page.
    pub author_page: String,
    pub published: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    /// Language of the text, empty where it is unknown.
    pub lang: String,
    /// What is said in place of a text with a warning about its content.
    pub warning: Option<String>,
    /// Clean HTML.
    pub html: String,
}

/// A time as Atom writes it.
fn stamp(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A text without the characters that XML cannot hold, not even escaped.
fn plain(text: &str) -> String {
    let holds = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    let holds = |c: &char| holds(c) && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(holds).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    #[test]
    fn what_people_write_stays_text() {
        let at = Utc.with_ymd_and_hms(2026, 11, 22, 14, 30, 0).unwrap();
        let feed = Feed {
            lang: Lang::Fr,
            origin: "https://a.test".into(),
            title: "A & B\u{b}</title>".into(),
            subtitle: String::new(),
            path: "/c/weavers/feed.atom?lang=fr".into(),
            page: "/c/weavers".into(),
            icon: "/assets/mark.svg",
            updated: at,
            entries: vec![PostEntry {
                id: "https://a.test/p/1".into(),
                page: "/p/1".into(),
                title: "<b>".into(),
                author: "Ann".into(),
                author_page: "/u/ann".into(),
                published: at,
                updated: at,
                lang: "de".into(),
                warning: None,
                html: "<p>]]>\u{0}</p>".into(),
            }],
        };
        let xml = feed.render().unwrap();
        assert!(xml.starts_with("<?xml"), "{xml}");
        assert!(
            xml.contains("<title>A &#38; B&#60;/title&#62;</title>"),
            "{xml}"
        );
        assert!(xml.contains("<title>&#60;b&#62;</title>"), "{xml}");
        assert!(
            xml.contains(r#"xml:lang="fr""#) && xml.contains(r#"xml:lang="de""#),
            "{xml}"
        );
        assert!(
            xml.contains("<updated>2026-11-22T14:30:00Z</updated>"),
            "{xml}"
        );
        assert!(!xml.contains(['\u{0}', '\u{b}']), "{xml}");
    }
}

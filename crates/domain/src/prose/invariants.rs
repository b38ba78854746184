//! What holds of every text, whatever stands in it: the properties beside this and `fuzz/` try it.
//! Ends the test where it does not hold.

use super::sanitize::ANCHOR;
use super::{clean, names, plain, render};

/// HTML is cleaned until it can do nothing, stays so when it is read again, and comes to an end.
pub fn html(html: &str) {
    let once = clean(html);
    harmless(&once);
    // What stood in an element that was dropped may be nested otherwise when it is read again
    // (a heading within a paragraph); then it stays.
    let again = clean(&once);
    harmless(&again);
    assert_eq!(clean(&again), again, "from {html:?}");
    let most = 1_000 + 100 * html.len();
    assert!(once.len() <= most, "{} of {} bytes", once.len(), html.len());
    for max in [1, 60, 400] {
        let line = plain(html, max);
        assert!(line.chars().count() <= max, "{line:?}");
        assert!(!line.contains(['\n', '\t']), "{line:?}");
    }
}

/// Markdown becomes HTML that can do nothing, and whom it names is named in it.
pub fn markdown(md: &str) {
    let prose = render(md, &[]);
    harmless(&prose.html);
    assert_eq!(prose.md, md.trim());
    for name in names(md) {
        assert!(name.len() > 2 && name.starts_with(['@', '!']), "{name}");
        assert!(!name.contains(char::is_whitespace), "{name}");
    }
}

/// The tags of clean HTML, each as it stands between its brackets.
fn tags(html: &str) -> Vec<String> {
    let (mut tags, mut tag, mut quoted) = (Vec::new(), None::<String>, false);
    for c in html.chars() {
        match (&mut tag, c) {
            (None, '<') => (tag, quoted) = (Some(String::new()), false),
            (None, _) => {}
            (Some(_), '>') if !quoted => tags.extend(tag.take()),
            (Some(text), _) => {
                quoted ^= c == '"';
                text.push(c);
            }
        }
    }
    assert_eq!(tag, None, "a tag that does not end: {html}");
    tags
}

/// The attributes of a tag: `name="value"`, as a serializer writes them.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    let parts: Vec<&str> = rest.split('"').collect();
    parts
        .chunks_exact(2)
        .filter_map(|pair| Some((pair.first()?, pair.last()?)))
        .map(|(name, value)| {
            let name = name.trim().trim_end_matches('=');
            (name.to_owned(), (*value).to_owned())
        })
        .collect()
}

/// Whether an id is one of those that a text has for its own links.
fn is_anchor(id: &str) -> bool {
    let number = id.strip_prefix(ANCHOR);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Clean HTML holds no element, attribute or address that could do anything.
pub fn harmless(html: &str) {
    const NEVER: &[&str] = &[
        "script", "style", "svg", "math", "iframe", "object", "embed", "form", "input", "img",
        "title", "textarea", "template", "noscript", "base", "meta", "link", "h1", "h2",
    ];
    for tag in tags(html) {
        let name = tag.trim_start_matches('/');
        let name = name.split(' ').next().unwrap_or_default();
        assert!(!NEVER.contains(&name), "<{tag}> in {html}");
        assert!(
            name.bytes().all(|b| b.is_ascii_alphanumeric()),
            "<{tag}> in {html}"
        );
        for (name, value) in attributes(&tag) {
            let handler = name.starts_with("on");
            let reaches = [
                "style", "class", "src", "srcset", "srcdoc", "name", "target",
            ];
            if name == "id" {
                assert!(is_anchor(&value), "<{tag}> in {html}");
            }
            assert!(
                !handler && !reaches.contains(&name.as_str()),
                "<{tag}> in {html}"
            );
            if matches!(name.as_str(), "href" | "cite") {
                let schemes = ["http:", "https:", "mailto:", "tel:"];
                let value = value.to_ascii_lowercase();
                let within = name == "href" && value.strip_prefix('#').is_some_and(is_anchor);
                assert!(
                    within || schemes.iter().any(|s| value.trim().starts_with(s)),
                    "<{tag}> in {html}"
                );
            }
        }
    }
}

//! Whatever peers send as a text: what is kept can do nothing, and reading it comes to an end.

use super::{clean, plain, render};
use proptest::prelude::*;

/// Pieces from which markup goes wrong in interesting ways.
const PIECES: &[&str] = &[
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i lang=en>",
    "<a href=\"",
    "<a href='javascript:x'>",
    "</a>",
    "\"",
    "'",
    ">",
    "<",
    "=",
    " ",
    "\n",
    "x",
    "é",
    "\u{202e}",
    "\0",
    "&lt;",
    "&#x3c;",
    "&quot",
    "&#106;avascript:",
    "javascript:",
    "JaVaScRiPt:",
    "data:text/html,",
    "//evil.test/",
    "https://a.test/",
    "mailto:a@b.test",
    " onclick=",
    " onerror=alert(1) ",
    " style=",
    " id=x ",
    " class=mention ",
    " href=",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "</svg>",
    "<math>",
    "<mtext>",
    "<mglyph>",
    "<annotation-xml encoding=text/html>",
    "<foreignObject>",
    "<title>",
    "</title>",
    "<textarea>",
    "<noscript>",
    "<template>",
    "<iframe srcdoc=",
    "<object",
    "<img src=x",
    "<image",
    "<form>",
    "<input",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<select>",
    "<option>",
    "<!--",
    "-->",
    "<!DOCTYPE",
    "<![CDATA[",
    "]]>",
    "<?xml",
    "<plaintext>",
    "<h1>",
    "<H1>",
    "</h1>",
    "<h2",
    "<ul>",
    "<li>",
    "<base href=",
    "<meta http-equiv=",
    "<link rel=",
    "<br/>",
    "<details open ontoggle=",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
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
        .chunks(2)
        .filter(|pair| pair.len() == 2)
        .map(|pair| {
            (
                pair[0].trim().trim_end_matches('=').to_owned(),
                pair[1].to_owned(),
            )
        })
        .collect()
}

fn harmless(html: &str) {
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
                "style", "class", "id", "src", "srcset", "srcdoc", "name", "target",
            ];
            assert!(
                !handler && !reaches.contains(&name.as_str()),
                "<{tag}> in {html}"
            );
            if matches!(name.as_str(), "href" | "cite") {
                let schemes = ["http:", "https:", "mailto:", "tel:"];
                let value = value.to_ascii_lowercase();
                assert!(
                    schemes.iter().any(|s| value.trim().starts_with(s)),
                    "<{tag}> in {html}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn clean_html_does_nothing_and_stays_as_it_is(html in markup()) {
        let once = clean(&html);
        harmless(&once);
        // What stood in an element that was dropped may be nested otherwise when it is read again
        // (a heading within a paragraph); then it stays.
        let again = clean(&once);
        harmless(&again);
        prop_assert_eq!(clean(&again), again);
        prop_assert!(once.len() <= 1_000 + 100 * html.len(), "{} of {}", once.len(), html.len());
    }

    #[test]
    fn markdown_becomes_nothing_worse(md in markup(), marks in "[\\[\\]()!*_`>#|~^@:\\- \n<a-c]{0,80}") {
        harmless(&render(&format!("{md}{marks}"), &[]).html);
        harmless(&render(&format!("{marks}{md}"), &[]).html);
    }

    #[test]
    fn plain_text_is_no_longer_than_asked(html in markup(), max in 1_usize..60) {
        prop_assert!(plain(&html, max).chars().count() <= max);
    }
}

#[test]
fn markdown_that_nests_without_end_is_read_to_its_end() {
    for deep in [
        "> ".repeat(200),
        "[".repeat(40_000),
        "*a_ ".repeat(1_900),
        "+ ".repeat(200),
        "1. ".repeat(200),
        format!("{}x{}", "**a ".repeat(900), " b**".repeat(900)),
        "![".repeat(20_000),
        "`a``b".repeat(8_000),
        "<a ".repeat(15_000),
        "|a".repeat(20_000),
        format!("{}|-|", "|a|\n".repeat(8_000)),
        "[^1]".repeat(10_000),
    ] {
        harmless(&render(&deep, &[]).html);
    }
}

//! Whatever peers send as a text: what is kept can do nothing, and reading it comes to an end.

use super::invariants::{harmless, html, markdown};
use super::{plain, render};
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
    "<xmp>",
    "</xmp>",
    "<listing>",
    "<plaintext>",
    "<noembed>",
    "<select>",
    "<option>",
    "<button form=action>",
    "<meta http-equiv=refresh>",
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
    "<details><summary>",
    "</details>",
    "<a href=#x>",
    "<h4>",
    "</h4>",
    "<h6 aria-level=9>",
    "<input type=checkbox checked>",
    "<figure>",
    "</figure>",
];

fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn clean_html_does_nothing_and_stays_as_it_is(text in markup()) {
        html(&text);
    }

    #[test]
    fn markdown_becomes_nothing_worse(md in markup(), marks in "[\\[\\]()!*_`>#|~^@:\\- \n<a-c]{0,80}") {
        markdown(&format!("{md}{marks}"));
        markdown(&format!("{marks}{md}"));
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
        format!("{}\n\n[^1]: x", "[^1]".repeat(10_000)),
        "a\n: b\n\n".repeat(5_000),
        "- [x] a\n".repeat(5_000),
        "@a@b".repeat(10_000),
        "\\@a".repeat(10_000),
        "é@b.test ".repeat(5_000),
    ] {
        harmless(&render(&deep, &[]).html);
    }
}

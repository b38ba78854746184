//! A small reader of HTML that refuses what a careful author would: unclosed elements, unlabelled
//! fields, doubled ids, anything inline that the content security policy forbids.

use std::collections::{BTreeMap, BTreeSet};

const VOID: [&str; 9] = [
    "br", "wbr", "hr", "img", "input", "link", "meta", "use", "path",
];

/// What a paragraph may not hold.
const BLOCKS: [&str; 8] = [
    "div",
    "ul",
    "ol",
    "h2",
    "section",
    "form",
    "blockquote",
    "table",
];

/// An element's name and attributes.
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    /// The place of its form among the tags of the page.
    form: Option<usize>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// Whether something is typed into it.
    fn is_typed_into(&self) -> bool {
        let kind = self.get("type").unwrap_or("text");
        let unseen = ["hidden", "checkbox", "radio", "file", "submit"].contains(&kind);
        let is_box = self.name == "textarea" || self.name == "input" && !unseen;
        is_box && self.get("readonly").is_none()
    }
}

/// The form of a page that the language switch sends along.
pub struct TypedForm {
    /// Where the switch to French sends it.
    pub action: String,
    /// The names of what is typed into.
    pub typed: Vec<String>,
    /// What is sent without being typed: (name, value).
    pub given: Vec<(String, String)>,
}

/// Checks that the language switch of a page sends along what is typed into its form, and reads that form.
pub fn typed_form(page: &str, html: &str) -> Option<TypedForm> {
    let tags = read(page, html);
    texts_are_in_the_typed_form(page, &tags);
    let at = tags.iter().position(|tag| tag.get("id") == Some("typed"))?;
    let switch = tags.iter().find(|tag| {
        tag.name == "button" && tag.get("form") == Some("typed") && tag.get("lang") == Some("fr")
    });
    let switch =
        switch.unwrap_or_else(|| panic!("{page}: the language switch loses what is typed"));
    let inside = tags.iter().filter(|tag| tag.form == Some(at));
    let text = |tag: &Tag, name: &str| tag.get(name).unwrap_or_default().to_owned();
    let chosen = |tag: &&Tag| match tag.get("type") {
        Some("hidden") => true,
        Some("radio" | "checkbox") => tag.get("checked").is_some(),
        _ => false,
    };
    Some(TypedForm {
        action: text(switch, "formaction")
            .split('#')
            .next()
            .unwrap_or_default()
            .replace("&amp;", "&"),
        typed: inside
            .clone()
            .filter(|tag| tag.is_typed_into() && tag.get("type") != Some("password"))
            .map(|tag| text(tag, "name"))
            .collect(),
        given: inside
            .filter(chosen)
            .map(|tag| (text(tag, "name"), text(tag, "value")))
            .collect(),
    })
}

/// Whatever is typed into a form that is posted is in the one form that the language switch sends along, and that
/// form is there.
fn texts_are_in_the_typed_form(page: &str, tags: &[Tag]) {
    let has = |name: &str| tags.iter().any(|tag| tag.get(name) == Some("typed"));
    assert!(
        has("id") || !has("form"),
        "{page}: the language switch sends a form that is not there"
    );
    enter_sends_the_typed_form(page, tags);
    for tag in tags.iter().filter(|tag| tag.is_typed_into()) {
        let form = tag.form.and_then(|at| tags.get(at));
        let Some(form) = form.filter(|form| form.get("method") == Some("post")) else {
            continue;
        };
        assert_eq!(
            form.get("id"),
            Some("typed"),
            "{page}: the language switch loses what is typed into {:?}",
            tag.get("name")
        );
    }
}

/// Enter in a field presses the first button that sends its form, wherever that stands on the page.
fn enter_sends_the_typed_form(page: &str, tags: &[Tag]) {
    let at = tags.iter().position(|tag| tag.get("id") == Some("typed"));
    let sends = |tag: &&Tag| {
        tag.name == "button"
            && !matches!(tag.get("type"), Some("button" | "reset"))
            && match tag.get("form") {
                Some(form) => form == "typed",
                None => at.is_some() && tag.form == at,
            }
    };
    let first = tags.iter().find(sends);
    assert_ne!(
        first.and_then(|button| button.get("name")),
        Some("redraw"),
        "{page}: Enter switches the language"
    );
}

/// Panics with the page's name and the first thing wrong with it.
pub fn check_page(page: &str, html: &str) {
    let tags = read(page, html);
    let fail = |what: &str| panic!("{page}: {what}");
    if html.contains('⟦') {
        let at = html.find('⟦').unwrap();
        fail(&format!("a message is missing near {:?}", around(html, at)));
    }
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!(count("h1"), 1, "{page}: h1");
    assert_eq!(count("main"), 1, "{page}: main");
    ids_are_single(page, &tags);
    boxes_are_labelled(page, &tags);
    nothing_is_inline(page, &tags);
    texts_are_in_the_typed_form(page, &tags);
    for tag in &tags {
        if tag.name == "img" && tag.get("alt").is_none() {
            fail("an img has no alt");
        }
        if tag.name == "form"
            && tag.get("method") == Some("post")
            && !html.contains("name=\"csrf\"")
        {
            fail("a form has no token");
        }
    }
    assert!(
        tags.iter()
            .any(|t| t.name == "html" && t.get("lang").is_some()),
        "{page}: lang"
    );
}

fn ids_are_single(page: &str, tags: &[Tag]) {
    let mut seen = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(seen.insert(id), "{page}: id {id} stands twice");
    }
    for tag in tags {
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                assert!(seen.contains(id), "{page}: {attribute}={id} names nothing");
            }
        }
    }
}

fn boxes_are_labelled(page: &str, tags: &[Tag]) {
    let labels: BTreeSet<&str> = tags.iter().filter_map(|tag| tag.get("for")).collect();
    for tag in tags {
        let is_box = matches!(tag.name.as_str(), "textarea" | "select")
            || (tag.name == "input" && tag.get("type") != Some("hidden"));
        if !is_box || tag.get("in-label").is_some() {
            continue;
        }
        let id = tag.get("id").unwrap_or_default();
        assert!(
            labels.contains(id),
            "{page}: {} {:?} has no label",
            tag.name,
            tag.get("name")
        );
    }
}

fn nothing_is_inline(page: &str, tags: &[Tag]) {
    for tag in tags {
        for name in tag.attributes.keys() {
            assert!(name != "style", "{page}: <{}> has a style", tag.name);
            assert!(!name.starts_with("on"), "{page}: <{}> has {name}", tag.name);
        }
        assert!(tag.name != "style", "{page}: a style element");
        if tag.name == "script" {
            assert!(tag.get("src").is_some(), "{page}: an inline script");
        }
        let href = tag.get("href").unwrap_or_default();
        assert!(!href.starts_with("javascript:"), "{page}: {href}");
    }
}

/// Reads every start tag and checks that they nest.
fn read(page: &str, html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut form = None;
    let mut rest = html
        .strip_prefix("<!doctype html>")
        .unwrap_or_else(|| panic!("{page}: doctype"));
    while let Some(at) = rest.find('<') {
        let end = tag_end(page, &rest[at..]);
        let inside = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            let expected = open.pop();
            form = form.filter(|_| name != "form");
            assert_eq!(
                expected.as_deref(),
                Some(name),
                "{page}: </{name}> near {:?}",
                around(rest, 0)
            );
            continue;
        }
        let mut tag = parse(page, inside.trim_end_matches('/'));
        if open.iter().any(|name| name == "label") {
            tag.attributes.insert("in-label".into(), String::new());
        }
        if tag.name == "p" {
            assert!(
                !open.iter().any(|name| name == "p"),
                "{page}: <p> in <p> near {:?}",
                around(rest, 0)
            );
        }
        if BLOCKS.contains(&tag.name.as_str()) {
            assert!(
                open.last().is_none_or(|name| name != "p"),
                "{page}: <{}> in <p>",
                tag.name
            );
        }
        let closes_itself = inside.ends_with('/') || VOID.contains(&tag.name.as_str());
        if tag.name == "textarea" {
            let close = rest.find("</textarea>").expect("a textarea is closed");
            rest = &rest[close + "</textarea>".len()..];
        } else if !closes_itself {
            open.push(tag.name.clone());
        }
        if tag.name == "form" {
            form = Some(tags.len());
        }
        tag.form = form;
        tags.push(tag);
    }
    assert!(open.is_empty(), "{page}: never closed: {open:?}");
    tags
}

/// Where the tag that starts `text` ends, minding quotes.
fn tag_end(page: &str, text: &str) -> usize {
    let mut quoted = false;
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return i,
            '<' if i > 0 && !quoted => panic!("{page}: a stray < near {:?}", around(text, i)),
            _ => {}
        }
    }
    panic!("{page}: a tag never ends: {:?}", around(text, 0));
}

fn parse(page: &str, inside: &str) -> Tag {
    let (name, mut rest) = inside
        .split_once(char::is_whitespace)
        .unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(after) => after.split_once('"').unwrap_or((after, "")),
            None => {
                assert!(
                    !after.starts_with('='),
                    "{page}: <{name}> {key} is not quoted"
                );
                ("", after)
            }
        };
        assert!(
            attributes
                .insert(key.to_owned(), value.to_owned())
                .is_none(),
            "{page}: <{name}> has {key} twice"
        );
        rest = after;
    }
    Tag {
        name: name.to_owned(),
        attributes,
        form: None,
    }
}

fn around(text: &str, at: usize) -> String {
    let start = text[..at]
        .char_indices()
        .rev()
        .nth(40)
        .map_or(0, |(i, _)| i);
    text[start..].chars().take(120).collect()
}

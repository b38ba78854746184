//! Whether the elements of HTML are closed in the order in which they were opened, so that a parser opens none
//! again. What is not certain counts as disorder.

use super::{FORMATTING, REOPENED_MAX};

/// Limits how deep elements nest.
const DEPTH_MAX: usize = 500;

/// Elements without an end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements that may be left without an end.
const OPTIONAL_END: &[&str] = &[
    "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot",
];

/// Elements in which a parser reads by other rules, and those that keep apart what is open within them.
const SPECIAL: &[&str] = &[
    "applet",
    "button",
    "caption",
    "frameset",
    "iframe",
    "image",
    "isindex",
    "marquee",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// Whether all formatting elements are closed within what they were opened in.
pub(super) fn is_orderly(html: &str) -> bool {
    orderly(html).is_some()
}

fn orderly(html: &str) -> Option<()> {
    let mut open: Vec<String> = Vec::new();
    let (mut formatting, mut reopened) = (0_usize, 0_usize);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let after = rest.get(at + 1..)?;
        if !after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            // A sign of the text.
            rest = after;
            continue;
        }
        let tag = tag(after)?;
        rest = after.get(tag.len() + 1..)?;
        let ends = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let name = name
            .split(|c: char| c.is_ascii_whitespace() || c == '/')
            .next()?;
        let name = name.to_ascii_lowercase();
        if SPECIAL.contains(&name.as_str()) || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let formats = FORMATTING.contains(&name.as_str());
        if ends {
            close(&mut open, &name, formats)?;
            formatting = formatting.checked_sub(usize::from(formats))?;
        } else if !VOID.contains(&name.as_str()) {
            end_implied(&mut open, &name);
            open.push(name);
            formatting += usize::from(formats);
        }
        reopened += formatting;
        if reopened > REOPENED_MAX || open.len() > DEPTH_MAX {
            return None;
        }
    }
    Some(())
}

/// Returns a tag up to its `>`, where it is written without any doubt about its attributes.
fn tag(text: &str) -> Option<&str> {
    let name = text.trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find(['>', '"', '\'', '<', '\0'])?;
        let sign = text.get(at..)?.chars().next()?;
        match sign {
            '>' => return text.get(..at),
            '"' | '\'' if text.get(..at)?.ends_with('=') => {
                let end = at + 1 + text.get(at + 1..)?.find(sign)?;
                let next = text.get(end + 1..)?.chars().next()?;
                if !(next.is_ascii_whitespace() || matches!(next, '>' | '/')) {
                    return None;
                }
                from = end + 1;
            }
            _ => return None,
        }
    }
}

/// Closes the elements that end where another begins.
fn end_implied(open: &mut Vec<String>, next: &str) {
    let ended: &[&str] = match next {
        "p" => &["p"],
        "li" => &["p", "li"],
        "dt" | "dd" => &["p", "dt", "dd"],
        "td" | "th" => &["p", "td", "th"],
        "tr" => &["p", "td", "th", "tr"],
        "thead" | "tbody" | "tfoot" => &["p", "td", "th", "tr", "thead", "tbody", "tfoot"],
        _ => return,
    };
    while open
        .last()
        .is_some_and(|last| ended.contains(&last.as_str()))
    {
        open.pop();
    }
}

/// Closes an element; `None` where it is not the one to be closed next.
fn close(open: &mut Vec<String>, name: &str, formats: bool) -> Option<()> {
    while let Some(last) = open.pop() {
        if last == name {
            return Some(());
        }
        if formats || !OPTIONAL_END.contains(&last.as_str()) {
            return None;
        }
    }
    None
}

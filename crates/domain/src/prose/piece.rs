//! Clean HTML as a sequence of tags and texts. What the sanitizer has written is well-formed: every tag ends,
//! values of attributes are in double quotes, and only `<` begins a tag.

use std::borrow::Cow;

/// A tag or a text between two tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'h> {
    /// A start tag: its name, and its attributes as they are written.
    Open(Cow<'h, str>, Cow<'h, str>),
    /// An end tag.
    Close(Cow<'h, str>),
    /// A text, with its character references.
    Text(Cow<'h, str>),
}

impl<'h> Piece<'h> {
    /// Whether it begins this element.
    pub(super) fn opens(&self, name: &str) -> bool {
        matches!(self, Self::Open(own, _) if own == name)
    }

    /// Whether it ends this element.
    pub(super) fn closes(&self, name: &str) -> bool {
        matches!(self, Self::Close(own) if own == name)
    }

    /// Returns the value of an attribute, with its character references.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        match self {
            Self::Open(_, text) => {
                let found = attributes(text).find(|(own, _)| *own == name);
                found.map(|(_, value)| value)
            }
            Self::Close(_) | Self::Text(_) => None,
        }
    }
}

/// The attributes of a tag, with the character references in their values.
pub(super) fn attributes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some((name.trim(), value))
    })
}

/// Splits clean HTML.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if !text.is_empty() {
            pieces.push(Piece::Text(Cow::Borrowed(text)));
        }
        let (tag, after) = tag.split_at(tag_end(tag));
        let inner = tag.trim_start_matches('<').trim_end_matches('>');
        if let Some(name) = inner.strip_prefix('/') {
            pieces.push(Piece::Close(Cow::Borrowed(name)));
        } else if !inner.is_empty() {
            let (name, attributes) = inner.split_at(inner.find(' ').unwrap_or(inner.len()));
            pieces.push(Piece::Open(Cow::Borrowed(name), Cow::Borrowed(attributes)));
        }
        rest = after;
    }
    pieces
}

/// Where a tag ends: at the first `>` outside of an attribute's value.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, sign) in tag.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// Writes pieces as HTML.
pub(super) fn write(pieces: &[Piece<'_>], size: usize) -> String {
    let mut html = String::with_capacity(size);
    for piece in pieces {
        match piece {
            Piece::Open(name, attributes) => {
                html.push('<');
                html.push_str(name);
                html.push_str(attributes);
                html.push('>');
            }
            Piece::Close(name) => {
                html.push_str("</");
                html.push_str(name);
                html.push('>');
            }
            Piece::Text(text) => html.push_str(text),
        }
    }
    html
}

/// Replaces the character references that the sanitizer writes.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text
        .replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_split_and_written_the_same() {
        let html = "a<p lang=\"en\">b <a href=\"https://x.test/?a=1&amp;b\" title=\"x > y\">c</a><br></p>&lt;";
        let split = pieces(html);
        assert_eq!(write(&split, html.len()), html);
        let link = split.iter().find(|piece| piece.opens("a")).unwrap();
        assert_eq!(link.attribute("title"), Some("x > y"));
        assert_eq!(link.attribute("lang"), None);
        assert!(split.iter().any(|piece| piece.closes("p")));
        assert_eq!(decoded("a&amp;lt; &lt;b&gt;"), "a&lt; <b>");
    }
}

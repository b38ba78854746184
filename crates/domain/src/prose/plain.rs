//! Texts without markup: excerpts, titles, what is searched.

use super::complexity;
use super::piece::{Piece, decoded, pieces};
use super::sanitize::{BLOCKS, clean};
use model::name;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Elements that begin a line, besides [`BLOCKS`].
const LINES: &[&str] = &[
    "blockquote",
    "br",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];
/// Elements that stand apart from what is beside them on the line.
const CELLS: &[&str] = &["img", "rt", "td", "th"];

static STRUCTURE: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    let tags = LINES.iter().chain(CELLS).chain(BLOCKS).chain(&["a"]);
    builder
        .tags(tags.copied().collect())
        .generic_attributes(HashSet::new())
        .add_tag_attributes("img", ["alt"])
        .link_rel(None)
        .url_relative(ammonia::UrlRelative::PassThrough);
    builder
});

/// What of a text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What is seen without unfolding anything.
    Shown,
    /// Folded texts as well.
    Whole,
}

/// Text without any markup, cut to `max` characters with an ellipsis, blanks folded. What is folded in it is left
/// out.
#[must_use]
pub fn plain(html: &str, max: usize) -> String {
    cut(
        &name::one_line(&lines_of(html, Extent::Shown).join(" ")),
        max,
    )
}

/// What is shown of a text before it is opened: the warning about its content, else its beginning without markup,
/// cut to `max` characters.
#[must_use]
pub fn excerpt(warning: Option<&str>, html: &str, max: usize) -> String {
    warning.map_or_else(|| plain(html, max), |warning| cut(warning, max))
}

/// As [`plain`], with what is folded: for the search index.
#[must_use]
pub fn plain_with_folded(html: &str, max: usize) -> String {
    cut(
        &name::one_line(&lines_of(html, Extent::Whole).join(" ")),
        max,
    )
}

/// The lines of a text without markup, none empty; without what is folded.
#[must_use]
pub fn lines(html: &str) -> Vec<String> {
    let lines = lines_of(html, Extent::Shown);
    let lines = lines.iter().map(|line| name::one_line(line));
    lines.filter(|line| !line.is_empty()).collect()
}

/// Whether a text shows nothing.
#[must_use]
pub fn is_blank(html: &str) -> bool {
    plain_with_folded(html, 10).is_empty()
}

/// The beginning of clean HTML that is longer than `max` bytes, with its elements closed; `None` where
/// it is not longer.
#[must_use]
pub fn beginning(html: &str, max: usize) -> Option<String> {
    if html.len() <= max {
        return None;
    }
    let end = (0..=max).rev().find(|end| html.is_char_boundary(*end))?;
    let cut = html.get(..end)?;
    // Not within a tag.
    let cut = match (cut.rfind('<'), cut.rfind('>')) {
        (Some(open), close) if close.is_none_or(|close| close < open) => cut.get(..open)?,
        (Some(_) | None, _) => cut,
    };
    Some(clean(cut))
}

fn cut(line: &str, max: usize) -> String {
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let mut cut: String = line.chars().take(max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

fn lines_of(html: &str, extent: Extent) -> Vec<String> {
    let html = match complexity::is_html_too_complex(html) {
        true => Cow::Owned(complexity::plain_paragraph(html)),
        false => Cow::Borrowed(html),
    };
    let structure = STRUCTURE.clean(&html).to_string();
    let mut reading = Reading {
        extent,
        lines: vec![String::new()],
        folds: 0,
        in_summary: false,
        skipped_link: false,
    };
    for piece in pieces(&structure) {
        reading.take(&piece);
    }
    reading.lines
}

/// The state of reading the lines of a text.
struct Reading {
    extent: Extent,
    lines: Vec<String>,
    /// How many `details` are open.
    folds: usize,
    in_summary: bool,
    /// Within a link that leads to a place in the text: the number of a footnote.
    skipped_link: bool,
}

impl Reading {
    fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Text(text) => self.push(&decoded(text)),
            Piece::Open(name, _) => {
                self.separate(name);
                match &**name {
                    "details" => self.folds += 1,
                    "summary" => self.in_summary = true,
                    "img" => self.push(&decoded(piece.attribute("alt").unwrap_or_default())),
                    "a" => {
                        let href = piece.attribute("href");
                        self.skipped_link = href.is_some_and(|href| href.starts_with('#'));
                    }
                    _ => {}
                }
            }
            Piece::Close(name) => {
                self.separate(name);
                match &**name {
                    "details" => self.folds = self.folds.saturating_sub(1),
                    "summary" => self.in_summary = false,
                    "a" => self.skipped_link = false,
                    _ => {}
                }
            }
        }
    }

    fn is_hidden(&self) -> bool {
        let folded = match self.folds {
            0 => false,
            1 => !self.in_summary,
            _ => true,
        };
        self.skipped_link || (folded && self.extent == Extent::Shown)
    }

    fn push(&mut self, text: &str) {
        if !self.is_hidden()
            && let Some(line) = self.lines.last_mut()
        {
            line.push_str(text);
        }
    }

    fn separate(&mut self, name: &str) {
        if CELLS.contains(&name) {
            if let Some(line) = self.lines.last_mut() {
                line.push(' ');
            }
        } else if name != "a" && self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }
}

//! The levels of headings: kept in order where a text is stored, fitted to the page where it is shown.

use super::piece::{Piece, attributes, pieces, write};
use std::borrow::Cow;
use std::fmt::Write;

/// Gives the headings of a text the levels below a page's own (3 and more), without a gap: the order among
/// them stays.
pub(super) fn order_headings(pieces: &mut [Piece<'_>]) {
    let mut levels: Vec<u8> = pieces.iter().filter_map(level).collect();
    levels.sort_unstable();
    levels.dedup();
    let rank = |level| levels.iter().position(|known| *known == level);
    set_levels(pieces, |level| 3 + rank(level).unwrap_or(0).min(5));
}

/// Gives the headings of a clean text the levels from `top` on, the one below the heading that the text stands
/// under. None is more than one level below the one before it, whichever its author began with.
#[must_use]
pub fn with_headings(html: &str, top: usize) -> Cow<'_, str> {
    if !html.contains("<h") {
        return Cow::Borrowed(html);
    }
    let mut pieces = pieces(html);
    // The author's levels of the headings that the present one is below, and its own.
    let mut path: Vec<u8> = Vec::new();
    set_levels(&mut pieces, |level| {
        path.retain(|above| *above < level);
        path.push(level);
        top + path.len() - 1
    });
    Cow::Owned(write(&pieces, html.len()))
}

/// Gives each heading the level that `new` returns for its own. Levels below the sixth are told by `aria-level`.
fn set_levels(pieces: &mut [Piece<'_>], mut new: impl FnMut(u8) -> usize) {
    const NAMES: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
    let mut open = Vec::new();
    for piece in pieces {
        if let Some(level) = level(piece) {
            let level = new(level);
            let name = NAMES.get(level - 1).copied().unwrap_or("h6");
            if let Piece::Open(own, attributes) = piece {
                let kept = self::attributes(attributes).filter(|(name, _)| *name != "aria-level");
                let mut kept = written(kept);
                if level > NAMES.len() {
                    // Writing to a String cannot fail.
                    let _ = write!(kept, " aria-level=\"{level}\"");
                }
                *own = Cow::Borrowed(name);
                *attributes = Cow::Owned(kept);
            }
            open.push(name);
        } else if let Piece::Close(own) = piece
            && heading(own).is_some()
            && let Some(name) = open.pop()
        {
            *own = Cow::Borrowed(name);
        }
    }
}

/// Returns the level of the heading that a piece begins.
fn level(piece: &Piece<'_>) -> Option<u8> {
    let Piece::Open(name, _) = piece else {
        return None;
    };
    let level = heading(name)?;
    let told = piece
        .attribute("aria-level")
        .and_then(|told| told.parse::<u8>().ok());
    Some(told.filter(|told| (7..=8).contains(told)).unwrap_or(level))
}

fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse::<u8>().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// Writes attributes as they stand in a tag.
fn written<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in attributes {
        // Writing to a String cannot fail.
        let _ = write!(out, " {name}=\"{value}\"");
    }
    out
}

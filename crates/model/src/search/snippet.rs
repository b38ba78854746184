//! The part of a text that a result shows.

use super::tokens;

/// A piece of a text, marked where it is what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    pub marked: bool,
}

/// Occurrences among which the best part is chosen.
const OCCURRENCES_MAX: usize = 200;

/// The part of a text, at most about `max` characters, that holds the most different words that are
/// wanted; the beginning where it holds none. A cut is shown by an ellipsis.
#[must_use]
pub fn snippet(text: &str, max: usize, wanted: impl Fn(&str) -> bool) -> Vec<Segment> {
    let marks: Vec<(usize, usize, String)> = tokens(text)
        .filter(|token| wanted(&token.word))
        .map(|token| (token.start, token.end, token.word))
        .take(OCCURRENCES_MAX)
        .collect();
    let (start, end) = part(text, max, &marks);
    let mut segments = Vec::new();
    let mut push = |text: &str, marked: bool| {
        if !text.is_empty() {
            segments.push(Segment {
                text: text.to_owned(),
                marked,
            });
        }
    };
    push(if start > 0 { "… " } else { "" }, false);
    let mut at = start;
    for (from, to, _) in marks
        .iter()
        .filter(|(from, to, _)| *from >= start && *to <= end)
    {
        push(text.get(at..*from).unwrap_or_default(), false);
        push(text.get(*from..*to).unwrap_or_default(), true);
        at = *to;
    }
    push(text.get(at..end).unwrap_or_default(), false);
    push(if end < text.len() { " …" } else { "" }, false);
    segments
}

/// Where the part begins and ends, in bytes.
fn part(text: &str, max: usize, marks: &[(usize, usize, String)]) -> (usize, usize) {
    // Characters are counted as bytes here: the part is a little shorter where they are longer.
    if text.len() <= max {
        return (0, text.len());
    }
    let within = |start: usize| {
        let mut words: Vec<&str> = marks
            .iter()
            .filter(|(from, to, _)| *from >= start && *to <= start + max * 3 / 4)
            .map(|(_, _, word)| word.as_str())
            .collect();
        words.sort_unstable();
        words.dedup();
        words.len()
    };
    let best = marks.iter().map(|(from, _, _)| *from);
    // The first of the best: `max_by_key` would take the last.
    let best = best.rev().max_by_key(|from| within(*from)).unwrap_or(0);
    let start = match best.checked_sub(max / 4) {
        None | Some(0) => 0,
        Some(early) => after_blank(text, early, best),
    };
    let end = start + max;
    if end >= text.len() {
        return (start, text.len());
    }
    (start, before_blank(text, start, end))
}

/// The place after the first blank from `from` on, or `to` where there is none before it.
fn after_blank(text: &str, from: usize, to: usize) -> usize {
    let from = (from..=to)
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(to);
    let between = text.get(from..to).unwrap_or_default();
    between
        .find(char::is_whitespace)
        .and_then(|blank| {
            let rest = between.get(blank..)?;
            Some(from + blank + (rest.len() - rest.trim_start().len()))
        })
        .unwrap_or(to)
}

/// The place of the last blank before `to`, or the last character that fits where there is none.
fn before_blank(text: &str, from: usize, to: usize) -> usize {
    let to = (from..=to)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(from);
    let between = text.get(from..to).unwrap_or_default();
    between
        .rfind(char::is_whitespace)
        .map_or(to, |blank| from + blank)
}

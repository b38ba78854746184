//! Output of commands: text or JSON on standard output, errors on standard error. A closed pipe is not an
//! error.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;

use model::name::is_direction_mark;
use serde::Serialize;

/// Prints values as text or as JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printer {
    json: bool,
}

impl Printer {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a value as one line of JSON, or as text.
    pub(super) fn say<T: Serialize>(self, value: &T, words: impl FnOnce(&T) -> String) {
        if self.json {
            match serde_json::to_string(value) {
                Ok(json) => line(&json),
                Err(error) => error_line(&format!("hedgerow: {error}")),
            }
        } else {
            line(&words(value));
        }
    }

    /// Prints rows as a JSON array or as a table; without rows it prints the sentence `empty`.
    pub(super) fn rows<T: Serialize, const N: usize>(
        self,
        rows: &[T],
        empty: &str,
        head: [&str; N],
        cells: impl Fn(&T) -> [String; N],
    ) {
        if self.json || !rows.is_empty() {
            self.say(&rows, |rows| table(head, rows.iter().map(cells)));
        } else {
            line(empty);
        }
    }
}

/// Formats a table whose columns are as wide as their widest cells.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![head.map(str::to_uppercase)];
    lines.extend(rows);
    let mut widths = [0; N];
    for cells in &lines {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = cell.chars().count().max(*width);
        }
    }
    let padded = lines.iter().map(|cells| {
        let cells = cells.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    padded.collect::<Vec<_>>().join("\n")
}

/// Prints one or more lines on standard output.
pub(super) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{}", escaped(text));
}

/// Prints a line on standard error.
pub(super) fn error_line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", escaped(text));
}

/// Escapes what a terminal would obey or that would turn the line around: a name in the database may
/// hold it. The form is JSON's, which it may be part of.
fn escaped(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| (c.is_control() && c != '\n') || is_direction_mark(c);
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if obeyed(c) {
            let _ = write!(safe, "\\u{:04x}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_is_printed() {
        assert_eq!(
            escaped("\u{1b}]0;pwned\u{7} nna\u{202e}\u{9b}2J"),
            r"\u001b]0;pwned\u0007 nna\u202e\u009b2J"
        );
        assert_eq!(escaped("Éloïse\n@zoe"), "Éloïse\n@zoe");
    }
}

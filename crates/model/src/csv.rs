//! CSV (RFC 4180): cells are separated by commas, or by what spreadsheets put in their place; a cell that contains a comma, a (doubled) quotation mark
//! or a line break is in quotation marks.

/// A record of a CSV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// The number of the first line, from 1.
    pub line: usize,
    pub cells: Vec<String>,
    /// Whether the quotation marks are valid.
    pub whole: bool,
}

/// Parses all records; empty lines are skipped. A quotation mark that is not closed affects only its line,
/// so that one mistake does not hide the rest of a list.
pub(crate) fn records(text: &str) -> Vec<Record> {
    records_separated_by(text, ',')
}

/// As [`records`], of cells that another character separates.
pub(crate) fn records_separated_by(text: &str, separator: char) -> Vec<Record> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while !rest.is_empty() {
        let (record, length) = match record(rest, line, separator) {
            Some(read) => read,
            None => unclosed(rest, line, separator),
        };
        let (this, after) = rest.split_at(length);
        if record.cells.len() > 1 || record.cells.iter().any(|cell| !cell.trim().is_empty()) {
            found.push(record);
        }
        line += this.matches('\n').count();
        rest = after;
    }
    found
}

/// Limits a quoted cell, in bytes; a reason may contain several lines.
const QUOTED_MAX: usize = 10_000;

/// Parses the first record of a text; returns it with its length in bytes, or `None` when a quotation mark
/// is not closed.
fn record(text: &str, line: usize, separator: char) -> Option<(Record, usize)> {
    let mut record = Record {
        line,
        cells: Vec::new(),
        whole: true,
    };
    let (mut cell, mut quoted, mut closed) = (String::new(), false, false);
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if quoted {
            if at - from > QUOTED_MAX {
                return None;
            }
            match c {
                '"' if chars.next_if(|(_, next)| *next == '"').is_some() => cell.push('"'),
                '"' => (quoted, closed) = (false, true),
                other => cell.push(other),
            }
            continue;
        }
        match c {
            c if c == separator => {
                record.cells.push(std::mem::take(&mut cell));
                closed = false;
            }
            '\n' => {
                record.cells.push(cell);
                return Some((record, at + 1));
            }
            '\r' if chars.peek().is_none_or(|(_, next)| *next == '\n') => {}
            '"' if cell.trim().is_empty() && !closed => {
                cell.clear();
                (quoted, from) = (true, at);
            }
            other => {
                // Only whitespace may follow a closing quotation mark.
                record.whole &= !closed || other.is_whitespace();
                cell.push(other);
            }
        }
    }
    record.cells.push(cell);
    (!quoted).then_some((record, text.len()))
}

/// Parses the first line of a text, without interpreting quotation marks.
fn unclosed(text: &str, line: usize, separator: char) -> (Record, usize) {
    let length = text.find('\n').map_or(text.len(), |at| at + 1);
    let (this, _) = text.split_at(length);
    let cells = this
        .trim_end()
        .split(separator)
        .map(str::to_owned)
        .collect();
    let record = Record {
        line,
        cells,
        whole: false,
    };
    (record, length)
}

/// Formats a cell, in quotation marks if needed.
pub(crate) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>, bool)> {
        let records = records(text).into_iter();
        records.map(|r| (r.line, r.cells, r.whole)).collect()
    }

    fn of(line: usize, cells: &[&str]) -> (usize, Vec<String>, bool) {
        (line, cells.iter().map(|c| (*c).to_owned()).collect(), true)
    }

    #[test]
    fn cells_are_separated_by_commas() {
        assert_eq!(
            cells("a,b\r\n\n\"c, \"\"d\"\"\ne\",\nf"),
            [
                of(1, &["a", "b"]),
                of(3, &["c, \"d\"\ne", ""]),
                of(5, &["f"])
            ]
        );
        assert_eq!(cells(""), []);
        assert_eq!(cells("\n \n"), []);
    }

    #[test]
    fn an_unclosed_quotation_mark_affects_one_line() {
        let broken = (1, vec!["a".to_owned(), "\"b".to_owned()], false);
        assert_eq!(cells("a,\"b\nc,d\n"), [broken, of(2, &["c", "d"])]);
        let found = cells("\"a\"b,c\n\"d\" ,e");
        assert!(!found[0].2 && found[1].2, "{found:?}");
    }

    #[test]
    fn cells_are_quoted_when_needed() {
        for cell in ["plain", "a, b", "say \"no\"", "two\nlines", " blank "] {
            let line = format!("x,{},y", quoted(cell));
            assert_eq!(cells(&line), [of(1, &["x", cell, "y"])]);
        }
    }
}

//! A list of people to invite, as a spreadsheet saves it: UTF-8, UTF-16 or Windows-1252; separated by commas, semicolons
//! or tabs; with or without a line of names of columns, in English or French.

use super::{NAME_MAX, WORDS_MAX};
use crate::csv::records_separated_by;
use crate::mail::{BadAddress, MailAddress};
use crate::name::{is_readable, one_line};
use crate::{Lang, Why, text_enum};
use std::collections::HashSet;

/// People in one list.
pub const ROWS_MAX: usize = 10_000;
/// Bytes of one list.
pub const BYTES_MAX: usize = 2 << 20;
/// How much of a cell that is at fault is kept, in characters.
const KEPT_MAX: usize = 80;

text_enum! {
    /// Why nobody is invited by a row of a list.
    RowProblem labelled "row-problem" {
        /// It has no address.
        NoAddress = "no-address",
        /// Its address is not one that mail can be sent to.
        Address = "address",
        /// Its name is too long, or has signs that are not readable.
        Name = "name",
        /// Its name or word begins as a formula of a spreadsheet does.
        Formula = "formula",
        /// It is in a language that this server does not speak.
        Language = "language",
        /// Its word is too long, or has signs that are not readable.
        Words = "words",
        /// A quotation mark is not closed, or stands where none may be.
        Quotes = "quotes",
        /// An earlier row has the same address.
        Twice = "twice",
        /// The address is invited already.
        Invited = "invited",
        /// Whoever accepted an invitation to this address is a member.
        Member = "member",
        /// Whoever accepted an invitation to this address is banned.
        Banned = "banned",
    }
}

/// Somebody to invite, as a line of the file has them, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// The line of the file on which it begins, from 1.
    pub number: usize,
    pub name: String,
    /// In the form in which two spellings are equal; as it was typed, where it is no address.
    pub address: String,
    pub lang: Lang,
    pub words: String,
    pub problem: Option<RowProblem>,
}

/// Which cell of a record has what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    address: usize,
    name: Option<usize>,
    lang: Option<usize>,
    words: Option<usize>,
}

/// Reads a list. Where a row names no language, it has `lang`.
///
/// # Errors
/// `Required` for a list without rows, `TooLong` for one with more than 10,000 rows or 2 MB, `Malformed` for one in
/// which no column has addresses.
pub fn read(bytes: &[u8], lang: Lang) -> Result<Vec<ListRow>, Why> {
    if bytes.len() > BYTES_MAX {
        return Err(Why::TooLong);
    }
    let text = decode(bytes);
    let records = records_separated_by(&text, separator(&text));
    let first = records.first().ok_or(Why::Required)?;
    let (columns, skipped) = match named_columns(&first.cells) {
        Some(columns) => (columns, 1),
        None => (guessed_columns(&first.cells).ok_or(Why::Malformed)?, 0),
    };
    match records.len().saturating_sub(skipped) {
        0 => return Err(Why::Required),
        1..=ROWS_MAX => {}
        _ => return Err(Why::TooLong),
    }
    let mut seen = HashSet::new();
    let rows = records.iter().skip(skipped).map(|record| {
        let mut row = read_row(&record.cells, columns, lang);
        row.number = record.line;
        if !record.whole {
            row.problem = Some(RowProblem::Quotes);
        } else if row.problem.is_none() && !seen.insert(row.address.clone()) {
            row.problem = Some(RowProblem::Twice);
        }
        row
    });
    Ok(rows.collect())
}

/// Decodes a file: by its byte order mark; without one as UTF-16 where every second byte of its beginning is zero, as
/// UTF-8 where it is that, and else as Windows-1252.
fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], read: fn([u8; 2]) -> u16| -> String {
        let pairs = bytes.chunks_exact(2).map(|pair| match pair {
            [a, b] => read([*a, *b]),
            _ => 0,
        });
        char::decode_utf16(pairs)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [1..=255, 0, 1..=255, 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => utf16(bytes, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
        },
    }
}

/// A character of Windows-1252, which differs from Latin-1 in 0x80 to 0x9F.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let high = byte.checked_sub(0x80).map(usize::from);
    let known = high.and_then(|number| HIGH.get(number));
    known.copied().unwrap_or_else(|| char::from(byte))
}

/// The separator that the first line has most of.
fn separator(text: &str) -> char {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let count = |separator: char| line.unwrap_or_default().matches(separator).count();
    let mut best = ',';
    for other in [';', '\t'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

/// The columns of a line with names; `None` where it names no column with addresses.
fn named_columns(cells: &[String]) -> Option<Columns> {
    let at = |names: &[&str]| {
        cells.iter().position(|cell| {
            let cell = cell.trim().to_lowercase();
            names.contains(&cell.as_str())
        })
    };
    Some(Columns {
        address: at(&[
            "address",
            "email",
            "e-mail",
            "mail",
            "email address",
            "e-mail address",
            "courriel",
            "adresse",
            "adresse courriel",
            "adresse de courriel",
        ])?,
        name: at(&["name", "full name", "nom", "nom complet", "prénom et nom"]),
        lang: at(&["language", "lang", "langue"]),
        words: at(&["message", "word", "note", "mot", "mot personnel"]),
    })
}

/// The columns of a list without names: the first cell with an address, the one before it the name, and after it
/// language and word. Else the second cell is the address, so that a first row with a bad one is told of.
fn guessed_columns(cells: &[String]) -> Option<Columns> {
    let address = cells.iter().position(|cell| cell.contains('@'))?;
    Some(Columns {
        address,
        name: match address {
            0 => None,
            after => Some(after - 1),
        },
        lang: Some(address + 1),
        words: Some(address + 2),
    })
}

fn read_row(cells: &[String], columns: Columns, usual: Lang) -> ListRow {
    let cell = |column: Option<usize>| {
        let found = column.and_then(|column| cells.get(column));
        found.map_or("", |text| text.trim())
    };
    let (name, typed, words) = (
        cell(columns.name),
        cell(Some(columns.address)),
        cell(columns.words),
    );
    let lang = read_lang(cell(columns.lang), usual);
    let (address, bad_address) = match typed.parse::<MailAddress>() {
        Ok(address) => (address.folded(), None),
        Err(BadAddress::Empty) => (String::new(), Some(RowProblem::NoAddress)),
        Err(BadAddress::Form | BadAddress::TooLong | BadAddress::Letters) => {
            (kept(typed), Some(RowProblem::Address))
        }
    };
    let is_formula = |text: &str| text.starts_with(['=', '+', '@', '|']);
    let fails = |text: &str, max| text.chars().count() > max || !is_readable(text);
    let problem = if bad_address.is_some() {
        bad_address
    } else if is_formula(name) || is_formula(words) {
        Some(RowProblem::Formula)
    } else if !name.is_empty() && fails(name, NAME_MAX) {
        Some(RowProblem::Name)
    } else if lang.is_none() {
        Some(RowProblem::Language)
    } else if has_control(words, WORDS_MAX) {
        Some(RowProblem::Words)
    } else {
        None
    };
    ListRow {
        number: 0,
        name: match problem {
            Some(_) => kept(name),
            None => name.to_owned(),
        },
        address,
        lang: lang.unwrap_or(usual),
        words: match problem {
            Some(_) => String::new(),
            None => words.to_owned(),
        },
        problem,
    }
}

/// Whether a text of several lines is too long or has control characters.
fn has_control(text: &str, max: usize) -> bool {
    let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    text.chars().count() > max || text.chars().any(bad)
}

/// The beginning of a cell at fault, as it can be shown.
fn kept(text: &str) -> String {
    let start: String = text.chars().take(KEPT_MAX).collect();
    one_line(&start)
}

fn read_lang(cell: &str, usual: Lang) -> Option<Lang> {
    match cell.to_lowercase().as_str() {
        "" => Some(usual),
        "en" | "english" | "anglais" => Some(Lang::En),
        "fr" | "french" | "français" | "francais" => Some(Lang::Fr),
        _ => None,
    }
}

#[cfg(test)]
mod tests;

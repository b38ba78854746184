//! Structured fields (RFC 8941), as much of them as signatures are made of: dictionaries of items
//! and inner lists, with their parameters. Strict, and bounded: what is too long, and a name given
//! twice, is refused, since readers would differ on which one counts.

mod reader;
#[cfg(test)]
mod tests;

use super::SignatureError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reader::Reader;
use std::fmt::Write;

/// Bytes of a header that are looked at.
pub(super) const LONGEST: usize = 16 * 1024;
/// Members of a dictionary, items of a list, parameters of anything.
const MOST: usize = 32;

/// A bare item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `42`.
    Integer(i64),
    /// `4.2`, in thousandths.
    Decimal(i64),
    /// `"text"`.
    Text(String),
    /// `token`.
    Token(String),
    /// `:aGk=:`.
    Bytes(Vec<u8>),
    /// `?1`.
    Flag(bool),
}

/// Parameters, each name once.
pub(super) type Params = Vec<(String, Item)>;

/// What stands behind a name in a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// One item.
    Item(Item),
    /// `(…)`: items with their parameters.
    List(Vec<(Item, Params)>),
}

/// A member of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// Its name.
    pub name: String,
    /// What it is.
    pub value: Value,
    /// What is said of it.
    pub params: Params,
}

/// Reads a dictionary; an empty text is an empty one.
///
/// # Errors
/// [`SignatureError::Malformed`], and [`SignatureError::Duplicate`] for a name given twice.
pub(super) fn dictionary(text: &str) -> Result<Vec<Member>, SignatureError> {
    if text.len() > LONGEST {
        return Err(SignatureError::Malformed("longer than any signature"));
    }
    Reader::new(text).dictionary()
}

impl Member {
    /// A list with its parameters as RFC 9421 §2.5 has it signed; `None` where it is no list.
    pub(super) fn written(&self) -> Option<String> {
        let Value::List(items) = &self.value else {
            return None;
        };
        let mut out = "(".to_owned();
        for (at, (item, params)) in items.iter().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            write_item(&mut out, item);
            write_params(&mut out, params);
        }
        out.push(')');
        write_params(&mut out, &self.params);
        Some(out)
    }
}

fn write_params(out: &mut String, params: &Params) {
    for (name, value) in params {
        out.push(';');
        out.push_str(name);
        if *value != Item::Flag(true) {
            out.push('=');
            write_item(out, value);
        }
    }
}

// Writing to a String cannot fail.
fn write_item(out: &mut String, item: &Item) {
    match item {
        Item::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Item::Decimal(thousandths) => {
            let sign = if *thousandths < 0 { "-" } else { "" };
            let (whole, part) = (thousandths.abs() / 1_000, thousandths.abs() % 1_000);
            let digits = format!("{part:03}");
            let kept = digits.trim_end_matches('0');
            let _ = write!(
                out,
                "{sign}{whole}.{}",
                if kept.is_empty() { "0" } else { kept }
            );
        }
        Item::Text(text) => {
            out.push('"');
            for c in text.chars() {
                if matches!(c, '"' | '\\') {
                    out.push('\\');
                }
                out.push(c);
            }
            out.push('"');
        }
        Item::Token(token) => out.push_str(token),
        Item::Bytes(bytes) => {
            let _ = write!(out, ":{}:", STANDARD.encode(bytes));
        }
        Item::Flag(flag) => out.push_str(if *flag { "?1" } else { "?0" }),
    }
}

/// A text as it stands in a structured field, for writing one; `None` where it has characters that
/// none may have.
pub(super) fn quoted(text: &str) -> Option<String> {
    let fits = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let mut out = String::with_capacity(text.len() + 2);
    write_item(&mut out, &Item::Text(text.to_owned()));
    fits.then_some(out)
}

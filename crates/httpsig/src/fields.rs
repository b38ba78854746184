//! Structured fields (RFC 8941), the part that signatures use: dictionaries of items and inner lists
//! with their parameters. Refuses values beyond the limits, and a name given twice, since
//! implementations differ in which one they use.

mod reader;
#[cfg(test)]
mod tests;

use super::SignatureError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reader::Reader;
use std::fmt::Write;

/// The largest accepted length of a header, in bytes.
pub(super) const MAX_LENGTH: usize = 16 * 1024;
/// The largest accepted number of members of a dictionary, items of a list, or parameters.
const MAX_MEMBERS: usize = 32;

/// A bare item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `42`.
    Integer(i64),
    /// `4.2`, in thousandths.
    Decimal(i64),
    Text(String),
    Token(String),
    /// `:aGk=:`.
    Bytes(Vec<u8>),
    /// `?1`.
    Flag(bool),
}

/// Parameters, in which each name occurs once.
pub(super) type Params = Vec<(String, Item)>;

/// The value of a dictionary member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// One item.
    Item(Item),
    /// An inner list, `(…)`: items with their parameters.
    List(Vec<(Item, Params)>),
}

/// A member of a dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub name: String,
    pub value: Value,
    pub params: Params,
}

/// Reads a dictionary; an empty text is an empty dictionary.
///
/// # Errors
/// [`SignatureError::Malformed`], and [`SignatureError::Duplicate`] for a name given twice.
pub(super) fn dictionary(text: &str) -> Result<Vec<Member>, SignatureError> {
    if text.len() > MAX_LENGTH {
        return Err(SignatureError::Malformed("longer than any signature"));
    }
    Reader::new(text).dictionary()
}

impl Member {
    /// Serializes an inner list with its parameters, as RFC 9421 §2.5 signs it; `None` for an item.
    pub(super) fn serialize_list(&self) -> Option<String> {
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
            let shown = digits.trim_end_matches('0');
            let _ = write!(
                out,
                "{sign}{whole}.{}",
                if shown.is_empty() { "0" } else { shown }
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

/// Serializes a string; `None` where it has characters that a structured field cannot have.
pub(super) fn quoted(text: &str) -> Option<String> {
    let fits = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let mut out = String::with_capacity(text.len() + 2);
    write_item(&mut out, &Item::Text(text.to_owned()));
    fits.then_some(out)
}

//! Parses bytes to JSON. Documents that are too large or too deep are rejected before anything is allocated.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Limits a document's size, in bytes (1 MiB, as in Mastodon and Lemmy).
pub const MAX_BYTES: usize = 1024 * 1024;

/// Limits the nesting of lists and objects.
pub const MAX_DEPTH: usize = 32;

/// Limits the number of keys and values. In memory each takes up to 350 bytes, however few it takes on
/// the wire.
pub const MAX_PARTS: usize = 20_000;

/// The reason why bytes were rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseError {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than [`MAX_PARTS`].
    TooMany,
    /// Not JSON, not UTF-8, or an object with a duplicate key, which parsers read differently (RFC 7493
    /// §2.3).
    NotJson,
}

impl ParseError {
    /// Returns a stable code for logs and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::TooMany => "too_many_parts",
            Self::NotJson => "not_json",
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the document is larger than 1 MiB",
            Self::TooDeep => "the document is nested deeper than 32 levels",
            Self::TooMany => "the document has more than 20,000 parts",
            Self::NotJson => "the document is not JSON, or has a duplicate key",
        })
    }
}

impl std::error::Error for ParseError {}

/// Parses a JSON document of at most 1 MiB, 32 levels and 20,000 parts.
///
/// # Errors
/// When the document exceeds a limit or is not JSON.
pub fn parse(bytes: &[u8]) -> Result<Value, ParseError> {
    if bytes.len() > MAX_BYTES {
        return Err(ParseError::TooLarge);
    }
    let DocumentSize { depth, parts } = measure(bytes);
    if depth > MAX_DEPTH {
        return Err(ParseError::TooDeep);
    }
    if parts > MAX_PARTS {
        return Err(ParseError::TooMany);
    }
    serde_json::from_slice(bytes)
        .map(|UniqueKeys(value)| value)
        .map_err(|_not_json| ParseError::NotJson)
}

/// Returns an upper bound of the number of keys and values, counted from commas, colons and brackets
/// without building the document.
#[must_use]
pub fn parts(bytes: &[u8]) -> usize {
    measure(bytes).parts
}

/// A JSON value without duplicate keys.
struct UniqueKeys(Value);

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueKeysVisitor).map(Self)
    }
}

/// Builds the value as serde_json does, and fails on a duplicate key.
struct UniqueKeysVisitor;

impl<'de> Visitor<'de> for UniqueKeysVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate keys")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(UniqueKeys(part)) = parts.next_element()? {
            list.push(part);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, UniqueKeys(part))) = parts.next_entry::<String, UniqueKeys>()? {
            if map.insert(key, part).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// The nesting and the number of parts of a document.
struct DocumentSize {
    depth: usize,
    parts: usize,
}

/// Counts the nesting of brackets outside strings, and the parts that brackets and separators make. It
/// works on the bytes, so that a hostile document is never built; the parser rejects malformed ones.
fn measure(bytes: &[u8]) -> DocumentSize {
    let (mut now, mut depth, mut parts) = (0_usize, 0_usize, 1_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        if escaped {
            escaped = false;
        } else if in_string {
            match byte {
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'[' | b'{' => {
                    parts += 1;
                    now += 1;
                    depth = depth.max(now);
                }
                b']' | b'}' => now = now.saturating_sub(1),
                b',' | b':' => parts += 1,
                _ => {}
            }
        }
    }
    DocumentSize { depth, parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        "[".repeat(levels) + &"]".repeat(levels)
    }

    #[test]
    fn depth_is_limited_to_32() {
        assert!(parse(nested(32).as_bytes()).is_ok());
        assert_eq!(parse(nested(33).as_bytes()), Err(ParseError::TooDeep));
        assert_eq!(parse(nested(100_000).as_bytes()), Err(ParseError::TooDeep));
    }

    #[test]
    fn parts_are_limited_to_twenty_thousand() {
        let zeros = |many: usize| format!("[{}]", vec!["0"; many].join(","));
        assert!(parse(zeros(MAX_PARTS - 1).as_bytes()).is_ok());
        assert_eq!(parse(zeros(MAX_PARTS).as_bytes()), Err(ParseError::TooMany));
        let words = format!("{{\"content\":\"{}\"}}", "a, b: [c] {d} ".repeat(30_000));
        assert_eq!(parts(words.as_bytes()), 3);
        assert!(parse(words.as_bytes()).is_ok());
    }

    #[test]
    fn brackets_within_strings_do_not_count() {
        let text = format!(
            r#"{{"content":"{} \" {}"}}"#,
            "[".repeat(40),
            "{".repeat(40)
        );
        assert!(parse(text.as_bytes()).is_ok());
    }

    #[test]
    fn size_is_limited_to_a_mebibyte() {
        let filled = |n: usize| format!("\"{}\"", "a".repeat(n - 2));
        assert!(parse(filled(MAX_BYTES).as_bytes()).is_ok());
        assert_eq!(
            parse(filled(MAX_BYTES + 1).as_bytes()),
            Err(ParseError::TooLarge)
        );
    }

    #[test]
    fn invalid_json_is_rejected() {
        for bytes in [
            &b""[..],
            b"{",
            b"<html>",
            b"\xff\xfe",
            b"{}{}",
            b"{\"a\":1,}",
            b"{\"a\":1,\"a\":1}",
            b"[{\"b\":{\"a\":1,\"b\":2,\"\\u0061\":3}}]",
            b"\"\\ud800\"",
            b"1e999",
        ] {
            assert_eq!(parse(bytes), Err(ParseError::NotJson));
        }
    }
}

//! Reads the `Signature` header. Quoted values may contain commas, `=`, queries and fragments. A
//! parameter given twice is refused, since implementations differ in which one they use.

use crate::{BASE64, MAX_COVERED, SignatureError, fields, header_text, message};
use base64::Engine;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// The parameters of a `Signature` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// The key's id, which may have a fragment, a path or a query.
    pub key_id: String,
    /// `rsa-sha256`, `hs2019`, or absent.
    pub algorithm: Option<String>,
    /// The covered headers in their order, in lower case; by default only `(created)`.
    pub headers: Vec<String>,
    /// The signature itself.
    pub signature: Vec<u8>,
    /// Seconds since 1970.
    pub created: Option<i64>,
    /// Seconds since 1970.
    pub expires: Option<i64>,
}

impl Parts {
    /// Reads the `Signature` header, or an `Authorization` header of that scheme.
    ///
    /// # Errors
    /// [`SignatureError::Missing`], [`SignatureError::Malformed`] and
    /// [`SignatureError::Duplicate`].
    pub(super) fn parse(headers: &HeaderMap) -> Result<Self, SignatureError> {
        Self::parse_header(find(headers)?)
    }

    pub(super) fn covers(&self, name: &str) -> bool {
        self.headers.iter().any(|known| known == name)
    }

    fn parse_header(text: &str) -> Result<Self, SignatureError> {
        let mut params = Params::default();
        parameters(text, |name, value| params.set(name, value))?;
        params.finish()
    }
}

/// Passes each `name="value"` of a header in the draft's syntax to `take`, in their order.
///
/// # Errors
/// [`SignatureError::Malformed`], and the errors of `take`.
pub fn parameters(
    text: &str,
    mut take: impl FnMut(&str, String) -> Result<(), SignatureError>,
) -> Result<(), SignatureError> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, value, after) = parameter(rest)?;
        take(name, value)?;
        rest = after;
    }
    Ok(())
}

/// Finds the header line with the signature. In a request that is also signed in the form of
/// RFC 9421, whose header has the same name, the lines in that form are skipped.
fn find(headers: &HeaderMap) -> Result<&str, SignatureError> {
    let has_both_forms = message::is_present(headers);
    let mut found = None;
    for line in headers.get_all("signature") {
        let line = header_text(line)?;
        if has_both_forms && fields::dictionary(line).is_ok() {
            continue;
        }
        if found.replace(line).is_some() {
            return Err(SignatureError::Duplicate("signature".to_owned()));
        }
    }
    if let Some(line) = found {
        return Ok(line);
    }
    let authorization = headers.get(AUTHORIZATION).ok_or(SignatureError::Missing)?;
    header_text(authorization)?
        .strip_prefix("Signature ")
        .ok_or(SignatureError::Missing)
}

/// Reads one `name=value` or `name="value"`; returns the text after its comma too.
fn parameter(text: &str) -> Result<(&str, String, &str), SignatureError> {
    let bad = SignatureError::Malformed;
    let (name, rest) = text
        .split_once('=')
        .ok_or(bad("a parameter without a value"))?;
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(bad("a parameter without a name"));
    }
    let rest = rest.trim_start();
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => unquote(quoted)?,
        None => {
            let (value, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            (value.trim().to_owned(), after)
        }
    };
    let rest = rest.trim_start();
    match rest.strip_prefix(',') {
        Some(after) if !after.trim().is_empty() => Ok((name, value, after.trim_start())),
        None if rest.is_empty() => Ok((name, value, rest)),
        _ => Err(bad("something between two parameters")),
    }
}

/// Reads the text up to the closing quote; returns the text after it too.
fn unquote(text: &str) -> Result<(String, &str), SignatureError> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    Err(SignatureError::Malformed("a quote that is not closed"))
}

/// The parameters read so far.
#[derive(Default)]
struct Params {
    key_id: Option<String>,
    algorithm: Option<String>,
    headers: Option<String>,
    signature: Option<String>,
    created: Option<String>,
    expires: Option<String>,
}

impl Params {
    fn set(&mut self, name: &str, value: String) -> Result<(), SignatureError> {
        let slot = match name {
            "keyId" => &mut self.key_id,
            "algorithm" => &mut self.algorithm,
            "headers" => &mut self.headers,
            "signature" => &mut self.signature,
            "created" => &mut self.created,
            "expires" => &mut self.expires,
            _ => return Ok(()),
        };
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err(SignatureError::Duplicate(name.to_owned())),
        }
    }

    fn finish(self) -> Result<Parts, SignatureError> {
        let bad = SignatureError::Malformed;
        let key_id = self
            .key_id
            .filter(|id| !id.is_empty())
            .ok_or(bad("no keyId"))?;
        let signature = self.signature.ok_or(bad("no signature"))?;
        let not_base64 = |_| bad("a signature that is not base64");
        let signature = BASE64.decode(signature).map_err(not_base64)?;
        let headers = self.headers.unwrap_or_else(|| "(created)".to_owned());
        Ok(Parts {
            key_id,
            algorithm: self.algorithm.map(|name| name.to_ascii_lowercase()),
            headers: covered(&headers)?,
            signature,
            created: self.created.as_deref().map(seconds).transpose()?,
            expires: self.expires.as_deref().map(seconds).transpose()?,
        })
    }
}

/// Reads the list of covered headers, in which each name occurs once.
fn covered(text: &str) -> Result<Vec<String>, SignatureError> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split_ascii_whitespace().map(str::to_ascii_lowercase) {
        if names.contains(&name) {
            return Err(SignatureError::Duplicate(name));
        }
        names.push(name);
    }
    if names.is_empty() || names.len() > MAX_COVERED {
        return Err(SignatureError::Malformed("an unreasonable list of headers"));
    }
    Ok(names)
}

/// Reads whole seconds; the draft allows decimals in `expires`.
fn seconds(text: &str) -> Result<i64, SignatureError> {
    let whole = text.split('.').next().unwrap_or(text);
    whole
        .parse()
        .map_err(|_not_a_number| SignatureError::Malformed("a time that is no number of seconds"))
}

//! Reading the `Signature` header. Quoted values may hold commas, `=`, queries and fragments;
//! a parameter given twice is refused, since readers would differ on which one counts.

use crate::signature::{BASE64, MAX_COVERED, SignatureError, fields, message, plain};
use base64::Engine;
use http::HeaderMap;
use http::header::AUTHORIZATION;

/// What a `Signature` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// The key's id: may end in a fragment or a path, or carry a query.
    pub key_id: String,
    /// `rsa-sha256`, `hs2019`, or absent.
    pub algorithm: Option<String>,
    /// What is covered, in its order, lower case; by default `(created)` alone.
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

/// Each `name="value"` of a header in the draft's syntax, in their order.
///
/// # Errors
/// [`SignatureError::Malformed`], and what `take` says.
pub(crate) fn parameters(
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

/// The one header that holds the signature. Beside RFC 9421, whose `Signature` header has the same
/// name, only the line counts that is not its.
fn find(headers: &HeaderMap) -> Result<&str, SignatureError> {
    let both = message::is_there(headers);
    let mut found = None;
    for line in headers.get_all("signature") {
        let line = plain(line)?;
        if both && fields::dictionary(line).is_ok() {
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
    plain(authorization)?
        .strip_prefix("Signature ")
        .ok_or(SignatureError::Missing)
}

/// One `name=value` or `name="value"`, and what follows its comma.
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

/// The text up to the closing quote, and what follows it.
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

/// The parameters as they are met.
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
        let place = match name {
            "keyId" => &mut self.key_id,
            "algorithm" => &mut self.algorithm,
            "headers" => &mut self.headers,
            "signature" => &mut self.signature,
            "created" => &mut self.created,
            "expires" => &mut self.expires,
            _ => return Ok(()),
        };
        match place.replace(value) {
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

/// The list of what is covered, each once.
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

/// Whole seconds; the draft lets `expires` have decimals.
fn seconds(text: &str) -> Result<i64, SignatureError> {
    let whole = text.split('.').next().unwrap_or(text);
    whole
        .parse()
        .map_err(|_not_a_number| SignatureError::Malformed("a time that is no number of seconds"))
}

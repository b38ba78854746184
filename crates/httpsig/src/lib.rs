//! HTTP signatures in both forms: draft-cavage-http-signatures-12, which every server reads, and
//! RFC 9421. Pure functions over keys, headers and a time, without IO. RSA with SHA-256 and Ed25519,
//! computed by openssl. [`UnverifiedSignature::read`] checks everything that does not need the
//! sender's key, [`UnverifiedSignature::verify`] the rest.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )
)]

mod authority;
mod digest;
mod draft;
mod error;
mod fields;
mod form;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
mod key;
mod message;
pub mod multikey;
#[cfg(test)]
mod tests;

pub use authority::authority;
pub use digest::{content_digest_header, digest_header};
pub use draft::parameters;
pub use error::SignatureError;
pub use form::SignatureForm;
pub use key::{Algorithm, SigningKey, VerifyingKey};

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Datelike, Timelike, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// The largest accepted difference between a signature's date and our clock, in seconds.
pub const MAX_SKEW_SECONDS: i64 = 3600;

/// The largest accepted number of covered components.
const MAX_COVERED: usize = 24;

/// Standard base64 with optional padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct ReceivedRequest<'a> {
    /// The method, in any case.
    pub method: &'a str,
    /// Path and query, as in the request line.
    pub path_and_query: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body, empty for a GET.
    pub body: &'a [u8],
    /// The origins this server is configured as: `https://host`, with a port that is not the
    /// scheme's default. A signature made for any of them is accepted; the origin that the request
    /// names is never used.
    pub origins: &'a [&'a str],
}

/// A signature that covers enough, is recent, and whose digest is the body's. Only the check with
/// the sender's key remains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedSignature {
    /// The form it was sent in.
    pub form: SignatureForm,
    /// The id of its key, which may have a fragment, a path or a query.
    pub key_id: String,
    /// The algorithm it names; `None` where the key decides.
    algorithm: Option<Algorithm>,
    signature: Vec<u8>,
    /// The names of the covered components.
    covered: Vec<String>,
    /// The signed text for each origin of the request.
    texts: Vec<String>,
}

impl UnverifiedSignature {
    /// Reads the signature of a request and checks everything that does not need the key. Where a
    /// request is signed in both forms, RFC 9421 is used unless it cannot be understood.
    ///
    /// # Errors
    /// [`SignatureError`] names the failed check.
    pub fn read(request: &ReceivedRequest<'_>, now: DateTime<Utc>) -> Result<Self, SignatureError> {
        if !message::is_present(request.headers) {
            return draft::read(request, now);
        }
        match message::read(request, now) {
            Err(error) if error.is_not_understood() => match draft::read(request, now) {
                Err(SignatureError::Missing) => Err(error),
                other => other,
            },
            other => other,
        }
    }

    /// Whether the signature covers a header, given in lower case: others may have been added by
    /// anybody on the way.
    #[must_use]
    pub fn covers(&self, header: &str) -> bool {
        self.covered.iter().any(|name| name == header)
    }

    /// The signature itself: two requests have the same only if they were signed in the same second, over
    /// the same content, with the same key.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.signature
    }

    /// Verifies the signature with a key.
    ///
    /// # Errors
    /// `OtherKey` and `Forged`; both may mean that the sender has a newer key.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureError> {
        if self.algorithm.is_some_and(|named| named != key.algorithm()) {
            return Err(SignatureError::OtherKey);
        }
        let fits = |text: &String| key.verifies(text.as_bytes(), &self.signature);
        if self.texts.iter().any(fits) {
            Ok(())
        } else {
            Err(SignatureError::Forged)
        }
    }
}

/// A request of ours to sign.
#[derive(Debug, Clone, Copy)]
pub struct RequestToSign<'a> {
    pub method: &'a str,
    /// The target.
    pub url: &'a Url,
    /// The body, if it has one.
    pub body: Option<&'a [u8]>,
    /// The body's media type.
    pub content_type: Option<&'a str>,
    /// Further headers, sent and covered by the signature.
    pub extra_headers: &'a [(HeaderName, String)],
}

impl RequestToSign<'_> {
    /// Returns the headers that sign the request; all of them must be sent unchanged.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when the URL has no host, or the key's id, the content type or
    /// an extra header is no header value; [`SignatureError::Unsigned`] when openssl fails.
    pub fn sign(
        &self,
        form: SignatureForm,
        key: &SigningKey,
        date: DateTime<Utc>,
    ) -> Result<HeaderMap, SignatureError> {
        let headers = match form {
            SignatureForm::Draft => draft::sign(self, key, date),
            SignatureForm::Rfc9421 => message::sign(self, key, date),
        };
        Ok(headers?.into_iter().collect())
    }
}

/// Checks that a time is within [`MAX_SKEW_SECONDS`] of ours.
fn check_skew(at: i64, now: DateTime<Utc>) -> Result<(), SignatureError> {
    if now.timestamp().abs_diff(at) <= MAX_SKEW_SECONDS.unsigned_abs() {
        Ok(())
    } else {
        Err(SignatureError::Skewed)
    }
}

/// Checks that a covered `Date` header is within [`MAX_SKEW_SECONDS`] of our time.
fn check_date(header: &str, now: DateTime<Utc>) -> Result<(), SignatureError> {
    let date = DateTime::parse_from_rfc2822(header)
        .map_err(|_no_date| SignatureError::Malformed("a date that is no HTTP date"))?;
    check_skew(date.timestamp(), now)
}

/// Checks that a signature has not expired.
fn check_expires(at: Option<i64>, now: DateTime<Utc>) -> Result<(), SignatureError> {
    match at {
        Some(at) if at < now.timestamp() => Err(SignatureError::Expired),
        _ => Ok(()),
    }
}

/// Returns the value of a header that must occur exactly once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, SignatureError> {
    let mut all = headers.get_all(name).iter();
    let first = all
        .next()
        .ok_or_else(|| SignatureError::Absent(name.to_owned()))?;
    if all.next().is_some() {
        return Err(SignatureError::Duplicate(name.to_owned()));
    }
    header_text(first)
}

/// Returns a header's value as text.
fn header_text(value: &HeaderValue) -> Result<&str, SignatureError> {
    value
        .to_str()
        .map_err(|_not_text| SignatureError::Malformed("a header that is not plain text"))
}

/// Returns an origin without its scheme, as in the `Host` header.
fn host_of(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Formats an HTTP date (RFC 9110 §5.6.7). Each request of ours has one, and chrono's format string
/// costs more to parse than the parts to write.
fn http_date(date: DateTime<Utc>) -> String {
    let (weekday, month) = (date.weekday(), MONTHS.get(date.month0() as usize));
    format!(
        "{weekday}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        date.day(),
        month.copied().unwrap_or_default(),
        date.year(),
        date.hour(),
        date.minute(),
        date.second()
    )
}

/// Returns the request target of a URL.
fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

/// Converts a text into a header value.
fn header_value(text: String) -> Result<HeaderValue, SignatureError> {
    let unfit = |_| SignatureError::Malformed("a header holds characters no header may hold");
    HeaderValue::try_from(text).map_err(unfit)
}

/// Converts named texts into headers.
fn headers(
    named: Vec<(HeaderName, String)>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignatureError> {
    named
        .into_iter()
        .map(|(name, value)| Ok((name, header_value(value)?)))
        .collect()
}

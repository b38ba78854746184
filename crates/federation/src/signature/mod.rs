//! HTTP signatures in both forms: the draft (cavage-12), which every server speaks, and RFC 9421.
//! Pure functions over keys, headers and a moment, with no IO. RSA with SHA-256 and Ed25519 by
//! openssl. Reading a signature checks all but the key; [`Sealed::verify`] asks the key.

mod digest;
mod draft;
mod error;
mod fields;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod key;
mod message;
pub mod multikey;
#[cfg(test)]
mod tests;

pub use digest::{content_digest_header, digest_header};
pub(crate) use draft::parameters;
pub use error::SignatureError;
pub use key::{Algorithm, SigningKey, VerifyingKey};

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Datelike, Timelike, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use model::peer::SignatureForm;
use url::Url;

/// How far a signature's date may be from our clock, either way.
pub const MAX_SKEW_SECONDS: i64 = 3600;

/// More covered components than anybody sends.
const MAX_COVERED: usize = 24;

/// Standard base64, its padding optional.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request as it arrived.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// `POST`, `GET`; the case does not matter.
    pub method: &'a str,
    /// Path and query, as on the request line.
    pub path_and_query: &'a str,
    /// All its headers.
    pub headers: &'a HeaderMap,
    /// Its whole body, empty for a GET.
    pub body: &'a [u8],
    /// What we are configured as: `https://host`, with a port where it is not the scheme's own. Any
    /// of them will do; what the request says of itself never counts.
    pub origins: &'a [&'a str],
}

/// A signature that covers enough, is of now, and over this body. What is left is to ask the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// In which form it came.
    pub form: SignatureForm,
    /// The key it names: may end in a fragment or a path, or carry a query.
    pub key_id: String,
    /// The algorithm it names; `None` where the key decides.
    algorithm: Option<Algorithm>,
    signature: Vec<u8>,
    /// It covers what is said of followers.
    synchronization: bool,
    /// What was signed, were it signed for this origin or that.
    texts: Vec<String>,
}

impl Sealed {
    /// Reads a request's signature and checks all that does not need the key. Where both forms are
    /// on the request, RFC 9421 counts if it can be understood.
    ///
    /// # Errors
    /// [`SignatureError`] says what is wrong.
    pub fn read(request: &Signed<'_>, now: DateTime<Utc>) -> Result<Self, SignatureError> {
        if !message::is_there(request.headers) {
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

    /// Whether `Collection-Synchronization` is covered: else anybody on the way could have said it.
    pub(crate) const fn covers_synchronization(&self) -> bool {
        self.synchronization
    }

    /// Asks the key.
    ///
    /// # Errors
    /// `OtherKey` and `Forged`, which are worth one fresh look at the key.
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

/// A request of ours that is to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// `POST`, `GET`.
    pub method: &'a str,
    /// Where to.
    pub url: &'a Url,
    /// Its body, where it has one.
    pub body: Option<&'a [u8]>,
    /// The body's media type.
    pub content_type: Option<&'a str>,
    /// What it says of followers, as the text of its `Collection-Synchronization` (FEP-8fcf).
    pub synchronization: Option<&'a str>,
}

impl Outgoing<'_> {
    /// The headers that sign it, all of which must be sent as they are.
    ///
    /// # Errors
    /// [`SignatureError::Malformed`] when the URL has no host, or the key's id or the content type is
    /// no header value; [`SignatureError::Unsigned`] when openssl fails.
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

/// A time near enough to ours.
fn check_near(at: i64, now: DateTime<Utc>) -> Result<(), SignatureError> {
    if now.timestamp().abs_diff(at) <= MAX_SKEW_SECONDS.unsigned_abs() {
        Ok(())
    } else {
        Err(SignatureError::Skewed)
    }
}

/// A covered `Date` header near enough to our time.
fn check_date(header: &str, now: DateTime<Utc>) -> Result<(), SignatureError> {
    let date = DateTime::parse_from_rfc2822(header)
        .map_err(|_no_date| SignatureError::Malformed("a date that is no HTTP date"))?;
    check_near(date.timestamp(), now)
}

fn check_expires(at: Option<i64>, now: DateTime<Utc>) -> Result<(), SignatureError> {
    match at {
        Some(at) if at < now.timestamp() => Err(SignatureError::Expired),
        _ => Ok(()),
    }
}

/// A header that must stand exactly once.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, SignatureError> {
    let mut all = headers.get_all(name).iter();
    let first = all
        .next()
        .ok_or_else(|| SignatureError::Absent(name.to_owned()))?;
    if all.next().is_some() {
        return Err(SignatureError::Duplicate(name.to_owned()));
    }
    plain(first)
}

/// A header's value as text.
fn plain(value: &HeaderValue) -> Result<&str, SignatureError> {
    value
        .to_str()
        .map_err(|_not_text| SignatureError::Malformed("a header that is not plain text"))
}

/// An origin without its scheme: what `Host` would say.
fn host_of(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// An HTTP date (RFC 9110 §5.6.7), put together by hand: every request of ours has one, and reading
/// a format costs more than all its parts.
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

/// The request target of a URL.
fn path_and_query(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

fn header_value(text: String) -> Result<HeaderValue, SignatureError> {
    let unfit = |_| SignatureError::Malformed("a header holds characters no header may hold");
    HeaderValue::try_from(text).map_err(unfit)
}

/// Named values, ready to be sent.
fn headers(
    named: Vec<(HeaderName, String)>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignatureError> {
    named
        .into_iter()
        .map(|(name, value)| Ok((name, header_value(value)?)))
        .collect()
}

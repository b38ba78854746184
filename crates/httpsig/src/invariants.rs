//! Invariants of signature headers that hold for any input. Used by property tests and fuzz/; each
//! function panics where one does not hold.

use super::digest::{check_content_digest, check_digest};
use super::fields::{MAX_LENGTH, dictionary};
use super::{
    MAX_SKEW_SECONDS, ReceivedRequest, SignatureError, UnverifiedSignature, VerifyingKey, digest,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The time of every check, 2026-11-22T04:30:00Z, which is also the time of `fuzz/seeds`.
const NOW: i64 = 1_795_321_800;
/// The same time as a `Date` header.
const DATE: &str = "Sun, 22 Nov 2026 04:30:00 GMT";
/// The configured origins.
const ORIGINS: &[&str] = &["https://alpha.test", "https://beta.test:8443"];
/// The body of a request where none is given.
const BODY: &[u8] = b"{}";

/// A key that has signed none of the inputs.
static KEY: LazyLock<Option<VerifyingKey>> = LazyLock::new(|| {
    VerifyingKey::from_multibase("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK").ok()
});

/// A request with its signature headers.
#[derive(Clone)]
struct Request {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Checks a request given as text (`POST /inbox`, header lines, an empty line, the body): its
/// signature is valid for no other target, method, body or time, and with no other key.
pub fn request(bytes: &[u8]) {
    if let Some(request) = Request::read(bytes) {
        request.check();
    }
}

/// Checks a text as the value of each signature header: it is parsed or refused, and what is parsed
/// survives serializing.
pub fn header(text: &str) {
    structured(text);
    digests(text);
    let sum = (
        digest::digest_header(BODY),
        digest::content_digest_header(BODY),
    );
    let draft = [
        ("signature", text),
        ("date", DATE),
        ("digest", sum.0.as_str()),
    ];
    Request::inbox(&draft).check();
    let message = [
        ("signature-input", text),
        ("signature", "sig1=:AAAA:"),
        ("date", DATE),
        ("content-digest", sum.1.as_str()),
    ];
    Request::inbox(&message).check();
}

/// Checks that a dictionary has each name once, and that its lists survive serializing.
pub(super) fn structured(text: &str) {
    let members = dictionary(text).unwrap_or_default();
    let names: HashSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names.len(), members.len());
    for member in &members {
        let Some(serialized) = member.serialize_list() else {
            continue;
        };
        let text = format!("sig={serialized}");
        // The input may have had bytes without their padding.
        if text.len() > MAX_LENGTH {
            continue;
        }
        let again = dictionary(&text).unwrap_or_default();
        let same =
            |one: &super::fields::Member| one.value == member.value && one.params == member.params;
        assert!(again.len() == 1 && again.iter().all(same), "{text}");
    }
}

/// Checks that a digest matches one body only.
fn digests(text: &str) {
    for check in [check_digest, check_content_digest] {
        if check(text, BODY).is_ok() {
            assert_eq!(check(text, b"[]"), Err(SignatureError::Digest), "{text}");
        }
    }
}

impl Request {
    fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let (method, target) = lines.next()?.split_once(' ')?;
        let named: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
        (target.starts_with('/') && !method.is_empty()).then(|| Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers(&named),
            body: body.as_bytes().to_vec(),
        })
    }

    fn inbox(named: &[(&str, &str)]) -> Self {
        Self {
            method: "POST".to_owned(),
            target: "/inbox".to_owned(),
            headers: headers(named),
            body: BODY.to_vec(),
        }
    }

    fn signature(&self, later: i64) -> Option<UnverifiedSignature> {
        let request = ReceivedRequest {
            method: &self.method,
            path_and_query: &self.target,
            headers: &self.headers,
            body: &self.body,
            origins: ORIGINS,
        };
        let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).unwrap_or_default();
        UnverifiedSignature::read(&request, now + TimeDelta::seconds(later)).ok()
    }

    fn check(&self) {
        let Some(signature) = self.signature(0) else {
            return;
        };
        assert!(!signature.key_id.is_empty());
        let texts: HashSet<&String> = signature.texts.iter().collect();
        assert_eq!(texts.len(), ORIGINS.len(), "valid at any origin: {texts:?}");
        let other_target = Self {
            target: format!("{}x", self.target),
            ..self.clone()
        };
        let other_method = Self {
            method: format!("{}X", self.method),
            ..self.clone()
        };
        for other in [other_target, other_method] {
            let signed = other
                .signature(0)
                .map(|other| other.texts)
                .unwrap_or_default();
            assert!(
                signed.iter().all(|text| !texts.contains(text)),
                "{signed:?}"
            );
        }
        let mut longer = self.clone();
        longer.body.push(b' ');
        assert_eq!(longer.signature(0), None, "valid with any body");
        for away in [2 * MAX_SKEW_SECONDS + 1, -2 * MAX_SKEW_SECONDS - 1] {
            assert_ne!(
                self.signature(away).as_ref(),
                Some(&signature),
                "valid at any time"
            );
        }
        let forged = KEY.as_ref().map(|key| signature.verify(key));
        assert!(forged.is_some_and(|verified| verified.is_err()));
    }
}

/// Builds the headers that are valid in a request.
fn headers(named: &[(&str, &str)]) -> HeaderMap {
    let header = |(name, value): &(&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    };
    let mut headers = HeaderMap::new();
    for (name, value) in named.iter().filter_map(header) {
        headers.append(name, value);
    }
    headers
}

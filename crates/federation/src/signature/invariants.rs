//! What holds of whatever stands in the headers that sign a request.

use super::digest::{check_content_digest, check_digest};
use super::fields::{LONGEST, dictionary};
use super::{MAX_SKEW_SECONDS, Sealed, SignatureError, Signed, VerifyingKey, digest};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::HashSet;
use std::sync::LazyLock;

/// When every request is tried, 2026-11-22T04:30:00Z: `fuzz/seeds` are of that moment.
const NOW: i64 = 1_795_321_800;
/// The same, as a `Date` has it.
const DATE: &str = "Sun, 22 Nov 2026 04:30:00 GMT";
/// What we are configured as.
const ORIGINS: &[&str] = &["https://alpha.test", "https://beta.test:8443"];
/// A body where none is given.
const BODY: &[u8] = b"{}";

/// A key with which nothing here was signed.
static KEY: LazyLock<Option<VerifyingKey>> = LazyLock::new(|| {
    VerifyingKey::from_multibase("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK").ok()
});

/// A request with the headers that sign it.
#[derive(Clone)]
struct Request {
    method: String,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A request as text (`POST /inbox`, header lines, an empty line, the body) is believed only for
/// what its signature covers: no other target, method, body or time, and by no key but its own.
pub fn head(bytes: &[u8]) {
    if let Some(request) = Request::read(bytes) {
        request.check();
    }
}

/// One header's text, wherever it may stand: read or refused, and what is read survives writing.
pub fn line(text: &str) {
    structured(text);
    digests(text);
    crate::sync::invariants::told(text);
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

/// A dictionary names each member once, and its lists are written as they are signed.
pub(super) fn structured(text: &str) {
    let members = dictionary(text).unwrap_or_default();
    let names: HashSet<&str> = members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names.len(), members.len());
    for member in &members {
        let Some(written) = member.written() else {
            continue;
        };
        let text = format!("sig={written}");
        // Bytes may have come without their padding.
        if text.len() > LONGEST {
            continue;
        }
        let again = dictionary(&text).unwrap_or_default();
        let same =
            |one: &super::fields::Member| one.value == member.value && one.params == member.params;
        assert!(again.len() == 1 && again.iter().all(same), "{text}");
    }
}

/// A digest fits one body.
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

    fn sealed(&self, later: i64) -> Option<Sealed> {
        let request = Signed {
            method: &self.method,
            path_and_query: &self.target,
            headers: &self.headers,
            body: &self.body,
            origins: ORIGINS,
        };
        let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).unwrap_or_default();
        Sealed::read(&request, now + TimeDelta::seconds(later)).ok()
    }

    fn check(&self) {
        let Some(sealed) = self.sealed(0) else {
            return;
        };
        assert!(!sealed.key_id.is_empty());
        let texts: HashSet<&String> = sealed.texts.iter().collect();
        assert_eq!(
            texts.len(),
            ORIGINS.len(),
            "it counts at any origin: {texts:?}"
        );
        let other_target = Self {
            target: format!("{}x", self.target),
            ..self.clone()
        };
        let other_method = Self {
            method: format!("{}X", self.method),
            ..self.clone()
        };
        for other in [other_target, other_method] {
            let signed = other.sealed(0).map(|other| other.texts).unwrap_or_default();
            assert!(
                signed.iter().all(|text| !texts.contains(text)),
                "{signed:?}"
            );
        }
        let mut longer = self.clone();
        longer.body.push(b' ');
        assert_eq!(longer.sealed(0), None, "it counts with any body");
        for away in [2 * MAX_SKEW_SECONDS + 1, -2 * MAX_SKEW_SECONDS - 1] {
            assert_ne!(self.sealed(away).as_ref(), Some(&sealed), "at any time");
        }
        let forged = KEY.as_ref().map(|key| sealed.verify(key));
        assert!(forged.is_some_and(|verified| verified.is_err()));
    }
}

/// Those that may stand in a request.
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

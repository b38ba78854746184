//! Tests of signatures in the draft's form: valid ones, and each way to be invalid.

use super::parts::Parts;
use super::sign;
use crate::digest::digest_header;
use crate::{
    Algorithm, ReceivedRequest, RequestToSign, SignatureError, SigningKey, UnverifiedSignature,
    VerifyingKey, http_date,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use openssl::rsa::Rsa;
use std::sync::LazyLock;
use url::Url;

const KEY_ID: &str = "https://alpha.test/u/ann#main-key";
const BODY: &[u8] = br#"{"type":"Follow"}"#;

static RSA: LazyLock<Vec<Rsa<openssl::pkey::Private>>> =
    LazyLock::new(|| vec![Rsa::generate(2048).unwrap(), Rsa::generate(2048).unwrap()]);

fn key(id: &str) -> SigningKey {
    SigningKey::from_der(id, &RSA[0].private_key_to_der().unwrap()).unwrap()
}

fn public(which: usize) -> VerifyingKey {
    let pem = RSA[which].public_key_to_pem().unwrap();
    VerifyingKey::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

/// A request on its way, to be tampered with.
struct Wire {
    method: &'static str,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
    origins: Vec<&'static str>,
}

impl Wire {
    fn post() -> Self {
        Self::signed("POST", "https://beta.test/inbox?x=1", Some(BODY))
    }

    fn signed(method: &'static str, url: &str, body: Option<&[u8]>) -> Self {
        let url = Url::parse(url).unwrap();
        let request = RequestToSign {
            method,
            url: &url,
            body,
            content_type: Some("application/activity+json"),
            extra_headers: &[],
        };
        let headers = sign(&request, &key(KEY_ID), now()).unwrap();
        Self {
            method,
            target: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            headers: headers.into_iter().collect(),
            body: body.unwrap_or_default().to_vec(),
            origins: vec!["https://beta.test"],
        }
    }

    /// Signs without our signing code: a header list, and parameters after `keyId`.
    fn signed_manually(names: &str, params: &str) -> Self {
        let mut wire = Self::post();
        let text: Vec<String> = names
            .split(' ')
            .map(|name| format!("{name}: {}", wire.value(name, params)))
            .collect();
        let signed = {
            let pkey = openssl::pkey::PKey::from_rsa(RSA[0].clone()).unwrap();
            let mut signer =
                openssl::sign::Signer::new(openssl::hash::MessageDigest::sha256(), &pkey).unwrap();
            STANDARD.encode(
                signer
                    .sign_oneshot_to_vec(text.join("\n").as_bytes())
                    .unwrap(),
            )
        };
        wire.set(
            "signature",
            &format!("keyId=\"{KEY_ID}\"{params},headers=\"{names}\",signature=\"{signed}\""),
        );
        wire
    }

    fn value(&self, name: &str, params: &str) -> String {
        let pseudo = |key: &str| {
            params
                .split(key)
                .nth(1)
                .unwrap()
                .split(',')
                .next()
                .unwrap()
                .to_owned()
        };
        match name {
            "(request-target)" => format!("post {}", self.target),
            "(created)" => pseudo("created="),
            "(expires)" => pseudo("expires="),
            other => self.headers[other].to_str().unwrap().to_owned(),
        }
    }

    fn set(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
        self
    }

    fn check(&self) -> Result<(), SignatureError> {
        self.check_with(0, now())
    }

    fn check_with(&self, which: usize, now: DateTime<Utc>) -> Result<(), SignatureError> {
        let request = ReceivedRequest {
            method: self.method,
            path_and_query: &self.target,
            headers: &self.headers,
            body: &self.body,
            origins: &self.origins,
        };
        UnverifiedSignature::read(&request, now)?.verify(&public(which))
    }
}

#[test]
fn what_we_sign_verifies() {
    assert_eq!(Wire::post().check(), Ok(()));
    assert_eq!(
        Wire::signed("GET", "https://beta.test/c/weavers", None).check(),
        Ok(())
    );
    let mut odd = Wire::signed("POST", "http://beta.localhost:8082/inbox", Some(BODY));
    odd.origins = vec!["https://beta.test", "http://beta.localhost:8082"];
    assert_eq!(odd.check(), Ok(()));
}

#[test]
fn what_we_send_looks_as_others_expect() {
    let wire = Wire::post();
    assert_eq!(wire.headers["date"], "Sun, 22 Nov 2026 04:30:00 GMT");
    assert_eq!(wire.headers["host"], "beta.test");
    assert!(
        wire.headers["digest"]
            .to_str()
            .unwrap()
            .starts_with("SHA-256=")
    );
    let header = wire.headers["signature"].to_str().unwrap();
    let start = "keyId=\"https://alpha.test/u/ann#main-key\",algorithm=\"rsa-sha256\",\
        headers=\"(request-target) host date digest content-type\",signature=\"";
    assert!(header.starts_with(start), "{header}");
    let get = Wire::signed("GET", "https://beta.test/", None);
    assert!(!get.headers.contains_key("digest") && !get.headers.contains_key("content-type"));
}

#[test]
fn another_key_an_altered_target_or_body_is_refused() {
    assert_eq!(
        Wire::post().check_with(1, now()),
        Err(SignatureError::Forged)
    );
    let mut wire = Wire::post();
    wire.target = "/inbox?x=2".to_owned();
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.method = "PUT";
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.body = br#"{"type":"Delete"}"#.to_vec();
    assert_eq!(wire.check(), Err(SignatureError::Digest));
    wire.set("digest", &digest_header(br#"{"type":"Delete"}"#));
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.set("content-type", "text/plain");
    assert_eq!(wire.check(), Err(SignatureError::Forged));
}

#[test]
fn a_signature_over_the_path_alone_is_taken_for_any_query() {
    let mut wire = Wire::signed("POST", "https://beta.test/inbox", Some(BODY));
    wire.target = "/inbox?x=1".to_owned();
    assert_eq!(wire.check(), Ok(()));
    let mut get = Wire::signed("GET", "https://beta.test/c/weavers/followers", None);
    get.target = "/c/weavers/followers?x=1?y".to_owned();
    assert_eq!(get.check(), Ok(()));
    let mut other = Wire::signed("POST", "https://beta.test/inbox", Some(BODY));
    other.target = "/u/ann/inbox?x=1".to_owned();
    assert_eq!(other.check(), Err(SignatureError::Forged));
    let mut without = Wire::signed("POST", "https://beta.test/inbox?x=1", Some(BODY));
    without.target = "/inbox".to_owned();
    assert_eq!(without.check(), Err(SignatureError::Forged));
}

#[test]
fn a_request_signed_for_another_host_is_refused_whatever_its_header_says() {
    let mut replayed = Wire::signed("POST", "https://gamma.test/inbox?x=1", Some(BODY));
    assert_eq!(replayed.check(), Err(SignatureError::Forged));
    replayed.set("host", "beta.test");
    assert_eq!(replayed.check(), Err(SignatureError::Forged));
    let mut behind_a_proxy = Wire::post();
    behind_a_proxy.set("host", "127.0.0.1:8080");
    assert_eq!(behind_a_proxy.check(), Ok(()));
}

#[test]
fn everything_that_matters_must_be_covered() {
    for (names, missing) in [
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host digest", "date"),
        ("(request-target) host date", "digest"),
        ("digest", "(request-target)"),
    ] {
        assert_eq!(
            Wire::signed_manually(names, "").check(),
            Err(SignatureError::NotCovered(missing))
        );
    }
}

#[test]
fn headers_come_in_any_order_and_algorithms_by_three_names() {
    assert_eq!(
        Wire::signed_manually("(request-target) host digest date", "").check(),
        Ok(())
    );
    assert_eq!(
        Wire::signed_manually(
            "date host digest content-type (request-target)",
            ",algorithm=\"hs2019\""
        )
        .check(),
        Ok(())
    );
    assert_eq!(
        Wire::signed_manually(
            "(request-target) host date digest",
            ",algorithm=\"RSA-SHA256\""
        )
        .check(),
        Ok(())
    );
    let other = Wire::signed_manually(
        "(request-target) host date digest",
        ",algorithm=\"hmac-sha256\"",
    )
    .check();
    assert_eq!(
        other,
        Err(SignatureError::Unsupported("hmac-sha256".into()))
    );
}

#[test]
fn dates_may_be_an_hour_off() {
    let wire = Wire::post();
    for minutes in [-60, -1, 1, 60] {
        assert_eq!(
            wire.check_with(0, now() + TimeDelta::minutes(minutes)),
            Ok(())
        );
    }
    for minutes in [-61, 61, 60 * 24 * 400] {
        let skewed = wire.check_with(0, now() + TimeDelta::minutes(minutes));
        assert_eq!(skewed, Err(SignatureError::Skewed));
    }
    let mut garbled = Wire::signed_manually("(request-target) host date digest", "");
    garbled.set("date", "yesterday");
    assert!(matches!(garbled.check(), Err(SignatureError::Malformed(_))));
}

#[test]
fn created_and_expires_count_as_dates() {
    let names = "(request-target) (created) (expires) host digest";
    let at = |created: i64, expires: i64| {
        let (created, expires) = (now().timestamp() + created, now().timestamp() + expires);
        Wire::signed_manually(
            names,
            &format!(",algorithm=\"hs2019\",created={created},expires={expires}"),
        )
        .check()
    };
    assert_eq!(at(-10, 60), Ok(()));
    assert_eq!(at(-10, -1), Err(SignatureError::Expired));
    assert_eq!(at(-3601, 60), Err(SignatureError::Skewed));
    assert_eq!(
        at(i64::MIN / 2 - now().timestamp(), 60),
        Err(SignatureError::Skewed)
    );
    let mut wire = Wire::post();
    wire.set(
        "signature",
        "keyId=\"k\",headers=\"(request-target) host digest (created)\",signature=\"YQ==\"",
    );
    assert_eq!(
        wire.check(),
        Err(SignatureError::Absent("(created)".into()))
    );
}

#[test]
fn absent_and_double_headers_are_refused() {
    let mut wire = Wire::post();
    wire.headers.remove("digest");
    assert_eq!(wire.check(), Err(SignatureError::Absent("digest".into())));
    let mut wire = Wire::post();
    wire.headers
        .append("date", HeaderValue::from_str(&http_date(now())).unwrap());
    assert_eq!(wire.check(), Err(SignatureError::Duplicate("date".into())));
    let mut wire = Wire::post();
    wire.headers.append(
        "signature",
        HeaderValue::from_static("keyId=\"x\",signature=\"aaaa\""),
    );
    assert_eq!(
        wire.check(),
        Err(SignatureError::Duplicate("signature".into()))
    );
    let twice = Wire::signed_manually("(request-target) host date date digest", "");
    assert_eq!(twice.check(), Err(SignatureError::Duplicate("date".into())));
}

#[test]
fn the_digest_must_be_sha_256_and_the_bodys() {
    let mut wire = Wire::post();
    for bad in ["SHA-512=abcd", "SHA-256=", "SHA-256=abcd", "SHA-256", ""] {
        wire.set("digest", bad);
        assert_eq!(wire.check(), Err(SignatureError::Digest), "{bad}");
    }
    let both = format!(
        "SHA-512=abcd,sha-256={}",
        digest_header(BODY).split_once('=').unwrap().1
    );
    wire.set("digest", &both);
    assert_eq!(
        wire.check(),
        Err(SignatureError::Forged),
        "the digest is right, the signature not"
    );
}

fn parse(header: &str) -> Result<Parts, SignatureError> {
    let mut headers = HeaderMap::new();
    headers.insert("signature", HeaderValue::from_str(header).unwrap());
    Parts::parse(&headers)
}

#[test]
fn key_ids_come_in_every_form() {
    for id in [
        "https://gts.example/users/gil/main-key",
        "https://wp.example/?author=1#main-key",
        "https://odd.example/key?a=1,b=2&c=\\\"d",
        "acct:bea@beta.test",
    ] {
        let parts = parse(&format!(
            "keyId=\"{id}\", headers=\"Date Host\" , extra=\"a,b=c\",signature=\"YQ==\""
        ))
        .unwrap();
        assert_eq!(parts.key_id, id.replace('\\', ""));
        assert_eq!(parts.headers, ["date", "host"]);
        assert_eq!((parts.signature, parts.algorithm), (b"a".to_vec(), None));
    }
    assert_eq!(
        parse("keyId=\"k\",signature=\"YQ\"").unwrap().signature,
        b"a"
    );
    let numbers =
        parse("keyId=\"k\",created=1795321474,expires=1795321475.5,signature=\"YQ==\"").unwrap();
    assert_eq!(
        (numbers.created, numbers.expires),
        (Some(1_795_321_474), Some(1_795_321_475))
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    for bad in [
        "",
        "nonsense",
        "keyId=\"k\"",
        "signature=\"YQ==\"",
        "keyId=\"\",signature=\"YQ==\"",
        "keyId=\"k,signature=\"YQ==\"",
        "keyId=\"k\"signature=\"YQ==\"",
        "keyId=\"k\",signature=\"~~\"",
        "keyId=\"k\",signature=\"YQ==\",",
        "=\"k\",signature=\"YQ==\"",
        "keyId=\"k\",headers=\"\",signature=\"YQ==\"",
        "keyId=\"k\",created=soon,signature=\"YQ==\"",
        "keyId=\"k\\",
    ] {
        assert!(
            matches!(parse(bad), Err(SignatureError::Malformed(_))),
            "{bad}: {:?}",
            parse(bad)
        );
    }
    let twice = parse("keyId=\"a\",keyId=\"b\",signature=\"YQ==\"");
    assert_eq!(twice, Err(SignatureError::Duplicate("keyId".into())));
    let long = format!(
        "keyId=\"k\",headers=\"{}\",signature=\"YQ==\"",
        (0..99).map(|n| format!("x{n} ")).collect::<String>()
    );
    assert!(matches!(parse(&long), Err(SignatureError::Malformed(_))));
}

#[test]
fn a_signature_may_stand_in_authorization() {
    let mut headers = HeaderMap::new();
    assert_eq!(Parts::parse(&headers), Err(SignatureError::Missing));
    headers.insert("authorization", HeaderValue::from_static("Bearer abc"));
    assert_eq!(Parts::parse(&headers), Err(SignatureError::Missing));
    headers.insert(
        "authorization",
        HeaderValue::from_static("Signature keyId=\"k\",signature=\"YQ==\""),
    );
    assert_eq!(Parts::parse(&headers).unwrap().key_id, "k");
}

#[test]
fn keys_are_read_in_several_forms_and_sizes() {
    let pkcs1 = RSA[0].public_key_to_pem_pkcs1().unwrap();
    let from_pkcs1 = VerifyingKey::from_pem(std::str::from_utf8(&pkcs1).unwrap()).unwrap();
    assert_eq!(from_pkcs1.to_der().unwrap(), public(0).to_der().unwrap());
    let from_der = VerifyingKey::from_der(&RSA[0].public_key_to_der().unwrap()).unwrap();
    assert_eq!(from_der.to_der().unwrap(), public(0).to_der().unwrap());
    assert!(VerifyingKey::from_der(&RSA[0].public_key_to_der_pkcs1().unwrap()).is_ok());
    let small = Rsa::generate(768).unwrap().public_key_to_der().unwrap();
    assert_eq!(
        VerifyingKey::from_der(&small).unwrap_err().code(),
        "key_unusable"
    );
    let ed25519 = openssl::pkey::PKey::generate_ed25519()
        .unwrap()
        .public_key_to_der()
        .unwrap();
    assert_eq!(
        VerifyingKey::from_der(&ed25519).unwrap_err(),
        SignatureError::Key("not an RSA key")
    );
    let ed25519 = openssl::pkey::PKey::generate_ed25519().unwrap();
    let signing = SigningKey::from_pkcs8("k", &ed25519.private_key_to_pkcs8().unwrap()).unwrap();
    assert_eq!(signing.algorithm(), Algorithm::Ed25519);
    assert!(SigningKey::from_pkcs8("k", b"no key").is_err());
    for bad in [
        "",
        "PEM",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ] {
        assert!(VerifyingKey::from_pem(bad).is_err());
    }
    assert!(SigningKey::from_der("k", b"no key").is_err());
    assert!(!format!("{:?}", key("k")).contains("pkey"));
}

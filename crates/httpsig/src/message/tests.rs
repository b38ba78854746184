//! Tests of RFC 9421: its examples, requests signed here, and each way to be invalid.

use super::sign;
use crate::{
    ReceivedRequest, RequestToSign, SignatureError, SigningKey, UnverifiedSignature, VerifyingKey,
    content_digest_header, draft, http_date,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use std::sync::LazyLock;
use url::Url;

const KEY_ID: &str = "https://alpha.test/u/ann#main-key";
const BODY: &[u8] = br#"{"type":"Follow"}"#;
/// The Ed25519 key of RFC 9421, appendix B.1.4: PKCS#8 in base64, and its public half as text.
const RFC_KEY: &str = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF";
const RFC_PUBLIC: &str = "z6Mkh4LmfP1ev9MNPGr7JbEbtD6BD4fsu1duEj83PMCs3xHG";

static RSA: LazyLock<Rsa<openssl::pkey::Private>> = LazyLock::new(|| Rsa::generate(2048).unwrap());

fn rsa() -> SigningKey {
    SigningKey::from_der(KEY_ID, &RSA.private_key_to_der().unwrap()).unwrap()
}

fn rsa_public() -> VerifyingKey {
    VerifyingKey::from_der(&RSA.public_key_to_der().unwrap()).unwrap()
}

fn ed25519() -> SigningKey {
    use base64::Engine;
    let der = base64::engine::general_purpose::STANDARD
        .decode(RFC_KEY)
        .unwrap();
    SigningKey::from_pkcs8(KEY_ID, &der).unwrap()
}

fn ed25519_public() -> VerifyingKey {
    VerifyingKey::from_document(RFC_PUBLIC).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

/// A request on its way, to be tampered with.
#[derive(Clone)]
struct Wire {
    method: &'static str,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
    origin: &'static str,
}

impl Wire {
    fn post() -> Self {
        Self::signed(
            &ed25519(),
            "POST",
            "https://beta.test/inbox?x=1",
            Some(BODY),
        )
    }

    fn signed(key: &SigningKey, method: &'static str, url: &str, body: Option<&[u8]>) -> Self {
        let url = Url::parse(url).unwrap();
        let request = RequestToSign {
            method,
            url: &url,
            body,
            content_type: Some("application/activity+json"),
            extra_headers: &[],
        };
        let headers = sign(&request, key, now()).unwrap();
        Self {
            method,
            target: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
            headers: headers.into_iter().collect(),
            body: body.unwrap_or_default().to_vec(),
            origin: "https://beta.test",
        }
    }

    /// Signs without our signing code: `list` is what stands in the parentheses, each component
    /// with the value it is signed over.
    fn signed_manually(components: &[(&str, &str)], params: &str) -> Self {
        let mut wire = Self::post();
        wire.headers
            .insert("date", HeaderValue::from_str(&http_date(now())).unwrap());
        let names: Vec<String> = components.iter().map(|(n, _)| format!("\"{n}\"")).collect();
        let params = format!("({}){params}", names.join(" "));
        let mut text = String::new();
        for (name, value) in components {
            text.push_str(&format!("\"{name}\": {value}\n"));
        }
        text.push_str(&format!("\"@signature-params\": {params}"));
        wire.sign_text("sig1", &params, &text);
        wire
    }

    fn sign_text(&mut self, label: &str, params: &str, text: &str) {
        use base64::Engine;
        let signed = ed25519().sign(text.as_bytes()).unwrap();
        let signed = base64::engine::general_purpose::STANDARD.encode(signed);
        self.set("signature-input", &format!("{label}={params}"));
        self.set("signature", &format!("{label}=:{signed}:"));
    }

    fn set(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
        self
    }

    fn value(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    fn read(&self, now: DateTime<Utc>) -> Result<UnverifiedSignature, SignatureError> {
        let request = ReceivedRequest {
            method: self.method,
            path_and_query: &self.target,
            headers: &self.headers,
            body: &self.body,
            origins: &[self.origin],
        };
        UnverifiedSignature::read(&request, now)
    }

    fn check(&self) -> Result<(), SignatureError> {
        self.read(now())?.verify(&ed25519_public())
    }
}

/// What is covered where nothing is left out, by hand.
fn enough(digest: &str) -> Vec<(&'static str, String)> {
    vec![
        ("@method", "POST".to_owned()),
        ("@target-uri", "https://beta.test/inbox?x=1".to_owned()),
        ("content-digest", digest.to_owned()),
    ]
}

fn borrowed<'a>(list: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    list.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

fn params() -> String {
    format!(";created={};keyid=\"{KEY_ID}\"", now().timestamp())
}

#[test]
fn what_we_sign_verifies_with_either_key() {
    for (key, public) in [(rsa(), rsa_public()), (ed25519(), ed25519_public())] {
        let post = Wire::signed(&key, "POST", "https://beta.test/inbox?x=1", Some(BODY));
        assert_eq!(post.read(now()).unwrap().verify(&public), Ok(()));
        let get = Wire::signed(&key, "GET", "https://beta.test/c/weavers#x", None);
        assert_eq!(get.read(now()).unwrap().verify(&public), Ok(()));
        assert!(!get.headers.contains_key("content-digest"));
        let mut odd = Wire::signed(&key, "POST", "http://beta.localhost:8082/inbox", Some(BODY));
        odd.origin = "http://beta.localhost:8082";
        assert_eq!(odd.read(now()).unwrap().verify(&public), Ok(()));
    }
}

#[test]
fn what_we_send_looks_as_others_expect() {
    let wire = Wire::signed(&rsa(), "POST", "https://beta.test/inbox", Some(BODY));
    assert_eq!(
        wire.value("signature-input"),
        format!(
            "sig1=(\"@method\" \"@target-uri\" \"content-digest\" \"content-type\")\
             ;created={};keyid=\"{KEY_ID}\";alg=\"rsa-v1_5-sha256\"",
            now().timestamp()
        )
    );
    assert_eq!(wire.value("content-digest"), content_digest_header(BODY));
    assert!(wire.value("signature").starts_with("sig1=:"));
    assert_eq!(wire.value("host"), "beta.test");
}

/// RFC 9421, appendix B.2.6. It covers neither the query nor the body, so it is not enough for us,
/// but the base it is made over, and the key, are ours.
#[test]
fn the_example_of_the_rfc_verifies() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
        (
            "signature-input",
            "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\"",
        ),
        (
            "signature",
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let request = |path_and_query, body| ReceivedRequest {
        method: "POST",
        path_and_query,
        headers: &headers,
        body,
        origins: &["https://example.com"],
    };
    let then: DateTime<Utc> = "2021-04-20T02:08:00Z".parse().unwrap();
    let signature = UnverifiedSignature::read(&request("/foo", b""), then).unwrap();
    assert_eq!(signature.key_id, "test-key-ed25519");
    assert_eq!(signature.verify(&ed25519_public()), Ok(()));
    assert_eq!(signature.verify(&rsa_public()), Err(SignatureError::Forged));
    let whole = request("/foo?param=Value&Pet=dog", br#"{"hello": "world"}"#);
    assert_eq!(
        UnverifiedSignature::read(&whole, then),
        Err(SignatureError::NotCovered("@query"))
    );
}

#[test]
fn another_key_an_altered_target_or_body_is_refused() {
    let other = PKey::generate_ed25519().unwrap();
    let other = SigningKey::from_pkcs8(KEY_ID, &other.private_key_to_pkcs8().unwrap()).unwrap();
    let url = "https://beta.test/inbox?x=1";
    let by_other = Wire::signed(&other, "POST", url, Some(BODY));
    assert_eq!(by_other.check(), Err(SignatureError::Forged));
    let by_rsa = Wire::signed(&rsa(), "POST", url, Some(BODY));
    assert_eq!(by_rsa.check(), Err(SignatureError::OtherKey));
    let mut wire = Wire::post();
    wire.target = "/inbox?x=2".to_owned();
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.method = "PUT";
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.body = br#"{"type":"Delete"}"#.to_vec();
    assert_eq!(wire.check(), Err(SignatureError::Digest));
    let digest = content_digest_header(&wire.body);
    wire.set("content-digest", &digest);
    assert_eq!(wire.check(), Err(SignatureError::Forged));
    let mut wire = Wire::post();
    wire.set("content-type", "text/plain");
    assert_eq!(wire.check(), Err(SignatureError::Forged));
}

#[test]
fn a_request_signed_for_another_host_is_refused_whatever_its_header_says() {
    let mut replayed = Wire::post();
    replayed.origin = "https://gamma.test";
    assert_eq!(replayed.check(), Err(SignatureError::Forged));
    let mut plain = Wire::post();
    plain.origin = "http://beta.test";
    assert_eq!(plain.check(), Err(SignatureError::Forged), "another scheme");
    let mut behind_a_proxy = Wire::post();
    behind_a_proxy.set("host", "127.0.0.1:8080");
    assert_eq!(behind_a_proxy.check(), Ok(()));
}

#[test]
fn the_target_may_be_covered_in_several_ways() {
    let digest = content_digest_header(BODY);
    let rest = [("@method", "POST"), ("content-digest", digest.as_str())];
    let with = |target: &[(&str, &str)]| {
        Wire::signed_manually(&[rest.as_slice(), target].concat(), &params()).check()
    };
    let (authority, host) = (("@authority", "beta.test"), ("host", "beta.test"));
    let (path, query) = (("@path", "/inbox"), ("@query", "?x=1"));
    let (whole, scheme) = (("@request-target", "/inbox?x=1"), ("@scheme", "https"));
    for target in [
        &[("@target-uri", "https://beta.test/inbox?x=1")][..],
        &[authority, path, query],
        &[host, whole],
        &[query, scheme, path, authority, whole],
    ] {
        assert_eq!(with(target), Ok(()), "{target:?}");
    }
    for (target, missing) in [
        (&[][..], "@target-uri or @authority"),
        (&[whole], "@target-uri or @authority"),
        (&[path, query, scheme], "@target-uri or @authority"),
        (&[authority], "@target-uri or @path"),
        (&[authority, query], "@target-uri or @path"),
        (&[authority, path], "@query"),
    ] {
        assert_eq!(
            with(target),
            Err(SignatureError::NotCovered(missing)),
            "{target:?}"
        );
    }
}

#[test]
fn everything_that_matters_must_be_covered() {
    let all = enough(&content_digest_header(BODY));
    for (at, missing) in [
        (0, "@method"),
        (1, "@target-uri or @authority"),
        (2, "content-digest"),
    ] {
        let mut some = all.clone();
        some.remove(at);
        let wire = Wire::signed_manually(&borrowed(&some), &params());
        assert_eq!(wire.check(), Err(SignatureError::NotCovered(missing)));
    }
    let undated = Wire::signed_manually(&borrowed(&all), &format!(";keyid=\"{KEY_ID}\""));
    let missing = SignatureError::NotCovered("created or date");
    assert_eq!(undated.check(), Err(missing));
    let mut dated = all.clone();
    dated.push(("date", http_date(now())));
    let dated = Wire::signed_manually(&borrowed(&dated), &format!(";keyid=\"{KEY_ID}\""));
    assert_eq!(dated.check(), Ok(()));
}

#[test]
fn times_may_be_an_hour_off_and_end() {
    let wire = Wire::post();
    let at = |minutes| wire.read(now() + TimeDelta::minutes(minutes)).map(|_| ());
    for minutes in [-60, -1, 1, 60] {
        assert_eq!(at(minutes), Ok(()));
    }
    for minutes in [-61, 61, 60 * 24 * 400] {
        assert_eq!(at(minutes), Err(SignatureError::Skewed));
    }
    let all = enough(&content_digest_header(BODY));
    let expiring = |seconds: i64| {
        let at = now().timestamp() + seconds;
        Wire::signed_manually(&borrowed(&all), &format!("{};expires={at}", params())).check()
    };
    assert_eq!(expiring(1), Ok(()));
    assert_eq!(expiring(-1), Err(SignatureError::Expired));
    let mut old = all.clone();
    old.push(("date", http_date(now() - TimeDelta::days(1))));
    let mut old = Wire::signed_manually(&borrowed(&old), &params());
    old.set("date", &http_date(now() - TimeDelta::days(1)));
    assert_eq!(old.check(), Err(SignatureError::Skewed));
}

#[test]
fn algorithms_nonces_and_tags() {
    let all = enough(&content_digest_header(BODY));
    let with =
        |more: &str| Wire::signed_manually(&borrowed(&all), &format!("{}{more}", params())).check();
    for more in [
        ";alg=\"ed25519\"",
        ";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
        ";tag=\"fediverse\"",
        ";new",
        ";new=?0",
    ] {
        assert_eq!(with(more), Ok(()), "{more}");
    }
    assert_eq!(
        with(";alg=\"rsa-v1_5-sha256\""),
        Err(SignatureError::OtherKey)
    );
    for name in ["hmac-sha256", "rsa-pss-sha512", "ecdsa-p256-sha256", ""] {
        assert_eq!(
            with(&format!(";alg=\"{name}\"")),
            Err(SignatureError::Unsupported(name.into()))
        );
    }
    for more in [";alg=ed25519", ";nonce=1", ";tag=a", ";expires=\"1\""] {
        let refused = with(more);
        assert!(
            matches!(refused, Err(SignatureError::Malformed(_))),
            "{more}: {refused:?}"
        );
    }
}

#[test]
fn components_that_cannot_be_rebuilt_are_refused() {
    for (list, unknown) in [
        ("\"@status\"", "@status"),
        ("\"@query-param\";name=\"x\"", "@query-param;name"),
        ("\"@method\";req", "@method;req"),
        ("\"date\";sf", "date;sf"),
        ("\"date\";bs", "date;bs"),
        ("\"cache-control\";key=\"a\"", "cache-control;key"),
        ("\"@signature-params\"", "@signature-params"),
    ] {
        let mut wire = Wire::post();
        wire.set("signature-input", &format!("sig1=({list}){}", params()));
        assert_eq!(
            wire.check(),
            Err(SignatureError::Unsupported(unknown.into()))
        );
    }
    for list in ["\"Date\"", "\"\"", "\"a b\"", "date", "1"] {
        let mut wire = Wire::post();
        wire.set("signature-input", &format!("sig1=({list}){}", params()));
        let refused = wire.check();
        assert!(
            matches!(refused, Err(SignatureError::Malformed(_))),
            "{list}: {refused:?}"
        );
    }
    let mut twice = Wire::post();
    twice.set(
        "signature-input",
        &format!("sig1=(\"date\" \"date\"){}", params()),
    );
    assert_eq!(twice.check(), Err(SignatureError::Duplicate("date".into())));
    let mut lost = Wire::post();
    lost.headers.remove("content-digest");
    assert_eq!(
        lost.check(),
        Err(SignatureError::Absent("content-digest".into()))
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    for (input, signature) in [
        ("", "sig1=:AAAA:"),
        ("nonsense(", "sig1=:AAAA:"),
        ("sig1=(\"@method\");created=1", "sig1=:AAAA:"),
        ("sig1=(\"@method\");created=1;keyid=\"\"", "sig1=:AAAA:"),
        ("sig1=1;keyid=\"k\"", "sig1=:AAAA:"),
        ("sig1=();keyid=\"k\"", "sig1=text"),
        ("sig1=();keyid=\"k\"", "sig1=:~:"),
        ("sig1=();keyid=\"k\"", "sig2=:AAAA:"),
        ("sig1=();keyid=\"k\"", ""),
    ] {
        let mut wire = Wire::post();
        wire.set("signature-input", input)
            .set("signature", signature);
        let refused = wire.check();
        assert!(
            matches!(
                refused,
                Err(SignatureError::Malformed(_) | SignatureError::Missing)
            ),
            "{input} {signature}: {refused:?}"
        );
    }
    let many: Vec<String> = (0..9).map(|n| format!("s{n}=();keyid=\"k\"")).collect();
    let mut wire = Wire::post();
    wire.set("signature-input", &many.join(", "));
    assert!(matches!(wire.check(), Err(SignatureError::Malformed(_))));
}

#[test]
fn of_several_labels_the_first_that_will_do_counts() {
    let good = Wire::post();
    let (input, signature) = (good.value("signature-input"), good.value("signature"));
    let mut wire = good.clone();
    wire.set(
        "signature-input",
        &format!(
            "proxy=(\"@status\");keyid=\"p\", old=(\"@method\");created=1;keyid=\"o\", {input}"
        ),
    );
    wire.set(
        "signature",
        &format!("proxy=:AAAA:, old=:AAAA:, {signature}"),
    );
    assert_eq!(wire.check(), Ok(()));
    let mut lines = good.clone();
    lines.set("signature-input", "proxy=();keyid=\"p\"");
    lines
        .headers
        .append("signature-input", HeaderValue::from_str(&input).unwrap());
    assert_eq!(lines.check(), Ok(()));
    lines
        .headers
        .append("signature-input", HeaderValue::from_str(&input).unwrap());
    assert_eq!(lines.check(), Err(SignatureError::Duplicate("sig1".into())));
}

#[test]
fn beside_the_draft_this_form_counts_if_it_is_understood() {
    let draft = |wire: &mut Wire| {
        let url = Url::parse("https://beta.test/inbox?x=1").unwrap();
        let request = RequestToSign {
            method: "POST",
            url: &url,
            body: Some(BODY),
            content_type: Some("application/activity+json"),
            extra_headers: &[],
        };
        for (name, value) in draft::sign(&request, &ed25519(), now()).unwrap() {
            if name == "signature" {
                wire.headers.append(name, value);
            } else {
                wire.headers.insert(name, value);
            }
        }
    };
    use crate::SignatureForm::{Draft, Rfc9421};
    let mut both = Wire::post();
    draft(&mut both);
    assert_eq!(both.read(now()).unwrap().form, Rfc9421);
    assert_eq!(both.check(), Ok(()));
    for odd in [
        "nonsense(",
        "sig1=(\"@status\");keyid=\"k\"",
        "other=();keyid=\"k\"",
    ] {
        let mut both = Wire::post();
        draft(&mut both);
        both.set("signature-input", odd);
        assert_eq!(both.read(now()).unwrap().form, Draft, "{odd}");
        assert_eq!(both.check(), Ok(()), "{odd}");
    }
    let mut tampered = Wire::post();
    draft(&mut tampered);
    tampered.set("content-digest", "sha-256=:AAAA:");
    assert_eq!(
        tampered.check(),
        Err(SignatureError::Digest),
        "no way out through the other"
    );
}

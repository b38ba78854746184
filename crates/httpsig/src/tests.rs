//! Property tests of both forms: no header makes the parser panic, a request signed here verifies, and
//! any changed byte that is covered is detected.

use super::*;
use openssl::pkey::PKey;
use proptest::prelude::*;
use std::sync::LazyLock;

static ED25519: LazyLock<(SigningKey, VerifyingKey)> = LazyLock::new(|| {
    let pkey = PKey::generate_ed25519().unwrap();
    let pem = String::from_utf8(pkey.public_key_to_pem().unwrap()).unwrap();
    (
        SigningKey::from_pkcs8(
            "https://alpha.test/u/ann#ed25519-key",
            &pkey.private_key_to_pkcs8().unwrap(),
        )
        .unwrap(),
        VerifyingKey::from_multibase(&multikey::of_pem(&pem).unwrap()).unwrap(),
    )
});

/// A body. (Braces in a literal confuse `prop_assert`.)
const BRACES: &[u8] = b"{}";

fn now() -> DateTime<Utc> {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

fn form() -> impl Strategy<Value = SignatureForm> {
    prop::sample::select(SignatureForm::ALL.to_vec())
}

/// A path, with a query or without.
fn target() -> impl Strategy<Value = String> {
    "/[a-z0-9/._~-]{0,20}(\\?[a-z0-9=&%+]{0,20})?"
}

#[test]
fn dates_are_written_as_http_wants_them() {
    for month in 1..=12 {
        for (day, time) in [(1, "00:00:00"), (9, "09:08:07"), (28, "23:59:59")] {
            let at: DateTime<Utc> = format!("2027-{month:02}-{day:02}T{time}Z").parse().unwrap();
            let wanted = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            assert_eq!(http_date(at), wanted);
        }
    }
}

/// A request signed by us.
fn signed(form: SignatureForm, target: &str, body: &[u8]) -> (String, HeaderMap) {
    let url = Url::parse(&format!("https://beta.test{target}")).unwrap();
    let outgoing = RequestToSign {
        method: "POST",
        url: &url,
        body: Some(body),
        content_type: Some("application/activity+json"),
        extra_headers: &[(
            HeaderName::from_static("collection-synchronization"),
            "collectionId=\"c\", digest=\"d\"".to_owned(),
        )],
    };
    let headers = outgoing.sign(form, &ED25519.0, now()).unwrap();
    (path_and_query(&url), headers)
}

fn check(target: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), SignatureError> {
    let request = ReceivedRequest {
        method: "POST",
        path_and_query: target,
        headers,
        body,
        origins: &["https://beta.test"],
    };
    UnverifiedSignature::read(&request, now())?.verify(&ED25519.1)
}

/// Another byte at some place of a text, still one that a header may have.
fn flipped(text: &str, place: prop::sample::Index) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = place.index(bytes.len());
    bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn what_we_sign_verifies(
        form in form(),
        target in target(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (target, headers) = signed(form, &target, &body);
        prop_assert_eq!(check(&target, &headers, &body), Ok(()));
    }

    #[test]
    fn a_changed_byte_is_noticed(
        form in form(),
        target in target(),
        body in prop::collection::vec(any::<u8>(), 1..200),
        place in any::<prop::sample::Index>(),
        which in 0_usize..7,
    ) {
        let (mut target, mut headers) = signed(form, &target, &body);
        let mut body = body;
        let covered: &[&str] = match form {
            SignatureForm::Draft => &["date", "digest", "content-type", "signature"],
            SignatureForm::Rfc9421 => {
                &["content-digest", "content-type", "signature-input", "signature"]
            }
        };
        match which {
            0 => {
                let at = place.index(body.len());
                body[at] ^= 1;
            }
            1 => target = flipped(&target, place),
            2 => target.push('x'),
            name => {
                let name = covered[name - 3];
                let value = flipped(headers[name].to_str().unwrap(), place);
                headers.insert(name, HeaderValue::from_str(&value).unwrap());
            }
        }
        // The draft does not cover its own parameters.
        let harmless = form == SignatureForm::Draft && which == 6;
        prop_assert!(harmless || check(&target, &headers, &body).is_err());
    }

    #[test]
    fn any_headers_are_read_or_refused(
        input in "\\PC{0,120}",
        signature in "\\PC{0,120}",
        date in "[ -~]{0,40}",
        digest in "[ -~]{0,60}",
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("signature-input", &input),
            ("signature", &signature),
            ("date", &date),
            ("digest", &digest),
            ("content-digest", &digest),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        let refused = check("/inbox", &headers, BRACES);
        prop_assert!(refused.is_err());
        headers.remove("signature-input");
        let refused = check("/inbox", &headers, BRACES);
        prop_assert!(refused.is_err());
    }

    #[test]
    fn headers_almost_in_shape_are_read_or_refused(
        list in "(\"(@method|@target-uri|@path|date|content-digest)\" ?){0,5}",
        params in "(;(created|expires|keyid|alg|nonce)=(1795321800|\"k\"|\"ed25519\"|:AA==:|tok)){0,4}",
        names in "((\\(request-target\\)|host|date|digest|\\(created\\)) ?){0,5}",
        rest in "(,(created|expires|algorithm|keyId)=(1|\"hs2019\"|\"k\")){0,4}",
    ) {
        let (_, mut headers) = signed(SignatureForm::Rfc9421, "/inbox", BRACES);
        let input = format!("sig1=({list}){params}");
        headers.insert("signature-input", HeaderValue::from_str(&input).unwrap());
        let refused = check("/inbox", &headers, BRACES);
        prop_assert!(refused.is_err(), "{}: {:?}", input, refused);
        let (_, mut headers) = signed(SignatureForm::Draft, "/inbox", BRACES);
        let draft = format!("keyId=\"k\",headers=\"{names}\",signature=\"AAAA\"{rest}");
        headers.insert("signature", HeaderValue::from_str(&draft).unwrap());
        let refused = check("/inbox", &headers, BRACES);
        prop_assert!(refused.is_err(), "{}: {:?}", draft, refused);
    }

    #[test]
    fn any_text_is_no_key_or_one(text in "\\PC{0,200}", der in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = VerifyingKey::from_document(&text);
        let _ = VerifyingKey::from_document(&format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----"));
        let _ = VerifyingKey::from_document(&format!("z{text}"));
        let _ = VerifyingKey::from_der(&der);
    }
}

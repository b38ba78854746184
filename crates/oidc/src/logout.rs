//! Back-channel logout: the provider says that somebody's session has ended (OpenID Connect Back-Channel
//! Logout 1.0). Anybody can send a token: what can be checked without its signature is checked first, before
//! anything is fetched.

use crate::SignInError;
use crate::identity::ID_MAX;
use crate::metadata::Known;
use crate::provider::{Provider, ProviderConfig, SKEW_SECONDS, payload};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey, JsonWebKeyUse, JwsSigningAlgorithm};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The member of `events` that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds after which a logout token is too old, whatever its `exp`.
const MAX_AGE_SECONDS: i64 = 600;
/// The longest token, in bytes.
const TOKEN_MAX: usize = 8_192;

/// Whose sessions have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOut {
    pub issuer: String,
    /// All of this person's, or those of `session` among them.
    pub subject: Option<String>,
    /// The provider's session.
    pub session: Option<String>,
    /// The token's id (`jti`), of which one token is accepted.
    pub token_id: String,
    /// Until when the token would be accepted.
    pub until: DateTime<Utc>,
}

/// A token in its parts.
struct Token<'t> {
    head: Head,
    claims: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

/// The head of a signed token.
#[derive(Debug, Deserialize)]
struct Head {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl Provider {
    /// Checks a logout token. Whether it was used before is the caller's to know.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn logged_out(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<LoggedOut, SignInError> {
        let token = Token::read(token).ok_or(bad("it cannot be read"))?;
        let out = read_claims(&self.config, &token.claims, now)?;
        let mut known = self.known(now).await?;
        if !token.key_is_known(&known) {
            known = self.refreshed(now).await?;
        }
        match token.is_signed(&known) {
            true => Ok(out),
            false => Err(bad("it is not signed by the provider")),
        }
    }
}

impl<'t> Token<'t> {
    /// Takes a token apart; `None` where it is none, or could not be signed by a provider.
    fn read(token: &'t str) -> Option<Self> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (head, _) = signed.split_once('.')?;
        let head: Head = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
        // RFC 8725 §3.11: what is of another type is not taken for a logout token.
        let typ = head.typ.as_deref().map(str::to_ascii_lowercase);
        let is_typed = matches!(
            typ.as_deref(),
            None | Some("jwt" | "logout+jwt" | "application/logout+jwt")
        );
        let is_short = head.kid.as_ref().is_none_or(|kid| kid.len() <= ID_MAX);
        // Secrets that are shared with clients sign nothing that a browser or anybody can send.
        if !is_typed || !is_short || head.alg.uses_shared_secret() || head.crit.is_some() {
            return None;
        }
        Some(Self {
            head,
            claims: payload(token)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// The provider's keys that may have signed it.
    fn keys<'k>(&self, known: &'k Known) -> impl Iterator<Item = &'k CoreJsonWebKey> {
        let named = move |key: &&CoreJsonWebKey| {
            let kid = self.head.kid.as_ref();
            kid.is_none() || kid == key.key_id().map(|id| &**id)
        };
        let signs =
            |key: &&CoreJsonWebKey| key.key_use().is_none_or(JsonWebKeyUse::allows_signature);
        known
            .metadata
            .jwks()
            .keys()
            .iter()
            .filter(signs)
            .filter(named)
    }

    fn key_is_known(&self, known: &Known) -> bool {
        self.keys(known).next().is_some()
    }

    fn is_signed(&self, known: &Known) -> bool {
        let allowed = known.metadata.id_token_signing_alg_values_supported();
        let verifies = |key: &CoreJsonWebKey| {
            let signed = self.signed.as_bytes();
            key.verify_signature(&self.head.alg, signed, &self.signature)
                .is_ok()
        };
        allowed.contains(&self.head.alg) && self.keys(known).any(verifies)
    }
}

fn read_claims(
    config: &ProviderConfig,
    claims: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<LoggedOut, SignInError> {
    let text = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if text("iss").as_deref() != Some(config.issuer.as_str()) {
        return Err(SignInError::Issuer(text("iss").unwrap_or_default()));
    }
    if !is_for(claims.get("aud"), &config.client_id) {
        return Err(bad("it is for another client"));
    }
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    // §2.4: the nonce keeps an ID token from being taken for a logout token.
    if !event.is_some_and(Value::is_object) || claims.contains_key("nonce") {
        return Err(bad("it is no logout token"));
    }
    let until = until(claims, now)?;
    let (subject, session) = (text("sub"), text("sid"));
    if subject.is_none() && session.is_none() {
        return Err(bad("it names nobody"));
    }
    let token_id = text("jti").ok_or(bad("it has no id"))?;
    let all = [subject.as_ref(), session.as_ref(), Some(&token_id)];
    if all.into_iter().flatten().any(|text| text.len() > ID_MAX) {
        return Err(bad("what it names is too long"));
    }
    Ok(LoggedOut {
        issuer: config.issuer.clone(),
        subject,
        session,
        token_id,
        until,
    })
}

/// Until when a token is accepted.
fn until(claims: &Map<String, Value>, now: DateTime<Utc>) -> Result<DateTime<Utc>, SignInError> {
    let time = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64);
        seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0))
    };
    let issued = time("iat").ok_or(bad("it does not say when it was issued"))?;
    let wrong = || SignInError::Clock("the logout token".to_owned());
    let skew = TimeDelta::seconds(SKEW_SECONDS);
    if issued > now + skew {
        return Err(wrong());
    }
    let oldest = issued + TimeDelta::seconds(MAX_AGE_SECONDS);
    let until = time("exp").map_or(oldest, |expires| expires.min(oldest)) + skew;
    if until < now {
        return Err(wrong());
    }
    Ok(until)
}

fn bad(why: &str) -> SignInError {
    SignInError::Token(why.to_owned())
}

fn is_for(audience: Option<&Value>, client_id: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(client_id)),
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClaimNames;
    use model::LangText;
    use serde_json::json;

    fn config() -> ProviderConfig {
        ProviderConfig {
            key: "institution".to_owned(),
            name: LangText::single("en", "Larchmere"),
            issuer: "https://login.example".to_owned(),
            client_id: "hedgerow".to_owned(),
            client_secret: None,
            scopes: Vec::new(),
            claims: ClaimNames::default(),
            require_group: None,
            trusts_mail: false,
            factors: Vec::new(),
            creates_accounts: true,
            is_only: false,
        }
    }

    #[test]
    fn claims_are_checked_before_the_signature() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let token = json!({
            "iss": "https://login.example", "aud": ["other", "hedgerow"], "iat": 1_800_000_000_i64,
            "exp": 1_900_000_000_i64, "jti": "a", "sub": "s-1", "events": { EVENT: {} },
        });
        let read = |name: &str, value: Value| {
            let mut claims = token.as_object().unwrap().clone();
            claims.insert(name.to_owned(), value);
            read_claims(&config(), &claims, now)
        };
        let out = read("sid", json!("x")).unwrap();
        assert_eq!(
            (out.token_id.as_str(), out.session.as_deref()),
            ("a", Some("x"))
        );
        let until = now + TimeDelta::seconds(660);
        assert_eq!(out.until, until, "not until its exp");
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("aud", json!("other")),
            ("events", json!({})),
            ("nonce", json!("n")),
            ("jti", json!("")),
            ("jti", json!("x".repeat(256))),
            ("sub", json!("x".repeat(256))),
            ("iat", json!(1_799_999_000)),
            ("iat", json!(1_800_000_100)),
            ("iat", json!(8_000_000_000_000_i64)),
            ("exp", json!(1_799_999_900)),
        ] {
            let refused = read(name, value.clone());
            assert!(refused.is_err(), "{name} {value}: {refused:?}");
        }
    }
}

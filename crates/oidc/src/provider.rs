//! A provider: where it is, what it is asked, and what it answers.

use crate::identity::{ID_MAX, add_claims, has, has_factor};
use crate::metadata::{Cache, Known};
use crate::{ClaimNames, Identity, SignInError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use client::{Client, FetchError};
use model::LangText;
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreProviderMetadata,
    CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// Seconds by which the clocks of the two servers may differ.
pub const SKEW_SECONDS: i64 = 60;
/// Seconds after which an ID token, which comes at once, is too old, whatever its `exp`.
const TOKEN_SECONDS: i64 = 600;

/// How a provider is used.
#[derive(Clone)]
pub struct ProviderConfig {
    /// Names it in our URLs.
    pub key: String,
    /// What people call it.
    pub name: LangText,
    /// Its issuer, exactly as it writes it.
    pub issuer: String,
    pub client_id: String,
    /// `None` for a public client.
    pub client_secret: Option<String>,
    /// The scopes besides `openid`.
    pub scopes: Vec<String>,
    pub claims: ClaimNames,
    /// The group without which nobody signs in.
    pub require_group: Option<String>,
    /// Takes addresses as verified where the provider does not say.
    pub trusts_mail: bool,
    /// The values of `acr` and `amr` with which a second factor there counts as ours.
    pub factors: Vec<String>,
    /// Makes an account for somebody who has none.
    pub creates_accounts: bool,
    /// Nobody but administrators signs in with a password.
    pub is_only: bool,
}

/// A provider, with its description and keys once they were fetched.
pub struct Provider {
    pub config: ProviderConfig,
    client: Client,
    pub(crate) cache: Cache,
}

/// What must be remembered until the answer comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub nonce: String,
    /// The secret of PKCE.
    pub verifier: String,
    /// In Unix seconds, since when they must have shown who they are; `None` where it may be long ago.
    pub since: Option<i64>,
}

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// The `state`, with which it comes back.
    pub state: String,
    pub asked: Asked,
}

impl std::fmt::Debug for ProviderConfig {
    /// Leaves the secret out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("key", &self.key)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("key", &self.config.key)
            .field("issuer", &self.config.issuer)
            .finish_non_exhaustive()
    }
}

impl Provider {
    #[must_use]
    pub fn new(config: ProviderConfig, client: Client) -> Self {
        Self {
            config,
            client,
            cache: Cache::default(),
        }
    }

    /// Fetches the provider's description and keys, or takes them where they are less than an hour old.
    ///
    /// # Errors
    /// [`SignInError`] where they cannot be fetched, or are not those of the issuer.
    pub async fn reach(&self, now: DateTime<Utc>) -> Result<(), SignInError> {
        self.known(now).await.map(drop)
    }

    /// Builds the address to which a browser is sent; `redirect` is where it comes back. With `anew`, the provider
    /// asks who it is even where somebody is signed in there, and [`Provider::finish`] checks that it did where the
    /// provider says when.
    ///
    /// # Errors
    /// [`SignInError`] where the provider's description cannot be fetched.
    pub async fn begin(
        &self,
        redirect: &str,
        anew: bool,
        now: DateTime<Utc>,
    ) -> Result<Begun, SignInError> {
        let known = self.known(now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.oauth_client(&known).set_redirect_uri(url(redirect)?);
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in &self.config.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        if anew {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (url, state, nonce) = request.url();
        Ok(Begun {
            url: url.into(),
            state: state.into_secret(),
            asked: Asked {
                nonce: nonce.secret().clone(),
                verifier: verifier.into_secret(),
                since: anew.then(|| now.timestamp()),
            },
        })
    }

    /// Exchanges the code for tokens, checks them, and reads who it is.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn finish(
        &self,
        redirect: &str,
        asked: &Asked,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<Identity, SignInError> {
        let known = self.known(now).await?;
        let tokens = self.exchange(&known, redirect, asked, code).await?;
        let (subject, mut claims) = self.verified(&known, &tokens, asked, now).await?;
        check_claims(&claims, &self.config.client_id, now)?;
        let has_factor = has_factor(&claims, &self.config.factors);
        let names = &self.config.claims;
        let mut wanted = vec![&names.handle, &names.name, &names.mail];
        wanted.extend(self.config.require_group.as_ref().map(|_| &names.groups));
        if wanted.iter().any(|name| !has(&claims, name)) {
            let more = self
                .user_info(&known, tokens.access_token().secret(), &subject)
                .await?;
            add_claims(&mut claims, more);
        }
        let trusts = self.config.trusts_mail;
        let read = Identity::read(&self.config.issuer, &subject, &claims, names, trusts);
        let identity = Identity { has_factor, ..read };
        let said = asked.since.zip(identity.authenticated_at);
        if let Some((since, at)) = said
            && at < since - SKEW_SECONDS
        {
            return Err(SignInError::Token(format!(
                "it should have asked who it is, and last did {} s before",
                since - at
            )));
        }
        match &self.config.require_group {
            Some(group) if !identity.groups.contains(group) => Err(SignInError::Group),
            Some(_) | None => Ok(identity),
        }
    }

    async fn exchange(
        &self,
        known: &Known,
        redirect: &str,
        asked: &Asked,
        code: &str,
    ) -> Result<CoreTokenResponse, SignInError> {
        let client = self.oauth_client(known).set_redirect_uri(url(redirect)?);
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| SignInError::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()));
        let http = self.http();
        request
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    SignInError::Refused(answer.to_string())
                }
                RequestTokenError::Request(error) => error.into(),
                other => SignInError::Unavailable(other.to_string()),
            })
    }

    /// Checks the ID token; returns its subject and its claims. A key that is not known is looked for once.
    async fn verified(
        &self,
        known: &Known,
        tokens: &CoreTokenResponse,
        asked: &Asked,
        now: DateTime<Utc>,
    ) -> Result<(String, Map<String, Value>), SignInError> {
        let first = self.verify(known, tokens, asked, now);
        let missing = ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        );
        let verified = match first {
            Err(error) if error == missing => {
                let known = self.refreshed(now).await?;
                self.verify(&known, tokens, asked, now)
            }
            other => other,
        };
        verified.map_err(refusal)
    }

    fn verify(
        &self,
        known: &Known,
        tokens: &CoreTokenResponse,
        asked: &Asked,
        now: DateTime<Utc>,
    ) -> Result<(String, Map<String, Value>), ClaimsVerificationError> {
        let malformed = |why: &str| ClaimsVerificationError::Other(why.to_owned());
        let token = tokens.id_token().ok_or(malformed("there is no ID token"))?;
        let skew = TimeDelta::seconds(SKEW_SECONDS);
        let client = self.oauth_client(known);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(
                known
                    .metadata
                    .id_token_signing_alg_values_supported()
                    .clone(),
            )
            .set_time_fn(move || now - skew)
            .set_issue_time_verifier_fn(move |issued| match issued <= now + skew {
                true => Ok(()),
                false => Err(format!("it was issued at {issued}, and it is {now}")),
            });
        let claims = token.claims(&verifier, &Nonce::new(asked.nonce.clone()))?;
        let all = payload(&token.to_string()).ok_or(malformed("its claims cannot be read"))?;
        Ok((claims.subject().to_string(), all))
    }

    /// Fetches the claims that the ID token left out.
    async fn user_info(
        &self,
        known: &Known,
        token: &str,
        subject: &str,
    ) -> Result<Map<String, Value>, SignInError> {
        let Some(endpoint) = known.metadata.userinfo_endpoint() else {
            return Ok(Map::new());
        };
        let bad = |why: String| SignInError::Unavailable(format!("userinfo: {why}"));
        let request = http::Request::get(endpoint.as_str())
            .header(http::header::AUTHORIZATION, format!("Bearer {token}"))
            .header(http::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| bad(error.to_string()))?;
        let response = self.client.send(request).await?;
        if !response.status().is_success() {
            return Err(bad(response.status().to_string()));
        }
        let claims: Map<String, Value> =
            serde_json::from_slice(response.body()).map_err(|error| bad(error.to_string()))?;
        // Core §5.3.2: else somebody's claims could be put beside another's token.
        match claims.get("sub").and_then(Value::as_str) {
            Some(said) if said == subject => Ok(claims),
            Some(_) | None => Err(SignInError::Token(
                "userinfo has another subject".to_owned(),
            )),
        }
    }

    /// The HTTP client as the library calls it.
    pub(crate) fn http(
        &self,
    ) -> impl Fn(
        HttpRequest,
    )
        -> std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send>>
    + Send
    + Sync
    + use<> {
        let client = self.client.clone();
        move |request| {
            let client = client.clone();
            Box::pin(async move { client.send(request).await })
        }
    }

    fn oauth_client(&self, known: &Known) -> OauthClient {
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(
            (*known.metadata).clone(),
            ClientId::new(self.config.client_id.clone()),
            secret,
        );
        client.set_auth_type(auth_type(&known.metadata))
    }
}

type OauthClient = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// How the secret is sent: in a header, unless the provider only takes it in the body.
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    let supported = metadata.token_endpoint_auth_methods_supported();
    let has = |method: &CoreClientAuthMethod| supported.is_some_and(|all| all.contains(method));
    let only_in_body = has(&CoreClientAuthMethod::ClientSecretPost)
        && !has(&CoreClientAuthMethod::ClientSecretBasic);
    match only_in_body {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    }
}

fn url(redirect: &str) -> Result<RedirectUrl, SignInError> {
    let url = RedirectUrl::new(redirect.to_owned());
    url.map_err(|error| SignInError::Unavailable(error.to_string()))
}

/// The claims of a token whose signature was checked.
pub(crate) fn payload(token: &str) -> Option<Map<String, Value>> {
    let encoded = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}

/// Checks of an ID token what the library leaves to us: for whom it was issued, how old it is, and how long what it
/// names is.
fn check_claims(
    claims: &Map<String, Value>,
    client_id: &str,
    now: DateTime<Utc>,
) -> Result<(), SignInError> {
    let bad = |why: &str| SignInError::Token(why.to_owned());
    // Core §3.1.3.7: the authorized party, where it is named.
    if claims
        .get("azp")
        .is_some_and(|party| party.as_str() != Some(client_id))
    {
        return Err(bad("it was issued to another client"));
    }
    let issued = claims.get("iat").and_then(Value::as_i64);
    let issued = issued.ok_or(bad("it does not say when it was issued"))?;
    if issued < now.timestamp() - TOKEN_SECONDS - SKEW_SECONDS {
        return Err(SignInError::Clock("the ID token is old".to_owned()));
    }
    let is_long = |name: &str| {
        let text = claims.get(name).and_then(Value::as_str);
        text.is_some_and(|text| text.len() > ID_MAX)
    };
    match is_long("sub") || is_long("sid") {
        true => Err(bad("its subject or session is too long")),
        false => Ok(()),
    }
}

/// What the library's refusal of a token means to a person.
fn refusal(error: ClaimsVerificationError) -> SignInError {
    match error {
        ClaimsVerificationError::Expired(why) => SignInError::Clock(why),
        ClaimsVerificationError::InvalidIssuer(why) => SignInError::Issuer(why),
        ClaimsVerificationError::InvalidNonce(why) => SignInError::Nonce(why),
        ClaimsVerificationError::SignatureVerification(why) => SignInError::Token(why.to_string()),
        other => SignInError::Token(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_token_is_for_us_fresh_and_short() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let check = |text: &str| {
            let claims: Map<String, Value> = serde_json::from_str(text).unwrap();
            check_claims(&claims, "hedgerow", now)
        };
        assert_eq!(
            check(r#"{"sub":"1","iat":1800000000,"azp":"hedgerow"}"#),
            Ok(())
        );
        assert_eq!(check(r#"{"sub":"1","iat":1799999400}"#), Ok(()));
        let old = check(r#"{"sub":"1","iat":1799999000}"#);
        assert!(matches!(old, Err(SignInError::Clock(_))), "{old:?}");
        for wrong in [
            r#"{"sub":"1","iat":1800000000,"azp":"another"}"#.to_owned(),
            r#"{"sub":"1"}"#.to_owned(),
            format!(r#"{{"sub":"{}","iat":1800000000}}"#, "x".repeat(256)),
        ] {
            let refused = check(&wrong);
            assert!(
                matches!(refused, Err(SignInError::Token(_))),
                "{wrong}: {refused:?}"
            );
        }
    }
}

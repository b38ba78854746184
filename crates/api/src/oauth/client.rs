//! How an application authenticates itself (RFC 6749 §2.3): by Basic, by parameters, or, without a secret,
//! by its id alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::secret;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use httpkit::App;
use query::row::OauthApp;

use super::parameters::Parameters;
use super::token::OauthError;

/// The application that sends a request.
///
/// # Errors
/// `InvalidClient` for an unknown one, a wrong secret, a missing one, or one where there is none.
pub async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    sent: &Parameters,
) -> Result<OauthApp, OauthError> {
    let (id, typed) = match basic(headers)? {
        Some(_) if sent.get("client_secret").is_some() => {
            return Err(OauthError::InvalidRequest(
                "two ways to authenticate at once",
            ));
        }
        Some((id, secret)) => (id, Some(secret).filter(|secret| !secret.is_empty())),
        None => {
            let id = sent.get("client_id").ok_or(OauthError::InvalidClient)?;
            (id.to_owned(), sent.get("client_secret").map(str::to_owned))
        }
    };
    let found = app
        .store()
        .read(move |db| query::oauth::app(db, &id))
        .await?;
    let client = found.ok_or(OauthError::InvalidClient)?;
    let digest = typed.map_or_else(String::new, |typed| secret::digest(&typed));
    match secret::same(&digest, &client.secret_hash) {
        true => Ok(client),
        false => Err(OauthError::InvalidClient),
    }
}

/// Id and secret of the `Authorization` header, which are percent-encoded in it.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, OauthError> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let read = || {
        let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded.trim()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (id, secret) = text.split_once(':')?;
        scheme
            .eq_ignore_ascii_case("basic")
            .then(|| (decoded(id), decoded(secret)))
    };
    read().map(Some).ok_or(OauthError::InvalidClient)
}

/// Decodes one value of a form.
fn decoded(text: &str) -> String {
    let pairs = httpkit::body::form_pairs(format!("v={text}").as_bytes());
    pairs
        .into_iter()
        .next()
        .map(|(_, value)| value)
        .unwrap_or_default()
}

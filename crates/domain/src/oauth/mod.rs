//! OAuth 2: applications register, a person lets one act for them by a code, and the application exchanges it
//! for a token. Secrets, codes and tokens are random outside, hashed inside.

pub mod redirect;
#[cfg(test)]
mod tests;

use crate::account::require_active;
use crate::{Error, Outcome, Tx, secret};
use model::oauth::{
    ADDRESS_MAX, APP_NAME_MAX, APP_TOKEN_SECONDS, CODE_SECONDS, REDIRECTS_MAX, Scopes,
    USER_TOKEN_SECONDS,
};
use model::refusal::Checks;
use model::{ActorId, OauthAppId, Time, TokenId, Why};
use store::{oauth, row};

/// An application that registers.
#[derive(Debug, Clone)]
pub struct NewApp {
    pub client_id: String,
    /// The digest of its secret; `None`: a public client, which proves each code by PKCE.
    pub secret_hash: Option<String>,
    pub name: String,
    /// Empty: none.
    pub website: String,
    pub redirects: Vec<String>,
    /// What it may ask for.
    pub scopes: Scopes,
}

/// Registers an application.
///
/// # Errors
/// `Invalid(client_name | website | redirect_uris | scopes)`.
pub fn register_app(tx: &mut Tx<'_>, new: &NewApp) -> Outcome<row::OauthApp> {
    let website = new.website.trim();
    let is_web = ["https://", "http://"]
        .iter()
        .any(|start| website.starts_with(start));
    let redirects_count = (1..=REDIRECTS_MAX).contains(&new.redirects.len());
    Checks::default()
        .text("client_name", &new.name, APP_NAME_MAX)
        .readable("client_name", &new.name)
        .that(
            website.is_empty()
                || (is_web && website.len() <= ADDRESS_MAX && url::Url::parse(website).is_ok()),
            "website",
            Why::Malformed,
        )
        .that(redirects_count, "redirect_uris", Why::Required)
        .that(
            new.redirects.iter().all(|one| redirect::is_acceptable(one)),
            "redirect_uris",
            Why::Malformed,
        )
        .that(!new.scopes.is_empty(), "scopes", Why::Required)
        .done()?;
    let row = row::OauthApp {
        id: tx.id(),
        owner_id: None,
        client_id: new.client_id.clone(),
        secret_hash: new.secret_hash.clone().unwrap_or_default(),
        name: new.name.trim().to_owned(),
        website: website.to_owned(),
        redirects: new.redirects.join("\n"),
        scopes: new.scopes.to_string(),
        created_at: tx.now,
    };
    oauth::insert_app(tx.db, &row)?;
    Ok(row)
}

/// What a person lets an application do.
#[derive(Debug, Clone)]
pub struct NewCode {
    pub code_hash: String,
    pub app: OauthAppId,
    /// A registered address, see [`redirect::matching`].
    pub redirect: String,
    pub scopes: Scopes,
    /// The challenge of PKCE, S256.
    pub challenge: Option<String>,
}

/// Stores the code by which a person lets an application act for them.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`.
pub fn grant(tx: &mut Tx<'_>, owner: ActorId, new: &NewCode) -> Outcome<()> {
    require_active(tx, owner)?;
    let row = row::OauthCode {
        code_hash: new.code_hash.clone(),
        app_id: new.app,
        account_id: owner,
        redirect: new.redirect.clone(),
        scopes: new.scopes.to_string(),
        challenge: new.challenge.clone().unwrap_or_default(),
        expires_at: tx.now.plus_seconds(CODE_SECONDS),
        used_at: None,
    };
    Ok(oauth::insert_code(tx.db, &row)?)
}

/// A code that an application hands in.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The application, which has authenticated itself.
    pub app: OauthAppId,
    pub code_hash: String,
    /// As in the request for the code.
    pub redirect: String,
    /// The verifier of PKCE.
    pub verifier: Option<String>,
    /// The digest of the token to be.
    pub token_hash: String,
}

/// Exchanges a code for a token. `None` where the code is unknown, another application's, expired, used, or
/// not proved; the first attempt of its application uses it up, and a second one ends the token.
///
/// # Errors
/// Faults only.
pub fn exchange(tx: &mut Tx<'_>, by: &Exchange) -> Outcome<Option<row::OauthToken>> {
    let code = oauth::code(tx.db, &by.code_hash)?;
    let Some(code) = code.filter(|code| code.app_id == by.app) else {
        return Ok(None);
    };
    if code.used_at.is_some() {
        oauth::end_tokens_of_code(tx.db, &code.code_hash)?;
        return Ok(None);
    }
    oauth::use_code(tx.db, &code.code_hash, tx.now)?;
    let valid = code.expires_at > tx.now
        && code.redirect == by.redirect
        && is_proved(&code.challenge, by.verifier.as_deref());
    if !valid || require_active(tx, code.account_id).is_err() {
        return Ok(None);
    }
    let token = row::OauthToken {
        id: tx.id(),
        app_id: code.app_id,
        account_id: Some(code.account_id),
        token_hash: by.token_hash.clone(),
        scopes: code.scopes,
        code_hash: code.code_hash,
        created_at: tx.now,
        used_at: None,
        expires_at: Some(tx.now.plus_seconds(USER_TOKEN_SECONDS)),
    };
    oauth::insert_token(tx.db, &token)?;
    Ok(Some(token))
}

/// Whether a verifier proves a challenge of PKCE; without a challenge there must be none either, so that
/// nobody takes the challenge out of another's request.
fn is_proved(challenge: &str, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        ("", None) => true,
        ("", Some(_)) | (_, None) => false,
        (challenge, Some(verifier)) => secret::same(&secret::digest(verifier), challenge),
    }
}

/// Makes a token with which an application acts for nobody but itself.
///
/// # Errors
/// Faults only.
pub fn make_app_token(
    tx: &mut Tx<'_>,
    app: OauthAppId,
    token_hash: &str,
    scopes: &Scopes,
) -> Outcome<row::OauthToken> {
    let token = row::OauthToken {
        id: tx.id(),
        app_id: app,
        account_id: None,
        token_hash: token_hash.to_owned(),
        scopes: scopes.to_string(),
        code_hash: String::new(),
        created_at: tx.now,
        used_at: None,
        expires_at: Some(tx.now.plus_seconds(APP_TOKEN_SECONDS)),
    };
    oauth::insert_token(tx.db, &token)?;
    Ok(token)
}

/// Ends a token at the wish of its application. Idempotent; another application's stays.
///
/// # Errors
/// Faults only.
pub fn revoke(tx: &mut Tx<'_>, app: OauthAppId, token_hash: &str) -> Outcome<()> {
    Ok(oauth::end_token_of_app(tx.db, app, token_hash)?)
}

/// Takes from an application what lets it act for somebody.
///
/// # Errors
/// `NotFound` where it could not.
pub fn end_app_access(tx: &mut Tx<'_>, owner: ActorId, app: OauthAppId) -> Outcome<()> {
    match oauth::end_app_access(tx.db, owner, app)? {
        true => Ok(()),
        false => Err(Error::not_found("app")),
    }
}

/// A token that somebody makes by hand: of an application of their own.
#[derive(Debug, Clone)]
pub struct OwnToken {
    pub token_hash: String,
    /// What it is for.
    pub name: String,
    pub scopes: Scopes,
    /// `None`: it holds until it is revoked.
    pub expires_at: Option<Time>,
}

/// Makes a token by hand; the token itself is shown once and not kept.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `NotFound`, `Invalid(token_name | scopes)`.
pub fn make_own_token(tx: &mut Tx<'_>, owner: ActorId, new: &OwnToken) -> Outcome<TokenId> {
    require_active(tx, owner)?;
    Checks::default()
        .text("token_name", &new.name, APP_NAME_MAX)
        .that(!new.scopes.is_empty(), "scopes", Why::Required)
        .done()?;
    let app = row::OauthApp {
        id: tx.id(),
        owner_id: Some(owner),
        client_id: secret::token(),
        secret_hash: String::new(),
        name: new.name.trim().to_owned(),
        website: String::new(),
        redirects: String::new(),
        scopes: new.scopes.to_string(),
        created_at: tx.now,
    };
    oauth::insert_app(tx.db, &app)?;
    let token = row::OauthToken {
        id: tx.id(),
        app_id: app.id,
        account_id: Some(owner),
        token_hash: new.token_hash.clone(),
        scopes: app.scopes,
        code_hash: String::new(),
        created_at: tx.now,
        used_at: None,
        expires_at: new.expires_at,
    };
    oauth::insert_token(tx.db, &token)?;
    Ok(token.id)
}

/// Ends a token.
///
/// # Errors
/// `NotFound` where it is not one of theirs.
pub fn end_token(tx: &mut Tx<'_>, owner: ActorId, id: TokenId) -> Outcome<()> {
    match oauth::end_token(tx.db, owner, id)? {
        true => Ok(()),
        false => Err(Error::not_found("token")),
    }
}

/// The token is in use.
///
/// # Errors
/// Faults only.
pub fn touch_token(tx: &mut Tx<'_>, id: TokenId) -> Outcome<()> {
    Ok(oauth::touch_token(tx.db, id, tx.now)?)
}

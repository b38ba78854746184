//! Applications, and what lets them act for people.

use crate::row::{OauthApp, OauthToken};
use domain::Outcome;
use model::oauth::Scopes;
use model::{ActorId, OauthAppId, Time};
use std::collections::BTreeMap;
use store::Db;

pub use store::oauth::TokenOwner;

/// The application of a client id, unless it is somebody's own, which has no client.
///
/// # Errors
/// Faults.
pub fn app(db: &mut Db, client_id: &str) -> Outcome<Option<OauthApp>> {
    let app = store::oauth::app(db, client_id)?;
    Ok(app.filter(|app| app.owner_id.is_none()))
}

/// The token with a digest, while it holds, with whom it acts for.
///
/// # Errors
/// Faults.
pub fn by_token(db: &mut Db, digest: &str, now: Time) -> Outcome<Option<TokenOwner>> {
    Ok(store::oauth::token(db, digest, now)?)
}

/// A token that somebody has made by hand.
#[derive(Debug, Clone)]
pub struct OwnToken {
    pub token: OauthToken,
    /// What it is for.
    pub name: String,
}

/// An application that may act for somebody.
#[derive(Debug, Clone)]
pub struct AppAccess {
    pub app: OauthApp,
    /// What all its tokens together let it do.
    pub scopes: Scopes,
    pub since: Time,
    pub used_at: Option<Time>,
}

/// What may act for somebody.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Applications, the newest first.
    pub apps: Vec<AppAccess>,
    /// Tokens made by hand, the newest first.
    pub own: Vec<OwnToken>,
}

/// Lists what may act for somebody.
///
/// # Errors
/// Faults.
pub fn access(db: &mut Db, who: ActorId, now: Time) -> Outcome<Access> {
    let mut own = Vec::new();
    let mut apps: BTreeMap<OauthAppId, AppAccess> = BTreeMap::new();
    for (token, app) in store::oauth::tokens(db, who)? {
        if token.expires_at.is_some_and(|at| at <= now) {
            continue;
        }
        if app.owner_id.is_some() {
            let name = app.name;
            own.push(OwnToken { token, name });
            continue;
        }
        let words = token.scopes.as_str();
        let access = apps.entry(app.id).or_insert_with(|| AppAccess {
            app,
            scopes: Scopes::default(),
            since: token.created_at,
            used_at: None,
        });
        access.scopes = Scopes::stored(&format!("{} {words}", access.scopes));
        access.since = access.since.min(token.created_at);
        access.used_at = access.used_at.max(token.used_at);
    }
    let mut apps: Vec<AppAccess> = apps.into_values().collect();
    apps.sort_by_key(|access| std::cmp::Reverse(access.since));
    Ok(Access { apps, own })
}

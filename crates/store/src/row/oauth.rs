//! Applications, and what lets them act for people.

use crate::schema::*;
use diesel::prelude::*;
use model::{ActorId, OauthAppId, Time, TokenId};

/// An application that uses the API.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_app, treat_none_as_default_value = false)]
pub struct OauthApp {
    pub id: OauthAppId,
    /// Whose own application it is, with the one token that they made by hand; `None`: it has registered.
    pub owner_id: Option<ActorId>,
    pub client_id: String,
    /// The digest of its secret; empty: a public client, which has none.
    pub secret_hash: String,
    pub name: String,
    pub website: String,
    /// One address a line.
    pub redirects: String,
    /// The scopes it may ask for.
    pub scopes: String,
    pub created_at: Time,
}

/// An authorization code.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_code, treat_none_as_default_value = false)]
pub struct OauthCode {
    pub code_hash: String,
    pub app_id: OauthAppId,
    pub account_id: ActorId,
    pub redirect: String,
    pub scopes: String,
    /// The challenge of PKCE, S256; empty: none.
    pub challenge: String,
    pub expires_at: Time,
    /// When it was exchanged.
    pub used_at: Option<Time>,
}

/// A token for the API.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oauth_token, treat_none_as_default_value = false)]
pub struct OauthToken {
    pub id: TokenId,
    pub app_id: OauthAppId,
    /// For whom it acts; `None`: the application's own.
    pub account_id: Option<ActorId>,
    pub token_hash: String,
    pub scopes: String,
    /// The code it was exchanged for; empty: none.
    pub code_hash: String,
    pub created_at: Time,
    pub used_at: Option<Time>,
    /// `None`: it holds until it is revoked.
    pub expires_at: Option<Time>,
}

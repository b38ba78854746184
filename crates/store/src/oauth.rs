//! Applications that use the API, the codes that people grant them, and tokens.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::{Account, Actor, OauthApp, OauthCode, OauthToken};
use crate::schema::{account, actor, oauth_app, oauth_code, oauth_token};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use model::{ActorId, OauthAppId, Time, TokenId};

/// Adds an application.
pub fn insert_app(db: &mut Db, row: &OauthApp) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(oauth_app::table).values(row).execute(c))?;
    Ok(())
}

/// The application of a client id.
pub fn app(db: &mut Db, client_id: &str) -> QueryResult<Option<OauthApp>> {
    oauth_app::table
        .filter(oauth_app::client_id.eq(client_id))
        .select(OauthApp::as_select())
        .first(db)
        .optional()
}

/// Adds a code.
pub fn insert_code(db: &mut Db, row: &OauthCode) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(oauth_code::table).values(row).execute(c))?;
    Ok(())
}

/// A code, used or not.
pub fn code(db: &mut Db, code_hash: &str) -> QueryResult<Option<OauthCode>> {
    oauth_code::table
        .find(code_hash)
        .select(OauthCode::as_select())
        .first(db)
        .optional()
}

/// Records that a code was exchanged.
pub fn use_code(db: &mut Db, code_hash: &str, now: Time) -> QueryResult<()> {
    diesel::update(oauth_code::table.find(code_hash))
        .set(oauth_code::used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Adds a token.
pub fn insert_token(db: &mut Db, row: &OauthToken) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(oauth_token::table).values(row).execute(c))?;
    Ok(())
}

/// A token with whom it acts for, if anybody.
pub type TokenOwner = (OauthToken, Option<(Account, Actor)>);

/// The token of a digest, while it holds.
pub fn token(db: &mut Db, token_hash: &str, now: Time) -> QueryResult<Option<TokenOwner>> {
    let found: Option<(OauthToken, Option<Account>, Option<Actor>)> = oauth_token::table
        .left_join(account::table.inner_join(actor::table))
        .filter(oauth_token::token_hash.eq(token_hash))
        .filter(
            oauth_token::expires_at
                .is_null()
                .or(oauth_token::expires_at.gt(now)),
        )
        .select((
            OauthToken::as_select(),
            Option::<Account>::as_select(),
            Option::<Actor>::as_select(),
        ))
        .first(db)
        .optional()?;
    Ok(found.map(|(token, account, actor)| (token, account.zip(actor))))
}

/// The tokens that act for an account, with their applications, the newest first.
pub fn tokens(db: &mut Db, owner: ActorId) -> QueryResult<Vec<(OauthToken, OauthApp)>> {
    oauth_token::table
        .inner_join(oauth_app::table)
        .filter(oauth_token::account_id.eq(owner))
        .order(oauth_token::id.desc())
        .select((OauthToken::as_select(), OauthApp::as_select()))
        .load(db)
}

/// Records when a token was used.
pub fn touch_token(db: &mut Db, id: TokenId, now: Time) -> QueryResult<()> {
    diesel::update(oauth_token::table.find(id))
        .set(oauth_token::used_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Deletes a token of an application, whomever it acts for.
pub fn end_token_of_app(db: &mut Db, app: OauthAppId, token_hash: &str) -> QueryResult<()> {
    diesel::delete(
        oauth_token::table
            .filter(oauth_token::app_id.eq(app))
            .filter(oauth_token::token_hash.eq(token_hash)),
    )
    .execute(db)?;
    Ok(())
}

/// Deletes the tokens that a code was exchanged for.
pub fn end_tokens_of_code(db: &mut Db, code_hash: &str) -> QueryResult<usize> {
    diesel::delete(oauth_token::table.filter(oauth_token::code_hash.eq(code_hash))).execute(db)
}

/// Deletes what lets an application act for an account. Returns whether there was anything.
pub fn end_app_access(db: &mut Db, owner: ActorId, app: OauthAppId) -> QueryResult<bool> {
    diesel::delete(
        oauth_code::table
            .filter(oauth_code::account_id.eq(owner))
            .filter(oauth_code::app_id.eq(app)),
    )
    .execute(db)?;
    let gone = diesel::delete(
        oauth_token::table
            .filter(oauth_token::account_id.eq(owner))
            .filter(oauth_token::app_id.eq(app)),
    )
    .execute(db)?;
    Ok(gone > 0)
}

/// Deletes a token that acts for an account. Returns whether there was one.
pub fn end_token(db: &mut Db, owner: ActorId, id: TokenId) -> QueryResult<bool> {
    let gone = diesel::delete(
        oauth_token::table
            .filter(oauth_token::id.eq(id))
            .filter(oauth_token::account_id.eq(owner)),
    )
    .execute(db)?;
    Ok(gone > 0)
}

/// Deletes everything that lets applications act for an account, codes included.
pub fn end_access(db: &mut Db, owner: ActorId) -> QueryResult<()> {
    diesel::delete(oauth_code::table.filter(oauth_code::account_id.eq(owner))).execute(db)?;
    diesel::delete(oauth_token::table.filter(oauth_token::account_id.eq(owner))).execute(db)?;
    Ok(())
}

/// Codes are kept for a day after they have expired, see [`OauthCode::used_at`].
pub(crate) const CODE_RETENTION: Retention = Retention {
    name: "authorization codes",
    keep_seconds: DAY,
    delete: delete_codes,
};

/// Deletes the codes that expired before `before`.
fn delete_codes(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(oauth_code::table.filter(oauth_code::expires_at.lt(before))).execute(db)?;
    Ok(false)
}

/// Tokens that have expired are deleted.
pub(crate) const TOKEN_RETENTION: Retention = Retention {
    name: "expired tokens",
    keep_seconds: 0,
    delete: delete_tokens,
};

/// Deletes the tokens that expired before `before`.
fn delete_tokens(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(oauth_token::table.filter(oauth_token::expires_at.lt(before))).execute(db)?;
    Ok(false)
}

/// An application that nobody uses is deleted after thirty days; it registers again when it is used.
pub(crate) const APP_RETENTION: Retention = Retention {
    name: "unused applications",
    keep_seconds: 30 * DAY,
    delete: delete_apps,
};

/// Deletes the applications from before `before` that have neither codes nor tokens.
fn delete_apps(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let used = oauth_token::table.filter(oauth_token::app_id.eq(oauth_app::id));
    let granted = oauth_code::table.filter(oauth_code::app_id.eq(oauth_app::id));
    let unused: Vec<OauthAppId> = oauth_app::table
        .filter(oauth_app::created_at.lt(before))
        .filter(not(exists(used)).and(not(exists(granted))))
        .select(oauth_app::id)
        .limit(limit)
        .load(db)?;
    diesel::delete(oauth_app::table.filter(oauth_app::id.eq_any(&unused))).execute(db)?;
    Ok(i64::try_from(unused.len()).is_ok_and(|count| count == limit))
}

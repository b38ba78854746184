//! The instance itself: its counts, its actor, its stored pictures and its setup.

use crate::row::{Actor, Blob};
use domain::{Error, Outcome};
use model::access::{Reader, Viewer};
use model::{AccountState, BlobId, InfoPage, LangText, PeerId, Time};
use store::Db;

/// What the instance is in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteCounts {
    /// Active accounts.
    pub accounts: i64,
    /// Local communities.
    pub communities: i64,
    /// Threads of local people.
    pub threads: i64,
    /// Replies of local people.
    pub replies: i64,
}

/// What the instance is in numbers.
///
/// # Errors
/// Faults.
pub fn counts(db: &mut Db, now: Time) -> Outcome<SiteCounts> {
    let everything = Reader {
        viewer: Viewer::System,
        now,
    };
    let (threads, replies) = store::post::count_local(db, everything)?;
    Ok(SiteCounts {
        accounts: store::account::count(db, AccountState::Active)?,
        communities: store::community::count_local(db)?,
        threads,
        replies,
    })
}

/// The instance's own actor.
///
/// # Errors
/// `NotFound` before the setup.
pub fn actor(db: &mut Db) -> Outcome<Actor> {
    store::raw::actor::instance(db)?.ok_or(Error::not_found("actor"))
}

/// The peers there are, with their deliveries that wait and that failed, at most a thousand.
///
/// # Errors
/// Faults.
pub fn peers(db: &mut Db) -> Outcome<Vec<(crate::row::Peer, i64, i64)>> {
    Ok(store::peer::list(db, PeerId(i64::MAX), 1_000)?)
}

/// A stored picture. Only those of profiles exist, which everybody may see.
///
/// # Errors
/// `NotFound`.
pub fn picture(db: &mut Db, id: BlobId) -> Outcome<Blob> {
    store::media::by_id(db, id)?.ok_or(Error::not_found("picture"))
}

/// The name of the database software.
#[must_use]
pub const fn database(db: &Db) -> &'static str {
    match db {
        Db::Sqlite(_) => "SQLite",
        Db::Pg(_) => "PostgreSQL",
    }
}

/// The text of a page of the instance, in Markdown; empty where its admins have not written it.
///
/// # Errors
/// Faults.
pub fn page(db: &mut Db, page: InfoPage) -> Outcome<LangText> {
    Ok(store::site::page(db, page)?)
}

/// A small fact about the installation, such as the digest of the setup key.
///
/// # Errors
/// Faults.
pub fn setting(db: &mut Db, name: &str) -> Outcome<Option<String>> {
    Ok(store::site::get(db, name)?)
}

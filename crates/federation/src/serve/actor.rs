//! The documents of our actors, and their collections. Of followers and those followed only the
//! number is told. Whoever is suspended has a document that says so and empty collections; who is
//! gone answers 410 with a Tombstone.

use super::answer::{Answer, No, document};
use super::discussion::anybody;
use crate::ap_traits::LocalActor;
use crate::context::Federation;
use crate::kinds;
use activitypub_federation::config::Data;
use activitypub_federation::traits::Object as _;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::access::Reader;
use model::{ActorKind, ActorState, MemberRole};
use store::{Db, row};
use url::Url;
use vocab::{Collection, Object};

const PEOPLE: &[ActorKind] = &[ActorKind::Person, ActorKind::Service];
const GROUPS: &[ActorKind] = &[ActorKind::Group];
/// More caretakers than any community has.
const MODERATORS: i64 = 500;

/// An actor asked for by handle.
pub(super) enum Found {
    /// It is here, perhaps suspended.
    Here(Box<row::Actor>),
    /// It is gone.
    Gone(Box<row::Actor>),
    /// There is none, or none that may be known of.
    Nobody,
}

/// Looks up one of ours; case does not matter. Somebody who waits for approval is nobody yet.
///
/// # Errors
/// Faults.
pub(super) fn find(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    kinds: &[ActorKind],
) -> Outcome<Found> {
    let row = store::actor::by_address(db, reader, &handle.to_lowercase(), "")?;
    let Some(row) = row.filter(|row| kinds.contains(&row.kind)) else {
        return Ok(Found::Nobody);
    };
    Ok(match row.state {
        ActorState::Active | ActorState::Suspended => Found::Here(Box::new(row)),
        ActorState::Pending => Found::Nobody,
        ActorState::Deleted => Found::Gone(Box::new(row)),
    })
}

/// The actor, or why there is none to show.
pub(super) async fn get(
    federation: &Federation,
    handle: String,
    kinds: &'static [ActorKind],
) -> Result<Box<row::Actor>, No> {
    let reader = anybody(federation);
    match federation
        .store()
        .read(move |db| find(db, reader, &handle, kinds))
        .await?
    {
        Found::Here(row) => Ok(row),
        Found::Gone(row) => {
            let (kind, at) = (kinds::type_word(row.kind), row.updated_at.utc());
            let mark = Object::tombstone(&row.ap_id, Some(kind), Some(at));
            Err(No::Gone(Box::new(mark)))
        }
        Found::Nobody => Err(No::NOT_FOUND),
    }
}

/// A person of ours.
pub(super) async fn get_person(
    federation: &Federation,
    handle: String,
) -> Result<Box<row::Actor>, No> {
    get(federation, handle, PEOPLE).await
}

/// Loads a local community.
pub(super) async fn get_community(
    federation: &Federation,
    handle: String,
) -> Result<Box<row::Actor>, No> {
    get(federation, handle, GROUPS).await
}

async fn show(data: &Data<Federation>, headers: &HeaderMap, row: &row::Actor) -> Answer {
    let id = Url::parse(&row.ap_id).map_err(|_bad| No::NOT_FOUND)?;
    let actor = LocalActor::read_from_id(id, data).await?;
    let actor = actor.ok_or(No::NOT_FOUND)?;
    document(headers, actor.into_json(data).await?)
}

/// `GET /`: the instance's own actor.
pub(super) async fn instance(data: Data<Federation>, headers: HeaderMap) -> Answer {
    let row = data
        .store()
        .read(|db| -> Outcome<_> { Ok(store::raw::actor::instance(db)?) })
        .await?;
    show(&data, &headers, &row.ok_or(No::NOT_FOUND)?).await
}

/// `GET /u/{handle}`.
pub(super) async fn person(
    data: Data<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let row = get_person(&data, handle).await?;
    show(&data, &headers, &row).await
}

/// `GET /c/{handle}`.
pub(super) async fn community(
    data: Data<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let row = get_community(&data, handle).await?;
    show(&data, &headers, &row).await
}

/// Whether an actor's collections are empty, because it is suspended.
pub(super) fn is_suspended(row: &row::Actor) -> bool {
    row.state == ActorState::Suspended
}

/// A collection with nothing in it.
pub(super) fn nothing_listed(headers: &HeaderMap, url: &str) -> Answer {
    document(headers, Collection::listed(url, Vec::new()))
}

/// Which collection of an actor.
#[derive(Clone, Copy)]
enum Kept {
    Followers,
    Following,
    Featured,
}

async fn collection(
    federation: &Federation,
    headers: &HeaderMap,
    row: &row::Actor,
    what: Kept,
) -> Answer {
    let id = row.id;
    let url = match what {
        Kept::Followers => row.followers_url.clone().unwrap_or_default(),
        Kept::Following => format!("{}/following", row.ap_id),
        Kept::Featured => format!("{}/featured", row.ap_id),
    };
    if is_suspended(row) {
        return nothing_listed(headers, &url);
    }
    let total = match what {
        Kept::Followers => i64::from(row.follower_count),
        Kept::Following => {
            let count =
                move |db: &mut Db| -> Outcome<i64> { Ok(store::follow::count_following(db, id)?) };
            federation.store().read(count).await?
        }
        Kept::Featured => return nothing_listed(headers, &url),
    };
    document(headers, kinds::totals(&url, total, None))
}

macro_rules! collections {
    ($($(#[$doc:meta])* $name:ident: $find:ident, $what:expr;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(federation): State<Federation>,
            Path(handle): Path<String>,
            headers: HeaderMap,
        ) -> Answer {
            let row = $find(&federation, handle).await?;
            collection(&federation, &headers, &row, $what).await
        }
    )*};
}

collections! {
    /// `GET /u/{handle}/followers`.
    person_followers: get_person, Kept::Followers;
    /// `GET /u/{handle}/following`.
    person_following: get_person, Kept::Following;
    /// `GET /u/{handle}/featured`.
    person_featured: get_person, Kept::Featured;
    /// `GET /c/{handle}/followers`.
    community_followers: get_community, Kept::Followers;
    /// `GET /c/{handle}/following`.
    community_following: get_community, Kept::Following;
    /// `GET /c/{handle}/featured`.
    community_featured: get_community, Kept::Featured;
}

/// `GET /c/{handle}/moderators`: facilitators and moderators.
pub(super) async fn moderators(
    State(federation): State<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let group = get_community(&federation, handle).await?;
    if is_suspended(&group) {
        return document(&headers, kinds::moderators(&group, &[]));
    }
    let id = group.id;
    let reader = anybody(&federation);
    let caretakers = move |db: &mut Db| -> Outcome<_> {
        let roles = [MemberRole::Facilitator, MemberRole::Moderator];
        Ok(store::community::members(
            db, reader, id, &roles, MODERATORS,
        )?)
    };
    let members = federation.store().read(caretakers).await?;
    let people: Vec<row::Actor> = members.into_iter().map(|(_, person)| person).collect();
    document(&headers, kinds::moderators(&group, &people))
}

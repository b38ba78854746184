//! The documents of local actors and their collections. Of followers only the number is
//! served, and of followed actors too, unless a person shows whom they follow. A suspended actor has a document that says so and empty collections; a deleted one is answered
//! 410 with a Tombstone.

use super::answer::{DocumentError, DocumentResult, document};
use super::discussion::guest_reader;
use crate::ap_traits::LocalActor;
use crate::context::Federation;
use crate::kinds;
use activitypub_federation::config::Data;
use activitypub_federation::traits::Object as _;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::Outcome;
use model::access::Reader;
use model::{ActorKind, ActorState, FollowId, MemberRole};
use store::{Db, row};
use url::Url;
use vocab::{Collection, Object};

const PEOPLE: &[ActorKind] = &[ActorKind::Person, ActorKind::Service];
const GROUPS: &[ActorKind] = &[ActorKind::Group];
/// The most moderators that are listed.
const MODERATORS: i64 = 500;
/// The most followed actors that are listed, the newest.
const FOLLOWING: i64 = 500;

/// The result of looking up a local actor.
pub(super) enum ActorLookup {
    /// It exists; it may be suspended.
    Exists(Box<row::Actor>),
    /// It was deleted.
    Gone(Box<row::Actor>),
    /// There is none, or the reader may not know of it.
    NotFound,
}

/// Looks up a local actor by its handle, in any case. An account that waits for approval is not found.
///
/// # Errors
/// Faults.
pub(super) fn find(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    kinds: &[ActorKind],
) -> Outcome<ActorLookup> {
    let row = store::actor::by_address(db, reader, &handle.to_lowercase(), "")?;
    let Some(row) = row.filter(|row| kinds.contains(&row.kind)) else {
        return Ok(ActorLookup::NotFound);
    };
    Ok(match row.state {
        ActorState::Active | ActorState::Suspended => ActorLookup::Exists(Box::new(row)),
        ActorState::Pending => ActorLookup::NotFound,
        ActorState::Deleted => ActorLookup::Gone(Box::new(row)),
    })
}

/// Returns the actor, or why there is no document.
pub(super) async fn get(
    federation: &Federation,
    handle: String,
    kinds: &'static [ActorKind],
) -> Result<Box<row::Actor>, DocumentError> {
    let reader = guest_reader(federation);
    match federation
        .store()
        .read(move |db| find(db, reader, &handle, kinds))
        .await?
    {
        ActorLookup::Exists(row) => Ok(row),
        ActorLookup::Gone(row) => {
            let (kind, at) = (kinds::type_word(row.kind), row.updated_at.utc());
            let tombstone = Object::tombstone(&row.ap_id, Some(kind), Some(at));
            Err(DocumentError::Gone(Box::new(tombstone)))
        }
        ActorLookup::NotFound => Err(DocumentError::NOT_FOUND),
    }
}

/// Returns a local person.
pub(super) async fn get_person(
    federation: &Federation,
    handle: String,
) -> Result<Box<row::Actor>, DocumentError> {
    get(federation, handle, PEOPLE).await
}

/// Returns a local community.
pub(super) async fn get_community(
    federation: &Federation,
    handle: String,
) -> Result<Box<row::Actor>, DocumentError> {
    get(federation, handle, GROUPS).await
}

async fn show(data: &Data<Federation>, headers: &HeaderMap, row: &row::Actor) -> DocumentResult {
    let id = Url::parse(&row.ap_id).map_err(|_bad| DocumentError::NOT_FOUND)?;
    let actor = LocalActor::read_from_id(id, data).await?;
    let actor = actor.ok_or(DocumentError::NOT_FOUND)?;
    document(headers, actor.into_json(data).await?)
}

/// `GET /`: the instance's own actor.
pub(super) async fn instance(data: Data<Federation>, headers: HeaderMap) -> DocumentResult {
    let row = data
        .store()
        .read(|db| -> Outcome<_> { Ok(store::raw::actor::instance(db)?) })
        .await?;
    show(&data, &headers, &row.ok_or(DocumentError::NOT_FOUND)?).await
}

/// `GET /u/{handle}`.
pub(super) async fn person(
    data: Data<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let row = get_person(&data, handle).await?;
    show(&data, &headers, &row).await
}

/// `GET /c/{handle}`.
pub(super) async fn community(
    data: Data<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let row = get_community(&data, handle).await?;
    show(&data, &headers, &row).await
}

/// Whether an actor's collections are empty, because it is suspended.
pub(super) fn is_suspended(row: &row::Actor) -> bool {
    row.state == ActorState::Suspended
}

/// Returns an empty collection.
pub(super) fn empty_collection(headers: &HeaderMap, url: &str) -> DocumentResult {
    document(headers, Collection::listed(url, Vec::new()))
}

/// Names a collection that an actor document links to.
#[derive(Clone, Copy)]
enum ActorCollection {
    Followers,
    Following,
    Featured,
}

async fn collection(
    federation: &Federation,
    headers: &HeaderMap,
    row: &row::Actor,
    what: ActorCollection,
) -> DocumentResult {
    let url = match what {
        ActorCollection::Followers => row.followers_url.clone().unwrap_or_default(),
        ActorCollection::Following => format!("{}/following", row.ap_id),
        ActorCollection::Featured => format!("{}/featured", row.ap_id),
    };
    if is_suspended(row) {
        return empty_collection(headers, &url);
    }
    let total = match what {
        ActorCollection::Followers => i64::from(row.follower_count),
        ActorCollection::Following => return following(federation, headers, row, &url).await,
        ActorCollection::Featured => return empty_collection(headers, &url),
    };
    document(headers, kinds::unlisted_totals(&url, total))
}

/// Whom an actor follows: how many, and who where it shows that.
async fn following(
    federation: &Federation,
    headers: &HeaderMap,
    row: &row::Actor,
    url: &str,
) -> DocumentResult {
    let (id, shown) = (row.id, row.show_follows);
    let reader = guest_reader(federation);
    let read = move |db: &mut Db| -> Outcome<_> {
        let total = store::follow::count_following(db, id)?;
        let rows = match shown {
            true => store::follow::following(db, reader, id, FollowId(i64::MAX), FOLLOWING)?,
            false => Vec::new(),
        };
        Ok((total, rows))
    };
    let (total, rows) = federation.store().read(read).await?;
    if !shown {
        return document(headers, kinds::unlisted_totals(url, total));
    }
    let accepted = rows.into_iter().filter(|(follow, _)| follow.accepted);
    let members = accepted.map(|(_, target)| target.ap_id.into());
    document(
        headers,
        Collection {
            total_items: u64::try_from(total).ok(),
            ..Collection::listed(url, members.collect())
        },
    )
}

macro_rules! collections {
    ($($(#[$doc:meta])* $name:ident: $find:ident, $what:expr;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            State(federation): State<Federation>,
            Path(handle): Path<String>,
            headers: HeaderMap,
        ) -> DocumentResult {
            let row = $find(&federation, handle).await?;
            collection(&federation, &headers, &row, $what).await
        }
    )*};
}

collections! {
    /// `GET /u/{handle}/followers`.
    person_followers: get_person, ActorCollection::Followers;
    /// `GET /u/{handle}/following`.
    person_following: get_person, ActorCollection::Following;
    /// `GET /u/{handle}/featured`.
    person_featured: get_person, ActorCollection::Featured;
    /// `GET /c/{handle}/followers`.
    community_followers: get_community, ActorCollection::Followers;
    /// `GET /c/{handle}/following`.
    community_following: get_community, ActorCollection::Following;
    /// `GET /c/{handle}/featured`.
    community_featured: get_community, ActorCollection::Featured;
}

/// `GET /c/{handle}/moderators`: facilitators and moderators.
pub(super) async fn moderators(
    State(federation): State<Federation>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> DocumentResult {
    let group = get_community(&federation, handle).await?;
    if is_suspended(&group) {
        return document(&headers, kinds::moderators(&group, &[]));
    }
    let id = group.id;
    let reader = guest_reader(&federation);
    let read_members = move |db: &mut Db| -> Outcome<_> {
        let roles = [MemberRole::Facilitator, MemberRole::Moderator];
        Ok(store::community::members(
            db, reader, id, &roles, MODERATORS,
        )?)
    };
    let members = federation.store().read(read_members).await?;
    let people: Vec<row::Actor> = members.into_iter().map(|(_, person)| person).collect();
    document(&headers, kinds::moderators(&group, &people))
}

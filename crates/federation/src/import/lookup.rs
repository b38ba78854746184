//! Looking up what somebody typed: a handle through WebFinger, a URL by fetching it.

use super::object::{self, object};
use super::place::looked_up;
use crate::context::Federation;
use crate::fetch::actor::led_to;
use crate::fetch::document::document;
use crate::fetch::stored::{stored_actor, stored_post};
use crate::fetch::take_in::take_in;
use crate::fetch::{Budget, FetchFailure, Freshness, actor};
use crate::identity::{Query, webfinger_url};
use crate::json_format::PLAIN_JSON;
use crate::kinds::VerifiedObject;
use client::{FetchError, Guard, IdMatch};
use domain::Outcome;
use model::access::{Reader, Viewer};
use model::urls::Local;
use model::{ActorId, ActorKind, ActorState, Address, PostId};
use store::row;
use url::Url;
use vocab::{Jrd, id_of, kind_of};

/// What stands behind a handle or a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A person or a community.
    Actor(ActorId),
    /// A thread or a reply.
    Post(PostId),
}

/// What stands behind a handle or a URL; taken in where it was not known. Costs a bounded number
/// of fetches, none at all for what is ours or fresh.
///
/// # Errors
/// [`FetchFailure`].
pub async fn lookup(fed: &Federation, query: &Query) -> Result<Found, FetchFailure> {
    refuse(fed, query)?;
    match query {
        Query::Url(url) => at_url(fed, url).await,
        Query::Group(address) => {
            let row = at_address(fed, address, Some("Group")).await?;
            match row.kind {
                ActorKind::Group => Ok(Found::Actor(row.id)),
                ActorKind::Person
                | ActorKind::Service
                | ActorKind::Application
                | ActorKind::Organization => Err(FetchFailure::Unfit("not a community")),
            }
        }
        Query::Person(address) => Ok(Found::Actor(
            at_address(fed, address, Some("Person")).await?.id,
        )),
        Query::Either(address) => Ok(Found::Actor(at_address(fed, address, None).await?.id)),
    }
}

/// What is on a server we exchange nothing with is not looked for, not even among what is here.
fn refuse(fed: &Federation, query: &Query) -> Result<(), FetchFailure> {
    let (host, ours) = match query {
        Query::Url(url) => (
            url.host_str().unwrap_or_default(),
            fed.urls()?.is_ours(url.as_str()),
        ),
        Query::Group(a) | Query::Person(a) | Query::Either(a) => {
            (a.host.as_str(), a.host == fed.urls()?.host())
        }
    };
    match fed.ops().policy().refuses(host) {
        Some(_) if !ours => Err(FetchFailure::refused(host)),
        Some(_) | None => Ok(()),
    }
}

/// Whatever is at a URL: an actor, a post, or a thread's collection.
async fn at_url(fed: &Federation, url: &Url) -> Result<Found, FetchFailure> {
    if let Some(found) = known_at(fed, url).await? {
        return Ok(found);
    }
    let mut budget = Budget::thread();
    budget.fetch()?;
    let found = document(fed, url.as_str(), IdMatch::Any, false).await?;
    match kind_of(&found.body) {
        Some("Person" | "Group" | "Service" | "Application" | "Organization") => {
            Ok(Found::Actor(take_in(fed, &found).await?.id))
        }
        Some("Collection" | "OrderedCollection") => {
            // NodeBB gives a topic's address to the collection of its posts.
            let topic: vocab::Collection = serde_json::from_value(found.body)
                .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a collection"))?;
            let first = topic
                .member_ids()
                .next()
                .ok_or(FetchFailure::Unfit("an empty collection"))?;
            object(fed, first, &mut budget).await.map(Found::Post)
        }
        Some("Create" | "Update" | "Announce") => {
            let inner = found.body.get("object").and_then(id_of);
            let inner = inner.ok_or(FetchFailure::Unfit("an activity without an object"))?;
            object(fed, inner, &mut budget).await.map(Found::Post)
        }
        _ => {
            let post = VerifiedObject::read(&found.body)?;
            object::take_wanted(fed, &post, &mut budget)
                .await
                .map(Found::Post)
        }
    }
}

/// What is already here under a URL: by the world's name for it, or by a path of ours.
async fn known_at(fed: &Federation, url: &Url) -> Result<Option<Found>, FetchFailure> {
    if let Some(post) = stored_post(fed, url.as_str()).await? {
        looked_up(fed, &post, &mut Budget::thread()).await?;
        return Ok(Some(Found::Post(post.id)));
    }
    let urls = fed.urls()?;
    if urls.is_ours(url.as_str()) {
        let path = urls.path(url.as_str()).unwrap_or_default();
        return local(fed, Local::parse(path)).await.map(Some);
    }
    if stored_actor(fed, url.as_str()).await?.is_some() {
        let row = actor(fed, url.as_str(), Freshness::Day).await?;
        return Ok(Some(Found::Actor(row.id)));
    }
    Ok(None)
}

/// What a path of ours names.
async fn local(fed: &Federation, named: Option<Local>) -> Result<Found, FetchFailure> {
    let handle = match named {
        Some(Local::Person(handle) | Local::Community(handle)) => handle,
        Some(Local::Post(id) | Local::Context(id)) => {
            let read =
                move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, id)?) };
            let post = fed.store().read(read).await?.ok_or(FetchFailure::Missing)?;
            return Ok(Found::Post(post.id));
        }
        Some(Local::Instance | Local::Follow(_) | Local::Like(_) | Local::Activity(_)) | None => {
            return Err(FetchFailure::Missing);
        }
    };
    let row = by_address(fed, &handle, "", None)
        .await?
        .ok_or(FetchFailure::Missing)?;
    Ok(Found::Actor(row.id))
}

async fn by_address(
    fed: &Federation,
    name: &str,
    host: &str,
    kind: Option<&str>,
) -> Outcome<Option<row::Actor>> {
    let (name, host) = (name.to_owned(), host.to_owned());
    let sigil = kind.map(|kind| if kind == "Group" { '!' } else { '@' });
    // Whom we exchange nothing with was refused before.
    let reader = Reader {
        viewer: Viewer::System,
        now: fed.ops().now(),
    };
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::actor::by_written(db, reader, sigil, &name, &host)?)
    };
    let found = fed.store().read(read).await?;
    Ok(found.filter(|row| row.state != ActorState::Pending))
}

/// The actor at an address; `kind` is the one wanted where two share a name (Lemmy).
async fn at_address(
    fed: &Federation,
    address: &Address,
    kind: Option<&str>,
) -> Result<row::Actor, FetchFailure> {
    if address.host == fed.urls()?.host() {
        let name = address.name.to_lowercase();
        return by_address(fed, &name, "", kind)
            .await?
            .ok_or(FetchFailure::Missing);
    }
    if let Some(row) = by_address(fed, &address.name, &address.host, kind).await? {
        return actor(fed, &row.ap_id, Freshness::Day).await;
    }
    let told = finger(fed, address).await?;
    let id = choose(&told, kind).ok_or(FetchFailure::Unfit("WebFinger names no actor"))?;
    let row = led_to(fed, id).await?;
    let same = row.host == address.host && row.handle.eq_ignore_ascii_case(&address.name);
    if same || maps_back(fed, &row, &told).await? {
        Ok(row)
    } else {
        Err(FetchFailure::Unfit("WebFinger and the actor do not agree"))
    }
}

/// Of the actors a descriptor names, the one of the kind wanted, else the first whose kind is not
/// told or not asked for.
pub(super) fn choose<'a>(told: &'a Jrd, kind: Option<&str>) -> Option<&'a str> {
    let wanted = told.actors().find(|(_, of)| of.is_some() && *of == kind);
    wanted.or_else(|| told.actors().next()).map(|(id, _)| id)
}

/// Whether the actor's own host gives the same account for it: a name under one domain may live
/// on a server under another.
async fn maps_back(fed: &Federation, row: &row::Actor, told: &Jrd) -> Result<bool, FetchFailure> {
    let address = Address {
        name: row.handle.clone(),
        host: row.host.clone(),
    };
    let back = finger(fed, &address).await?;
    let same_actor = back.actors().any(|(id, _)| id == row.ap_id);
    let accounts = told.account().zip(back.account());
    Ok(same_actor && accounts.is_some_and(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// Asks WebFinger about an address. What it answers must be about an account.
async fn finger(fed: &Federation, address: &Address) -> Result<Jrd, FetchFailure> {
    let mut failure = FetchFailure::Unfit("the address has no host");
    for scheme in schemes(fed.client().guard(), &address.host) {
        let Some(url) = webfinger_url(address, scheme) else {
            continue;
        };
        match fed.client().get_json(&PLAIN_JSON, &url, None).await {
            Ok(found) => return about_an_account(found.body),
            Err(
                error @ (FetchError::Unreachable(_) | FetchError::Timeout | FetchError::Blocked(_)),
            ) => {
                failure = error.into();
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(failure)
}

pub(super) fn about_an_account(body: serde_json::Value) -> Result<Jrd, FetchFailure> {
    let told: Jrd = serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a WebFinger answer"))?;
    if told.account().and_then(Address::parse).is_some() {
        Ok(told)
    } else {
        Err(FetchFailure::Unfit("WebFinger's subject is no account"))
    }
}

/// The schemes to try: https, and http where it is allowed; on this machine http first.
fn schemes(guard: &Guard, host: &str) -> &'static [&'static str] {
    let bare = host.split(':').next().unwrap_or(host);
    let near = bare == "localhost" || bare.ends_with(".localhost");
    match (guard.allow_http, near) {
        (false, _) => &["https"],
        (true, true) => &["http", "https"],
        (true, false) => &["https", "http"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_apart() {
        let path = format!(
            "{}/../../tests/fixtures/lemmy/webfinger.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let told: Jrd = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(
            choose(&told, Some("Group")),
            Some("https://lemmy.example/c/dialogue")
        );
        assert_eq!(
            choose(&told, Some("Person")),
            Some("https://lemmy.example/u/dialogue")
        );
        assert_eq!(
            choose(&told, None),
            Some("https://lemmy.example/u/dialogue")
        );
    }

    #[test]
    fn http_is_only_asked_where_it_is_allowed() {
        let open = Guard {
            allow_http: true,
            ..Guard::default()
        };
        assert_eq!(schemes(&Guard::default(), "a.localhost:8081"), ["https"]);
        assert_eq!(schemes(&open, "a.localhost:8081"), ["http", "https"]);
        assert_eq!(schemes(&open, "a.example"), ["https", "http"]);
    }

    #[test]
    fn a_subject_that_is_no_account_is_not_believed() {
        let answer =
            |subject: &str| about_an_account(serde_json::json!({"subject": subject, "links": []}));
        assert!(answer("acct:weavers@alpha.test").is_ok());
        assert!(answer("https://alpha.test/c/weavers").is_err());
        assert!(answer("").is_err());
    }
}

//! Looks up what somebody typed: a handle through WebFinger, a URL by fetching it.

use super::object::{self, object};
use crate::context::Federation;
use crate::fetch::actor::resolve_actor;
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

/// What a handle or a URL refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupResult {
    /// A person or a community.
    Actor(ActorId),
    /// A thread or a reply.
    Post(PostId),
}

/// Looks up a handle or a URL, importing what is not stored. Needs a bounded number of fetches, none for what
/// is local or fresh. The recent threads of a community that was found are imported.
///
/// # Errors
/// [`FetchFailure`].
pub async fn lookup(fed: &Federation, query: &Query) -> Result<LookupResult, FetchFailure> {
    require_allowed(fed, query)?;
    let found = find(fed, query).await?;
    if let LookupResult::Actor(id) = found {
        fed.ops()
            .write(move |tx| domain::community::request_backfill(tx, id))
            .await?;
    }
    Ok(found)
}

async fn find(fed: &Federation, query: &Query) -> Result<LookupResult, FetchFailure> {
    match query {
        Query::Url(url) => lookup_url(fed, url).await,
        Query::Group(address) => {
            let row = lookup_address(fed, address, Some("Group")).await?;
            match row.kind {
                ActorKind::Group => Ok(LookupResult::Actor(row.id)),
                ActorKind::Person
                | ActorKind::Service
                | ActorKind::Application
                | ActorKind::Organization => Err(FetchFailure::Unfit("not a community")),
            }
        }
        Query::Person(address) => Ok(LookupResult::Actor(
            lookup_address(fed, address, Some("Person")).await?.id,
        )),
        Query::Either(address) => Ok(LookupResult::Actor(
            lookup_address(fed, address, None).await?.id,
        )),
    }
}

/// Refuses what is on a blocked server, even if it is stored.
fn require_allowed(fed: &Federation, query: &Query) -> Result<(), FetchFailure> {
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

/// Looks up a URL: an actor, a post, or the collection of a thread.
async fn lookup_url(fed: &Federation, url: &Url) -> Result<LookupResult, FetchFailure> {
    if let Some(found) = stored_at(fed, url).await? {
        return Ok(found);
    }
    let mut budget = Budget::thread();
    budget.fetch()?;
    let found = document(fed, url.as_str(), IdMatch::Any, false).await?;
    match kind_of(&found.body) {
        Some("Person" | "Group" | "Service" | "Application" | "Organization") => {
            Ok(LookupResult::Actor(take_in(fed, &found).await?.id))
        }
        Some("Collection" | "OrderedCollection") => {
            // NodeBB gives a topic's address to the collection of its posts.
            let topic: vocab::Collection = serde_json::from_value(found.body)
                .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a collection"))?;
            let first = topic
                .member_ids()
                .next()
                .ok_or(FetchFailure::Unfit("an empty collection"))?;
            object(fed, first, &mut budget)
                .await
                .map(LookupResult::Post)
        }
        Some("Create" | "Update" | "Announce") => {
            let inner = found.body.get("object").and_then(id_of);
            let inner = inner.ok_or(FetchFailure::Unfit("an activity without an object"))?;
            object(fed, inner, &mut budget)
                .await
                .map(LookupResult::Post)
        }
        _ => {
            let post = VerifiedObject::read(&found.body)?;
            object::import_requested(fed, &post, &mut budget)
                .await
                .map(LookupResult::Post)
        }
    }
}

/// Returns what is stored for a URL: by its ActivityPub id, or by a path of ours.
async fn stored_at(fed: &Federation, url: &Url) -> Result<Option<LookupResult>, FetchFailure> {
    if let Some(post) = stored_post(fed, url.as_str()).await? {
        object::complete_stored(fed, &post, &mut Budget::thread()).await?;
        return Ok(Some(LookupResult::Post(post.id)));
    }
    let urls = fed.urls()?;
    if urls.is_ours(url.as_str()) {
        let path = urls.path(url.as_str()).unwrap_or_default();
        return local(fed, Local::parse(path)).await.map(Some);
    }
    if stored_actor(fed, url.as_str()).await?.is_some() {
        let row = actor(fed, url.as_str(), Freshness::Day).await?;
        return Ok(Some(LookupResult::Actor(row.id)));
    }
    Ok(None)
}

/// Looks up a path of ours.
async fn local(fed: &Federation, named: Option<Local>) -> Result<LookupResult, FetchFailure> {
    let handle = match named {
        Some(Local::Person(handle) | Local::Community(handle)) => handle,
        Some(Local::Post(id) | Local::Context(id)) => {
            let read =
                move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, id)?) };
            let post = fed.store().read(read).await?.ok_or(FetchFailure::Missing)?;
            return Ok(LookupResult::Post(post.id));
        }
        Some(Local::Instance | Local::Follow(_) | Local::Like(_) | Local::Activity(_)) | None => {
            return Err(FetchFailure::Missing);
        }
    };
    let row = by_address(fed, &handle, "", None)
        .await?
        .ok_or(FetchFailure::Missing)?;
    Ok(LookupResult::Actor(row.id))
}

async fn by_address(
    fed: &Federation,
    name: &str,
    host: &str,
    kind: Option<&str>,
) -> Outcome<Option<row::Actor>> {
    let (name, host) = (name.to_owned(), host.to_owned());
    let sigil = kind.map(|kind| if kind == "Group" { '!' } else { '@' });
    // Blocked servers were refused before.
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

/// Looks up an address; `kind` is the type to prefer where two actors share a name (Lemmy).
async fn lookup_address(
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
    let jrd = webfinger(fed, address).await?;
    let id = choose_actor(&jrd, kind).ok_or(FetchFailure::Unfit("WebFinger names no actor"))?;
    let named = confirmed_subject(fed, address, &jrd, id).await?;
    let row = resolve_actor(fed, id).await?;
    let same = row.host == named.host && row.handle.eq_ignore_ascii_case(&named.name);
    if same || is_confirmed_by_host(fed, &row, &jrd).await? {
        Ok(row)
    } else {
        Err(FetchFailure::Unfit("WebFinger and the actor do not agree"))
    }
}

/// Returns the actor of the preferred type that a descriptor names, else the first one.
pub(super) fn choose_actor<'a>(jrd: &'a Jrd, kind: Option<&str>) -> Option<&'a str> {
    let preferred = jrd.actors().find(|(_, of)| of.is_some() && *of == kind);
    preferred.or_else(|| jrd.actors().next()).map(|(id, _)| id)
}

/// Returns the account that a descriptor is about. Where that is another one than was asked for, the host of
/// that other one is asked, once: it must say the same of itself, and name the same actor.
async fn confirmed_subject(
    fed: &Federation,
    address: &Address,
    jrd: &Jrd,
    actor: &str,
) -> Result<Address, FetchFailure> {
    let subject = subject(jrd)?;
    if is_same(&subject, address) {
        return Ok(subject);
    }
    require_allowed(fed, &Query::Either(subject.clone()))?;
    let own = webfinger(fed, &subject).await?;
    let names_actor = own.actors().any(|(id, _)| id == actor);
    if names_actor && is_same(&self::subject(&own)?, &subject) {
        Ok(subject)
    } else {
        Err(FetchFailure::Unfit("WebFinger names another account"))
    }
}

/// The account that a descriptor is about, with its host as hosts are compared.
fn subject(jrd: &Jrd) -> Result<Address, FetchFailure> {
    jrd.account()
        .and_then(Query::parse)
        .and_then(|query| query.address().cloned())
        .ok_or(FetchFailure::Unfit("WebFinger's subject is no account"))
}

fn is_same(one: &Address, other: &Address) -> bool {
    one.host == other.host && one.name.to_lowercase() == other.name.to_lowercase()
}

/// Whether WebFinger on the actor's own host names the same account: an account of one domain may be on a
/// server of another.
async fn is_confirmed_by_host(
    fed: &Federation,
    row: &row::Actor,
    jrd: &Jrd,
) -> Result<bool, FetchFailure> {
    let address = Address {
        name: row.handle.clone(),
        host: row.host.clone(),
    };
    let host_jrd = webfinger(fed, &address).await?;
    let same_actor = host_jrd.actors().any(|(id, _)| id == row.ap_id);
    let accounts = jrd.account().zip(host_jrd.account());
    Ok(same_actor && accounts.is_some_and(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// Queries WebFinger for an address. The response must be about an account.
pub(super) async fn webfinger(fed: &Federation, address: &Address) -> Result<Jrd, FetchFailure> {
    let mut failure = FetchFailure::Unfit("the address has no host");
    for scheme in schemes(fed.client().guard(), &address.host) {
        let Some(url) = webfinger_url(address, scheme) else {
            continue;
        };
        match fed.client().get_json(&PLAIN_JSON, &url, None).await {
            Ok(found) => return parse_jrd(found.body),
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

pub(super) fn parse_jrd(body: serde_json::Value) -> Result<Jrd, FetchFailure> {
    let jrd: Jrd = serde_json::from_value(body)
        .map_err(|_never: serde_json::Error| FetchFailure::Unfit("not a WebFinger answer"))?;
    subject(&jrd)?;
    Ok(jrd)
}

/// Returns the schemes to try: https, and http where it is allowed; http first for `localhost`.
pub(super) fn schemes(guard: &Guard, host: &str) -> &'static [&'static str] {
    let bare = host.split(':').next().unwrap_or(host);
    let is_loopback = bare == "localhost" || bare.ends_with(".localhost");
    match (guard.allow_http, is_loopback) {
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
        let jrd: Jrd = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(
            choose_actor(&jrd, Some("Group")),
            Some("https://lemmy.example/c/dialogue")
        );
        assert_eq!(
            choose_actor(&jrd, Some("Person")),
            Some("https://lemmy.example/u/dialogue")
        );
        assert_eq!(
            choose_actor(&jrd, None),
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
            |subject: &str| parse_jrd(serde_json::json!({"subject": subject, "links": []}));
        assert!(answer("acct:weavers@alpha.test").is_ok());
        assert!(answer("https://alpha.test/c/weavers").is_err());
        assert!(answer("").is_err());
    }
}

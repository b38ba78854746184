//! Looks up what somebody typed: a handle through WebFinger, a URL by fetching it.

use super::object::{self, object};
use crate::context::Federation;
use crate::fetch::actor::resolve_actor;
use crate::fetch::document::document;
use crate::fetch::stored::{stored_actor, stored_post};
use crate::fetch::take_in::take_in;
use crate::fetch::webfinger::{choose_actor, is_same, subject, webfinger};
use crate::fetch::{Budget, FetchFailure, Freshness, actor};
use crate::identity::Query;
use crate::json_format::ACTIVITY_JSON;
use crate::kinds::VerifiedObject;
use client::{FetchError, Fetched, IdMatch};
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
    let found = document_or_alternate(fed, url, &mut budget).await?;
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

/// Fetches the document at a URL. Where that is a page, its ActivityPub form that it links as `rel="alternate"` is
/// fetched (WordPress).
async fn document_or_alternate(
    fed: &Federation,
    url: &Url,
    budget: &mut Budget,
) -> Result<Fetched, FetchFailure> {
    match document(fed, url.as_str(), IdMatch::Any, false).await {
        Err(FetchFailure::Client(FetchError::NotJson)) => {}
        found => return found,
    }
    budget.fetch()?;
    let alternate = fed.client().alternate(url, &ACTIVITY_JSON).await?;
    let other = alternate.filter(|other| other != url);
    let other = other.ok_or(FetchFailure::Unfit("a page without an ActivityPub form"))?;
    if fed.refuses(other.as_str()) {
        return Err(FetchFailure::refused(other.as_str()));
    }
    budget.fetch()?;
    document(fed, other.as_str(), IdMatch::Any, false).await
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
    let has_name = row.handle.eq_ignore_ascii_case(&named.name);
    if has_name && row.host == named.host {
        return Ok(row);
    }
    if !is_confirmed_by_host(fed, &row, &jrd).await? {
        return Err(FetchFailure::Unfit("WebFinger and the actor do not agree"));
    }
    if has_name && row.peer_id.is_some() {
        return with_host(fed, row, named.host).await;
    }
    Ok(row)
}

/// Stores the host of an actor's address, which WebFinger there and on its own server names. The actor keeps the
/// address that it has where another one, in other letters, has that one.
async fn with_host(
    fed: &Federation,
    row: row::Actor,
    host: String,
) -> Result<row::Actor, FetchFailure> {
    let id = row.id;
    let stored = host.clone();
    let verb = move |tx: &mut domain::Tx<'_>| domain::actor::set_host(tx, id, &stored);
    match fed.ops().write(verb).await? {
        true => Ok(row::Actor { host, ..row }),
        false => Ok(row),
    }
}

/// Returns the account that a descriptor is about. Where that is another one than was asked for, the host of
/// that other one is asked, once: it must say the same of itself, and name the same actor.
async fn confirmed_subject(
    fed: &Federation,
    address: &Address,
    jrd: &Jrd,
    actor: &str,
) -> Result<Address, FetchFailure> {
    let account = subject(jrd)?;
    if is_same(&account, address) {
        return Ok(account);
    }
    require_allowed(fed, &Query::Either(account.clone()))?;
    let own = webfinger(fed, &account).await?;
    let names_actor = own.actors().any(|(id, _)| id == actor);
    if names_actor && is_same(&subject(&own)?, &account) {
        Ok(account)
    } else {
        Err(FetchFailure::Unfit("WebFinger names another account"))
    }
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

//! Verifies who signed a request. A key counts if its actor's document contains it, as `publicKey` or in
//! `assertionMethod`, on the same origin. An unknown key is fetched, within the rate limit; after a failed
//! verification a stored key is fetched again, at most once a minute.

use super::incoming::Incoming;
use super::{InboxResponse, is_same_origin, origin_of};
use crate::context::Federation;
use crate::context::inbox_state::KeyRefetch;
use crate::context::memory_budget::max_parsed_bytes;
use crate::context::signer::Signer;
use crate::fetch::stored::stored_actor;
use crate::fetch::{self, FetchFailure, Freshness};
use crate::identity::ID_MAX;
use crate::json::without_nul;
use crate::json_format::ACTIVITY_JSON;
use client::without_fragment;
use domain::Outcome;
use httpsig::{UnverifiedSignature, authority};
use std::net::IpAddr;
use std::sync::Arc;
use store::row;
use url::Url;

/// Returns the signer for a stored actor and one of its keys; `None` where that cannot be read.
fn signer_of(fed: &Federation, row: &row::Actor, key: &str) -> Option<Signer> {
    let url = Url::parse(&row.ap_id).ok()?;
    Some(Signer {
        key: fed.verifying_key(key)?,
        origin: origin_of(&url)?,
        host: authority(&url)?,
        peer: row.peer_id,
        ap_id: row.ap_id.clone(),
        actor: row.id,
        followers: row.followers_url.clone(),
    })
}

/// Returns who signed this request; `None` for the deletion of an unknown actor, which needs no verification.
///
/// # Errors
/// 401 for an invalid signature, 429 where too many keys are unknown, 503 where the key cannot be fetched now,
/// or no memory is left for requests that wait for a key.
pub(super) async fn verify(
    fed: &Federation,
    from: Option<IpAddr>,
    signature: &UnverifiedSignature,
    incoming: Option<&Incoming>,
    body: &[u8],
) -> Result<Option<Arc<Signer>>, InboxResponse> {
    let reserve = || {
        let bytes = body.len() + max_parsed_bytes(body);
        let budget = &fed.inbox().budgets.unknown_signers;
        budget.reserve(from, bytes).ok_or_else(InboxResponse::busy)
    };
    let key_id = signature.key_id.as_str();
    let Some(known_signer) = known_signer(fed, key_id).await? else {
        if let Some(incoming) = incoming
            && incoming.is_self_delete()
            && stored_actor(fed, &incoming.actor).await?.is_none()
        {
            return Ok(None);
        }
        require_key_fetch_allowed(fed, from, key_id)?;
        let _reservation = reserve()?;
        let signer = fetch_signer(fed, key_id, incoming).await?;
        signature.verify(&signer.key)?;
        fed.inbox().key_rate_limit.verified(from);
        return Ok(Some(signer));
    };
    let Err(error) = signature.verify(&known_signer.key) else {
        fed.inbox().key_rate_limit.verified(from);
        return Ok(Some(known_signer));
    };
    if !error.may_be_a_new_key() {
        return Err(error.into());
    }
    let _reservation = reserve()?;
    let Some(signer) = rotated(fed, from, signature, incoming).await? else {
        return Err(error.into());
    };
    signature.verify(&signer.key)?;
    Ok(Some(signer))
}

/// Returns the signer as its server has it now, because a signature does not fit the stored key. The key is
/// fetched once a minute; requests that arrive while it is being fetched wait for it. `None` where the server
/// has no such key.
///
/// # Errors
/// 503 where it cannot be fetched now, or was within the last minute and does not fit: it may be newer still.
/// 429 where too many were.
async fn rotated(
    fed: &Federation,
    from: Option<IpAddr>,
    signature: &UnverifiedSignature,
    incoming: Option<&Incoming>,
) -> Result<Option<Arc<Signer>>, InboxResponse> {
    let key_id = signature.key_id.as_str();
    let refetch = fed.inbox().key_refetch(key_id);
    let mut last = refetch.lock().await;
    let now = fed.ops().now();
    match last.and_then(|last| Some((last.failed, last.wait_seconds(now)?))) {
        Some((true, _)) => Err(InboxResponse::key_unavailable()),
        Some((false, seconds)) => {
            drop(last);
            let signer = known_signer(fed, key_id).await?;
            match signer.filter(|signer| signature.verify(&signer.key).is_ok()) {
                Some(signer) => Ok(Some(signer)),
                None => Err(InboxResponse::key_checked_recently(seconds)),
            }
        }
        None => {
            require_key_fetch_allowed(fed, from, key_id)?;
            let fetched = fetch_signer(fed, key_id, incoming).await;
            let failed = matches!(&fetched, Err(response) if response.status.is_server_error());
            *last = Some(KeyRefetch { at: now, failed });
            match fetched {
                Ok(signer) => Ok(Some(signer)),
                Err(_) if failed => Err(InboxResponse::key_unavailable()),
                Err(_none) => Ok(None),
            }
        }
    }
}

/// Checks that an unknown key may be fetched now: a signature costs its sender nothing, but makes us send a
/// request to the host that it names.
fn require_key_fetch_allowed(
    fed: &Federation,
    from: Option<IpAddr>,
    key_id: &str,
) -> Result<(), InboxResponse> {
    let host = Url::parse(key_id).ok().and_then(|url| authority(&url));
    // A key id without a host is not fetched.
    let Some(host) = host else { return Ok(()) };
    let limit = &fed.inbox().key_rate_limit;
    limit
        .check(&host, from, fed.ops().now())
        .map_err(|seconds| {
            let reason = "too many keys of your server, or named from your network, are new here";
            InboxResponse::too_many(reason, seconds)
        })
}

/// Returns the owner of a stored key, from memory or the database.
async fn known_signer(fed: &Federation, key_id: &str) -> Outcome<Option<Arc<Signer>>> {
    let now = fed.ops().now();
    if let Some(signer) = fed.inbox().signer(key_id, now) {
        return Ok(Some(signer));
    }
    let id = key_id.to_owned();
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_key_id(db, &id)?) };
    let stored = fed.store().read(read).await?;
    let signer = stored
        .and_then(|(row, key)| signer_of(fed, &row, &key))
        .map(Arc::new);
    if let Some(signer) = &signer {
        fed.inbox().remember_signer(key_id, signer, now);
    }
    Ok(signer)
}

/// Fetches the owner of a key: the activity's actor, if its stored contains this key; else the owner that
/// the key's stored names.
async fn fetch_signer(
    fed: &Federation,
    key_id: &str,
    incoming: Option<&Incoming>,
) -> Result<Arc<Signer>, InboxResponse> {
    if key_id.len() > ID_MAX {
        return Err(InboxResponse::unauthorized("the keyId is too long"));
    }
    let url =
        Url::parse(key_id).map_err(|_unfit| InboxResponse::unauthorized("the keyId is no URL"))?;
    if fed.urls()?.is_ours(url.as_str()) {
        return Err(InboxResponse::unauthorized("the keyId is one of ours"));
    }
    let url = without_fragment(&url);
    if let Some(incoming) = incoming
        && is_same_origin(&url, &incoming.actor)
        && let Some((row, key)) = actor_with_key(fed, &incoming.actor, key_id).await?
    {
        return remember(fed, key_id, &row, &key);
    }
    let (key_owner, key_text) = key_owner(fed, &url, key_id).await?;
    let owner_with_key = actor_with_key(fed, &key_owner, key_id).await?;
    let (row, key) = owner_with_key
        .ok_or_else(|| InboxResponse::unauthorized("the key's owner does not name it"))?;
    if key_text.is_some_and(|key_text| key_text.trim() != key.trim()) {
        return Err(InboxResponse::unauthorized(
            "the key's owner names another one",
        ));
    }
    remember(fed, key_id, &row, &key)
}

/// Fetches an actor and returns it with its key of this id, if it has it.
async fn actor_with_key(
    fed: &Federation,
    ap_id: &str,
    key_id: &str,
) -> Result<Option<(row::Actor, String)>, InboxResponse> {
    let Some(row) = fetch_actor(fed, ap_id).await? else {
        return Ok(None);
    };
    if row.key_id.as_deref() == Some(key_id)
        && let Some(pem) = row.key_pem.clone()
    {
        return Ok(Some((row, pem)));
    }
    let (actor, id) = (row.id, key_id.to_owned());
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::raw::actor::assertion_key(db, actor, &id)?)
    };
    Ok(fed.store().read(read).await?.map(|key| (row, key)))
}

fn remember(
    fed: &Federation,
    key_id: &str,
    row: &row::Actor,
    key: &str,
) -> Result<Arc<Signer>, InboxResponse> {
    let signer = signer_of(fed, row, key);
    let signer = signer.ok_or_else(|| InboxResponse::unauthorized("the key cannot be read"))?;
    let signer = Arc::new(signer);
    fed.inbox()
        .remember_signer(key_id, &signer, fed.ops().now());
    Ok(signer)
}

/// Fetches an actor; `None` where there is none.
async fn fetch_actor(fed: &Federation, ap_id: &str) -> Result<Option<row::Actor>, InboxResponse> {
    match fetch::actor(fed, ap_id, Freshness::Now).await {
        Ok(row) => Ok(Some(row)),
        Err(failure) => require_permanent(failure).map(|()| None),
    }
}

/// Fetches a key's document (GoToSocial returns a part of the actor, others the bare key); returns the owner
/// and the key in it.
async fn key_owner(
    fed: &Federation,
    url: &Url,
    key_id: &str,
) -> Result<(String, Option<String>), InboxResponse> {
    let no_key = || InboxResponse::unauthorized("the keyId leads to no key");
    let instance_key = fed.instance_key().await?;
    let document = match fed
        .client()
        .get_json(&ACTIVITY_JSON, url, instance_key.as_ref())
        .await
    {
        Ok(document) => without_nul(document.body),
        Err(error) => {
            require_permanent(error.into())?;
            return Err(no_key());
        }
    };
    let (key_owner, key_text) = fetch::key_in_document(&document, key_id).ok_or_else(no_key)?;
    if !is_same_origin(url, &key_owner) {
        return Err(InboxResponse::unauthorized(
            "the key's owner is of another origin",
        ));
    }
    Ok((key_owner, key_text))
}

/// Returns a transient failure as an error; any other one means that there is no such key.
fn require_permanent(failure: FetchFailure) -> Result<(), InboxResponse> {
    match failure {
        FetchFailure::Domain(error) => Err(error.into()),
        failure if failure.is_transient() => Err(InboxResponse::unavailable(format!(
            "your key could not be fetched: {failure}"
        ))),
        failure => {
            tracing::debug!(error = %failure, "key not fetched");
            Ok(())
        }
    }
}

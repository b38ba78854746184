//! Whose signature it is. A key counts if the actor's own document names its id and the key, as
//! `publicKey` or in `assertionMethod`, on one origin; where we do not hold it, the document is
//! fetched, as often as strangers may make us, and where a signature does not fit, fetched once more,
//! at most once a minute.

use super::incoming::Incoming;
use super::{Answer, of_one_server, origin_of};
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

/// Who signed this request, which brings this activity or none; `None` where it does not matter,
/// since somebody we never knew says farewell.
///
/// # Errors
/// 401 for a signature that is not believed, 429 where too many keys are new to us, 503 where its key
/// cannot be had now, or too many wait for theirs.
pub(super) async fn believed(
    fed: &Federation,
    from: Option<IpAddr>,
    signature: &UnverifiedSignature,
    incoming: Option<&Incoming>,
    body: &[u8],
) -> Result<Option<Arc<Signer>>, Answer> {
    let waits = || {
        let bytes = body.len() + max_parsed_bytes(body);
        let budget = &fed.inbox().budgets.unknown_signers;
        budget.reserve(from, bytes).ok_or_else(Answer::busy)
    };
    let key_id = signature.key_id.as_str();
    let Some(known) = known(fed, key_id).await? else {
        if let Some(incoming) = incoming
            && incoming.is_farewell()
            && stored_actor(fed, &incoming.actor).await?.is_none()
        {
            return Ok(None);
        }
        may_look_up(fed, from, key_id)?;
        let _share = waits()?;
        let signer = fetched(fed, key_id, incoming).await?;
        signature.verify(&signer.key)?;
        fed.inbox().key_rate_limit.verified(from);
        return Ok(Some(signer));
    };
    let Err(error) = signature.verify(&known.key) else {
        fed.inbox().key_rate_limit.verified(from);
        return Ok(Some(known));
    };
    if !error.may_be_a_new_key() {
        return Err(error.into());
    }
    let _share = waits()?;
    let Some(signer) = rotated(fed, key_id, incoming).await? else {
        return Err(error.into());
    };
    signature.verify(&signer.key)?;
    Ok(Some(signer))
}

/// Returns the signer as its server has it now, because a signature does not fit the stored key. The key is
/// fetched once a minute; who comes while it is being fetched waits for it. `None` where the server has no
/// such key.
///
/// # Errors
/// 503 where it cannot be fetched now.
async fn rotated(
    fed: &Federation,
    key_id: &str,
    incoming: Option<&Incoming>,
) -> Result<Option<Arc<Signer>>, Answer> {
    let refetch = fed.inbox().key_refetch(key_id);
    let mut last = refetch.lock().await;
    let now = fed.ops().now();
    match last.filter(|last| last.is_recent(now)) {
        Some(KeyRefetch { failed: true, .. }) => Err(Answer::key_unavailable()),
        Some(KeyRefetch { failed: false, .. }) => {
            drop(last);
            Ok(known(fed, key_id).await?)
        }
        None => {
            let fetched = fetched(fed, key_id, incoming).await;
            let failed = matches!(&fetched, Err(answer) if answer.status.is_server_error());
            *last = Some(KeyRefetch { at: now, failed });
            match fetched {
                Ok(signer) => Ok(Some(signer)),
                Err(_) if failed => Err(Answer::key_unavailable()),
                Err(_none) => Ok(None),
            }
        }
    }
}

/// Whether a key that is new to us may be fetched now: a signature costs its sender nothing, and
/// makes us ask whomever it names.
fn may_look_up(fed: &Federation, from: Option<IpAddr>, key_id: &str) -> Result<(), Answer> {
    let host = Url::parse(key_id).ok().and_then(|url| authority(&url));
    // What has no host is not fetched either.
    let Some(host) = host else { return Ok(()) };
    let limit = &fed.inbox().key_rate_limit;
    limit
        .check(&host, from, fed.ops().now())
        .map_err(|seconds| {
            let why = "too many keys of your server, or named from your network, are new here";
            Answer::too_many(why, seconds)
        })
}

/// The holder of a key, in memory or in the database.
async fn known(fed: &Federation, key_id: &str) -> Outcome<Option<Arc<Signer>>> {
    let now = fed.ops().now();
    if let Some(signer) = fed.inbox().signer(key_id, now) {
        return Ok(Some(signer));
    }
    let wanted = key_id.to_owned();
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_key_id(db, &wanted)?) };
    let found = fed.store().read(read).await?;
    let signer = found
        .and_then(|(row, key)| signer_of(fed, &row, &key))
        .map(Arc::new);
    if let Some(signer) = &signer {
        fed.inbox().remember_signer(key_id, signer, now);
    }
    Ok(signer)
}

/// The holder of a key, as its own server has it now: the activity's actor, if it names this key;
/// else whom the key's document names as its owner.
async fn fetched(
    fed: &Federation,
    key_id: &str,
    incoming: Option<&Incoming>,
) -> Result<Arc<Signer>, Answer> {
    if key_id.len() > ID_MAX {
        return Err(Answer::unsigned("the keyId is too long"));
    }
    let at = Url::parse(key_id).map_err(|_unfit| Answer::unsigned("the keyId is no URL"))?;
    if fed.urls()?.is_ours(at.as_str()) {
        return Err(Answer::unsigned("the keyId is one of ours"));
    }
    let at = without_fragment(&at);
    if let Some(incoming) = incoming
        && of_one_server(&at, &incoming.actor)
        && let Some((row, key)) = names(fed, &incoming.actor, key_id).await?
    {
        return held(fed, key_id, &row, &key);
    }
    let (owner, shown) = owner(fed, &at, key_id).await?;
    let named = names(fed, &owner, key_id).await?;
    let (row, key) = named.ok_or_else(|| Answer::unsigned("the key's owner does not name it"))?;
    if shown.is_some_and(|shown| shown.trim() != key.trim()) {
        return Err(Answer::unsigned("the key's owner names another one"));
    }
    held(fed, key_id, &row, &key)
}

/// An actor as its server has it now, with the key it names by this id, if it does.
async fn names(
    fed: &Federation,
    ap_id: &str,
    key_id: &str,
) -> Result<Option<(row::Actor, String)>, Answer> {
    let Some(row) = actor_now(fed, ap_id).await? else {
        return Ok(None);
    };
    if row.key_id.as_deref() == Some(key_id)
        && let Some(pem) = row.key_pem.clone()
    {
        return Ok(Some((row, pem)));
    }
    let (id, wanted) = (row.id, key_id.to_owned());
    let read = move |db: &mut store::Db| -> Outcome<_> {
        Ok(store::raw::actor::assertion_key(db, id, &wanted)?)
    };
    Ok(fed.store().read(read).await?.map(|key| (row, key)))
}

fn held(
    fed: &Federation,
    key_id: &str,
    row: &row::Actor,
    key: &str,
) -> Result<Arc<Signer>, Answer> {
    let signer = signer_of(fed, row, key);
    let signer = signer.ok_or_else(|| Answer::unsigned("the key cannot be read"))?;
    let signer = Arc::new(signer);
    fed.inbox()
        .remember_signer(key_id, &signer, fed.ops().now());
    Ok(signer)
}

/// An actor as its server has it now; `None` where it has none.
async fn actor_now(fed: &Federation, ap_id: &str) -> Result<Option<row::Actor>, Answer> {
    match fetch::actor(fed, ap_id, Freshness::Now).await {
        Ok(row) => Ok(Some(row)),
        Err(failure) => unavailable(failure).map(|()| None),
    }
}

/// Whom a key's document names as its owner (GoToSocial answers a keyId with a part of the actor,
/// others with the bare key), and the key as it shows it.
async fn owner(
    fed: &Federation,
    at: &Url,
    key_id: &str,
) -> Result<(String, Option<String>), Answer> {
    let nobody = || Answer::unsigned("the keyId leads to no key");
    let signing = fed.instance_key().await?;
    let found = match fed
        .client()
        .get_json(&ACTIVITY_JSON, at, signing.as_ref())
        .await
    {
        Ok(found) => without_nul(found.body),
        Err(error) => {
            unavailable(error.into())?;
            return Err(nobody());
        }
    };
    let (owner, shown) = fetch::named_in(&found, key_id).ok_or_else(nobody)?;
    if !of_one_server(at, &owner) {
        return Err(Answer::unsigned("the key's owner is of another origin"));
    }
    Ok((owner, shown))
}

/// What may be better later is answered so; the rest means that there is no such key.
fn unavailable(failure: FetchFailure) -> Result<(), Answer> {
    match failure {
        FetchFailure::Domain(error) => Err(error.into()),
        failure if failure.is_transient() => Err(Answer::later(format!(
            "your key could not be fetched: {failure}"
        ))),
        failure => {
            tracing::debug!(why = %failure, "no key");
            Ok(())
        }
    }
}

//! A thread seen from the middle: what its conversation's collection holds (FEP-7888, FEP-f228),
//! and what its first post lists as replies, read within one budget. What comes in this way is
//! announced and told to nobody.

use super::place::listed;
use super::post::under;
use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::collection::{Extent, collection, members};
use crate::fetch::stored::stored_post;
use crate::fetch::{Budget, FetchFailure, author, verified_object};
use crate::kinds::VerifiedObject;
use client::same_origin_text;
use domain::Error;
use model::ActorKind;
use serde_json::Value;
use vocab::{Collection, id_of};

/// How much of a conversation is read.
const CONVERSATION: Extent = Extent {
    pages: 3,
    members: 60,
};

/// Takes in what stands around a post in its conversation, but not the post itself, nor what hangs
/// on it: that comes by its own way. Costs at most half of the budget.
///
/// # Errors
/// Faults. A conversation that cannot be read is none.
pub(crate) async fn around(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let Some(context) = post.object.context.as_deref() else {
        return Ok(());
    };
    let mut half = budget.half();
    let told = conversation(fed, context, &post.id, how, &mut half).await;
    budget.give_back(half);
    heed(told, context)
}

async fn conversation(
    fed: &Federation,
    context: &str,
    but: &str,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let whole = collection(fed, context, budget).await?;
    let how = of_owner(fed, &whole, context, how, budget).await;
    let items = members(fed, whole, context, CONVERSATION, budget).await?;
    taken(fed, &items, context, but, &how, budget).await
}

/// Takes in the replies that a post lists, but not the one that is on its way in by itself.
///
/// # Errors
/// Faults.
pub(super) async fn below(
    fed: &Federation,
    post: &VerifiedObject,
    but: &str,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let listed = post.object.replies.as_deref();
    let Some(replies) = listed.filter(|at| same_origin_text(at, &post.id)) else {
        return Ok(());
    };
    let told = replied(fed, replies, but, how, budget).await;
    heed(told, replies)
}

async fn replied(
    fed: &Federation,
    replies: &str,
    but: &str,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let whole = collection(fed, replies, budget).await?;
    let items = members(fed, whole, replies, CONVERSATION, budget).await?;
    taken(fed, &items, replies, but, &how.overheard(), budget).await
}

/// What is found in the conversation that a community keeps on its own server is there by that
/// community's word, and so is in it if it names it. Any other conversation is no community's word.
async fn of_owner(
    fed: &Federation,
    whole: &Collection,
    at: &str,
    how: &Provenance,
    budget: &mut Budget,
) -> Provenance {
    let owner = whole.attributed_to.as_deref();
    let Some(owner) = owner.filter(|owner| same_origin_text(owner, at)) else {
        return how.overheard();
    };
    match author(fed, owner, budget).await {
        Ok(row) if row.kind == ActorKind::Group && row.peer_id.is_some() => Provenance {
            wanted: how.wanted,
            ..Provenance::of_community(row.id)
        },
        Ok(_) | Err(_) => how.overheard(),
    }
}

/// Takes in those of a list that are not here: the first post of the thread, and each reply once
/// what it answers is here.
async fn taken(
    fed: &Federation,
    items: &[Value],
    at: &str,
    but: &str,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let mut waiting: Vec<VerifiedObject> = Vec::new();
    let mut root_seen = false;
    for item in items {
        let Some(id) = id_of(item).filter(|id| *id != but) else {
            continue;
        };
        if fed.urls()?.is_ours(id) {
            continue;
        }
        if let Some(known) = stored_post(fed, id).await? {
            listed(fed, &known, how).await?;
            continue;
        }
        let found = match read(fed, item, id, at, budget).await {
            Ok(found) if found.id == but => continue,
            Ok(found) => found,
            Err(FetchFailure::Spent) => break,
            Err(failure) => {
                heed(Err(failure), id)?;
                continue;
            }
        };
        // A conversation has one beginning; a list with more of them is something else.
        if found.object.in_reply_to.is_none() && std::mem::replace(&mut root_seen, true) {
            continue;
        }
        waiting.push(found);
        settle(fed, &mut waiting, how, budget).await?;
    }
    Ok(())
}

/// Takes in those that wait and can be placed by now, until none moves.
async fn settle(
    fed: &Federation,
    waiting: &mut Vec<VerifiedObject>,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    loop {
        let mut left = Vec::new();
        let before = waiting.len();
        for post in waiting.drain(..) {
            match placed(fed, &post, how, budget).await {
                Ok(true) => {}
                Ok(false) => left.push(post),
                Err(failure) => heed(Err(failure), &post.id)?,
            }
        }
        *waiting = left;
        if waiting.is_empty() || waiting.len() == before {
            return Ok(());
        }
    }
}

/// Takes a post in where what it answers is here; answers whether it did.
async fn placed(
    fed: &Federation,
    post: &VerifiedObject,
    how: &Provenance,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let parent = match &post.object.in_reply_to {
        Some(up) => match stored_post(fed, up).await? {
            Some(parent) => Some(parent),
            None => return Ok(false),
        },
        None => None,
    };
    let verb = under(fed, post, how, parent.as_ref(), budget).await?;
    fed.ops().write(verb).await?;
    Ok(true)
}

/// A member as embedded, where the collection's origin is its own; else from its origin.
async fn read(
    fed: &Federation,
    item: &Value,
    id: &str,
    at: &str,
    budget: &mut Budget,
) -> Result<VerifiedObject, FetchFailure> {
    let vouched = item.is_object() && same_origin_text(id, at);
    match vouched.then(|| VerifiedObject::read(item)) {
        Some(Ok(found)) => Ok(found),
        Some(Err(_)) | None => verified_object(fed, id, budget).await,
    }
}

/// A thread is not refused because some of it did not come; a fault is a fault.
fn heed(told: Result<(), FetchFailure>, of: &str) -> Result<(), FetchFailure> {
    match told {
        Err(failure @ FetchFailure::Domain(Error::Fault(_))) => Err(failure),
        Err(why) => {
            tracing::debug!(of, %why, "left out");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

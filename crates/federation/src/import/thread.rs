//! Imports the rest of a thread: from the collection of its conversation (FEP-7888, FEP-f228), and from the
//! replies that a post lists, within one budget. What is imported is not announced and causes no notices.

use super::place::apply_listing;
use super::post::publish_verb;
use super::provenance::Provenance;
use crate::context::Federation;
use crate::fetch::collection::{ReadLimits, collection, members};
use crate::fetch::stored::stored_post;
use crate::fetch::{Budget, FetchFailure, author, verified_object};
use crate::kinds::VerifiedObject;
use client::same_origin_text;
use domain::Error;
use model::ActorKind;
use serde_json::Value;
use vocab::{Collection, id_of};

/// How much of a collection is read.
const CONVERSATION: ReadLimits = ReadLimits {
    pages: 3,
    members: 60,
};

/// Imports the other posts of a post's conversation, but not the post itself. Spends at most half of the
/// budget.
///
/// # Errors
/// Faults. A conversation that cannot be read is skipped.
pub(crate) async fn import_conversation(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let Some(context) = post.object.context.as_deref() else {
        return Ok(());
    };
    let mut half = budget.half();
    let result = read_conversation(fed, context, &post.id, provenance, &mut half).await;
    budget.give_back(half);
    ignore_unless_fault(result, context)
}

async fn read_conversation(
    fed: &Federation,
    context: &str,
    except: &str,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let collection_page = collection(fed, context, budget).await?;
    let provenance =
        collection_provenance(fed, &collection_page, context, provenance, budget).await;
    let items = members(fed, collection_page, context, CONVERSATION, budget).await?;
    import_items(fed, &items, context, except, &provenance, budget).await
}

/// Imports the replies that a post lists, except the one that is imported by itself.
///
/// # Errors
/// Faults.
pub(super) async fn import_replies(
    fed: &Federation,
    post: &VerifiedObject,
    except: &str,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let listed = post.object.replies.as_deref();
    let Some(replies) = listed.filter(|collection_url| same_origin_text(collection_url, &post.id))
    else {
        return Ok(());
    };
    let result = read_replies(fed, replies, except, provenance, budget).await;
    ignore_unless_fault(result, replies)
}

async fn read_replies(
    fed: &Federation,
    replies: &str,
    except: &str,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let collection_page = collection(fed, replies, budget).await?;
    let items = members(fed, collection_page, replies, CONVERSATION, budget).await?;
    import_items(
        fed,
        &items,
        replies,
        except,
        &provenance.without_announcer(),
        budget,
    )
    .await
}

/// What is found in the conversation that a community keeps on its own server is there by that
/// community's word, and so is in it if it names it. Any other conversation is no community's word.
async fn collection_provenance(
    fed: &Federation,
    collection_page: &Collection,
    collection_url: &str,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Provenance {
    let owner = collection_page.attributed_to.as_deref();
    let Some(owner) = owner.filter(|owner| same_origin_text(owner, collection_url)) else {
        return provenance.without_announcer();
    };
    match author(fed, owner, budget).await {
        Ok(row) if row.kind == ActorKind::Group && row.peer_id.is_some() => Provenance {
            wanted: provenance.wanted,
            ..Provenance::of_community(row.id)
        },
        Ok(_) | Err(_) => provenance.without_announcer(),
    }
}

/// Imports the members of a collection that are not stored: the first post of the thread, and each reply
/// once its parent is stored.
async fn import_items(
    fed: &Federation,
    items: &[Value],
    collection_url: &str,
    except: &str,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    let mut waiting: Vec<VerifiedObject> = Vec::new();
    let mut has_root = false;
    for item in items {
        let Some(id) = id_of(item).filter(|id| *id != except) else {
            continue;
        };
        if fed.urls()?.is_ours(id) {
            continue;
        }
        if let Some(known) = stored_post(fed, id).await? {
            apply_listing(fed, &known, provenance).await?;
            continue;
        }
        let post = match read_item(fed, item, id, collection_url, budget).await {
            Ok(post) if post.id == except => continue,
            Ok(post) => post,
            Err(FetchFailure::Spent) => break,
            Err(failure) => {
                ignore_unless_fault(Err(failure), id)?;
                continue;
            }
        };
        // A conversation has one first post; further ones are skipped.
        if post.object.in_reply_to.is_none() && std::mem::replace(&mut has_root, true) {
            continue;
        }
        waiting.push(post);
        import_ready(fed, &mut waiting, provenance, budget).await?;
    }
    Ok(())
}

/// Imports the waiting posts whose parents are stored, until there is none left.
async fn import_ready(
    fed: &Federation,
    waiting: &mut Vec<VerifiedObject>,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<(), FetchFailure> {
    loop {
        let mut not_ready = Vec::new();
        let before = waiting.len();
        for post in waiting.drain(..) {
            match import_if_ready(fed, &post, provenance, budget).await {
                Ok(true) => {}
                Ok(false) => not_ready.push(post),
                Err(failure) => ignore_unless_fault(Err(failure), &post.id)?,
            }
        }
        *waiting = not_ready;
        if waiting.is_empty() || waiting.len() == before {
            return Ok(());
        }
    }
}

/// Imports a post if its parent is stored; returns whether it did.
async fn import_if_ready(
    fed: &Federation,
    post: &VerifiedObject,
    provenance: &Provenance,
    budget: &mut Budget,
) -> Result<bool, FetchFailure> {
    let parent = match &post.object.in_reply_to {
        Some(parent_id) => match stored_post(fed, parent_id).await? {
            Some(parent) => Some(parent),
            None => return Ok(false),
        },
        None => None,
    };
    let verb = publish_verb(fed, post, provenance, parent.as_ref(), budget).await?;
    fed.ops().write(verb).await?;
    Ok(true)
}

/// Returns a member as embedded, if the collection is of its origin; else fetches it from its origin.
async fn read_item(
    fed: &Federation,
    item: &Value,
    id: &str,
    collection_url: &str,
    budget: &mut Budget,
) -> Result<VerifiedObject, FetchFailure> {
    let is_verified = item.is_object() && same_origin_text(id, collection_url);
    match is_verified.then(|| VerifiedObject::read(item)) {
        Some(Ok(post)) => Ok(post),
        Some(Err(_)) | None => verified_object(fed, id, budget).await,
    }
}

/// Returns faults only: a thread is not refused because some of it could not be imported.
fn ignore_unless_fault(result: Result<(), FetchFailure>, url: &str) -> Result<(), FetchFailure> {
    match result {
        Err(failure @ FetchFailure::Domain(Error::Fault(_))) => Err(failure),
        Err(error) => {
            tracing::debug!(url, %error, "not imported");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

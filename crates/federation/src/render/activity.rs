//! Activities of ours. Each has an id, a type, an actor, an object and addressees (NodeBB drops
//! what lacks one), and names its community in `audience`.

use super::words::REMOVED;
use super::{part, unwritable};
use domain::Outcome;
use model::{Audience, Time};
use serde_json::Value;
use serde_json::value::RawValue;
use store::row;
use vocab::activity::Forward;
use vocab::{Activity, Actor, Object, PUBLIC};

/// An author has said something new.
///
/// # Errors
/// As [`super::part`].
pub fn create(id: &str, object: &Object, now: Time) -> Outcome<Activity> {
    Ok(of_object("Create", id, object, part(object)?, now))
}

/// An author has changed something.
///
/// # Errors
/// As [`super::part`].
pub fn update(id: &str, object: &Object, now: Time) -> Outcome<Activity> {
    Ok(of_object("Update", id, object, part(object)?, now))
}

/// An author has taken something away; `object` as it would be addressed. Only its id is told.
#[must_use]
pub fn delete(id: &str, object: &Object, now: Time) -> Activity {
    let gone = Value::from(object.id.clone());
    of_object("Delete", id, object, gone, now)
}

/// A moderator has taken away what somebody else wrote: a `Delete` with a reason.
#[must_use]
pub fn removal(id: &str, by: &row::Actor, object: &Object, now: Time) -> Activity {
    Activity {
        actor: Some(by.ap_id.clone()),
        summary: Some(REMOVED.to_owned()),
        ..delete(id, object, now)
    }
}

/// By the object's author, addressed as the object is.
fn of_object(kind: &str, id: &str, object: &Object, what: Value, now: Time) -> Activity {
    let author = object.attributed_to.as_deref().unwrap_or_default();
    Activity {
        to: object.to.clone(),
        cc: object.cc.clone(),
        audience: object.audience.clone(),
        published: Some(now.utc()),
        ..Activity::new(kind, id, author, what)
    }
}

/// To everybody and an actor's followers.
fn to_followers(actor: &row::Actor, audience: Audience) -> (Vec<String>, Vec<String>) {
    let everybody = vec![PUBLIC.to_owned()];
    let followers: Vec<String> = actor.followers_url.iter().cloned().collect();
    match audience {
        Audience::Public => (everybody, followers),
        Audience::Unlisted => (followers, everybody),
    }
}

/// A community passes an activity on, its bytes unchanged (FEP-1b12), as a whole document.
///
/// # Errors
/// A fault when `activity` is not JSON.
pub fn forward(
    id: &str,
    community: &row::Actor,
    audience: Audience,
    activity: &str,
) -> Outcome<String> {
    let (to, cc) = to_followers(community, audience);
    let raw = RawValue::from_string(activity.to_owned()).map_err(unwritable)?;
    serde_json::to_string(&Forward::new(id, &community.ap_id, &to, &cc, &raw)).map_err(unwritable)
}

/// A community announces a thread by its id: what Mastodon shows as a boost.
#[must_use]
pub fn announce(id: &str, community: &row::Actor, post: &row::Post) -> Activity {
    let (to, cc) = to_followers(community, post.audience);
    Activity {
        to,
        cc,
        audience: vec![community.ap_id.clone()],
        ..Activity::new(
            "Announce",
            id,
            &community.ap_id,
            Value::from(post.ap_id.as_str()),
        )
    }
}

/// A community takes an announcement by id back; `announced` is that Announce's id.
///
/// # Errors
/// As [`super::part`].
pub fn withdrawn_announce(
    id: &str,
    community: &row::Actor,
    post: &row::Post,
    announced: &str,
) -> Outcome<Activity> {
    undo(id, &announce(announced, community, post))
}

/// Somebody finds a post helpful; `id` is the like's own.
#[must_use]
pub fn like(
    id: &str,
    actor: &row::Actor,
    post: &row::Post,
    author: &row::Actor,
    community: Option<&row::Actor>,
) -> Activity {
    let community: Vec<String> = community.iter().map(|c| c.ap_id.clone()).collect();
    Activity {
        to: vec![author.ap_id.clone()],
        cc: community.clone(),
        audience: community,
        ..Activity::new("Like", id, &actor.ap_id, Value::from(post.ap_id.as_str()))
    }
}

/// Somebody asks to follow; `id` is the follow's own.
#[must_use]
pub fn follow(id: &str, follower: &row::Actor, target: &row::Actor) -> Activity {
    Activity {
        to: vec![target.ap_id.clone()],
        ..Activity::new(
            "Follow",
            id,
            &follower.ap_id,
            Value::from(target.ap_id.as_str()),
        )
    }
}

/// The one followed says yes to `asked`.
///
/// # Errors
/// As [`super::part`].
pub fn accept(id: &str, asked: &Activity) -> Outcome<Activity> {
    answer("Accept", id, asked)
}

/// The one followed says no to `asked`.
///
/// # Errors
/// As [`super::part`].
pub fn reject(id: &str, asked: &Activity) -> Outcome<Activity> {
    answer("Reject", id, asked)
}

/// By the object of what was asked, to whoever asked it.
fn answer(kind: &str, id: &str, asked: &Activity) -> Outcome<Activity> {
    let (asker, asked_of) = (asked.actor.clone(), asked.object_id().unwrap_or_default());
    Ok(Activity {
        to: asker.into_iter().collect(),
        ..Activity::new(kind, id, asked_of, part(asked)?)
    })
}

/// Its actor takes an activity back, before the same addressees.
///
/// # Errors
/// As [`super::part`].
pub fn undo(id: &str, done: &Activity) -> Outcome<Activity> {
    let actor = done.actor.as_deref().unwrap_or_default();
    Ok(Activity {
        to: done.to.clone(),
        cc: done.cc.clone(),
        audience: done.audience.clone(),
        ..Activity::new("Undo", id, actor, part(done)?)
    })
}

/// An actor has moved to another address (FEP-7628).
#[must_use]
pub fn moved(id: &str, old: &row::Actor, new: &row::Actor, now: Time) -> Activity {
    let (to, cc) = to_followers(old, Audience::Public);
    Activity {
        to,
        cc,
        target: Some(new.ap_id.clone()),
        published: Some(now.utc()),
        ..Activity::new("Move", id, &old.ap_id, Value::from(old.ap_id.as_str()))
    }
}

/// An actor says anew what it is.
///
/// # Errors
/// As [`super::part`].
pub fn update_actor(id: &str, row: &row::Actor, actor: &Actor, now: Time) -> Outcome<Activity> {
    let (to, cc) = to_followers(row, Audience::Public);
    Ok(Activity {
        to,
        cc,
        published: Some(now.utc()),
        ..Activity::new("Update", id, &row.ap_id, part(actor)?)
    })
}

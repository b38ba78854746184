//! Who activities are addressed to. Each has an id, a type, an actor, an object and addressees (NodeBB
//! drops what lacks one), and names its community in `audience`.

use model::{Audience, Time};
use serde_json::Value;
use store::row;
use vocab::{Activity, Object, PUBLIC};

/// By the object's author, addressed as the object is.
pub(crate) fn of_object(kind: &str, id: &str, object: &Object, what: Value, now: Time) -> Activity {
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
pub(crate) fn to_followers(actor: &row::Actor, audience: Audience) -> (Vec<String>, Vec<String>) {
    let everybody = vec![PUBLIC.to_owned()];
    let followers: Vec<String> = actor.followers_url.iter().cloned().collect();
    match audience {
        Audience::Public => (everybody, followers),
        Audience::Unlisted => (followers, everybody),
    }
}

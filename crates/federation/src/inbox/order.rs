//! The order key of an activity: activities of one conversation are applied one after another, and so are
//! those about the follow between two actors. Pure. The key is never a host alone, and counts within its
//! signer's origin, so that no server can delay another one's activities.

use crate::text::digest;
use serde_json::Value;
use vocab::{id_of, kind_of};

/// The longest key, in bytes; a longer one is replaced by its hash.
const KEY_MAX: usize = 300;

/// The order key of an activity.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub key: String,
    /// The embedded post of that conversation, which later activities only name.
    pub object: Option<String>,
}

/// Returns the order key of an activity; `known` returns the conversation of an earlier post.
pub(super) fn order(activity: &Value, known: &dyn Fn(&str) -> Option<String>) -> Order {
    let found = order_at_depth(activity, known, 0);
    Order {
        key: if found.key.len() > KEY_MAX {
            digest(found.key.as_bytes())
        } else {
            found.key
        },
        ..found
    }
}

fn order_at_depth(activity: &Value, known: &dyn Fn(&str) -> Option<String>, depth: u8) -> Order {
    let none = Value::Null;
    let object = activity.get("object").unwrap_or(&none);
    let actor = activity.get("actor").and_then(id_of).unwrap_or_default();
    let of = |key: String| Order { key, object: None };
    match kind_of(activity).unwrap_or_default() {
        "Follow" => of(pair(actor, id_of(object).unwrap_or_default())),
        "Accept" | "Reject" => {
            let follower = object
                .get("actor")
                .or_else(|| activity.get("to"))
                .and_then(id_of);
            of(pair(follower.unwrap_or_default(), actor))
        }
        _ if depth < 3 && is_activity(object) => order_at_depth(object, known, depth + 1),
        _ if object.is_object() => conversation(object, known),
        _ => {
            let id = id_of(object)
                .or_else(|| activity.get("id").and_then(id_of))
                .unwrap_or(actor);
            of(known(id).unwrap_or_else(|| id.to_owned()))
        }
    }
}

fn pair(follower: &str, target: &str) -> String {
    format!("follow {follower} {target}")
}

fn is_activity(value: &Value) -> bool {
    value.get("actor").is_some() && value.get("object").is_some()
}

/// Returns the conversation of an embedded post: the known one, the one it names, its parent, or the post
/// itself.
fn conversation(object: &Value, known: &dyn Fn(&str) -> Option<String>) -> Order {
    let of = |key: &str| object.get(key).and_then(id_of);
    let (id, parent) = (of("id"), of("inReplyTo"));
    let context = of("context").or_else(|| of("conversation"));
    let key = id
        .and_then(known)
        .or_else(|| parent.and_then(known))
        .or_else(|| context.or(parent).or(id).map(str::to_owned));
    Order {
        key: key.unwrap_or_default(),
        object: id.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::HashMap;

    fn fixture(name: &str) -> Value {
        let path = format!(
            "{}/../../tests/fixtures/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    /// The keys of activities that come one after another from one server.
    fn keys(activities: &[Value]) -> Vec<String> {
        let mut known: HashMap<String, String> = HashMap::new();
        let mut found = Vec::new();
        for activity in activities {
            let order = order(activity, &|id| known.get(id).cloned());
            if let Some(object) = order.object {
                known.insert(object, order.key.clone());
            }
            found.push(order.key);
        }
        found
    }

    #[test]
    fn one_conversation_one_key() {
        let of = |kind: &str, object: Value| json!({"type": kind, "actor": "https://a.test/u", "object": object});
        let page = json!({"type": "Page", "id": "https://a.test/1", "context": "https://a.test/1/context"});
        let reply =
            json!({"type": "Note", "id": "https://b.test/2", "inReplyTo": "https://a.test/1"});
        let deeper =
            json!({"type": "Note", "id": "https://a.test/3", "inReplyTo": "https://b.test/2"});
        let found = keys(&[
            of("Announce", of("Create", page.clone())),
            of("Announce", json!("https://a.test/1")),
            of("Announce", of("Create", reply)),
            of("Create", deeper),
            of("Like", json!("https://a.test/3")),
            of(
                "Announce",
                of("Undo", of("Like", json!("https://b.test/2"))),
            ),
            of("Update", page),
            of(
                "Delete",
                json!({"type": "Tombstone", "id": "https://b.test/2"}),
            ),
            of("Delete", json!("https://a.test/1")),
        ]);
        assert!(
            found.iter().all(|key| key == "https://a.test/1/context"),
            "{found:?}"
        );
    }

    #[test]
    fn without_earlier_activities_the_object_is_the_key() {
        let alone = |name: &str| keys(&[fixture(name)]).remove(0);
        assert_eq!(alone("lemmy/like"), "https://lemmy.example/post/44");
        assert_eq!(
            alone("nodebb/announce-article"),
            "https://nodebb.example/topic/9"
        );
        assert_eq!(
            alone("lemmy/announce-create-page"),
            "https://lemmy.example/post/44"
        );
        assert_eq!(
            alone("mastodon/delete-person"),
            "https://mastodon.example/users/mae"
        );
        assert_eq!(
            alone("wordpress/update-without-id"),
            "https://wp.example/?author=1"
        );
    }

    #[test]
    fn following_is_ordered_by_the_pair() {
        let pair = "follow https://mitra.example/users/mio https://nodebb.example/category/4";
        assert_eq!(keys(&[fixture("mitra/undo-follow")]), [pair]);
        let accept = keys(&[fixture("nodebb/accept-follow")]);
        assert_eq!(
            accept,
            ["follow https://snac.example/sol https://nodebb.example/category/4"]
        );
    }

    #[test]
    fn a_long_key_is_shortened() {
        let long = format!("https://a.test/{}", "x".repeat(1_000));
        let key =
            keys(&[json!({"type": "Like", "actor": "https://a.test/u", "object": long})]).remove(0);
        assert_eq!(key.len(), 43);
    }
}

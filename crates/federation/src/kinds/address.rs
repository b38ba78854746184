//! Who activities are addressed to. Each has an id, a type, an actor, an object and addressees (NodeBB
//! drops what lacks one), and names its community in `audience`.

use model::{Audience, Time};
use serde_json::Value;
use store::row;
use vocab::{Activity, Object, PUBLIC, Tag};

/// By the object's author, addressed as the object is.
pub(crate) fn of_object(kind: &str, id: &str, object: &Object, what: Value, now: Time) -> Activity {
    let author = object.attributed_to.as_deref().unwrap_or_default();
    Activity {
        to: object.to.clone(),
        cc: object.cc.clone(),
        audience: object.audience.clone(),
        tag: match kind {
            "Create" | "Update" => mentions(object),
            _ => Vec::new(),
        },
        published: Some(now.utc()),
        ..Activity::new(kind, id, author, what)
    }
}

/// Returns the mentions of an object, which stand on its Create and Update as well.
fn mentions(object: &Object) -> Vec<Tag> {
    let mentions = object.tag.iter().filter(|tag| tag.kind == "Mention");
    mentions.cloned().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_stand_on_the_create_and_the_update_too() {
        let mention = Tag::mention("https://beta.test/u/bea", "bea@beta.test");
        let object = Object {
            tag: vec![mention.clone(), Tag::default()],
            ..Object::default()
        };
        let tags = |kind: &str| {
            let now = Time::from_unix_millis(1_800_000_000_000);
            of_object(
                kind,
                "https://alpha.test/activities/1",
                &object,
                Value::Null,
                now,
            )
            .tag
        };
        assert_eq!(tags("Create"), std::slice::from_ref(&mention));
        assert_eq!(tags("Update"), std::slice::from_ref(&mention));
        assert!(tags("Delete").is_empty());
    }
}

//! What must be known of an activity before it is kept: its actor, its type, and under which name
//! a repeat of it is known. The rest is read when it is taken in.

use crate::identity::ID_MAX;
use crate::json::without_nul;
use crate::text::digest;
use model::Time;
use serde_json::Value;
use vocab::{id_of, kind_of};

/// A received activity, as far as the inbox reads it.
#[derive(Debug)]
pub(super) struct Incoming {
    /// The whole document.
    pub value: Value,
    /// Its actor's id.
    pub actor: String,
    /// Its type.
    pub kind: String,
}

impl Incoming {
    /// Reads a document.
    ///
    /// # Errors
    /// What it lacks, in words.
    pub(super) fn read(value: Value) -> Result<Self, &'static str> {
        let value = without_nul(value);
        if !value.is_object() {
            return Err("not an activity");
        }
        let kind = kind_of(&value)
            .ok_or("the activity has no type")?
            .to_owned();
        let actor = value
            .get("actor")
            .and_then(id_of)
            .ok_or("the activity has no actor")?;
        if actor.len() > ID_MAX {
            return Err("the actor's id is too long");
        }
        Ok(Self {
            actor: actor.to_owned(),
            kind,
            value,
        })
    }

    /// It says that its own actor is no more.
    pub(super) fn is_farewell(&self) -> bool {
        let object = self.value.get("object").and_then(id_of);
        self.kind == "Delete" && object == Some(self.actor.as_str())
    }

    /// The name under which a repeat is known: who signed and the activity's id, or the body's
    /// hash where there is none. A Follow that is asked again counts anew, a minute later: its
    /// Accept may have been lost.
    pub(super) fn guard(&self, origin: &str, body: &[u8], now: Time) -> String {
        let id = self
            .value
            .get("id")
            .and_then(id_of)
            .filter(|id| id.len() <= ID_MAX);
        match (id, self.kind.as_str()) {
            (Some(id), "Follow") => format!("{origin} {id} {}", now.unix_millis() / 60_000),
            (Some(id), _) => format!("{origin} {id}"),
            (None, _) => format!("{origin} {}", digest(body)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Time {
        Time::from_unix_millis(1_800_000_000_000)
    }

    #[test]
    fn an_activity_has_a_type_and_an_actor() {
        assert!(
            Incoming::read(json!({"type": "Like", "actor": {"id": "https://a.test/u"}})).is_ok()
        );
        for odd in [
            json!([]),
            json!("x"),
            json!(null),
            json!({}),
            json!({"type": "Like"}),
            json!({"actor": "https://a.test/u"}),
            json!({"type": 7, "actor": "a"}),
        ] {
            assert!(Incoming::read(odd.clone()).is_err(), "{odd}");
        }
    }

    #[test]
    fn repeats_are_known_by_origin_and_id() {
        let of = |value: Value| Incoming::read(value).unwrap();
        let like =
            of(json!({"type": "Like", "actor": "https://a.test/u", "id": "https://a.test/1"}));
        assert_eq!(
            like.guard("https://a.test", b"x", now()),
            "https://a.test https://a.test/1"
        );
        assert_ne!(
            like.guard("https://evil.test", b"x", now()),
            like.guard("https://a.test", b"x", now())
        );
        let bare = of(json!({"type": "Update", "actor": "https://a.test/u"}));
        assert_eq!(
            bare.guard("https://a.test", b"x", now()),
            bare.guard("https://a.test", b"x", now())
        );
        assert_ne!(
            bare.guard("https://a.test", b"x", now()),
            bare.guard("https://a.test", b"y", now())
        );
        let follow =
            of(json!({"type": "Follow", "actor": "https://a.test/u", "id": "https://a.test/2"}));
        let (first, again) = (
            follow.guard("o", b"", now()),
            follow.guard("o", b"", now().plus_seconds(86_400)),
        );
        assert_ne!(first, again);
    }

    #[test]
    fn a_farewell_is_a_delete_of_oneself() {
        let of = |object: Value| {
            Incoming::read(json!({"type": "Delete", "actor": "https://a.test/u", "object": object}))
                .unwrap()
        };
        assert!(of(json!("https://a.test/u")).is_farewell());
        assert!(of(json!({"id": "https://a.test/u", "type": "Person"})).is_farewell());
        assert!(!of(json!("https://a.test/p/1")).is_farewell());
    }
}

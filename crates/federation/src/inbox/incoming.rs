//! Reads what the inbox needs of an activity: its actor, its type, and its idempotency key. The rest is read
//! when it is applied.

use crate::identity::ID_MAX;
use crate::json::without_nul;
use crate::text::digest;
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
    /// What is missing.
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

    /// Whether it deletes its own actor.
    pub(super) fn is_self_delete(&self) -> bool {
        let object = self.value.get("object").and_then(id_of);
        self.kind == "Delete" && object == Some(self.actor.as_str())
    }

    /// Returns the idempotency key: the signer's origin and the activity's id, or the body's hash where
    /// it has no id. A Follow that is sent again is a new one, because its Accept may have been lost; with the
    /// same signature it is a repeat, which somebody else may have recorded.
    pub(super) fn guard(&self, origin: &str, body: &[u8], signature: &[u8]) -> String {
        let id = self
            .value
            .get("id")
            .and_then(id_of)
            .filter(|id| id.len() <= ID_MAX);
        match (id, self.kind.as_str()) {
            (Some(id), "Follow") => format!("{origin} {id} {}", digest(signature)),
            (Some(id), _) => format!("{origin} {id}"),
            (None, _) => format!("{origin} {}", digest(body)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
    fn a_repeat_has_the_same_origin_and_id() {
        let of = |value: Value| Incoming::read(value).unwrap();
        let like =
            of(json!({"type": "Like", "actor": "https://a.test/u", "id": "https://a.test/1"}));
        assert_eq!(
            like.guard("https://a.test", b"x", b""),
            "https://a.test https://a.test/1"
        );
        assert_ne!(
            like.guard("https://evil.test", b"x", b""),
            like.guard("https://a.test", b"x", b"")
        );
        let bare = of(json!({"type": "Update", "actor": "https://a.test/u"}));
        assert_eq!(
            bare.guard("https://a.test", b"x", b""),
            bare.guard("https://a.test", b"x", b"")
        );
        assert_ne!(
            bare.guard("https://a.test", b"x", b""),
            bare.guard("https://a.test", b"y", b"")
        );
        let follow =
            of(json!({"type": "Follow", "actor": "https://a.test/u", "id": "https://a.test/2"}));
        let (first, again) = (
            follow.guard("o", b"", b"signed once"),
            follow.guard("o", b"", b"signed again"),
        );
        assert_ne!(first, again);
        assert_eq!(first, follow.guard("o", b"", b"signed once"));
    }

    #[test]
    fn a_self_delete_names_its_own_actor() {
        let of = |object: Value| {
            Incoming::read(json!({"type": "Delete", "actor": "https://a.test/u", "object": object}))
                .unwrap()
        };
        assert!(of(json!("https://a.test/u")).is_self_delete());
        assert!(of(json!({"id": "https://a.test/u", "type": "Person"})).is_self_delete());
        assert!(!of(json!("https://a.test/p/1")).is_self_delete());
    }
}

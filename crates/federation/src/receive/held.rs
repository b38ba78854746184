//! What an activity that is tried again keeps from those that came after it: an Undo waits for its
//! Like, an Update and a Delete for their Create, a reply for the post it answers. Pure.
//!
//! Not the conversation, and not the community: whoever is named in one bad activity may be silent
//! for the hour over which it is tried, and a whole thread would wait with it. What waits is what
//! would turn out otherwise, for as long as the first is tried (71 minutes at most), and only what
//! the same server sent: nobody can hold up somebody else's.

use crate::inbox::digest;
use serde_json::Value;
use url::Url;
use vocab::{Activity, id_of, kind_of};

/// Activities within activities looked into.
const LEVELS: u8 = 3;

/// What one activity is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    holds: Vec<String>,
    awaits: Vec<String>,
}

impl Names {
    /// Of an activity as it came.
    pub(super) fn of(activity: &Activity) -> Self {
        let mut names = Self::default();
        // Itself, which a later one may take back by its id alone.
        if let Some(id) = &activity.id {
            names.holds.push(format!("activity {id}"));
        }
        if let Some(id) = activity.object_id() {
            names.awaits.push(format!("activity {id}"));
        }
        let actor = activity.actor.as_deref().unwrap_or_default();
        names.add_deed((&activity.kind, actor), &activity.object, LEVELS);
        names
    }

    /// What it keeps from others while it is put off, as digests that count within its signer's
    /// origin.
    pub(super) fn holds(&self, signer: &str) -> Vec<String> {
        within(signer, &self.holds)
    }

    /// What it needs from those before it.
    pub(super) fn awaits(&self, signer: &str) -> Vec<String> {
        within(signer, &self.awaits)
    }

    /// What was done to what, whoever passes it on or takes it back.
    fn add_deed(&mut self, (kind, actor): (&str, &str), object: &Value, levels: u8) {
        if levels > 0
            && let (Some(by), Some(inner)) = (object.get("actor"), object.get("object"))
        {
            let kind = kind_of(object).unwrap_or_default();
            return self.add_deed((kind, id_of(by).unwrap_or_default()), inner, levels - 1);
        }
        let Some(id) = id_of(object) else { return };
        let (made, changed) = (format!("made {id}"), format!("changed {id}"));
        let done = format!("done {actor} {id}");
        match kind {
            "Create" | "Announce" => {
                if let Some(parent) = object.get("inReplyTo").and_then(id_of) {
                    self.awaits.push(format!("made {parent}"));
                }
                self.awaits.extend([made.clone(), changed.clone()]);
                self.holds.extend([made, changed]);
            }
            "Update" | "Delete" => {
                self.awaits.extend([made, changed.clone()]);
                self.holds.push(changed);
            }
            _ => {
                self.awaits.extend([made, done.clone()]);
                self.holds.push(done);
            }
        }
    }
}

fn within(signer: &str, names: &[String]) -> Vec<String> {
    let origin = Url::parse(signer).map(|url| url.origin().ascii_serialization());
    let origin = origin.unwrap_or_default();
    let digests = names
        .iter()
        .map(|name| digest(format!("{origin} {name}").as_bytes()));
    let mut digests: Vec<String> = digests.collect();
    digests.sort_unstable();
    digests.dedup();
    digests
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BEA: &str = "https://beta.test/u/bea";

    fn act(kind: &str, actor: &str, object: &Value) -> Value {
        json!({"id": format!("https://beta.test/{kind}/{actor}"), "type": kind, "actor": actor, "object": object})
    }

    fn names(activity: &Value) -> Names {
        Names::of(&serde_json::from_value(activity.clone()).unwrap())
    }

    /// Whether the second waits while the first is put off.
    fn waits(second: &Value, first: &Value) -> bool {
        let held = names(first).holds(BEA);
        let awaited = names(second).awaits(BEA);
        awaited.iter().any(|name| held.contains(name))
    }

    #[test]
    fn what_would_turn_out_otherwise_waits() {
        let note =
            json!({"id": "https://beta.test/n/1", "type": "Note", "inReplyTo": "https://a.test/p"});
        let reply = json!({"id": "https://beta.test/n/2", "type": "Note", "inReplyTo": "https://beta.test/n/1"});
        let create = act("Create", BEA, &note);
        let like = act("Like", BEA, &json!("https://beta.test/n/1"));
        let group = "https://beta.test/c/g";
        for (second, first) in [
            (act("Update", BEA, &note), &create),
            (act("Delete", BEA, &json!("https://beta.test/n/1")), &create),
            (like.clone(), &create),
            (act("Create", BEA, &reply), &create),
            (act("Undo", BEA, &like), &like),
            (act("Undo", BEA, &like["id"]), &like),
            (act("Announce", group, &act("Undo", BEA, &like)), &like),
            (act("Announce", group, &create), &create),
            (
                act(
                    "Undo",
                    BEA,
                    &act("Delete", BEA, &json!("https://beta.test/n/1")),
                ),
                &act("Delete", BEA, &note),
            ),
        ] {
            assert!(waits(&second, first), "{second} after {first}");
        }
    }

    #[test]
    fn the_rest_of_the_conversation_goes_on() {
        let topic = json!("https://a.test/p");
        let note = |n: u8| json!({"id": format!("https://beta.test/n/{n}"), "type": "Note", "inReplyTo": topic});
        let like = act("Like", BEA, &topic);
        let update = act("Update", BEA, &json!({"id": topic, "type": "Page"}));
        for (second, first) in [
            (act("Create", BEA, &note(2)), act("Create", BEA, &note(1))),
            (act("Create", BEA, &note(2)), like.clone()),
            (act("Create", BEA, &note(2)), update.clone()),
            (act("Like", "https://beta.test/u/ben", &topic), like.clone()),
            (like, update),
        ] {
            assert!(!waits(&second, &first), "{second} after {first}");
        }
    }

    #[test]
    fn a_server_holds_up_its_own_only() {
        let create = names(&act("Create", BEA, &json!({"id": "https://a.test/p"})));
        let theirs = create.awaits("https://a.test/u/ann");
        assert!(create.holds(BEA).iter().all(|name| !theirs.contains(name)));
    }
}

//! Which activities wait for an earlier one that is tried again: an Undo for its Like, an Update and a
//! Delete for their Create, a reply for the post it answers. Pure.
//!
//! The dependency is not the conversation or the community: a retry may take an hour, and a whole thread
//! would wait with it. Only activities wait whose result would differ, for as long as the first is
//! retried (71 minutes at most), and only those from the same server: nobody can delay another server's.

use crate::text::digest;
use delivery::inbound::Dependencies;
use serde_json::Value;
use url::Url;
use vocab::{Activity, id_of, kind_of};

/// The depth to which nested activities are read.
const MAX_DEPTH: u8 = 3;

/// Returns the dependencies of an activity, as digests that count within its signer's origin.
pub(super) fn dependencies(activity: &Activity, signer: &str) -> Dependencies {
    let names = Names::of(activity);
    Dependencies {
        provides: within(signer, &names.provides),
        requires: within(signer, &names.requires),
    }
}

/// What an activity changes and refers to, by name.
#[derive(Debug, Default)]
struct Names {
    provides: Vec<String>,
    requires: Vec<String>,
}

impl Names {
    fn of(activity: &Activity) -> Self {
        let mut names = Self::default();
        // The activity itself, which a later Undo may name by its id alone.
        if let Some(id) = &activity.id {
            names.provides.push(format!("activity {id}"));
        }
        if let Some(id) = activity.object_id() {
            names.requires.push(format!("activity {id}"));
        }
        let actor = activity.actor.as_deref().unwrap_or_default();
        names.add_action((&activity.kind, actor), &activity.object, MAX_DEPTH);
        names
    }

    /// Adds what was done to which object, whether it was done, announced or undone.
    fn add_action(&mut self, (kind, actor): (&str, &str), object: &Value, depth: u8) {
        if depth > 0
            && let (Some(by), Some(inner)) = (object.get("actor"), object.get("object"))
        {
            let kind = kind_of(object).unwrap_or_default();
            return self.add_action((kind, id_of(by).unwrap_or_default()), inner, depth - 1);
        }
        let Some(id) = id_of(object) else { return };
        let (made, changed) = (format!("made {id}"), format!("changed {id}"));
        let done = format!("done {actor} {id}");
        match kind {
            "Create" | "Announce" => {
                if let Some(parent) = object.get("inReplyTo").and_then(id_of) {
                    self.requires.push(format!("made {parent}"));
                }
                self.requires.extend([made.clone(), changed.clone()]);
                self.provides.extend([made, changed]);
            }
            "Update" | "Delete" => {
                self.requires.extend([made, changed.clone()]);
                self.provides.push(changed);
            }
            _ => {
                self.requires.extend([made, done.clone()]);
                self.provides.push(done);
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

    fn dependencies_of(activity: &Value, signer: &str) -> Dependencies {
        dependencies(&serde_json::from_value(activity.clone()).unwrap(), signer)
    }

    /// Whether the second waits while the first is postponed.
    fn waits(second: &Value, first: &Value) -> bool {
        let provided = dependencies_of(first, BEA).provides;
        let required = dependencies_of(second, BEA).requires;
        required.iter().any(|name| provided.contains(name))
    }

    #[test]
    fn an_activity_waits_for_what_changes_its_result() {
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
    fn a_server_delays_only_its_own_activities() {
        let create = act("Create", BEA, &json!({"id": "https://a.test/p"}));
        let theirs = dependencies_of(&create, "https://a.test/u/ann").requires;
        let ours = dependencies_of(&create, BEA).provides;
        assert!(ours.iter().all(|name| !theirs.contains(name)));
    }
}

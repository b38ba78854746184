//! Reads the posts that an outbox lists, each once, in its newest version, without deleted ones. Pure.

use serde_json::Value;
use std::collections::HashSet;
use vocab::{Activity, id_of, kind_of};

/// A post in an outbox, by its id or embedded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutboxPost {
    /// Its ActivityPub id.
    pub id: String,
    /// The post itself, where it was embedded.
    pub embedded: Option<Value>,
}

/// Returns the posts of an outbox, newest first as it lists them. Likes and other activities are skipped; a bare
/// id may be a post's or an activity's.
pub(crate) fn posts(items: &[Value]) -> Vec<OutboxPost> {
    let mut deleted: HashSet<String> = HashSet::new();
    let mut listed: Vec<OutboxPost> = Vec::new();
    for item in items {
        match read_item(item, 0) {
            Some(ListItem::Deleted(id)) => {
                deleted.insert(id);
            }
            Some(ListItem::Post(post)) if !deleted.contains(&post.id) => add(&mut listed, post),
            Some(ListItem::Post(_)) | None => {}
        }
    }
    listed
}

fn add(listed: &mut Vec<OutboxPost>, post: OutboxPost) {
    match listed.iter_mut().find(|known| known.id == post.id) {
        Some(known) if known.embedded.is_none() => known.embedded = post.embedded,
        Some(_) => {}
        None => listed.push(post),
    }
}

enum ListItem {
    Post(OutboxPost),
    Deleted(String),
}

/// Reads one item, through at most one Announce around one activity.
fn read_item(item: &Value, depth: u8) -> Option<ListItem> {
    if depth > 2 {
        return None;
    }
    let id = id_of(item)?.to_owned();
    if item.is_string() {
        return Some(ListItem::Post(OutboxPost { id, embedded: None }));
    }
    match kind_of(item)? {
        "Announce" | "Create" | "Update" => read_item(item.get("object")?, depth + 1),
        "Delete" => Some(ListItem::Deleted(id_of(item.get("object")?)?.to_owned())),
        _ if is_activity(item) => None,
        _ => Some(ListItem::Post(OutboxPost {
            id,
            embedded: Some(item.clone()),
        })),
    }
}

fn is_activity(item: &Value) -> bool {
    serde_json::from_value::<Activity>(item.clone())
        .is_ok_and(|activity| activity.actor.is_some() && !activity.object.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_newest_wording_counts_and_the_deleted_stay_out() {
        let announce = |object: Value| json!({"type": "Announce", "id": "https://a.test/x", "actor": "https://a.test/c", "object": object});
        let act = |kind: &str, object: Value| json!({"type": kind, "id": "https://a.test/y", "actor": "https://a.test/u", "object": object});
        let page = |id: &str, text: &str| json!({"type": "Page", "id": id, "content": text});
        let items = [
            announce(act("Delete", json!("https://a.test/3"))),
            announce(act("Like", json!("https://a.test/1"))),
            announce(act("Update", page("https://a.test/1", "new"))),
            announce(json!("https://a.test/2")),
            announce(act("Create", page("https://a.test/3", "gone"))),
            announce(act("Create", page("https://a.test/2", "two"))),
            announce(act("Create", page("https://a.test/1", "old"))),
            json!("https://a.test/4"),
            json!(7),
        ];
        let found: Vec<_> = posts(&items)
            .into_iter()
            .map(|p| {
                (
                    p.id,
                    p.embedded
                        .map(|e| e["content"].as_str().unwrap().to_owned()),
                )
            })
            .collect();
        let text = |t: &str| Some(t.to_owned());
        assert_eq!(
            found,
            [
                ("https://a.test/1".to_owned(), text("new")),
                ("https://a.test/2".to_owned(), text("two")),
                ("https://a.test/4".to_owned(), None),
            ]
        );
    }

    #[test]
    fn a_recorded_outbox_is_read() {
        let path = format!(
            "{}/../../tests/fixtures/nodebb/group-outbox.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let outbox: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let page: vocab::Collection = serde_json::from_value(outbox.clone()).unwrap();
        let page = page.first_page().unwrap_or(page);
        let items: Vec<Value> = page.members().cloned().collect();
        let found = posts(&items);
        assert!(!found.is_empty(), "{outbox}");
        assert!(
            found.iter().any(|post| post.embedded.is_some())
                && found.iter().any(|post| post.embedded.is_none())
        );
    }
}

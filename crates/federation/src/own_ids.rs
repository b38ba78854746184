//! Replaces addresses of what is ours by its ids: people paste addresses of pages (`/p/1?lang=fr`, `/u/carl/`) where
//! other servers take them for ids. Pure.

use model::urls::Urls;
use serde_json::Value;
use vocab::Activity;

/// The keys of documents that refer to actors, posts and activities.
const REFERENCES: &[&str] = &[
    "actor",
    "object",
    "inReplyTo",
    "to",
    "cc",
    "audience",
    "context",
    "tag",
    "target",
];

/// Replaces our addresses in an activity. Its own id and actor are its sender's.
pub(crate) fn in_activity(activity: &mut Activity, urls: &Urls) {
    let lists = [&mut activity.to, &mut activity.cc, &mut activity.audience];
    let listed = lists.into_iter().flatten().chain(&mut activity.target);
    for reference in listed {
        replace(reference, urls);
    }
    for href in activity.tag.iter_mut().filter_map(|tag| tag.href.as_mut()) {
        replace(href, urls);
    }
    refer(&mut activity.object, urls);
}

/// Replaces our addresses in a document. Its own id is its server's.
pub(crate) fn in_document(value: &mut Value, urls: &Urls) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|value| in_document(value, urls)),
        Value::Object(map) => {
            for (key, value) in map {
                if REFERENCES.contains(&key.as_str()) {
                    refer(value, urls);
                } else {
                    in_document(value, urls);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Replaces our addresses in a reference: an id, an object that has one, or a list of both.
fn refer(value: &mut Value, urls: &Urls) {
    match value {
        Value::String(id) => replace(id, urls),
        Value::Array(list) => list.iter_mut().for_each(|value| refer(value, urls)),
        Value::Object(_) => {
            in_document(value, urls);
            for key in ["id", "@id", "href"] {
                if let Some(Value::String(id)) = value.get_mut(key) {
                    replace(id, urls);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn replace(reference: &mut String, urls: &Urls) {
    if let Some(id) = urls.canonical(reference) {
        *reference = id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_refers_to_us_names_our_ids() {
        let urls = Urls::new("https://alpha.test");
        let mut note = json!({
            "id": "https://beta.test/1", "inReplyTo": "https://alpha.test/p/1?lang=fr",
            "to": ["https://alpha.test/u/Carl/", "https://beta.test/u/x?y"], "cc": "http://alpha.test/c/weavers",
            "tag": [{"type": "Mention", "href": "https://alpha.test/u/carl#x"}],
            "attachment": [{"type": "Link", "href": "https://alpha.test/p/1?page=2#p3"}],
            "content": "https://alpha.test/p/1?lang=fr",
        });
        in_document(&mut note, &urls);
        let expected = json!({
            "id": "https://beta.test/1", "inReplyTo": "https://alpha.test/p/1",
            "to": ["https://alpha.test/u/carl", "https://beta.test/u/x?y"], "cc": "https://alpha.test/c/weavers",
            "tag": [{"type": "Mention", "href": "https://alpha.test/u/carl"}],
            "attachment": [{"type": "Link", "href": "https://alpha.test/p/1?page=2#p3"}],
            "content": "https://alpha.test/p/1?lang=fr",
        });
        assert_eq!(note, expected);
        let like = json!({"id": "https://beta.test/a/?x", "type": "Announce", "actor": "https://beta.test/c/",
            "object": {"type": "Like", "actor": "https://beta.test/u/", "object": {"id": "https://ALPHA.test/p/1/"}}});
        let mut like: Activity = serde_json::from_value(like).unwrap();
        in_activity(&mut like, &urls);
        assert_eq!(like.object["object"]["id"], json!("https://alpha.test/p/1"));
        assert_eq!(like.id.as_deref(), Some("https://beta.test/a/?x"));
        assert_eq!(like.actor.as_deref(), Some("https://beta.test/c/"));
    }
}

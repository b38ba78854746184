//! Generators for property tests: arbitrary JSON, and recorded documents with keys removed, duplicated
//! and given values of another type.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// Keys with a meaning in some document.
const KEYS: &[&str] = &[
    "@context",
    "id",
    "type",
    "actor",
    "object",
    "to",
    "cc",
    "bto",
    "audience",
    "attributedTo",
    "inReplyTo",
    "content",
    "contentMap",
    "name",
    "nameMap",
    "summary",
    "published",
    "updated",
    "startTime",
    "endTime",
    "tag",
    "attachment",
    "icon",
    "image",
    "url",
    "href",
    "mediaType",
    "context",
    "replies",
    "source",
    "first",
    "next",
    "items",
    "orderedItems",
    "totalItems",
    "publicKey",
    "publicKeyPem",
    "owner",
    "assertionMethod",
    "endpoints",
    "sharedInbox",
    "inbox",
    "outbox",
    "followers",
    "preferredUsername",
    "location",
    "links",
    "rel",
    "subject",
    "software",
    "version",
    "usage",
    "users",
    "metadata",
    "language",
    "identifier",
    "target",
    "instrument",
    "oneOf",
    "anyOf",
    "closed",
    "votersCount",
];

/// Values with a meaning under some key.
const WORDS: &[&str] = &[
    "",
    "Note",
    "Create",
    "Person",
    "Group",
    "Announce",
    "OrderedCollection",
    "Tombstone",
    "Link",
    "Public",
    "as:Public",
    "https://www.w3.org/ns/activitystreams#Public",
    "https://a.test/1",
    "https://b.test/u/bea#main-key",
    "acct:bea@b.test",
    "not a url",
    "https://",
    "//x",
    "javascript:x",
    "2026-01-01T00:00:00Z",
    "+262142-01-01T00:00:00Z",
    "-262143-01-01T00:00:00Z",
    "24:60",
    "fr-CA",
    "<p>x</p>",
    "\u{202e}\u{0}",
    "text/markdown",
    "self",
    "éé",
    "😀",
];

/// Generates a known or a random key.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![9 => select(KEYS).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

/// Generates a value without parts.
fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(WORDS).prop_map(|word| json!(word)),
        1 => "\\PC{0,12}".prop_map(Value::String),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<u64>().prop_map(|number| json!(number)),
        // Not any float: serde_json reads some of them with a rounding error.
        1 => any::<i32>().prop_map(|number| json!(f64::from(number) / 8.0)),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
}

/// Generates JSON a few levels deep, with the keys of ActivityStreams in arbitrary places.
pub fn anything() -> BoxedStrategy<Value> {
    leaf()
        .prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                1 => vec(inner.clone(), 0..4).prop_map(Value::Array),
                3 => btree_map(key(), inner, 0..8)
                    .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
            ]
        })
        .boxed()
}

/// Reads the documents of `tests/fixtures`, each with its path.
///
/// # Panics
/// When a fixture cannot be read.
#[must_use]
#[expect(clippy::expect_used, reason = "only tests call it")]
pub fn recorded() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut all = Vec::new();
    for software in fs::read_dir(folder).expect("the fixtures").flatten() {
        for file in fs::read_dir(software.path())
            .into_iter()
            .flatten()
            .flatten()
        {
            let bytes = fs::read(file.path()).expect("a fixture");
            if let Ok(value) = serde_json::from_slice(&bytes) {
                all.push((file.path().display().to_string(), value));
            }
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(all.len() > 60, "only {} fixtures", all.len());
    all
}

/// Generates a recorded document with a few changes.
pub fn mutated() -> BoxedStrategy<Value> {
    let shapes: Vec<Value> = recorded().into_iter().map(|(_, value)| value).collect();
    let change = (any::<Index>(), any::<Index>(), 0_u8..5, anything());
    (select(shapes), vec(change, 1..5))
        .prop_map(|(mut shape, changes)| {
            for (object, key, how, value) in changes {
                change_one(&mut shape, object, key, how, value);
            }
            shape
        })
        .boxed()
}

/// Changes one key of one of the objects in a document.
fn change_one(shape: &mut Value, which: Index, key: Index, how: u8, value: Value) {
    let count = objects(shape);
    if count == 0 {
        return;
    }
    let mut left = which.index(count);
    let Some(map) = nth(shape, &mut left) else {
        return;
    };
    if map.is_empty() {
        return;
    }
    let Some(name) = map.keys().nth(key.index(map.len())).cloned() else {
        return;
    };
    let old = map.get(&name).cloned().unwrap_or_default();
    match how {
        0 => drop(map.remove(&name)),
        1 => drop(map.insert(name, value)),
        2 => drop(map.insert(name, json!([old, value]))),
        3 => drop(map.insert(name, json!({ "id": old, "type": value }))),
        _ => drop(map.insert(name, json!([[old]]))),
    }
}

fn objects(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(objects).sum::<usize>(),
        Value::Array(list) => list.iter().map(objects).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Returns the object with this index, counted in depth-first order.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Map<String, Value>> {
    match value {
        Value::Object(map) => {
            if *left == 0 {
                return Some(map);
            }
            *left -= 1;
            map.values_mut().find_map(|inner| nth(inner, left))
        }
        Value::Array(list) => list.iter_mut().find_map(|inner| nth(inner, left)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

//! Invariants of every document, whatever it contains. The property tests and `fuzz/` check them; a
//! violation panics.

use crate::webfinger::REL_SELF;
use crate::{Activity, Actor, Collection, Jrd, MAX_BYTES, NodeInfo, Object, ParseError};
use crate::{id_of, kind_of, nodeinfo, parse, with_context};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;

/// Checks that bytes are either rejected, or a document that can be written and read again; returns it.
pub fn bytes(bytes: &[u8]) -> Option<Value> {
    let mut value = parse(bytes).ok()?;
    assert!(bytes.len() <= MAX_BYTES);
    let written = value.to_string();
    let again = parse(written.as_bytes()).err();
    let grown = again == Some(ParseError::TooLarge);
    assert!(again.is_none() || grown, "{again:?}: {written}");
    replace_floats(&mut value);
    Some(value)
}

/// Replaces every float by one that round-trips: serde_json reads some with a rounding error.
fn replace_floats(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => *value = json!(0.5),
        Value::Array(list) => list.iter_mut().for_each(replace_floats),
        Value::Object(map) => map.values_mut().for_each(replace_floats),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Checks that a document read, written and read again is equal.
fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &Value) -> Option<T> {
    let first: T = serde_json::from_value(value.clone()).ok()?;
    let written = serde_json::to_vec(&with_context(&first));
    let again: Result<T, _> = written.and_then(|bytes| serde_json::from_slice(&bytes));
    let again = again.map_err(|error| error.to_string());
    assert_eq!(again.as_ref(), Ok(&first), "{value}");
    Some(first)
}

/// Reads a document as every type, and calls every accessor.
pub fn document(value: &Value) {
    if let Some(activity) = round_trips::<Activity>(value) {
        let _ = (
            activity.object_id(),
            activity.object_type(),
            activity.wraps_activity(),
        );
        let _ = (
            activity.embedded_activity(),
            activity.embedded_object(),
            activity.embedded_actor(),
        );
        let _ = (
            activity.readers(None),
            activity.addressees().count(),
            activity.each(20),
        );
    }
    if let Some(actor) = round_trips::<Actor>(value) {
        let _ = (
            actor.best_inbox(),
            actor.display_name(),
            actor.moderators_collection(),
        );
        let _ = (actor.is_group(), actor.is_person_like());
    }
    if let Some(object) = round_trips::<Object>(value) {
        let _ = (object.text(), object.title(), object.mentions().count());
        let _ = (
            object.starts(),
            object.ends(),
            object.places(),
            object.readers(None),
        );
        let _ = (object.is_tombstone(), object.addressees().count());
    }
    if let Some(whole) = round_trips::<Collection>(value) {
        let _ = (
            whole.members().count(),
            whole.member_ids().count(),
            whole.first_id(),
            whole.first_page(),
        );
    }
    webfinger(value);
    node_info(value);
    let _ = (id_of(value), kind_of(value));
}

/// Checks that the actors of a WebFinger document are among its links.
pub fn webfinger(value: &Value) {
    let Some(jrd) = round_trips::<Jrd>(value) else {
        return;
    };
    for (id, _) in jrd.actors() {
        let links = || jrd.links.iter().filter_map(|link| link.href.as_deref());
        assert!(
            links().any(|href| href == id),
            "{id} is not a link of {value}"
        );
    }
    if let Some(link) = jrd.link(REL_SELF) {
        assert_eq!(link.rel.as_deref(), Some(REL_SELF));
    }
    let named = jrd.account().map(|name| format!("acct:{name}"));
    assert!(named.is_none() || named == jrd.subject, "{named:?}");
}

/// Checks the accessors of NodeInfo and of the list of its versions.
pub fn node_info(value: &Value) {
    if let Some(info) = round_trips::<NodeInfo>(value) {
        let runs = info.runs();
        assert!(runs.is_none_or(|(name, _)| name == name.to_lowercase()));
        let _ = info.node_name();
    }
    if let Some(links) = round_trips::<nodeinfo::Links>(value) {
        let best = links.best();
        assert!(best.is_none_or(|best| links.links.iter().any(|link| link.href == best)));
    }
}

//! Whatever peers send: it is read or refused, and what was read once survives writing.

use crate::testing::{anything, mutated, recorded};
use crate::{Activity, Actor, Collection, Jrd, NodeInfo, Object, nodeinfo, parse, with_context};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

/// Reads, writes and reads again: nothing that was kept is lost or changed on the way.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &Value) -> Option<T> {
    let first: T = serde_json::from_value(value.clone()).ok()?;
    let written = serde_json::to_vec(&with_context(&first)).unwrap();
    let again: T = serde_json::from_slice(&written).unwrap();
    assert_eq!(again, first);
    Some(first)
}

/// Asks everything that can be asked of a document.
fn questioned(value: &Value) {
    if let Some(activity) = survives::<Activity>(value) {
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
    if let Some(actor) = survives::<Actor>(value) {
        let _ = (
            actor.best_inbox(),
            actor.display_name(),
            actor.moderators_collection(),
        );
        let _ = (actor.is_group(), actor.is_person_like());
    }
    if let Some(object) = survives::<Object>(value) {
        let _ = (
            object.text(),
            object.title(),
            object.written_in(),
            object.mentions().count(),
        );
        let _ = (
            object.starts(),
            object.ends(),
            object.places(),
            object.readers(None),
        );
        let _ = (object.is_tombstone(), object.addressees().count());
    }
    if let Some(whole) = survives::<Collection>(value) {
        let _ = (
            whole.members().count(),
            whole.member_ids().count(),
            whole.first_id(),
            whole.first_page(),
        );
    }
    if let Some(jrd) = survives::<Jrd>(value) {
        let _ = (jrd.actors().count(), jrd.link("self"), jrd.account());
    }
    if let Some(info) = survives::<NodeInfo>(value) {
        let _ = (info.runs(), info.node_name());
    }
    if let Some(links) = survives::<nodeinfo::Links>(value) {
        let _ = links.best();
    }
    let _ = (crate::id_of(value), crate::kind_of(value));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn any_text_is_read_or_refused(text in r#"[\[\]{}:,"\\/ 0-9eE+.\-a-fnrtu]{0,80}"#) {
        if let Ok(value) = parse(text.as_bytes()) {
            prop_assert!(parse(value.to_string().as_bytes()).is_ok());
        }
    }

    #[test]
    fn any_document_is_read_or_refused(value in anything()) {
        questioned(&value);
    }

    #[test]
    fn recorded_documents_may_be_wrong_anywhere(value in mutated()) {
        questioned(&value);
    }

    #[test]
    fn a_document_that_breaks_off_is_refused(text in whole(), at in any::<prop::sample::Index>()) {
        let cut = at.index(text.len());
        prop_assert!(parse(&text.as_bytes()[..cut]).is_err());
    }
}

/// A recorded document as text.
fn whole() -> impl Strategy<Value = String> {
    let texts: Vec<String> = recorded()
        .into_iter()
        .map(|(_, value)| value.to_string())
        .collect();
    prop::sample::select(texts)
}

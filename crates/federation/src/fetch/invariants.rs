//! Invariants of parsing any JSON as an actor or an outbox.

use super::foreign::foreign;
use super::outbox::posts;
use crate::identity::ID_MAX;
use client::{Guard, same_origin_text};
use httpsig::VerifyingKey;
use serde_json::Value;
use std::collections::HashSet;

/// An actor is refused, or its URLs are on its origin; its HTML is harmless.
pub fn actor(value: &Value) {
    let Ok(document) = serde_json::from_value::<vocab::Actor>(value.clone()) else {
        return;
    };
    let Ok(actor) = foreign(&document, &Guard::default(), &|_| true) else {
        return;
    };
    let id = &actor.ap_id;
    let mut addresses = vec![&actor.inbox];
    addresses.extend(&actor.shared_inbox);
    addresses.extend(&actor.outbox);
    addresses.extend(&actor.followers_url);
    addresses.extend(&actor.moderators_url);
    addresses.extend(&actor.key_id);
    addresses.extend(actor.assertion_keys.iter().map(|(id, _)| id));
    for address in addresses {
        assert!(same_origin_text(address, id), "{address} of {id}");
        assert!(address.len() <= ID_MAX);
    }
    assert!(id.starts_with("https://") && id.len() <= ID_MAX);
    assert!(!actor.handle.is_empty() && !actor.handle.contains(['/', '@', ' ', '<']));
    domain::prose::invariants::harmless(&actor.summary_html);
    // Parsing a key does not panic.
    let keys = actor.key_pem.iter();
    for key in keys.chain(actor.assertion_keys.iter().map(|(_, key)| key)) {
        let _ = VerifyingKey::from_document(key);
    }
}

/// An outbox lists each post once.
pub fn outbox(items: &[Value]) {
    let listed = posts(items);
    let each: HashSet<&str> = listed.iter().map(|post| post.id.as_str()).collect();
    assert_eq!(each.len(), listed.len());
}

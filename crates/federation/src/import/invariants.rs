//! Invariants of parsing any JSON as a WebFinger response.

use crate::fetch::webfinger::{choose_actor, parse_jrd};
use model::Address;
use serde_json::Value;

/// A response is refused, or is about an account, and the chosen actor is one that it links to.
pub fn webfinger(value: &Value) {
    let Ok(jrd) = parse_jrd(value.clone()) else {
        return;
    };
    let account = jrd.account().and_then(Address::parse);
    let same = |account: &Address| Address::parse(&account.to_string()).as_ref() == Some(account);
    assert!(account.as_ref().is_some_and(same), "{account:?}");
    for kind in [None, Some("Group"), Some("Person")] {
        let chosen = choose_actor(&jrd, kind);
        let all = || jrd.actors().map(|(id, _)| id);
        assert!(chosen.is_none_or(|chosen| all().any(|id| id == chosen)));
        assert_eq!(chosen.is_some(), all().next().is_some());
    }
}

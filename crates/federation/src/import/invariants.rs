//! What holds of whatever stands where a WebFinger answer should.

use super::lookup::{about_an_account, choose};
use model::Address;
use serde_json::Value;

/// A WebFinger answer is refused, or is about an account, and names an actor that it links to.
pub fn webfinger(value: &Value) {
    let Ok(told) = about_an_account(value.clone()) else {
        return;
    };
    let account = told.account().and_then(Address::parse);
    let same = |account: &Address| Address::parse(&account.to_string()).as_ref() == Some(account);
    assert!(account.as_ref().is_some_and(same), "{account:?}");
    for kind in [None, Some("Group"), Some("Person")] {
        let chosen = choose(&told, kind);
        let all = || told.actors().map(|(id, _)| id);
        assert!(chosen.is_none_or(|chosen| all().any(|id| id == chosen)));
        assert_eq!(chosen.is_some(), all().next().is_some());
    }
}

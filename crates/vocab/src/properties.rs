//! Whatever peers send: it is read or refused, and what was read once survives writing.

use crate::invariants::{bytes, document};
use crate::parse;
use crate::testing::{anything, mutated, recorded};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(any in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes(&any);
    }

    #[test]
    fn any_text_is_read_or_refused(text in r#"[\[\]{}:,"\\/ 0-9eE+.\-a-fnrtu]{0,80}"#) {
        bytes(text.as_bytes());
    }

    #[test]
    fn any_document_is_read_or_refused(value in anything()) {
        document(&value);
    }

    #[test]
    fn recorded_documents_may_be_wrong_anywhere(value in mutated()) {
        document(&value);
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

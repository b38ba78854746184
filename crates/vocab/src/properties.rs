//! Property tests: any document is read or rejected, and what was read round-trips.

use crate::invariants::{bytes, document};
use crate::parse;
use crate::testing::{anything, mutated, recorded};
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_bytes_are_read_or_rejected(any in prop::collection::vec(any::<u8>(), 0..400)) {
        bytes(&any);
    }

    #[test]
    fn any_text_is_read_or_rejected(text in r#"[\[\]{}:,"\\/ 0-9eE+.\-a-fnrtu]{0,80}"#) {
        bytes(text.as_bytes());
    }

    #[test]
    fn any_document_is_read_or_rejected(value in anything()) {
        document(&value);
    }

    #[test]
    fn mutated_documents_are_read_or_rejected(value in mutated()) {
        document(&value);
    }

    #[test]
    fn a_truncated_document_is_rejected(text in document_text(), at in any::<prop::sample::Index>()) {
        let cut = at.index(text.len());
        prop_assert!(parse(&text.as_bytes()[..cut]).is_err());
    }
}

/// Generates a recorded document as text.
fn document_text() -> impl Strategy<Value = String> {
    let texts: Vec<String> = recorded()
        .into_iter()
        .map(|(_, value)| value.to_string())
        .collect();
    prop::sample::select(texts)
}

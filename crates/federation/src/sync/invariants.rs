//! Invariants of the synchronization header.

use super::header::SyncHeader;

/// A header is parsed or refused; a parsed one is equal after formatting, if its URLs can be quoted.
pub fn synchronization_header(text: &str) {
    let Some(header) = SyncHeader::parse(text) else {
        return;
    };
    if let Some(written) = SyncHeader::text(&header.collection, &header.url, header.digest) {
        // It may be longer than the parsed one, which may have no quotes.
        let again = SyncHeader::parse(&written);
        assert!(
            again.as_ref() == Some(&header) || written.len() > text.len(),
            "{written}"
        );
    }
}

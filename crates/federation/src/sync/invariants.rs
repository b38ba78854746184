//! What holds of whatever is said of followers.

use super::header::Told;

/// A `Collection-Synchronization` is read or refused; what is read survives writing, where its
/// addresses may stand in quotes.
pub fn synchronization_header(text: &str) {
    let Some(told) = Told::parse(text) else {
        return;
    };
    if let Some(written) = Told::text(&told.collection, &told.url, told.digest) {
        // It may be a little longer than what was read: quotes may be left out.
        let again = Told::parse(&written);
        assert!(
            again.as_ref() == Some(&told) || written.len() > text.len(),
            "{written}"
        );
    }
}

//! Paging cursors, opaque to clients. A cursor that cannot be parsed means the first page.

use model::{PostId, Time};
use query::row::ThreadCursor;

/// Formats a position in a list of threads for a URL: `<microseconds>-<id>`.
#[must_use]
pub fn thread_cursor(at: Time, id: PostId) -> String {
    format!("{}-{id}", at.utc().timestamp_micros())
}

/// Parses a thread cursor; `None` (the first page) where it is malformed.
#[must_use]
pub fn read_thread_cursor(text: Option<&str>) -> Option<ThreadCursor> {
    let (micros, id) = text?.split_once('-')?;
    let at = Time::from_unix_micros(micros.parse().ok()?)?;
    Some((at, id.parse().ok()?))
}

/// Parses an id cursor ("below this one"); the first page where it is absent or malformed.
#[must_use]
pub fn read_id<I: From<i64>>(text: Option<&str>) -> I {
    I::from(text.and_then(|t| t.parse().ok()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_cursor_is_a_place_or_the_first_page(text in "\\PC{0,30}|-?[0-9]{0,25}-?[0-9]{0,25}") {
            let _ = read_id::<PostId>(Some(&text));
            if let Some((at, id)) = read_thread_cursor(Some(&text)) {
                let again = thread_cursor(at, id);
                proptest::prop_assert_eq!(read_thread_cursor(Some(&again)), Some((at, id)));
            }
        }
    }

    #[test]
    fn a_cursor_is_read_back() {
        let at = Time::from_unix_millis(1_800_000_000_123);
        let text = thread_cursor(at, PostId(7));
        assert_eq!(read_thread_cursor(Some(&text)), Some((at, PostId(7))));
        assert_eq!(read_thread_cursor(Some("nonsense")), None);
    }
}

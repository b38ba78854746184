//! Paging cursors, opaque to clients. One that cannot be parsed leads to no page: whoever keeps a broken cursor would
//! read the first page without an end.

use model::{PostId, Refusal, Time};
use query::row::ThreadCursor;

const NO_PAGE: Refusal = Refusal::NotFound("page");

/// Formats a position in a list of threads for a URL: `<microseconds>-<id>`.
#[must_use]
pub fn thread_cursor(at: Time, id: PostId) -> String {
    format!("{}-{id}", at.utc().timestamp_micros())
}

/// Parses a thread cursor; `None` (the first page) where it is absent or empty.
///
/// # Errors
/// `NotFound` where it is malformed.
pub fn read_thread_cursor(text: Option<&str>) -> Result<Option<ThreadCursor>, Refusal> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let read = || {
        let (micros, id) = text.split_once('-')?;
        let at = Time::from_unix_micros(micros.parse().ok()?)?;
        Some((at, id.parse().ok()?))
    };
    read().map(Some).ok_or(NO_PAGE)
}

/// Parses an id cursor ("below this one"); the first page where it is absent or empty.
///
/// # Errors
/// `NotFound` where it is malformed.
pub fn read_id<I: From<i64>>(text: Option<&str>) -> Result<I, Refusal> {
    let id = match text.filter(|text| !text.is_empty()) {
        Some(text) => text.parse().ok().filter(|id| *id >= 0).ok_or(NO_PAGE)?,
        None => i64::MAX,
    };
    Ok(I::from(id))
}

/// Parses the number of a page, from 1; `None` where it is absent or empty.
///
/// # Errors
/// `NotFound` where it is malformed.
pub fn read_number(text: Option<&str>) -> Result<Option<i64>, Refusal> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => {
            let number = text.parse().ok().filter(|number| *number >= 1);
            number.map(Some).ok_or(NO_PAGE)
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_cursor_is_a_place_or_refused(text in "\\PC{0,30}|-?[0-9]{0,25}-?[0-9]{0,25}") {
            let _ = (read_id::<PostId>(Some(&text)), read_number(Some(&text)));
            if let Ok(Some((at, id))) = read_thread_cursor(Some(&text)) {
                let again = thread_cursor(at, id);
                proptest::prop_assert_eq!(read_thread_cursor(Some(&again)), Ok(Some((at, id))));
            }
        }
    }

    #[test]
    fn a_cursor_is_read_back() {
        let at = Time::from_unix_millis(1_800_000_000_123);
        let text = thread_cursor(at, PostId(7));
        assert_eq!(read_thread_cursor(Some(&text)), Ok(Some((at, PostId(7)))));
        assert_eq!(read_thread_cursor(None), Ok(None));
        assert_eq!(read_id::<PostId>(None), Ok(PostId(i64::MAX)));
        assert_eq!(read_id::<PostId>(Some("7")), Ok(PostId(7)));
        assert_eq!(read_number(Some("2")), Ok(Some(2)));
    }

    #[test]
    fn a_broken_cursor_is_not_the_first_page() {
        for text in ["abc", "-1", "99999999999999999999999", "1.5", " ", "0x1"] {
            assert_eq!(read_thread_cursor(Some(text)), Err(NO_PAGE), "{text}");
            assert_eq!(read_id::<PostId>(Some(text)), Err(NO_PAGE), "{text}");
            assert_eq!(read_number(Some(text)), Err(NO_PAGE), "{text}");
        }
        assert_eq!(read_number(Some("0")), Err(NO_PAGE));
        assert_eq!(read_thread_cursor(Some("5-x")), Err(NO_PAGE));
    }
}

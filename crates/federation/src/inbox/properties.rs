//! Whatever is posted: what is kept of it fits the indexes, and a repeat is known.

use super::incoming::Incoming;
use super::order::order;
use model::Time;
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

/// Most bytes of a row in an index of PostgreSQL, less what the rest of the row needs.
const INDEXED: usize = 2_600;

proptest! {
    #[test]
    fn an_activity_is_kept_under_names_that_fit(
        value in prop_oneof![3 => mutated(), 1 => anything()],
        long in 0_usize..3_000,
    ) {
        let mut value = value;
        if let (Some(map), true) = (value.as_object_mut(), long > 1_000) {
            map.insert("id".to_owned(), format!("https://a.test/{}", "é".repeat(long)).into());
        }
        let body = value.to_string();
        let Ok(incoming) = Incoming::read(value) else {
            return Ok(());
        };
        let now = Time::from_unix_millis(1_800_000_000_000);
        let origin = format!("https://{}.test", "h".repeat(250));
        let guard = incoming.guard(&origin, body.as_bytes(), now);
        prop_assert!(guard.len() <= INDEXED, "{}", guard.len());
        prop_assert_eq!(&guard, &incoming.guard(&origin, body.as_bytes(), now));
        let order = order(&incoming.value, &|_| None);
        prop_assert!(order.key.len() <= INDEXED);
        prop_assert!(!incoming.value.to_string().contains("\\u0000"));
        let _ = incoming.is_farewell();
    }
}

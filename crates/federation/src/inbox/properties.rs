//! Whatever is posted: what is kept of it fits the indexes, and a repeat is known.

use super::invariants::activity;
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

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
        activity(&value);
    }
}

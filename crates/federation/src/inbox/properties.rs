//! Property tests of parsing any JSON as a received activity.

use super::invariants::activity;
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

proptest! {
    #[test]
    fn the_keys_of_an_activity_fit_the_indexes(
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

//! Property tests of parsing any JSON as a WebFinger response.

use super::invariants::webfinger;
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

proptest! {
    #[test]
    fn webfinger_is_about_an_account_or_refused(value in prop_oneof![3 => mutated(), 1 => anything()]) {
        webfinger(&value);
    }
}

//! Property tests of parsing any JSON as an actor or an outbox.

use super::invariants::{actor, outbox};
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

proptest! {
    #[test]
    fn an_actor_keeps_to_its_origin(value in prop_oneof![3 => mutated(), 1 => anything()]) {
        actor(&value);
    }

    #[test]
    fn an_outbox_lists_each_post_once(items in prop::collection::vec(prop_oneof![mutated(), anything()], 0..8)) {
        outbox(&items);
    }
}

//! Whatever stands where an actor or an outbox should: it is left out, or kept within its origin.

use super::foreign::{ID_MAX, foreign};
use super::outbox::posts;
use crate::client::Guard;
use crate::identity::same_origin_text;
use proptest::prelude::*;
use vocab::testing::{anything, mutated};

proptest! {
    #[test]
    fn an_actor_keeps_to_its_origin(value in prop_oneof![3 => mutated(), 1 => anything()]) {
        let Ok(document) = serde_json::from_value::<vocab::Actor>(value) else {
            return Ok(());
        };
        let Ok(actor) = foreign(&document, &Guard::default(), &|_| true) else {
            return Ok(());
        };
        let id = &actor.ap_id;
        let mut addresses = vec![&actor.inbox];
        addresses.extend(&actor.shared_inbox);
        addresses.extend(&actor.outbox);
        addresses.extend(&actor.followers_url);
        addresses.extend(&actor.moderators_url);
        addresses.extend(&actor.key_id);
        addresses.extend(actor.assertion_keys.iter().map(|(id, _)| id));
        for address in addresses {
            prop_assert!(same_origin_text(address, id), "{} of {}", address, id);
            prop_assert!(address.len() <= ID_MAX);
        }
        prop_assert!(id.starts_with("https://") && id.len() <= ID_MAX);
        prop_assert!(!actor.handle.is_empty() && !actor.handle.contains(['/', '@', ' ', '<']));
        prop_assert!(!actor.summary_html.contains("<script"));
    }

    #[test]
    fn an_outbox_lists_each_post_once(items in prop::collection::vec(prop_oneof![mutated(), anything()], 0..8)) {
        let listed = posts(&items);
        let mut ids: Vec<&str> = listed.iter().map(|post| post.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), listed.len());
    }
}

//! What is understood and left alone: each word of ActivityPub that we do not act on, with the
//! reason that stands in the table of what was received. `docs/federation/compatibility.md` lists
//! them. Pure.

use super::outcome::ReceiveError;

/// Why the end of an announcement that was not kept is left alone.
pub(super) const TAKEN_BACK: &str = "an announcement taken back";

/// Why an activity of this type is left alone.
pub(super) fn unsupported_activity(kind: &str) -> ReceiveError {
    why(kind).map_or_else(|| ReceiveError::not_supported(kind), ReceiveError::ignored)
}

/// Why taking back an activity of this type is left alone: what was never taken in needs no end.
pub(super) fn unsupported_undo(kind: &str) -> ReceiveError {
    match kind {
        // A removal says so itself, by a Delete; a boost was not taken in to begin with.
        "Announce" => ReceiveError::ignored(TAKEN_BACK),
        _ => why(kind).map_or_else(
            || ReceiveError::not_supported(&format!("Undo of {kind}")),
            ReceiveError::ignored,
        ),
    }
}

fn why(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Dislike" => "dislikes are not counted here",
        "Flag" => "reports of other servers are not taken yet",
        "Lock" => "threads are not locked here",
        "Block" => "bans are kept by the community that made them",
        "Warn" => "warnings are between a community and its member",
        "Join" | "Leave" | "Invite" | "Offer" => "membership and RSVP are not taken by wire yet",
        "ChooseAnswer" => "chosen answers are not kept yet",
        "QuoteRequest" | "FeatureRequest" => "consent to quotes and features is not asked yet",
        "View" | "Listen" | "Read" | "Arrive" | "Travel" => "what somebody looked at is not kept",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use delivery::inbound::Failure;
    use model::Time;

    #[test]
    fn every_reason_is_told_in_the_table_for_other_implementers() {
        let page = include_str!("../../../../docs/federation/compatibility.md");
        let now = Time::from_unix_millis(0);
        for kind in [
            "Dislike",
            "Flag",
            "Lock",
            "Block",
            "Warn",
            "Join",
            "ChooseAnswer",
            "QuoteRequest",
            "View",
        ] {
            for stop in [unsupported_activity(kind), unsupported_undo(kind)] {
                let Failure::Ignored(why) = stop.outcome(0, now) else {
                    panic!("{kind} is not left alone");
                };
                assert!(page.contains(&why), "{kind}: {why}");
            }
        }
        assert_eq!(
            unsupported_activity("Bite").outcome(0, now),
            Failure::Ignored("not spoken yet: Bite".to_owned())
        );
        assert_eq!(
            unsupported_undo("Bite").outcome(0, now),
            Failure::Ignored("not spoken yet: Undo of Bite".to_owned())
        );
    }
}

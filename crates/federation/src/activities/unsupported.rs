//! The activity types of ActivityPub that are ignored, with the reason that is stored with a received
//! activity. `docs/federation/compatibility.md` lists
//! them. Pure.

use super::outcome::ReceiveError;

/// The reason for ignoring the Undo of an Announce that was not stored.
pub(super) const ANNOUNCE_NOT_STORED: &str = "undo of an announcement that was not stored";

/// Returns why an activity of this type is ignored.
pub(super) fn unsupported_activity(kind: &str) -> ReceiveError {
    reason(kind).map_or_else(|| ReceiveError::not_supported(kind), ReceiveError::ignored)
}

/// Returns why the Undo of an activity of this type is ignored: the activity itself was not stored.
pub(super) fn unsupported_undo(kind: &str) -> ReceiveError {
    reason(kind).map_or_else(
        || ReceiveError::not_supported(&format!("Undo of {kind}")),
        ReceiveError::ignored,
    )
}

fn reason(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Dislike" => "dislikes are not counted here",
        "Flag" => "reports of other servers are not taken yet",
        "Lock" => "threads are not locked here",
        "Block" => "bans are kept by the community that made them",
        "Warn" => "warnings are between a community and its member",
        "Join" | "Leave" | "Invite" | "Offer" => "membership and RSVP are not taken by wire yet",
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
    fn every_reason_is_in_the_documentation_for_implementers() {
        let page = include_str!("../../../../docs/federation/compatibility.md");
        let now = Time::from_unix_millis(0);
        for kind in [
            "Dislike",
            "Flag",
            "Lock",
            "Block",
            "Warn",
            "Join",
            "QuoteRequest",
            "View",
        ] {
            for error in [unsupported_activity(kind), unsupported_undo(kind)] {
                let Failure::Ignored(reason) = error.outcome(0, now) else {
                    panic!("{kind} is not left alone");
                };
                assert!(page.contains(&reason), "{kind}: {reason}");
            }
        }
        assert_eq!(
            unsupported_activity("Bite").outcome(0, now),
            Failure::Ignored("not supported: Bite".to_owned())
        );
        assert_eq!(
            unsupported_undo("Bite").outcome(0, now),
            Failure::Ignored("not supported: Undo of Bite".to_owned())
        );
    }
}

//! The activity types of ActivityPub that are ignored, with the reason that is stored with a received
//! activity. `docs/federation/compatibility.md` lists
//! them. Pure.

use super::outcome::ReceiveError;
use vocab::Activity;

/// The reason for ignoring the Undo of an Announce that was not stored.
pub(super) const ANNOUNCE_NOT_STORED: &str = "undo of an announcement that was not stored";

/// Returns why an activity of this type is ignored.
pub(super) fn unsupported_activity(activity: &Activity) -> ReceiveError {
    reason(activity).map_or_else(
        || ReceiveError::not_supported(&activity.kind),
        ReceiveError::ignored,
    )
}

/// Returns why the Undo of an activity of this type is ignored: the activity itself was not stored.
pub(super) fn unsupported_undo(undone: &Activity) -> ReceiveError {
    reason(undone).map_or_else(
        || ReceiveError::not_supported(&format!("Undo of {}", undone.kind)),
        ReceiveError::ignored,
    )
}

fn reason(activity: &Activity) -> Option<&'static str> {
    Some(match activity.kind.as_str() {
        "Dislike" => "dislikes are not counted here",
        "Flag" => "reports of other servers are not taken yet",
        "Lock" => "threads are not locked here",
        // A ban names its community; one person's block of another names nothing but the person.
        "Block" if activity.target.is_none() && activity.audience.is_empty() => {
            "blocks between people are kept by their own server"
        }
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

    fn of(kind: &str) -> Activity {
        Activity {
            kind: kind.to_owned(),
            ..Activity::default()
        }
    }

    #[test]
    fn every_reason_is_in_the_documentation_for_implementers() {
        let page = include_str!("../../../../docs/federation/compatibility.md");
        let now = Time::from_unix_millis(0);
        let mut all = vec![
            "Dislike",
            "Flag",
            "Lock",
            "Block",
            "Warn",
            "Join",
            "QuoteRequest",
            "View",
        ]
        .into_iter()
        .map(of)
        .collect::<Vec<_>>();
        let ban = Activity {
            target: Some("https://lemmy.example/c/dialogue".to_owned()),
            ..of("Block")
        };
        all.push(ban);
        let mut reasons = Vec::new();
        for activity in &all {
            for error in [unsupported_activity(activity), unsupported_undo(activity)] {
                let Failure::Ignored(reason) = error.outcome(0, now) else {
                    panic!("{} is not left alone", activity.kind);
                };
                assert!(page.contains(&reason), "{}: {reason}", activity.kind);
                reasons.push(reason);
            }
        }
        reasons.dedup();
        assert_eq!(
            reasons.len(),
            all.len(),
            "a block between people is no ban: {reasons:?}"
        );
        assert_eq!(
            unsupported_activity(&of("Bite")).outcome(0, now),
            Failure::Ignored("not supported: Bite".to_owned())
        );
        assert_eq!(
            unsupported_undo(&of("Bite")).outcome(0, now),
            Failure::Ignored("not supported: Undo of Bite".to_owned())
        );
    }
}

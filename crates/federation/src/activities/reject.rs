//! Reject of a Follow.

use super::accept::{answer, answered};
use crate::context::Federation;
use crate::receive::outcome::ReceiveError;
use crate::receive::received::ReceivedActivity;
use crate::receive::verb::Verb;
use activitypub_federation::kinds::activity::RejectType;
use domain::Outcome;
use vocab::Activity;

/// Somebody says no to a follow of ours.
pub(super) async fn receive(
    fed: &Federation,
    said: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    answered(fed, said, false).await
}

/// The one followed says no to `asked`.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, asked: &Activity) -> Outcome<Activity> {
    answer(&RejectType::Reject.to_string(), id, asked)
}

//! Reject of a Follow.

use super::accept::{answer, answered};
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::verb::Verb;
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

//! Reject of a Follow.

use super::accept::{apply_answer, build_answer};
use super::outcome::ReceiveError;
use super::received::ReceivedActivity;
use crate::context::Federation;
use crate::verb::Verb;
use activitypub_federation::kinds::activity::RejectType;
use domain::Outcome;
use vocab::Activity;

/// Applies a Reject of a local actor's Follow.
pub(super) async fn receive(
    fed: &Federation,
    received: &ReceivedActivity<'_>,
) -> Result<Verb, ReceiveError> {
    apply_answer(fed, received, false).await
}

/// Builds the Reject of a Follow.
///
/// # Errors
/// As [`json::part`].
pub(crate) fn build(id: &str, follow: &Activity) -> Outcome<Activity> {
    build_answer(&RejectType::Reject.to_string(), id, follow)
}

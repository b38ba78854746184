//! What an activity calls for once it is understood.

use delivery::inbound::Applied;
use domain::Tx;

/// What is left to do once everything is looked up: SQL only, run in one transaction.
pub(crate) type Verb = Box<dyn Fn(&mut Tx<'_>) -> domain::Outcome<Applied> + Send>;

/// A verb with nothing left to do.
pub(crate) fn nothing() -> Verb {
    Box::new(|_| Ok(Applied::Done))
}

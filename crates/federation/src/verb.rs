//! The change of state that a received activity or a fetched post results in.

use delivery::inbound::Applied;
use domain::Tx;

/// A change whose data is complete: SQL only, run in one transaction.
pub(crate) type Verb<T = Applied> = Box<dyn Fn(&mut Tx<'_>) -> domain::Outcome<T> + Send>;

/// Returns a verb that changes nothing.
pub(crate) fn nothing() -> Verb {
    Box::new(|_| Ok(Applied::Done))
}

//! Listeners: what follows from a fact, written in the transaction of the verb that recorded it.
//! Each listener is one exhaustive, pure match from a fact to what is to be written.

pub mod index;
pub mod jobs;
pub mod notices;

use crate::{Outcome, Tx};
use model::Fact;

/// Writes what follows from the facts that a verb has recorded. Returns the number of new jobs.
pub(crate) fn run(tx: &mut Tx<'_>, facts: Vec<Fact>) -> Outcome<usize> {
    let mut count = 0;
    for fact in facts {
        for notice in notices::notices(&fact) {
            crate::notice::write(tx, &notice)?;
        }
        let index = index::index(&fact);
        for job in jobs::jobs(fact).into_iter().chain(index) {
            store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
            count += 1;
        }
    }
    Ok(count)
}

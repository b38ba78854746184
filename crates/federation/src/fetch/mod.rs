//! Fetches actors, objects and collections of other servers, each from its own origin, and stores actors
//! through verbs. Refuses to fetch what is ours, and more than a budget allows.

pub(crate) mod actor;
pub(crate) mod collection;
mod community_proof;
pub(crate) mod document;
mod foreign;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod key;
mod moderators;
pub(crate) mod outbox;
mod own_origin;
#[cfg(test)]
mod properties;
pub(crate) mod recent_cache;
pub(crate) mod stored;
pub(crate) mod take_in;
pub(crate) mod webfinger;

pub use crate::failure::FetchFailure;
pub use actor::{actor, also_known_as, is_gone};

pub(crate) use actor::{author, fetch_document, local_actor, remove};
pub(crate) use community_proof::confirms;
pub(crate) use document::verified_object;
pub(crate) use key::key_in_document;
pub(crate) use moderators::moderators;

/// How old a stored actor may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Any age: it is fetched only where it is not stored.
    Any,
    /// Fetched within a day.
    Day,
    /// Fetched within an hour.
    Hour,
    /// Fetched now, even if it failed a moment ago.
    Now,
}

/// Limits the fetches for one activity or one request of a user: a hostile thread has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The documents that may still be fetched.
    pub fetches: u32,
    /// The steps that a chain of replies may still be followed up.
    pub depth: u32,
}

impl Budget {
    /// Returns the budget for a thread: 30 documents, 20 replies up.
    #[must_use]
    pub const fn thread() -> Self {
        Self {
            fetches: 30,
            depth: 20,
        }
    }

    /// Charges for a document.
    ///
    /// # Errors
    /// [`FetchFailure::Spent`].
    pub fn fetch(&mut self) -> Result<(), FetchFailure> {
        self.fetches = self.fetches.checked_sub(1).ok_or(FetchFailure::Spent)?;
        Ok(())
    }

    /// Splits off half of the documents; [`Self::give_back`] returns what is left of them.
    #[must_use]
    pub const fn half(&mut self) -> Self {
        let fetches = self.fetches / 2;
        self.fetches -= fetches;
        Self {
            fetches,
            depth: self.depth,
        }
    }

    /// Adds what another budget did not spend.
    pub const fn give_back(&mut self, rest: Self) {
        self.fetches += rest.fetches;
    }

    /// Charges for a step up a chain of replies.
    ///
    /// # Errors
    /// [`FetchFailure::Spent`].
    pub fn climb(&mut self) -> Result<(), FetchFailure> {
        self.depth = self.depth.checked_sub(1).ok_or(FetchFailure::Spent)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        let mut budget = Budget {
            fetches: 2,
            depth: 1,
        };
        assert!(budget.fetch().is_ok() && budget.fetch().is_ok());
        assert!(matches!(budget.fetch(), Err(FetchFailure::Spent)));
        assert!(budget.climb().is_ok());
        assert!(matches!(budget.climb(), Err(FetchFailure::Spent)));
    }
}

//! Looking at the world: actors, objects and whole communities, fetched from the one origin that
//! may speak for them, checked, and taken in through the verbs. Refuses to fetch what is ours,
//! and to fetch more than a budget allows.

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

pub use crate::failure::FetchFailure;
pub use actor::{actor, also_known_as, is_gone};

pub(crate) use actor::{author, described, local_actor, remove};
pub(crate) use community_proof::confirms;
pub(crate) use document::verified_object;
pub(crate) use key::named_in;
pub(crate) use moderators::moderators;

/// How old a known actor may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Any age: it is only fetched where it is not known.
    Any,
    /// Looked at within a day.
    Day,
    /// Looked at now; what failed a moment ago is asked again.
    Now,
}

/// What one activity, or one wish of somebody here, may cost: a hostile thread has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Documents that may still be fetched.
    pub fetches: u32,
    /// How far a chain of replies may still be climbed.
    pub depth: u32,
}

impl Budget {
    /// Enough to complete a thread: 30 documents, 20 replies up.
    #[must_use]
    pub const fn thread() -> Self {
        Self {
            fetches: 30,
            depth: 20,
        }
    }

    /// Pays for a document.
    ///
    /// # Errors
    /// [`FetchFailure::Spent`].
    pub fn fetch(&mut self) -> Result<(), FetchFailure> {
        self.fetches = self.fetches.checked_sub(1).ok_or(FetchFailure::Spent)?;
        Ok(())
    }

    /// Half of the documents, set apart: what is left of them comes back with
    /// [`Self::give_back`].
    #[must_use]
    pub const fn half(&mut self) -> Self {
        let fetches = self.fetches / 2;
        self.fetches -= fetches;
        Self {
            fetches,
            depth: self.depth,
        }
    }

    /// Takes back what was not spent.
    pub const fn give_back(&mut self, rest: Self) {
        self.fetches += rest.fetches;
    }

    /// Pays for a step up a chain of replies.
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

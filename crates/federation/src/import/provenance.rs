//! How a post or an activity reached us, which decides the origin that its verb gets.

use crate::failure::FetchFailure;
use model::{ActorId, Origin, Time, Via};
use store::row;

/// How a post or an activity reached us.
#[derive(Debug, Clone)]
pub(crate) struct Provenance {
    pub via: Via,
    /// The community that announced it, or whose outbox lists it.
    pub announcer: Option<ActorId>,
    /// The id of that Announce.
    pub announce_id: Option<String>,
    /// It is imported even if nobody here follows its author: somebody here asked for it, or a community that
    /// is followed here announced it.
    pub wanted: bool,
    /// The activity as received, which a local community may have to announce.
    pub raw: Option<String>,
}

impl Provenance {
    const fn new(via: Via, announcer: Option<ActorId>) -> Self {
        Self {
            via,
            announcer,
            announce_id: None,
            wanted: false,
            raw: None,
        }
    }

    /// It was sent by its author.
    pub(crate) fn delivered(raw: Option<String>) -> Self {
        Self {
            raw,
            ..Self::new(Via::Delivered, None)
        }
    }

    /// Announced by a community that somebody here follows, by an Announce of this id.
    pub(crate) fn announced(group: ActorId, announce_id: String) -> Self {
        Self {
            announce_id: Some(announce_id),
            wanted: true,
            ..Self::new(Via::Announced, Some(group))
        }
    }

    /// It was listed in a community's outbox.
    pub(crate) const fn of_community(group: ActorId) -> Self {
        Self::new(Via::Fetched, Some(group))
    }

    /// Somebody here asked for it.
    pub(crate) fn requested() -> Self {
        Self {
            wanted: true,
            ..Self::new(Via::Fetched, None)
        }
    }

    /// Returns the provenance of what is fetched because of it.
    pub(crate) fn fetched(&self) -> Self {
        Self {
            wanted: self.wanted,
            ..Self::new(Via::Fetched, self.announcer)
        }
    }

    /// Returns the provenance of the posts above a reply that is wanted here: without them it has no place.
    pub(crate) fn of_ancestors(&self) -> Self {
        Self {
            wanted: self.wanted || self.announcer.is_none(),
            ..self.fetched()
        }
    }

    /// Returns the provenance of what is found because of it in a list that is no community's own.
    pub(crate) fn without_announcer(&self) -> Self {
        Self {
            announcer: None,
            ..self.fetched()
        }
    }

    /// Returns the origin for a verb.
    pub(crate) fn origin(
        &self,
        ap_id: &str,
        actor: &row::Actor,
        published: Option<Time>,
    ) -> Result<Origin, FetchFailure> {
        Ok(Origin::Remote {
            ap_id: ap_id.to_owned(),
            peer: actor
                .peer_id
                .ok_or(FetchFailure::Unfit("said in the name of somebody here"))?,
            published,
            via: self.via,
            url: None,
            context: None,
            updated: None,
            named: String::new(),
            announcer: self.announcer,
            activity: self.raw.clone(),
        })
    }
}

//! By which way something came to us, which decides what a verb is told of its origin.

use crate::failure::FetchFailure;
use model::{ActorId, Origin, Time, Via};
use store::row;

/// By which way something came.
#[derive(Debug, Clone)]
pub(crate) struct Provenance {
    /// Sent, announced or fetched.
    pub via: Via,
    /// The community it came through, or in whose outbox it was found.
    pub announcer: Option<ActorId>,
    /// The id of the Announce it came by.
    pub announce_id: Option<String>,
    /// Somebody here asked for it: it is taken in even if nobody follows.
    pub wanted: bool,
    /// The activity as received, where our community may have to pass it on.
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

    /// Sent by its author.
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

    /// Found in a community's outbox.
    pub(crate) const fn of_community(group: ActorId) -> Self {
        Self::new(Via::Fetched, Some(group))
    }

    /// Looked up by somebody here.
    pub(crate) fn wanted() -> Self {
        Self {
            wanted: true,
            ..Self::new(Via::Fetched, None)
        }
    }

    /// The same way, for what is fetched because of it.
    pub(crate) fn fetched(&self) -> Self {
        Self {
            wanted: self.wanted,
            ..Self::new(Via::Fetched, self.announcer)
        }
    }

    /// What is found because of it in a list that is no community's own: no community says it.
    pub(crate) fn overheard(&self) -> Self {
        Self {
            announcer: None,
            ..self.fetched()
        }
    }

    /// The origin that a verb is told.
    pub(crate) fn origin(
        &self,
        ap_id: &str,
        by: &row::Actor,
        published: Option<Time>,
    ) -> Result<Origin, FetchFailure> {
        Ok(Origin::Remote {
            ap_id: ap_id.to_owned(),
            peer: by
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

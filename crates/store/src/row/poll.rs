//! Votes in polls.

use crate::schema::poll_vote;
use diesel::prelude::*;
use model::{ActorId, PostId, VoteId};

/// A choice that a ballot names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = poll_vote, treat_none_as_default_value = false)]
pub struct PollVote {
    pub post_id: PostId,
    pub actor_id: ActorId,
    /// The index of the choice.
    pub number: i32,
    /// Its place in the ballot, from 1.
    pub place: i32,
    /// Names the vote on the wire.
    pub vote_id: VoteId,
}

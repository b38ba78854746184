//! Counts anew the replies, threads, likes and votes that may be seen, where what an actor or a peer wrote is
//! now withheld, or shown again. Each call is one bounded transaction; a job repeats it until nothing
//! is left.

use crate::{Outcome, Tx, poll};
use model::PostId;
use store::post::recount::{
    Whose, liked, recount_communities, recount_likes, recount_threads, threads,
};

/// Rows changed in one transaction.
const CHUNK: i64 = 500;

/// How far counting has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recount {
    /// The replies of threads after this one are counted.
    Threads(PostId),
    /// The likes of posts after this one are counted.
    Likes(PostId),
    /// The votes in polls after this one are counted.
    Polls(PostId),
}

impl Default for Recount {
    fn default() -> Self {
        Self::Threads(PostId(0))
    }
}

/// Takes one step of counting. Returns the next, if there is one.
///
/// # Errors
/// Faults only.
pub fn recount(tx: &mut Tx<'_>, whose: Whose, step: Recount) -> Outcome<Option<Recount>> {
    Ok(match step {
        Recount::Threads(after) => {
            let roots = threads(tx.db, whose, after, CHUNK)?;
            recount_threads(tx.db, &roots)?;
            recount_communities(tx.db, &roots)?;
            Some(match roots.last() {
                Some(last) => Recount::Threads(*last),
                None => Recount::Likes(PostId(0)),
            })
        }
        Recount::Likes(after) => {
            let posts = liked(tx.db, whose, after, CHUNK)?;
            recount_likes(tx.db, &posts)?;
            Some(match posts.last() {
                Some(last) => Recount::Likes(*last),
                None => Recount::Polls(PostId(0)),
            })
        }
        Recount::Polls(after) => poll::recount(tx, whose, after)?.map(Recount::Polls),
    })
}

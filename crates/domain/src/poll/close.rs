//! The end of a poll, and who is told of it.

use crate::listeners::notices::{About, NewNotice};
use crate::{Outcome, Tx, notice};
use model::fact::FactOrigin;
use model::notice::NoticeKind;
use model::{ActorId, Fact, PostId, PostState};

/// Voters told in one transaction.
const CHUNK: i64 = 100;

/// Closes a poll whose end has come. Nothing where it was moved, or the poll is closed or gone. A poll of ours that is
/// not shown to others is closed without a word.
///
/// # Errors
/// Faults only.
pub fn close(tx: &mut Tx<'_>, id: PostId) -> Outcome<()> {
    let Some(post) = store::raw::post::by_id(tx.db, id)? else {
        return Ok(());
    };
    let Some(details) = store::poll::of_post(tx.db, id)? else {
        return Ok(());
    };
    let tally = store::poll::tally(tx.db, id)?;
    if tally.closed_at.is_some() || !details.is_over(&tally, tx.now) {
        return Ok(());
    }
    let changed = post.peer_id.is_none().then_some(tx.now);
    store::poll::close(tx.db, id, details.ends_at.unwrap_or(tx.now), changed)?;
    if post.state == PostState::Live {
        tx.record(Fact::PollEnded {
            post: id,
            thread: post.root_id,
            author: post.author_id,
            place: post.community_id.unwrap_or(post.author_id),
            origin: match post.peer_id {
                None => FactOrigin::Local,
                Some(_) => FactOrigin::Received,
            },
        });
    }
    Ok(())
}

/// Tells some of those who voted here that a poll is over, after a cursor, if they may see it and were not told. Returns
/// the next cursor, if there are more. Who asked is told by the end itself.
///
/// # Errors
/// Faults only.
pub fn tell_voters(tx: &mut Tx<'_>, id: PostId, after: ActorId) -> Outcome<Option<ActorId>> {
    let Some(post) = store::raw::post::by_id(tx.db, id)? else {
        return Ok(None);
    };
    let voters = store::poll::voters_here(tx.db, id, after, CHUNK)?;
    for who in &voters {
        let reader = tx.reader(*who);
        let visible = store::post::is_visible(tx.db, reader, id)?;
        let told = store::notice::is_told(tx.db, *who, NoticeKind::PollEnded, id)?;
        if post.state == PostState::Live && visible && !told && *who != post.author_id {
            let new = NewNotice {
                to: *who,
                kind: NoticeKind::PollEnded,
                from: post.community_id.unwrap_or(post.author_id),
                about: About::Post(id),
            };
            notice::write(tx, &new)?;
        }
    }
    Ok(voters.last().copied())
}

//! What the frame of every page shows a signed-in person.

use crate::session::{Me, SESSION_SECONDS};
use domain::Outcome;
use model::{ActorId, NoticeId, Time};
use store::Db;
use store::community::Place;
use store::row::{Actor, Follow, Notice, Post, Session};

/// Unread numbers stop counting here.
pub const UNREAD_CAP: i64 = 99;

/// The frame of a signed-in person's page.
#[derive(Debug, Clone, Default)]
pub struct FrameRows {
    /// Notices not yet seen, up to 99.
    pub notices: i64,
    /// The communities they follow, with how many threads hold something unread, up to 99.
    pub communities: Vec<(Place, Follow, i64)>,
}

/// What the frame shows.
///
/// # Errors
/// Faults.
pub fn frame(db: &mut Db, me: &Me, now: Time) -> Outcome<FrameRows> {
    Ok(FrameRows {
        notices: store::notice::unseen(db, me.id(), me.account.notices_seen, UNREAD_CAP)?,
        communities: store::community::followed(db, me.id(), now)?,
    })
}

/// Where somebody is signed in now, the newest first. Those that have run out are not told, though
/// their rows are there until they are tidied away.
///
/// # Errors
/// Faults.
pub fn sessions(db: &mut Db, who: ActorId, now: Time) -> Outcome<Vec<Session>> {
    let dead = now.plus_seconds(-SESSION_SECONDS);
    let mut rows = store::account::sessions(db, who)?;
    rows.retain(|row| row.seen_at > dead);
    Ok(rows)
}

/// A notice with whom and what it is about.
#[derive(Debug, Clone)]
pub struct NoticeView {
    /// The notice.
    pub notice: Notice,
    /// Who did it.
    pub from: Actor,
    /// What it is about.
    pub post: Option<Post>,
    /// The thread that is in, where it is another.
    pub thread: Option<Post>,
    /// The community it is about.
    pub community: Option<Place>,
    /// It came after the last one seen.
    pub new: bool,
}

/// A person's notices, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn notices(db: &mut Db, me: &Me, before: NoticeId, limit: i64) -> Outcome<Vec<NoticeView>> {
    let rows = store::notice::list(db, me.id(), before, limit)?;
    let from: Vec<_> = rows.iter().map(|row| row.from_id).collect();
    let from = store::actor::by_ids(db, &from)?;
    let communities: Vec<_> = rows.iter().filter_map(|row| row.community_id).collect();
    let communities = store::community::by_ids(db, &communities)?;
    let ids: Vec<_> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts = store::discussion::by_ids(db, &ids)?;
    let roots: Vec<_> = posts.iter().map(|post| post.root_id).collect();
    let roots = store::discussion::by_ids(db, &roots)?;
    Ok(rows
        .into_iter()
        .filter_map(|notice| {
            let post = notice
                .post_id
                .and_then(|id| posts.iter().find(|post| post.id == id))
                .cloned();
            let thread = post
                .as_ref()
                .and_then(|post| roots.iter().find(|root| root.id == post.root_id))
                .cloned();
            Some(NoticeView {
                from: from.get(&notice.from_id)?.clone(),
                new: notice.id > me.account.notices_seen,
                community: notice
                    .community_id
                    .and_then(|id| communities.get(&id).cloned()),
                post,
                thread,
                notice,
            })
        })
        .collect())
}

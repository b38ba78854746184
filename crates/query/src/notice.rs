//! Notices, with whom and what they are about.

use crate::row::{Actor, CommunityWithActor, Notice, Post};
use domain::Outcome;
use model::access::{Reader, Viewer};
use model::notice::NoticeKind;
use model::{ActorId, NoticeId, PostId, PostState, Time};
use std::collections::HashSet;
use store::Db;

/// A notice with whom and what it is about.
#[derive(Debug, Clone)]
pub struct NoticeView {
    pub notice: Notice,
    /// Who did it.
    pub from: Actor,
    /// The post it is about.
    pub post: Option<Post>,
    /// The first post of the thread that is in.
    pub thread: Option<Post>,
    /// The community it is about.
    pub community: Option<CommunityWithActor>,
    /// It was not seen, and what it is about was not read.
    pub new: bool,
}

/// What a notice leads to.
#[derive(Debug, Clone, Copy)]
pub enum NoticeTarget<'v> {
    /// A post in the thread that begins with another.
    Post {
        post: &'v Post,
        thread: &'v Post,
    },
    Community(&'v CommunityWithActor),
    /// The accounts that wait for approval.
    WaitingAccounts,
    /// Only to whom it comes from.
    Person,
}

impl NoticeView {
    /// Returns what it leads to.
    #[must_use]
    pub fn target(&self) -> NoticeTarget<'_> {
        match (&self.post, &self.thread, &self.community) {
            // What was removed is not there to be read.
            (Some(post), Some(thread), _) if !self.is_gone() => NoticeTarget::Post { post, thread },
            (_, _, Some(community)) => NoticeTarget::Community(community),
            _ if self.notice.kind == NoticeKind::Approval => NoticeTarget::WaitingAccounts,
            _ => NoticeTarget::Person,
        }
    }

    /// Whether the thread that it tells of was removed with its title: no page of it is left to read.
    fn is_gone(&self) -> bool {
        let state = self.thread.as_ref().map(|thread| thread.state);
        self.notice.kind == NoticeKind::Removed
            && matches!(state, None | Some(PostState::Tombstone))
    }

    /// Returns the key of the message that stands between the name of the person and the target.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match (self.notice.kind, &self.community) {
            (NoticeKind::Follow, Some(_)) => "notice-follow-place",
            (NoticeKind::Removed, _) if self.is_gone() => "notice-removed-thread",
            (kind, _) => kind.label(),
        }
    }
}

/// Notices of what was written in one thread, of one other kind about it, or a single other one.
#[derive(Debug)]
pub struct NoticeGroup<'v> {
    /// The one whose person, message and target the line shows.
    pub newest: &'v NoticeView,
    /// How many there are.
    pub count: usize,
    /// How many people caused them besides the one of the newest.
    pub others: usize,
    /// One of them was not seen.
    pub new: bool,
}

/// Puts together what tells of the same thread, in the order of the newest of each.
#[must_use]
pub fn grouped(views: &[NoticeView]) -> Vec<NoticeGroup<'_>> {
    let key = |view: &NoticeView| {
        let thread = view.thread.as_ref().map(|thread| thread.id);
        thread.map(|thread| (group_kind(view.notice.kind), thread))
    };
    let mut groups: Vec<(Vec<&NoticeView>, _)> = Vec::new();
    for view in views {
        let key = key(view);
        match groups
            .iter_mut()
            .find(|(_, other)| key.is_some() && *other == key)
        {
            Some((group, _)) => group.push(view),
            None => groups.push((vec![view], key)),
        }
    }
    groups
        .iter()
        .filter_map(|(views, _)| group_of(views))
        .collect()
}

/// What was written in one thread is one line, why ever somebody is told of it.
const fn group_kind(kind: NoticeKind) -> NoticeKind {
    match kind {
        NoticeKind::Watched | NoticeKind::Mention => NoticeKind::Reply,
        other => other,
    }
}

fn group_of<'v>(views: &[&'v NoticeView]) -> Option<NoticeGroup<'v>> {
    let newest = *views.first()?;
    let people: HashSet<ActorId> = views.iter().map(|view| view.from.id).collect();
    Some(NoticeGroup {
        newest,
        count: views.len(),
        others: people.len() - 1,
        new: views.iter().any(|view| view.new),
    })
}

/// A person's notices, newest first, below the cursor.
///
/// # Errors
/// Faults.
pub fn list(
    db: &mut Db,
    who: ActorId,
    now: Time,
    before: NoticeId,
    limit: i64,
) -> Outcome<Vec<NoticeView>> {
    let reader = Reader {
        viewer: Viewer::Person(who),
        now,
    };
    let rows = store::notice::list(db, who, now, before, limit)?;
    let from: Vec<_> = rows.iter().map(|row| row.from_id).collect();
    let from = store::raw::actor::by_ids(db, &from)?;
    let communities: Vec<_> = rows.iter().filter_map(|row| row.community_id).collect();
    let communities = store::raw::community::by_ids(db, &communities)?;
    let ids: Vec<_> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts = store::post::by_ids(db, reader, &ids)?;
    let roots: Vec<_> = posts.iter().map(|post| post.root_id).collect();
    let roots = store::post::by_ids(db, reader, &roots)?;
    let view = |notice: Notice| {
        let post = notice
            .post_id
            .and_then(|id| posts.iter().find(|post| post.id == id));
        let thread = post.and_then(|post| roots.iter().find(|root| root.id == post.root_id));
        Some(NoticeView {
            from: from.get(&notice.from_id)?.clone(),
            new: !notice.seen,
            community: notice
                .community_id
                .and_then(|id| communities.get(&id).cloned()),
            post: post.cloned(),
            thread: thread.cloned(),
            notice,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

/// Whether somebody has notices of these posts that they have not seen.
///
/// # Errors
/// Faults.
pub fn has_unseen(db: &mut Db, who: ActorId, posts: &[PostId]) -> Outcome<bool> {
    Ok(store::notice::has_unseen(db, who, posts)?)
}

/// The newest notice of a person.
///
/// # Errors
/// Faults.
pub fn newest(db: &mut Db, who: ActorId, now: Time) -> Outcome<Option<NoticeId>> {
    let rows = store::notice::list(db, who, now, NoticeId(i64::MAX), 1)?;
    Ok(rows.first().map(|row| row.id))
}

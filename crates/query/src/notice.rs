//! Notices, with whom and what they are about.

use crate::row::{Actor, CommunityWithActor, Notice, Post};
use domain::Outcome;
use model::access::{Reader, Viewer};
use model::notice::NoticeKind;
use model::{ActorId, DeletedBy, NoticeId, PostId, PostState, Time};
use std::collections::{HashMap, HashSet};
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
    Post { post: &'v Post, thread: &'v Post },
    /// A page of a community: the path below its address, empty for its first page.
    Community {
        place: &'v CommunityWithActor,
        below: &'static str,
    },
    /// A page about a post: the path below its address.
    AboutPost { post: &'v Post, below: &'static str },
    /// The accounts that wait for approval.
    WaitingAccounts,
    /// The reports that administrators decide on.
    ReportQueue,
    /// Only to whom it comes from.
    Person,
}

impl NoticeView {
    /// Returns what it leads to.
    #[must_use]
    pub fn target(&self) -> NoticeTarget<'_> {
        if let (Some(post), Some(below)) = (&self.post, self.page_about_post()) {
            return NoticeTarget::AboutPost { post, below };
        }
        match (&self.post, &self.thread, &self.community) {
            // What was removed is not there to be read.
            (Some(post), Some(thread), _) if !self.is_gone() => NoticeTarget::Post { post, thread },
            (_, _, Some(place)) => NoticeTarget::Community {
                place,
                below: match self.notice.kind {
                    NoticeKind::JoinRequest => "/requests",
                    NoticeKind::InvitationDeclined => "/invitations",
                    NoticeKind::JoinAsked | NoticeKind::JoinDeclined | NoticeKind::JoinInvited => {
                        "/join"
                    }
                    NoticeKind::Report | NoticeKind::Held => "/moderation",
                    NoticeKind::Warned | NoticeKind::Excluded => "/moderation/me",
                    _ => "",
                },
            },
            _ if self.notice.kind == NoticeKind::Approval => NoticeTarget::WaitingAccounts,
            _ if self.notice.kind == NoticeKind::Report => NoticeTarget::ReportQueue,
            _ => NoticeTarget::Person,
        }
    }

    /// The page about its post that it leads to, rather than to the post.
    fn page_about_post(&self) -> Option<&'static str> {
        let post = self.post.as_ref()?;
        let by_others = !matches!(post.deleted_by, None | Some(DeletedBy::Author));
        match self.notice.kind {
            NoticeKind::Appeal => Some("/moderate"),
            NoticeKind::AppealRefused => Some("/appeal"),
            NoticeKind::Removed if post.state == PostState::Tombstone && by_others => {
                Some("/appeal")
            }
            _ => None,
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
            // Of somebody without an account, it comes from the community.
            (NoticeKind::JoinRequest, Some(place)) if place.id() == self.from.id => {
                "notice-join-request-guest"
            }
            (NoticeKind::Report, None) => "notice-report-instance",
            (NoticeKind::Removed, _) if self.page_about_post().is_some() => "notice-removed-why",
            (NoticeKind::Removed, _) if self.is_gone() => "notice-removed-thread",
            (kind, _) => kind.label(),
        }
    }
}

/// Notices of what was written in one thread, of one other kind about it, or a single other one.
#[derive(Debug)]
pub struct NoticeGroup {
    /// The one whose person, message and target the line shows.
    pub newest: NoticeView,
    /// All of them, the newest first.
    pub ids: Vec<NoticeId>,
    /// How many people caused them besides the one of the newest.
    pub others: usize,
    /// One of them was not seen.
    pub new: bool,
}

/// A page of groups.
#[derive(Debug)]
pub struct NoticePage {
    /// In the order of the newest of each.
    pub groups: Vec<NoticeGroup>,
    /// The cursor of the next page, if there is more.
    pub next: Option<NoticeId>,
}

/// What a group is of; `None` for a notice that stands alone.
type GroupKey = Option<(NoticeKind, PostId)>;

/// Rows of one group, the newest first.
struct GroupRows {
    key: GroupKey,
    rows: Vec<Notice>,
}

/// Puts together what tells of the same thread, in the order of the newest of each.
fn group_rows(rows: Vec<(Notice, Option<PostId>)>) -> Vec<GroupRows> {
    let mut groups: Vec<GroupRows> = Vec::new();
    let mut at: HashMap<(NoticeKind, PostId), usize> = HashMap::new();
    for (row, thread) in rows {
        let key = thread.map(|thread| (group_kind(row.kind), thread));
        let known = key.and_then(|key| at.get(&key).copied());
        match known.and_then(|index| groups.get_mut(index)) {
            Some(group) => group.rows.push(row),
            None => {
                if let Some(key) = key {
                    at.insert(key, groups.len());
                }
                let rows = vec![row];
                groups.push(GroupRows { key, rows });
            }
        }
    }
    groups
}

/// What was written in one thread is one line, why ever somebody is told of it.
const fn group_kind(kind: NoticeKind) -> NoticeKind {
    match kind {
        NoticeKind::Watched | NoticeKind::Mention => NoticeKind::Reply,
        other => other,
    }
}

/// A page of a person's notices, grouped: at most `lines` groups, out of at most `read` notices. It has
/// the groups whose newest notice is below the cursor, so that no group stands on two pages, whatever
/// arrives meanwhile.
///
/// # Errors
/// Faults.
pub fn page(
    db: &mut Db,
    who: ActorId,
    now: Time,
    before: NoticeId,
    (lines, read): (usize, i64),
) -> Outcome<NoticePage> {
    let newer: HashSet<(NoticeKind, PostId)> = match before {
        NoticeId(i64::MAX) => HashSet::new(),
        before => store::notice::threads_since(db, who, now, before)?
            .into_iter()
            .map(|(kind, thread)| (group_kind(kind), thread))
            .collect(),
    };
    let rows = store::notice::with_threads(db, who, now, before, read)?;
    let oldest = rows.last().map(|(row, _)| row.id);
    let is_all = i64::try_from(rows.len()).is_ok_and(|count| count < read);
    let mut groups = group_rows(rows);
    groups.retain(|group| group.key.is_none_or(|key| !newer.contains(&key)));
    let has_more = groups.len() > lines;
    groups.truncate(lines);
    let newest: Vec<Notice> = groups
        .iter()
        .filter_map(|group| group.rows.first().cloned())
        .collect();
    let next = match (has_more, is_all) {
        (true, _) => newest.last().map(|row| row.id),
        (false, true) => None,
        (false, false) => oldest,
    };
    let views = views(db, who, now, newest)?;
    let groups = views.into_iter().filter_map(|newest| {
        let is_its = |group: &&GroupRows| {
            let first = group.rows.first();
            first.is_some_and(|row| row.id == newest.notice.id)
        };
        let rows = &groups.iter().find(is_its)?.rows;
        let people: HashSet<ActorId> = rows.iter().map(|row| row.from_id).collect();
        Some(NoticeGroup {
            newest,
            ids: rows.iter().map(|row| row.id).collect(),
            others: people.len() - 1,
            new: rows.iter().any(|row| !row.seen),
        })
    });
    Ok(NoticePage {
        groups: groups.collect(),
        next,
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
    let rows = store::notice::list(db, who, now, before, limit)?;
    views(db, who, now, rows)
}

/// Notices that a person may see, with whom and what they are about.
pub(crate) fn views(
    db: &mut Db,
    who: ActorId,
    now: Time,
    rows: Vec<Notice>,
) -> Outcome<Vec<NoticeView>> {
    let reader = Reader {
        viewer: Viewer::Person(who),
        now,
    };
    let from: Vec<_> = rows.iter().map(|row| row.from_id).collect();
    let from = store::actor::by_ids(db, reader, &from)?;
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

/// Whether somebody has notices about a thread that they have not seen.
///
/// # Errors
/// Faults.
pub fn has_unseen(db: &mut Db, who: ActorId, root: PostId) -> Outcome<bool> {
    Ok(store::notice::has_unseen(db, who, root)?)
}

/// How far somebody has seen their notices. Two that are the same look the same on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen {
    /// How many they have not seen, up to [`crate::row::UNREAD_MAX`].
    pub count: i64,
    /// The newest, whether or not they have seen it.
    pub newest: Option<NoticeId>,
}

/// How far somebody has seen those of their notices that they may see now.
///
/// # Errors
/// Faults.
pub fn unseen(db: &mut Db, who: ActorId, now: Time) -> Outcome<Unseen> {
    Ok(Unseen {
        count: crate::account::unseen_notices(db, who, now)?,
        newest: newest(db, who, now)?,
    })
}

/// The notices written since a moment, with whose they are: to tell their open pages, not to show them.
///
/// # Errors
/// Faults.
pub fn written_since(db: &mut Db, since: Time) -> Outcome<Vec<(NoticeId, ActorId)>> {
    Ok(store::notice::written_since(db, since)?)
}

/// The newest notice of a person.
///
/// # Errors
/// Faults.
pub fn newest(db: &mut Db, who: ActorId, now: Time) -> Outcome<Option<NoticeId>> {
    let rows = store::notice::list(db, who, now, NoticeId(i64::MAX), 1)?;
    Ok(rows.first().map(|row| row.id))
}

//! Notices to people.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among, among_texts, predicate};
use crate::row::Notice;
use crate::schema::{notice, post};
use crate::visible::{self, for_viewer};
use diesel::dsl::{self, not};
use diesel::prelude::*;
use model::access::{Reader, Viewer};
use model::id::first_of;
use model::notice::NoticeKind;
use model::{ActorId, NoticeId, PostId, Time};

/// Adds a notice.
pub fn insert(db: &mut Db, row: &Notice) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(notice::table).values(row).execute(c))?;
    Ok(())
}

/// A person's notices, newest first, below the cursor; without those whose cause or post they may not
/// see.
pub fn list(
    db: &mut Db,
    who: ActorId,
    now: Time,
    before: NoticeId,
    limit: i64,
) -> QueryResult<Vec<Notice>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .filter(notice::actor_id.eq(who).and(notice::id.lt(before)))
        .filter(rule)
        .order(notice::id.desc())
        .limit(limit)
        .select(Notice::as_select())
        .load(c)))
}

/// As [`list`], each with the first post of the thread that it is about.
pub fn with_threads(
    db: &mut Db,
    who: ActorId,
    now: Time,
    before: NoticeId,
    limit: i64,
) -> QueryResult<Vec<(Notice, Option<PostId>)>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .left_join(post::table.on(post::id.nullable().eq(notice::post_id)))
        .filter(notice::actor_id.eq(who).and(notice::id.lt(before)))
        .filter(rule)
        .order(notice::id.desc())
        .limit(limit)
        .select((Notice::as_select(), post::root_id.nullable()))
        .load(c)))
}

/// What a person's notices from this one on are of, each once: their kinds, and the first posts of the
/// threads that they are about.
pub fn threads_since(
    db: &mut Db,
    who: ActorId,
    now: Time,
    from: NoticeId,
) -> QueryResult<Vec<(NoticeKind, PostId)>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .inner_join(post::table.on(post::id.nullable().eq(notice::post_id)))
        .filter(notice::actor_id.eq(who).and(notice::id.ge(from)))
        .filter(rule)
        .select((notice::kind, post::root_id))
        .distinct()
        .load(c)))
}

/// A person's notices that they have not seen, from one on and before another, the newest first; those in
/// [`list`].
pub fn unseen_between(
    db: &mut Db,
    who: ActorId,
    now: Time,
    (from, before): (NoticeId, NoticeId),
    limit: i64,
) -> QueryResult<Vec<Notice>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .filter(unseen_by(who))
        .filter(notice::id.ge(from).and(notice::id.lt(before)))
        .filter(rule)
        .order(notice::id.desc())
        .limit(limit)
        .select(Notice::as_select())
        .load(c)))
}

/// As [`unseen_between`], of some kinds, about posts of one thread that are still there.
pub fn unseen_of_thread(
    db: &mut Db,
    who: ActorId,
    now: Time,
    (root, from): (PostId, NoticeId),
    kinds: &[NoticeKind],
    limit: i64,
) -> QueryResult<Vec<Notice>> {
    let rule = visible::notice(as_person(who, now));
    for_viewer!(rule, rule => each!(db, c => notice::table
        .inner_join(post::table.on(post::id.nullable().eq(notice::post_id)))
        .filter(unseen_by(who))
        .filter(notice::id.ge(from).and(post::root_id.eq(root)))
        .filter(among_texts(notice::kind, kinds))
        .filter(is_there())
        .filter(rule)
        .order(notice::id.desc())
        .limit(limit)
        .select(Notice::as_select())
        .load(c)))
}

/// Notices of some kinds from one on.
#[derive(Debug, Clone, Default)]
pub struct KindsSince {
    pub kinds: Vec<NoticeKind>,
    pub from: NoticeId,
}

/// What a digest tells of: of a person's notices that they have not seen, those before one that are of a rhythm
/// whose period they came in. They are in [`list`], and what they are about is still there.
#[derive(Debug, Clone)]
pub struct DigestNotices {
    pub who: ActorId,
    pub now: Time,
    pub daily: KindsSince,
    pub weekly: KindsSince,
    /// Of these, only what was left to the digest.
    pub left: KindsSince,
    pub before: NoticeId,
}

/// The notices of a [`DigestNotices`], without an order.
macro_rules! of_digest {
    ($of:expr, $rule:expr) => {
        notice::table
            .filter(unseen_by($of.who))
            .filter(notice::id.lt($of.before))
            .filter(
                among_texts(notice::kind, &$of.daily.kinds)
                    .and(notice::id.ge($of.daily.from))
                    .or(among_texts(notice::kind, &$of.weekly.kinds)
                        .and(notice::id.ge($of.weekly.from)))
                    .or(among_texts(notice::kind, &$of.left.kinds)
                        .and(notice::id.ge($of.left.from))
                        .and(notice::for_digest.eq(true))),
            )
            .filter(is_there())
            .filter($rule)
    };
}

/// Those that a digest has room for: first what comes from people of here and from those whom somebody here
/// follows, each the newest first.
pub fn for_digest(db: &mut Db, of: &DigestNotices, limit: i64) -> QueryResult<Vec<Notice>> {
    let rule = visible::notice(as_person(of.who, of.now));
    for_viewer!(rule, rule => each!(db, c => of_digest!(of, rule)
        .order((is_from_known().desc(), notice::id.desc()))
        .limit(limit)
        .select(Notice::as_select())
        .load(c)))
}

/// How many there are in all for a digest.
pub fn count_for_digest(db: &mut Db, of: &DigestNotices) -> QueryResult<i64> {
    let rule = visible::notice(as_person(of.who, of.now));
    for_viewer!(rule, rule => each!(db, c => of_digest!(of, rule).count().get_result(c)))
}

/// The post is not removed; or that is what the notice tells.
fn is_there() -> Predicate<impl SqlText> {
    predicate!(
        "notice.kind = 'removed' OR notice.post_id IS NULL OR EXISTS (SELECT 1 FROM post p \
         WHERE p.id = notice.post_id AND p.state = 'live')",
    )
}

fn is_from_known() -> Predicate<impl SqlText> {
    predicate!(
        "EXISTS (SELECT 1 FROM actor a WHERE a.id = notice.from_id AND a.peer_id IS NULL) \
         OR EXISTS (SELECT 1 FROM follow f JOIN account m ON m.actor_id = f.follower_id \
         WHERE f.target_id = notice.from_id AND f.accepted)",
    )
}

/// Leaves a notice to the next digest, in place of a mail of its own.
pub fn leave_to_digest(db: &mut Db, id: NoticeId) -> QueryResult<()> {
    each!(db, c => diesel::update(notice::table.find(id))
        .set(notice::for_digest.eq(true))
        .execute(c))?;
    Ok(())
}

/// How many of those in [`list`] somebody has not seen, up to `cap`.
pub fn unseen(db: &mut Db, who: ActorId, now: Time, cap: i64) -> QueryResult<i64> {
    let rule = visible::notice(as_person(who, now));
    let ids: Vec<NoticeId> = for_viewer!(rule, rule => each!(db, c => notice::table
        .filter(unseen_by(who))
        .filter(rule)
        .limit(cap)
        .select(notice::id)
        .load(c)))?;
    Ok(i64::try_from(ids.len()).unwrap_or(cap))
}

/// The newest notices written since a moment, with whose they are; a thousand at most.
pub fn written_since(db: &mut Db, since: Time) -> QueryResult<Vec<(NoticeId, ActorId)>> {
    notice::table
        .filter(notice::id.ge(first_of::<NoticeId>(since)))
        .order(notice::id.desc())
        .limit(1_000)
        .select((notice::id, notice::actor_id))
        .load(db)
}

/// Whether somebody has a notice about a post. Ids are of one clock: it came after the post.
pub fn is_about(db: &mut Db, who: ActorId, post_id: PostId) -> QueryResult<bool> {
    let there = notice::table
        .filter(
            notice::actor_id
                .eq(who)
                .and(notice::id.gt(NoticeId(post_id.0))),
        )
        .filter(notice::post_id.eq(post_id));
    each!(db, c => diesel::select(diesel::dsl::exists(there)).get_result(c))
}

/// Whether somebody has a notice of this kind about a post that they have not seen.
pub fn is_unseen(db: &mut Db, who: ActorId, kind: NoticeKind, about: PostId) -> QueryResult<bool> {
    let there = notice::table
        .filter(unseen_by(who))
        .filter(notice::kind.eq(kind).and(notice::post_id.eq(about)));
    each!(db, c => diesel::select(diesel::dsl::exists(there)).get_result(c))
}

/// Whether somebody was ever told this of a post.
pub fn is_told(db: &mut Db, who: ActorId, kind: NoticeKind, about: PostId) -> QueryResult<bool> {
    let there = notice::table
        .filter(notice::actor_id.eq(who).and(notice::kind.eq(kind)))
        .filter(notice::post_id.eq(about));
    each!(db, c => diesel::select(diesel::dsl::exists(there)).get_result(c))
}

/// Whether somebody has notices about a thread that they have not seen.
pub fn has_unseen(db: &mut Db, who: ActorId, root: PostId) -> QueryResult<bool> {
    each!(db, c => diesel::select(diesel::dsl::exists(notice::table
            .inner_join(post::table.on(post::id.nullable().eq(notice::post_id)))
            .filter(unseen_by(who))
            .filter(post::root_id.eq(root))))
        .get_result(c))
}

/// Somebody has read these posts: the notices about them are seen.
pub fn see_posts(db: &mut Db, who: ActorId, posts: &[PostId]) -> QueryResult<()> {
    each!(db, c => diesel::update(notice::table
            .filter(unseen_by(who))
            .filter(among(notice::post_id, posts.iter().copied())))
        .set(notice::seen.eq(true))
        .execute(c))?;
    Ok(())
}

/// Somebody has read a thread up to a post: the notices about what came before it are seen.
pub fn see_thread(db: &mut Db, who: ActorId, root: PostId, seen: PostId) -> QueryResult<()> {
    let read = post::table
        .filter(post::root_id.eq(root).and(post::id.le(seen)))
        .select(post::id.nullable());
    each!(db, c => diesel::update(notice::table
            .filter(unseen_by(who))
            .filter(notice::post_id.eq_any(read)))
        .set(notice::seen.eq(true))
        .execute(c))?;
    Ok(())
}

/// Somebody has seen some of their notices.
pub fn see_some(db: &mut Db, who: ActorId, notices: &[NoticeId]) -> QueryResult<()> {
    each!(db, c => diesel::update(notice::table
            .filter(unseen_by(who))
            .filter(among(notice::id, notices.iter().copied())))
        .set(notice::seen.eq(true))
        .execute(c))?;
    Ok(())
}

/// Somebody has seen their notices up to this one.
pub fn see_all(db: &mut Db, who: ActorId, newest: NoticeId) -> QueryResult<()> {
    each!(db, c => diesel::update(notice::table
            .filter(unseen_by(who))
            .filter(notice::id.le(newest)))
        .set(notice::seen.eq(true))
        .execute(c))?;
    Ok(())
}

/// The notices that somebody has not seen, in the words of the index on them.
fn unseen_by(who: ActorId) -> UnseenBy {
    notice::actor_id.eq(who).and(not(notice::seen))
}

type UnseenBy = dsl::And<dsl::Eq<notice::actor_id, ActorId>, dsl::not<notice::seen>>;

const fn as_person(who: ActorId, now: Time) -> Reader {
    Reader {
        viewer: Viewer::Person(who),
        now,
    }
}

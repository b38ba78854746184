//! Reports of posts, removals with the words that may come back, the moderation log, and posts that wait for a
//! moderator. Who may see them is decided by `query`: posts are read with a reader beside them.

use crate::connection::Db;
use crate::each;
use crate::fragment::{Predicate, SqlText, among, among_texts, predicate};
use crate::retention::{DAY, Retention};
use crate::row::{Actor, CommunityBan, ModerationEntry, PostRemoval, Report};
use crate::schema::{
    actor, community_ban, held_activity, membership, moderation_entry, post, removal, report,
};
use diesel::prelude::*;
use model::moderation::{AppealState, ModerationKind, ReportState};
use model::{
    ActorId, ActorState, DeletedBy, LangText, MemberRole, ModerationId, PostId, PostState,
    ReportId, Time,
};

/// Stores an open report; a second one of the same person and post fails.
pub fn insert_report(db: &mut Db, row: &Report) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(report::table).values(row).execute(c))?;
    Ok(())
}

/// The open report of a post by somebody.
pub fn open_report(db: &mut Db, post: PostId, by: ActorId) -> QueryResult<Option<Report>> {
    each!(db, c => report::table
        .filter(report::post_id.eq(post).and(report::reporter_id.eq(by)))
        .filter(report::state.eq(ReportState::Open))
        .select(Report::as_select())
        .first(c)
        .optional())
}

/// The open reports of a post, oldest first.
pub fn open_reports(db: &mut Db, post: PostId) -> QueryResult<Vec<Report>> {
    each!(db, c => report::table
        .filter(report::post_id.eq(post).and(report::state.eq(ReportState::Open)))
        .order(report::id)
        .select(Report::as_select())
        .load(c))
}

/// Closes the open reports of a post.
pub fn close_reports(
    db: &mut Db,
    post: PostId,
    state: ReportState,
    (by, at): (ActorId, Time),
) -> QueryResult<()> {
    each!(db, c => diesel::update(report::table
            .filter(report::post_id.eq(post).and(report::state.eq(ReportState::Open))))
        .set((
            report::state.eq(state),
            report::decided_at.eq(at),
            report::decided_by.eq(by),
        ))
        .execute(c))?;
    Ok(())
}

/// The community of a post has nobody but perhaps its author who decides on reports of it, or there is none of ours.
fn is_for_admins() -> Predicate<impl SqlText> {
    predicate!(
        "NOT EXISTS (SELECT 1 FROM membership m JOIN actor a ON a.id = m.actor_id \
         JOIN actor c ON c.id = m.community_id WHERE m.community_id = post.community_id \
         AND c.peer_id IS NULL AND m.role IN ('moderator', 'facilitator') \
         AND a.state = 'active' AND m.actor_id <> post.author_id)",
    )
}

/// The open reports of posts in a community, oldest first.
pub fn reports_of_community(
    db: &mut Db,
    community: ActorId,
    limit: i64,
) -> QueryResult<Vec<Report>> {
    each!(db, c => report::table
        .inner_join(post::table.on(post::id.eq(report::post_id)))
        .filter(post::community_id.eq(community).and(report::state.eq(ReportState::Open)))
        .order(report::id)
        .limit(limit)
        .select(Report::as_select())
        .load(c))
}

/// The open reports that administrators decide on, oldest first.
pub fn reports_of_instance(db: &mut Db, limit: i64) -> QueryResult<Vec<Report>> {
    each!(db, c => report::table
        .inner_join(post::table.on(post::id.eq(report::post_id)))
        .filter(report::state.eq(ReportState::Open))
        .filter(is_for_admins())
        .order(report::id)
        .limit(limit)
        .select(Report::as_select())
        .load(c))
}

/// Whether administrators decide on reports of a post.
pub fn is_of_instance(db: &mut Db, id: PostId) -> QueryResult<bool> {
    let found = post::table.find(id).filter(is_for_admins());
    each!(db, c => diesel::select(diesel::dsl::exists(found)).get_result(c))
}

/// The communities with open reports that their moderators decide on, with each report, oldest first.
pub fn waiting_communities(db: &mut Db, limit: i64) -> QueryResult<Vec<(ActorId, ReportId)>> {
    let rows: Vec<(Option<ActorId>, ReportId)> = each!(db, c => report::table
        .inner_join(post::table.on(post::id.eq(report::post_id)))
        .filter(report::state.eq(ReportState::Open))
        .filter(diesel::dsl::not(is_for_admins()))
        .order(report::id)
        .limit(limit)
        .select((post::community_id, report::id))
        .load(c))?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, report)| Some((id?, report)))
        .collect())
}

/// The active moderators and facilitators of a community, longest-serving first.
pub fn moderators(
    db: &mut Db,
    community: ActorId,
    roles: &[MemberRole],
    limit: i64,
) -> QueryResult<Vec<ActorId>> {
    each!(db, c => membership::table
        .inner_join(actor::table.on(actor::id.eq(membership::actor_id)))
        .filter(membership::community_id.eq(community))
        .filter(among_texts(membership::role, roles))
        .filter(actor::state.eq(ActorState::Active))
        .order(membership::since)
        .limit(limit)
        .select(membership::actor_id)
        .load(c))
}

/// Writes a removal, in place of an earlier one of the post.
pub fn put_removal(db: &mut Db, row: &PostRemoval) -> QueryResult<()> {
    delete_removal(db, row.post_id)?;
    each!(db, c => diesel::insert_into(removal::table).values(row).execute(c))?;
    Ok(())
}

/// Writes what was asked of a removal, and decided.
pub fn update_removal(db: &mut Db, row: &PostRemoval) -> QueryResult<()> {
    each!(db, c => diesel::update(removal::table.find(row.post_id)).set(row).execute(c))?;
    Ok(())
}

/// The removal of a post.
pub fn removal(db: &mut Db, post: PostId) -> QueryResult<Option<PostRemoval>> {
    each!(db, c => removal::table
        .find(post)
        .select(PostRemoval::as_select())
        .first(c)
        .optional())
}

/// The reasons for which some posts were removed; those without one are absent.
pub fn reasons(db: &mut Db, posts: &[PostId]) -> QueryResult<Vec<(PostId, String)>> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    each!(db, c => removal::table
        .filter(among(removal::post_id, posts.iter().copied()))
        .filter(removal::reason.ne(""))
        .select((removal::post_id, removal::reason))
        .load(c))
}

/// Forgets a removal: the post is back, or its words are erased.
pub fn delete_removal(db: &mut Db, post: PostId) -> QueryResult<()> {
    each!(db, c => diesel::delete(removal::table.find(post)).execute(c))?;
    Ok(())
}

/// The open appeals, oldest first, with a condition.
macro_rules! open_appeals {
    ($condition:expr, $limit:expr) => {
        removal::table
            .inner_join(post::table.on(post::id.eq(removal::post_id)))
            .filter(removal::appeal_state.eq(AppealState::Open))
            .filter($condition)
            .order(removal::appealed_at)
            .limit($limit)
            .select(PostRemoval::as_select())
    };
}

/// The open appeals in a community that its facilitators decide on, or those that administrators decide on, oldest
/// first.
pub fn appeals(
    db: &mut Db,
    community: Option<ActorId>,
    limit: i64,
) -> QueryResult<Vec<PostRemoval>> {
    match community {
        Some(id) => {
            let of = || removal::to_admins.eq(false).and(post::community_id.eq(id));
            each!(db, c => open_appeals!(of(), limit).load(c))
        }
        None => each!(db, c => open_appeals!(removal::to_admins.eq(true), limit).load(c)),
    }
}

/// Adds an entry to the log.
pub fn insert_entry(db: &mut Db, row: &ModerationEntry) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(moderation_entry::table).values(row).execute(c))?;
    Ok(())
}

/// Entries of a community of some kinds, newest first, below a cursor.
pub fn entries(
    db: &mut Db,
    community: ActorId,
    kinds: &[ModerationKind],
    before: ModerationId,
    limit: i64,
) -> QueryResult<Vec<ModerationEntry>> {
    each!(db, c => moderation_entry::table
        .filter(moderation_entry::community_id.eq(community))
        .filter(among_texts(moderation_entry::kind, kinds))
        .filter(moderation_entry::id.lt(before))
        .order(moderation_entry::id.desc())
        .limit(limit)
        .select(ModerationEntry::as_select())
        .load(c))
}

/// Entries of a community about somebody of some kinds, newest first.
pub fn entries_about(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    kinds: &[ModerationKind],
    limit: i64,
) -> QueryResult<Vec<ModerationEntry>> {
    each!(db, c => moderation_entry::table
        .filter(moderation_entry::subject_id.eq(who))
        .filter(moderation_entry::community_id.eq(community))
        .filter(among_texts(moderation_entry::kind, kinds))
        .order(moderation_entry::id.desc())
        .limit(limit)
        .select(ModerationEntry::as_select())
        .load(c))
}

/// Those who are banned from a community at a time, by their ids, after one of them.
pub fn bans(
    db: &mut Db,
    community: ActorId,
    now: Time,
    after: ActorId,
    limit: i64,
) -> QueryResult<Vec<(CommunityBan, Actor)>> {
    each!(db, c => community_ban::table
        .inner_join(actor::table.on(actor::id.eq(community_ban::actor_id)))
        .filter(community_ban::community_id.eq(community))
        .filter(community_ban::until.is_null().or(community_ban::until.gt(now)))
        .filter(community_ban::actor_id.gt(after))
        .order(community_ban::actor_id)
        .limit(limit)
        .select((CommunityBan::as_select(), Actor::as_select()))
        .load(c))
}

/// The ban of somebody from a community at a time.
pub fn ban_of(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    now: Time,
) -> QueryResult<Option<CommunityBan>> {
    each!(db, c => community_ban::table
        .find((community, who))
        .filter(community_ban::until.is_null().or(community_ban::until.gt(now)))
        .select(CommunityBan::as_select())
        .first(c)
        .optional())
}

/// The newest posts of somebody in a community that are not removed.
pub fn posts_of(
    db: &mut Db,
    community: ActorId,
    who: ActorId,
    states: &[PostState],
    limit: i64,
) -> QueryResult<Vec<PostId>> {
    each!(db, c => post::table
        .filter(post::author_id.eq(who).and(post::community_id.eq(community)))
        .filter(among_texts(post::state, states))
        .order(post::id.desc())
        .limit(limit)
        .select(post::id)
        .load(c))
}

/// Whether somebody has a post in a community that was published.
pub fn has_posted(db: &mut Db, community: ActorId, who: ActorId) -> QueryResult<bool> {
    Ok(!posts_of(db, community, who, &[PostState::Live], 1)?.is_empty())
}

/// The posts that wait for the moderators of a community, oldest first.
pub fn held(db: &mut Db, community: ActorId, limit: i64) -> QueryResult<Vec<PostId>> {
    each!(db, c => post::table
        .filter(post::community_id.eq(community).and(post::state.eq(PostState::Held)))
        .order(post::id)
        .limit(limit)
        .select(post::id)
        .load(c))
}

/// Keeps the activity of a post that waits.
pub fn put_held_activity(db: &mut Db, post: PostId, activity: &str) -> QueryResult<()> {
    let values = (
        held_activity::post_id.eq(post),
        held_activity::activity.eq(activity),
    );
    each!(db, c => diesel::insert_into(held_activity::table)
        .values(values)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// The activity of a post that waited, which is not kept any longer.
pub fn take_held_activity(db: &mut Db, post: PostId) -> QueryResult<Option<String>> {
    let found: Option<String> = each!(db, c => held_activity::table
        .find(post)
        .select(held_activity::activity)
        .first(c)
        .optional())?;
    each!(db, c => diesel::delete(held_activity::table.find(post)).execute(c))?;
    Ok(found)
}

/// Publishes a post that waited, as if it were written now.
pub fn publish_held(db: &mut Db, id: PostId, now: Time) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(id))
        .set((
            post::state.eq(PostState::Live),
            post::published_at.eq(now),
            post::edited_at.eq(None::<Time>),
            post::active_at.eq(now),
        ))
        .execute(c))?;
    Ok(())
}

/// Hides a post that waited, on whose authority is said: its author and the moderators still see it.
pub fn refuse_held(db: &mut Db, id: PostId, by: DeletedBy, now: Time) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(id))
        .set((
            post::state.eq(PostState::Hidden),
            post::state_before.eq(Some(PostState::Held)),
            post::deleted_at.eq(Some(now)),
            post::deleted_by.eq(Some(by)),
        ))
        .execute(c))?;
    Ok(())
}

/// Locks the thread that begins with a post, or unlocks it.
pub fn set_locked(db: &mut Db, root: PostId, at: Option<Time>) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.filter(post::root_id.eq(root)))
        .set(post::locked_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// Pins a thread, or unpins it.
pub fn set_pinned(db: &mut Db, root: PostId, at: Option<Time>) -> QueryResult<()> {
    each!(db, c => diesel::update(post::table.find(root))
        .set(post::pinned_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// How many threads of a community are pinned.
pub fn count_pinned(db: &mut Db, community: ActorId) -> QueryResult<i64> {
    each!(db, c => post::table
        .filter(post::community_id.eq(community).and(post::pinned_at.is_not_null()))
        .filter(post::state.eq(PostState::Live))
        .count()
        .get_result(c))
}

/// Deletes the words that some removed posts had, and what else was kept of them.
fn drop_words(db: &mut Db, posts: &[PostId]) -> QueryResult<()> {
    let empty = LangText::default();
    each!(db, c => diesel::update(removal::table
            .filter(among(removal::post_id, posts.iter().copied())))
        .set((
            removal::title.eq(&empty),
            removal::source.eq(&empty),
            removal::html.eq(&empty),
            removal::warning.eq(&empty),
        ))
        .execute(c))?;
    for id in posts {
        crate::post::forget_removed(db, *id)?;
    }
    Ok(())
}

/// The words of a removed post may come back for ninety days.
pub(crate) const WORDS_RETENTION: Retention = Retention {
    name: "words of removed posts",
    keep_seconds: 90 * DAY,
    delete: delete_words,
};

fn delete_words(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<PostId> = each!(db, c => removal::table
        .filter(removal::removed_at.lt(before))
        .filter(
            removal::html
                .ne(LangText::default())
                .or(removal::title.ne(LangText::default())),
        )
        .order(removal::removed_at)
        .limit(limit)
        .select(removal::post_id)
        .load(c))?;
    drop_words(db, &old)?;
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}

/// Reports are kept for a year after they were decided.
pub(crate) const REPORT_RETENTION: Retention = Retention {
    name: "decided reports",
    keep_seconds: 365 * DAY,
    delete: delete_reports,
};

fn delete_reports(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let old: Vec<ReportId> = each!(db, c => report::table
        .filter(report::decided_at.lt(before))
        .order(report::decided_at)
        .limit(limit)
        .select(report::id)
        .load(c))?;
    each!(db, c => diesel::delete(report::table.filter(report::id.eq_any(&old))).execute(c))?;
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}

/// What moderators noted of people, and warned and banned them for, is kept for two years.
pub(crate) const ENTRY_RETENTION: Retention = Retention {
    name: "entries of moderation logs",
    keep_seconds: 730 * DAY,
    delete: delete_entries,
};

fn delete_entries(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let before: ModerationId = model::id::first_of(before);
    let old: Vec<ModerationId> = each!(db, c => moderation_entry::table
        .filter(moderation_entry::id.lt(before))
        .order(moderation_entry::id)
        .limit(limit)
        .select(moderation_entry::id)
        .load(c))?;
    each!(db, c => diesel::delete(moderation_entry::table
            .filter(moderation_entry::id.eq_any(&old)))
        .execute(c))?;
    Ok(i64::try_from(old.len()).is_ok_and(|count| count == limit))
}

//! Moderation: what waits for the moderators of a community and for administrators, what they may do with a post and about a
//! person, and the log.

use crate::community::{access, find};
use crate::post::{PostInThread, access_to};
use crate::row::{
    Actor, CommunityBan, CommunityWithActor, ModerationEntry, Post, PostRemoval, Report,
};
use domain::access::PlaceAccess;
use domain::{Error, Outcome};
use model::access::{Action, Reader, SpacePosting};
use model::id::minted_at;
use model::moderation::{AppealState, ModerationKind};
use model::refusal::Rule;
use model::{ActorId, MemberRole, ModerationId, PostId, PostState, ReportId, Time};
use std::collections::HashMap;
use store::Db;

/// What is read of a queue at once.
const QUEUE_MAX: i64 = 200;
/// Shown of what is known of a person.
const HISTORY_MAX: i64 = 100;

/// A post with its author and its thread.
#[derive(Debug, Clone)]
pub struct PostLine {
    pub post: Post,
    pub author: Actor,
    /// The first post of its thread.
    pub root: Post,
}

/// A post with the open reports of it, oldest first, each with who sent it.
#[derive(Debug, Clone)]
pub struct ReportedPost {
    pub line: PostLine,
    pub reports: Vec<(Report, Actor)>,
}

impl ReportedPost {
    /// When it was first reported.
    #[must_use]
    pub fn since(&self) -> Option<Time> {
        let first = self.reports.first();
        first.map(|(report, _)| minted_at(report.id.0))
    }
}

/// A removed post whose author asks for it back.
#[derive(Debug, Clone)]
pub struct AppealView {
    pub line: PostLine,
    pub removal: PostRemoval,
}

/// What waits for the moderators of a community.
#[derive(Debug, Clone)]
pub struct ModerationPage {
    pub place: CommunityWithActor,
    /// Those posts that were reported first come first.
    pub reports: Vec<ReportedPost>,
    /// The posts that wait, oldest first.
    pub held: Vec<PostLine>,
    /// For facilitators alone.
    pub appeals: Vec<AppealView>,
    /// Whether posts in the common space wait.
    pub posting: SpacePosting,
    /// The reader may change that.
    pub manage: bool,
}

/// Posts that the reader sees, with their authors and threads, in the order given.
fn lines(db: &mut Db, reader: Reader, ids: &[PostId]) -> Outcome<Vec<PostLine>> {
    let posts = store::post::by_ids(db, reader, ids)?;
    let roots: Vec<PostId> = posts.iter().map(|post| post.root_id).collect();
    let roots = store::post::by_ids(db, reader, &roots)?;
    let authors: Vec<ActorId> = posts.iter().map(|post| post.author_id).collect();
    let authors = store::actor::by_ids(db, reader, &authors)?;
    let mut posts: HashMap<PostId, Post> = posts.into_iter().map(|post| (post.id, post)).collect();
    let mut line = |id: &PostId| {
        let post = posts.remove(id)?;
        let root = roots.iter().find(|root| root.id == post.root_id)?.clone();
        let author = authors.get(&post.author_id)?.clone();
        Some(PostLine { post, author, root })
    };
    Ok(ids.iter().filter_map(&mut line).collect())
}

/// Open reports by their posts, of which the reader sees each and wrote none.
fn by_post(db: &mut Db, reader: Reader, reports: &[Report]) -> Outcome<Vec<ReportedPost>> {
    let mut ids: Vec<PostId> = Vec::new();
    for report in reports {
        if !ids.contains(&report.post_id) {
            ids.push(report.post_id);
        }
    }
    let who: Vec<ActorId> = reports.iter().map(|report| report.reporter_id).collect();
    let who = store::actor::by_ids(db, reader, &who)?;
    let me = reader.viewer.person();
    let reported = |line: PostLine| {
        let own = reports
            .iter()
            .filter(|report| report.post_id == line.post.id);
        let with_actor =
            |report: &Report| Some((report.clone(), who.get(&report.reporter_id)?.clone()));
        ReportedPost {
            reports: own.filter_map(with_actor).collect(),
            line,
        }
    };
    let shown = lines(db, reader, &ids)?.into_iter();
    let shown = shown
        .filter(|line| Some(line.post.author_id) != me && line.post.state != PostState::Tombstone);
    Ok(shown.map(reported).collect())
}

fn appeals(db: &mut Db, reader: Reader, rows: Vec<PostRemoval>) -> Outcome<Vec<AppealView>> {
    let ids: Vec<PostId> = rows.iter().map(|row| row.post_id).collect();
    let lines = lines(db, reader, &ids)?;
    let me = reader.viewer.person();
    let appeal = |removal: PostRemoval| {
        let mut lines = lines.iter();
        let line = lines.find(|line| line.post.id == removal.post_id)?.clone();
        (Some(line.post.author_id) != me).then_some(AppealView { line, removal })
    };
    Ok(rows.into_iter().filter_map(appeal).collect())
}

/// A community in which the reader keeps order.
fn kept(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> Outcome<(CommunityWithActor, PlaceAccess)> {
    let place = find(db, reader, handle, host)?;
    let access = access(db, reader, place.id())?;
    match access.may(Action::KeepOrder) {
        Ok(()) => Ok((place, access)),
        Err(denied) => Err(denied.refusal("community").into()),
    }
}

/// What waits for the moderators of a community, for one of them. Nobody is shown reports of what they wrote themselves.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount | SignedIn)`.
pub fn queue(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<ModerationPage> {
    let (place, access) = kept(db, reader, handle, host)?;
    let id = place.id();
    let reports = store::moderation::reports_of_community(db, id, QUEUE_MAX)?;
    let held = store::moderation::held(db, id, QUEUE_MAX)?;
    let asked = match access.role() {
        Some(MemberRole::Facilitator) => store::moderation::appeals(db, Some(id), QUEUE_MAX)?,
        _ => Vec::new(),
    };
    let space = store::space::open_of(db, id)?.ok_or(Error::not_found("community"))?;
    let space = store::space::by_id(db, space)?.ok_or(Error::not_found("community"))?;
    Ok(ModerationPage {
        reports: by_post(db, reader, &reports)?,
        held: lines(db, reader, &held)?,
        appeals: appeals(db, reader, asked)?,
        posting: space.posting,
        manage: access.may(Action::Manage).is_ok(),
        place,
    })
}

/// How many posts wait for a moderator of a community: reported, or to be published.
///
/// # Errors
/// Faults.
pub(crate) fn count_waiting(db: &mut Db, reader: Reader, community: ActorId) -> Outcome<i64> {
    let reports = store::moderation::reports_of_community(db, community, QUEUE_MAX)?;
    let mut ids: Vec<PostId> = reports.iter().map(|report| report.post_id).collect();
    ids.extend(store::moderation::held(db, community, QUEUE_MAX)?);
    if ids.is_empty() {
        return Ok(0);
    }
    ids.sort_unstable();
    ids.dedup();
    let me = reader.viewer.person();
    let posts = store::post::by_ids(db, reader, &ids)?;
    let waiting = posts
        .iter()
        .filter(|post| Some(post.author_id) != me && post.state != PostState::Tombstone);
    Ok(i64::try_from(waiting.count()).unwrap_or(QUEUE_MAX))
}

/// A community whose moderators have reports to decide on.
#[derive(Debug, Clone)]
pub struct WaitingCommunity {
    pub place: CommunityWithActor,
    pub count: i64,
    /// When the first was sent.
    pub since: Time,
}

/// What waits for administrators.
#[derive(Debug, Clone)]
pub struct InstanceQueue {
    pub reports: Vec<ReportedPost>,
    pub appeals: Vec<AppealView>,
    pub communities: Vec<WaitingCommunity>,
}

/// What waits for administrators: reports of posts in no community of ours, or in one that nobody moderates; appeals; and the
/// age of the queues of communities.
///
/// # Errors
/// Faults.
pub fn instance_queue(db: &mut Db, reader: Reader) -> Outcome<InstanceQueue> {
    let reports = store::moderation::reports_of_instance(db, QUEUE_MAX)?;
    let asked = store::moderation::appeals(db, None, QUEUE_MAX)?;
    let waiting = store::moderation::waiting_communities(db, 1_000)?;
    let ids: Vec<ActorId> = waiting.iter().map(|(id, _)| *id).collect();
    let places = store::raw::community::by_ids(db, &ids)?;
    let mut communities: Vec<WaitingCommunity> = Vec::new();
    for (id, report) in &waiting {
        match communities.iter_mut().find(|row| row.place.id() == *id) {
            Some(row) => row.count += 1,
            None => communities.extend(places.get(id).map(|place| first_of(place, *report))),
        }
    }
    Ok(InstanceQueue {
        reports: by_post(db, reader, &reports)?,
        appeals: appeals(db, reader, asked)?,
        communities,
    })
}

fn first_of(place: &CommunityWithActor, report: ReportId) -> WaitingCommunity {
    WaitingCommunity {
        place: place.clone(),
        count: 1,
        since: minted_at(report.0),
    }
}

/// A post that the reader may report.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(OwnPost | ActiveAccount | SignedIn)`.
pub fn reportable(db: &mut Db, reader: Reader, id: PostId) -> Outcome<PostInThread> {
    crate::post::require(db, reader, id, Action::Report)
}

/// What a moderator or administrator may do with a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ModerateAllowed {
    pub dismiss: bool,
    pub remove: bool,
    pub restore: bool,
    pub refuse_appeal: bool,
    /// Publish it, or not, as it waits.
    pub decide_held: bool,
    /// Lock its thread, or unlock it.
    pub lock: bool,
    /// Show its thread first, or no longer.
    pub pin: bool,
    /// Ban, warn or note its author.
    pub person: bool,
}

/// A post for a moderator of its community or an administrator.
#[derive(Debug, Clone)]
pub struct ModeratePage {
    pub line: PostLine,
    pub community: Option<CommunityWithActor>,
    /// The open ones, oldest first.
    pub reports: Vec<(Report, Actor)>,
    pub removal: Option<PostRemoval>,
    pub allowed: ModerateAllowed,
}

/// A post for a moderator of its community or an administrator.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | ActiveAccount | SignedIn)`.
pub fn moderate(db: &mut Db, reader: Reader, id: PostId) -> Outcome<ModeratePage> {
    let line = lines(db, reader, &[id])?.pop();
    let line = line.ok_or(Error::not_found("post"))?;
    let access = access_to(db, reader, &line.post)?;
    match access.may_on(Action::Moderate, &line.post) {
        Err(_) if access.is_admin() => {}
        Err(denied) => return Err(denied.refusal("post").into()),
        Ok(()) => {}
    }
    let community = match line.post.community_id {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    let own = reader.viewer.person() == Some(line.post.author_id);
    let reports = match own {
        true => Vec::new(),
        false => store::moderation::open_reports(db, id)?,
    };
    let removal = store::moderation::removal(db, id)?;
    let removal = removal.filter(|_| line.post.state == PostState::Tombstone);
    let for_admins = store::moderation::is_of_instance(db, id)?;
    let allowed = allowed(&access, &line, removal.as_ref(), (own, for_admins));
    let reports = by_post(db, reader, &reports)?.pop();
    Ok(ModeratePage {
        reports: reports.map(|row| row.reports).unwrap_or_default(),
        allowed,
        community,
        removal,
        line,
    })
}

fn allowed(
    access: &PlaceAccess,
    line: &PostLine,
    removal: Option<&PostRemoval>,
    (own, for_admins): (bool, bool),
) -> ModerateAllowed {
    let post = &line.post;
    let may = |action| access.may_on(action, post).is_ok();
    let (moderates, keeps) = (may(Action::Moderate), may(Action::KeepOrder));
    let restore = !own && removal.is_some_and(|row| row.text().is_some()) && may(Action::Restore);
    let asked = removal.is_some_and(|row| row.appeal_state == AppealState::Open);
    let to_admins = removal.is_some_and(|row| row.to_admins);
    let facilitates = access.role() == Some(MemberRole::Facilitator);
    let is_thread_there = line.root.state != PostState::Tombstone;
    ModerateAllowed {
        dismiss: !own && (moderates || (access.is_admin() && for_admins)),
        remove: !own && post.deleted_at.is_none() && may(Action::Remove),
        restore,
        refuse_appeal: !own && asked && (access.is_admin() || (facilitates && !to_admins)),
        decide_held: !own && moderates && post.state == PostState::Held,
        lock: keeps && is_thread_there,
        pin: keeps && is_thread_there && post.parent_id.is_none(),
        person: !own && keeps,
    }
}

/// A removed post for its author.
#[derive(Debug, Clone)]
pub struct AppealPage {
    pub line: PostLine,
    pub community: Option<CommunityWithActor>,
    /// `None` where nothing is known of it any more.
    pub removal: Option<PostRemoval>,
}

impl AppealPage {
    /// Whether its author may ask for it back.
    #[must_use]
    pub fn may_appeal(&self) -> bool {
        let asked = |row: &PostRemoval| row.appeal_state == AppealState::None;
        let removal = self.removal.as_ref();
        removal.is_some_and(|row| asked(row) && row.text().is_some())
    }
}

/// A post of the reader that somebody else removed.
///
/// # Errors
/// `NotFound`, also for who did not write it, and for one that is there.
pub fn own_removed(db: &mut Db, reader: Reader, id: PostId) -> Outcome<AppealPage> {
    let line = lines(db, reader, &[id])?.pop();
    let me = reader.viewer.person();
    let own = line.filter(|line| Some(line.post.author_id) == me);
    let line = own.ok_or(Error::not_found("post"))?;
    let removal = store::moderation::removal(db, id)?;
    let by_author = matches!(line.post.deleted_by, None | Some(model::DeletedBy::Author));
    if line.post.state != PostState::Tombstone || by_author {
        return Err(Error::not_found("post"));
    }
    let community = match line.post.community_id {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    Ok(AppealPage {
        line,
        community,
        removal,
    })
}

/// An entry of the log, as the reader may see it.
#[derive(Debug, Clone)]
pub struct EntryView {
    pub entry: ModerationEntry,
    pub at: Time,
    /// Who did it; `None` for who is not told.
    pub by: Option<Actor>,
    /// Whom it is about; `None` for who is not told.
    pub who: Option<Actor>,
    /// The first post of the thread; `None` where it has no title any more.
    pub thread: Option<Post>,
}

/// What the reader of a log is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    /// Who did it.
    by: bool,
    /// Whom it is about, and what was noted.
    all: bool,
}

/// Entries, without those about posts that the reader does not see.
fn entries(
    db: &mut Db,
    reader: Reader,
    rows: Vec<ModerationEntry>,
    told: Told,
) -> Outcome<Vec<EntryView>> {
    let posts: Vec<PostId> = rows.iter().filter_map(|row| row.post_id).collect();
    let posts = lines(db, reader, &posts)?;
    let people: Vec<ActorId> = rows
        .iter()
        .flat_map(|row| [Some(row.by_id), row.subject_id])
        .flatten()
        .collect();
    let people = store::actor::by_ids(db, reader, &people)?;
    let me = reader.viewer.person();
    let is_shown = |entry: &ModerationEntry| {
        let told = [ModerationKind::PUBLIC, ModerationKind::TOLD].concat();
        // A moderator does not read what others noted of them.
        me.is_none() || entry.subject_id != me || told.contains(&entry.kind)
    };
    let view = |entry: ModerationEntry| {
        let line = match entry.post_id {
            Some(id) => Some(posts.iter().find(|line| line.post.id == id)?),
            None => None,
        };
        let root = line.map(|line| &line.root);
        let who = entry.subject_id.filter(|_| told.all);
        Some(EntryView {
            at: minted_at(entry.id.0),
            by: people.get(&entry.by_id).filter(|_| told.by).cloned(),
            who: who.and_then(|id| people.get(&id).cloned()),
            thread: root.filter(|root| root.state == PostState::Live).cloned(),
            entry: match told.all && (me.is_none() || entry.subject_id != me) {
                true => entry,
                false => ModerationEntry {
                    note: String::new(),
                    ..entry
                },
            },
        })
    };
    Ok(rows.into_iter().filter(is_shown).filter_map(view).collect())
}

/// A page of the log of a community.
#[derive(Debug, Clone)]
pub struct LogPage {
    pub place: CommunityWithActor,
    pub entries: Vec<EntryView>,
    /// The cursor of the next page, if there is more.
    pub next: Option<ModerationId>,
    /// The reader moderates the community, and is shown everything.
    pub moderates: bool,
}

/// The log of a community, newest first, below a cursor. Whoever reads the community is told what was done and why; its
/// members also by whom; its moderators everything.
///
/// # Errors
/// `NotFound`, `Gone`.
pub fn log(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    before: ModerationId,
    limit: i64,
) -> Outcome<LogPage> {
    let place = find(db, reader, handle, host)?;
    let access = access(db, reader, place.id())?;
    access
        .may(Action::See)
        .map_err(|denied| denied.refusal("community"))?;
    let moderates = access.may(Action::KeepOrder).is_ok();
    let kinds = match moderates {
        true => ModerationKind::ALL,
        false => ModerationKind::PUBLIC,
    };
    let mut rows = store::moderation::entries(db, place.id(), kinds, before, limit + 1)?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let told = Told {
        by: access.names_members().is_ok(),
        all: moderates,
    };
    Ok(LogPage {
        entries: entries(db, reader, rows, told)?,
        next,
        moderates,
        place,
    })
}

/// Those who are banned from a community in which the reader keeps order, after one of them.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount | SignedIn)`.
pub fn bans(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    after: ActorId,
    limit: i64,
) -> Outcome<(CommunityWithActor, Vec<(CommunityBan, Actor)>)> {
    let (place, _) = kept(db, reader, handle, host)?;
    let rows = store::moderation::bans(db, place.id(), reader.now, after, limit)?;
    Ok((place, rows))
}

/// What the moderators of a community know of somebody.
#[derive(Debug, Clone)]
pub struct PersonPage {
    pub place: CommunityWithActor,
    pub who: Actor,
    pub role: Option<MemberRole>,
    pub ban: Option<CommunityBan>,
    /// Newest first.
    pub entries: Vec<EntryView>,
    /// They may be banned and warned: they are no moderator.
    pub bannable: bool,
}

/// What the moderators of a community know of somebody, for one of them.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount | SignedIn | OwnPost)`.
pub fn person(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    who: ActorId,
) -> Outcome<PersonPage> {
    let (place, _) = kept(db, reader, handle, host)?;
    if reader.viewer.person() == Some(who) {
        // Nobody reads what was noted of them.
        return Err(Error::not_allowed(Rule::Oneself));
    }
    let actor = store::actor::by_id(db, reader, who)?.ok_or(Error::not_found("person"))?;
    let member = store::membership::membership(db, place.id(), who)?;
    let role = member.map(|row| row.role);
    let rows =
        store::moderation::entries_about(db, place.id(), who, ModerationKind::ALL, HISTORY_MAX)?;
    let told = Told {
        by: true,
        all: true,
    };
    Ok(PersonPage {
        entries: entries(db, reader, rows, told)?,
        ban: store::moderation::ban_of(db, place.id(), who, reader.now)?,
        bannable: matches!(role, None | Some(MemberRole::Member)),
        who: actor,
        role,
        place,
    })
}

/// What the moderators of a community told the reader.
#[derive(Debug, Clone)]
pub struct OwnPage {
    pub place: CommunityWithActor,
    pub ban: Option<CommunityBan>,
    /// Newest first.
    pub entries: Vec<EntryView>,
}

/// What the moderators of a community told the reader.
///
/// # Errors
/// `NotFound`, `Gone`, `NotAllowed(SignedIn)`.
pub fn own(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<OwnPage> {
    let place = find(db, reader, handle, host)?;
    let me = reader.viewer.person();
    let me = me.ok_or(Error::not_allowed(Rule::SignedIn))?;
    let rows =
        store::moderation::entries_about(db, place.id(), me, ModerationKind::TOLD, HISTORY_MAX)?;
    let told = Told {
        by: false,
        all: false,
    };
    Ok(OwnPage {
        entries: entries(db, reader, rows, told)?,
        ban: store::moderation::ban_of(db, place.id(), me, reader.now)?,
        place,
    })
}

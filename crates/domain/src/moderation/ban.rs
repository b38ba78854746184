//! What moderators do about people: bans from a community, warnings and notes. Whoever is banned reads only what is open,
//! writes nothing, and their votes do not count.

use super::held::refuse_all_of;
use super::log::{Subject, write};
use super::{check, close_reports};
use crate::{Error, Outcome, Tx, access, post};
use model::access::Action;
use model::job::Recount;
use model::limits::{MODERATION_TEXT_MAX, REMOVED_WITH_BAN};
use model::membership::JoinState;
use model::moderation::{ModerationKind, ModerationNews, ModerationWords, ReportState};
use model::refusal::Checks;
use model::{ActorId, Fact, JobId, MemberRole, Origin, PostId, PostState, SpaceId, Time, Why};
use store::row;

/// A ban from a community.
#[derive(Debug, Clone, Default)]
pub struct Ban {
    /// `None` for one without an end.
    pub until: Option<Time>,
    pub words: ModerationWords,
    /// Also remove what they wrote in the community, the newest 200 posts.
    pub removes_posts: bool,
    /// The post for which they are banned: its reports are closed.
    pub post: Option<PostId>,
}

/// Checks that a moderator may act on somebody, who is no moderator or facilitator of the community.
fn require_subject(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
) -> Outcome<SpaceId> {
    let (space, _) = access::require_in(tx, by, Action::KeepOrder, community)?;
    store::raw::actor::by_id(tx.db, who)?.ok_or(Error::not_found("person"))?;
    let standing = store::space::standing(tx.db, space, who, tx.now)?;
    let role = standing.and_then(|standing| standing.role);
    match role {
        Some(MemberRole::Moderator | MemberRole::Facilitator) => {
            Err(Error::invalid("person", Why::NotAChoice))
        }
        Some(MemberRole::Member) | None => Ok(space),
    }
}

/// Bans somebody from a community, until a time or for good, in place of an earlier ban. Their open pages are told of
/// nothing more that they may not see; what of theirs waits for a moderator is not published, and a request of theirs to
/// join is declined.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount)`; `Invalid(person: NotAChoice)` for a moderator or
/// facilitator of it, `Invalid(until: Expired)`, `Invalid(reason | note)`.
pub fn ban(tx: &mut Tx<'_>, by: ActorId, id: ActorId, who: ActorId, ban: &Ban) -> Outcome<()> {
    check(&ban.words)?;
    require_subject(tx, by, id, who)?;
    if ban.until.is_some_and(|until| until <= tx.now) {
        return Err(Error::invalid("until", Why::Expired));
    }
    let row = row::CommunityBan {
        community_id: id,
        actor_id: who,
        until: ban.until,
    };
    store::space::put_ban(tx.db, &row)?;
    if let Some(until) = ban.until {
        // Their votes count again.
        let job = Recount { actor: who };
        store::queue::jobs::insert(tx.db, tx.id::<JobId>(), &job, until, tx.now)?;
    }
    end_request(tx, by, id, who)?;
    refuse_all_of(tx, id, who)?;
    close_reports_for(tx, by, id, who, ban.post)?;
    let subject = Subject {
        community: Some(id),
        who: Some(who),
        post: None,
        until: ban.until,
    };
    write(tx, by, ModerationKind::Banned, subject, &ban.words)?;
    if ban.removes_posts {
        remove_posts(tx, by, id, who, &ban.words)?;
    }
    tx.record(Fact::Moderation(ModerationNews::Told {
        community: id,
        who,
        banned: true,
    }));
    changed(tx, id, who);
    Ok(())
}

/// Declines the request of somebody to join, or the invitation that they have not answered.
fn end_request(tx: &mut Tx<'_>, by: ActorId, community: ActorId, who: ActorId) -> Outcome<()> {
    let known = store::membership::of_actor(tx.db, community, who)?;
    let open = known.filter(|row| row.state.is_open() || row.state == JoinState::Invited);
    let Some(open) = open else {
        return Ok(());
    };
    let row = row::JoinRequest {
        state: JoinState::Declined,
        changed_at: tx.now,
        decided_by: Some(by),
        ..open
    };
    Ok(store::membership::update(tx.db, &row)?)
}

/// Closes the reports of the post for which somebody is banned, which is theirs and in the community.
fn close_reports_for(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
    post: Option<PostId>,
) -> Outcome<()> {
    let Some(id) = post else {
        return Ok(());
    };
    let reader = tx.reader(by);
    let found = store::post::by_id(tx.db, reader, id)?
        .filter(|post| post.author_id == who && post.community_id == Some(community));
    let found = found.ok_or(Error::not_found("post"))?;
    close_reports(tx, &found, ReportState::Banned, by)?;
    Ok(())
}

/// Removes what somebody wrote in a community and the moderator sees, the newest first.
fn remove_posts(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
    words: &ModerationWords,
) -> Outcome<()> {
    let live = [PostState::Live];
    let all = store::moderation::posts_of(tx.db, community, who, &live, REMOVED_WITH_BAN)?;
    for id in all {
        let reader = tx.reader(by);
        if store::post::is_visible(tx.db, reader, id)? {
            post::remove_for(tx, by, id, words, &Origin::Local)?;
        }
    }
    Ok(())
}

/// Lifts a ban. Nothing happens where there is none.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount)`, `Invalid(reason | note)`.
pub fn lift_ban(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    who: ActorId,
    words: &ModerationWords,
) -> Outcome<()> {
    check(words)?;
    access::require_in(tx, by, Action::KeepOrder, id)?;
    if store::space::delete_ban(tx.db, id, who)? {
        let subject = Subject {
            community: Some(id),
            who: Some(who),
            ..Subject::default()
        };
        write(tx, by, ModerationKind::BanLifted, subject, words)?;
        changed(tx, id, who);
    }
    Ok(())
}

fn changed(tx: &mut Tx<'_>, community: ActorId, who: ActorId) {
    tx.outdate(who);
    tx.record(Fact::BanChanged {
        community,
        actor: who,
    });
}

/// Warns somebody who takes part in a community; they are told, and it stands in the log.
///
/// # Errors
/// `NotFound`, also for somebody who takes no part; `NotAllowed(Moderator | NotOurs | ActiveAccount)`,
/// `Invalid(person: NotAChoice)` for a moderator or facilitator of it, `Invalid(reason | note)`.
pub fn warn(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
    words: &ModerationWords,
) -> Outcome<()> {
    check(words)?;
    require_subject(tx, by, community, who)?;
    require_part(tx, community, who)?;
    Checks::default()
        .text("reason", &words.reason, MODERATION_TEXT_MAX)
        .done()?;
    let subject = Subject {
        community: Some(community),
        who: Some(who),
        ..Subject::default()
    };
    write(tx, by, ModerationKind::Warned, subject, words)?;
    tx.record(Fact::Moderation(ModerationNews::Told {
        community,
        who,
        banned: false,
    }));
    Ok(())
}

/// Nobody is written to who has nothing to do with a community: they are a member, or wrote in it.
fn require_part(tx: &mut Tx<'_>, community: ActorId, who: ActorId) -> Outcome<()> {
    if store::membership::membership(tx.db, community, who)?.is_some() {
        return Ok(());
    }
    match store::moderation::posts_of(tx.db, community, who, PostState::ALL, 1)?.is_empty() {
        true => Err(Error::not_found("person")),
        false => Ok(()),
    }
}

/// Notes something about somebody that only the moderators of the community read.
///
/// # Errors
/// `NotFound`, `NotAllowed(Moderator | NotOurs | ActiveAccount)`, `Invalid(note)`.
pub fn note(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    who: ActorId,
    text: &str,
) -> Outcome<()> {
    access::require_in(tx, by, Action::KeepOrder, community)?;
    store::raw::actor::by_id(tx.db, who)?.ok_or(Error::not_found("person"))?;
    Checks::default()
        .text("note", text, MODERATION_TEXT_MAX)
        .done()?;
    let subject = Subject {
        community: Some(community),
        who: Some(who),
        ..Subject::default()
    };
    let words = ModerationWords {
        reason: String::new(),
        note: text.to_owned(),
    };
    write(tx, by, ModerationKind::Note, subject, &words)
}

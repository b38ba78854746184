//! Notices: writes those that the listener derives from facts, and marks them as seen.

pub mod choices;
pub mod digest;
pub mod mail;
pub mod push;

use crate::listeners::notices::{About, NewNotice};
use crate::{Error, Outcome, Tx};
use model::id::first_of;
use model::notice::{NoticeKind, ThreadNotify};
use model::notice_mail::MailHours;
use model::peer::policy::PeerStanding;
use model::{ActorId, NoticeId, PeerId, PostId, PostState, Time};
use store::row;

/// Watchers told in one transaction.
const CHUNK: i64 = 100;
/// The time in which an account gets so many mails, or push messages, at most, in seconds.
const HOUR_SECONDS: i64 = 3_600;

/// The thread that a notice is about.
fn thread_of(tx: &mut Tx<'_>, notice: &row::Notice) -> Outcome<Option<PostId>> {
    match notice.post_id {
        Some(post) => Ok(store::raw::post::by_id(tx.db, post)?.map(|post| post.root_id)),
        None => Ok(None),
    }
}

/// The seconds until the quiet hours of an account end; `None` where it has none now.
fn quiet_seconds(tx: &Tx<'_>, account: &row::Account, hours: MailHours) -> Option<i64> {
    let sent_at = hours.not_quiet(&mail::zone_of(tx, account), tx.now);
    let millis = sent_at.unix_millis() - tx.now.unix_millis();
    (sent_at > tx.now).then_some(millis / 1_000 + 1)
}

/// Writes a notice, unless its recipient is remote, caused it themselves, has muted the thread, or is
/// not notified of this actor because of a rule about its peer.
pub(crate) fn write(tx: &mut Tx<'_>, new: &NewNotice) -> Outcome<()> {
    if new.to == new.from
        || !store::account::exists(tx.db, new.to)?
        || is_muted(tx, new)?
        || is_repeated(tx, new)?
        || !is_notified(tx, new.to, new.from)?
    {
        return Ok(());
    }
    let row = row::Notice {
        id: tx.id::<NoticeId>(),
        actor_id: new.to,
        kind: new.kind,
        from_id: new.from,
        post_id: match new.about {
            About::Post(post) => Some(post),
            About::Recipient | About::Community(_) => None,
        },
        community_id: match new.about {
            About::Community(community) => Some(community),
            About::Recipient | About::Post(_) => None,
        },
        created_at: tx.now,
        seen: false,
    };
    store::notice::insert(tx.db, &row)?;
    tx.outdate(row.actor_id);
    mail::enqueue(tx, &row)?;
    push::enqueue(tx, &row)
}

/// Whether a removal or refusal of a post was told before and not seen: a server that removes and restores
/// it over and over is told of once. The end of a poll is told once for good.
fn is_repeated(tx: &mut Tx<'_>, new: &NewNotice) -> Outcome<bool> {
    match (new.kind, new.about) {
        (NoticeKind::PollEnded, About::Post(post)) => {
            Ok(store::notice::is_told(tx.db, new.to, new.kind, post)?)
        }
        (NoticeKind::Removed | NoticeKind::Refused, About::Post(post)) => {
            Ok(store::notice::is_unseen(tx.db, new.to, new.kind, post)?)
        }
        (_, _) => Ok(false),
    }
}

/// Whether a notice tells what moderators decided about what its recipient wrote or reported, or has them decide.
const fn is_decision(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::ReportDismissed
            | NoticeKind::ReportActed
            | NoticeKind::Released
            | NoticeKind::HeldRefused
            | NoticeKind::Appeal
            | NoticeKind::Restored
            | NoticeKind::AppealRefused
    )
}

fn is_muted(tx: &mut Tx<'_>, new: &NewNotice) -> Outcome<bool> {
    match (new.kind, new.about) {
        // What becomes of one's own post is told all the same.
        (NoticeKind::Removed | NoticeKind::Refused, _) => Ok(false),
        (kind, _) if is_decision(kind) => Ok(false),
        (_, About::Post(post)) => Ok(store::thread_notify::is_muted(tx.db, new.to, post)?),
        (_, About::Recipient | About::Community(_)) => Ok(false),
    }
}

/// Watches or mutes a thread, or has the usual notices of it.
///
/// # Errors
/// `NotFound`, also where they may not see the thread.
pub fn set_notification_level(
    tx: &mut Tx<'_>,
    who: ActorId,
    thread: PostId,
    level: Option<ThreadNotify>,
) -> Outcome<()> {
    let reader = tx.reader(who);
    let post = store::post::by_id(tx.db, reader, thread)?.ok_or(Error::not_found("post"))?;
    store::thread_notify::set_notification_level(tx.db, who, post.root_id, level)?;
    Ok(())
}

/// Tells some of those who watch the thread of a reply, after a cursor, if they may see it and were not
/// told already. Returns the next cursor, if there are more.
///
/// # Errors
/// Faults only.
pub fn tell_watchers(tx: &mut Tx<'_>, post: PostId, after: ActorId) -> Outcome<Option<ActorId>> {
    let Some(post) = store::raw::post::by_id(tx.db, post)? else {
        return Ok(None);
    };
    let watchers = store::thread_notify::watchers(tx.db, post.root_id, after, CHUNK)?;
    for who in &watchers {
        let reader = tx.reader(*who);
        let visible = store::post::is_visible(tx.db, reader, post.id)?;
        if post.state == PostState::Live
            && visible
            && !store::notice::is_about(tx.db, *who, post.id)?
        {
            let notice = NewNotice {
                to: *who,
                kind: NoticeKind::Watched,
                from: post.author_id,
                about: About::Post(post.id),
            };
            write(tx, &notice)?;
        }
    }
    Ok(watchers.last().copied())
}

/// Tells the author of a post that the server of its community, a peer, did not accept it. Nothing where
/// the post is not of here, or in no community of that peer.
///
/// # Errors
/// Faults only.
pub fn tell_refused(tx: &mut Tx<'_>, post: PostId, peer: PeerId) -> Outcome<()> {
    let Some(post) = store::raw::post::by_id(tx.db, post)?.filter(|post| post.peer_id.is_none())
    else {
        return Ok(());
    };
    let community = match post.community_id {
        Some(id) => store::raw::actor::by_id(tx.db, id)?,
        None => None,
    };
    let Some(community) = community.filter(|community| community.peer_id == Some(peer)) else {
        return Ok(());
    };
    let notice = NewNotice {
        to: post.author_id,
        kind: NoticeKind::Refused,
        from: community.id,
        about: About::Post(post.id),
    };
    write(tx, &notice)
}

/// Whether `to` is notified of `from`: never of actors of a blocked peer, and only followers of those
/// of a silenced one.
fn is_notified(tx: &mut Tx<'_>, to: ActorId, from: ActorId) -> Outcome<bool> {
    if tx.policy().rules.is_empty() {
        return Ok(true);
    }
    let peer = store::raw::actor::by_id(tx.db, from)?.and_then(|from| from.peer_id);
    Ok(match store::peer::rule::stored_standing(tx.db, peer)? {
        PeerStanding::Open => true,
        PeerStanding::Blocked => false,
        PeerStanding::Silenced => store::follow::between(tx.db, to, from)?.is_some(),
    })
}

/// Marks the notices about some posts, which a person has read, as seen.
///
/// # Errors
/// Faults only.
pub fn see_posts(tx: &mut Tx<'_>, who: ActorId, posts: &[PostId]) -> Outcome<()> {
    store::notice::see_posts(tx.db, who, posts)?;
    tx.outdate(who);
    Ok(())
}

/// Marks the notices about a thread, of which a person has read what there was until `now`, as seen.
///
/// # Errors
/// Faults only.
pub fn see_thread(tx: &mut Tx<'_>, who: ActorId, root: PostId, now: Time) -> Outcome<()> {
    store::notice::see_thread(tx.db, who, root, first_of(now))?;
    tx.outdate(who);
    Ok(())
}

/// Marks some notices of a person as seen.
///
/// # Errors
/// Faults only.
pub fn see_some(tx: &mut Tx<'_>, who: ActorId, notices: &[NoticeId]) -> Outcome<()> {
    store::notice::see_some(tx.db, who, notices)?;
    tx.outdate(who);
    Ok(())
}

/// Marks a person's notices up to this one as seen.
///
/// # Errors
/// Faults only.
pub fn see(tx: &mut Tx<'_>, who: ActorId, seen: NoticeId) -> Outcome<()> {
    store::notice::see_all(tx.db, who, seen)?;
    tx.outdate(who);
    Ok(())
}

#[cfg(test)]
mod tests;

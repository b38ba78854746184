//! From recipients to rows: one delivery per distinct inbox, a chunk at a time, in the database's
//! own order. Parked peers get none, and nothing goes to our own inboxes.

use crate::seam::Federation;
use domain::{Outcome, Tx};
use model::job::Recipients;
use model::peer::{DeliveryState, PeerState};
use model::{ActivityId, ActorId, ActorState, Job, JobId, PeerId};
use std::collections::BTreeMap;
use store::{Db, row};

/// Inboxes queued in one transaction.
pub const CHUNK: usize = 500;

/// Queues one activity to the next chunk of inboxes. The job's row is taken away in the same
/// write: rows that arrive are deleted, so a chunk queued twice could be sent twice.
///
/// # Errors
/// Faults.
pub async fn fan_out(
    fed: &Federation,
    job: JobId,
    activity: ActivityId,
    to: Vec<Recipients>,
    after: String,
) -> Outcome<()> {
    fed.ops()
        .write(move |tx| {
            if !store::queue::jobs::take(tx.db, job)? {
                return Ok(());
            }
            match store::queue::activity::by_id(tx.db, activity)? {
                Some(row) => spread(tx, &row, &to, &after),
                None => Ok(()),
            }
        })
        .await
}

/// Queues a chunk after the cursor; if more remain, a job for the rest.
pub(super) fn spread(
    tx: &mut Tx<'_>,
    activity: &row::Activity,
    to: &[Recipients],
    after: &str,
) -> Outcome<()> {
    let urls = tx.urls()?;
    let (inboxes, more) = chunk(tx.db, to, after)?;
    let rows: Vec<row::Delivery> = inboxes
        .into_iter()
        // A peer's actor may claim an inbox of ours.
        .filter(|(inbox, _)| !urls.is_ours(inbox))
        .map(|(inbox, peer)| row::Delivery {
            id: tx.id(),
            activity_id: activity.id,
            peer_id: peer,
            inbox,
            order_key: activity.order_key.clone(),
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: tx.now,
            last_error: None,
            created_at: tx.now,
        })
        .collect();
    if !rows.is_empty() {
        store::queue::delivery::enqueue(tx.db, &rows)?;
    }
    if let Some(after) = more {
        let rest = Job::FanOut {
            activity: activity.id,
            to: to.to_vec(),
            after,
        };
        store::queue::jobs::insert(tx.db, tx.id(), &rest, tx.now, tx.now)?;
    }
    Ok(())
}

type Inboxes = Vec<(String, PeerId)>;

/// At most [`CHUNK`] inboxes after the cursor, and where to go on. A cursor is the place in the
/// list of recipients and the last inbox taken there, since each sort keeps an order of its own.
fn chunk(db: &mut Db, to: &[Recipients], after: &str) -> Outcome<(Inboxes, Option<String>)> {
    let (start, mut last) = read_cursor(after);
    let mut found = Inboxes::new();
    for (place, recipients) in to.iter().enumerate().skip(start) {
        let room = CHUNK - found.len();
        let part = match recipients {
            Recipients::Followers(actor) => {
                let limit = i64::try_from(room).unwrap_or(i64::MAX);
                store::follow::inboxes(db, *actor, &last, limit)?
            }
            Recipients::Actors(actors) => of_actors(db, actors, &last, room)?,
        };
        let full = part.len() == room;
        last = part
            .last()
            .map(|(inbox, _)| inbox.clone())
            .unwrap_or_default();
        found.extend(part);
        if full {
            return Ok((found, Some(format!("{place} {last}"))));
        }
        last.clear();
    }
    Ok((found, None))
}

fn read_cursor(after: &str) -> (usize, String) {
    let parts = after.split_once(' ');
    let place = parts.and_then(|(place, inbox)| Some((place.parse().ok()?, inbox.to_owned())));
    place.unwrap_or_default()
}

/// The inboxes of some actors, each once, in byte order.
fn of_actors(db: &mut Db, ids: &[ActorId], after: &str, room: usize) -> Outcome<Inboxes> {
    let mut inboxes: BTreeMap<String, PeerId> = BTreeMap::new();
    let mut awake: BTreeMap<PeerId, bool> = BTreeMap::new();
    for actor in store::actor::by_ids(db, ids)?.into_values() {
        let Some(peer) = actor.peer_id.filter(|_| actor.state == ActorState::Active) else {
            continue;
        };
        let answers = match awake.get(&peer) {
            Some(answers) => *answers,
            None => {
                let row = store::peer::by_id(db, peer)?;
                let answers = row.is_some_and(|row| row.state == PeerState::Active);
                awake.insert(peer, answers);
                answers
            }
        };
        if answers && actor.delivery_inbox.as_str() > after {
            inboxes.insert(actor.delivery_inbox, peer);
        }
    }
    Ok(inboxes.into_iter().take(room).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_place_and_an_inbox() {
        assert_eq!(read_cursor(""), (0, String::new()));
        assert_eq!(
            read_cursor("2 https://b.test/inbox"),
            (2, "https://b.test/inbox".to_owned())
        );
        assert_eq!(read_cursor("https://b.test/inbox"), (0, String::new()));
    }
}

//! The lane of one peer in memory: the rows read for it and those in flight. Of each conversation one
//! row is in flight at a time. A row that the peer refused delays only the later ones about the same
//! subject.

use super::failure_policy::RefusalMeaning;
use client::FetchError;
use model::peer::AnnounceForm;
use model::{DeliveryId, PeerId, Time};
use std::collections::{HashMap, HashSet, VecDeque};
use store::queue::delivery::Busy;
use store::row;

/// The number of conversations in flight to one peer: the client's limit for a host.
const MAX_WINDOW: usize = 4;
/// Seconds after which a request in flight counts as slow.
const SLOW_SECONDS: i64 = 1;
/// Seconds between two reads of an active lane's new rows.
const REFILL_SECONDS: i64 = 1;
/// The number of rows after which a lane is released, so that others get their turn.
const ROWS_PER_TURN: usize = 64;

/// What may be sent after a row that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Everything.
    All,
    /// What is not about the same subject: the row waits for its next try.
    OtherSubjects,
    /// What is not of the same conversation, in this turn.
    OtherConversations,
}

/// A row in flight.
#[derive(Debug)]
struct InFlight {
    row: row::Delivery,
    since: Time,
}

/// An open lane.
#[derive(Debug)]
pub(super) struct Lane {
    pub peer: PeerId,
    /// When our lease ends.
    pub leased_until: Time,
    /// When the peer last accepted a delivery, as far as known.
    pub accepted_at: Option<Time>,
    /// The peer has answered since it last failed; otherwise it is sent a single row as a probe.
    pub is_healthy: bool,
    /// The number of conversations in flight. After a failure or a request to wait it starts at one
    /// and grows with each accepted delivery.
    window: usize,
    /// The peer answers 400 to what it has already, as Lemmy does (1.0-beta). Also set for a peer
    /// whose software is unknown.
    refuses_repeats: bool,
    /// Its refusals are final, because it answers the same to every repeat.
    refuses_finally: bool,
    /// The rows that may have been delivered: the first of their conversations when an earlier holder
    /// of the lane ended without releasing it.
    possibly_delivered: HashSet<DeliveryId>,
    /// The peer failed since the lane was opened: the rows in flight are awaited, none is sent.
    pub has_failed: bool,
    /// New rows may have been queued.
    pub is_stale: bool,
    /// More rows are due than were read.
    has_more: bool,
    filled_at: Time,
    started: usize,
    buffer: VecDeque<row::Delivery>,
    busy: Busy,
    in_flight: HashMap<DeliveryId, InFlight>,
}

impl Lane {
    /// Creates a lane that was just leased, with its due rows.
    pub(super) fn open(
        peer: &row::Peer,
        (now, leased_until): (Time, Time),
        (due, has_more): (Vec<row::Delivery>, bool),
    ) -> Self {
        let is_healthy = peer.failures == 0;
        let is_lemmy = |name: &String| name.eq_ignore_ascii_case("lemmy");
        let was_abandoned = peer.lane_holder != 0;
        Self {
            peer: peer.id,
            leased_until,
            accepted_at: peer.accepted_at,
            is_healthy,
            window: if is_healthy { MAX_WINDOW } else { 1 },
            refuses_repeats: peer.software.as_ref().is_none_or(is_lemmy),
            refuses_finally: peer.software.as_ref().is_some_and(is_lemmy),
            possibly_delivered: if was_abandoned {
                heads(&due)
            } else {
                HashSet::new()
            },
            has_failed: false,
            is_stale: false,
            has_more,
            filled_at: now,
            started: 0,
            buffer: due.into(),
            busy: Busy::default(),
            in_flight: HashMap::new(),
        }
    }

    /// Takes the next row to send: the oldest, but for a probe one that never failed, else the one that
    /// failed longest ago. A like that failed lets the rest of its conversation pass: nothing follows from it.
    pub(super) fn next(&mut self, now: Time) -> Option<row::Delivery> {
        let row = self.buffer.remove(self.next_index()?)?;
        self.busy.rows.insert(row.id);
        let in_flight = InFlight {
            row: row.clone(),
            since: now,
        };
        self.in_flight.insert(row.id, in_flight);
        self.started += 1;
        Some(row)
    }

    /// Returns what a refusal of this row will mean.
    pub(super) fn refusal_of(&self, row: &row::Delivery) -> RefusalMeaning {
        RefusalMeaning {
            may_repeat: self.may_repeat(row),
            is_final: self.refuses_finally,
        }
    }

    /// Whether the peer may have this row already and answer 400 to it: it was in flight when its
    /// sender died, or the last try failed (a timeout, a 500), perhaps after the peer accepted it.
    fn may_repeat(&self, row: &row::Delivery) -> bool {
        let failed_late = row.last_error.as_deref().is_some_and(may_be_delivered);
        self.refuses_repeats && (failed_late || self.possibly_delivered.contains(&row.id))
    }

    /// Returns the index of the next row in the buffer.
    fn next_index(&self) -> Option<usize> {
        if !self.has_room() {
            return None;
        }
        let is_in_flight = |row: &row::Delivery| {
            let mut ahead = self.in_flight.values();
            ahead.any(|other| other.row.order_key == row.order_key)
        };
        let mut free: Vec<(usize, &row::Delivery)> = Vec::new();
        for (index, row) in self.buffer.iter().enumerate() {
            let is_behind = |(_, ahead): &(usize, &row::Delivery)| {
                ahead.order_key == row.order_key
                    && (!is_failed_like(ahead) || ahead.subject == row.subject)
            };
            if !free.iter().any(is_behind) && !is_in_flight(row) {
                free.push((index, row));
                if self.is_healthy && !is_failed_like(row) {
                    return Some(index);
                }
            }
        }
        let next = match self.is_healthy {
            true => free.first(),
            false => free
                .iter()
                .min_by_key(|(_, row)| (row.last_error.is_some(), row.next_at)),
        };
        next.map(|(index, _)| *index)
    }

    fn has_room(&self) -> bool {
        !self.has_failed && self.started < ROWS_PER_TURN && self.in_flight.len() < self.window
    }

    /// Records that the peer has answered again.
    pub(super) const fn revive(&mut self) {
        self.is_healthy = true;
    }

    /// Records that a delivery has ended, and what may be sent after it.
    pub(super) fn ended(&mut self, id: DeliveryId, next: Next) {
        self.busy.rows.remove(&id);
        let Some(InFlight { row, .. }) = self.in_flight.remove(&id) else {
            return;
        };
        match next {
            Next::All if self.is_healthy => self.window = MAX_WINDOW.min(self.window + 1),
            Next::All => {}
            Next::OtherSubjects => {
                self.buffer.retain(|other| other.subject != row.subject);
                self.busy.subjects.insert(row.subject);
            }
            Next::OtherConversations => {
                self.buffer.retain(|other| other.order_key != row.order_key);
                self.busy.keys.insert(row.order_key);
            }
        }
    }

    /// Replaces the buffer with newly read rows.
    pub(super) fn refill(&mut self, now: Time, (due, has_more): (Vec<row::Delivery>, bool)) {
        self.filled_at = now;
        self.has_more = has_more && !due.is_empty();
        self.is_stale = false;
        self.buffer = due.into();
    }

    /// Returns the rows and conversations that the next read leaves out.
    pub(super) fn busy(&self) -> Busy {
        self.busy.clone()
    }

    /// Whether the lane should be read again: none of its rows can be sent, and more may be due. Since
    /// any commit may have queued more, an active lane is read at most once a second.
    pub(super) fn needs_refill(&self, now: Time) -> bool {
        let may_read = self.filled_at.plus_seconds(REFILL_SECONDS) <= now;
        let has_news = self.is_stale && (self.is_idle() || may_read);
        let has_more = has_news || (self.has_more && self.buffer.is_empty());
        has_more && self.has_room() && self.next_index().is_none()
    }

    /// Whether nothing is in flight and nothing more is sent in this turn.
    pub(super) fn is_finished(&self) -> bool {
        let is_empty = self.buffer.is_empty() && !self.is_stale && !self.has_more;
        self.is_idle() && (self.has_failed || self.started >= ROWS_PER_TURN || is_empty)
    }

    /// Whether the lane is released only to give others their turn: more waits in it.
    pub(super) fn has_used_turn(&self) -> bool {
        let has_more = !self.buffer.is_empty() || self.is_stale || self.has_more;
        !self.has_failed && self.started >= ROWS_PER_TURN && has_more
    }

    /// Whether nothing is in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Returns the number of rows in flight.
    pub(super) fn in_flight_count(&self) -> usize {
        self.in_flight.len()
    }

    /// Returns the number of those that are slow.
    pub(super) fn slow_count(&self, now: Time) -> usize {
        let is_slow = |row: &&InFlight| row.since.plus_seconds(SLOW_SECONDS) <= now;
        self.in_flight.values().filter(is_slow).count()
    }

    /// Returns a row in flight.
    pub(super) fn in_flight(&self, id: DeliveryId) -> Option<&row::Delivery> {
        self.in_flight.get(&id).map(|in_flight| &in_flight.row)
    }
}

/// Whether a delivery with this error may have been accepted before the server failed: it timed out, the
/// connection broke, or the status is a server error. Not so for a server that was not reached, refused
/// it, or asked us to wait.
#[must_use]
pub fn may_be_delivered(why: &str) -> bool {
    let broken_connection = ["closed before message completed", "reset by peer"];
    why == FetchError::Timeout.to_string()
        || ["5", "408", "425"].iter().any(|code| why.starts_with(code))
        || broken_connection.iter().any(|words| why.contains(words))
}

/// Whether a row announces a like, and failed.
fn is_failed_like(row: &row::Delivery) -> bool {
    row.last_error.is_some() && row.form == Some(AnnounceForm::Like)
}

/// Returns the first row of each conversation.
fn heads(due: &[row::Delivery]) -> HashSet<DeliveryId> {
    let mut seen: HashSet<&str> = HashSet::new();
    let heads = due.iter().filter(|row| seen.insert(&row.order_key));
    heads.map(|row| row.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ActivityId;
    use model::peer::{DeliveryState, PeerState};

    fn at(seconds: i64) -> Time {
        Time::from_unix_millis(1_800_000_000_000).plus_seconds(seconds)
    }

    fn row(id: i64, key: &str, next_at: i64) -> row::Delivery {
        row::Delivery {
            id: DeliveryId(id),
            activity_id: ActivityId(1),
            peer_id: PeerId(1),
            inbox: String::new(),
            order_key: key.to_owned(),
            subject: id.to_string(),
            form: None,
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: at(next_at),
            last_error: None,
            created_at: at(0),
        }
    }

    fn lane(failures: i32, rows: Vec<row::Delivery>) -> Lane {
        Lane::open(&peer(failures), (at(0), at(60)), (rows, false))
    }

    fn peer(failures: i32) -> row::Peer {
        row::Peer {
            id: PeerId(1),
            host: "beta.test".into(),
            name: None,
            software: None,
            version: None,
            state: PeerState::Active,
            first_seen: at(0),
            last_seen: at(0),
            failures,
            last_error: None,
            retry_at: at(0),
            lane_until: at(0),
            lane_holder: 0,
            accepted_at: None,
            parked_at: None,
            standing: model::peer::policy::PeerStanding::Open,
            signature_form: None,
            asked_until: None,
            missed_from: None,
        }
    }

    fn ids(lane: &mut Lane) -> Vec<i64> {
        std::iter::from_fn(|| lane.next(at(0)))
            .map(|row| row.id.0)
            .collect()
    }

    #[test]
    fn conversations_are_sent_concurrently_and_each_in_order() {
        let rows = [(1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "b")];
        let mut lane = lane(0, rows.map(|(id, key)| row(id, key, 0)).into());
        assert_eq!(ids(&mut lane), [1, 3]);
        lane.ended(DeliveryId(1), Next::All);
        assert_eq!(ids(&mut lane), [2]);
        lane.ended(DeliveryId(3), Next::OtherConversations);
        assert_eq!(ids(&mut lane), [0; 0], "b must wait now");
        lane.ended(DeliveryId(2), Next::All);
        assert_eq!(ids(&mut lane), [4]);
        lane.ended(DeliveryId(4), Next::All);
        assert!(lane.is_finished());
    }

    #[test]
    fn a_refused_row_delays_only_what_is_about_the_same() {
        let rows = [(1, "like"), (2, "reply"), (3, "like"), (4, "removal")];
        let rows = rows.map(|(id, subject)| row::Delivery {
            subject: subject.to_owned(),
            ..row(id, "thread", 0)
        });
        let mut lane = lane(0, rows.into());
        assert_eq!(ids(&mut lane), [1], "one of a conversation at a time");
        lane.ended(DeliveryId(1), Next::OtherSubjects);
        assert_eq!(ids(&mut lane), [2]);
        lane.ended(DeliveryId(2), Next::All);
        assert_eq!(ids(&mut lane), [4], "the Undo of the like waits for it");
        assert!(lane.busy().subjects.contains("like"));
    }

    #[test]
    fn a_probe_is_a_single_row_that_has_not_just_failed() {
        let rows = [(1, "a", 10), (2, "b", 50), (3, "b", 50), (4, "c", 20)];
        let mut rows = rows.map(|(id, key, at)| row(id, key, at));
        for id in [0, 3] {
            rows[id].last_error = Some("504".into());
        }
        let rows: Vec<_> = rows.into();
        let mut lane = lane(1, rows);
        assert_eq!(ids(&mut lane), [2]);
        lane.ended(DeliveryId(2), Next::All);
        lane.revive();
        assert_eq!(ids(&mut lane), [1], "it answered, and gets one at a time");
        lane.ended(DeliveryId(1), Next::All);
        assert_eq!(ids(&mut lane), [3, 4], "one more with each");
        lane.has_failed = true;
        lane.ended(DeliveryId(3), Next::OtherConversations);
        assert!(!lane.is_finished(), "one is still in flight");
        lane.ended(DeliveryId(4), Next::All);
        assert!(lane.is_finished());
    }

    #[test]
    fn a_like_that_failed_lets_its_conversation_pass() {
        let rows = [
            (1, "like", true),
            (2, "reply", false),
            (3, "like", false),
            (4, "other like", true),
        ];
        let rows = |form| {
            rows.map(|(id, subject, failed)| row::Delivery {
                subject: subject.to_owned(),
                last_error: failed.then(|| "no answer in time".to_owned()),
                form,
                ..row(id, "thread", 0)
            })
        };
        for failures in [0, 1] {
            let mut lane = lane(failures, rows(Some(AnnounceForm::Like)).to_vec());
            assert_eq!(ids(&mut lane), [2], "the reply passes");
            lane.ended(DeliveryId(2), Next::All);
            assert_eq!(ids(&mut lane), [1]);
            lane.ended(DeliveryId(1), Next::OtherSubjects);
            assert_eq!(ids(&mut lane), [4], "its Undo waits for it");
        }
        let mut lane = lane(0, rows(None).to_vec());
        assert_eq!(ids(&mut lane), [1], "what others follow from comes first");
    }

    #[test]
    fn possible_repeats_are_known() {
        let rows = || {
            let rows = [(1, "a"), (2, "a"), (3, "b"), (4, "c"), (5, "c"), (6, "c")];
            let mut rows = rows.map(|(id, key)| row(id, key, 0));
            rows[3].last_error = Some("504".into());
            // A row that never reached the server, or was refused, was not accepted.
            rows[4].last_error =
                Some(FetchError::Unreachable("Connection refused".into()).to_string());
            rows[5].last_error = Some("429 Too Many Requests".into());
            rows.to_vec()
        };
        let repeats = |peer: &row::Peer| {
            let lane = Lane::open(peer, (at(0), at(60)), (rows(), false));
            let repeats = rows().into_iter().filter(|row| lane.may_repeat(row));
            repeats.map(|row| row.id.0).collect::<Vec<_>>()
        };
        let of = |software: Option<&str>, lane_holder| row::Peer {
            software: software.map(str::to_owned),
            lane_holder,
            ..peer(0)
        };
        assert_eq!(repeats(&of(Some("lemmy"), 0)), [4], "the server failed");
        assert_eq!(repeats(&of(None, 7)), [1, 3, 4], "the sender died");
        assert_eq!(repeats(&of(Some("mastodon"), 7)), [0; 0]);
    }

    #[test]
    fn a_long_request_counts_as_slow() {
        let mut lane = lane(
            0,
            [(1, "a"), (2, "b")].map(|(id, key)| row(id, key, 0)).into(),
        );
        assert!(lane.next(at(0)).is_some() && lane.next(at(1)).is_some());
        assert_eq!([0, 1, 2].map(|now| lane.slow_count(at(now))), [0, 1, 2]);
    }

    #[test]
    fn a_long_lane_is_released_after_its_turn() {
        let rows = (0..100)
            .map(|id| row(id, &format!("key {id}"), 0))
            .collect();
        let mut lane = lane(0, rows);
        let mut sent = 0;
        while !lane.is_finished() {
            for id in ids(&mut lane) {
                sent += 1;
                lane.ended(DeliveryId(id), Next::All);
            }
        }
        assert_eq!(sent, ROWS_PER_TURN);
    }
}

//! A lane in memory: what was read for a peer and is to go out, and what is on its way. Of one
//! conversation one row is on its way at a time, and what must wait holds up what is younger in
//! its own conversation only.

use client::FetchError;
use model::{DeliveryId, PeerId, Time};
use std::collections::{HashMap, HashSet, VecDeque};
use store::queue::delivery::Busy;
use store::row;

/// Conversations on their way to one peer: as many requests as the client makes to a host.
const WINDOW: usize = 4;
/// Seconds after which a request under way is taken for one that hangs.
const SLOW_SECONDS: i64 = 1;
/// Seconds between two looks into a lane that is at work, for what is new.
const RELOOK_SECONDS: i64 = 1;
/// Rows after which a lane is given back, so that others get their turn.
const TURN: usize = 64;

/// A row on its way, since when.
#[derive(Debug)]
struct Flight {
    row: row::Delivery,
    since: Time,
}

/// An open lane.
#[derive(Debug)]
pub(super) struct Lane {
    /// Whose.
    pub peer: PeerId,
    /// Until when it is ours.
    pub held_until: Time,
    /// When the peer last took something, as far as we know.
    pub took_at: Option<Time>,
    /// It has answered since it last failed; one that has not is sent one row, as a probe.
    pub well: bool,
    /// Conversations on their way at most: one that has just come back, or asked for time, is not
    /// sent four at once, but one more with each that it takes.
    window: usize,
    /// It answers 400 to what it has already, as Lemmy does (1.0-beta); so may one that never said
    /// what it runs.
    refuses_repeats: bool,
    /// They were the first of their conversations when whoever held this lane before left it without
    /// giving it back: they may have arrived.
    doubtful: HashSet<DeliveryId>,
    /// It failed since the lane was opened: what is on its way is waited for, and no more is sent.
    pub struck: bool,
    /// Something new may wait.
    pub stale: bool,
    /// More waits than was read.
    more: bool,
    looked_at: Time,
    begun: usize,
    buffer: VecDeque<row::Delivery>,
    busy: Busy,
    on_their_way: HashMap<DeliveryId, Flight>,
}

impl Lane {
    /// A lane that was just taken, with what is due in it.
    pub(super) fn open(
        peer: &row::Peer,
        (now, held_until): (Time, Time),
        (due, more): (Vec<row::Delivery>, bool),
    ) -> Self {
        let well = peer.failures == 0;
        let lemmy = |name: &String| name.eq_ignore_ascii_case("lemmy");
        let was_left = peer.lane_holder != 0;
        Self {
            peer: peer.id,
            held_until,
            took_at: peer.took_at,
            well,
            window: if well { WINDOW } else { 1 },
            refuses_repeats: peer.software.as_ref().is_none_or(lemmy),
            doubtful: if was_left {
                heads(&due)
            } else {
                HashSet::new()
            },
            struck: false,
            stale: false,
            more,
            looked_at: now,
            begun: 0,
            buffer: due.into(),
            busy: Busy::default(),
            on_their_way: HashMap::new(),
        }
    }

    /// The next row that may go out, in the order of their ids but for a probe, which is one that
    /// never failed, else the one that failed longest ago.
    pub(super) fn next(&mut self, now: Time) -> Option<row::Delivery> {
        let row = self.buffer.remove(self.place()?)?;
        self.busy.rows.insert(row.id);
        let flight = Flight {
            row: row.clone(),
            since: now,
        };
        self.on_their_way.insert(row.id, flight);
        self.begun += 1;
        Some(row)
    }

    /// The peer may have this row already, and would answer 400 to it: it was on its way when its
    /// sender died, or the last try ended in trouble (a timeout, a 500), perhaps after it was taken.
    pub(super) fn may_repeat(&self, row: &row::Delivery) -> bool {
        let why = row.last_error.as_deref().filter(|_| row.attempts == 0);
        let in_trouble = why.is_some_and(may_have_arrived);
        self.refuses_repeats && (in_trouble || self.doubtful.contains(&row.id))
    }

    /// Where in the buffer the next row is.
    fn place(&self) -> Option<usize> {
        if !self.has_room() {
            return None;
        }
        let under_way = |row: &row::Delivery| {
            let mut ahead = self.on_their_way.values();
            ahead.any(|other| other.row.order_key == row.order_key)
        };
        let mut free: Vec<(usize, &row::Delivery)> = Vec::new();
        for (place, row) in self.buffer.iter().enumerate() {
            let behind = free
                .iter()
                .any(|(_, ahead)| ahead.order_key == row.order_key);
            if !behind && !under_way(row) {
                free.push((place, row));
                if self.well {
                    break;
                }
            }
        }
        let turn = free
            .iter()
            .min_by_key(|(_, row)| (row.last_error.is_some(), row.next_at));
        turn.map(|(place, _)| *place)
    }

    fn has_room(&self) -> bool {
        !self.struck && self.begun < TURN && self.on_their_way.len() < self.window
    }

    /// It has answered again.
    pub(super) const fn revive(&mut self) {
        self.well = true;
    }

    /// A row has ended; where its conversation must wait, nothing of it goes out in this turn.
    pub(super) fn ended(&mut self, id: DeliveryId, waits: bool) {
        self.busy.rows.remove(&id);
        if self.well && !waits {
            self.window = WINDOW.min(self.window + 1);
        }
        if let Some(Flight { row, .. }) = self.on_their_way.remove(&id)
            && waits
        {
            self.buffer.retain(|other| other.order_key != row.order_key);
            self.busy.keys.insert(row.order_key);
        }
    }

    /// What was read anew takes the place of what was there.
    pub(super) fn refill(&mut self, now: Time, (due, more): (Vec<row::Delivery>, bool)) {
        self.looked_at = now;
        self.more = more && !due.is_empty();
        self.stale = false;
        self.buffer = due.into();
    }

    /// What a look leaves out.
    pub(super) fn busy(&self) -> Busy {
        self.busy.clone()
    }

    /// A look is due: nothing of what was read can go out, and more may be there. Every commit of
    /// anybody's may have left more, so a lane that is at work is not looked into all the time.
    pub(super) fn wants_look(&self, now: Time) -> bool {
        let rest_is_over = self.looked_at.plus_seconds(RELOOK_SECONDS) <= now;
        let fresh = self.stale && (self.is_idle() || rest_is_over);
        let more = fresh || (self.more && self.buffer.is_empty());
        more && self.has_room() && self.place().is_none()
    }

    /// Nothing is on its way, and nothing more goes out in this turn.
    pub(super) fn is_over(&self) -> bool {
        let empty = self.buffer.is_empty() && !self.stale && !self.more;
        self.is_idle() && (self.struck || self.begun >= TURN || empty)
    }

    /// It is given back for the others' sake, and more waits in it.
    pub(super) fn had_its_turn(&self) -> bool {
        let more = !self.buffer.is_empty() || self.stale || self.more;
        !self.struck && self.begun >= TURN && more
    }

    /// Nothing is on its way.
    pub(super) fn is_idle(&self) -> bool {
        self.on_their_way.is_empty()
    }

    /// How many are on their way.
    pub(super) fn flying(&self) -> usize {
        self.on_their_way.len()
    }

    /// How many of those seem to hang.
    pub(super) fn hanging(&self, now: Time) -> usize {
        let hangs = |flight: &&Flight| flight.since.plus_seconds(SLOW_SECONDS) <= now;
        self.on_their_way.values().filter(hangs).count()
    }

    /// A row that is on its way.
    pub(super) fn flight(&self, id: DeliveryId) -> Option<&row::Delivery> {
        self.on_their_way.get(&id).map(|flight| &flight.row)
    }
}

/// So ends what a server may have taken before it was in trouble: no answer in time, none at all, or
/// one that speaks of the server. Whoever was not reached, refuses, or asks for time has not.
fn may_have_arrived(why: &str) -> bool {
    let broken_off = ["closed before message completed", "reset by peer"];
    why == FetchError::Timeout.to_string()
        || ["5", "408", "425"].iter().any(|code| why.starts_with(code))
        || broken_off.iter().any(|words| why.contains(words))
}

/// The first row of each conversation.
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
            took_at: None,
            parked_at: None,
            standing: model::peer::policy::Standing::Open,
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
    fn conversations_go_side_by_side_and_each_in_order() {
        let rows = [(1, "a"), (2, "a"), (3, "b"), (4, "a"), (5, "b")];
        let mut lane = lane(0, rows.map(|(id, key)| row(id, key, 0)).into());
        assert_eq!(ids(&mut lane), [1, 3]);
        lane.ended(DeliveryId(1), false);
        assert_eq!(ids(&mut lane), [2]);
        lane.ended(DeliveryId(3), true);
        assert_eq!(ids(&mut lane), [0; 0], "b must wait now");
        lane.ended(DeliveryId(2), false);
        assert_eq!(ids(&mut lane), [4]);
        lane.ended(DeliveryId(4), false);
        assert!(lane.is_over());
    }

    #[test]
    fn a_probe_is_one_row_and_not_the_one_that_just_failed() {
        let rows = [(1, "a", 10), (2, "b", 50), (3, "b", 50), (4, "c", 20)];
        let mut rows = rows.map(|(id, key, at)| row(id, key, at));
        for id in [0, 3] {
            rows[id].last_error = Some("504".into());
        }
        let rows: Vec<_> = rows.into();
        let mut lane = lane(1, rows);
        assert_eq!(ids(&mut lane), [2]);
        lane.ended(DeliveryId(2), false);
        lane.revive();
        assert_eq!(ids(&mut lane), [1], "it answered, and is not crowded");
        lane.ended(DeliveryId(1), false);
        assert_eq!(ids(&mut lane), [3, 4], "one more with each");
        lane.struck = true;
        lane.ended(DeliveryId(3), true);
        assert!(!lane.is_over(), "one is still on its way");
        lane.ended(DeliveryId(4), false);
        assert!(lane.is_over());
    }

    #[test]
    fn what_may_be_a_repeat_is_known() {
        let rows = || {
            let rows = [(1, "a"), (2, "a"), (3, "b"), (4, "c"), (5, "c"), (6, "c")];
            let mut rows = rows.map(|(id, key)| row(id, key, 0));
            rows[3].last_error = Some("504".into());
            // What never got there, and what was refused, has not been taken.
            rows[4].last_error =
                Some(FetchError::Unreachable("Connection refused".into()).to_string());
            rows[5].last_error = Some("429 Too Many Requests".into());
            rows.to_vec()
        };
        let doubted = |peer: &row::Peer| {
            let lane = Lane::open(peer, (at(0), at(60)), (rows(), false));
            let doubted = rows().into_iter().filter(|row| lane.may_repeat(row));
            doubted.map(|row| row.id.0).collect::<Vec<_>>()
        };
        let of = |software: Option<&str>, lane_holder| row::Peer {
            software: software.map(str::to_owned),
            lane_holder,
            ..peer(0)
        };
        assert_eq!(doubted(&of(Some("lemmy"), 0)), [4], "it ended in trouble");
        assert_eq!(doubted(&of(None, 7)), [1, 3, 4], "their sender died");
        assert_eq!(doubted(&of(Some("mastodon"), 7)), [0; 0]);
    }

    #[test]
    fn a_request_that_takes_long_is_taken_for_one_that_hangs() {
        let mut lane = lane(
            0,
            [(1, "a"), (2, "b")].map(|(id, key)| row(id, key, 0)).into(),
        );
        assert!(lane.next(at(0)).is_some() && lane.next(at(1)).is_some());
        assert_eq!([0, 1, 2].map(|now| lane.hanging(at(now))), [0, 1, 2]);
    }

    #[test]
    fn a_long_lane_gives_others_their_turn() {
        let rows = (0..100)
            .map(|id| row(id, &format!("key {id}"), 0))
            .collect();
        let mut lane = lane(0, rows);
        let mut sent = 0;
        while !lane.is_over() {
            for id in ids(&mut lane) {
                sent += 1;
                lane.ended(DeliveryId(id), false);
            }
        }
        assert_eq!(sent, TURN);
    }
}

//! The office: which lanes are open, what goes out next, and how it ended. Peers that fail have
//! places of their own, so that those that hang keep nobody else waiting.

use super::frozen::Archive;
use super::lane::Lane;
use super::ledger::{self, Asked, Ended, Found, Hold, Strike};
use super::send::send;
use super::verdict::{Light, Report, Verdict};
use crate::context::Federation;
use domain::Outcome;
use lru::LruCache;
use model::{DeliveryId, PeerId, Time};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use store::queue::delivery::Health;
use store::row;

/// Requests at a time to peers that are well.
const PLACES: usize = 256;
/// Requests to peers that are well which take no place although they are under way: they are older
/// than a second, and may hang. Peers that begin to hang would else keep the others waiting until
/// their time is over.
const HANGING: usize = 512;
/// Requests at a time to peers that failed last: one each.
const PROBES: usize = 64;
/// Lanes opened in one write.
const OPENED: usize = 64;
/// Seconds a lane stays its holder's without a sign of life; more than a request may take.
const LEASE_SECONDS: i64 = 60;
/// Peers of which is kept in mind how they answered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// A peer that answers is noted as seen at most once in so many seconds.
const NOTED_SECONDS: i64 = 20;

/// One row on its way.
pub struct Errand {
    fed: Federation,
    archive: Arc<Archive>,
    row: row::Delivery,
    /// The peer may have it already, and answer 400 to it.
    pub(super) again: bool,
}

impl Errand {
    /// Which row.
    #[must_use]
    pub const fn id(&self) -> DeliveryId {
        self.row.id
    }

    /// Whose lane it is in.
    #[must_use]
    pub const fn peer(&self) -> PeerId {
        self.row.peer_id
    }

    /// Signs and posts it.
    pub async fn run(self) -> Report {
        let verdict = send(&self.fed, &self.archive, &self.row, self.again).await;
        Report {
            row: self.row,
            verdict,
        }
    }
}

/// A search for free lanes, once through all peers; a ring on the way has it go through again.
#[derive(Debug, Clone, Copy, Default)]
struct Search {
    after: PeerId,
    going: bool,
    again: bool,
}

impl Search {
    const fn ring(&mut self) {
        if self.going {
            self.again = true;
        } else {
            self.going = true;
        }
    }

    fn reached(&mut self, last: Option<PeerId>) {
        if let Some(last) = last {
            self.after = last;
        } else {
            *self = Self {
                going: self.again,
                ..Self::default()
            };
        }
    }
}

/// What is kept in mind of a peer.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    /// When it last took something: what the tables know may be some seconds older.
    took_at: Option<Time>,
    /// So many times in a row it has let nothing in since.
    shut: u32,
}

/// The office of one process.
pub struct Office {
    known: LruCache<PeerId, Known>,
    fed: Federation,
    archive: Arc<Archive>,
    holder: i64,
    lanes: HashMap<PeerId, Lane>,
    searches: [(Health, Search); 2],
    unwritten: Ended,
}

impl Office {
    /// An office without lanes, which has been rung for.
    #[must_use]
    pub fn new(fed: &Federation) -> Self {
        let mut office = Self {
            fed: fed.clone(),
            archive: Arc::default(),
            holder: fed.ops().id(),
            known: LruCache::new(REMEMBERED),
            lanes: HashMap::new(),
            searches: [Health::Healthy, Health::Failing].map(|health| (health, Search::default())),
            unwritten: Ended::default(),
        };
        office.ring();
        office
    }

    /// Something new may wait, anywhere.
    pub fn ring(&mut self) {
        for (_, search) in &mut self.searches {
            search.ring();
        }
        for lane in self.lanes.values_mut() {
            lane.stale = true;
        }
    }

    /// A task that panicked would do so again: its row is set aside, with the reason.
    #[must_use]
    pub fn panicked(&self, id: DeliveryId, why: String) -> Option<Report> {
        let row = self.lanes.values().find_map(|lane| lane.flight(id))?;
        Some(Report {
            row: row.clone(),
            verdict: Verdict::SetAside(why),
        })
    }

    /// One write: keeps how rows ended, looks into lanes that may hold more, gives lanes back, and
    /// opens others.
    ///
    /// # Errors
    /// Faults; what has ended is kept in mind and written with the next exchange.
    pub async fn exchange(&mut self, ended: Vec<Report>, open: bool) -> Outcome<()> {
        let now = self.fed.ops().now();
        for report in ended {
            self.take_note(report, now);
        }
        let asked = self.ask(now, open);
        let hold = Hold {
            holder: self.holder,
            now,
            until: now.plus_seconds(LEASE_SECONDS),
        };
        let (fed, ended) = (self.fed.clone(), Arc::new(self.unwritten.clone()));
        let wake = !ended.revived.is_empty();
        if ended.is_nothing() && asked.is_nothing() {
            return Ok(());
        }
        let asked = Arc::new(asked);
        let found = self
            .fed
            .store()
            .write_read_committed({
                let asked = Arc::clone(&asked);
                move |db| ledger::exchange(&fed, db, hold, &ended, &asked)
            })
            .await?;
        self.unwritten = Ended::default();
        self.settle(&asked, found, hold);
        if wake {
            self.fed.ops().wake();
        }
        Ok(())
    }

    /// What a report means for its lane, and what is to be written of it.
    fn take_note(&mut self, report: Report, now: Time) {
        let peer = report.peer();
        let Report { row, verdict } = report;
        let answered = matches!(verdict, Verdict::Arrived | Verdict::Again { .. });
        let arrived = verdict == Verdict::Arrived;
        let light = self.light(peer, &verdict, now);
        let verdict = verdict.in_light_of(&row, light);
        let waits = !matches!(verdict, Verdict::Arrived | Verdict::SetAside(_));
        let mut struck = false;
        if let Some(lane) = self.lanes.get_mut(&peer) {
            lane.ended(row.id, waits);
            struck = lane.struck;
            lane.struck |= verdict.is_a_strike();
            // What was under way beside a failure takes nothing of it back.
            let revives = answered && !struck && !lane.well;
            if revives {
                lane.revive();
                self.unwritten.revived.push(peer);
            }
            let note_at = lane.took_at.map(|at| at.plus_seconds(NOTED_SECONDS));
            if arrived && (revives || note_at < Some(now)) {
                lane.took_at = Some(now);
                self.unwritten.took.push(peer);
            }
        }
        let strike = strike(peer, &verdict, !struck);
        self.unwritten.strikes.extend(strike);
        self.unwritten.reports.push(Report { row, verdict });
    }

    /// In which light a verdict is seen; that it was spoken is kept in mind.
    fn light(&mut self, peer: PeerId, verdict: &Verdict, now: Time) -> Light {
        let lane = self.lanes.get(&peer);
        let before = self.known.get(&peer).copied().unwrap_or_default();
        let light = Light {
            now,
            took_at: before.took_at.max(lane.and_then(|lane| lane.took_at)),
            well: lane.is_none_or(|lane| lane.well),
            shut: before.shut,
        };
        let known = match verdict {
            Verdict::Arrived => Known {
                took_at: Some(now),
                shut: 0,
            },
            Verdict::Again { .. } => Known { shut: 0, ..before },
            Verdict::Shut { .. } => Known {
                shut: before.shut.saturating_add(1),
                ..before
            },
            Verdict::SetAside(_)
            | Verdict::PeerFailed(_)
            | Verdict::Busy { .. }
            | Verdict::Gone
            | Verdict::Kept => before,
        };
        self.known.put(peer, known);
        light
    }

    fn ask(&self, now: Time, open: bool) -> Asked {
        let renew_before = now.plus_seconds(LEASE_SECONDS / 2);
        let mut asked = Asked::default();
        for lane in self.lanes.values() {
            asked.known.insert(lane.peer);
            if lane.is_over() {
                asked.leave.push(lane.peer);
                continue;
            }
            if lane.held_until < renew_before {
                asked.renew.push(lane.peer);
            }
            if open && lane.wants_look(now) {
                asked.looks.push((lane.peer, lane.busy(), lane.is_idle()));
            }
        }
        for (health, search) in &self.searches {
            let room = self.room(*health, now).min(OPENED);
            if open && search.going && room > 0 {
                asked.open.push((*health, search.after, room));
            }
        }
        asked
    }

    /// How many more lanes may be opened: each needs a place.
    fn room(&self, health: Health, now: Time) -> usize {
        let of_lane = |lane: &Lane, hanging: usize| lane.flying().max(1) - hanging;
        places(health).saturating_sub(self.taken(health, now, of_lane))
    }

    /// How many more requests may begin.
    fn free(&self, health: Health, now: Time) -> usize {
        let of_lane = |lane: &Lane, hanging: usize| lane.flying() - hanging;
        places(health).saturating_sub(self.taken(health, now, of_lane))
    }

    /// Places that are taken: so many by each lane as it is said to take beside those of its requests
    /// that seem to hang, and by those beyond [`HANGING`]. A probe takes its place until it ends.
    fn taken(&self, health: Health, now: Time, of_lane: impl Fn(&Lane, usize) -> usize) -> usize {
        let (mut taken, mut hang) = (0, 0);
        for lane in self.lanes.values().filter(|lane| health_of(lane) == health) {
            let hanging = match health {
                Health::Healthy => lane.hanging(now),
                Health::Failing => 0,
            };
            hang += hanging;
            taken += of_lane(lane, hanging);
        }
        taken + hang.saturating_sub(HANGING)
    }

    fn settle(&mut self, asked: &Asked, found: Found, hold: Hold) {
        for peer in asked.leave.iter().chain(&found.left).chain(&found.lost) {
            let gone = self.lanes.remove(peer);
            if gone.is_some_and(|lane| lane.had_its_turn()) {
                // It stands in the line again; nobody else would ring for it.
                self.searches(Health::Healthy).for_each(Search::ring);
            }
        }
        for peer in &asked.renew {
            if let Some(lane) = self.lanes.get_mut(peer) {
                lane.held_until = hold.until;
            }
        }
        for (peer, due) in found.due {
            if let Some(lane) = self.lanes.get_mut(&peer) {
                lane.refill(hold.now, due);
            }
        }
        for (peer, due) in found.opened {
            let lane = Lane::open(&peer, (hold.now, hold.until), due);
            self.lanes.insert(peer.id, lane);
        }
        for (health, last) in found.cursors {
            self.searches(health)
                .for_each(|search| search.reached(last));
        }
    }

    fn searches(&mut self, health: Health) -> impl Iterator<Item = &mut Search> {
        let all = self.searches.iter_mut();
        all.filter_map(move |(of, search)| (*of == health).then_some(search))
    }

    /// What goes out now: from each lane in turn, as long as there are places.
    pub fn errands(&mut self) -> Vec<Errand> {
        let mut errands = Vec::new();
        let now = self.fed.ops().now();
        for health in [Health::Healthy, Health::Failing] {
            let mut free = self.free(health, now);
            loop {
                let before = errands.len();
                for lane in self.lanes.values_mut() {
                    if free > 0
                        && health_of(lane) == health
                        && let Some(row) = lane.next(now)
                    {
                        free -= 1;
                        errands.push(Errand {
                            fed: self.fed.clone(),
                            archive: Arc::clone(&self.archive),
                            again: lane.may_repeat(&row),
                            row,
                        });
                    }
                }
                if errands.len() == before {
                    break;
                }
            }
        }
        errands
    }

    /// There is more to do than was done in the last exchange.
    #[must_use]
    pub fn is_restless(&self) -> bool {
        let now = self.fed.ops().now();
        let searching =
            |(health, search): &(Health, Search)| search.going && self.room(*health, now) > 0;
        let lanes = || {
            self.lanes
                .values()
                .any(|lane| lane.is_over() || lane.wants_look(now))
        };
        self.searches.iter().any(searching) || lanes()
    }

    /// Everything that has ended is written down.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.unwritten.is_nothing()
    }

    /// Gives every lane back, at the end.
    ///
    /// # Errors
    /// Faults; the lanes are free after their lease.
    pub async fn close(self) -> Outcome<()> {
        let peers: Vec<PeerId> = self.lanes.into_keys().collect();
        let holder = self.holder;
        self.fed
            .store()
            .write_read_committed(move |db| -> Outcome<()> {
                Ok(store::queue::delivery::release_lanes(db, &peers, holder)?)
            })
            .await
    }
}

/// What is to be written of a verdict against the whole peer: of what was under way together the
/// first, and what it asks for.
fn strike(peer: PeerId, verdict: &Verdict, first: bool) -> Option<Strike> {
    let (why, asks) = match verdict {
        Verdict::PeerFailed(why) => (why, None),
        Verdict::Busy { why, seconds } => (why, *seconds),
        Verdict::Arrived
        | Verdict::Again { .. }
        | Verdict::SetAside(_)
        | Verdict::Shut { .. }
        | Verdict::Gone
        | Verdict::Kept => return None,
    };
    let strike = Strike {
        peer,
        why: why.clone(),
        asks,
        counts: first,
    };
    (first || asks.is_some()).then_some(strike)
}

const fn places(health: Health) -> usize {
    match health {
        Health::Healthy => PLACES,
        Health::Failing => PROBES,
    }
}

/// Which places a lane takes.
const fn health_of(lane: &Lane) -> Health {
    if lane.well {
        Health::Healthy
    } else {
        Health::Failing
    }
}

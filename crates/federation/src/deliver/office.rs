//! The office: which lanes are open, what goes out next, and how it ended. Peers that fail have
//! places of their own, so that those that hang keep nobody else waiting.

use super::frozen::Archive;
use super::lane::Lane;
use super::ledger::{self, Asked, Ended, Found, Hold, Strike};
use super::send::send;
use super::verdict::{Report, Verdict};
use crate::seam::Federation;
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
/// Requests at a time to peers that failed last: one each.
const PROBES: usize = 64;
/// Lanes opened in one write.
const OPENED: usize = 64;
/// Seconds a lane stays its holder's without a sign of life; more than a request may take.
const LEASE_SECONDS: i64 = 60;
/// Peers of which is kept in mind when they last took something.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// A peer that answers is noted as seen at most once in so many seconds.
const NOTED_SECONDS: i64 = 20;

/// One row on its way.
pub struct Errand {
    fed: Federation,
    archive: Arc<Archive>,
    row: row::Delivery,
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
        let verdict = send(&self.fed, &self.archive, &self.row).await;
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

/// The office of one process.
pub struct Office {
    /// When peers last took something: what the tables know may be some seconds older.
    took: LruCache<PeerId, Time>,
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
            took: LruCache::new(REMEMBERED),
            lanes: HashMap::new(),
            searches: [Health::Well, Health::Failing].map(|health| (health, Search::default())),
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
            .write_relaxed({
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
        let lane = self.lanes.get_mut(&peer);
        let noted = lane.as_ref().and_then(|lane| lane.took_at);
        let took_at = noted.max(self.took.get(&peer).copied());
        let verdict = verdict.in_light_of(&row, took_at);
        if arrived {
            self.took.put(peer, now);
        }
        let waits = !matches!(verdict, Verdict::Arrived | Verdict::SetAside(_));
        let mut struck = false;
        if let Some(lane) = lane {
            lane.ended(row.id, waits);
            struck = lane.struck;
            lane.struck |= matches!(verdict, Verdict::PeerFailed { .. });
            let revives = answered && (struck || !lane.well);
            if revives {
                lane.well = true;
                self.unwritten.revived.push(peer);
            }
            let note_at = noted.map(|at| at.plus_seconds(NOTED_SECONDS));
            if arrived && (revives || note_at < Some(now)) {
                lane.took_at = Some(now);
                self.unwritten.took.push(peer);
            }
        }
        if let Verdict::PeerFailed { why, retry_after } = &verdict
            && !struck
        {
            self.unwritten.strikes.push(Strike {
                peer,
                why: why.clone(),
                retry_after: *retry_after,
            });
        }
        self.unwritten.reports.push(Report { row, verdict });
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
            let room = self.room(*health).min(OPENED);
            if open && search.going && room > 0 {
                asked.open.push((*health, search.after, room));
            }
        }
        asked
    }

    /// How many more lanes may be opened: each needs a place.
    fn room(&self, health: Health) -> usize {
        let places = places(health);
        let lanes = self.lanes.values().filter(|lane| health_of(lane) == health);
        let taken: usize = lanes.map(|lane| lane.flying().max(1)).sum();
        places.saturating_sub(taken)
    }

    fn settle(&mut self, asked: &Asked, found: Found, hold: Hold) {
        for peer in asked.leave.iter().chain(&found.left).chain(&found.lost) {
            let gone = self.lanes.remove(peer);
            if gone.is_some_and(|lane| lane.had_its_turn()) {
                // It stands in the line again; nobody else would ring for it.
                self.searches(Health::Well).for_each(Search::ring);
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
        for health in [Health::Well, Health::Failing] {
            let lanes = self.lanes.values().filter(|lane| health_of(lane) == health);
            let flying: usize = lanes.map(Lane::flying).sum();
            let mut free = places(health).saturating_sub(flying);
            loop {
                let before = errands.len();
                for lane in self.lanes.values_mut() {
                    if free > 0
                        && health_of(lane) == health
                        && let Some(row) = lane.next()
                    {
                        free -= 1;
                        errands.push(Errand {
                            fed: self.fed.clone(),
                            archive: Arc::clone(&self.archive),
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
            |(health, search): &(Health, Search)| search.going && self.room(*health) > 0;
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
            .write_relaxed(move |db| -> Outcome<()> {
                Ok(store::queue::delivery::leave(db, &peers, holder)?)
            })
            .await
    }
}

const fn places(health: Health) -> usize {
    match health {
        Health::Well => PLACES,
        Health::Failing => PROBES,
    }
}

/// Which places a lane takes.
const fn health_of(lane: &Lane) -> Health {
    if lane.well {
        Health::Well
    } else {
        Health::Failing
    }
}

//! The claimed activities in memory, in one queue for each order key. The rows of a key run as one batch
//! at a time; those claimed meanwhile form its next batch.
//!
//! A batch that waits for the network leaves its slot to another. The number of such batches is limited
//! for each host and in all; beyond it no more batches of that host start, so that servers which do not
//! answer our requests delay only their own activities.

use client::NetworkWaits;
use model::{InboundId, Time};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use store::queue::inbound::{Claim, Share};
use store::row::Inbound;
use tokio::sync::Notify;

/// The number of running batches, without those that wait for the network.
const MAX_ACTIVE: usize = 512;
/// The number of running batches, with those.
const MAX_RUNNING: usize = 2_048;
/// The limit of held rows, without those that wait for the network. The bytes are those of the bodies; a
/// parsed body takes several times as many.
const MAX_HELD: Share = Share {
    rows: 1_024,
    bytes: 32 << 20,
};
/// The limit of held rows of one host, so that others always have capacity.
const MAX_HELD_OF_HOST: Share = Share {
    rows: 512,
    bytes: 8 << 20,
};
/// The number of running batches of one host. Large, because each waits for its commit before the next
/// of its key starts.
const MAX_BATCHES_OF_HOST: usize = 256;
/// The number of batches of one host that wait for the network, beyond which no more of it start.
const MAX_WAITING_OF_HOST: usize = 32;
/// The batches and bytes that wait for the network in all, beyond which the limits of each host are
/// reduced: many hosts may hang.
const MANY_WAITING: Share = Share {
    rows: 512,
    bytes: 32 << 20,
};
/// The reduced limit of held rows of one host.
const REDUCED_HELD_OF_HOST: Share = Share {
    rows: 32,
    bytes: 2 << 20,
};
/// The reduced number of running batches of one host.
const REDUCED_BATCHES_OF_HOST: usize = 8;

/// A batch to start.
#[derive(Debug)]
pub(super) struct Batch {
    pub number: u64,
    pub rows: Vec<Inbound>,
    /// Counts the batch's waits for the network.
    pub waits: NetworkWaits,
}

#[derive(Debug)]
struct RunningBatch {
    key: String,
    host: String,
    ids: Vec<InboundId>,
    bytes: usize,
    waits: NetworkWaits,
}

/// The batches that wait for the network, as of the last [`BatchQueue::update_waiting`].
#[derive(Debug, Default)]
struct Waiting {
    batches: usize,
    rows: usize,
    bytes: usize,
    /// The number of batches of each host.
    of_host: HashMap<String, usize>,
}

impl Waiting {
    fn are_many(&self) -> bool {
        self.batches >= MANY_WAITING.rows || self.bytes >= MANY_WAITING.bytes
    }

    fn batches_of(&self, host: &str) -> usize {
        self.of_host.get(host).copied().unwrap_or(0)
    }
}

/// The held rows: those of running batches, and those queued by order key.
#[derive(Debug, Default)]
pub(super) struct BatchQueue {
    /// The host of each held row.
    held: HashMap<InboundId, String>,
    /// The bytes of the held bodies, in all and of each host.
    bytes: usize,
    bytes_of_host: HashMap<String, usize>,
    /// The queued rows by order key.
    queued: HashMap<String, VecDeque<Inbound>>,
    /// The order keys of each host that have queued rows and no running batch, in turn.
    keys_of_host: HashMap<String, VecDeque<String>>,
    /// The hosts that have such keys, in turn.
    hosts: VecDeque<String>,
    running: HashMap<u64, RunningBatch>,
    /// The order keys of the running batches.
    running_keys: HashMap<String, u64>,
    /// The number of running batches of each host.
    running_of_host: HashMap<String, usize>,
    waiting: Waiting,
    last: u64,
    /// Notified when a batch begins to wait for the network.
    pub began_waiting: Arc<Notify>,
}

impl BatchQueue {
    /// Whether more may be claimed.
    pub(super) fn has_room(&self) -> bool {
        let (rows, bytes) = (self.held.len(), self.bytes);
        rows.saturating_sub(self.waiting.rows) <= MAX_HELD.rows / 2
            && bytes.saturating_sub(self.waiting.bytes) <= MAX_HELD.bytes / 2
            && self.running.len() < MAX_RUNNING
    }

    /// Returns the held rows.
    pub(super) fn held(&self) -> Vec<InboundId> {
        self.held.keys().copied().collect()
    }

    /// Returns the next claim.
    pub(super) fn next_claim(&self, now: Time, after: &str) -> Claim {
        let rows = self.held.len().saturating_sub(self.waiting.rows);
        let bytes = self.bytes.saturating_sub(self.waiting.bytes);
        Claim {
            now,
            lease: None,
            held: self.held.clone(),
            after: after.to_owned(),
            limit: MAX_HELD.rows.saturating_sub(rows),
            bytes: MAX_HELD.bytes.saturating_sub(bytes),
            per_host: self.max_held_of_host(),
            excluded_hosts: self.full_hosts(),
        }
    }

    /// Returns the limit of held rows of one host.
    fn max_held_of_host(&self) -> Share {
        if self.waiting.are_many() {
            REDUCED_HELD_OF_HOST
        } else {
            MAX_HELD_OF_HOST
        }
    }

    /// Returns the hosts of which nothing more is claimed now.
    fn full_hosts(&self) -> HashSet<String> {
        let max_bytes = self.max_held_of_host().bytes;
        let waiting = self.waiting.of_host.iter();
        let waiting = waiting.filter(|(_, batches)| **batches >= MAX_WAITING_OF_HOST);
        let large = self.bytes_of_host.iter();
        let large = large.filter(|(_, held)| **held >= max_bytes);
        let hosts = waiting
            .map(|(host, _)| host)
            .chain(large.map(|(host, _)| host));
        hosts.cloned().collect()
    }

    /// Updates which batches wait for the network. Drops and returns the queued rows of hosts with too
    /// many of them, so that they take no room of others.
    pub(super) fn update_waiting(&mut self) -> Vec<InboundId> {
        let mut waiting = Waiting::default();
        for batch in self
            .running
            .values()
            .filter(|batch| batch.waits.is_waiting())
        {
            waiting.batches += 1;
            waiting.rows += batch.ids.len();
            waiting.bytes += batch.bytes;
            *waiting.of_host.entry(batch.host.clone()).or_default() += 1;
        }
        self.waiting = waiting;
        let stuck: Vec<String> = self
            .waiting
            .of_host
            .iter()
            .filter(|(_, batches)| **batches >= MAX_WAITING_OF_HOST)
            .map(|(host, _)| host.clone())
            .collect();
        let mut dropped = Vec::new();
        for host in stuck {
            dropped.extend(self.drop_queued_of_host(&host));
        }
        dropped
    }

    /// Drops and returns the queued rows of a host.
    fn drop_queued_of_host(&mut self, host: &str) -> Vec<InboundId> {
        let is_of_host =
            |rows: &VecDeque<Inbound>| rows.front().is_some_and(|row| row.host == host);
        let keys = self.queued.iter().filter(|(_, rows)| is_of_host(rows));
        let keys: Vec<String> = keys.map(|(key, _)| key.clone()).collect();
        self.keys_of_host.remove(host);
        self.hosts.retain(|one| one != host);
        let mut dropped = Vec::new();
        for key in keys {
            dropped.extend(self.drop_queued(&key));
        }
        dropped
    }

    /// Drops and returns the queued rows of an order key.
    fn drop_queued(&mut self, key: &str) -> Vec<InboundId> {
        let rows = self.queued.remove(key).unwrap_or_default();
        for row in &rows {
            self.held.remove(&row.id);
            self.subtract_bytes(&row.host, size(row));
        }
        rows.iter().map(|row| row.id).collect()
    }

    fn subtract_bytes(&mut self, host: &str, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        if let Some(held) = self.bytes_of_host.get_mut(host) {
            *held = held.saturating_sub(bytes);
            if *held == 0 {
                self.bytes_of_host.remove(host);
            }
        }
    }

    /// Queues claimed rows in the order given.
    pub(super) fn add(&mut self, rows: Vec<Inbound>) {
        for row in rows {
            self.held.insert(row.id, row.host.clone());
            self.bytes += size(&row);
            *self.bytes_of_host.entry(row.host.clone()).or_default() += size(&row);
            let rows = self.queued.entry(row.order_key.clone()).or_default();
            let is_new = rows.is_empty() && !self.running_keys.contains_key(&row.order_key);
            let (host, key) = (row.host.clone(), row.order_key.clone());
            rows.push_back(row);
            if is_new {
                self.enqueue_key(host, key);
            }
        }
    }

    /// Lets a key start at its host's turn.
    fn enqueue_key(&mut self, host: String, key: String) {
        let keys = self.keys_of_host.entry(host.clone()).or_default();
        keys.push_back(key);
        if keys.len() == 1 {
            self.hosts.push_back(host);
        }
    }

    /// Whether another batch of a host may start.
    fn may_start(&self, host: &str) -> bool {
        let waiting = self.waiting.batches_of(host);
        let running = self.running_of_host.get(host).copied().unwrap_or(0);
        let max = if self.waiting.are_many() {
            REDUCED_BATCHES_OF_HOST
        } else {
            MAX_BATCHES_OF_HOST
        };
        waiting < MAX_WAITING_OF_HOST && running.saturating_sub(waiting) < max
    }

    /// Whether there is a slot for another batch.
    fn has_slot(&self) -> bool {
        let running = self.running.len();
        running < MAX_RUNNING && running.saturating_sub(self.waiting.batches) < MAX_ACTIVE
    }

    /// Starts the next batch: the hosts take turns, without those that have too many running.
    pub(super) fn next(&mut self) -> Option<Batch> {
        if !self.has_slot() {
            return None;
        }
        let at = self.hosts.iter().position(|host| self.may_start(host))?;
        self.hosts.rotate_left(at);
        let host = self.hosts.pop_front()?;
        let keys = self.keys_of_host.get_mut(&host)?;
        let key = keys.pop_front()?;
        if keys.is_empty() {
            self.keys_of_host.remove(&host);
        } else {
            self.hosts.push_back(host.clone());
        }
        *self.running_of_host.entry(host.clone()).or_default() += 1;
        let rows: Vec<Inbound> = self.queued.remove(&key).unwrap_or_default().into();
        self.last += 1;
        let (number, waits) = (self.last, NetworkWaits::notifying(&self.began_waiting));
        self.running_keys.insert(key.clone(), number);
        let batch = RunningBatch {
            key,
            host,
            ids: rows.iter().map(|row| row.id).collect(),
            bytes: rows.iter().map(size).sum(),
            waits: waits.clone(),
        };
        self.running.insert(number, batch);
        Some(Batch {
            number,
            rows,
            waits,
        })
    }

    /// Removes a batch whose rows are completed or postponed.
    pub(super) fn finish(&mut self, number: u64) {
        if let Some(RunningBatch { key, host, .. }) = self.remove(number)
            && self.queued.contains_key(&key)
        {
            self.enqueue_key(host, key);
        }
    }

    /// Removes a batch that ended early, with the queued rows of its key, which must not pass its own.
    /// Returns the rows that are not held any more, to be claimed again.
    pub(super) fn abort(&mut self, number: u64) -> Vec<InboundId> {
        let Some(RunningBatch { key, ids, .. }) = self.remove(number) else {
            return Vec::new();
        };
        let mut dropped = ids;
        dropped.extend(self.drop_queued(&key));
        dropped
    }

    fn remove(&mut self, number: u64) -> Option<RunningBatch> {
        let batch = self.running.remove(&number)?;
        for id in &batch.ids {
            self.held.remove(id);
        }
        self.subtract_bytes(&batch.host, batch.bytes);
        let running = self.running_of_host.get(&batch.host).copied().unwrap_or(1);
        if running > 1 {
            self.running_of_host.insert(batch.host.clone(), running - 1);
        } else {
            self.running_of_host.remove(&batch.host);
        }
        self.running_keys.remove(&batch.key);
        Some(batch)
    }
}

fn size(row: &Inbound) -> usize {
    row.body.as_ref().map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::NetworkWait;
    use model::peer::InboundState;

    fn row(id: i64, host: &str, key: &str) -> Inbound {
        let now = Time::from_unix_millis(0);
        Inbound {
            id: InboundId(id),
            guard: id.to_string(),
            signer: String::new(),
            host: host.to_owned(),
            kind: "Like".to_owned(),
            order_key: key.to_owned(),
            body: None,
            state: InboundState::Waiting,
            reason: None,
            attempts: 0,
            run_at: now,
            lease_until: now,
            received_at: now,
        }
    }

    fn start(queue: &mut BatchQueue) -> Option<(u64, Vec<i64>)> {
        let batch = queue.next()?;
        Some((
            batch.number,
            batch.rows.iter().map(|row| row.id.0).collect(),
        ))
    }

    #[test]
    fn of_a_key_one_batch_runs_at_a_time() {
        let mut queue = BatchQueue::default();
        queue.add(vec![
            row(1, "a", "k"),
            row(2, "a", "k"),
            row(3, "a", "other"),
        ]);
        let (first, ids) = start(&mut queue).unwrap();
        assert_eq!(ids, [1, 2]);
        queue.add(vec![row(4, "a", "k")]);
        assert_eq!(start(&mut queue).unwrap().1, [3]);
        assert_eq!(start(&mut queue), None, "k is running");
        queue.finish(first);
        assert_eq!(start(&mut queue).unwrap().1, [4]);
        assert_eq!(queue.held().len(), 2);
    }

    #[test]
    fn a_host_leaves_batches_to_the_others() {
        let mut queue = BatchQueue::default();
        let flood = 0..2 * i64::try_from(MAX_BATCHES_OF_HOST).unwrap();
        queue.add(flood.map(|n| row(n, "flood", &n.to_string())).collect());
        queue.add(vec![row(-1, "quiet", "q")]);
        let mut first = Vec::new();
        while let Some((number, ids)) = start(&mut queue) {
            first.push((number, ids));
        }
        assert_eq!(first.len(), MAX_BATCHES_OF_HOST + 1);
        assert!(first.iter().any(|(_, ids)| ids == &[-1]));
        queue.finish(first[0].0);
        let next = i64::try_from(MAX_BATCHES_OF_HOST).unwrap();
        assert_eq!(start(&mut queue).unwrap().1, [next], "its turn has come");
    }

    #[test]
    fn nothing_passes_an_aborted_batch() {
        let mut queue = BatchQueue::default();
        queue.add(vec![row(1, "a", "k"), row(2, "a", "k")]);
        let (first, _) = start(&mut queue).unwrap();
        queue.add(vec![row(3, "a", "k"), row(4, "a", "other")]);
        assert_eq!(queue.abort(first), [1, 2, 3].map(InboundId));
        assert_eq!(queue.held(), [InboundId(4)]);
        queue.add(vec![row(1, "a", "k"), row(2, "a", "k"), row(3, "a", "k")]);
        assert_eq!(start(&mut queue).unwrap().1, [4]);
        assert_eq!(start(&mut queue).unwrap().1, [1, 2, 3]);
        assert_eq!(start(&mut queue), None);
    }

    /// Starts all batches that may start, all of which wait for the network.
    async fn start_hanging(queue: &mut BatchQueue) -> Vec<tokio::task::JoinHandle<()>> {
        let mut hung = Vec::new();
        while let Some(Batch { waits, .. }) = queue.next() {
            let seen = waits.clone();
            hung.push(tokio::spawn(waits.track(async {
                let _waiting = NetworkWait::begin();
                std::future::pending::<()>().await;
            })));
            while !seen.is_waiting() {
                tokio::task::yield_now().await;
            }
        }
        hung
    }

    #[tokio::test]
    async fn batches_that_wait_for_the_network_leave_their_slots_to_others() {
        let mut queue = BatchQueue::default();
        let mut all = Vec::new();
        for (number, host) in (0..).zip(["x", "y", "z"]) {
            let rows = (0..512).map(|n| row(number * 1_000 + n, host, &format!("{host} {n}")));
            queue.add(rows.collect());
            all.extend(start_hanging(&mut queue).await);
            queue.update_waiting();
        }
        // The third has the reduced limit, since the others have many waiting.
        assert_eq!(all.len(), 2 * MAX_BATCHES_OF_HOST + REDUCED_BATCHES_OF_HOST);
        assert!(queue.has_room());
        let full = queue.full_hosts();
        assert!(full.contains("x") && full.contains("y"), "{full:?}");
        queue.add(vec![row(-1, "good", "g")]);
        let next = [start(&mut queue), start(&mut queue)].map(|batch| batch.unwrap().1);
        assert!(next.contains(&vec![-1]), "{next:?}");
        for batch in all {
            batch.abort();
            let _ = batch.await;
        }
        queue.update_waiting();
        assert!(queue.full_hosts().is_empty());
    }

    #[test]
    fn the_bytes_of_a_host_are_counted() {
        let mut queue = BatchQueue::default();
        let large = |id: i64| Inbound {
            body: Some("x".repeat(1 << 20)),
            ..row(id, "large", &id.to_string())
        };
        queue.add((0..8).map(large).collect());
        assert!(queue.full_hosts().contains("large") && queue.has_room());
        let (first, _) = start(&mut queue).unwrap();
        queue.finish(first);
        assert!(queue.full_hosts().is_empty());
    }
}

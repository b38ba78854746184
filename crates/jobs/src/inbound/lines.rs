//! What is held in memory: the claimed activities, in a line for each order key. A line is at
//! work or not; the rows that come meanwhile wait for its next turn.
//!
//! A line that waits for the network has left its place to another. Of one host, and in all, not
//! many may wait so before nothing more of that host is begun: servers that do not answer our
//! questions hold up their own.

use client::NetworkWaits;
use federation::context::Federation;
use model::InboundId;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use store::queue::inbound::{Claim, Share};
use store::row::Inbound;
use tokio::sync::Notify;

/// Lines at work at a time, besides those that wait for the network.
const AT_ONCE: usize = 512;
/// Lines at work at a time, with them.
const IN_ALL: usize = 2_048;
/// What is held at most, besides what waits for the network. The bytes are bodies; read, one takes
/// several times as much.
const HELD: Share = Share {
    rows: 1_024,
    bytes: 32 << 20,
};
/// What is held of one host at most: some of the room is always another's.
const OF_A_HOST: Share = Share {
    rows: 512,
    bytes: 8 << 20,
};
/// Lines of one host at work at most. Many, because each waits for the disk before the next of its
/// key begins.
const LINES_OF_A_HOST: usize = 256;
/// Lines of one host that wait for the network, beyond which none of it is begun.
const SLOW_OF_A_HOST: usize = 32;
/// Lines and bytes that wait for the network in all, beyond which each host has little room: those
/// who hang may be many.
const SLOW: Share = Share {
    rows: 512,
    bytes: 32 << 20,
};
/// The little room.
const LITTLE: Share = Share {
    rows: 32,
    bytes: 2 << 20,
};
/// Lines of one host at work then.
const FEW_LINES: usize = 8;

/// A line that begins.
#[derive(Debug)]
pub(super) struct Line {
    pub number: u64,
    pub rows: Vec<Inbound>,
    /// How it tells that it waits for the network.
    pub waits: NetworkWaits,
}

#[derive(Debug)]
struct AtWork {
    key: String,
    host: String,
    ids: Vec<InboundId>,
    bytes: usize,
    waits: NetworkWaits,
}

/// What waits for the network, as it was when it was looked at last.
#[derive(Debug, Default)]
struct Slow {
    lines: usize,
    rows: usize,
    bytes: usize,
    /// Lines of each host.
    of_host: HashMap<String, usize>,
}

impl Slow {
    fn is_much(&self) -> bool {
        self.lines >= SLOW.rows || self.bytes >= SLOW.bytes
    }

    fn lines_of(&self, host: &str) -> usize {
        self.of_host.get(host).copied().unwrap_or(0)
    }
}

/// Everything held.
#[derive(Debug, Default)]
pub(super) struct Lines {
    held: HashMap<InboundId, String>,
    /// Bytes held, in all and of each host.
    bytes: usize,
    bytes_of_host: HashMap<String, usize>,
    waiting: HashMap<String, VecDeque<Inbound>>,
    /// Keys whose rows wait and that are not at work, by turn, host by host.
    turns: HashMap<String, VecDeque<String>>,
    /// Hosts that have such keys, by turn.
    hosts: VecDeque<String>,
    at_work: HashMap<u64, AtWork>,
    /// Keys at work.
    busy: HashMap<String, u64>,
    /// Lines at work of each host.
    of_host: HashMap<String, usize>,
    slow: Slow,
    last: u64,
    /// Rung when a line begins to wait for the network.
    pub rung: Arc<Notify>,
}

impl Lines {
    /// It is worth claiming more.
    pub(super) fn has_room(&self) -> bool {
        let (rows, bytes) = (self.held.len(), self.bytes);
        rows.saturating_sub(self.slow.rows) <= HELD.rows / 2
            && bytes.saturating_sub(self.slow.bytes) <= HELD.bytes / 2
            && self.at_work.len() < IN_ALL
    }

    /// What is held.
    pub(super) fn held(&self) -> Vec<InboundId> {
        self.held.keys().copied().collect()
    }

    /// What to ask for.
    pub(super) fn ask(&self, fed: &Federation, after: &str) -> Claim {
        let rows = self.held.len().saturating_sub(self.slow.rows);
        let bytes = self.bytes.saturating_sub(self.slow.bytes);
        Claim {
            now: fed.ops().now(),
            lease: None,
            held: self.held.clone(),
            after: after.to_owned(),
            limit: HELD.rows.saturating_sub(rows),
            bytes: HELD.bytes.saturating_sub(bytes),
            per_host: self.share(),
            excluded_hosts: self.full_hosts(),
        }
    }

    /// What may be held of one host.
    fn share(&self) -> Share {
        if self.slow.is_much() {
            LITTLE
        } else {
            OF_A_HOST
        }
    }

    /// Hosts of which nothing more is held now.
    fn full_hosts(&self) -> HashSet<String> {
        let most = self.share().bytes;
        let slow = self.slow.of_host.iter();
        let slow = slow.filter(|(_, lines)| **lines >= SLOW_OF_A_HOST);
        let large = self.bytes_of_host.iter().filter(|(_, held)| **held >= most);
        let hosts = slow
            .map(|(host, _)| host)
            .chain(large.map(|(host, _)| host));
        hosts.cloned().collect()
    }

    /// Looks who waits for the network. Answers what is held of hosts that have too many such lines
    /// and is not at work: it is let go, so that it takes no room of others.
    pub(super) fn look_around(&mut self) -> Vec<InboundId> {
        let mut slow = Slow::default();
        for line in self.at_work.values().filter(|line| line.waits.is_waiting()) {
            slow.lines += 1;
            slow.rows += line.ids.len();
            slow.bytes += line.bytes;
            *slow.of_host.entry(line.host.clone()).or_default() += 1;
        }
        self.slow = slow;
        let stuck: Vec<String> = self
            .slow
            .of_host
            .iter()
            .filter(|(_, lines)| **lines >= SLOW_OF_A_HOST)
            .map(|(host, _)| host.clone())
            .collect();
        let mut gone = Vec::new();
        for host in stuck {
            gone.extend(self.let_go_of(&host));
        }
        gone
    }

    /// Lets go of what of a host is not at work.
    fn let_go_of(&mut self, host: &str) -> Vec<InboundId> {
        let is_theirs = |line: &VecDeque<Inbound>| line.front().is_some_and(|row| row.host == host);
        let keys = self.waiting.iter().filter(|(_, line)| is_theirs(line));
        let keys: Vec<String> = keys.map(|(key, _)| key.clone()).collect();
        self.turns.remove(host);
        self.hosts.retain(|one| one != host);
        let mut gone = Vec::new();
        for key in keys {
            gone.extend(self.drop_waiting(&key));
        }
        gone
    }

    /// What waits behind a key, held no more.
    fn drop_waiting(&mut self, key: &str) -> Vec<InboundId> {
        let rows = self.waiting.remove(key).unwrap_or_default();
        for row in &rows {
            self.held.remove(&row.id);
            self.weigh_off(&row.host, size(row));
        }
        rows.iter().map(|row| row.id).collect()
    }

    fn weigh_off(&mut self, host: &str, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        if let Some(held) = self.bytes_of_host.get_mut(host) {
            *held = held.saturating_sub(bytes);
            if *held == 0 {
                self.bytes_of_host.remove(host);
            }
        }
    }

    /// Puts claimed rows in their lines, in the order given.
    pub(super) fn add(&mut self, rows: Vec<Inbound>) {
        for row in rows {
            self.held.insert(row.id, row.host.clone());
            self.bytes += size(&row);
            *self.bytes_of_host.entry(row.host.clone()).or_default() += size(&row);
            let line = self.waiting.entry(row.order_key.clone()).or_default();
            let is_new = line.is_empty() && !self.busy.contains_key(&row.order_key);
            let (host, key) = (row.host.clone(), row.order_key.clone());
            line.push_back(row);
            if is_new {
                self.queue(host, key);
            }
        }
    }

    /// A key may begin when its host's turn comes.
    fn queue(&mut self, host: String, key: String) {
        let turns = self.turns.entry(host.clone()).or_default();
        turns.push_back(key);
        if turns.len() == 1 {
            self.hosts.push_back(host);
        }
    }

    /// How many of a host's lines may begin now.
    fn may_begin(&self, host: &str) -> bool {
        let slow = self.slow.lines_of(host);
        let at_work = self.of_host.get(host).copied().unwrap_or(0);
        let most = if self.slow.is_much() {
            FEW_LINES
        } else {
            LINES_OF_A_HOST
        };
        slow < SLOW_OF_A_HOST && at_work.saturating_sub(slow) < most
    }

    /// There is a place for one more.
    fn has_place(&self) -> bool {
        let at_work = self.at_work.len();
        at_work < IN_ALL && at_work.saturating_sub(self.slow.lines) < AT_ONCE
    }

    /// The next line that may begin: the hosts in turn, but those that have too many at work.
    pub(super) fn next(&mut self) -> Option<Line> {
        if !self.has_place() {
            return None;
        }
        let at = self.hosts.iter().position(|host| self.may_begin(host))?;
        self.hosts.rotate_left(at);
        let host = self.hosts.pop_front()?;
        let turns = self.turns.get_mut(&host)?;
        let key = turns.pop_front()?;
        if turns.is_empty() {
            self.turns.remove(&host);
        } else {
            self.hosts.push_back(host.clone());
        }
        *self.of_host.entry(host.clone()).or_default() += 1;
        let rows: Vec<Inbound> = self.waiting.remove(&key).unwrap_or_default().into();
        self.last += 1;
        let (number, waits) = (self.last, NetworkWaits::notifying(&self.rung));
        self.busy.insert(key.clone(), number);
        let line = AtWork {
            key,
            host,
            ids: rows.iter().map(|row| row.id).collect(),
            bytes: rows.iter().map(size).sum(),
            waits: waits.clone(),
        };
        self.at_work.insert(number, line);
        Some(Line {
            number,
            rows,
            waits,
        })
    }

    /// A line has ended: what it held is finished or put off.
    pub(super) fn end(&mut self, number: u64) {
        if let Some(AtWork { key, host, .. }) = self.take_off(number)
            && self.waiting.contains_key(&key)
        {
            self.queue(host, key);
        }
    }

    /// A line broke off: what it held waits as it did, and what came behind it must not pass it.
    /// Answers what is not held any more, to be claimed anew.
    pub(super) fn break_off(&mut self, number: u64) -> Vec<InboundId> {
        let Some(AtWork { key, ids, .. }) = self.take_off(number) else {
            return Vec::new();
        };
        let mut gone = ids;
        gone.extend(self.drop_waiting(&key));
        gone
    }

    fn take_off(&mut self, number: u64) -> Option<AtWork> {
        let line = self.at_work.remove(&number)?;
        for id in &line.ids {
            self.held.remove(id);
        }
        self.weigh_off(&line.host, line.bytes);
        let busy = self.of_host.get(&line.host).copied().unwrap_or(1);
        if busy > 1 {
            self.of_host.insert(line.host.clone(), busy - 1);
        } else {
            self.of_host.remove(&line.host);
        }
        self.busy.remove(&line.key);
        Some(line)
    }
}

fn size(row: &Inbound) -> usize {
    row.body.as_ref().map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::NetworkWait;
    use model::Time;
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

    fn begun(lines: &mut Lines) -> Option<(u64, Vec<i64>)> {
        let line = lines.next()?;
        Some((line.number, line.rows.iter().map(|row| row.id.0).collect()))
    }

    #[test]
    fn of_a_key_one_line_is_at_work() {
        let mut lines = Lines::default();
        lines.add(vec![
            row(1, "a", "k"),
            row(2, "a", "k"),
            row(3, "a", "other"),
        ]);
        let (first, ids) = begun(&mut lines).unwrap();
        assert_eq!(ids, [1, 2]);
        lines.add(vec![row(4, "a", "k")]);
        assert_eq!(begun(&mut lines).unwrap().1, [3]);
        assert_eq!(begun(&mut lines), None, "k is at work");
        lines.end(first);
        assert_eq!(begun(&mut lines).unwrap().1, [4]);
        assert_eq!(lines.held().len(), 2);
    }

    #[test]
    fn a_host_leaves_lines_to_the_others() {
        let mut lines = Lines::default();
        let flood = 0..2 * i64::try_from(LINES_OF_A_HOST).unwrap();
        lines.add(flood.map(|n| row(n, "flood", &n.to_string())).collect());
        lines.add(vec![row(-1, "quiet", "q")]);
        let mut first = Vec::new();
        while let Some((number, ids)) = begun(&mut lines) {
            first.push((number, ids));
        }
        assert_eq!(first.len(), LINES_OF_A_HOST + 1);
        assert!(first.iter().any(|(_, ids)| ids == &[-1]));
        lines.end(first[0].0);
        let next = i64::try_from(LINES_OF_A_HOST).unwrap();
        assert_eq!(begun(&mut lines).unwrap().1, [next], "its turn has come");
    }

    #[test]
    fn nothing_passes_a_line_that_broke_off() {
        let mut lines = Lines::default();
        lines.add(vec![row(1, "a", "k"), row(2, "a", "k")]);
        let (first, _) = begun(&mut lines).unwrap();
        lines.add(vec![row(3, "a", "k"), row(4, "a", "other")]);
        assert_eq!(lines.break_off(first), [1, 2, 3].map(InboundId));
        assert_eq!(lines.held(), [InboundId(4)]);
        lines.add(vec![row(1, "a", "k"), row(2, "a", "k"), row(3, "a", "k")]);
        assert_eq!(begun(&mut lines).unwrap().1, [4]);
        assert_eq!(begun(&mut lines).unwrap().1, [1, 2, 3]);
        assert_eq!(begun(&mut lines), None);
    }

    /// Begins what may begin, all of it waiting for the network.
    async fn hung(lines: &mut Lines) -> Vec<tokio::task::JoinHandle<()>> {
        let mut hung = Vec::new();
        while let Some(Line { waits, .. }) = lines.next() {
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
    async fn lines_that_wait_for_the_network_leave_their_places_to_others() {
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for (number, host) in (0..).zip(["x", "y", "z"]) {
            let rows = (0..512).map(|n| row(number * 1_000 + n, host, &format!("{host} {n}")));
            lines.add(rows.collect());
            all.extend(hung(&mut lines).await);
            lines.look_around();
        }
        // The third was given little room, since the others had taken much.
        assert_eq!(all.len(), 2 * LINES_OF_A_HOST + FEW_LINES);
        assert!(lines.has_room());
        let full = lines.full_hosts();
        assert!(full.contains("x") && full.contains("y"), "{full:?}");
        lines.add(vec![row(-1, "good", "g")]);
        let next = [begun(&mut lines), begun(&mut lines)].map(|line| line.unwrap().1);
        assert!(next.contains(&vec![-1]), "{next:?}");
        for line in all {
            line.abort();
            let _ = line.await;
        }
        lines.look_around();
        assert!(lines.full_hosts().is_empty());
    }

    #[test]
    fn the_bytes_of_a_host_are_counted() {
        let mut lines = Lines::default();
        let large = |id: i64| Inbound {
            body: Some("x".repeat(1 << 20)),
            ..row(id, "large", &id.to_string())
        };
        lines.add((0..8).map(large).collect());
        assert!(lines.full_hosts().contains("large") && lines.has_room());
        let (first, _) = begun(&mut lines).unwrap();
        lines.end(first);
        assert!(lines.full_hosts().is_empty());
    }
}

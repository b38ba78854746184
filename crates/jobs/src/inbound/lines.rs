//! What is held in memory: the claimed activities, in a line for each order key. A line is at
//! work or not; the rows that come meanwhile wait for its next turn. Pure.

use federation::seam::Federation;
use model::InboundId;
use std::collections::{HashMap, VecDeque};
use store::queue::inbound::Claim;
use store::row::Inbound;

/// Rows held at most.
const HELD: usize = 1_024;
/// Rows of one host held at most: some of the room is always another's.
const HELD_OF_A_HOST: usize = 512;
/// Lines of one host at work at most: those of a server that does not answer our questions take
/// their time. Many, because each waits for the disk before the next of its key begins.
const LINES_OF_A_HOST: usize = 256;

/// A line that begins.
#[derive(Debug)]
pub(super) struct Line {
    pub number: u64,
    pub rows: Vec<Inbound>,
}

#[derive(Debug)]
struct AtWork {
    key: String,
    host: String,
    ids: Vec<InboundId>,
}

/// Everything held.
#[derive(Debug, Default)]
pub(super) struct Lines {
    held: HashMap<InboundId, String>,
    waiting: HashMap<String, VecDeque<Inbound>>,
    /// Keys whose rows wait and that are not at work, by turn, host by host.
    turns: HashMap<String, VecDeque<String>>,
    /// Hosts that have such keys and not too many lines at work already, by turn.
    hosts: VecDeque<String>,
    at_work: HashMap<u64, AtWork>,
    /// Keys at work.
    busy: HashMap<String, u64>,
    /// Lines at work of each host.
    of_host: HashMap<String, usize>,
    last: u64,
}

impl Lines {
    /// It is worth claiming more.
    pub(super) fn has_room(&self) -> bool {
        self.held.len() <= HELD / 2
    }

    /// What is held.
    pub(super) fn held(&self) -> Vec<InboundId> {
        self.held.keys().copied().collect()
    }

    /// What to ask for.
    pub(super) fn ask(&self, fed: &Federation, after: &str) -> Claim {
        Claim {
            now: fed.ops().now(),
            lease: None,
            held: self.held.clone(),
            after: after.to_owned(),
            limit: HELD.saturating_sub(self.held.len()),
            of_a_host: HELD_OF_A_HOST,
        }
    }

    /// Puts claimed rows in their lines, in the order given.
    pub(super) fn add(&mut self, rows: Vec<Inbound>) {
        for row in rows {
            self.held.insert(row.id, row.host.clone());
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
        let busy = self.of_host.get(&host).copied().unwrap_or(0);
        if turns.len() == 1 && busy < LINES_OF_A_HOST {
            self.hosts.push_back(host);
        }
    }

    /// The next line that may begin: the hosts in turn, but those that have too many at work.
    pub(super) fn next(&mut self) -> Option<Line> {
        let host = self.hosts.pop_front()?;
        let turns = self.turns.get_mut(&host)?;
        let key = turns.pop_front()?;
        let more = !turns.is_empty();
        if !more {
            self.turns.remove(&host);
        }
        let busy = self.of_host.entry(host.clone()).or_default();
        *busy += 1;
        if more && *busy < LINES_OF_A_HOST {
            self.hosts.push_back(host.clone());
        }
        let rows = self.waiting.remove(&key).unwrap_or_default();
        self.last += 1;
        let number = self.last;
        let ids = rows.iter().map(|row| row.id).collect();
        self.busy.insert(key.clone(), number);
        self.at_work.insert(number, AtWork { key, host, ids });
        let rows = rows.into();
        Some(Line { number, rows })
    }

    /// A line has ended: what it held is finished or put off.
    pub(super) fn end(&mut self, number: u64) {
        let Some(AtWork { key, host, ids }) = self.at_work.remove(&number) else {
            return;
        };
        for id in ids {
            self.held.remove(&id);
        }
        let busy = self.of_host.get(&host).copied().unwrap_or(1);
        if busy == LINES_OF_A_HOST && self.turns.contains_key(&host) {
            self.hosts.push_back(host.clone());
        }
        if busy > 1 {
            self.of_host.insert(host.clone(), busy - 1);
        } else {
            self.of_host.remove(&host);
        }
        self.busy.remove(&key);
        if self.waiting.contains_key(&key) {
            self.queue(host, key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
}

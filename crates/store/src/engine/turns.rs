//! Who is next at the writer that commits many together: those at the door go before the patient,
//! which is work that is safe already. While much arrives the patient have a fixed share of the
//! writer's time, so that a burst is kept soon and they never wait for its end.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The patient are served for so long at most before those at the door have their turn.
const SLICE: Duration = Duration::from_millis(8);
/// During a rush for so long at most, and not for less: each time ends in a commit.
const MOST: Duration = Duration::from_millis(3);
const LEAST: Duration = Duration::from_millis(1);
/// So many arrivals [`LATELY`] are a rush: 800 a second.
const RUSH: usize = 16;
const LATELY: Duration = Duration::from_millis(20);
/// During a rush one part in so many of the time is the patient's.
const PARTS: u32 = 4;

/// Why somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Something came in that is to be kept.
    Arrival,
    /// A person, or a loop of ours, waits for the answer.
    Ordinary,
    /// It is done when there is time, in order among its like.
    Patient,
}

/// The two lines before the writer. They have no bound of their own: each entry is a caller who
/// waits for the answer.
pub(super) struct Turns<T> {
    lines: Mutex<Lines<T>>,
    wake: Condvar,
}

struct Lines<T> {
    prompt: VecDeque<T>,
    patient: VecDeque<T>,
    rush: Rush,
    open: bool,
}

impl<T> Turns<T> {
    pub(super) fn new() -> Self {
        Self {
            lines: Mutex::new(Lines {
                prompt: VecDeque::new(),
                patient: VecDeque::new(),
                rush: Rush::new(Instant::now()),
                open: true,
            }),
            wake: Condvar::new(),
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines<T>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False when the lines are closed; the item is dropped.
    pub(super) fn push(&self, turn: Turn, item: T) -> bool {
        let mut lines = self.lines();
        if !lines.open {
            return false;
        }
        match turn {
            Turn::Arrival => {
                lines.rush.arrival(Instant::now());
                lines.prompt.push_back(item);
            }
            Turn::Ordinary => lines.prompt.push_back(item),
            Turn::Patient => lines.patient.push_back(item),
        }
        drop(lines);
        self.wake.notify_one();
        true
    }

    /// Waits until it is somebody's turn; answers how long the patient may be served first. `None`
    /// when closed and empty.
    pub(super) fn next_turn(&self) -> Option<Duration> {
        let mut lines = self.lines();
        loop {
            let now = Instant::now();
            let pause = match lines.rush.allows(now) {
                Ok(slice) if !lines.patient.is_empty() => return Some(slice),
                Err(_) if !lines.open && !lines.patient.is_empty() => return Some(SLICE),
                Ok(_) => None,
                Err(pause) => Some(pause),
            };
            if !lines.prompt.is_empty() {
                return Some(Duration::ZERO);
            }
            if !lines.open {
                return None;
            }
            lines = match pause.filter(|_| !lines.patient.is_empty()) {
                Some(pause) => {
                    let woken = self.wake.wait_timeout(lines, pause);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self
                    .wake
                    .wait(lines)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// The first of the patient.
    pub(super) fn next_patient(&self) -> Option<T> {
        self.lines().patient.pop_front()
    }

    /// The first at the door.
    pub(super) fn next_prompt(&self) -> Option<T> {
        self.lines().prompt.pop_front()
    }

    /// The patient were served for so long.
    pub(super) fn served_patient(&self, took: Duration) {
        self.lines().rush.served_patient(took);
    }

    /// Nothing more is taken in; what waits is still served.
    pub(super) fn close(&self) {
        self.lines().open = false;
        self.wake.notify_all();
    }
}

/// Whether much arrives, and what is left of the patient's share meanwhile.
struct Rush {
    arrivals: VecDeque<Instant>,
    left: Duration,
    counted: Instant,
}

impl Rush {
    fn new(now: Instant) -> Self {
        Self {
            arrivals: VecDeque::with_capacity(RUSH),
            left: SLICE,
            counted: now,
        }
    }

    fn arrival(&mut self, now: Instant) {
        if self.arrivals.len() == RUSH {
            self.arrivals.pop_front();
        }
        self.arrivals.push_back(now);
    }

    fn is_on(&self, now: Instant) -> bool {
        let first = self.arrivals.front();
        self.arrivals.len() == RUSH
            && first.is_some_and(|first| now.saturating_duration_since(*first) < LATELY)
    }

    /// How long the patient may be served now, or after how long they may.
    fn allows(&mut self, now: Instant) -> Result<Duration, Duration> {
        let gained = now.saturating_duration_since(self.counted) / PARTS;
        self.counted = now;
        self.left = if self.is_on(now) {
            (self.left + gained).min(MOST)
        } else {
            SLICE
        };
        match LEAST.checked_sub(self.left) {
            Some(missing) if !missing.is_zero() => Err(missing * PARTS),
            Some(_) | None => Ok(self.left),
        }
    }

    fn served_patient(&mut self, took: Duration) {
        self.left = self.left.saturating_sub(took);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a writer that never rests: how much of it the patient have.
    fn of_a_second(arrivals_each_ms: usize) -> Duration {
        let (mut now, mut had) = (Instant::now(), Duration::ZERO);
        let (mut rush, end) = (Rush::new(now), now + Duration::from_secs(1));
        let ms = Duration::from_millis(1);
        while now < end {
            for _ in 0..arrivals_each_ms {
                rush.arrival(now);
            }
            let slice = rush.allows(now).unwrap_or_default();
            rush.served_patient(slice);
            (now, had) = (now + slice.max(ms), had + slice);
            // What arrived meanwhile.
            for _ in 0..arrivals_each_ms * usize::try_from(slice.as_millis()).unwrap() {
                rush.arrival(now);
            }
        }
        had
    }

    #[test]
    fn the_patient_have_their_share_of_a_rush_and_all_of_the_rest() {
        let share = Duration::from_secs(1) / PARTS;
        let had = of_a_second(4);
        assert!(
            had > share.mul_f64(0.9) && had < share.mul_f64(1.1),
            "{had:?}"
        );
        assert!(of_a_second(0) >= Duration::from_secs(1));
    }

    #[test]
    fn those_at_the_door_go_first_once_the_slice_is_used_up() {
        let turns = Turns::new();
        assert!(turns.push(Turn::Patient, "patient"));
        assert_eq!(turns.next_turn(), Some(SLICE), "nobody else is here");
        for _ in 0..RUSH {
            assert!(turns.push(Turn::Arrival, "arrival"));
        }
        turns.served_patient(SLICE);
        assert_eq!(turns.next_turn(), Some(Duration::ZERO));
        assert_eq!(turns.next_prompt(), Some("arrival"));
        assert_eq!(turns.next_patient(), Some("patient"));
    }

    #[test]
    fn what_waits_is_served_after_the_close_and_then_nothing() {
        let turns = Turns::new();
        assert!(turns.push(Turn::Ordinary, 1) && turns.push(Turn::Patient, 2));
        turns.close();
        assert!(!turns.push(Turn::Ordinary, 3));
        assert!(turns.next_turn().is_some());
        assert_eq!(
            (turns.next_patient(), turns.next_prompt()),
            (Some(2), Some(1))
        );
        assert_eq!(turns.next_turn(), None);
    }
}

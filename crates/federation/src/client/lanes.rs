//! At most four requests to a host at a time, so that no peer can hold up the others and no
//! peer is crowded by us.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests to one host at a time.
pub(super) const IN_FLIGHT: usize = 4;

/// Beyond so many lanes, the empty ones are taken away.
const KEPT: usize = 512;

/// One lane for each host, made when first used.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Lanes {
    /// Waits for a place; it is free again when the permit is dropped. `None` cannot happen:
    /// lanes are never closed.
    pub(super) async fn enter(&self, authority: &str) -> Option<OwnedSemaphorePermit> {
        let lane = self.lane(authority);
        lane.acquire_owned().await.ok()
    }

    fn lane(&self, authority: &str) -> Arc<Semaphore> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= KEPT {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let lane = lanes.entry(authority.to_owned());
        Arc::clone(lane.or_insert_with(|| Arc::new(Semaphore::new(IN_FLIGHT))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_fifth_waits_for_a_place() {
        let lanes = Lanes::default();
        let mut inside = Vec::new();
        for _ in 0..IN_FLIGHT {
            inside.push(lanes.enter("a.test").await.unwrap());
        }
        let lane = lanes.lane("a.test");
        assert_eq!(lane.available_permits(), 0);
        assert!(
            lanes.enter("b.test").await.is_some(),
            "another host is not held up"
        );
        inside.pop();
        assert_eq!(lane.available_permits(), 1);
    }

    #[tokio::test]
    async fn empty_lanes_are_taken_away() {
        let lanes = Lanes::default();
        let held = lanes.enter("held.test").await;
        for n in 0..KEPT * 2 {
            lanes.enter(&format!("{n}.test")).await;
        }
        assert!(lanes.0.lock().unwrap().len() <= KEPT);
        assert!(held.is_some() && lanes.0.lock().unwrap().contains_key("held.test"));
    }
}

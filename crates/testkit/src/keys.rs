//! Key pairs, generated once in a build and reused, because generating one takes longer than most tests.

use domain::keys::KeyPair;
use domain::testing::cached_keys;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of pairs for actors of instances.
const POOL: usize = 6;

static ACTORS: Mutex<Vec<KeyPair>> = Mutex::new(Vec::new());
static STRANGERS: Mutex<Vec<KeyPair>> = Mutex::new(Vec::new());

/// Returns a pair for an actor of an instance; others may have the same.
pub(crate) fn actor() -> KeyPair {
    static TURN: AtomicUsize = AtomicUsize::new(0);
    pooled(
        &ACTORS,
        "actor",
        TURN.fetch_add(1, Ordering::Relaxed) % POOL,
    )
}

/// Returns a pair that no instance's actor has.
pub(crate) fn stranger(number: usize) -> KeyPair {
    pooled(&STRANGERS, "stranger", number)
}

fn pooled(pool: &Mutex<Vec<KeyPair>>, name: &str, number: usize) -> KeyPair {
    let mut pool = pool.lock().unwrap();
    while pool.len() <= number {
        let keys = cached_keys(&format!("{name}-{}", pool.len()));
        pool.push(keys.unwrap());
    }
    pool[number].clone()
}

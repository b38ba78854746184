//! Key pairs, made once in a process and used again: making one takes longer than a whole story.

use domain::keys::KeyPair;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Pairs kept for actors of instances.
const POOL: usize = 6;

static ACTORS: Mutex<Vec<KeyPair>> = Mutex::new(Vec::new());
static STRANGERS: Mutex<Vec<KeyPair>> = Mutex::new(Vec::new());

/// A pair for an actor of an instance; others may have the same.
pub(crate) fn actor() -> KeyPair {
    static TURN: AtomicUsize = AtomicUsize::new(0);
    pooled(&ACTORS, TURN.fetch_add(1, Ordering::Relaxed) % POOL)
}

/// A pair that no instance's actor has.
pub(crate) fn stranger(number: usize) -> KeyPair {
    pooled(&STRANGERS, number)
}

fn pooled(pool: &Mutex<Vec<KeyPair>>, number: usize) -> KeyPair {
    let mut pool = pool.lock().unwrap();
    while pool.len() <= number {
        pool.push(domain::keys::generate().unwrap());
    }
    pool[number].clone()
}

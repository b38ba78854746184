//! The statements that a test's database runs, so that a test can say what a page costs.

use super::{run, sqlite};
use crate::Store;
use diesel::connection::InstrumentationEvent;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

/// The statements of each watched database, by its URL: tests may share a process.
static RUN: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

fn watched() -> MutexGuard<'static, HashMap<String, Vec<String>>> {
    RUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one database ran.
pub struct Statements {
    url: String,
}

impl Statements {
    /// Returns what ran since the last call, in order, without what begins and ends transactions
    /// and sets connections up.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        watched()
            .get_mut(&self.url)
            .map(std::mem::take)
            .unwrap_or_default()
    }
}

impl Drop for Statements {
    fn drop(&mut self) {
        watched().remove(&self.url);
    }
}

/// Runs a test on a fresh SQLite store whose statements are recorded.
pub fn on_watched_sqlite<F: Future<Output = ()>>(test: impl FnOnce(Store, Statements) -> F) {
    let fresh = sqlite();
    let url = fresh.url().to_owned();
    watched().insert(url.clone(), Vec::new());
    run(&fresh, |store| test(store, Statements { url }));
}

/// Records a statement that a connection begins, where its database is watched.
pub(crate) fn record(url: &str, event: &InstrumentationEvent<'_>) {
    let InstrumentationEvent::StartQuery { query, .. } = event else {
        return;
    };
    if let Some(statements) = watched().get_mut(url) {
        let query = query.to_string();
        if is_work(&query) {
            statements.push(query);
        }
    }
}

fn is_work(query: &str) -> bool {
    const CONTROL: [&str; 6] = [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "PRAGMA",
    ];
    !CONTROL.iter().any(|word| query.starts_with(word))
}

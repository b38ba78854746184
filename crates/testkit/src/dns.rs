//! The DNS resolver of a test: names that resolve to another address each time. Unlike the network's
//! own host names, its answers are checked by the guard.

use client::DnsLookup;
use futures::FutureExt;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// An address that counts as public: the guard of every instance allows it and no other of this
/// machine.
pub(crate) const PUBLIC: &str = "127.0.0.2";

/// The answers for each name, in order; the last one repeats.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangingNames(Arc<Mutex<HashMap<String, Name>>>);

#[derive(Debug, Default)]
struct Name {
    answers: Vec<Vec<SocketAddr>>,
    lookups: usize,
}

impl ChangingNames {
    /// Sets the answers for a name.
    pub(crate) fn set(&self, name: &str, answers: Vec<Vec<SocketAddr>>) {
        let name_of = Name {
            answers,
            lookups: 0,
        };
        self.0.lock().unwrap().insert(name.to_owned(), name_of);
    }

    /// How often a name was looked up.
    pub(crate) fn lookups(&self, name: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .get(name)
            .map_or(0, |name| name.lookups)
    }

    /// Returns the lookup for an instance's client; other names are not found.
    pub(crate) fn lookup(&self) -> DnsLookup {
        let changing = self.clone();
        Arc::new(move |host| {
            let found = changing.next(&host).ok_or(io::ErrorKind::NotFound.into());
            async move { found }.boxed()
        })
    }

    fn next(&self, host: &str) -> Option<Vec<SocketAddr>> {
        let mut names = self.0.lock().unwrap();
        let name = names.get_mut(host)?;
        let nth = name.lookups.min(name.answers.len().saturating_sub(1));
        name.lookups += 1;
        name.answers.get(nth).cloned()
    }
}

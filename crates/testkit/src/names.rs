//! The resolver of a story: names that lead somewhere else each time they are asked. Unlike the
//! network's own names, what it answers is looked at by the guard.

use client::DnsLookup;
use futures::FutureExt;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// Stands for a public address: the guard of every instance lets it be reached, and nothing else of
/// this machine.
pub(crate) const PUBLIC: &str = "127.0.0.2";

/// Where each name leads, one time after another; the last answer stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wandering(Arc<Mutex<HashMap<String, Name>>>);

#[derive(Debug, Default)]
struct Name {
    answers: Vec<Vec<SocketAddr>>,
    asked: usize,
}

impl Wandering {
    /// Gives a name its answers.
    pub(crate) fn lead(&self, name: &str, answers: Vec<Vec<SocketAddr>>) {
        let name_of = Name { answers, asked: 0 };
        self.0.lock().unwrap().insert(name.to_owned(), name_of);
    }

    /// How often a name was asked for.
    pub(crate) fn asked(&self, name: &str) -> usize {
        self.0
            .lock()
            .unwrap()
            .get(name)
            .map_or(0, |name| name.asked)
    }

    /// Returns the lookup for an instance's client; other names are not found.
    pub(crate) fn lookup(&self) -> DnsLookup {
        let wandering = self.clone();
        Arc::new(move |host| {
            let found = wandering.next(&host).ok_or(io::ErrorKind::NotFound.into());
            async move { found }.boxed()
        })
    }

    fn next(&self, host: &str) -> Option<Vec<SocketAddr>> {
        let mut names = self.0.lock().unwrap();
        let name = names.get_mut(host)?;
        let nth = name.asked.min(name.answers.len().saturating_sub(1));
        name.asked += 1;
        name.answers.get(nth).cloned()
    }
}

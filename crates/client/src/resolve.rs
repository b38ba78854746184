//! Resolves host names to the addresses that the guard allows. The check is made here, on the addresses
//! that are connected to, so that a name which resolves differently the next time (DNS rebinding) gains
//! nothing.

use super::guard::{Blocked, Guard};
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

/// Hosts at fixed addresses and ports, which may change while running: instances in one process reach
/// each other by it, as `http://alpha.test/` without a port. The guard does not check these addresses.
#[derive(Debug, Clone, Default)]
pub struct HostMap(Arc<RwLock<HashMap<String, SocketAddr>>>);

impl HostMap {
    /// Creates an empty map.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the address of a host (without port).
    pub fn insert(&self, host: &str, address: SocketAddr) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        map.insert(host.to_ascii_lowercase(), address);
    }

    /// Removes a host.
    pub fn remove(&self, host: &str) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        map.remove(&host.to_ascii_lowercase());
    }

    /// Returns the address of a host.
    #[must_use]
    pub fn get(&self, host: &str) -> Option<SocketAddr> {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.get(&host.to_ascii_lowercase()).copied()
    }
}

/// Resolves a host name to addresses, which the guard then checks; port 0 means the URL's.
pub type DnsLookup =
    Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Returns a lookup by the system's resolver.
pub(super) fn system() -> DnsLookup {
    let lookup = |host: String| async move {
        let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
        Ok(found.collect())
    };
    Arc::new(move |host| lookup(host).boxed())
}

/// Resolves a name by the host map, as `*.localhost`, or by DNS; the guard checks the last two.
#[derive(Clone)]
pub(super) struct Resolver {
    guard: Guard,
    host_map: Option<HostMap>,
    dns: DnsLookup,
}

impl Resolver {
    pub(super) fn new(guard: Guard, host_map: Option<HostMap>, dns: DnsLookup) -> Self {
        Self {
            guard,
            host_map,
            dns,
        }
    }

    /// Returns the allowed addresses of a host. Port 0 means the URL's; a mapped host's port is used
    /// where the URL has none.
    async fn addresses(
        self,
        host: String,
    ) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        if let Some(address) = self.host_map.as_ref().and_then(|map| map.get(&host)) {
            return Ok(vec![address]);
        }
        let name = host.trim_end_matches('.');
        let found: Vec<SocketAddr> = if name == "localhost" || name.ends_with(".localhost") {
            vec![
                (Ipv4Addr::LOCALHOST, 0).into(),
                (Ipv6Addr::LOCALHOST, 0).into(),
            ]
        } else {
            (self.dns)(host.clone()).await?
        };
        let known = !found.is_empty();
        let allowed = |address: &SocketAddr| self.guard.address_allowed(&host, address.ip());
        let usable: Vec<SocketAddr> = found.into_iter().filter(allowed).collect();
        if known && usable.is_empty() {
            return Err(Blocked::Private(host).into());
        }
        Ok(usable)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.clone().addresses(name.as_str().to_ascii_lowercase());
        Box::pin(async move { Ok(Box::new(lookup.await?.into_iter()) as Addrs) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(
        guard: Guard,
        map: Option<HostMap>,
        host: &str,
    ) -> Result<Vec<SocketAddr>, String> {
        let resolver = Resolver::new(guard, map, system());
        let found = resolver.addresses(host.to_owned()).await;
        found.map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_mapped_name_resolves_by_the_map() {
        let map = HostMap::new();
        let at: SocketAddr = "127.0.0.1:4001".parse().unwrap();
        map.insert("Alpha.test", at);
        let found = resolve(Guard::default(), Some(map.clone()), "alpha.test").await;
        assert_eq!(found.unwrap(), [at]);
        map.remove("alpha.test");
        assert_eq!(map.get("alpha.test"), None);
    }

    #[tokio::test]
    async fn localhost_is_resolved_here_and_checked() {
        let blocked = resolve(Guard::default(), None, "alliance.localhost").await;
        assert_eq!(
            blocked.unwrap_err(),
            "alliance.localhost is not at a public address"
        );
        let guard = Guard {
            allow_private: vec!["127.0.0.0/8".parse().unwrap()],
            ..Guard::default()
        };
        let found = resolve(guard, None, "alliance.localhost").await.unwrap();
        assert_eq!(found, ["127.0.0.1:0".parse().unwrap()]);
        let guard = Guard {
            allow_private: vec!["*.localhost".parse().unwrap()],
            ..Guard::default()
        };
        assert_eq!(
            resolve(guard, None, "alliance.localhost")
                .await
                .unwrap()
                .len(),
            2
        );
    }
}

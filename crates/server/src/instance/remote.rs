//! Implements [`Remote`], the look-ups that pages and API need, with the federation engine.

use async_trait::async_trait;
use federation::context::Federation;
use federation::fetch::{self, FetchFailure};
use federation::identity::Query;
use federation::import::{self, lookup};
use httpkit::api_error::log_fault;
use httpkit::{Remote, RemoteObject};
use model::{ActorId, Refusal, Why};

/// Looks up remote actors and posts with the federation engine.
pub(super) struct FederatedRemote {
    federation: Federation,
}

impl FederatedRemote {
    pub(super) const fn new(federation: Federation) -> Self {
        Self { federation }
    }
}

#[async_trait]
impl Remote for FederatedRemote {
    async fn look_up(&self, text: &str) -> Result<RemoteObject, Refusal> {
        let query = Query::parse(text).ok_or(Refusal::invalid("q", Why::Malformed))?;
        let host = match &query {
            Query::Url(url) => url.host_str().unwrap_or_default().to_owned(),
            Query::Group(a) | Query::Person(a) | Query::Either(a) => a.host.clone(),
        };
        match lookup(&self.federation, &query).await {
            Ok(import::LookupResult::Actor(id)) => Ok(RemoteObject::Actor(id)),
            Ok(import::LookupResult::Post(id)) => Ok(RemoteObject::Post(id)),
            Err(failure) => Err(refusal(failure, host)),
        }
    }

    fn home_host(&self, home: &str) -> Option<String> {
        import::home_account(home).map(|account| account.host)
    }

    async fn follow_page(&self, home: &str, object: &str) -> Result<String, Refusal> {
        let account =
            import::home_account(home).ok_or(Refusal::invalid("server", Why::Malformed))?;
        let page = import::follow_page(&self.federation, &account, object).await;
        page.map(String::from)
            .map_err(|failure| refusal(failure, account.host))
    }

    async fn also_known_as(&self, who: ActorId) -> Result<Vec<String>, Refusal> {
        let names = fetch::also_known_as(&self.federation, who).await;
        names.map_err(|failure| refusal(failure, String::new()))
    }
}

/// Converts a failed look-up to the refusal that the person gets.
fn refusal(failure: FetchFailure, host: String) -> Refusal {
    tracing::info!(%failure, %host, "look-up failed");
    match failure.into_error(&host) {
        domain::Error::Refused(refusal) => refusal,
        fault @ domain::Error::Fault(_) => {
            log_fault(&fault);
            Refusal::Unreachable { host }
        }
    }
}

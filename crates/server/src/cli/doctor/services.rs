//! What others provide or ask for: the providers of single sign-on, and the key for push services.

use client::{Client, ClientConfig};
use model::{Clock, SystemClock};
use oidc::Provider;
use std::sync::Arc;

use super::{AGENT, Finding};
use crate::config::{Config, Oidc, providers};

/// Fetches the description of each provider, within the guard of its section.
pub(super) async fn sign_in(config: &Config) -> Vec<Finding> {
    // Mistakes in the sections are reported with the rest of the configuration.
    let configured = providers(&config.oidc).unwrap_or_default();
    let mut findings = Vec::new();
    for (provider, guard) in configured
        .into_iter()
        .zip(config.oidc.iter().map(Oidc::guard))
    {
        let (key, issuer) = (provider.key.clone(), provider.issuer.clone());
        let now = Arc::new(|| SystemClock.now().utc());
        let reached = match Client::new(ClientConfig::new(guard, AGENT, now)) {
            Ok(client) => {
                let provider = Provider::new(provider, client);
                let reached = provider.reach(SystemClock.now().utc()).await;
                reached.map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        findings.push(match reached {
            Ok(()) => Finding::ok("sign-in", format!("{key}: {issuer} answers")),
            Err(error) => Finding::fail(
                "sign-in",
                format!("{key}: {issuer}: {error}"),
                "correct issuer in [[oidc]], or see whether this machine may connect to it",
            ),
        });
    }
    findings
}

/// Whether the instance has its key for push services; the server makes it when it starts.
pub(super) async fn push(ops: &domain::Ops) -> Finding {
    match ops.store().read(query::notice_push::key).await {
        Ok(Some(_)) => Finding::ok("push", "the key for push services is there"),
        Ok(None) => Finding::warn(
            "push",
            "there is no key for push services yet",
            "start the server once, which makes it",
        ),
        Err(error) => Finding::fail("push", error.to_string(), "see the message"),
    }
}

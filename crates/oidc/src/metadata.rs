//! A provider's description and keys: fetched when they are needed, kept for an hour, and longer while the provider
//! does not answer.

use crate::SignInError;
use crate::provider::Provider;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{DiscoveryError, IssuerUrl};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Seconds after which they are fetched again.
const FRESH_SECONDS: i64 = 3_600;
/// Seconds after which they may be fetched again for a key that is not among them, or after a failure.
const RETRY_SECONDS: i64 = 60;
/// Seconds for which they are used while the provider does not answer: a day.
const STALE_SECONDS: i64 = 86_400;

/// What is known of a provider.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) metadata: Arc<CoreProviderMetadata>,
    fetched_at: DateTime<Utc>,
}

/// What was fetched, and how that went last.
#[derive(Default)]
pub(crate) struct Cache {
    found: Mutex<Found>,
    /// Held while something is fetched, which happens once at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Found {
    known: Option<Known>,
    failed: Option<(DateTime<Utc>, SignInError)>,
}

fn is_within(now: DateTime<Utc>, at: DateTime<Utc>, seconds: i64) -> bool {
    (now - at).abs() < TimeDelta::seconds(seconds)
}

impl Found {
    /// What is answered without fetching anything; `None` where it must be fetched.
    fn answer(&self, now: DateTime<Utc>, max_age: i64) -> Option<Result<Known, SignInError>> {
        let usable = |known: &&Known, age| is_within(now, known.fetched_at, age);
        if let Some(known) = self.known.as_ref().filter(|known| usable(known, max_age)) {
            return Some(Ok(known.clone()));
        }
        let (_, error) = self
            .failed
            .as_ref()
            .filter(|(at, _)| is_within(now, *at, RETRY_SECONDS))?;
        let stale = self
            .known
            .as_ref()
            .filter(|known| usable(known, STALE_SECONDS));
        Some(stale.cloned().ok_or_else(|| error.clone()))
    }
}

impl Provider {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.cache
            .found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The provider's description and keys, at most an hour old while it answers.
    pub(crate) async fn known(&self, now: DateTime<Utc>) -> Result<Known, SignInError> {
        self.at_most(now, FRESH_SECONDS).await
    }

    /// The same, fetched again for a key that is not among them, at most once a minute.
    pub(crate) async fn refreshed(&self, now: DateTime<Utc>) -> Result<Known, SignInError> {
        self.at_most(now, RETRY_SECONDS).await
    }

    async fn at_most(&self, now: DateTime<Utc>, max_age: i64) -> Result<Known, SignInError> {
        if let Some(answer) = self.found().answer(now, max_age) {
            return answer;
        }
        let _one_at_a_time = self.cache.fetching.lock().await;
        if let Some(answer) = self.found().answer(now, max_age) {
            return answer;
        }
        let fetched = self.discover(now).await;
        let mut found = self.found();
        match fetched {
            Ok(known) => {
                found.failed = None;
                found.known = Some(known.clone());
                Ok(known)
            }
            Err(error) => {
                tracing::warn!(provider = self.config.key, %error, "discovery failed");
                found.failed = Some((now, error.clone()));
                found.answer(now, max_age).unwrap_or(Err(error))
            }
        }
    }

    async fn discover(&self, now: DateTime<Utc>) -> Result<Known, SignInError> {
        let issuer = IssuerUrl::new(self.config.issuer.clone());
        let issuer = issuer.map_err(|error| SignInError::Unavailable(error.to_string()))?;
        let http = self.http();
        let found = CoreProviderMetadata::discover_async(issuer, &http).await;
        let metadata = found.map_err(|error| match error {
            DiscoveryError::Request(error) => error.into(),
            DiscoveryError::Validation(why) => SignInError::Issuer(why),
            other => SignInError::Unavailable(other.to_string()),
        })?;
        Ok(Known {
            metadata: Arc::new(metadata),
            fetched_at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn known(fetched_at: DateTime<Utc>) -> Known {
        let text = r#"{"issuer":"https://login.example","authorization_endpoint":"https://login.example/a",
            "jwks_uri":"https://login.example/k","response_types_supported":["code"],
            "subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}"#;
        Known {
            metadata: Arc::new(serde_json::from_str(text).unwrap()),
            fetched_at,
        }
    }

    #[test]
    fn a_failure_is_remembered_and_old_keys_serve_meanwhile() {
        let mut found = Found::default();
        assert!(found.answer(at(0), FRESH_SECONDS).is_none(), "nothing yet");
        let error = SignInError::Unavailable("down".to_owned());
        found.failed = Some((at(0), error.clone()));
        let answer = found.answer(at(59), FRESH_SECONDS);
        assert_eq!(answer.map(|answer| answer.err()), Some(Some(error.clone())));
        assert!(found.answer(at(61), FRESH_SECONDS).is_none(), "tried again");

        found.known = Some(known(at(0)));
        assert!(matches!(
            found.answer(at(3_000), FRESH_SECONDS),
            Some(Ok(_))
        ));
        assert!(
            found.answer(at(3_000), RETRY_SECONDS).is_none(),
            "for a new key"
        );
        found.failed = Some((at(4_000), error.clone()));
        assert!(matches!(
            found.answer(at(4_010), FRESH_SECONDS),
            Some(Ok(_))
        ));
        found.failed = Some((at(90_000), error));
        let old = found.answer(at(90_010), FRESH_SECONDS);
        assert!(matches!(old, Some(Err(_))), "a day is too long");
    }
}

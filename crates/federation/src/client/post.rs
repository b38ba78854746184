//! POST: handing an activity to an inbox, signed, and telling a server in trouble from one
//! that does not like this activity.

use super::error::{FetchError, PostError};
use super::{Client, body};
use crate::identity::authority;
use crate::signature::{Outgoing, SigningKey};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use model::peer::SignatureForm;
use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use std::time::{Duration, Instant};
use url::Url;

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The inbox has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// 200, 202 or another success.
    pub status: u16,
}

impl Client {
    /// Posts an activity's JSON to an inbox, with what there is to say of the followers on its server
    /// (the text of `Collection-Synchronization`). Redirects are not followed: a signature stands
    /// for one address. It is signed in the form that host took last; where that may be what it
    /// refuses, in the other one, once.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(
        &self,
        inbox: &Url,
        json: Bytes,
        key: &SigningKey,
        synchronization: Option<&str>,
    ) -> Result<Accepted, PostError> {
        let limit = self.shared.config.timeout;
        let late = || Err(PostError::peer(FetchError::Timeout.to_string()));
        tokio::time::timeout(limit, self.post_once(inbox, json, key, synchronization))
            .await
            .unwrap_or_else(|_| late())
    }

    async fn post_once(
        &self,
        inbox: &Url,
        json: Bytes,
        key: &SigningKey,
        synchronization: Option<&str>,
    ) -> Result<Accepted, PostError> {
        let shared = &self.shared;
        self.check(inbox)?;
        let host = authority(inbox).unwrap_or_default();
        let _place = shared.lanes.enter(&host).await;
        let form = shared.forms.of(&host).await;
        let first = self
            .post_in(form, inbox, json.clone(), key, synchronization)
            .await;
        match &first {
            Ok(_) => shared.forms.took(&host, form).await,
            Err(PostError::Activity { status, .. }) => {
                let now = shared.config.clock.now();
                if shared.forms.may_mean_the_form(&host, *status, now) {
                    let other = form.other();
                    let second = self.post_in(other, inbox, json, key, synchronization).await;
                    if refuses_the_form(&second) {
                        // The first answer is the one about what it usually takes.
                        shared.forms.took_neither(&host, now);
                        return first;
                    }
                    if second.is_ok() {
                        tracing::info!(
                            host,
                            form = other.as_str(),
                            "takes signatures of this form"
                        );
                        shared.forms.took(&host, other).await;
                    }
                    return second;
                }
            }
            Err(PostError::Blocked(_) | PostError::Peer { .. } | PostError::Gone) => {}
        }
        first
    }

    /// Posts once, signed in this form.
    async fn post_in(
        &self,
        form: SignatureForm,
        inbox: &Url,
        json: Bytes,
        key: &SigningKey,
        synchronization: Option<&str>,
    ) -> Result<Accepted, PostError> {
        let shared = &self.shared;
        // Signed only now, so that waiting does not age the date.
        let now = shared.config.clock.now().utc();
        let outgoing = Outgoing {
            method: "POST",
            url: inbox,
            body: Some(&json),
            content_type: Some(vocab::CONTENT_TYPE),
            synchronization,
        };
        let headers = outgoing.sign(form, key, now);
        let headers = headers.map_err(|error| PostError::Activity {
            status: 0,
            why: error.to_string(),
        })?;
        tracing::debug!(%inbox, form = form.as_str(), "POST");
        let host = authority(inbox).unwrap_or_default();
        let http = if shared.idle.may_stay(&host, Instant::now()) {
            &shared.http
        } else {
            &shared.brief
        };
        let request = http.post(inbox.clone()).headers(headers);
        let response = request
            .body(json)
            .send()
            .await
            .map_err(|e| PostError::of(&e))?;
        outcome(response, now).await
    }
}

/// As a server answers that does not believe a signature.
fn refuses_the_form(outcome: &Result<Accepted, PostError>) -> bool {
    matches!(
        outcome,
        Err(PostError::Activity {
            status: 400 | 401,
            ..
        })
    )
}

async fn outcome(mut response: Response, now: DateTime<Utc>) -> Result<Accepted, PostError> {
    let status = response.status();
    let retry_after = retry_after(&response, now);
    // Read in every case: a connection with an unread answer cannot be used again.
    let words = body::first_words(&mut response).await;
    match status.as_u16() {
        200..=299 => Ok(Accepted {
            status: status.as_u16(),
        }),
        410 => Err(PostError::Gone),
        429 | 502..=504 => Err(PostError::Peer {
            why: format!("{status} {words}").trim_end().to_owned(),
            retry_after,
        }),
        other => Err(PostError::Activity {
            status: other,
            why: words,
        }),
    }
}

/// `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3); at most a day.
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    read_retry_after(response.headers().get(RETRY_AFTER)?.to_str().ok()?, now)
}

fn read_retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let wait = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
            (date.with_timezone(&Utc) - now).to_std().ok()?
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_wait_is_at_most_a_day(text in "\\PC{0,30}|[0-9]{0,40}|[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{8} GMT") {
            let now: DateTime<Utc> = "2026-11-22T04:30:00Z".parse().unwrap();
            let wait = read_retry_after(&text, now);
            proptest::prop_assert!(wait.is_none_or(|wait| wait <= LONGEST_WAIT));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-22T04:30:00Z".parse().unwrap();
        let read = |text: &str| read_retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 22 Nov 2026 04:31:00 GMT"), Some(60));
        assert_eq!(read("Sun, 22 Nov 2026 04:29:00 GMT"), None);
        assert_eq!(read("99999999"), Some(86_400));
        assert_eq!(read("soon"), None);
    }
}

//! POST: handing an activity to an inbox, signed, and telling a server in trouble, or one that asks
//! for time, from one that does not like this activity.

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
use tokio::time::timeout;
use url::Url;

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// The status has said it all: so long for the words under it, and so much of the whole time is
/// kept back for them to end in.
const WORDS: Duration = Duration::from_secs(1);
const MARGIN: Duration = Duration::from_millis(100);

/// What is handed over.
#[derive(Debug, Clone)]
pub struct Parcel<'a> {
    /// The activity.
    pub json: Bytes,
    /// Who signs.
    pub key: &'a SigningKey,
    /// What there is to say of the followers on that server: the text of
    /// `Collection-Synchronization`.
    pub synchronization: Option<&'a str>,
    /// It may have arrived before. A 400 then says so, and nothing of the form of its signature.
    pub again: bool,
}

/// The inbox has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// 200, 202 or another success.
    pub status: u16,
}

impl Client {
    /// Posts an activity to an inbox. Redirects are not followed: a signature stands for one
    /// address. It is signed in the form that host took last; where that may be what it refuses,
    /// in the other one, once. What the server says counts from its status on, whether or not the
    /// rest of its answer ever comes.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(&self, inbox: &Url, parcel: Parcel<'_>) -> Result<Accepted, PostError> {
        let limit = self.shared.config.timeout;
        let until = Instant::now() + limit.saturating_sub(MARGIN);
        let late = || Err(PostError::Peer(FetchError::Timeout.to_string()));
        timeout(limit, self.post_once(inbox, parcel, until))
            .await
            .unwrap_or_else(|_| late())
    }

    async fn post_once(
        &self,
        inbox: &Url,
        parcel: Parcel<'_>,
        until: Instant,
    ) -> Result<Accepted, PostError> {
        let shared = &self.shared;
        self.check(inbox)?;
        let host = authority(inbox).unwrap_or_default();
        let _place = shared.lanes.enter(&host).await;
        let form = shared.forms.of(&host).await;
        let first = self.post_in(form, inbox, parcel.clone(), until).await;
        match &first {
            Ok(_) => shared.forms.took(&host, form).await,
            Err(PostError::Activity { status, .. }) => {
                let now = shared.config.clock.now();
                if shared.forms.may_mean_the_form(&host, *status, now) {
                    let other = form.other();
                    let second = self.post_in(other, inbox, parcel, until).await;
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
            Err(
                PostError::Blocked(_)
                | PostError::Peer(_)
                | PostError::Busy { .. }
                | PostError::Gone,
            ) => {}
        }
        first
    }

    /// Posts once, signed in this form.
    async fn post_in(
        &self,
        form: SignatureForm,
        inbox: &Url,
        parcel: Parcel<'_>,
        until: Instant,
    ) -> Result<Accepted, PostError> {
        let shared = &self.shared;
        // Signed only now, so that waiting does not age the date.
        let now = shared.config.clock.now().utc();
        let outgoing = Outgoing {
            method: "POST",
            url: inbox,
            body: Some(&parcel.json),
            content_type: Some(vocab::CONTENT_TYPE),
            synchronization: parcel.synchronization,
        };
        let headers = outgoing.sign(form, parcel.key, now);
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
            .body(parcel.json)
            .send()
            .await
            .map_err(|e| PostError::of(&e))?;
        outcome(response, now, until).await
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

/// What an answer means. 5xx (Cloudflare's 520–530 among them), 408 and 425 speak of the server; 429,
/// and whatever comes with `Retry-After`, ask for time; the rest speaks of this activity.
async fn outcome(
    mut response: Response,
    now: DateTime<Utc>,
    until: Instant,
) -> Result<Accepted, PostError> {
    let status = response.status();
    let retry_after = retry_after(&response, now);
    // Read in every case: a connection with an unread answer cannot be used again.
    let patience = WORDS.min(until.saturating_duration_since(Instant::now()));
    let words = timeout(patience, body::first_words(&mut response)).await;
    let words = words.unwrap_or_default();
    let named = || {
        let reason = status.canonical_reason().unwrap_or_default();
        let parts = [status.as_str(), reason, &words].into_iter();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    };
    match status.as_u16() {
        code @ 200..=299 => Ok(Accepted { status: code }),
        410 => Err(PostError::Gone),
        code if code == 429 || retry_after.is_some() => Err(PostError::Busy {
            why: named(),
            retry_after,
        }),
        408 | 425 | 500..=599 => Err(PostError::Peer(named())),
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

//! Sends signed POST requests and classifies the responses: failures of the whole server, requests to
//! wait, and refusals of the content.

use super::error::{FetchError, PostError};
use super::{Client, body};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName};
use httpsig::{RequestToSign, SignatureForm, SigningKey, authority};
use reqwest::Response;
use reqwest::header::RETRY_AFTER;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use url::Url;

/// The largest accepted `Retry-After`.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// The limit for reading a response's body: its status matters, the body only explains it.
const BODY_TIMEOUT: Duration = Duration::from_secs(1);
/// The part of the whole timeout that is reserved for ending that read.
const BODY_MARGIN: Duration = Duration::from_millis(100);

/// A body to post, with the key that signs it.
#[derive(Debug, Clone)]
pub struct SignedPost<'a> {
    pub body: Bytes,
    /// The body's media type.
    pub content_type: &'a str,
    pub key: &'a SigningKey,
    /// Further headers, covered by the signature.
    pub extra_headers: &'a [(HeaderName, String)],
}

/// The server accepted the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// 200, 202 or another success.
    pub status: u16,
}

impl Client {
    /// Posts a body. Redirects are not followed, since a signature is valid for one address. The
    /// request is signed in the form that the host accepted last; if the host may refuse that form,
    /// it is sent once more in the other one. The response's status counts even where the rest of the
    /// response never arrives.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post(&self, url: &Url, post: SignedPost<'_>) -> Result<Accepted, PostError> {
        let limit = self.shared.config.timeout;
        let until = Instant::now() + limit.saturating_sub(BODY_MARGIN);
        let timed_out = || Err(PostError::Peer(FetchError::Timeout.to_string()));
        timeout(limit, self.post_negotiated(url, post, until))
            .await
            .unwrap_or_else(|_| timed_out())
    }

    /// Posts a body without a signature, with all the headers that it needs. Redirects are not followed.
    ///
    /// # Errors
    /// [`PostError`].
    pub async fn post_unsigned(
        &self,
        url: &Url,
        body: Bytes,
        headers: HeaderMap,
    ) -> Result<Accepted, PostError> {
        let limit = self.shared.config.timeout;
        let until = Instant::now() + limit.saturating_sub(BODY_MARGIN);
        self.check(url)?;
        let sending = async {
            let host = authority(url).unwrap_or_default();
            let _permit = self.shared.host_limits.acquire(&host).await;
            tracing::debug!(host, "POST without a signature");
            let request = self.http_for(url).post(url.clone()).headers(headers);
            let response = request.body(body).send().await;
            classify(response.map_err(|e| PostError::of(&e))?, self.now(), until).await
        };
        let timed_out = || Err(PostError::Peer(FetchError::Timeout.to_string()));
        timeout(limit, sending)
            .await
            .unwrap_or_else(|_| timed_out())
    }

    async fn post_negotiated(
        &self,
        url: &Url,
        post: SignedPost<'_>,
        until: Instant,
    ) -> Result<Accepted, PostError> {
        let shared = &self.shared;
        let negotiation = &shared.signature_negotiation;
        self.check(url)?;
        let host = authority(url).unwrap_or_default();
        let _permit = shared.host_limits.acquire(&host).await;
        let form = negotiation.form_for(&host).await;
        let first = self.post_in_form(form, url, post.clone(), until).await;
        match &first {
            Ok(_) => negotiation.accepted(&host, form).await,
            Err(PostError::Activity { status, .. }) => {
                let now = self.now();
                if negotiation.may_refuse_form(&host, *status, now) {
                    let other = form.other();
                    let second = self.post_in_form(other, url, post, until).await;
                    if is_refused_as_unsigned(&second) {
                        // The first response is to the form that the host usually accepts.
                        negotiation.both_refused(&host, now);
                        return first;
                    }
                    if second.is_ok() {
                        tracing::info!(host, form = other.as_str(), "signature form accepted");
                        negotiation.accepted(&host, other).await;
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
    async fn post_in_form(
        &self,
        form: SignatureForm,
        url: &Url,
        post: SignedPost<'_>,
        until: Instant,
    ) -> Result<Accepted, PostError> {
        // Signed only now, so that the wait for the host does not age the date.
        let now = self.now();
        let request = RequestToSign {
            method: "POST",
            url,
            body: Some(&post.body),
            content_type: Some(post.content_type),
            extra_headers: post.extra_headers,
        };
        let headers = request.sign(form, post.key, now);
        let headers = headers.map_err(|error| PostError::Activity {
            status: 0,
            why: error.to_string(),
        })?;
        tracing::debug!(%url, form = form.as_str(), "POST");
        let request = self.http_for(url).post(url.clone()).headers(headers);
        let response = request
            .body(post.body)
            .send()
            .await
            .map_err(|e| PostError::of(&e))?;
        classify(response, now, until).await
    }

    /// Returns the HTTP client whose idle timeout suits a URL's host.
    fn http_for(&self, url: &Url) -> &reqwest::Client {
        let host = authority(url).unwrap_or_default();
        if self.shared.long_idle_hosts.admit(&host, Instant::now()) {
            &self.shared.http
        } else {
            &self.shared.short_idle_http
        }
    }
}

/// Whether a response is that of a server that does not accept a signature.
fn is_refused_as_unsigned(result: &Result<Accepted, PostError>) -> bool {
    matches!(
        result,
        Err(PostError::Activity {
            status: 400 | 401,
            ..
        })
    )
}

/// Whether a response is a request to wait: 429, and 503 with `Retry-After`. With any other status the header says
/// nothing about the server as a whole, and would let one address keep all others of its origin waiting.
const fn asks_to_wait(status: u16, retry_after: Option<Duration>) -> bool {
    status == 429 || (status == 503 && retry_after.is_some())
}

/// Classifies a response. 5xx (also Cloudflare's 520–530), 408 and 425 are failures of the server, 429 and 503 may be
/// requests to wait, see [`asks_to_wait`]; all others are refusals of the body.
async fn classify(
    mut response: Response,
    now: DateTime<Utc>,
    until: Instant,
) -> Result<Accepted, PostError> {
    let status = response.status();
    let retry_after = retry_after(&response, now);
    // Always read: a connection with an unread body cannot be used again.
    let limit = BODY_TIMEOUT.min(until.saturating_duration_since(Instant::now()));
    let explanation = timeout(limit, body::first_words(&mut response)).await;
    let explanation = explanation.unwrap_or_default();
    let describe = || {
        let reason = status.canonical_reason().unwrap_or_default();
        let parts = [status.as_str(), reason, &explanation].into_iter();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    };
    match status.as_u16() {
        code @ 200..=299 => Ok(Accepted { status: code }),
        410 => Err(PostError::Gone),
        code if asks_to_wait(code, retry_after) => Err(PostError::Busy {
            why: describe(),
            retry_after,
        }),
        408 | 425 | 500..=599 => Err(PostError::Peer(describe())),
        other => Err(PostError::Activity {
            status: other,
            why: explanation,
        }),
    }
}

/// Reads `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3); at most [`MAX_RETRY_AFTER`].
fn retry_after(response: &Response, now: DateTime<Utc>) -> Option<Duration> {
    parse_retry_after(response.headers().get(RETRY_AFTER)?.to_str().ok()?, now)
}

fn parse_retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let wait = match text.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = DateTime::parse_from_rfc2822(text.trim()).ok()?;
            (date.with_timezone(&Utc) - now).to_std().ok()?
        }
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_wait_is_at_most_a_day(text in "\\PC{0,30}|[0-9]{0,40}|[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{1,6} [0-9:]{8} GMT") {
            let now: DateTime<Utc> = "2026-11-22T04:30:00Z".parse().unwrap();
            let wait = parse_retry_after(&text, now);
            proptest::prop_assert!(wait.is_none_or(|wait| wait <= MAX_RETRY_AFTER));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-22T04:30:00Z".parse().unwrap();
        let read = |text: &str| parse_retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(read("120"), Some(120));
        assert_eq!(read("Sun, 22 Nov 2026 04:31:00 GMT"), Some(60));
        assert_eq!(read("Sun, 22 Nov 2026 04:29:00 GMT"), None);
        assert_eq!(read("99999999"), Some(86_400));
        assert_eq!(read("soon"), None);
    }
}

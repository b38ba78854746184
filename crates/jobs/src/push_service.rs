//! Sends messages to push services (RFC 8030): encrypted (RFC 8291), with the key of this instance (RFC 8292). A
//! service that wants to be left alone is sent nothing until then, by whatever job.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use client::{Client, PostError};
use domain::vapid::VapidKey;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use model::notice_push::{PushFailureKind, TRIED_SECONDS};
use model::{ActorId, Time};
use query::row::PushSubscription;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

const TTL: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const TOPIC: HeaderName = HeaderName::from_static("topic");

/// The longest that a push service is left alone because it asks for that, in seconds.
const BUSY_MAX: i64 = 3_600;
/// How long a service is left alone that does not say how long, in seconds.
const BUSY_SECONDS: i64 = 60;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct PushService {
    client: Client,
    /// Until when a service, by its origin, is sent nothing.
    busy: Arc<Mutex<HashMap<String, Time>>>,
    /// To whom a message is on its way.
    recipients: Arc<Mutex<HashSet<ActorId>>>,
}

/// The right to send somebody a message, until it is dropped.
pub(crate) struct Turn {
    recipients: Arc<Mutex<HashSet<ActorId>>>,
    of: ActorId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut recipients = self
            .recipients
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        recipients.remove(&self.of);
    }
}

/// A message before it is encrypted.
pub(crate) struct PushMessage<'a> {
    pub key: &'a VapidKey,
    /// The address of this instance.
    pub site: &'a str,
    pub payload: &'a str,
    /// A message of the same topic that was not shown yet is replaced: at most 32 letters, digits, `-` and `_`.
    pub topic: Option<String>,
}

/// Why a message was not taken, and for how many seconds its service wants to be left alone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PushFailure {
    pub kind: PushFailureKind,
    pub why: String,
    pub wait: Option<i64>,
}

impl PushService {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            busy: Arc::default(),
            recipients: Arc::default(),
        }
    }

    /// One message to an account is on its way at a time, so that whoever names silent services keeps nobody else's
    /// waiting; `None` where one is.
    pub(crate) fn turn(&self, of: ActorId) -> Option<Turn> {
        let mut recipients = self
            .recipients
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        recipients.insert(of).then(|| Turn {
            recipients: Arc::clone(&self.recipients),
            of,
        })
    }

    /// Sends a message to a browser.
    pub(crate) async fn send(
        &self,
        browser: &PushSubscription,
        message: &PushMessage<'_>,
        now: Time,
    ) -> Result<(), PushFailure> {
        let url = Url::parse(&browser.endpoint).map_err(|error| refused(&error))?;
        let origin = url.origin().ascii_serialization();
        if let Some(wait) = self.wait(&origin, now) {
            return Err(busy(format!("{origin} wants to be left alone"), wait));
        }
        let (body, headers) = prepare(browser, &origin, message, now)?;
        match self.client.post_unsigned(&url, body, headers).await {
            Ok(_) => Ok(()),
            Err(error) => {
                let failure = failure_of(&error);
                if let Some(wait) = failure.wait {
                    let until = now.plus_seconds(wait);
                    let mut known = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
                    known.retain(|_, until| *until > now);
                    known.insert(origin, until);
                }
                Err(failure)
            }
        }
    }

    /// For how many seconds a service is sent nothing; `None` where it is.
    fn wait(&self, origin: &str, now: Time) -> Option<i64> {
        let known = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let until = known.get(origin).filter(|until| **until > now)?;
        Some((until.unix_millis() - now.unix_millis()) / 1_000 + 1)
    }
}

/// Encrypts a message.
fn prepare(
    browser: &PushSubscription,
    origin: &str,
    message: &PushMessage<'_>,
    now: Time,
) -> Result<(Bytes, HeaderMap), PushFailure> {
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|e| refused(&e));
    let (point, secret) = (decode(&browser.p256dh)?, decode(&browser.auth)?);
    let body = ece::encrypt(&point, &secret, message.payload.as_bytes());
    let body = body.map_err(|error| refused(&error))?;
    let authorization = message.key.authorization(origin, message.site, now);
    let authorization = authorization.map_err(|error| refused(&error))?;
    let mut headers = HeaderMap::new();
    let ttl = TRIED_SECONDS.to_string();
    let all = [
        (AUTHORIZATION, Some(authorization.as_str())),
        (CONTENT_ENCODING, Some("aes128gcm")),
        (CONTENT_TYPE, Some("application/octet-stream")),
        (TTL, Some(ttl.as_str())),
        (URGENCY, Some("normal")),
        (TOPIC, message.topic.as_deref()),
    ];
    for (name, value) in all {
        if let Some(value) = value {
            headers.insert(name, HeaderValue::from_str(value).map_err(|e| refused(&e))?);
        }
    }
    Ok((Bytes::from(body), headers))
}

fn refused(error: &dyn std::fmt::Display) -> PushFailure {
    PushFailure {
        kind: PushFailureKind::Refused,
        why: error.to_string(),
        wait: None,
    }
}

fn busy(why: String, wait: i64) -> PushFailure {
    PushFailure {
        kind: PushFailureKind::Busy,
        why,
        wait: Some(wait),
    }
}

fn failure_of(error: &PostError) -> PushFailure {
    let kind = match error {
        // The log says which.
        PostError::Blocked(_) => PushFailureKind::Unreachable,
        PostError::Gone | PostError::Activity { status: 404, .. } => PushFailureKind::Gone,
        PostError::Activity {
            status: 300..=399, ..
        } => PushFailureKind::Redirect,
        PostError::Activity { .. } => PushFailureKind::Refused,
        PostError::Busy { why, retry_after } => {
            let seconds = retry_after.and_then(|wait| i64::try_from(wait.as_secs()).ok());
            return busy(
                why.clone(),
                seconds.unwrap_or(BUSY_SECONDS).clamp(1, BUSY_MAX),
            );
        }
        PostError::Peer(why) if is_status(why) => PushFailureKind::Failing,
        PostError::Peer(_) => PushFailureKind::Unreachable,
    };
    PushFailure {
        kind,
        why: error.to_string(),
        wait: None,
    }
}

/// Whether a failure of a server is an answer of it, which begins with its status.
fn is_status(why: &str) -> bool {
    why.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use client::Blocked;

    fn kind(error: &PostError) -> PushFailureKind {
        failure_of(error).kind
    }

    #[test]
    fn answers_of_push_services_are_told_apart() {
        let answer = |status| PostError::Activity {
            status,
            why: String::new(),
        };
        for (error, expected) in [
            (
                PostError::Blocked(Blocked::Literal),
                PushFailureKind::Unreachable,
            ),
            (PostError::Gone, PushFailureKind::Gone),
            (answer(404), PushFailureKind::Gone),
            (answer(307), PushFailureKind::Redirect),
            (answer(403), PushFailureKind::Refused),
            (
                PostError::Peer("502 Bad Gateway".into()),
                PushFailureKind::Failing,
            ),
            (
                PostError::Peer("no route".into()),
                PushFailureKind::Unreachable,
            ),
        ] {
            assert_eq!(kind(&error), expected, "{error}");
        }
        let later = PostError::Busy {
            why: "429".into(),
            retry_after: Some(std::time::Duration::from_secs(300)),
        };
        assert_eq!(failure_of(&later).wait, Some(300));
    }
}

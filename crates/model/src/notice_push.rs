//! Notices by web push (RFC 8030): of what somebody is told, and what becomes of a message. The topics are those of
//! mails; a message comes at once or not at all, as the digest is a mail.

use crate::job::Payload;
use crate::notice_mail::MailTopic;
use crate::{PushId, text_enum};
use serde::{Deserialize, Serialize};

/// How long a message waits for its notice to be read in the page, in seconds.
pub const PAUSE_SECONDS: i64 = 10;
/// Messages that the browsers of one account get in an hour, all together; the page tells of what is above.
pub const HOUR_MAX: i64 = 30;
/// How long a message is tried, and how long a push service keeps it, in seconds: a day.
pub const TRIED_SECONDS: i64 = 86_400;
/// Browsers of one account that take messages.
pub const SUBSCRIPTIONS_MAX: usize = 10;
/// Length of the address of a browser at its push service, in bytes.
pub const ENDPOINT_MAX: usize = 1_000;

text_enum! {
    /// What has become of a push message.
    PushState labelled "push-state" {
        /// It waits for its time, or for the push service.
        Queued = "queued",
        /// It is being handed over.
        Sending = "sending",
        /// The push service has taken it.
        Sent = "sent",
        /// The push service refuses it for good.
        Refused = "refused",
        /// The browser takes no more messages.
        Ended = "ended",
        /// The push service could not be reached, or did not take it, for too long.
        GivenUp = "given-up",
    }
}

text_enum! {
    /// Why a push message was not taken.
    PushFailureKind labelled "push-failure" {
        /// No connection to the push service, or no answer in time; also where this server may not connect to its
        /// address. People must not learn which: it would tell them what names lead to in the network of the server.
        Unreachable = "unreachable",
        /// It leads elsewhere, where messages are not sent.
        Redirect = "redirect",
        /// It wants messages later (429).
        Busy = "busy",
        /// A 5xx answer.
        Failing = "failing",
        /// Another 4xx answer.
        Refused = "refused",
        /// 404 or 410: there is no such browser any more.
        Gone = "gone",
    }
}

/// Whether somebody who has chosen nothing is told of a topic by push.
#[must_use]
pub const fn usually_wanted(topic: MailTopic) -> bool {
    match topic {
        MailTopic::Written | MailTopic::Watched | MailTopic::Approval => true,
        MailTopic::Followers | MailTopic::Community => false,
    }
}

/// Sends the push message of a notice, or of a new thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendPush {
    pub push: PushId,
}

impl Payload for SendPush {
    const KIND: &'static str = "send_push";
    /// A day and an hour or so.
    const RETRY_SECONDS: &'static [i64] = &[
        30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600, 21_600,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_tried_for_a_day() {
        assert!(SendPush::RETRY_SECONDS.iter().sum::<i64>() >= TRIED_SECONDS);
    }
}

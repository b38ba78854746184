//! Ids: time-ordered `i64` values with 41 bits of milliseconds since 2020-01-01T00:00Z, 14 bits of
//! counter and 8 bits of process number. An id is also a cursor for paging. No secret derives from an id.

use crate::Time;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds between the Unix epoch and 2020-01-01T00:00:00Z.
const EPOCH_MS: i64 = 1_577_836_800_000;
const PROCESS_BITS: u32 = 8;
const COUNTER_BITS: u32 = 14;
const PROCESS_MASK: i64 = (1 << PROCESS_BITS) - 1;

/// Generates ids that increase with time and never repeat within a process. The process number keeps the
/// ids of two processes of one instance apart.
#[derive(Debug)]
pub struct IdMint {
    /// The process number, which the database leases.
    process: AtomicI64,
    /// Identifies this process in the lease.
    holder: i64,
    /// `(milliseconds << COUNTER_BITS) | counter` of the last id.
    last: AtomicI64,
}

impl IdMint {
    /// Builds a mint whose process number is the lowest eight bits of `process`, which must differ between
    /// the processes of an instance.
    #[must_use]
    pub fn new(process: u32) -> Self {
        Self::held_by(i64::from(process))
    }

    /// Builds a mint with a random holder, and its lowest bits as the process number until
    /// [`IdMint::set_number`].
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0_u8; 8];
        // Without randomness the ids still never repeat within the process.
        if getrandom::fill(&mut bytes).is_err() {
            return Self::new(std::process::id());
        }
        Self::held_by(i64::from_le_bytes(bytes))
    }

    /// Builds a mint with this holder, and its lowest bits as the process number.
    #[must_use]
    pub fn held_by(holder: i64) -> Self {
        Self {
            process: AtomicI64::new(holder & PROCESS_MASK),
            holder,
            last: AtomicI64::new(0),
        }
    }

    /// Returns the number that identifies this process among those of an instance.
    #[must_use]
    pub const fn holder(&self) -> i64 {
        self.holder
    }

    /// Returns the process number, 0 to 255.
    #[must_use]
    pub fn number(&self) -> i16 {
        i16::try_from(self.process.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Changes the process number of the ids to come.
    pub fn set_number(&self, number: i16) {
        let bits = i64::from(number) & PROCESS_MASK;
        self.process.store(bits, Ordering::Relaxed);
    }

    /// Makes the ids to come greater than `id`, which another process minted, or this one before it was
    /// restarted. Without that, the ids of a clock that was ahead would stay the newest until that day.
    pub fn raise_to(&self, id: i64) {
        self.last.fetch_max(id >> PROCESS_BITS, Ordering::Relaxed);
    }

    /// Returns the next id, which is greater than every earlier one, even when the clock steps back.
    pub fn next<I: From<i64>>(&self, now: Time) -> I {
        let ms = (now.unix_millis() - EPOCH_MS).max(0);
        let floor = ms << COUNTER_BITS;
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            let next = floor.max(last + 1);
            match self
                .last
                .compare_exchange_weak(last, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => {
                    let counter = next & ((1 << COUNTER_BITS) - 1);
                    let ms = next >> COUNTER_BITS;
                    let id = (ms << (PROCESS_BITS + COUNTER_BITS))
                        | (counter << PROCESS_BITS)
                        | self.process.load(Ordering::Relaxed);
                    return I::from(id);
                }
                Err(seen) => last = seen,
            }
        }
    }
}

/// Returns the smallest id of a time: ids from before it are smaller.
pub fn first_of<I: From<i64>>(at: Time) -> I {
    I::from((at.unix_millis() - EPOCH_MS).max(0) << (PROCESS_BITS + COUNTER_BITS))
}

/// Returns when an id was minted, in whole milliseconds.
#[must_use]
pub fn minted_at(id: i64) -> Time {
    Time::from_unix_millis((id >> (PROCESS_BITS + COUNTER_BITS)) + EPOCH_MS)
}

/// Declares id newtypes, one per table.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::BigInt))]
        pub struct $name(pub i64);

        impl From<i64> for $name {
            fn from(id: i64) -> Self { Self(id) }
        }
        impl From<$name> for i64 {
            fn from(id: $name) -> Self { id.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        /// Serializes as a string, because JavaScript's numbers lose the last bits.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(&self.0)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let s = std::borrow::Cow::<'de, str>::deserialize(d)?;
                s.parse().map_err(serde::de::Error::custom)
            }
        }
        #[cfg(feature = "diesel")]
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }
        #[cfg(feature = "diesel")]
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            DB: diesel::backend::Backend,
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }
    )*};
}

ids! {
    /// Identifies a person, community, service or application, local or remote.
    ActorId;
    /// Identifies a remote server.
    PeerId;
    /// Identifies a thread or a reply.
    PostId;
    /// Identifies a space of a community.
    SpaceId;
    /// Identifies a tag of a community.
    TagId;
    /// Identifies a message to a contact of a community.
    ContactMessageId;
    /// Identifies something that has happened to a community.
    MilestoneId;
    /// Identifies an organization that people belong to.
    OrganizationId;
    /// Identifies an earlier text of a post.
    RevisionId;
    /// Identifies the Like of a post.
    LikeId;
    /// Identifies a vote in a poll.
    VoteId;
    /// Identifies a pending or accepted follow; its time is that of the request.
    FollowId;
    /// Identifies a notification of a person.
    NoticeId;
    /// Identifies a mail of notices, or a digest.
    MailId;
    /// Identifies a browser that takes push messages.
    PushSubscriptionId;
    /// Identifies a push message of a notice.
    PushId;
    /// Identifies what an account can sign in with.
    CredentialId;
    /// Identifies a browser's session.
    SessionId;
    /// Identifies an application that uses the API.
    OauthAppId;
    /// Identifies a token of the API.
    TokenId;
    /// Identifies what an admin did with an account.
    AdminActionId;
    /// Identifies a request to join a community.
    JoinRequestId;
    /// Identifies a text that was added to a request to join.
    JoinMessageId;
    /// Identifies a report of a post.
    ReportId;
    /// Identifies an entry of the moderation log.
    ModerationId;
    /// Identifies an invitation to a community by mail.
    InvitationId;
    /// Identifies a link that admits to a community.
    InvitationLinkId;
    /// Identifies an uploaded list of people to invite to a community.
    InvitationListId;
    /// Identifies an invitation to register.
    InviteId;
    /// Identifies a stored picture.
    BlobId;
    /// Identifies a signing key, which outlives its actor until the actor's deliveries are done.
    KeyId;
    /// Identifies an outgoing activity, which is rendered once.
    ActivityId;
    /// Identifies the delivery of one activity to one inbox.
    DeliveryId;
    /// Identifies a received activity.
    InboundId;
    /// Identifies a durable job.
    JobId;
    /// Identifies a text in the search index: a post or an actor in one language.
    SearchTextId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_increase_even_when_the_clock_steps_back() {
        let mint = IdMint::new(7);
        let late = Time::from_unix_millis(1_800_000_000_000);
        let early = Time::from_unix_millis(1_700_000_000_000);
        let mut last = mint.next::<PostId>(late);
        for i in 0..50_000 {
            let next = mint.next(if i % 2 == 0 { early } else { late });
            assert!(next > last);
            last = next;
        }
    }

    #[test]
    fn two_processes_never_generate_the_same_id() {
        let now = Time::from_unix_millis(1_800_000_000_000);
        let (a, b) = (IdMint::new(1), IdMint::new(2));
        assert_ne!(a.next::<PostId>(now), b.next::<PostId>(now));
        let later = a.next::<PostId>(now);
        a.set_number(2);
        assert_eq!((a.number(), a.holder()), (2, 1));
        assert!(a.next::<PostId>(now) > later, "also with another number");
    }

    #[test]
    fn the_first_id_of_a_time_separates_earlier_and_later_ids() {
        let now = Time::from_unix_millis(1_800_000_000_000);
        let first = first_of::<PostId>(now);
        assert!(IdMint::new(255).next::<PostId>(now.plus_millis(-1)) < first);
        assert!(IdMint::new(0).next::<PostId>(now) >= first);
    }

    #[test]
    fn ids_are_strings_in_json() {
        let id = PostId(9_007_199_254_740_993);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"9007199254740993\"");
        assert_eq!(serde_json::from_str::<PostId>(&json).unwrap(), id);
    }
}

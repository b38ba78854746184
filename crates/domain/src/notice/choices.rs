//! What somebody chooses of the ways in which they are told: a value for each topic, and for single communities.

use model::ActorId;
use model::notice_mail::{MailTopic, Rhythm};
use model::notice_push::usually_wanted;
use store::row::{MailChoice, PushChoice};

/// A stored choice of one way.
pub trait StoredChoice {
    /// What is chosen: how often, or whether at all.
    type Value: Copy + PartialEq;

    fn topic(&self) -> MailTopic;
    /// The community that it is for; `None` for every one without a choice of its own.
    fn community(&self) -> Option<ActorId>;
    fn value(&self) -> Self::Value;
    /// What holds for somebody who has chosen nothing.
    fn usual(topic: MailTopic) -> Self::Value;
}

impl StoredChoice for MailChoice {
    type Value = Rhythm;

    fn topic(&self) -> MailTopic {
        self.topic
    }

    fn community(&self) -> Option<ActorId> {
        self.community_id
    }

    fn value(&self) -> Rhythm {
        self.rhythm
    }

    fn usual(topic: MailTopic) -> Rhythm {
        topic.usual()
    }
}

impl StoredChoice for PushChoice {
    type Value = bool;

    fn topic(&self) -> MailTopic {
        self.topic
    }

    fn community(&self) -> Option<ActorId> {
        self.community_id
    }

    fn value(&self) -> bool {
        self.wanted
    }

    fn usual(topic: MailTopic) -> bool {
        usually_wanted(topic)
    }
}

/// The choices of somebody for one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices<C>(Vec<C>);

impl<C> Default for Choices<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: StoredChoice> Choices<C> {
    /// The choices that are stored; the usual ones take the place of those that are not.
    #[must_use]
    pub const fn new(rows: Vec<C>) -> Self {
        Self(rows)
    }

    /// What is chosen for a topic; for new threads, in communities without a choice of their own.
    #[must_use]
    pub fn of(&self, topic: MailTopic) -> C::Value {
        let found = self
            .0
            .iter()
            .find(|row| row.topic() == topic && row.community().is_none());
        found.map_or_else(|| C::usual(topic), StoredChoice::value)
    }

    /// The choice of its own that a community has.
    #[must_use]
    pub fn own_of(&self, community: ActorId) -> Option<C::Value> {
        let found = self.0.iter().find(|row| row.community() == Some(community));
        found.map(StoredChoice::value)
    }

    /// What is chosen for new threads in a community.
    #[must_use]
    pub fn of_community(&self, community: ActorId) -> C::Value {
        self.own_of(community)
            .unwrap_or_else(|| self.of(MailTopic::Community))
    }

    /// The communities with a choice of their own.
    pub fn of_communities(&self) -> impl Iterator<Item = (ActorId, C::Value)> {
        self.0
            .iter()
            .filter_map(|row| Some((row.community()?, row.value())))
    }

    fn has(&self, value: C::Value) -> bool {
        let own = self.0.iter().any(|row| row.value() == value);
        own || MailTopic::ALL.iter().any(|topic| self.of(*topic) == value)
    }
}

impl Choices<MailChoice> {
    /// Whether the digest comes every day, and not only on the day of the weekly one.
    #[must_use]
    pub fn is_daily(&self) -> bool {
        self.has(Rhythm::Daily)
    }

    /// Whether there is something to tell in the digest of a day, or of a week.
    #[must_use]
    pub fn has_digest(&self, weekly: bool) -> bool {
        self.has(Rhythm::Daily) || (weekly && self.has(Rhythm::Weekly))
    }
}

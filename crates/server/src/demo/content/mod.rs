//! The demo's people, communities and conversations, read from the TOML files beside this one.
//! Everything in them is invented. An address is written `handle@organization`; inside a text a
//! mention is `@{handle@organization}` and a community `!{handle@organization}`, which
//! [`with_hosts`] turns into what a person would type.

use std::collections::BTreeMap;
use std::fmt;

use model::community::Purpose;
use model::moderation::ReportReason;
use model::{Lang, LangText, PostKind, SeenBy};
use serde::{Deserialize, Deserializer};

#[cfg(test)]
mod tests;

/// One instance of the demo: who it is, who works there, what they talk about.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// First label of the host name (`alliance` in `alliance.localhost`) and the `organization`
    /// part of every address.
    pub slug: String,
    #[serde(deserialize_with = "by_tag")]
    pub name: LangText,
    /// Markdown, one or two paragraphs.
    #[serde(deserialize_with = "by_tag")]
    pub description: LangText,
    pub people: Vec<Person>,
    /// Organizations that its people belong to.
    #[serde(default)]
    pub organizations: Vec<ListedOrganization>,
    pub communities: Vec<Community>,
    /// Threads of this organization's communities; their authors may be people of the others.
    pub threads: Vec<Thread>,
}

/// An organization that administrators have listed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedOrganization {
    #[serde(deserialize_with = "by_tag")]
    pub name: LangText,
    pub place: String,
    /// Usernames of those who say that they belong to it.
    pub people: Vec<String>,
}

/// An account. Its password is made by the demo, not written here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub handle: String,
    pub name: String,
    pub pronouns: String,
    pub role: String,
    /// Where the person works: free text, not a slug.
    pub organization: String,
    /// The first is the one the person reads the interface in.
    pub languages: Vec<Lang>,
    /// Markdown, in the person's first language.
    pub bio: String,
    /// Who sees their profile; everybody where nothing is said.
    pub seen_by: Option<SeenBy>,
    #[serde(default)]
    pub region: String,
    /// What others may ask them about.
    #[serde(default)]
    pub ask: Vec<String>,
    /// The systems that they use.
    #[serde(default)]
    pub systems: Vec<String>,
    /// Administers the instance: exactly one person of each organization.
    #[serde(default)]
    pub admin: bool,
    /// Besides the communities the person facilitates.
    #[serde(default)]
    pub follows: Vec<Follow>,
}

/// A community of practice, hosted by the organization it stands under.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Community {
    pub handle: String,
    #[serde(deserialize_with = "by_tag")]
    pub name: LangText,
    /// One sentence.
    #[serde(deserialize_with = "by_tag")]
    pub purpose: LangText,
    /// What we care about.
    #[serde(deserialize_with = "by_tag")]
    pub domain: LangText,
    /// Who takes part.
    #[serde(deserialize_with = "by_tag")]
    pub who: LangText,
    /// What we do together.
    #[serde(deserialize_with = "by_tag")]
    pub practice: LangText,
    pub languages: Vec<Lang>,
    /// What it is for; learning where nothing is said.
    #[serde(default)]
    pub purposes: Vec<Purpose>,
    /// The day on which it opens, where it is only planned.
    pub opens_on: Option<String>,
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Whom visitors can write to.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// A person of the same organization, who founds it.
    pub facilitator: Address,
    /// People of the same organization who asked to join, in this order.
    #[serde(default)]
    pub requests: Vec<JoinRequest>,
    /// People of the same organization whom the facilitator has invited, and who have not answered.
    #[serde(default)]
    pub invited: Vec<Address>,
    /// What waits for its moderators.
    pub moderation: Option<Moderation>,
}

/// Somebody whom visitors of a community can write to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    pub address: String,
    pub lang: Lang,
    #[serde(deserialize_with = "by_tag")]
    pub about: LangText,
}

/// Something that has happened to a community.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// `YYYY-MM-DD`.
    pub day: String,
    #[serde(deserialize_with = "by_tag")]
    pub text: LangText,
}

/// What waits for the moderators of a community, which reviews the first posts of newcomers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moderation {
    pub held: HeldThread,
    pub report: PostReport,
}

/// A discussion of somebody of the organization who has not posted in the community.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldThread {
    pub by: Address,
    pub lang: Lang,
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// A report of a discussion.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostReport {
    /// Somebody of the organization.
    pub by: Address,
    /// Its key.
    pub thread: String,
    pub reason: ReportReason,
    pub text: String,
}

/// A request to join a community.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    pub by: Address,
    /// To the usual questions.
    pub answers: Vec<String>,
    /// Whether the facilitator has accepted it; else it waits.
    #[serde(default)]
    pub accepted: bool,
}

/// A conversation: its first post, then its replies in the order they are written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// Unique over all three organizations, for the demo's own references.
    pub key: String,
    pub community: Address,
    pub author: Address,
    pub kind: PostKind,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub lang: Lang,
    /// The same in other languages.
    #[serde(default)]
    pub translations: Vec<Translation>,
    #[serde(default)]
    pub likes: Vec<Address>,
    #[serde(default)]
    pub replies: Vec<Reply>,
}

/// A thread's text in another language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    /// BCP 47 tag; the interface need not speak it.
    pub lang: String,
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// A reply, always after the reply it answers; at most three levels deep.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Unique within its thread.
    pub key: String,
    pub author: Address,
    /// Markdown.
    pub body: String,
    pub lang: Lang,
    /// Key of the reply it answers; without it, it answers the thread.
    #[serde(default)]
    pub parent: Option<String>,
    #[serde(default)]
    pub likes: Vec<Address>,
    /// The body after its author's later edit.
    #[serde(default)]
    pub edit: Option<String>,
    /// Deleted by its author after all replies are written: a tombstone remains.
    #[serde(default)]
    pub delete: bool,
}

/// `handle@organization`: a person or a community of one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    pub handle: String,
    /// An [`Organization::slug`].
    pub organization: String,
}

/// Someone or something followed, written as one would type it: `!community@organization` or
/// `@person@organization`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Follow {
    Community(Address),
    Person(Address),
}

/// A text that is not an address.
#[derive(Debug)]
pub struct NotAnAddress(String);

impl fmt::Display for NotAnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not handle@organization", self.0)
    }
}

impl std::error::Error for NotAnAddress {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.handle, self.organization)
    }
}

impl TryFrom<String> for Address {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('@') {
            Some((handle, organization)) if !handle.is_empty() && !organization.is_empty() => {
                Ok(Self {
                    handle: handle.to_owned(),
                    organization: organization.to_owned(),
                })
            }
            _ => Err(NotAnAddress(text)),
        }
    }
}

impl TryFrom<String> for Follow {
    type Error = NotAnAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Some(address) = text.strip_prefix('!') {
            Address::try_from(address.to_owned()).map(Self::Community)
        } else if let Some(address) = text.strip_prefix('@') {
            Address::try_from(address.to_owned()).map(Self::Person)
        } else {
            Err(NotAnAddress(text))
        }
    }
}

/// Reads a text from a table with one text for each language tag.
fn by_tag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LangText, D::Error> {
    let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
    let pairs = texts
        .iter()
        .map(|(tag, text)| (tag.as_str(), text.as_str()));
    Ok(LangText::new(pairs))
}

impl Follow {
    /// Whom or what it follows.
    #[must_use]
    pub fn address(&self) -> &Address {
        match self {
            Self::Community(address) | Self::Person(address) => address,
        }
    }
}

/// The three organizations, in the order of their ports: alliance, faculty, association.
///
/// # Errors
/// When one of the files is not what these structs say, which the tests of this room rule out.
pub fn organizations() -> Result<Vec<Organization>, toml::de::Error> {
    [
        include_str!("alliance.toml"),
        include_str!("faculty.toml"),
        include_str!("association.toml"),
    ]
    .into_iter()
    .map(toml::from_str)
    .collect()
}

/// Puts real hosts into a text: `@{amira@alliance}` becomes `@amira@alliance.localhost:8081` where
/// `host("alliance")` is `Some("alliance.localhost:8081")`. What names no known organization stays
/// as it is.
#[must_use]
pub fn with_hosts(text: &str, host: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = next_reference(rest) {
        out.push_str(before);
        match inside
            .split_once('@')
            .and_then(|(handle, organization)| Some((handle, host(organization)?)))
        {
            Some((handle, host)) => {
                out.push_str(handle);
                out.push('@');
                out.push_str(&host);
            }
            None => {
                out.push('{');
                out.push_str(inside);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The text up to and with the sigil, what stands in the braces, and what follows them.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let sigil = ["@{", "!{"].iter().filter_map(|s| text.find(s)).min()?;
    let (before, after) = text.split_at_checked(sigil + 1)?;
    let (inside, after) = after.strip_prefix('{')?.split_once('}')?;
    Some((before, inside, after))
}

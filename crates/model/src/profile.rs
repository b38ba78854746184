//! Profiles: what people say of themselves that others can look for.

use crate::text_enum;

/// Characters of a topic, a system or a region.
pub const ENTRY_MAX: usize = 80;
/// Topics, and systems, of one person.
pub const ENTRIES_MAX: usize = 12;

text_enum! {
    /// What an entry of a profile says.
    EntryKind labelled "profile-entry" {
        /// What others may ask them about.
        Ask = "ask",
        /// A system or tool they use.
        System = "system",
        /// Where they work, as they write it: a province, a region.
        Region = "region",
        /// Their organization, as they write it.
        Organization = "organization",
    }
}

/// What the directory of people is narrowed to; an empty text narrows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFilter {
    /// The tag of a language that they read.
    pub lang: String,
    pub ask: String,
    pub system: String,
    pub region: String,
    pub organization: String,
}

impl PeopleFilter {
    /// What is looked for among the entries of a profile, without what is empty.
    pub fn entries(&self) -> impl Iterator<Item = (EntryKind, &str)> {
        let all = [
            (EntryKind::Ask, &self.ask),
            (EntryKind::System, &self.system),
            (EntryKind::Region, &self.region),
            (EntryKind::Organization, &self.organization),
        ];
        let given = all.into_iter().map(|(kind, text)| (kind, text.trim()));
        given.filter(|(_, text)| !text.is_empty())
    }

    /// Whether it narrows nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lang.is_empty() && self.entries().next().is_none()
    }
}

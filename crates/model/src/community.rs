//! Communities: what they say of themselves, and the roles in them.

pub mod contact;

use crate::{LangText, text_enum};
use serde::{Deserialize, Serialize};

text_enum! {
    /// A person's part in a community. Following is not membership.
    MemberRole labelled "role" {
        /// Takes part.
        Member = "member",
        /// Keeps the peace.
        Moderator = "moderator",
        /// Cares for the community; may do what a moderator may.
        Facilitator = "facilitator",
    }
}

text_enum! {
    /// How far the recent threads of a remote community have been imported. Only what somebody here asks
    /// for is: otherwise any message of an unknown community would make us fetch its outbox.
    BackfillState {
        /// Nobody here has looked it up or followed it.
        None = "none",
        /// A job imports them.
        Requested = "requested",
        /// Done, as far as its server lets us.
        Done = "done",
    }
}

text_enum! {
    /// How far a community is in its life.
    #[derive(Default)]
    Stage labelled "stage" {
        /// It is announced; its facilitators prepare it.
        Planned = "planned",
        /// Its first members shape it.
        Incubating = "incubating",
        /// It meets and talks.
        #[default]
        Active = "active",
        /// It rests; whoever writes wakes it.
        Dormant = "dormant",
        /// It is read, and nothing is added.
        Archived = "archived",
    }
}

text_enum! {
    /// What people come together for.
    Purpose labelled "community-purpose" {
        /// They exchange what they know, and learn.
        Learn = "learn",
        /// They share ideas, goals and strategies.
        Align = "align",
        /// They act together.
        Act = "act",
    }
}

text_enum! {
    /// What has happened to a community.
    MilestoneKind labelled "milestone" {
        /// It came into another stage.
        Stage = "stage",
        /// It has other purposes.
        Purposes = "purposes",
        /// It has another name.
        Name = "name",
        /// What a facilitator wrote.
        Own = "own",
    }
}

/// The purposes of a community: one to three, in the order of [`Purpose::ALL`]; none of a remote one that says none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Purposes(Vec<Purpose>);

impl Purposes {
    /// These, each once.
    #[must_use]
    pub fn new(chosen: &[Purpose]) -> Self {
        let all = Purpose::ALL.iter().copied();
        Self(all.filter(|one| chosen.contains(one)).collect())
    }

    /// Reads the stored form: words separated by blanks.
    #[must_use]
    pub fn stored(text: &str) -> Self {
        let words: Vec<Purpose> = text
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        Self::new(&words)
    }

    /// The stored form.
    #[must_use]
    pub fn to_text(&self) -> String {
        let words: Vec<&str> = self.0.iter().map(|one| one.as_str()).collect();
        words.join(" ")
    }

    /// The purposes, in order.
    #[must_use]
    pub fn all(&self) -> &[Purpose] {
        &self.0
    }
}

/// Whether a text is a day: `YYYY-MM-DD`.
#[must_use]
pub fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok()
}

/// Milestones that the facilitators of a community can write.
pub const MILESTONES_MAX: i64 = 200;
/// Characters of a milestone in one language.
pub const MILESTONE_MAX: usize = 200;

/// What a community says of itself; each text in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Charter {
    /// Its name, at most [`crate::limits::COMMUNITY_NAME_MAX`] characters.
    pub name: LangText,
    /// One sentence: what it is for, at most [`crate::limits::PURPOSE_MAX`] characters.
    pub purpose: LangText,
    /// What we care about (Markdown).
    pub domain: LangText,
    /// Who we are (Markdown).
    pub community: LangText,
    /// What we do together (Markdown).
    pub practice: LangText,
    /// The languages it speaks.
    pub languages: Vec<String>,
    /// What its people come together for.
    #[serde(default)]
    pub purposes: Purposes,
    #[serde(default)]
    pub stage: Stage,
}

/// How many palette colours there are.
pub const COLOURS: u32 = 24;

/// A palette colour, 0–23, made from a handle. A community has a stored colour instead, which its
/// facilitators can change.
#[must_use]
pub fn colour(handle: &str) -> u32 {
    fingerprint(handle) % COLOURS
}

/// The FNV-1a hash of a handle, from which the colour is made.
#[must_use]
pub fn fingerprint(handle: &str) -> u32 {
    handle.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

//! The choices of a Question (FEP-9967).

use crate::language::LangMap;
use crate::lenient;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A choice of a Question: a Note with a name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PollChoice {
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    #[serde(
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "LangMap::is_empty")]
    pub name_map: LangMap,
    /// How many have chosen it.
    #[serde(
        deserialize_with = "lenient::part",
        skip_serializing_if = "Option::is_none"
    )]
    pub replies: Option<VoteCount>,
}

/// The votes for a choice, as a collection of which only the size is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VoteCount {
    #[serde(rename = "type", deserialize_with = "lenient::kind")]
    pub kind: String,
    /// Absent where the counts are not told before the end.
    #[serde(
        deserialize_with = "lenient::count",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_items: Option<u64>,
}

impl PollChoice {
    /// Builds a choice; `votes` is `None` where the counts are not told.
    #[must_use]
    pub fn new(name: &str, name_map: LangMap, votes: Option<u64>) -> Self {
        Self {
            kind: "Note".to_owned(),
            name: Some(name.to_owned()),
            name_map,
            replies: Some(VoteCount {
                kind: "Collection".to_owned(),
                total_items: votes,
            }),
        }
    }

    /// Returns the name, else the first of `nameMap`; a blank name is none.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let first = || self.name_map.first().map(|(_, text)| text);
        let name = self.name.as_deref();
        name.filter(|name| !name.trim().is_empty()).or_else(first)
    }

    /// Returns how many have chosen it, as far as that is told.
    #[must_use]
    pub fn votes(&self) -> Option<u64> {
        self.replies
            .as_ref()
            .and_then(|replies| replies.total_items)
    }
}

/// Returns when a Question was closed; `closed` may also be a flag, or the time at which it will be (Pleroma).
#[must_use]
pub(crate) fn closed_at(closed: &Value) -> Option<DateTime<Utc>> {
    lenient::read_time(closed.as_str()?)
}

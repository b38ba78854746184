//! What is offered while somebody types a name: people for `@`, communities for `!`.

use super::{communities, people};
use crate::row::Actor;
use domain::Outcome;
use model::access::Reader;
use model::limits::SEARCH_MAX;
use model::search::{MatchIn, Pattern};
use store::Db;

/// Most names read to find those of one host.
const NAMESAKES: i64 = 100;

/// The beginning of a name as somebody types it: `@an`, `!weav`, `@an@faculty`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePart {
    /// Whether a community is meant (`!`), or a person (`@`).
    pub community: bool,
    /// What was typed of the name, and of the host behind it.
    pub name: String,
    pub host: String,
}

impl NamePart {
    /// `None` where the text is no beginning of a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().take(SEARCH_MAX).collect();
        let community = text.starts_with('!');
        let rest = text.strip_prefix(['@', '!'])?;
        let (name, host) = rest.split_once('@').unwrap_or((rest, ""));
        (!name.is_empty()).then(|| Self {
            community,
            name: name.to_owned(),
            host: host.to_lowercase(),
        })
    }

    fn fits(&self, actor: &Actor) -> bool {
        actor.host.starts_with(&self.host)
    }
}

/// The people or communities with a word in their name or handle that begins as was typed, at most
/// `limit`.
///
/// # Errors
/// Faults.
pub fn names(db: &mut Db, reader: Reader, part: &NamePart, limit: i64) -> Outcome<Vec<Actor>> {
    let read = if part.host.is_empty() {
        limit
    } else {
        NAMESAKES
    };
    let pattern = Pattern::new(&part.name);
    let search = (&pattern, MatchIn::Beginnings);
    let mut found: Vec<Actor> = if part.community {
        let communities = communities(db, reader, search, read)?;
        communities.into_iter().map(|place| place.actor).collect()
    } else {
        people(db, reader, search, read)?
    };
    found.retain(|actor| part.fits(actor));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

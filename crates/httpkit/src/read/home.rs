//! The home pages: "Today" for those signed in, the front page for guests.

use super::discussion::{ThreadCard, cards};
use domain::Outcome;
use model::ActorId;
use std::sync::Arc;
use store::Db;
use store::community::Place;
use store::discussion::ThreadCursor;

/// What is new in what somebody follows, grouped by community.
#[derive(Debug, Clone)]
pub struct Group {
    /// The community.
    pub place: Arc<Place>,
    /// Its threads, most recently active first.
    pub threads: Vec<ThreadCard>,
}

/// The most recently active threads of the communities somebody follows, grouped by community in
/// the order of their newest; at most `per_group` of each and `limit` in all.
///
/// # Errors
/// Faults.
pub fn today(
    db: &mut Db,
    reader: ActorId,
    followed: &[ActorId],
    limit: i64,
    per_group: i64,
) -> Outcome<Vec<Group>> {
    let heads = store::discussion::in_communities(db, followed, per_group, limit)?;
    let mut groups: Vec<Group> = Vec::new();
    for card in cards(db, Some(reader), heads)? {
        let Some(place) = card.community.clone() else {
            continue;
        };
        match groups
            .iter_mut()
            .find(|group| group.place.1.id == place.1.id)
        {
            Some(group) => group.threads.push(card),
            None => groups.push(Group {
                place,
                threads: vec![card],
            }),
        }
    }
    Ok(groups)
}

/// The latest threads of our own communities.
///
/// # Errors
/// Faults.
pub fn latest(
    db: &mut Db,
    reader: Option<ActorId>,
    below: Option<ThreadCursor>,
    limit: i64,
) -> Outcome<Vec<ThreadCard>> {
    let heads = store::discussion::latest_local(db, reader, below, limit)?;
    cards(db, reader, heads)
}

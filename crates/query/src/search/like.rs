//! Communities that are like one that somebody is about to start.

use super::{SearchRequest, find};
use crate::row::CommunityWithActor;
use domain::Outcome;
use model::access::Reader;
use model::{ActorId, Lang, LangText};
use std::collections::{BTreeSet, HashMap};
use store::Db;

/// Letters of the words that are looked for: shorter ones are in the name of anything.
const LETTERS_MIN: usize = 5;
/// Words that are looked for, and communities that are shown.
const WORDS_MAX: usize = 8;
const SHOWN_MAX: usize = 3;
/// Communities that are considered for each word.
const CANDIDATES: i64 = 10;

/// Communities that the reader finds by at least half of the longer words of a name, those with most of them first; here
/// and on other servers, at most three.
///
/// # Errors
/// Faults.
pub fn communities_like(
    db: &mut Db,
    reader: Reader,
    name: &LangText,
    lang: Lang,
) -> Outcome<Vec<CommunityWithActor>> {
    let words = name.iter().flat_map(|(_, text)| text.split_whitespace());
    let words: BTreeSet<String> = words
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= LETTERS_MIN)
        .collect();
    let mut found: HashMap<ActorId, (usize, CommunityWithActor)> = HashMap::new();
    for word in words.iter().take(WORDS_MAX) {
        let request = SearchRequest {
            limit: CANDIDATES,
            ..SearchRequest::new(word, lang)
        };
        let results = find(db, reader, &request)?;
        // What is only spelled alike is no reason to ask.
        for place in results
            .communities
            .into_iter()
            .filter(|_| !results.corrected)
        {
            found.entry(place.id()).or_insert((0, place)).0 += 1;
        }
    }
    let needed = words.len().min(WORDS_MAX).div_ceil(2);
    let mut like: Vec<(usize, CommunityWithActor)> = found
        .into_values()
        .filter(|(count, _)| *count >= needed)
        .collect();
    like.sort_by_key(|(count, place)| (std::cmp::Reverse(*count), place.id()));
    Ok(like
        .into_iter()
        .take(SHOWN_MAX)
        .map(|(_, place)| place)
        .collect())
}

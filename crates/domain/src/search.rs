//! Writing the search index. The words of a text are made before the write; the row is read again in it,
//! and a text that has changed meanwhile is not written. Who finds what is decided when somebody
//! searches, so that an entry may be late but never shows too much.

use crate::{Outcome, Tx, prose};
use model::search::IndexedText;
use model::{ActorId, ActorState, LangText, PostDetails, PostId, PostState, SearchTextId};
use store::Db;
use store::row;
use store::search::{SearchTarget, left_behind, outdated, put, remove_text};

/// Entries deleted in one transaction.
const CHUNK: i64 = 200;
/// Characters of an HTML text that are indexed.
const TEXT_MAX: usize = 100_000;

/// A post as it is read for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSource {
    post: row::Post,
    details: Option<PostDetails>,
}

/// An actor as it is read for the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorSource {
    actor: row::Actor,
    /// What it says of itself, where it is a community.
    community: Option<row::Community>,
}

/// Reads a post for the index; `None` where there is none.
///
/// # Errors
/// Faults.
pub fn read_post(db: &mut Db, id: PostId) -> Outcome<Option<PostSource>> {
    let Some(post) = store::raw::post::by_id(db, id)? else {
        return Ok(None);
    };
    let details = store::post::details(db, &[(id, post.kind)])?.remove(&id);
    Ok(Some(PostSource { post, details }))
}

/// Reads an actor for the index; `None` where there is none.
///
/// # Errors
/// Faults.
pub fn read_actor(db: &mut Db, id: ActorId) -> Outcome<Option<ActorSource>> {
    let Some(actor) = store::raw::actor::by_id(db, id)? else {
        return Ok(None);
    };
    let community = store::raw::community::by_id(db, id)?.map(|place| place.community);
    Ok(Some(ActorSource { actor, community }))
}

impl PostSource {
    /// The words of the post, by language; none for one that is not live. Work for the CPU.
    #[must_use]
    pub fn texts(&self) -> Vec<IndexedText> {
        if self.post.state != PostState::Live {
            return Vec::new();
        }
        let text = |tag: &str| {
            let warning = exact(&self.post.warning, tag);
            let body = prose::plain_with_folded(exact(&self.post.html, tag), TEXT_MAX);
            let details = self.words_of_details(tag);
            let body = format!("{warning} {body} {details}");
            IndexedText::new(tag, exact(&self.post.title, tag), &body)
        };
        let tags = tags_of(&[&self.post.title, &self.post.html]);
        tags.into_iter().filter_map(text).collect()
    }

    /// What is found of its details in a language.
    fn words_of_details(&self, tag: &str) -> String {
        match &self.details {
            Some(PostDetails::Event(event)) => event.place.clone(),
            Some(PostDetails::Poll(poll)) => {
                let choices = poll.choices.iter();
                let names: Vec<&str> = choices.filter_map(|name| name.get_or_first(tag)).collect();
                names.join(" ")
            }
            None => String::new(),
        }
    }
}

impl ActorSource {
    /// The words of the actor, by language; none for one that is not active. Work for the CPU.
    #[must_use]
    pub fn texts(&self) -> Vec<IndexedText> {
        let actor = &self.actor;
        if actor.state != ActorState::Active {
            return Vec::new();
        }
        let summary = prose::plain(&actor.summary_html, TEXT_MAX);
        let Some(charter) = &self.community else {
            // A name has no language; what somebody says of themselves is in their first one.
            let tag = actor.languages.split_whitespace().next();
            let name = format!("{} {}", actor.name, actor.handle);
            let about = [&actor.job_title, &actor.organization, &summary].map(String::as_str);
            let text =
                IndexedText::new(tag.unwrap_or(model::lang::UNKNOWN), &name, &about.join(" "));
            return text.into_iter().collect();
        };
        let about = [
            &charter.purpose,
            &charter.domain,
            &charter.community,
            &charter.practice,
        ];
        let text = |tag: &str| {
            let name = format!("{} {}", exact(&charter.name, tag), actor.handle);
            let mut body: Vec<&str> = about.iter().map(|text| exact(text, tag)).collect();
            body.push(&summary);
            IndexedText::new(tag, &name, &body.join(" "))
        };
        let mut tags = tags_of(&[&charter.name]);
        tags.extend(tags_of(&about));
        tags.sort_unstable();
        tags.dedup();
        tags.into_iter().filter_map(text).collect()
    }
}

/// The text in exactly this language; empty where there is none.
fn exact<'t>(text: &'t LangText, tag: &str) -> &'t str {
    let found = text.iter().find(|(known, _)| *known == tag);
    found.map_or("", |(_, text)| text)
}

/// The languages of some texts, each once.
fn tags_of<'t>(texts: &[&'t LangText]) -> Vec<&'t str> {
    let mut tags: Vec<&str> = texts.iter().flat_map(|text| text.tags()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Writes the entries of a post. Returns `false`, and writes nothing, where it has changed since it was
/// read.
///
/// # Errors
/// Faults only.
pub fn put_post(tx: &mut Tx<'_>, source: &PostSource, texts: &[IndexedText]) -> Outcome<bool> {
    let id = source.post.id;
    let now = store::raw::post::by_id(tx.db, id)?;
    let unchanged = now
        .is_some_and(|post| post.state == source.post.state && post.text() == source.post.text());
    if unchanged {
        replace(tx, SearchTarget::Post(id), texts)?;
    }
    Ok(unchanged)
}

/// Writes the entries of an actor. Returns `false`, and writes nothing, where it has changed since it
/// was read.
///
/// # Errors
/// Faults only.
pub fn put_actor(tx: &mut Tx<'_>, source: &ActorSource, texts: &[IndexedText]) -> Outcome<bool> {
    let id = source.actor.id;
    let unchanged = read_actor(tx.db, id)?.is_some_and(|now| {
        now.actor.state == source.actor.state
            && now.actor.updated_at == source.actor.updated_at
            && now.community == source.community
    });
    if unchanged {
        replace(tx, SearchTarget::Actor(id, source.actor.kind), texts)?;
    }
    Ok(unchanged)
}

fn replace(tx: &mut Tx<'_>, target: SearchTarget, texts: &[IndexedText]) -> Outcome<()> {
    let texts: Vec<(SearchTextId, IndexedText)> =
        texts.iter().map(|text| (tx.id(), text.clone())).collect();
    Ok(put(tx.db, target, &texts)?)
}

/// Deletes entries of posts by an actor that are not live any more, some in one call. Returns whether
/// there may be more.
///
/// # Errors
/// Faults only.
pub fn remove_outdated(tx: &mut Tx<'_>, author: ActorId) -> Outcome<bool> {
    let old = outdated(tx.db, author, CHUNK)?;
    remove(tx, &old)
}

/// Deletes entries from before a new one was written for everything that is found, some in one call.
/// Returns whether there may be more.
///
/// # Errors
/// Faults only.
pub fn remove_left_behind(tx: &mut Tx<'_>, before: SearchTextId) -> Outcome<bool> {
    let old = left_behind(tx.db, before, CHUNK)?;
    remove(tx, &old)
}

fn remove(tx: &mut Tx<'_>, texts: &[SearchTextId]) -> Outcome<bool> {
    for id in texts {
        remove_text(tx.db, *id)?;
    }
    Ok(i64::try_from(texts.len()) == Ok(CHUNK))
}

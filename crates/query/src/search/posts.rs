//! Posts that were found: which, in what order, and what a result shows of them.

use super::{CANDIDATES, HITS_PER_PAGE, SearchRequest, SearchResults};
use crate::post::shared;
use crate::row::{Actor, CommunityWithActor, Post};
use domain::{Outcome, prose};
use model::access::Reader;
use model::search::{MatchIn, Pattern, Segment};
use model::{ActorId, ActorKind, PostId, PostKind, PostState, Time};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::Db;
use store::search::{PostFilter, PostMatch};

/// Characters of the part of a text that a result shows.
const EXCERPT_MAX: usize = 240;
/// Characters of a text in which that part is looked for.
const TEXT_MAX: usize = 100_000;
/// Days after which half of what being new counts for is left.
const HALF_LIFE_DAYS: f64 = 180.0;
/// What an accepted answer counts for, and a question that has one: as much as being new.
const ANSWERED: f64 = 1.0;
const MILLIS_PER_DAY: f64 = 86_400_000.0;

/// Which posts are looked for; addresses are pairs of handle and host, empty for this instance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchFilter {
    /// The address of a community.
    pub community: Option<(String, String)>,
    /// The address of whoever wrote it.
    pub person: Option<(String, String)>,
    /// Only what the reader wrote; nothing for a guest.
    pub mine: bool,
    /// In threads with a tag of this name or slug.
    pub tag: Option<String>,
    /// Threads of a kind.
    pub kind: Option<PostKind>,
    /// Only replies, or only threads.
    pub replies: Option<bool>,
    /// Only texts in a language, by its primary tag.
    pub lang: Option<String>,
    /// Published at this time or later.
    pub since: Option<Time>,
    /// Published before this time.
    pub until: Option<Time>,
    /// Questions that have a reply, or that have none.
    pub answered: Option<bool>,
}

impl SearchFilter {
    /// The filter with ids; `None` where it names what is not there for the reader.
    pub(super) fn resolve(&self, db: &mut Db, reader: Reader) -> Outcome<Option<PostFilter>> {
        let mut filter = PostFilter {
            community: None,
            author: None,
            tag: self.tag.as_deref().map(model::tag::slug),
            kind: self.kind,
            replies: self.replies,
            lang: self.lang.clone(),
            since: self.since,
            until: self.until,
            answered: self.answered,
        };
        if let Some((handle, host)) = &self.community {
            let group = crate::actor::by_written(db, reader, Some('!'), handle, host)?;
            match group.filter(|actor| actor.kind == ActorKind::Group) {
                Some(group) => filter.community = Some(group.id),
                None => return Ok(None),
            }
        }
        if let Some((handle, host)) = &self.person {
            match crate::actor::by_written(db, reader, Some('@'), handle, host)? {
                Some(person) => filter.author = Some(person.id),
                None => return Ok(None),
            }
        }
        if self.mine {
            match (reader.viewer.person(), filter.author) {
                (Some(me), None) => filter.author = Some(me),
                (Some(me), Some(author)) if me == author => {}
                (Some(_) | None, _) => return Ok(None),
            }
        }
        Ok(Some(filter))
    }
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchOrder {
    /// What has the words in its title, and what is new.
    #[default]
    Relevance,
    /// What was published last.
    Newest,
}

/// A post that was found.
#[derive(Debug, Clone)]
pub struct PostHit {
    pub id: PostId,
    pub kind: PostKind,
    pub is_reply: bool,
    /// The title of its thread, with what was looked for marked; empty where that has none any more.
    pub title: Vec<Segment>,
    /// The language of the title.
    pub title_lang: String,
    /// The part of the text that shows why it was found.
    pub excerpt: Vec<Segment>,
    /// That is the warning about its content, in place of the text.
    pub is_warned: bool,
    /// The language of the text.
    pub lang: String,
    pub author: Arc<Actor>,
    /// The community it is in; `None` for a post in none.
    pub community: Option<Arc<CommunityWithActor>>,
    pub published_at: Time,
}

/// A post among the results, before it is shown.
struct Candidate {
    found: PostMatch,
    in_title: bool,
}

impl Candidate {
    /// Words in the title count most; then an accepted answer and a question that has one; then what is
    /// new, which is worth less the older it is; a thread a little more than a reply.
    fn score(&self, now: Time) -> f64 {
        let age = now.unix_millis() - self.found.published_at.unix_millis();
        #[expect(clippy::cast_precision_loss, reason = "an age in days needs no more")]
        let days = age.max(0) as f64 / MILLIS_PER_DAY;
        let thread = self.found.id == self.found.root_id;
        let text = f64::from(u8::from(self.in_title)) * 1.5 + f64::from(u8::from(thread)) * 0.25;
        let answered = self.found.accepted_at.is_some() || self.found.answer_count > 0;
        let answer = if answered { ANSWERED } else { 0.0 };
        text + answer + (-days / HALF_LIFE_DAYS).exp2()
    }
}

/// One page of the posts that match.
pub(super) fn find(
    db: &mut Db,
    reader: Reader,
    request: &SearchRequest<'_>,
    pattern: &Pattern,
    filter: &PostFilter,
) -> Outcome<SearchResults> {
    let mut found = candidates(db, reader, request, pattern, filter)?;
    let order = match pattern.is_empty() {
        true => SearchOrder::Newest,
        false => request.order,
    };
    match order {
        SearchOrder::Relevance => found.sort_by(|a, b| {
            let (left, right) = (a.score(reader.now), b.score(reader.now));
            right.total_cmp(&left).then(b.found.id.cmp(&a.found.id))
        }),
        SearchOrder::Newest => {
            found.sort_by_key(|c| std::cmp::Reverse((c.found.published_at, c.found.id)));
        }
    }
    let pages = found.len().div_ceil(HITS_PER_PAGE).max(1);
    let page = request.page.clamp(1, pages);
    let shown = found
        .iter()
        .skip((page - 1) * HITS_PER_PAGE)
        .take(HITS_PER_PAGE);
    let shown: Vec<PostMatch> = shown.map(|candidate| candidate.found.clone()).collect();
    Ok(SearchResults {
        posts: hits(db, reader, request, pattern, shown)?,
        post_count: found.len(),
        page,
        pages,
        ..SearchResults::default()
    })
}

/// The posts that are considered, each once, in the language that the reader prefers if it was found in
/// that.
fn candidates(
    db: &mut Db,
    reader: Reader,
    request: &SearchRequest<'_>,
    pattern: &Pattern,
    filter: &PostFilter,
) -> Outcome<Vec<Candidate>> {
    let mut all: Vec<Candidate> = Vec::new();
    let mut places: HashMap<PostId, usize> = HashMap::new();
    for within in [MatchIn::Title, MatchIn::Text] {
        let in_title = within == MatchIn::Title;
        let matches = match pattern.is_empty() {
            // Every text matches.
            true if in_title => continue,
            true => store::search::newest_posts(db, reader, filter, CANDIDATES)?,
            false => store::search::posts(db, reader, (pattern, within), filter, CANDIDATES)?,
        };
        for found in matches {
            match places.get(&found.id).and_then(|place| all.get_mut(*place)) {
                Some(known) => {
                    if found.lang == request.lang.as_str() && known.in_title == in_title {
                        known.found = found;
                    }
                }
                None => {
                    places.insert(found.id, all.len());
                    all.push(Candidate { found, in_title });
                }
            }
        }
    }
    Ok(all)
}

/// What results show of these posts, in their order.
fn hits(
    db: &mut Db,
    reader: Reader,
    request: &SearchRequest<'_>,
    pattern: &Pattern,
    found: Vec<PostMatch>,
) -> Outcome<Vec<PostHit>> {
    let ids: HashSet<PostId> = found.iter().flat_map(|hit| [hit.id, hit.root_id]).collect();
    let ids: Vec<PostId> = ids.into_iter().collect();
    let rows = store::post::by_ids(db, reader, &ids)?;
    let rows: HashMap<PostId, Post> = rows.into_iter().map(|row| (row.id, row)).collect();
    let authors: Vec<ActorId> = rows.values().map(|row| row.author_id).collect();
    let places: Vec<ActorId> = rows.values().filter_map(|row| row.community_id).collect();
    let authors = shared(store::actor::by_ids(db, reader, &authors)?);
    let places = shared(store::raw::community::by_ids(db, &places)?);
    let hit = |found: PostMatch| {
        let post = rows.get(&found.id)?;
        let root = rows.get(&found.root_id);
        let (title_lang, title) = root
            .filter(|root| root.state == PostState::Live)
            .and_then(|root| title(root, &found.lang, request.lang.as_str()))
            .unwrap_or_default();
        let (lang, html) = text(post, &found.lang)?;
        let warning = post.warning.get_or_first(lang);
        let body = prose::excerpt(warning, html, TEXT_MAX);
        Some(PostHit {
            is_warned: warning.is_some(),
            id: post.id,
            kind: post.kind,
            is_reply: post.parent_id.is_some(),
            title: pattern.excerpt(title, title_lang, usize::MAX),
            title_lang: title_lang.to_owned(),
            excerpt: pattern.excerpt(&body, lang, EXCERPT_MAX),
            lang: lang.to_owned(),
            author: Arc::clone(authors.get(&post.author_id)?),
            community: post.community_id.and_then(|id| places.get(&id).cloned()),
            published_at: post.published_at,
        })
    };
    Ok(found.into_iter().filter_map(hit).collect())
}

/// The title of a thread in the language in which something was found, else in the reader's.
fn title<'p>(root: &'p Post, found_in: &str, reader: &str) -> Option<(&'p str, &'p str)> {
    pair(&root.title, found_in)
        .or_else(|| pair(&root.title, reader))
        .or_else(|| root.title.first())
}

/// The text of a post in the language in which it was found.
fn text<'p>(post: &'p Post, found_in: &str) -> Option<(&'p str, &'p str)> {
    pair(&post.html, found_in).or_else(|| post.html.first())
}

fn pair<'t>(text: &'t model::LangText, primary: &str) -> Option<(&'t str, &'t str)> {
    text.iter()
        .find(|(tag, _)| model::lang::primary(tag) == primary)
}

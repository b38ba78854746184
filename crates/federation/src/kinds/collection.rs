//! Renders collections. Of followers and followed actors only the number is published.

use model::Urls;
use serde_json::Value;
use store::row;
use vocab::Collection;

/// Renders a collection with its size, and its first page, if it has pages.
#[must_use]
pub fn totals(id: &str, total: i64, first: Option<&str>) -> Collection {
    Collection::counted(id, u64::try_from(total).unwrap_or(0), first)
}

/// Renders a collection of which only the size is published: Lemmy (1.0-beta) reads followers from a plain
/// `Collection` with `items`.
#[must_use]
pub fn unlisted_totals(id: &str, total: i64) -> Collection {
    Collection {
        kind: "Collection".to_owned(),
        items: Some(Vec::new()),
        ..totals(id, total, None)
    }
}

/// Renders the facilitators and moderators of a community, by id.
#[must_use]
pub fn moderators(group: &row::Actor, people: &[row::Actor]) -> Collection {
    let members = people
        .iter()
        .map(|p| Value::from(p.ap_id.as_str()))
        .collect();
    let id = group.moderators_url.clone().unwrap_or_default();
    Collection {
        attributed_to: Some(group.ap_id.clone()),
        ..Collection::listed(&id, members)
    }
}

/// Renders a thread's posts in order of time (FEP-f228), all of them if they fit on one page. `owner` is the
/// community, or the author of the thread.
#[must_use]
pub fn context(
    urls: &Urls,
    root: &row::Post,
    owner: &row::Actor,
    total: i64,
    posts: Option<&[String]>,
) -> Collection {
    let id = urls.context(root.id);
    let base = match posts {
        Some(posts) => Collection::listed(&id, ids(posts)),
        None => totals(&id, total, Some(&format!("{id}?after=0"))),
    };
    let in_community = root.community_id == Some(owner.id);
    Collection {
        attributed_to: Some(owner.ap_id.clone()),
        audience: in_community
            .then(|| owner.ap_id.clone())
            .into_iter()
            .collect(),
        name: root.title.first().map(|(_, title)| title.to_owned()),
        ..base
    }
}

/// Renders one page of a thread's posts; `next` is the cursor of the page after it.
#[must_use]
pub fn context_page(
    urls: &Urls,
    root: &row::Post,
    after: i64,
    posts: &[String],
    next: Option<i64>,
) -> Collection {
    let id = urls.context(root.id);
    let at = |after: i64| format!("{id}?after={after}");
    Collection::page(&at(after), &id, ids(posts), next.map(at).as_deref())
}

fn ids(posts: &[String]) -> Vec<Value> {
    posts.iter().map(|id| Value::from(id.as_str())).collect()
}

//! Tags of communities: the facilitators of ours keep the list, and threads have some of them.

mod choose;
mod remote;
#[cfg(test)]
mod tests;

pub use choose::choose;
pub(crate) use choose::{apply, changed, of_new};
pub use remote::RemoteTag;
pub(crate) use remote::store_remote;

use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::limits::{TAG_NAME_MAX, TAGS_PER_COMMUNITY};
use model::refusal::{Checks, Rule};
use model::tag::{folded_name, slug, slug_of};
use model::{ActorId, Fact, Lang, LangText, TagId, Time, Urls, Why};
use std::collections::HashSet;
use store::row;

/// Most numbers tried at the end of a slug that another tag has.
const SLUG_TRIES: usize = 2 * TAGS_PER_COMMUNITY;

/// Notes what is wrong with the name of a tag.
#[must_use]
pub fn checks(name: &LangText) -> Checks {
    let mut checks = Checks::default();
    checks.that(!name.is_empty(), "tag_en", Why::Required);
    for (tag, text) in name.iter() {
        let field = field_of(tag);
        let readable = model::name::is_readable(text) && !slug(text).is_empty();
        checks
            .at_most(field, text, TAG_NAME_MAX)
            .that(readable, field, Why::Characters);
    }
    checks
}

/// The field of a form in which the name in a language is typed.
fn field_of(tag: &str) -> &'static str {
    match Lang::from_tag(tag) {
        Some(Lang::Fr) => "tag_fr",
        Some(Lang::En) | None => "tag_en",
    }
}

/// Adds a tag to the list of a community of ours.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid` with the fields at fault: `tag_list` where the community
/// has as many as it can.
pub fn add(tx: &mut Tx<'_>, by: ActorId, community: ActorId, name: &LangText) -> Outcome<TagId> {
    let group = manageable(tx, by, community)?;
    checks(name).done()?;
    let known = store::tag::of_community(tx.db, community)?;
    if known.len() >= TAGS_PER_COMMUNITY {
        return Err(Error::invalid("tag_list", Why::TooLong));
    }
    require_unique(&known, name)?;
    let id: TagId = tx.id();
    let row = row::Tag {
        id,
        community_id: community,
        ap_id: Urls::tag(&group.ap_id, id),
        slug: free_slug(tx, &known, id, &slug_of(name), community)?,
        name: name.clone(),
        updated_at: tx.now,
    };
    store::tag::insert(tx.db, &row)?;
    touch(tx, group)?;
    Ok(id)
}

/// Gives a tag another name. The addresses that its former name made lead to it. `began_from` says when it was last
/// renamed, as far as whoever renames it knows.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid` with the fields at fault: `Stale` where somebody else has
/// renamed it meanwhile, `Taken` where another tag has the name.
pub fn rename(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: TagId,
    name: &LangText,
    began_from: Option<Time>,
) -> Outcome<()> {
    let mut tag = store::tag::by_id(tx.db, id)?.ok_or(Error::not_found("tag"))?;
    let group = manageable(tx, by, tag.community_id)?;
    checks(name).done()?;
    if began_from.is_some_and(|began| began != tag.updated_at) {
        let field = name.first().map_or("tag_en", |(tag, _)| field_of(tag));
        return Err(Error::invalid(field, Why::Stale));
    }
    if tag.name == *name {
        return Ok(());
    }
    let mut others = store::tag::of_community(tx.db, tag.community_id)?;
    others.retain(|other| other.id != id);
    require_unique(&others, name)?;
    let slug = free_slug(tx, &others, id, &slug_of(name), tag.community_id)?;
    change_slug(tx, &mut tag, slug)?;
    tag.name = name.clone();
    // Later than before, also where the clock was set back.
    tag.updated_at = tx.now.max(tag.updated_at.plus_millis(1));
    store::tag::update(tx.db, &tag)?;
    touch(tx, group)
}

/// Removes a tag. The threads lose it.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, id: TagId) -> Outcome<()> {
    let tag = store::tag::by_id(tx.db, id)?.ok_or(Error::not_found("tag"))?;
    let group = manageable(tx, by, tag.community_id)?;
    store::tag::delete(tx.db, id)?;
    touch(tx, group)
}

/// Loads a community of ours whose tags somebody may change.
fn manageable(tx: &mut Tx<'_>, by: ActorId, community: ActorId) -> Outcome<row::Actor> {
    let place =
        store::raw::community::by_id(tx.db, community)?.ok_or(Error::not_found("community"))?;
    if place.actor.peer_id.is_some() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    access::require_in(tx, by, Action::Manage, community)?;
    Ok(place.actor)
}

/// Other servers are sent the list with the community's actor.
fn touch(tx: &mut Tx<'_>, mut group: row::Actor) -> Outcome<()> {
    group.updated_at = tx.now;
    store::actor::update(tx.db, &group)?;
    tx.record(Fact::ActorChanged { actor: group.id });
    Ok(())
}

/// Checks that no other tag has the name in any language.
fn require_unique(others: &[row::Tag], name: &LangText) -> Outcome<()> {
    let names = others.iter().flat_map(|tag| tag.name.iter());
    let taken: HashSet<String> = names.map(|(_, text)| folded_name(text)).collect();
    let mut checks = Checks::default();
    for (tag, text) in name.iter() {
        let free = !taken.contains(&folded_name(text));
        checks.that(free, field_of(tag), Why::Taken);
    }
    Ok(checks.done()?)
}

/// Returns the slug wanted, with a number where another tag has or had it.
fn free_slug(
    tx: &mut Tx<'_>,
    others: &[row::Tag],
    id: TagId,
    wanted: &str,
    community: ActorId,
) -> Outcome<String> {
    let former = store::tag::former_slugs(tx.db, community)?;
    let taken = |slug: &str| {
        let now = others.iter().any(|tag| tag.id != id && tag.slug == slug);
        now || former.iter().any(|(known, of)| known == slug && *of != id)
    };
    Ok(numbered(wanted, &taken))
}

/// Returns the slug, else the first of it with a number that is not taken.
fn numbered(wanted: &str, taken: &dyn Fn(&str) -> bool) -> String {
    let more = (2..SLUG_TRIES).map(|number| format!("{wanted}-{number}"));
    let mut all = std::iter::once(wanted.to_owned()).chain(more);
    all.find(|slug| !taken(slug)).unwrap_or_default()
}

/// Gives a tag another slug, and lets the former one lead to it.
fn change_slug(tx: &mut Tx<'_>, tag: &mut row::Tag, slug: String) -> Outcome<()> {
    if slug == tag.slug {
        return Ok(());
    }
    let former = row::FormerSlug {
        community_id: tag.community_id,
        slug: std::mem::replace(&mut tag.slug, slug),
        tag_id: tag.id,
    };
    store::tag::insert_former_slug(tx.db, &former)?;
    store::tag::delete_former_slug(tx.db, tag.community_id, &tag.slug)?;
    Ok(())
}

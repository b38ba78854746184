//! Communities: founding, descriptions and roles.

pub mod contact;
pub mod space;
pub mod stage;
#[cfg(test)]
mod tests;

use crate::account::{Principal, require_admin};
use crate::keys::KeyPair;
use crate::{Error, Outcome, Tx, access, actor, follow};
use model::access::{Action, Reader, SpaceAccess, SpacePosting};
use model::community::{BackfillState, COLOURS, Charter, Purpose, Purposes};
use model::handle::Handle;
use model::lang::are_tags;
use model::limits::{CHARTER_TEXT_MAX, COMMUNITY_NAME_MAX, PEER_POSTS_PER_HOUR, PURPOSE_MAX};
use model::membership::JoinPolicy;
use model::refusal::{Checks, Rule};
use model::{ActorId, ActorKind, Fact, Lang, LangText, MemberRole, SpaceId, Why};
use std::collections::HashMap;
use store::row;

/// What is wrong with what a community says of itself.
#[must_use]
pub fn checks(charter: &Charter) -> Checks {
    let mut checks = Checks::default();
    checks
        .that(!charter.name.is_empty(), "name_en", Why::Required)
        .that(!charter.purpose.is_empty(), "purpose_en", Why::Required)
        .that(!charter.languages.is_empty(), "languages", Why::Required)
        .that(are_tags(&charter.languages), "languages", Why::NotAChoice);
    let fields: [([&'static str; 2], &LangText, usize); 5] = [
        (["name_en", "name_fr"], &charter.name, COMMUNITY_NAME_MAX),
        (["purpose_en", "purpose_fr"], &charter.purpose, PURPOSE_MAX),
        (
            ["domain_en", "domain_fr"],
            &charter.domain,
            CHARTER_TEXT_MAX,
        ),
        (
            ["community_en", "community_fr"],
            &charter.community,
            CHARTER_TEXT_MAX,
        ),
        (
            ["practice_en", "practice_fr"],
            &charter.practice,
            CHARTER_TEXT_MAX,
        ),
    ];
    for ([en, fr], texts, max) in fields {
        for (tag, text) in texts.iter() {
            let field = if Lang::from_tag(tag) == Some(Lang::Fr) {
                fr
            } else {
                en
            };
            checks.at_most(field, text, max);
            if en == "name_en" {
                checks.readable(field, text);
            }
        }
    }
    checks
}

/// The row of what a community says of itself.
pub(crate) fn to_row(
    id: ActorId,
    founded_by: Option<ActorId>,
    charter: &Charter,
    colour: i32,
) -> row::Community {
    let charter = charter.clone();
    row::Community {
        actor_id: id,
        founded_by,
        name: charter.name,
        purpose: charter.purpose,
        domain: charter.domain,
        community: charter.community,
        practice: charter.practice,
        colour,
        backfill: BackfillState::None,
        private: false,
        question_answer: false,
        posts_per_hour: PEER_POSTS_PER_HOUR,
        join_policy: JoinPolicy::Application,
        stage: charter.stage,
        opens_on: String::new(),
        purposes: charter.purposes.to_text(),
    }
}

/// Adds what a community says of itself, and its open space.
pub(crate) fn insert(tx: &mut Tx<'_>, row: &row::Community) -> Outcome<()> {
    store::community::insert(tx.db, row)?;
    if store::space::open_of(tx.db, row.actor_id)?.is_none() {
        let space = row::Space {
            id: tx.id::<SpaceId>(),
            community_id: row.actor_id,
            access: SpaceAccess::Open,
            name: LangText::default(),
            created_at: tx.now,
            posting: SpacePosting::All,
            closed_at: None,
        };
        store::space::insert(tx.db, &space)?;
    }
    Ok(())
}

/// What a community says of itself, out of its rows.
#[must_use]
pub fn charter(row: &row::Community, actor: &row::Actor) -> Charter {
    Charter {
        name: row.name.clone(),
        purpose: row.purpose.clone(),
        domain: row.domain.clone(),
        community: row.community.clone(),
        practice: row.practice.clone(),
        languages: actor
            .languages
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        purposes: Purposes::stored(&row.purposes),
        stage: row.stage,
    }
}

/// Founds a community: a `Group` actor that anyone may follow. Its founder facilitates and
/// follows it.
///
/// # Errors
/// `Invalid` with the fields at fault, `NotAllowed(ActiveAccount)`.
pub fn found(
    tx: &mut Tx<'_>,
    by: ActorId,
    handle: &Handle,
    charter: &Charter,
    key: &KeyPair,
) -> Outcome<ActorId> {
    actor::active(tx, by)?;
    checks(charter).done()?;
    let name = display_name(charter);
    let mut group = actor::create_local(tx, ActorKind::Group, handle.as_str(), &name, key)?;
    group.languages = charter.languages.join(" ");
    store::actor::update(tx.db, &group)?;
    let colour = least_used_colour(tx)?;
    let mut row = to_row(group.id, Some(by), charter, colour);
    if row.purposes.is_empty() {
        row.purposes = Purpose::Learn.to_string();
    }
    insert(tx, &row)?;
    store::community::put_member(tx.db, group.id, by, MemberRole::Facilitator, tx.now)?;
    follow::follow(tx, by, group.id)?;
    tx.record(Fact::ActorStored { actor: group.id });
    Ok(group.id)
}

/// The one name for software that knows one: English, else French.
fn display_name(charter: &Charter) -> String {
    charter.name.read(model::Lang::En).to_owned()
}

/// Changes the description of a community.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`, `Invalid` with the fields at fault.
pub fn describe(tx: &mut Tx<'_>, by: ActorId, id: ActorId, charter: &Charter) -> Outcome<()> {
    let place = get_local(tx, id)?;
    access::require_in(tx, by, Action::Manage, id)?;
    checks(charter).done()?;
    let (row, mut group) = (place.community, place.actor);
    let former = row.name.clone();
    group.name = display_name(charter);
    group.languages = charter.languages.join(" ");
    group.updated_at = tx.now;
    store::actor::update(tx.db, &group)?;
    let row = row::Community {
        posts_per_hour: row.posts_per_hour,
        join_policy: row.join_policy,
        stage: row.stage,
        opens_on: row.opens_on.clone(),
        purposes: row.purposes.clone(),
        ..to_row(id, row.founded_by, charter, row.colour)
    };
    store::community::update(tx.db, &row)?;
    if former != row.name {
        stage::record_name(tx, by, id, &former)?;
    }
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// Limits how much one person of another server may post in a community within an hour; 0 is no limit.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`, `Invalid` for a negative number.
pub fn set_posts_per_hour(tx: &mut Tx<'_>, by: ActorId, id: ActorId, posts: i64) -> Outcome<()> {
    let place = get_local(tx, id)?;
    access::require_in(tx, by, Action::Manage, id)?;
    if posts < 0 {
        return Err(Error::invalid("posts_per_hour", Why::Required));
    }
    let row = row::Community {
        posts_per_hour: posts,
        ..place.community
    };
    store::community::update(tx.db, &row)?;
    Ok(())
}

/// The colour that the fewest communities known here have. The palette is in such an order that
/// neighbours differ most.
pub(crate) fn least_used_colour(tx: &mut Tx<'_>) -> Outcome<i32> {
    let used: HashMap<i32, i64> = store::community::colours(tx.db)?.into_iter().collect();
    let colours = 0..i32::try_from(COLOURS).unwrap_or(1);
    let least = colours.min_by_key(|colour| used.get(colour).copied().unwrap_or(0));
    Ok(least.unwrap_or(0))
}

/// Gives a community the colour that its facilitators chose. It is not sent to other servers.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`, `Invalid` with the field `colour`.
pub fn set_colour(tx: &mut Tx<'_>, by: ActorId, id: ActorId, colour: i32) -> Outcome<()> {
    get_local(tx, id)?;
    access::require_in(tx, by, Action::Manage, id)?;
    if !u32::try_from(colour).is_ok_and(|colour| colour < COLOURS) {
        return Err(Error::invalid("colour", Why::NotAChoice));
    }
    store::community::set_colour(tx.db, id, colour)?;
    Ok(())
}

/// Gives a community that nobody can look after any more, since its facilitators are suspended or gone,
/// to a person of ours: they facilitate and follow it.
///
/// # Errors
/// `NotFound`, `NotAllowed(Admin | NotOurs | HasFacilitator | ActiveAccount)`.
pub fn give(tx: &mut Tx<'_>, by: Principal, id: ActorId, to: ActorId) -> Outcome<()> {
    require_admin(tx, by)?;
    let mut group = get_local(tx, id)?.actor;
    let person = actor::active(tx, to)?;
    if person.peer_id.is_some() || person.kind != ActorKind::Person {
        return Err(Error::not_found("person"));
    }
    if store::community::has_active_facilitator(tx.db, id)? {
        return Err(Error::not_allowed(Rule::HasFacilitator));
    }
    store::community::put_member(tx.db, id, to, MemberRole::Facilitator, tx.now)?;
    follow::follow(tx, to, id)?;
    group.updated_at = tx.now;
    store::actor::update(tx.db, &group)?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// Has the recent threads of a remote community imported, because somebody here looked it up or follows
/// it. Idempotent; nothing for what is no remote community.
///
/// # Errors
/// Faults only.
pub fn request_backfill(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    match store::raw::community::by_id(tx.db, id)? {
        Some(place) => request_backfill_of(tx, place),
        None => Ok(()),
    }
}

/// [`request_backfill`] of a community that was loaded before.
pub(crate) fn request_backfill_of(
    tx: &mut Tx<'_>,
    place: store::community::CommunityWithActor,
) -> Outcome<()> {
    let (actor, community) = (place.actor, place.community);
    let wanted = actor.peer_id.is_some() && !community.private;
    if wanted && community.backfill == BackfillState::None {
        set_backfill(tx, community, BackfillState::Requested)?;
        tx.record(Fact::BackfillRequested {
            community: actor.id,
        });
    }
    Ok(())
}

/// A remote community's recent threads have been looked through.
///
/// # Errors
/// `NotFound`.
pub fn backfilled(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    let place = store::raw::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    set_backfill(tx, place.community, BackfillState::Done)
}

fn set_backfill(tx: &mut Tx<'_>, mut row: row::Community, to: BackfillState) -> Outcome<()> {
    row.backfill = to;
    store::community::update(tx.db, &row)?;
    Ok(())
}

/// Those whom a remote community's own list names as its moderators, in place of those it named
/// before.
///
/// # Errors
/// `NotFound`, `NotAllowed(NotOurs)` for a local community, whose roles are given here.
pub fn set_remote_moderators(tx: &mut Tx<'_>, id: ActorId, named: &[ActorId]) -> Outcome<()> {
    let place = store::raw::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    if place.actor.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    let before = store::community::members(
        tx.db,
        Reader::system(tx.now),
        id,
        &[MemberRole::Moderator],
        500,
    )?;
    for (_, actor) in before
        .iter()
        .filter(|(_, actor)| !named.contains(&actor.id))
    {
        store::community::remove_member(tx.db, id, actor.id)?;
    }
    for who in named {
        store::community::put_member(tx.db, id, *who, MemberRole::Moderator, tx.now)?;
    }
    Ok(())
}

/// Loads a local community.
fn get_local(tx: &mut Tx<'_>, id: ActorId) -> Outcome<store::community::CommunityWithActor> {
    let place = store::raw::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    if place.actor.peer_id.is_some() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    Ok(place)
}

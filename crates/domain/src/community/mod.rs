//! Communities: founded, described anew, and who may do what in them.

#[cfg(test)]
mod tests;

use crate::keys::KeyPair;
use crate::{Error, Outcome, Tx, actor, follow};
use model::community::{Charter, NAME_MAX, PURPOSE_MAX, TEXT_MAX};
use model::handle::Handle;
use model::lang::are_tags;
use model::refusal::{Checks, Rule};
use model::{ActorId, ActorKind, Bilingual, Fact, MemberRole, Why};
use store::row;

/// Checks what a community says of itself.
fn check(charter: &Charter) -> Outcome<()> {
    let mut checks = Checks::default();
    checks
        .that(!charter.name.is_empty(), "name_en", Why::Required)
        .that(!charter.purpose.is_empty(), "purpose_en", Why::Required)
        .that(!charter.languages.is_empty(), "languages", Why::Required)
        .that(are_tags(&charter.languages), "languages", Why::NotAChoice);
    let fields: [(&'static str, &'static str, &Bilingual, usize); 5] = [
        ("name_en", "name_fr", &charter.name, NAME_MAX),
        ("purpose_en", "purpose_fr", &charter.purpose, PURPOSE_MAX),
        ("domain_en", "domain_fr", &charter.domain, TEXT_MAX),
        ("community_en", "community_fr", &charter.community, TEXT_MAX),
        ("practice_en", "practice_fr", &charter.practice, TEXT_MAX),
    ];
    for (en, fr, text, max) in fields {
        checks.at_most(en, &text.en, max).at_most(fr, &text.fr, max);
    }
    Ok(checks.done()?)
}

/// The row of what a community says of itself.
pub(crate) fn to_row(
    id: ActorId,
    founded_by: Option<ActorId>,
    charter: &Charter,
) -> row::Community {
    let Charter {
        name,
        purpose,
        domain,
        community,
        practice,
        languages: _,
    } = charter.clone();
    row::Community {
        actor_id: id,
        founded_by,
        name_en: name.en,
        name_fr: name.fr,
        purpose_en: purpose.en,
        purpose_fr: purpose.fr,
        domain_en: domain.en,
        domain_fr: domain.fr,
        community_en: community.en,
        community_fr: community.fr,
        practice_en: practice.en,
        practice_fr: practice.fr,
        backfilled_at: None,
    }
}

/// What a community says of itself, out of its rows.
#[must_use]
pub fn charter(row: &row::Community, actor: &row::Actor) -> Charter {
    Charter {
        name: Bilingual::new(&row.name_en, &row.name_fr),
        purpose: Bilingual::new(&row.purpose_en, &row.purpose_fr),
        domain: Bilingual::new(&row.domain_en, &row.domain_fr),
        community: Bilingual::new(&row.community_en, &row.community_fr),
        practice: Bilingual::new(&row.practice_en, &row.practice_fr),
        languages: actor
            .languages
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
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
    check(charter)?;
    let name = display_name(charter);
    let mut group = actor::create_local(tx, ActorKind::Group, handle.as_str(), &name, key)?;
    group.languages = charter.languages.join(" ");
    store::actor::update(tx.db, &group)?;
    store::community::insert(tx.db, &to_row(group.id, Some(by), charter))?;
    store::community::put_member(tx.db, group.id, by, MemberRole::Facilitator, tx.now)?;
    follow::follow(tx, by, group.id)?;
    Ok(group.id)
}

/// The one name for software that knows one: English, else French.
fn display_name(charter: &Charter) -> String {
    charter.name.read(model::Lang::En).to_owned()
}

/// Describes a community anew.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator)`, `Invalid` with the fields at fault.
pub fn describe(tx: &mut Tx<'_>, by: ActorId, id: ActorId, charter: &Charter) -> Outcome<()> {
    let (row, mut group) = get_local(tx, id)?;
    require_facilitator(tx, by, id)?;
    check(charter)?;
    group.name = display_name(charter);
    group.languages = charter.languages.join(" ");
    group.updated_at = tx.now;
    store::actor::update(tx.db, &group)?;
    store::community::update(tx.db, &to_row(id, row.founded_by, charter))?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// A remote community's recent threads have been looked through.
///
/// # Errors
/// `NotFound`.
pub fn backfilled(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    let (mut row, _) = store::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    row.backfilled_at = Some(tx.now);
    store::community::update(tx.db, &row)?;
    Ok(())
}

/// Those whom a remote community's own list names as its moderators, in place of those it named
/// before.
///
/// # Errors
/// `NotFound`, `NotAllowed(NotOurs)` for a community of ours, whose roles are given here.
pub fn set_remote_moderators(tx: &mut Tx<'_>, id: ActorId, named: &[ActorId]) -> Outcome<()> {
    let (_, group) = store::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    if group.peer_id.is_none() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    let before = store::community::members(tx.db, id, &[MemberRole::Moderator], 500)?;
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

/// A community of ours.
fn get_local(tx: &mut Tx<'_>, id: ActorId) -> Outcome<store::community::Place> {
    let place = store::community::by_id(tx.db, id)?.ok_or(Error::not_found("community"))?;
    if place.1.peer_id.is_some() {
        return Err(Error::not_allowed(Rule::NotOurs));
    }
    Ok(place)
}

/// Somebody may change what a community says of itself.
pub(crate) fn require_facilitator(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<()> {
    actor::active(tx, by)?;
    match store::community::role(tx.db, id, by)? {
        Some(MemberRole::Facilitator) => Ok(()),
        Some(MemberRole::Moderator | MemberRole::Member) | None => {
            Err(Error::not_allowed(Rule::Facilitator))
        }
    }
}

/// Somebody may take away what others wrote in this community.
pub(crate) fn moderates(db: &mut store::Db, who: ActorId, id: ActorId) -> Outcome<bool> {
    Ok(match store::community::role(db, id, who)? {
        Some(MemberRole::Facilitator | MemberRole::Moderator) => true,
        Some(MemberRole::Member) | None => false,
    })
}

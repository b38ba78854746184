//! The stage and the purposes of a community, and its timeline: each change of them and of its name is remembered, beside
//! what its facilitators write.

use super::get_local;
use crate::{Error, Outcome, Tx, access};
use model::access::Action;
use model::community::{MILESTONE_MAX, MILESTONES_MAX, MilestoneKind, Purposes, Stage, is_day};
use model::refusal::Checks;
use model::{ActorId, Fact, Lang, LangText, MilestoneId, Why};
use store::row;

/// Moves a community into another stage. `opens_on` is the day on which a planned one opens (`YYYY-MM-DD`, or empty), and
/// is forgotten in each other stage.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(opens_on)`.
pub fn set_stage(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    stage: Stage,
    opens_on: &str,
) -> Outcome<()> {
    let opens_on = match stage {
        Stage::Planned => opens_on.trim(),
        Stage::Incubating | Stage::Active | Stage::Dormant | Stage::Archived => "",
    };
    let mut checks = Checks::default();
    checks.that(
        opens_on.is_empty() || is_day(opens_on),
        "opens_on",
        Why::Malformed,
    );
    checks.done()?;
    let former = manageable(tx, by, id)?;
    let row = row::Community {
        stage,
        opens_on: opens_on.to_owned(),
        ..former.clone()
    };
    if row == former {
        return Ok(());
    }
    store::community::update(tx.db, &row)?;
    if stage != former.stage {
        record(
            tx,
            by,
            id,
            MilestoneKind::Stage,
            stage.as_str(),
            LangText::default(),
        )?;
    }
    touch(tx, id)
}

/// Changes what the people of a community come together for: one to three purposes.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(purposes: Required)`.
pub fn set_purposes(tx: &mut Tx<'_>, by: ActorId, id: ActorId, purposes: &Purposes) -> Outcome<()> {
    if purposes.all().is_empty() {
        return Err(Error::invalid("purposes", Why::Required));
    }
    let former = manageable(tx, by, id)?;
    let purposes = purposes.to_text();
    if former.purposes == purposes {
        return Ok(());
    }
    record(
        tx,
        by,
        id,
        MilestoneKind::Purposes,
        &purposes,
        LangText::default(),
    )?;
    let row = row::Community { purposes, ..former };
    store::community::update(tx.db, &row)?;
    touch(tx, id)
}

/// Writes something into the timeline of a community, on a day (`YYYY-MM-DD`) that may be past or to come.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(on_day | milestone_en | milestone_fr)`: `TooLong` of
/// `milestone_en` also where there are [`MILESTONES_MAX`].
pub fn add_milestone(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    on_day: &str,
    text: &LangText,
) -> Outcome<MilestoneId> {
    manageable(tx, by, id)?;
    let mut checks = Checks::default();
    checks
        .that(is_day(on_day.trim()), "on_day", Why::Malformed)
        .that(!text.is_empty(), "milestone_en", Why::Required);
    for (tag, words) in text.iter() {
        let field = match Lang::from_tag(tag) {
            Some(Lang::Fr) => "milestone_fr",
            Some(Lang::En) | None => "milestone_en",
        };
        checks
            .at_most(field, words, MILESTONE_MAX)
            .readable(field, words);
    }
    checks.done()?;
    if store::community::milestone::count_own(tx.db, id)? >= MILESTONES_MAX {
        return Err(Error::invalid("milestone_en", Why::TooLong));
    }
    let row = row::Milestone {
        id: tx.id(),
        community_id: id,
        kind: MilestoneKind::Own,
        on_day: on_day.trim().to_owned(),
        by_id: Some(by),
        word: String::new(),
        text: text.clone(),
    };
    store::community::milestone::insert(tx.db, &row)?;
    Ok(row.id)
}

/// Takes out of the timeline of a community what a facilitator wrote. Idempotent.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`.
pub fn remove_milestone(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    milestone: MilestoneId,
) -> Outcome<()> {
    manageable(tx, by, id)?;
    Ok(store::community::milestone::delete_own(
        tx.db, id, milestone,
    )?)
}

/// Remembers that a community had another name.
pub(super) fn record_name(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    former: &LangText,
) -> Outcome<()> {
    record(tx, by, id, MilestoneKind::Name, "", former.clone())
}

fn record(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: ActorId,
    kind: MilestoneKind,
    word: &str,
    text: LangText,
) -> Outcome<()> {
    let row = row::Milestone {
        id: tx.id(),
        community_id: id,
        kind,
        on_day: tx.now.utc().format("%F").to_string(),
        by_id: Some(by),
        word: word.to_owned(),
        text,
    };
    Ok(store::community::milestone::insert(tx.db, &row)?)
}

/// Loads a community of ours that somebody facilitates.
fn manageable(tx: &mut Tx<'_>, by: ActorId, id: ActorId) -> Outcome<row::Community> {
    let place = get_local(tx, id)?;
    access::require_in(tx, by, Action::Manage, id)?;
    Ok(place.community)
}

/// Other servers are sent the community's actor again.
fn touch(tx: &mut Tx<'_>, id: ActorId) -> Outcome<()> {
    let mut group = get_local(tx, id)?.actor;
    group.updated_at = tx.now;
    store::actor::update(tx.db, &group)?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

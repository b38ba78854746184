//! What people say of themselves.

use super::NAME_MAX;
use crate::actor::{self, Picture};
use crate::prose::Prose;
use crate::{Outcome, Tx};
use model::lang::are_tags;
use model::profile::{ENTRIES_MAX, ENTRY_MAX, EntryKind};
use model::refusal::Checks;
use model::search::fold_line;
use model::site::is_zone_name;
use model::{ActorId, Fact, Lang, SeenBy, Why};
use store::row;

/// What a person says of themselves; the biography is rendered before.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Name, at most 80 characters.
    pub name: String,
    /// Pronouns, at most 40.
    pub pronouns: String,
    /// Role at work, at most 80.
    pub job_title: String,
    /// Organization, at most 120.
    pub organization: String,
    /// Language tags.
    pub languages: Vec<String>,
    /// Biography, at most 5,000 characters as typed.
    pub biography: Prose,
    /// Whether what they write may be found by searching; `None` leaves it.
    pub indexable: Option<bool>,
    /// Who finds them in lists and by searching, and sees their profile; `None` leaves it.
    pub seen_by: Option<SeenBy>,
    /// Where they work; `None` leaves it.
    pub region: Option<String>,
    /// What others may ask them about; `None` leaves it.
    pub ask: Option<Vec<String>>,
    /// The systems and tools they use; `None` leaves it.
    pub systems: Option<Vec<String>>,
    /// Whether others see whom they follow; `None` leaves it.
    pub show_follows: Option<bool>,
}

/// Writes the profile.
///
/// # Errors
/// `Invalid` with the fields at fault, `NotAllowed(ActiveAccount)`.
pub fn set_profile(tx: &mut Tx<'_>, id: ActorId, profile: &Profile) -> Outcome<()> {
    Checks::default()
        .name("name", &profile.name, NAME_MAX)
        .at_most("pronouns", &profile.pronouns, 40)
        .readable("pronouns", &profile.pronouns)
        .at_most("role", &profile.job_title, 80)
        .readable("role", &profile.job_title)
        .at_most("organization", &profile.organization, 120)
        .readable("organization", &profile.organization)
        .at_most("biography", &profile.biography.md, 5_000)
        .that(are_tags(&profile.languages), "languages", Why::NotAChoice)
        .done()?;
    let mut row = actor::active(tx, id)?;
    profile.name.trim().clone_into(&mut row.name);
    profile.pronouns.trim().clone_into(&mut row.pronouns);
    profile.job_title.trim().clone_into(&mut row.job_title);
    profile
        .organization
        .trim()
        .clone_into(&mut row.organization);
    row.languages = profile.languages.join(" ");
    row.summary_md.clone_from(&profile.biography.md);
    row.summary_html.clone_from(&profile.biography.html);
    row.indexable = profile.indexable.unwrap_or(row.indexable);
    row.seen_by = profile.seen_by.unwrap_or(row.seen_by);
    row.show_follows = profile.show_follows.unwrap_or(row.show_follows);
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    set_entries(tx, id, profile)?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// Writes what others can look for. Each entry once, however it is written.
fn set_entries(tx: &mut Tx<'_>, id: ActorId, profile: &Profile) -> Outcome<()> {
    let mut checks = Checks::default();
    let mut rows: Vec<row::ProfileEntry> = Vec::new();
    let held = store::actor::entries(tx.db, id)?;
    let organization = [profile.organization.clone()];
    let region = profile.region.as_ref().map(std::slice::from_ref);
    for (kind, field, texts) in [
        (EntryKind::Ask, "ask", profile.ask.as_deref()),
        (EntryKind::System, "systems", profile.systems.as_deref()),
        (EntryKind::Region, "region", region),
        (
            EntryKind::Organization,
            "organization",
            Some(&organization[..]),
        ),
    ] {
        let Some(texts) = texts else {
            rows.extend(held.iter().filter(|row| row.kind == kind).cloned());
            continue;
        };
        let mut number = 0;
        for text in texts.iter().map(|text| text.trim()) {
            let folded = fold_line(text);
            let known = rows
                .iter()
                .any(|row| row.kind == kind && row.folded == folded);
            if text.is_empty() || known {
                continue;
            }
            if kind != EntryKind::Organization {
                checks
                    .at_most(field, text, ENTRY_MAX)
                    .readable(field, text)
                    .that(number < ENTRIES_MAX, field, Why::TooLong);
            }
            rows.push(row::ProfileEntry {
                actor_id: id,
                kind,
                number: i32::try_from(number).unwrap_or(i32::MAX),
                text: text.to_owned(),
                folded,
            });
            number += 1;
        }
    }
    checks.done()?;
    Ok(store::actor::set_entries(tx.db, id, &rows)?)
}

/// Shows a picture, or none.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `Invalid(picture_alt)`.
pub fn set_picture(tx: &mut Tx<'_>, id: ActorId, picture: Option<&Picture>) -> Outcome<()> {
    let mut row = actor::active(tx, id)?;
    if let Some(picture) = picture {
        Checks::default()
            .text("picture_alt", &picture.alt, 200)
            .done()?;
        store::media::insert(tx.db, &picture.blob)?;
    }
    row.picture_id = picture.map(|p| p.blob.id);
    row.picture_alt = picture.map(|p| p.alt.trim().to_owned()).unwrap_or_default();
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// Says in other words what the picture shows.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `Invalid(picture_alt)`.
pub fn describe_picture(tx: &mut Tx<'_>, id: ActorId, alt: &str) -> Outcome<()> {
    let mut row = actor::active(tx, id)?;
    if row.picture_id.is_none() || row.picture_alt == alt.trim() {
        return Ok(());
    }
    Checks::default().text("picture_alt", alt, 200).done()?;
    alt.trim().clone_into(&mut row.picture_alt);
    row.updated_at = tx.now;
    store::actor::update(tx.db, &row)?;
    tx.record(Fact::ActorChanged { actor: id });
    Ok(())
}

/// The language of the interface.
///
/// # Errors
/// Faults only.
pub fn set_lang(tx: &mut Tx<'_>, id: ActorId, lang: Lang) -> Outcome<()> {
    store::account::set_lang(tx.db, id, lang)?;
    Ok(())
}

/// Sets the time zone in which a person reads dates; empty: the site's.
///
/// # Errors
/// `Invalid(zone)`.
pub fn set_zone(tx: &mut Tx<'_>, id: ActorId, zone: &str) -> Outcome<()> {
    let mut checks = Checks::default();
    checks.that(is_zone_name(zone), "zone", Why::NotAChoice);
    checks.done()?;
    store::account::set_zone(tx.db, id, zone)?;
    match store::account::by_id(tx.db, id)? {
        Some((account, _)) => crate::notice::mail::zone_changed(tx, &account),
        None => Ok(()),
    }
}

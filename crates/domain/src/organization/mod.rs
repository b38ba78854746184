//! Organizations that people belong to. Administrators list them; people say themselves where they belong, and a confirmed
//! mail address in a domain of the organization confirms it for as long as it is their address.

#[cfg(test)]
mod tests;

use crate::account::{self, Principal};
use crate::{Error, Outcome, Tx, access, actor};
use model::access::Action;
use model::invitation::domains::MailDomains;
use model::mail::MailAddress;
use model::organization::{
    AFFILIATIONS_MAX, ELIGIBLE_MAX, ORGANIZATION_NAME_MAX, ORGANIZATIONS_MAX, PLACE_MAX,
    is_confirmed, read_ror,
};
use model::refusal::Checks;
use model::search::fold_line;
use model::tag::slug_of;
use model::{ActorId, Lang, LangText, OrganizationId, Time, Why};
use std::collections::HashSet;
use store::{Db, row};
use url::Url;

/// What administrators say of an organization, as typed.
#[derive(Debug, Clone, Default)]
pub struct NewOrganization {
    pub name: LangText,
    /// A town or region; may be empty.
    pub place: String,
    /// Its id in the Research Organization Registry, with or without `https://ror.org/`; may be empty.
    pub ror: String,
    /// The address of its website; may be empty.
    pub site: String,
    /// Its mail domains, separated by blanks, commas or line ends; may be empty.
    pub domains: String,
}

/// Reads what was typed into a row with an id, the end of an address, and a time.
fn read(
    (id, slug, updated_at): (OrganizationId, String, Time),
    new: &NewOrganization,
) -> Outcome<row::Organization> {
    let mut checks = Checks::default();
    checks.that(!new.name.is_empty(), "organization_en", Why::Required);
    for (tag, text) in new.name.iter() {
        let field = match Lang::from_tag(tag) {
            Some(Lang::Fr) => "organization_fr",
            Some(Lang::En) | None => "organization_en",
        };
        checks
            .at_most(field, text, ORGANIZATION_NAME_MAX)
            .readable(field, text);
    }
    let ror = read_ror(&new.ror);
    let site = Url::parse(new.site.trim()).ok();
    let is_site =
        site.is_some_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    checks
        .at_most("place", &new.place, PLACE_MAX)
        .readable("place", &new.place)
        .that(
            ror.is_some() || new.ror.trim().is_empty(),
            "ror",
            Why::Malformed,
        )
        .at_most("site", &new.site, 500)
        .that(
            is_site || new.site.trim().is_empty(),
            "site",
            Why::Malformed,
        );
    let domains = match MailDomains::read(&new.domains) {
        Ok(domains) => domains,
        Err(refusal) => {
            checks.done()?;
            return Err(refusal.into());
        }
    };
    checks.done()?;
    let names: Vec<String> = new.name.iter().map(|(_, text)| fold_line(text)).collect();
    Ok(row::Organization {
        id,
        slug,
        name: new.name.clone(),
        folded: names.join(" "),
        place: new.place.trim().to_owned(),
        ror: ror.unwrap_or_default(),
        site: new.site.trim().to_owned(),
        domains: domains.all().join(" "),
        updated_at,
    })
}

/// Lists an organization. Returns its id.
///
/// # Errors
/// `NotAllowed(Admin)`, `Invalid` with the fields at fault: `Taken` where another has the name or the id.
pub fn add(tx: &mut Tx<'_>, by: ActorId, new: &NewOrganization) -> Outcome<OrganizationId> {
    account::require_admin(tx, Principal::Person(by))?;
    let id: OrganizationId = tx.id();
    let slug = free_slug(tx, id, &new.name)?;
    let row = read((id, slug, tx.now), new)?;
    if store::organization::count(tx.db)? >= ORGANIZATIONS_MAX {
        return Err(Error::invalid("organization_en", Why::TooLong));
    }
    require_unique(tx, &row)?;
    store::organization::insert(tx.db, &row)?;
    Ok(id)
}

/// Writes what is said of an organization; its address stays. `began_from` says when it was last changed, as far as
/// whoever changes it knows.
///
/// # Errors
/// As [`add`]; `NotFound`; `Invalid(organization_en: Stale)` where somebody else has changed it meanwhile.
pub fn change(
    tx: &mut Tx<'_>,
    by: ActorId,
    id: OrganizationId,
    new: &NewOrganization,
    began_from: Option<Time>,
) -> Outcome<()> {
    account::require_admin(tx, Principal::Person(by))?;
    let held = store::organization::by_id(tx.db, id)?.ok_or(Error::not_found("organization"))?;
    if began_from.is_some_and(|began| began != held.updated_at) {
        return Err(Error::invalid("organization_en", Why::Stale));
    }
    // Later than before, also where the clock was set back.
    let at = tx.now.max(held.updated_at.plus_millis(1));
    let row = read((id, held.slug, at), new)?;
    require_unique(tx, &row)?;
    Ok(store::organization::update(tx.db, &row)?)
}

/// Takes an organization off the list. Nobody belongs to it any more, and no community admits its people.
///
/// # Errors
/// `NotAllowed(Admin)`.
pub fn remove(tx: &mut Tx<'_>, by: ActorId, id: OrganizationId) -> Outcome<()> {
    account::require_admin(tx, Principal::Person(by))?;
    Ok(store::organization::delete(tx.db, id)?)
}

/// Checks that no other organization has a name or the id in the registry.
fn require_unique(tx: &mut Tx<'_>, row: &row::Organization) -> Outcome<()> {
    let names: HashSet<String> = row.name.iter().map(|(_, text)| fold_line(text)).collect();
    let mut checks = Checks::default();
    for other in store::organization::all(tx.db)? {
        if other.id == row.id {
            continue;
        }
        let has_name = other
            .name
            .iter()
            .any(|(_, text)| names.contains(&fold_line(text)));
        checks.that(!has_name, "organization_en", Why::Taken).that(
            row.ror.is_empty() || other.ror != row.ror,
            "ror",
            Why::Taken,
        );
    }
    Ok(checks.done()?)
}

/// The end of the address of an organization: of its name, with its id where another has that.
fn free_slug(tx: &mut Tx<'_>, id: OrganizationId, name: &LangText) -> Outcome<String> {
    let slug = match slug_of(name) {
        empty if empty.is_empty() => return Ok(id.to_string()),
        slug => slug,
    };
    Ok(match store::organization::by_slug(tx.db, &slug)? {
        Some(_) => format!("{slug}-{id}"),
        None => slug,
    })
}

/// Says that somebody belongs to an organization. Returns whether their address confirms it. Idempotent.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`, `Invalid(affiliation)`: `Required`, `NotAChoice` for one that is not listed, `TooLong`
/// for more than [`AFFILIATIONS_MAX`].
pub fn join(tx: &mut Tx<'_>, who: ActorId, id: Option<OrganizationId>) -> Outcome<bool> {
    actor::active(tx, who)?;
    let id = id.ok_or(Error::invalid("affiliation", Why::Required))?;
    let found = store::organization::by_id(tx.db, id)?;
    let found = found.ok_or(Error::invalid("affiliation", Why::NotAChoice))?;
    let held = store::organization::affiliations(tx.db, who)?;
    if !held.iter().any(|(held, _)| held.id == id) {
        if held.len() >= AFFILIATIONS_MAX {
            return Err(Error::invalid("affiliation", Why::TooLong));
        }
        let row = row::Affiliation {
            actor_id: who,
            organization_id: id,
            since: tx.now,
        };
        store::organization::insert_affiliation(tx.db, &row)?;
    }
    let account = store::account::by_id(tx.db, who)?;
    let domains = MailDomains::stored(&found.domains);
    Ok(account.is_some_and(|(account, _)| is_confirmed(&domains, &account.address)))
}

/// Ends what somebody says of where they belong. Idempotent.
///
/// # Errors
/// `NotAllowed(ActiveAccount)`.
pub fn leave(tx: &mut Tx<'_>, who: ActorId, id: OrganizationId) -> Outcome<()> {
    actor::active(tx, who)?;
    Ok(store::organization::delete_affiliation(tx.db, who, id)?)
}

/// Chooses the organizations whose people a community admits at once, by their ids.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid(organizations)`: `NotAChoice` for one that is not listed,
/// `TooLong` for more than [`ELIGIBLE_MAX`].
pub fn set_eligible(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    ids: &[OrganizationId],
) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > ELIGIBLE_MAX {
        return Err(Error::invalid("organizations", Why::TooLong));
    }
    for id in &ids {
        if store::organization::by_id(tx.db, *id)?.is_none() {
            return Err(Error::invalid("organizations", Why::NotAChoice));
        }
    }
    Ok(store::organization::set_eligible(tx.db, community, &ids)?)
}

/// Whether a confirmed address belongs to an organization whose people a community admits.
///
/// # Errors
/// Faults only.
pub fn admits(db: &mut Db, community: ActorId, address: &MailAddress) -> Outcome<bool> {
    let rows = store::organization::eligible(db, community)?;
    let mut domains = rows.iter().map(|row| MailDomains::stored(&row.domains));
    Ok(domains.any(|domains| domains.admit(address)))
}

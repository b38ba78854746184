//! Organizations that people belong to, as their pages and lists show them.

use crate::row::{Actor, Organization};
use domain::{Error, Outcome};
use model::access::Reader;
use model::invitation::domains::MailDomains;
use model::organization::is_confirmed;
use model::{ActorId, OrganizationId};
use store::Db;

/// An organization that somebody belongs to.
#[derive(Debug, Clone)]
pub struct Affiliated {
    pub organization: Organization,
    /// Whether their confirmed mail address is one of the organization's.
    pub confirmed: bool,
}

/// An organization with those of its people whom the reader is told of.
#[derive(Debug, Clone)]
pub struct OrganizationPage {
    pub organization: Organization,
    /// Its people whose profiles the reader sees, each with whether their address confirms it; none for guests.
    pub people: Vec<(Actor, bool)>,
}

/// All organizations, by name.
///
/// # Errors
/// Faults.
pub fn all(db: &mut Db) -> Outcome<Vec<Organization>> {
    Ok(store::organization::all(db)?)
}

/// An organization by the end of its address, with its people below a cursor: those whom the reader finds in lists, newest
/// account first. Guests are told of no people.
///
/// # Errors
/// `NotFound`.
pub fn page(
    db: &mut Db,
    reader: Reader,
    slug: &str,
    before: ActorId,
    limit: i64,
) -> Outcome<OrganizationPage> {
    let found = store::organization::by_slug(db, slug)?;
    let organization = found.ok_or(Error::not_found("organization"))?;
    let people = match reader.viewer.person() {
        Some(_) => store::organization::people(db, reader, organization.id, before, limit)?,
        None => Vec::new(),
    };
    let domains = MailDomains::stored(&organization.domains);
    let people = people.into_iter().map(|(actor, address)| {
        let confirmed = is_confirmed(&domains, &address);
        (actor, confirmed)
    });
    Ok(OrganizationPage {
        people: people.collect(),
        organization,
    })
}

/// Where somebody says they belong; for who sees their profile.
pub(crate) fn of(db: &mut Db, who: ActorId) -> Outcome<Vec<Affiliated>> {
    let rows = store::organization::affiliations(db, who)?;
    let affiliated = |(organization, address): (Organization, String)| Affiliated {
        confirmed: is_confirmed(&MailDomains::stored(&organization.domains), &address),
        organization,
    };
    Ok(rows.into_iter().map(affiliated).collect())
}

/// Where the reader belongs, and all organizations they can choose.
///
/// # Errors
/// `NotAllowed(SignedIn)`.
pub fn mine(db: &mut Db, reader: Reader) -> Outcome<(Vec<Affiliated>, Vec<Organization>)> {
    let signed_in = Error::not_allowed(model::refusal::Rule::SignedIn);
    let who = reader.viewer.person().ok_or(signed_in)?;
    Ok((of(db, who)?, store::organization::all(db)?))
}

/// An organization, for an administrator who changes it, and how many people say they belong to it.
///
/// # Errors
/// `NotFound`.
pub fn for_change(db: &mut Db, id: OrganizationId) -> Outcome<(Organization, i64)> {
    let found = store::organization::by_id(db, id)?;
    let organization = found.ok_or(Error::not_found("organization"))?;
    let people = store::organization::count_people(db, id)?;
    Ok((organization, people))
}

/// The organizations whose people a community admits at once.
///
/// # Errors
/// Faults.
pub fn eligible(db: &mut Db, community: ActorId) -> Outcome<Vec<Organization>> {
    Ok(store::organization::eligible(db, community)?)
}

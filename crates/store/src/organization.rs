//! Organizations, who belongs to them, and which communities admit their people.

use crate::connection::Db;
use crate::each;
use crate::row::{Actor, Affiliation, EligibleOrganization, Organization};
use crate::schema::{account, actor, affiliation, eligible_organization, organization};
use crate::visible;
use diesel::dsl::count_star;
use diesel::prelude::*;
use model::access::Reader;
use model::{AccountState, ActorId, ActorState, OrganizationId};

/// One organization, by its id.
pub fn by_id(db: &mut Db, id: OrganizationId) -> QueryResult<Option<Organization>> {
    each!(db, c => organization::table
        .find(id)
        .select(Organization::as_select())
        .first(c)
        .optional())
}

/// One organization, by the end of its address.
pub fn by_slug(db: &mut Db, slug: &str) -> QueryResult<Option<Organization>> {
    each!(db, c => organization::table
        .filter(organization::slug.eq(slug))
        .select(Organization::as_select())
        .first(c)
        .optional())
}

/// All organizations, by their folded names.
pub fn all(db: &mut Db) -> QueryResult<Vec<Organization>> {
    each!(db, c => organization::table
        .order((organization::folded, organization::id))
        .select(Organization::as_select())
        .load(c))
}

/// How many organizations there are.
pub fn count(db: &mut Db) -> QueryResult<i64> {
    each!(db, c => organization::table.select(count_star()).first(c))
}

/// Inserts an organization.
pub fn insert(db: &mut Db, row: &Organization) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(organization::table).values(row).execute(c))?;
    Ok(())
}

/// Writes an organization.
pub fn update(db: &mut Db, row: &Organization) -> QueryResult<()> {
    each!(db, c => diesel::update(organization::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Deletes an organization: nobody belongs to it, and no community admits its people.
pub fn delete(db: &mut Db, id: OrganizationId) -> QueryResult<()> {
    diesel::delete(affiliation::table.filter(affiliation::organization_id.eq(id))).execute(db)?;
    let eligible =
        eligible_organization::table.filter(eligible_organization::organization_id.eq(id));
    diesel::delete(eligible).execute(db)?;
    diesel::delete(organization::table.find(id)).execute(db)?;
    Ok(())
}

/// How many people belong to an organization, whether others see it or not: for administrators.
pub fn count_people(db: &mut Db, id: OrganizationId) -> QueryResult<i64> {
    each!(db, c => affiliation::table
        .filter(affiliation::organization_id.eq(id))
        .select(count_star())
        .first(c))
}

/// Where somebody says they belong, the oldest affiliation first, each with their confirmed mail address.
pub fn affiliations(db: &mut Db, who: ActorId) -> QueryResult<Vec<(Organization, String)>> {
    each!(db, c => affiliation::table
        .inner_join(organization::table)
        .inner_join(account::table)
        .filter(affiliation::actor_id.eq(who))
        .order((affiliation::since, affiliation::organization_id))
        .select((Organization::as_select(), account::address))
        .load(c))
}

/// Stores an affiliation.
pub fn insert_affiliation(db: &mut Db, row: &Affiliation) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(affiliation::table).values(row).execute(c))?;
    Ok(())
}

/// Ends an affiliation.
pub fn delete_affiliation(db: &mut Db, who: ActorId, id: OrganizationId) -> QueryResult<()> {
    diesel::delete(affiliation::table.find((who, id))).execute(db)?;
    Ok(())
}

/// Those who belong to an organization with an active account, whose profiles the reader sees, newest account first,
/// below the cursor, each with their confirmed mail address.
pub fn people(
    db: &mut Db,
    reader: Reader,
    id: OrganizationId,
    before: ActorId,
    limit: i64,
) -> QueryResult<Vec<(Actor, String)>> {
    each!(db, c => affiliation::table
        .inner_join(account::table.inner_join(actor::table))
        .filter(affiliation::organization_id.eq(id))
        .filter(account::state.eq(AccountState::Active))
        .filter(actor::state.eq(ActorState::Active))
        .filter(visible::findable_actor(reader))
        .filter(visible::profile(reader))
        .filter(affiliation::actor_id.lt(before))
        .order(affiliation::actor_id.desc())
        .limit(limit)
        .select((Actor::as_select(), account::address))
        .load(c))
}

/// The organizations whose people a community admits, by their folded names.
pub fn eligible(db: &mut Db, community: ActorId) -> QueryResult<Vec<Organization>> {
    each!(db, c => eligible_organization::table
        .inner_join(organization::table)
        .filter(eligible_organization::community_id.eq(community))
        .order((organization::folded, organization::id))
        .select(Organization::as_select())
        .load(c))
}

/// A community admits the people of these organizations, and of no others.
pub fn set_eligible(db: &mut Db, community: ActorId, ids: &[OrganizationId]) -> QueryResult<()> {
    let former =
        eligible_organization::table.filter(eligible_organization::community_id.eq(community));
    diesel::delete(former).execute(db)?;
    for id in ids {
        let row = EligibleOrganization {
            community_id: community,
            organization_id: *id,
        };
        each!(db, c => diesel::insert_into(eligible_organization::table).values(&row).execute(c))?;
    }
    Ok(())
}

//! The timelines of communities of ours.

use crate::connection::Db;
use crate::each;
use crate::row::Milestone;
use crate::schema::milestone;
use diesel::dsl::count_star;
use diesel::prelude::*;
use model::community::MilestoneKind;
use model::{ActorId, MilestoneId};

/// What has happened to a community, the latest day first, at most `limit`.
pub fn of_community(db: &mut Db, community: ActorId, limit: i64) -> QueryResult<Vec<Milestone>> {
    each!(db, c => milestone::table
        .filter(milestone::community_id.eq(community))
        .order((milestone::on_day.desc(), milestone::id.desc()))
        .limit(limit)
        .select(Milestone::as_select())
        .load(c))
}

/// Adds a milestone.
pub fn insert(db: &mut Db, row: &Milestone) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(milestone::table).values(row).execute(c))?;
    Ok(())
}

/// How many milestones the facilitators of a community have written.
pub fn count_own(db: &mut Db, community: ActorId) -> QueryResult<i64> {
    each!(db, c => milestone::table
        .filter(milestone::community_id.eq(community))
        .filter(milestone::kind.eq(MilestoneKind::Own))
        .select(count_star())
        .first(c))
}

/// Deletes a milestone that a facilitator of the community wrote.
pub fn delete_own(db: &mut Db, community: ActorId, id: MilestoneId) -> QueryResult<()> {
    each!(db, c => diesel::delete(milestone::table.find(id))
        .filter(milestone::community_id.eq(community))
        .filter(milestone::kind.eq(MilestoneKind::Own))
        .execute(c))?;
    Ok(())
}

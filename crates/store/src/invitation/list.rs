//! Uploaded lists of people to invite, which are deleted two weeks after the upload.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::{InvitationList, InvitationListRow};
use crate::schema::{invitation_list, invitation_list_row};
use diesel::prelude::*;
use model::id::first_of;
use model::{ActorId, InvitationListId, Time};

/// Stores a list without rows.
pub fn insert_list(db: &mut Db, row: &InvitationList) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invitation_list::table).values(row).execute(c))?;
    Ok(())
}

/// Writes a list over what it was.
pub fn update_list(db: &mut Db, row: &InvitationList) -> QueryResult<()> {
    each!(db, c => diesel::update(invitation_list::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// One list, by its id.
pub fn list_by_id(db: &mut Db, id: InvitationListId) -> QueryResult<Option<InvitationList>> {
    each!(db, c => invitation_list::table
        .find(id)
        .select(InvitationList::as_select())
        .first(c)
        .optional())
}

/// How many lists were uploaded in a community since a moment.
pub fn lists_since(db: &mut Db, community: ActorId, since: Time) -> QueryResult<i64> {
    each!(db, c => invitation_list::table
        .filter(invitation_list::community_id.eq(community))
        .filter(invitation_list::id.ge(first_of::<InvitationListId>(since)))
        .count()
        .get_result(c))
}

/// Stores rows; one that is there already stays.
pub fn insert_rows(db: &mut Db, rows: &[InvitationListRow]) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(invitation_list_row::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Rows of a list after a number, in their order; only those at fault, or only the others, where that is asked for.
pub fn rows_after(
    db: &mut Db,
    list: InvitationListId,
    after: i32,
    at_fault: Option<bool>,
    limit: i64,
) -> QueryResult<Vec<InvitationListRow>> {
    use diesel::sql_types::Bool;
    let (good, bad) = (at_fault != Some(true), at_fault != Some(false));
    each!(db, c => invitation_list_row::table
        .filter(invitation_list_row::list_id.eq(list).and(invitation_list_row::number.gt(after)))
        .filter(invitation_list_row::problem.eq("").and(good.into_sql::<Bool>())
            .or(invitation_list_row::problem.ne("").and(bad.into_sql::<Bool>())))
        .order(invitation_list_row::number)
        .limit(limit)
        .select(InvitationListRow::as_select())
        .load(c))
}

/// How many rows of a list invite somebody, and how many are at fault.
pub fn problem_counts(db: &mut Db, list: InvitationListId) -> QueryResult<(i64, i64)> {
    let all: i64 = each!(db, c => invitation_list_row::table
        .filter(invitation_list_row::list_id.eq(list))
        .count()
        .get_result(c))?;
    let good: i64 = each!(db, c => invitation_list_row::table
        .filter(invitation_list_row::list_id.eq(list).and(invitation_list_row::problem.eq("")))
        .count()
        .get_result(c))?;
    Ok((good, all - good))
}

/// Deletes some of the rows of a list; returns whether there may be more.
pub fn delete_rows(db: &mut Db, list: InvitationListId, limit: i64) -> QueryResult<bool> {
    let numbers: Vec<i32> = each!(db, c => invitation_list_row::table
        .filter(invitation_list_row::list_id.eq(list))
        .order(invitation_list_row::number)
        .limit(limit)
        .select(invitation_list_row::number)
        .load(c))?;
    let Some(last) = numbers.last() else {
        return Ok(false);
    };
    let these = invitation_list_row::table.filter(
        invitation_list_row::list_id
            .eq(list)
            .and(invitation_list_row::number.le(*last)),
    );
    diesel::delete(these).execute(db)?;
    Ok(i64::try_from(numbers.len()).is_ok_and(|count| count == limit))
}

/// Lists, with the names and addresses in them, are deleted after two weeks.
pub(crate) const RETENTION: Retention = Retention {
    name: "lists of invitations",
    keep_seconds: 14 * DAY,
    delete: delete_old,
};

fn delete_old(db: &mut Db, before: Time, limit: i64) -> QueryResult<bool> {
    let oldest: Option<InvitationListId> = each!(db, c => invitation_list::table
        .filter(invitation_list::id.lt(first_of::<InvitationListId>(before)))
        .order(invitation_list::id)
        .select(invitation_list::id)
        .first(c)
        .optional())?;
    let Some(id) = oldest else {
        return Ok(false);
    };
    if !delete_rows(db, id, limit)? {
        diesel::delete(invitation_list::table.find(id)).execute(db)?;
    }
    Ok(true)
}

//! What admins did with accounts.

use crate::connection::Db;
use crate::each;
use crate::row::AdminAction;
use crate::schema::admin_action;
use diesel::prelude::*;
use model::ActorId;

/// Records an action.
pub fn insert(db: &mut Db, row: &AdminAction) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(admin_action::table).values(row).execute(c))?;
    Ok(())
}

/// What was done with an account, newest first.
pub fn of(db: &mut Db, account: ActorId, limit: i64) -> QueryResult<Vec<AdminAction>> {
    admin_action::table
        .filter(admin_action::account_id.eq(account))
        .order(admin_action::id.desc())
        .limit(limit)
        .select(AdminAction::as_select())
        .load(db)
}

//! Which post a form or request with a token has made: the same one sent again makes no second.

use crate::connection::Db;
use crate::each;
use crate::retention::{DAY, Retention};
use crate::row::Submission;
use crate::schema::submission;
use diesel::prelude::*;
use model::{ActorId, PostId, Time};

/// A form that was open for a month may make its post twice.
pub(crate) const SUBMISSION_RETENTION: Retention = Retention {
    name: "submissions",
    keep_seconds: 30 * DAY,
    delete: forget_submissions,
};

/// Deletes those sent before a moment.
fn forget_submissions(db: &mut Db, before: Time, _limit: i64) -> QueryResult<bool> {
    diesel::delete(submission::table.filter(submission::sent_at.lt(before))).execute(db)?;
    Ok(false)
}

/// Remembers what came of a form, so that the same form sent again is answered with it.
pub fn insert_submission(db: &mut Db, row: &Submission) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(submission::table).values(row).execute(c))?;
    Ok(())
}

/// Finds the post that a submission has made.
pub fn submitted(
    db: &mut Db,
    author: ActorId,
    target: i64,
    token: &str,
) -> QueryResult<Option<PostId>> {
    submission::table
        .find((author, target, token))
        .select(submission::post_id)
        .first(db)
        .optional()
}

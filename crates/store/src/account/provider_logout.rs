//! What ends here when a provider signs somebody out: sessions, and sign-ins that are not finished.

use crate::connection::Db;
use crate::schema::{oidc_step, session, sign_in_step};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use model::Time;

/// The rows of a table that a provider has ended: of a subject, of a session there, or, where both are named, of that
/// session of the subject and those of which the provider named none. What no provider opened is never among them.
/// Both are digests, which are not empty; an empty one stands for none.
macro_rules! ended {
    ($table:ident, $subject:expr, $session:expr) => {
        $table::oidc_subject
            .ne("")
            .and(
                $table::oidc_subject
                    .eq($subject.to_owned())
                    .or($subject.is_empty().into_sql::<Bool>()),
            )
            .and(
                $table::oidc_session
                    .eq($session.to_owned())
                    .or($session.is_empty().into_sql::<Bool>())
                    .or($table::oidc_session
                        .eq("")
                        .and((!$subject.is_empty()).into_sql::<Bool>())),
            )
    };
}

/// Ends the sessions that a provider opened for somebody, what they have proved to a browser by it, and what waits for
/// the second factor after it. Returns how many sessions ended.
pub fn end(
    db: &mut Db,
    subject: Option<&str>,
    provider_session: Option<&str>,
    now: Time,
) -> QueryResult<usize> {
    let (subject, opened) = (
        subject.unwrap_or_default(),
        provider_session.unwrap_or_default(),
    );
    if subject.is_empty() && opened.is_empty() {
        return Ok(0);
    }
    let waiting = sign_in_step::table
        .filter(ended!(sign_in_step, subject, opened))
        .filter(sign_in_step::expires_at.gt(now));
    diesel::update(waiting)
        .set(sign_in_step::expires_at.eq(now))
        .execute(db)?;
    diesel::delete(oidc_step::table.filter(ended!(oidc_step, subject, opened))).execute(db)?;
    diesel::delete(session::table.filter(ended!(session, subject, opened))).execute(db)
}

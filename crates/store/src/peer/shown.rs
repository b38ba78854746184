//! What may be seen, as far as it depends on whose server it came from: the one predicate that
//! every list, count and search filters by. What is blocked stays in its rows and is in no answer;
//! what is silenced is only found by those who follow it.
//!
//! Nearly always nobody is blocked: the list of them is then read once a statement, by an index,
//! and empty.

use crate::fragment::{Fixed, fixed};
use diesel::sql_types::Bool;

/// True of a column that names no peer, or one that is not blocked.
macro_rules! not_blocked {
    ($column:literal) => {
        concat!(
            "(",
            $column,
            " IS NULL OR ",
            $column,
            " NOT IN (SELECT id FROM peer WHERE standing = 'blocked'))"
        )
    };
}

/// A condition on `q`, an alias of `post`, in a query written by hand.
pub(crate) const POST_Q: &str = not_blocked!("q.peer_id");

/// The post came from nobody who is blocked.
pub(crate) fn post() -> Fixed<Bool> {
    fixed(not_blocked!("post.peer_id"))
}

/// The thread a post is in was begun by nobody who is blocked, and stands in no community of
/// theirs.
pub(crate) fn thread_of_post() -> Fixed<Bool> {
    fixed(concat!(
        "NOT EXISTS (SELECT 1 FROM post root LEFT JOIN actor place ON place.id = root.community_id \
         WHERE root.id = post.root_id AND NOT (",
        not_blocked!("root.peer_id"),
        " AND ",
        not_blocked!("place.peer_id"),
        "))"
    ))
}

/// The actor is nobody's who is blocked.
pub(crate) fn actor() -> Fixed<Bool> {
    fixed(not_blocked!("actor.peer_id"))
}

/// Who caused a notice is nobody's who is blocked.
pub(crate) fn notice() -> Fixed<Bool> {
    fixed(concat!(
        "NOT EXISTS (SELECT 1 FROM actor WHERE actor.id = notice.from_id AND NOT ",
        not_blocked!("actor.peer_id"),
        ")"
    ))
}

/// A row of a table comes up in lists and searches for a reader (0: a guest): it came from nobody
/// who is limited, or from somebody silenced of whom the reader follows one of the columns named.
macro_rules! found {
    ($column:literal, $follows:literal, $reader:expr) => {
        diesel::dsl::sql::<diesel::sql_types::Bool>(concat!(
            "(",
            $column,
            " IS NULL OR ",
            $column,
            " NOT IN (SELECT id FROM peer WHERE standing <> 'open') OR (",
            $column,
            " NOT IN (SELECT id FROM peer WHERE standing = 'blocked') \
             AND EXISTS (SELECT 1 FROM follow WHERE follow.follower_id = "
        ))
        .bind::<diesel::sql_types::BigInt, _>($reader.map_or(0, |reader: model::ActorId| reader.0))
        .sql(concat!(" AND follow.target_id IN (", $follows, "))))"))
    };
}

/// [`found`], of posts.
macro_rules! found_post {
    ($reader:expr) => {
        $crate::peer::shown::found!("post.peer_id", "post.author_id, post.community_id", $reader)
    };
}

/// [`found`], of actors.
macro_rules! found_actor {
    ($reader:expr) => {
        $crate::peer::shown::found!("actor.peer_id", "actor.id", $reader)
    };
}

pub(crate) use {found, found_actor, found_post};

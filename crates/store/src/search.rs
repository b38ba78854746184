//! The search index: the words of posts and actors, made by `model::search` before they are written.
//! What is found is decided by the row of the post or actor, in the query that searches: an entry that
//! a removal has not reached yet shows nothing.

mod letter;
mod matches;
mod read;
mod write;

pub use read::{ActorMatch, PostFilter, PostMatch, actors, newest_posts, posts, similar};
pub use write::{
    FormerEntry, SearchTarget, actor_ids, analyze, count, leave_former, left_behind,
    of_former_version, outdated, post_ids, put, remove_text,
};

#[cfg(test)]
mod tests;

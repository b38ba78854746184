//! What an admin is shown before a post is erased for good: whose it is, where and when, and none of its
//! words, which they may not be allowed to see.

use crate::row::{Actor, Post};
use domain::{Error, Outcome};
use model::Why;
use model::urls::Urls;
use store::Db;

/// A post that may be erased.
#[derive(Debug, Clone)]
pub struct ErasablePost {
    pub post: Post,
    pub author: Actor,
    /// The community that it stands in.
    pub community: Option<Actor>,
    /// It was erased before.
    pub erased: bool,
}

/// Finds a post by an address that somebody has given.
///
/// # Errors
/// `Invalid(address: Unknown)`; faults.
pub fn erasable(db: &mut Db, urls: &Urls, address: &str) -> Outcome<ErasablePost> {
    let unknown = || Error::invalid("address", Why::Unknown);
    let post = domain::post::at_address(db, urls, address)?.ok_or_else(unknown)?;
    let author = store::raw::actor::by_id(db, post.author_id)?.ok_or_else(unknown)?;
    let community = match post.community_id {
        Some(id) => store::raw::actor::by_id(db, id)?,
        None => None,
    };
    Ok(ErasablePost {
        erased: domain::post::is_erased(&post),
        author,
        community,
        post,
    })
}

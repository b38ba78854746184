//! What an admin is shown before a post is erased for good: whose it is, where and when; and the beginning of its
//! text, if they may read it.

use crate::row::{Actor, CommunityWithActor, Post};
use domain::{Error, Outcome};
use model::Why;
use model::access::Reader;
use model::urls::Urls;
use store::Db;

/// A post that may be erased.
#[derive(Debug, Clone)]
pub struct ErasablePost {
    pub post: Post,
    pub author: Actor,
    /// The community that it stands in.
    pub community: Option<CommunityWithActor>,
    /// How many pictures it has.
    pub pictures: usize,
    /// The reader may read it.
    pub readable: bool,
    /// It was erased before.
    pub erased: bool,
}

/// Finds a post by an address that somebody has given.
///
/// # Errors
/// `Invalid(address: Unknown)`; faults.
pub fn erasable(db: &mut Db, reader: Reader, urls: &Urls, address: &str) -> Outcome<ErasablePost> {
    let unknown = || Error::invalid("address", Why::Unknown);
    let post = domain::post::at_address(db, urls, address)?.ok_or_else(unknown)?;
    let author = store::raw::actor::by_id(db, post.author_id)?.ok_or_else(unknown)?;
    let community = match post.community_id {
        Some(id) => store::raw::community::by_id(db, id)?,
        None => None,
    };
    let pictures = store::post::pictures(db, &[post.id])?;
    Ok(ErasablePost {
        pictures: pictures.get(&post.id).map_or(0, Vec::len),
        readable: store::post::is_visible(db, reader, post.id)?,
        erased: domain::post::is_erased(&post),
        author,
        community,
        post,
    })
}

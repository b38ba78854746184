//! The pictures of a post. Their files were re-encoded and stored before the transaction; it only links
//! them to the post. A file that no row names is deleted by a job.

use crate::{Error, Outcome, Tx};
use model::limits::{ALT_MAX, PICTURES_MAX};
use model::refusal::Checks;
use model::{PostId, Why};
use std::collections::HashSet;
use store::row::{PictureFile, PostPicture};

/// The pictures that a post has after it is published or edited.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    /// Those that it had and keeps.
    pub kept: Vec<KeptPicture>,
    /// Those that are added, after the kept ones.
    pub added: Vec<NewPicture>,
}

/// A picture that stays, perhaps with another alternative text.
#[derive(Debug, Clone)]
pub struct KeptPicture {
    pub number: i32,
    pub alt: String,
}

/// A picture whose file is stored, and which no post has yet.
#[derive(Debug, Clone)]
pub struct NewPicture {
    pub file: PictureFile,
    pub alt: String,
}

impl Pictures {
    /// Notes too many pictures, and alternative texts that are missing or too long.
    pub(super) fn check(&self, checks: &mut Checks) {
        let kept = self.kept.iter().map(|picture| &picture.alt);
        let alts = kept.chain(self.added.iter().map(|picture| &picture.alt));
        let bad = alts.clone().find_map(|alt| {
            let too_long = alt.chars().count() > ALT_MAX;
            let why = if too_long {
                Why::TooLong
            } else {
                Why::Required
            };
            (too_long || alt.trim().is_empty()).then_some(why)
        });
        checks.that(bad.is_none(), "picture_alt", bad.unwrap_or(Why::Required));
        checks.that(alts.count() <= PICTURES_MAX, "pictures", Why::TooLong);
    }
}

/// Links the pictures of a new post to it.
pub(super) fn add(tx: &mut Tx<'_>, post: PostId, pictures: Option<&Pictures>) -> Outcome<()> {
    let added = pictures.into_iter().flat_map(|pictures| &pictures.added);
    insert(tx, post, 1, added)
}

fn insert<'p>(
    tx: &mut Tx<'_>,
    post: PostId,
    first: i32,
    added: impl Iterator<Item = &'p NewPicture>,
) -> Outcome<()> {
    for (number, picture) in (first..).zip(added) {
        let row = PostPicture {
            post_id: post,
            number,
            file: picture.file.clone(),
            alt: picture.alt.clone(),
        };
        store::post::insert_picture(tx.db, &row)?;
    }
    Ok(())
}

/// Returns the pictures that a post has, where an edit changes them.
///
/// # Errors
/// `Invalid(pictures)` for one to keep that the post does not have, or that is named twice.
pub(super) fn before_change(
    tx: &mut Tx<'_>,
    post: PostId,
    pictures: Option<&Pictures>,
) -> Outcome<Option<Vec<PostPicture>>> {
    let Some(pictures) = pictures else {
        return Ok(None);
    };
    let before = store::post::pictures(tx.db, &[post])?
        .remove(&post)
        .unwrap_or_default();
    let numbers = pictures.kept.iter().map(|kept| kept.number);
    let known = |number: i32| before.iter().any(|row| row.number == number);
    let mut seen = HashSet::new();
    if !numbers
        .clone()
        .all(|number| known(number) && seen.insert(number))
    {
        return Err(Error::invalid("pictures", Why::NotAChoice));
    }
    let same = pictures.added.is_empty()
        && before
            .iter()
            .all(|row| kept(pictures, row).is_some_and(|kept| kept.alt == row.alt));
    Ok((!same).then_some(before))
}

/// Changes the pictures of a post. A number is not given again while the picture that has it is shown.
pub(super) fn change(
    tx: &mut Tx<'_>,
    post: PostId,
    before: &[PostPicture],
    pictures: &Pictures,
) -> Outcome<()> {
    for row in before {
        match kept(pictures, row) {
            Some(kept) => store::post::describe_picture(tx.db, post, row.number, &kept.alt)?,
            None => store::post::delete_picture(tx.db, post, row.number)?,
        }
    }
    let last = before.iter().map(|row| row.number).max().unwrap_or(0);
    insert(tx, post, last + 1, pictures.added.iter())
}

fn kept<'p>(pictures: &'p Pictures, row: &PostPicture) -> Option<&'p KeptPicture> {
    let mut kept = pictures.kept.iter();
    kept.find(|kept| kept.number == row.number)
}

//! Stored pictures: what we know of them; the bytes are in the media store.

use crate::connection::Db;
use crate::each;
use crate::row::Blob;
use crate::schema::blob;
use diesel::prelude::*;
use model::BlobId;

/// Adds a picture.
pub fn insert(db: &mut Db, row: &Blob) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(blob::table).values(row).execute(c))?;
    Ok(())
}

/// One picture.
pub fn by_id(db: &mut Db, id: BlobId) -> QueryResult<Option<Blob>> {
    blob::table
        .find(id)
        .select(Blob::as_select())
        .first(db)
        .optional()
}

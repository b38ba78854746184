//! What the instance says of itself, and small facts about the installation.

use crate::connection::Db;
use crate::each;
use crate::schema::setting;
use diesel::prelude::*;
use model::{InfoPage, LangText, Site};

/// The value of a setting.
pub fn get(db: &mut Db, name: &str) -> QueryResult<Option<String>> {
    setting::table
        .find(name)
        .select(setting::value)
        .first(db)
        .optional()
}

/// Writes a setting, new or not.
pub fn put(db: &mut Db, name: &str, value: &str) -> QueryResult<()> {
    each!(db, c => diesel::insert_into(setting::table)
        .values((setting::name.eq(name), setting::value.eq(value)))
        .on_conflict(setting::name)
        .do_update()
        .set(setting::value.eq(value))
        .execute(c))?;
    Ok(())
}

/// Deletes a setting.
pub fn remove(db: &mut Db, name: &str) -> QueryResult<()> {
    diesel::delete(setting::table.find(name)).execute(db)?;
    Ok(())
}

/// The instance as set up; `None` before the setup.
pub fn site(db: &mut Db) -> QueryResult<Option<Site>> {
    let Some(json) = get(db, "site")? else {
        return Ok(None);
    };
    serde_json::from_str(&json)
        .map(Some)
        .map_err(|e| diesel::result::Error::DeserializationError(Box::new(e)))
}

/// Keeps what the instance says of itself.
pub fn put_site(db: &mut Db, site: &Site) -> QueryResult<()> {
    let json = serde_json::to_string(site)
        .map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))?;
    put(db, "site", &json)
}

/// The name of the setting with the text of a page.
#[must_use]
pub fn page_name(page: InfoPage) -> String {
    format!("page-{page}")
}

/// The text of a page; empty where the admins have not written it.
pub fn page(db: &mut Db, page: InfoPage) -> QueryResult<LangText> {
    let Some(json) = get(db, &page_name(page))? else {
        return Ok(LangText::default());
    };
    serde_json::from_str(&json)
        .map_err(|e| diesel::result::Error::DeserializationError(Box::new(e)))
}

/// Writes the text of a page.
pub fn put_page(db: &mut Db, page: InfoPage, text: &LangText) -> QueryResult<()> {
    let json = serde_json::to_string(text)
        .map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))?;
    put(db, &page_name(page), &json)
}

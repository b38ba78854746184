//! Kinds of object: one file for each type we know, and what they share. A post is read by `draft`,
//! verified by `verified_object`, applied by `import::post` and rendered by `document`; what differs
//! from one type to the next is its [`post_type::PostType`], a line in `registry`. Pure. Callers check who may
//! see what.

mod actor;
pub(crate) mod address;
mod attached;
mod collection;
mod document;
mod document_data;
pub(crate) mod draft;
mod event;
mod group;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod invariants;
mod languages;
mod media;
mod note;
mod page;
mod person;
pub(crate) mod place;
mod post_type;
mod question;
mod registry;
#[cfg(test)]
pub(crate) mod samples;
mod summary;
mod tag;
#[cfg(test)]
pub(crate) mod tests;
mod text_map;
mod verified_object;
mod warning;
mod words;

pub(crate) use actor::{actor, address, type_word};
pub(crate) use collection::{context, context_page, moderators, totals, unlisted_totals};
pub(crate) use document::{object, poll_as_page, tombstone};
pub(crate) use document_data::{
    ActorDocumentData, PostDocumentData, actor_data, post_data, visible_post_data,
};
pub(crate) use group::read_charter;
pub(crate) use question::{Vote, vote};
pub(crate) use tag::{community_tag, read_of_group};
pub(crate) use verified_object::{VerifiedObject, context_language};

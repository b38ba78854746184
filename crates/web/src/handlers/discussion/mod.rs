//! Threads: reading, starting, replying, editing, deleting, finding helpful, and the history of a
//! post, accepting answers, watching and muting. A thread and each of its replies is at `/p/{id}`.

mod answer;
mod compose;
mod delete;
mod history;
mod like;
mod notify;
mod picture;
mod poll;
mod post_form;
mod tags;
mod thread;

pub use answer::{accept, unaccept};
pub use compose::{complete, edit, edit_form, new_form, preview, start};
pub use delete::{delete, delete_form};
pub use history::history;
pub use like::{like, unlike};
pub use notify::{mute, usual, watch};
pub use picture::picture;
pub use poll::{vote, vote_page};
pub use tags::{choose_tags, tags_form};
pub use thread::{reply, reply_page, thread};

use model::Lang;
use query::post::PostInThread;

use super::show::community;
use crate::views::parts;

/// The community of a post, or the author of its thread.
fn place(found: &PostInThread, lang: Lang) -> parts::PlaceLink {
    match &found.community {
        Some(place) => community::place(place, lang),
        None => community::no_place(&found.view.author),
    }
}

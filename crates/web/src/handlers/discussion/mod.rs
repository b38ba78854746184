//! Threads: reading, starting, replying, editing, deleting, finding helpful, and what a post said
//! before. A thread and each of its replies is at `/p/{id}`.

mod compose;
mod delete;
mod history;
mod like;
mod thread;

pub use compose::{edit, edit_form, new_form, preview, start};
pub use delete::{delete, delete_form};
pub use history::history;
pub use like::{like, unlike};
pub use thread::{reply, reply_page, thread};

use domain::{Error, Outcome};
use httpkit::compose::Typed;
use httpkit::read::discussion::PostView;
use httpkit::{App, read};
use model::{Lang, PostId, Refusal};
use store::Db;
use store::community::Place;
use store::row::Post;

use super::form_post::Fields;
use super::show::community;
use crate::views::parts;

/// Reads the text of a thread or reply from a form.
fn typed(fields: &Fields) -> Typed {
    let lang = fields.choice::<Lang>("lang");
    Typed {
        kind: fields.choice("kind"),
        lang: lang.map(|lang| lang.to_string()).unwrap_or_default(),
        title: fields.trimmed("title"),
        body: fields.get("body").replace("\r\n", "\n"),
        second: lang.map(|lang| {
            (
                lang.other().to_string(),
                fields.trimmed("title2"),
                fields.get("body2").replace("\r\n", "\n"),
            )
        }),
    }
}

/// A post with its thread and place.
struct One {
    view: PostView,
    root: Post,
    place: Option<Place>,
}

impl One {
    /// Its community, or the author of its thread.
    fn place(&self, lang: Lang) -> parts::Place {
        match &self.place {
            Some(place) => community::place(place, lang),
            None => community::no_place(&self.view.author),
        }
    }

    fn is_thread(&self) -> bool {
        self.view.post.parent_id.is_none()
    }
}

/// Reads a post that is not deleted.
fn one(db: &mut Db, id: PostId) -> Outcome<One> {
    let post = store::discussion::by_id(db, id)?.ok_or(Error::not_found("post"))?;
    read::peer::check_post(db, Some(post.author_id), &post)?;
    if post.deleted_at.is_some() {
        return Err(Refusal::Gone("post").into());
    }
    let root = if post.parent_id.is_none() {
        post.clone()
    } else {
        store::discussion::by_id(db, post.root_id)?.ok_or(Error::not_found("post"))?
    };
    let place = match post.community_id {
        Some(id) => store::community::by_id(db, id)?,
        None => None,
    };
    let view = read::discussion::views(db, None, vec![post])?.pop();
    let view = view.ok_or(Error::not_found("post"))?;
    Ok(One { view, root, place })
}

/// Like [`one`], in a read transaction of its own.
async fn find(app: &App, id: PostId) -> Outcome<One> {
    app.store().read(move |db| one(db, id)).await
}

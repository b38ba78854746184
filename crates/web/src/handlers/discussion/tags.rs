//! The tags of a thread: shown on its page, and changed by its author and the moderators of its community.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::App;
use model::{Lang, PostId, TagId};
use query::discussion::ThreadPage;
use query::{Db, Reader};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{community, tag};
use crate::views::tag::{TagLink, ThreadTags};

/// The tags that a thread has, as links.
pub(super) fn links(rows: &ThreadPage, lang: Lang) -> Vec<TagLink> {
    let place = rows.community.as_ref();
    place.map_or_else(Vec::new, |place| {
        tag::links(&rows.root.tags, &place.actor, lang)
    })
}

/// The choice of other tags, where the reader may change them.
pub(super) fn form(f: &Frame, rows: &ThreadPage) -> Option<Form> {
    let all = rows.tag_choices.as_ref()?;
    let action = format!("/p/{}/tags", rows.root.post.id);
    Some(Form::new(action).with(tag::field(f, all, &rows.root.tags)))
}

/// Reads the page of a thread of which the reader may change the tags.
async fn read(request: &PageRequest, id: PostId) -> Outcome<(Frame, ThreadPage)> {
    let rows = move |db: &mut Db, reader: Reader| {
        query::tag::require_choice(db, reader, id)?;
        query::discussion::thread(db, reader, id, None)
    };
    request.page(Section::Elsewhere, rows).await
}

fn page(f: Frame, rows: &ThreadPage, form: Form) -> ThreadTags {
    ThreadTags {
        place: match &rows.community {
            Some(place) => community::place(place, f.lang),
            None => community::no_place(&rows.root.author),
        },
        back_url: format!("/p/{}", rows.root.post.id),
        f: f.sending(&form),
        form,
    }
}

/// `GET /p/{id}/tags`
pub async fn tags_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = read(&request, id).await?;
    let form = form(&f, &rows).unwrap_or_default();
    show(&page(f, &rows, form))
}

/// `POST /p/{id}/tags`
pub async fn choose_tags(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let (by, tags) = (signed_in.me.id(), posted.fields.all::<TagId>("tags"));
    let verb = move |tx: &mut Tx<'_>| domain::tag::choose(tx, by, id, &tags);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&format!("/p/{id}"), "tagged"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, rows) = read(&posted.request, id).await?;
            let form = form(&f, &rows).unwrap_or_default();
            let form = errors.show_on(&f, form);
            errors.respond(&page(f, &rows, form))
        }
    }
}

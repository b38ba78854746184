//! Starting a thread, editing a post, and the Markdown preview.

use axum::extract::State;
use domain::{Outcome, Tx};
use httpkit::{App, compose};
use model::limits::BODY_MAX;
use model::{ActorId, Origin, PostId, PostKind};
use query::community::CommunityAllowed;
use query::post::PostInThread;
use query::row::CommunityWithActor;
use query::{Action, Db, Reader};

use super::place;
use super::post_form::{empty, filled, retyped, typed};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::community as places;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::handlers::show::{actor, community};
use crate::views::discussion::{Compose, ComposePurpose, Preview, thread_form};

/// `GET /c/{handle}/new?kind=question`
pub async fn new_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let place = places::find(&request, &text).await?;
    let kind = request.q("kind").and_then(|kind| kind.parse().ok());
    let kind = kind.unwrap_or(PostKind::Tip);
    let (f, kinds) = new_page(&request, place.id()).await?;
    let form = thread_form(&f, &new_url(&place), kind, &kinds);
    show(&new_view(f, form, &place, kind))
}

/// Reads the frame and the kinds of thread the reader may start.
async fn new_page(request: &PageRequest, id: ActorId) -> Outcome<(Frame, Vec<PostKind>)> {
    let read = move |db: &mut Db, reader| query::community::require_post(db, reader, id);
    let (f, allowed) = request.page(Section::Communities, read).await?;
    Ok((f, kinds(allowed)))
}

fn kinds(allowed: CommunityAllowed) -> Vec<PostKind> {
    let kinds = PostKind::COMPOSED.iter().copied();
    kinds
        .filter(|kind| *kind != PostKind::Announcement || allowed.announce)
        .collect()
}

fn new_url(place: &CommunityWithActor) -> String {
    format!("{}/new", actor::url(&place.actor))
}

fn new_view(f: Frame, form: Form, place: &CommunityWithActor, kind: PostKind) -> Compose {
    Compose {
        place: community::place(place, f.lang),
        form,
        purpose: if kind == PostKind::Question {
            ComposePurpose::Ask
        } else {
            ComposePurpose::Share
        },
        back_url: actor::url(&place.actor),
        f,
    }
}

/// `POST /c/{handle}/new`
pub async fn start(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let (posted, me) = (&signed_in.posted, signed_in.me.id());
    let place = places::find(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    match publish(&app, posted, me, place.id()).await {
        Ok(id) => redirect_with_flash(&format!("/p/{id}"), "published"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let kind = posted.fields.choice("kind").unwrap_or(PostKind::Discussion);
            let (f, kinds) = new_page(&posted.request, place.id()).await?;
            let form = errors.mark(&f, thread_form(&f, &new_url(&place), kind, &kinds));
            show_invalid(&new_view(f, form, &place, kind))
        }
    }
}

async fn publish(app: &App, posted: &FormPost, by: ActorId, community: ActorId) -> Outcome<PostId> {
    let draft = compose::draft(app, by, typed(&posted.fields, posted.request.lang)).await?;
    let verb = move |tx: &mut Tx<'_>| {
        domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
    };
    app.ops().write(verb).await
}

/// `GET /p/{id}/edit`
pub async fn edit_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, found) = request.page(Section::Elsewhere, editable(id)).await?;
    let form = filled(&f, &found);
    show(&edit_view(f, form, &found))
}

/// Reads a post that the reader may change.
fn editable(id: PostId) -> impl FnOnce(&mut Db, Reader) -> Outcome<PostInThread> + Send {
    move |db, reader| query::post::require(db, reader, id, Action::Edit)
}

fn edit_view(f: Frame, form: Form, found: &PostInThread) -> Compose {
    Compose {
        place: place(found, f.lang),
        form,
        purpose: if found.is_thread() {
            ComposePurpose::EditThread
        } else {
            ComposePurpose::EditReply
        },
        back_url: format!("/p/{}", found.view.post.id),
        f,
    }
}

/// `POST /p/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let (posted, me) = (&signed_in.posted, signed_in.me.id());
    match rewrite(&app, posted, me, id).await {
        Ok(()) => redirect_with_flash(&format!("/p/{id}"), "edited"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let read = posted.request.page(Section::Elsewhere, editable(id)).await;
            let (f, found) = read.map_err(|error| posted.fail(error))?;
            let form = errors.mark(&f, empty(&f, &found));
            show_invalid(&edit_view(f, form, &found))
        }
    }
}

async fn rewrite(app: &App, posted: &FormPost, by: ActorId, id: PostId) -> Outcome<()> {
    let found = posted.request.read(editable(id)).await?;
    let typed = retyped(&posted.fields, &found.view.post, posted.request.lang);
    let draft = compose::draft(app, by, typed).await?;
    let verb = move |tx: &mut Tx<'_>| domain::post::edit(tx, by, id, &draft, &Origin::Local);
    app.ops().write(verb).await
}

/// `POST /preview`: the rendered text, which the script puts into the page.
pub async fn preview(posted: FormPost) -> Page {
    posted.request.me()?;
    let body = posted.fields.get("body");
    let short: String = body.chars().take(BODY_MAX).collect();
    let shown = compose::render(short, Vec::new()).await?;
    show(&Preview {
        f: posted.request.bare(),
        body_html: shown.html,
    })
}

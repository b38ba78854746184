//! Starting a thread, editing a post, and the Markdown preview.

use axum::extract::State;
use domain::{Error, Outcome, Tx};
use httpkit::{App, compose};
use model::refusal::Rule;
use model::{ActorId, MemberRole, Origin, PostId, PostKind};
use store::community::Place;
use store::row::Post;

use super::{One, find, typed};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::community as places;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show, show_invalid};
use crate::handlers::show::{actor, community};
use crate::views::discussion::{Compose, ComposePurpose, Preview, edit_reply_form, thread_form};

/// `GET /c/{handle}/new?kind=question`
pub async fn new_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let me = request.me()?.id();
    let place = places::find(&request, &text).await?;
    let kind = request.q("kind").and_then(|kind| kind.parse().ok());
    let kind = kind.unwrap_or(PostKind::Tip);
    let (f, kinds) = new_page(&request, me, place.1.id).await?;
    let form = thread_form(&f, &new_url(&place), kind, &kinds);
    show(&new_view(f, form, &place, kind))
}

/// Reads the frame and the kinds of thread the reader may start: only facilitators announce.
async fn new_page(
    request: &PageRequest,
    me: ActorId,
    id: ActorId,
) -> Outcome<(Frame, Vec<PostKind>)> {
    let role = move |db: &mut store::Db| store::community::role(db, id, me).map_err(Error::from);
    let (f, role) = request.page(Section::Communities, role).await?;
    let announces = role == Some(MemberRole::Facilitator);
    let kinds = PostKind::ALL.iter().copied();
    let kinds = kinds.filter(|kind| announces || *kind != PostKind::Announcement);
    Ok((f, kinds.collect()))
}

fn new_url(place: &Place) -> String {
    format!("{}/new", actor::url(&place.1))
}

fn new_view(f: Frame, form: Form, place: &Place, kind: PostKind) -> Compose {
    Compose {
        place: community::place(place, f.lang),
        form,
        purpose: match kind {
            PostKind::Question => ComposePurpose::Ask,
            PostKind::Discussion | PostKind::Tip | PostKind::Story | PostKind::Announcement => {
                ComposePurpose::Share
            }
        },
        back_url: actor::url(&place.1),
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
    match publish(&app, posted, me, place.1.id).await {
        Ok(id) => redirect_with_flash(&format!("/p/{id}"), "published"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let kind = posted.fields.choice("kind").unwrap_or(PostKind::Discussion);
            let (f, kinds) = new_page(&posted.request, me, place.1.id).await?;
            let form = errors.mark(&f, thread_form(&f, &new_url(&place), kind, &kinds));
            show_invalid(&new_view(f, form, &place, kind))
        }
    }
}

async fn publish(app: &App, posted: &FormPost, by: ActorId, community: ActorId) -> Outcome<PostId> {
    let draft = compose::draft(app, by, typed(&posted.fields)).await?;
    let verb = move |tx: &mut Tx<'_>| {
        domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
    };
    app.ops().write(verb).await
}

/// `GET /p/{id}/edit`
pub async fn edit_form(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    request: PageRequest,
) -> Page {
    let me = request.me()?.id();
    let one = find(&app, id).await?;
    if one.view.post.author_id != me {
        return Err(Error::not_allowed(Rule::Author).into());
    }
    let f = request.framed(Section::Elsewhere).await?;
    let form = filled(&f, &one);
    show(&edit_view(f, form, &one))
}

fn filled(f: &Frame, one: &One) -> Form {
    let mut form = empty(f, one);
    let post: &Post = &one.view.post;
    for (name, value) in [
        ("title", &post.title),
        ("body", &post.body_md),
        ("lang", &post.lang),
        ("title2", &post.alt_title),
        ("body2", &post.alt_md),
    ] {
        form.set(name, value);
    }
    form
}

/// The form of an edited thread (its kind is fixed) or reply.
fn empty(f: &Frame, one: &One) -> Form {
    let action = format!("/p/{}/edit", one.view.post.id);
    if !one.is_thread() {
        return edit_reply_form(f, &action);
    }
    let mut form = thread_form(f, &action, one.view.post.kind, &[]);
    form.fields.retain(|field| field.name != "kind");
    form
}

fn edit_view(f: Frame, form: Form, one: &One) -> Compose {
    Compose {
        place: one.place(f.lang),
        form,
        purpose: if one.is_thread() {
            ComposePurpose::EditThread
        } else {
            ComposePurpose::EditReply
        },
        back_url: format!("/p/{}", one.view.post.id),
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
            let one = find(&app, id).await.map_err(|error| posted.fail(error))?;
            let f = posted.request.framed(Section::Elsewhere).await?;
            let form = errors.mark(&f, empty(&f, &one));
            show_invalid(&edit_view(f, form, &one))
        }
    }
}

async fn rewrite(app: &App, posted: &FormPost, by: ActorId, id: PostId) -> Outcome<()> {
    let draft = compose::draft(app, by, typed(&posted.fields)).await?;
    let verb = move |tx: &mut Tx<'_>| domain::discussion::edit(tx, by, id, &draft, &Origin::Local);
    app.ops().write(verb).await
}

/// `POST /preview`: the rendered text, which the script puts into the page.
pub async fn preview(posted: FormPost) -> Page {
    posted.request.me()?;
    let body = posted.fields.get("body");
    let short: String = body.chars().take(model::discussion::BODY_MAX).collect();
    let shown = compose::render(short, Vec::new()).await?;
    show(&Preview {
        f: posted.request.bare(),
        body_html: shown.html,
    })
}

//! Starting a thread, editing a post, and the Markdown preview.

use axum::Extension;
use axum::extract::State;
use domain::{Error, Outcome, Tx};
use httpkit::compose::Composed;
use httpkit::rate_limits::RateLimit;
use httpkit::{App, compose};
use media::Media;
use model::limits::BODY_MAX;
use model::{ActorId, Origin, PostId, PostKind, SpaceId};
use query::community::CommunityAllowed;
use query::community::space::SpaceView;
use query::row::{CommunityWithActor, Tag};
use query::search::NamePart;
use query::{Action, Db, Reader};

use super::picture::{choose_again, draft};
use super::place;
use super::poll;
use super::post_form::{
    EditablePost, empty, filled, of_new_post, refill_pictures, retyped, revision, typed,
};
use crate::form::{Field, Form, Kind as FieldKind};
use crate::frame::{Frame, Section};
use crate::handlers::community as places;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_to_post, show};
use crate::handlers::show::{actor, community, prose, space, tag};
use crate::views::discussion::{
    Completions, Compose, ComposePurpose, Preview, thread_form, with_poll,
};
use crate::views::space::space_field;

/// Most names that are suggested.
const COMPLETIONS: i64 = 8;

/// `GET /c/{handle}/new?kind=question`
pub async fn new_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let place = places::find(&request, &text).await?;
    let kind = request.q("kind").and_then(|kind| kind.parse().ok());
    let kind = kind.unwrap_or(PostKind::Tip);
    let (f, choices) = new_page(&request, place.id()).await?;
    let chosen = request.q("space").and_then(|id| id.parse().ok());
    let form = new_thread_form(&f, &place, kind, &choices, chosen);
    show(&new_view(f, form, &place, kind))
}

/// What whoever starts a thread in a community can choose.
struct Choices {
    kinds: Vec<PostKind>,
    tags: Vec<Tag>,
    spaces: Vec<SpaceView>,
}

/// Reads the frame, and what the reader can choose.
async fn new_page(request: &PageRequest, id: ActorId) -> Outcome<(Frame, Choices)> {
    let read = move |db: &mut Db, reader: Reader| {
        let allowed = query::community::require_post(db, reader, id)?;
        Ok(Choices {
            kinds: kinds(allowed),
            tags: query::tag::of_community(db, id)?,
            spaces: query::community::space::list(db, reader, id)?,
        })
    };
    request.page(Section::Communities, read).await
}

/// The form of a new thread; without a choice of tags where the community has none.
fn new_thread_form(
    f: &Frame,
    place: &CommunityWithActor,
    kind: PostKind,
    choices: &Choices,
    chosen: Option<SpaceId>,
) -> Form {
    let mut form = thread_form(f, &new_url(place), kind, &choices.kinds);
    if kind == PostKind::Poll {
        form.fields.retain(|field| field.name != "kind");
        let kind = Field::new("kind", FieldKind::Hidden, "").value(kind.as_str());
        form = with_poll(f, form.with(kind), false, false, false);
    }
    let tags = (!choices.tags.is_empty()).then(|| tag::field(f, &choices.tags, &[]));
    let spaces = space::choices(&choices.spaces, f.lang);
    let where_to = (spaces.len() > 1).then(|| space_field(f, &spaces, chosen));
    of_new_post(f, form.with_all(where_to).with_all(tags))
}

fn kinds(allowed: CommunityAllowed) -> Vec<PostKind> {
    let kinds = PostKind::COMPOSED.iter().copied();
    kinds
        .filter(|kind| match kind {
            PostKind::Announcement => allowed.announce,
            // Its form has other fields.
            PostKind::Poll => false,
            PostKind::Discussion
            | PostKind::Question
            | PostKind::Tip
            | PostKind::Story
            | PostKind::Event => true,
        })
        .collect()
}

fn new_url(place: &CommunityWithActor) -> String {
    format!("{}/new", actor::url(&place.actor))
}

fn new_view(f: Frame, form: Form, place: &CommunityWithActor, kind: PostKind) -> Compose {
    Compose {
        place: community::place(place, f.lang),
        purpose: match kind {
            PostKind::Question => ComposePurpose::Ask,
            PostKind::Poll => ComposePurpose::Poll,
            _ => ComposePurpose::Share,
        },
        back_url: actor::url(&place.actor),
        conflict: None,
        poll_url: (kind != PostKind::Poll).then(|| format!("{}?kind=poll", new_url(place))),
        is_settled: false,
        f: f.sending(&form),
        form,
    }
}

/// `POST /c/{handle}/new`
pub async fn start(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let place = places::find(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    match posted
        .attempt(publish(&app, &media, &signed_in, place.id()))
        .await
    {
        Ok((id, unknown)) => redirect_to_written(id, "published", &unknown),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let kind = posted.fields.choice("kind").unwrap_or(PostKind::Discussion);
            let (f, choices) = new_page(&posted.request, place.id()).await?;
            let form = new_thread_form(&f, &place, kind, &choices, None);
            let form = choose_again(&f, errors.show_on(&f, form), posted);
            errors.respond(&new_view(f, form, &place, kind))
        }
    }
}

/// Redirects to a post that was written; warns of names that nobody was found for.
pub(super) fn redirect_to_written(id: PostId, word: &str, unknown: &[String]) -> Page {
    if unknown.is_empty() {
        redirect_to_post(id, word, "")
    } else {
        redirect_to_post(id, "name-unknown", &unknown.join(", "))
    }
}

async fn publish(
    app: &App,
    media: &Media,
    signed_in: &SignedInForm,
    community: ActorId,
) -> Outcome<(PostId, Vec<String>)> {
    let (posted, by) = (&signed_in.posted, signed_in.me.id());
    // Before a picture is decoded.
    let may_post = move |db: &mut Db, reader| query::community::require_post(db, reader, community);
    posted.request.read(may_post).await?;
    let mut typed = typed(&posted.fields, posted.request.lang);
    typed.space = match posted.fields.get("space") {
        "" => None,
        id => Some(id.parse().map_err(|_bad| Error::not_found("space"))?),
    };
    if typed.kind == Some(PostKind::Poll) {
        typed = poll::with_details(typed, &posted.fields, None, app.ops().now())?;
    }
    let Composed { draft, unknown } = draft(app, media, signed_in, typed, true).await?;
    let verb = move |tx: &mut Tx<'_>| {
        domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
    };
    Ok((app.ops().write(verb).await?, unknown))
}

/// `GET /p/{id}/edit`
pub async fn edit_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, found) = request.page(Section::Elsewhere, editable(id)).await?;
    let form = filled(&f, &found);
    show(&edit_view(f, form, &found))
}

/// Reads a post that the reader may change.
fn editable(id: PostId) -> impl FnOnce(&mut Db, Reader) -> Outcome<EditablePost> + Send {
    move |db, reader| {
        let found = query::post::require(db, reader, id, Action::Edit)?;
        let community = found.community.as_ref().filter(|_| found.is_thread());
        let tags = match community {
            Some(place) => query::tag::of_community(db, place.id())?,
            None => Vec::new(),
        };
        Ok(EditablePost { found, tags })
    }
}

fn edit_view(f: Frame, form: Form, EditablePost { found, .. }: &EditablePost) -> Compose {
    Compose {
        place: place(found, f.lang),
        purpose: if found.is_thread() {
            ComposePurpose::EditThread
        } else {
            ComposePurpose::EditReply
        },
        back_url: format!("/p/{}", found.view.post.id),
        conflict: None,
        poll_url: None,
        is_settled: found.view.poll.as_ref().is_some_and(|poll| poll.has_votes),
        f: f.sending(&form),
        form,
    }
}

/// `POST /p/{id}/edit`
pub async fn edit(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    match posted.attempt(rewrite(&app, &media, &signed_in, id)).await {
        Ok(unknown) => redirect_to_written(id, "edited", &unknown),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let read = posted.request.page(Section::Elsewhere, editable(id)).await;
            let (f, found) = read.map_err(|error| posted.fail(error))?;
            let stale = errors.names("revision");
            let mut form = choose_again(&f, errors.show_on(&f, empty(&f, &found)), posted);
            let mut conflict = None;
            if stale {
                // What is saved next was written with the present text in view.
                form.set("revision", &revision(&found.found.view.post));
                refill_pictures(&mut form, &found.found);
                conflict = Some(filled(&f, &found));
            }
            errors.respond(&Compose {
                conflict,
                ..edit_view(f, form, &found)
            })
        }
    }
}

async fn rewrite(
    app: &App,
    media: &Media,
    signed_in: &SignedInForm,
    id: PostId,
) -> Outcome<Vec<String>> {
    let (posted, by) = (&signed_in.posted, signed_in.me.id());
    // Before a picture is decoded.
    let may_edit = move |db: &mut Db, reader| query::post::require_edit(db, reader, id);
    let found = posted.request.read(may_edit).await?;
    let mut typed = retyped(&posted.fields, &found.view.post, posted.request.lang);
    if found.view.poll.is_some() {
        typed = poll::with_details(typed, &posted.fields, Some(&found), app.ops().now())?;
    }
    let Composed { draft, unknown } =
        draft(app, media, signed_in, typed, found.is_thread()).await?;
    let verb = move |tx: &mut Tx<'_>| domain::post::edit(tx, by, id, &draft, &Origin::Local);
    app.ops().write(verb).await?;
    Ok(unknown)
}

/// `POST /preview`: the rendered text, which the script puts into the page.
pub async fn preview(State(app): State<App>, posted: FormPost) -> Page {
    let me = posted.request.me()?.id();
    let body = posted.fields.get("body");
    let short: String = body.chars().take(BODY_MAX).collect();
    let shown = compose::preview(&app, me, short).await?;
    let warning: String = posted.fields.trimmed("warning");
    let is_detected = posted
        .fields
        .all::<String>("lang")
        .first()
        .is_some_and(String::is_empty);
    let detected = is_detected.then(|| words::guess(body));
    show(&Preview {
        detected: detected.and_then(words::name_of_tag),
        f: posted.request.bare(),
        body_html: prose::fitted(&shown.text.html, "v-", 2, posted.request.lang).into_owned(),
        warning: Some(warning).filter(|warning| !warning.is_empty()),
        lang: String::new(),
        unknown: shown.unknown,
    })
}

/// `GET /complete?q=@an`: people and communities whose name begins like that, for the editor.
pub async fn complete(State(app): State<App>, request: PageRequest) -> Page {
    request.me()?;
    app.limits().count_ip(RateLimit::Search, request.ip)?;
    let typed = request.q("q").unwrap_or_default();
    let names = NamePart::parse(typed);
    let read = move |db: &mut Db, reader: Reader| match names {
        Some(part) => query::search::names(db, reader, &part, COMPLETIONS),
        None => Ok(Vec::new()),
    };
    let found = request.read(read).await?;
    show(&Completions {
        people: found.iter().map(actor::completion).collect(),
    })
}

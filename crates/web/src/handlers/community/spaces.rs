//! The spaces of a community, which its facilitators keep.

use axum::extract::{Path, State};
use domain::community::space;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::access::{SpaceAccess, SpacePosting};
use model::{ActorId, LangText, SpaceId, Why};
use query::community::space::{ManagedSpace, SpaceView};
use query::row::CommunityWithActor;
use query::{Db, Reader};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::membership::person_named;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community, space as shown};
use crate::views::space::{EditSpace, SpaceRow, Spaces, new_space_form, space_form};

type SpacesRows = (CommunityWithActor, Vec<SpaceView>);

async fn rows(request: &PageRequest, text: &str) -> Outcome<(Frame, SpacesRows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        query::community::space::managed(db, reader, &handle, &host)
    };
    request.page(Section::Communities, read).await
}

fn list_url(place: &CommunityWithActor) -> String {
    format!("{}/spaces", actor::url(&place.actor))
}

fn list_page(f: Frame, (place, spaces): &SpacesRows, form: Form) -> Spaces {
    let row = |view: &SpaceView| SpaceRow {
        label: shown::label(&view.space, &place.actor, f.lang),
        posting: view.space.posting,
        closed: view.space.closed_at.is_some(),
        edit_url: format!("{}/{}", list_url(place), view.space.id),
    };
    Spaces {
        spaces: spaces.iter().map(row).collect(),
        place: community::place(place, f.lang),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/spaces`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = rows(&request, &text).await?;
    let form = new_space_form(&f, &list_url(&rows.0));
    show(&list_page(f, &rows, form))
}

/// `POST /c/{handle}/spaces`
pub async fn make(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &text).await;
    let (f, rows) = found.map_err(|error| posted.fail(error))?;
    let (id, by) = (rows.0.id(), signed_in.me.id());
    let name = posted.fields.lang_text("space", &LangText::default());
    let access: Option<SpaceAccess> = posted.fields.choice("access");
    let posting: Option<SpacePosting> = posted.fields.choice("posting");
    let verb = move |tx: &mut Tx<'_>| {
        let access = access.ok_or(Error::invalid("access", Why::NotAChoice))?;
        let posting = posting.unwrap_or(SpacePosting::All);
        space::create(tx, by, id, &name, (access, posting))
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(_) => redirect_with_flash(&list_url(&rows.0), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, new_space_form(&f, &list_url(&rows.0)));
            errors.respond(&list_page(f, &rows, form))
        }
    }
}

async fn one(
    request: &PageRequest,
    (text, id): &(String, String),
) -> Outcome<(Frame, ManagedSpace)> {
    let id: SpaceId = id.parse().map_err(|_bad| Error::not_found("space"))?;
    if text.contains('\0') {
        return Err(Error::not_found("space"));
    }
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        query::community::space::one(db, reader, (&handle, &host), id)
    };
    request.page(Section::Communities, read).await
}

fn space_url(one: &ManagedSpace) -> String {
    format!("{}/{}", list_url(&one.place), one.space.id)
}

/// The form of a space, with what it says now.
fn filled(f: &Frame, one: &ManagedSpace) -> Form {
    let kind = (one.space.access, one.space.posting);
    let mut form = space_form(f, &space_url(one), kind);
    form.set_lang_text("space", &one.space.name);
    form
}

fn edit_page(f: Frame, one: &ManagedSpace, form: Form) -> EditSpace {
    let members = one.members.iter();
    EditSpace {
        place: community::place(&one.place, f.lang),
        label: shown::label(&one.space, &one.place.actor, f.lang),
        closed: one.space.closed_at.is_some(),
        members: members
            .map(|who| (actor::person(who), who.id.to_string()))
            .collect(),
        back_url: list_url(&one.place),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/spaces/{id}`
pub async fn edit_form(Path(path): Path<(String, String)>, request: PageRequest) -> Page {
    request.me()?;
    let (f, one) = one(&request, &path).await?;
    let form = filled(&f, &one);
    show(&edit_page(f, &one, form))
}

/// `POST /c/{handle}/spaces/{id}`: changes it, closes or opens it, lets somebody in or out.
pub async fn change(
    State(app): State<App>,
    Path(path): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = one(&posted.request, &path).await;
    let (f, one) = found.map_err(|error| posted.fail(error))?;
    match posted
        .attempt(act(&app, posted, signed_in.me.id(), &one))
        .await
    {
        Ok(()) => redirect_with_flash(&space_url(&one), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, filled(&f, &one));
            errors.respond(&edit_page(f, &one, form))
        }
    }
}

async fn act(app: &App, posted: &FormPost, by: ActorId, one: &ManagedSpace) -> Outcome<()> {
    let at = (one.place.id(), one.space.id);
    match posted.fields.get("do") {
        "join" => {
            let who = person_named(posted).await?;
            let verb = move |tx: &mut Tx<'_>| space::add_member(tx, by, at, who);
            app.ops().write(verb).await
        }
        "leave" => {
            let who: Option<ActorId> = posted.fields.choice("who");
            let who = who.ok_or(Error::not_found("member"))?;
            let verb = move |tx: &mut Tx<'_>| space::remove_member(tx, by, at, who);
            app.ops().write(verb).await
        }
        word @ ("close" | "open") => {
            let closed = word == "close";
            let verb = move |tx: &mut Tx<'_>| space::set_closed(tx, by, at, closed);
            app.ops().write(verb).await
        }
        _ => {
            let name = posted.fields.lang_text("space", &one.space.name);
            let posting = posted.fields.choice("posting");
            let posting: SpacePosting = posting.unwrap_or(one.space.posting);
            let verb = move |tx: &mut Tx<'_>| space::change(tx, by, at, &name, posting);
            app.ops().write(verb).await
        }
    }
}

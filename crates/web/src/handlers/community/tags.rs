//! The list of a community's tags, which its facilitators keep.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use domain::{Error, Outcome, Tx};
use http::{HeaderValue, StatusCode, header};
use httpkit::App;
use model::{LangText, TagId, Time};
use query::row::{CommunityWithActor, Tag};
use query::tag::TagCount;
use query::{Db, Reader};

use super::find;
use crate::form::{Field, Form, Kind};
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect, redirect_with_flash, show};
use crate::handlers::show::{actor, community, tag as shown};
use crate::views::tag::{EditTag, RemoveTag, TagRow, Tags, tag_form};

/// The address of a community and the id of a tag, as a path has them.
type TagPath = Path<(String, String)>;

/// Reads a path: handle, host and id.
fn parse((text, id): &(String, String), request: &PageRequest) -> Outcome<(String, String, TagId)> {
    let id = id.parse().ok().filter(|_| !text.contains('\0'));
    let id = id.ok_or(Error::not_found("tag"))?;
    let (handle, host) = actor::address(text, &request.our_host());
    Ok((handle, host, id))
}

struct ListRows {
    place: CommunityWithActor,
    tags: Vec<TagCount>,
}

/// Reads the list for somebody who may change it.
async fn list_rows(request: &PageRequest, text: &str) -> Outcome<(Frame, ListRows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        query::community::require_manage(db, reader, place.id())?;
        let tags = query::tag::counted(db, reader, place.id())?;
        Ok(ListRows { place, tags })
    };
    request.page(Section::Communities, read).await
}

/// The address of the list.
fn list_url(place: &CommunityWithActor) -> String {
    format!("{}/tags", actor::url(&place.actor))
}

/// `GET /c/{handle}/tags`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = list_rows(&request, &text).await?;
    let form = tag_form(&f, &list_url(&rows.place));
    show(&list_page(f, rows, form))
}

fn list_page(f: Frame, rows: ListRows, form: Form) -> Tags {
    let ListRows { place, mut tags } = rows;
    shown::sort_by_name(&mut tags, f.lang, |row| &row.tag);
    let url = actor::url(&place.actor);
    let row = |TagCount { tag, threads }: &TagCount| {
        let other = f.lang.other();
        let names = tag.name.in_lang(f.lang).zip(tag.name.in_lang(other));
        TagRow {
            link: shown::link(tag, &url, f.lang),
            other: names.map(|(_, name)| (other, name.to_owned())),
            slug: tag.slug.clone(),
            threads: *threads,
            edit_url: format!("{url}/tags/{}/edit", tag.id),
            remove_url: format!("{url}/tags/{}/remove", tag.id),
        }
    };
    Tags {
        tags: tags.iter().map(row).collect(),
        place: community::place(&place, f.lang),
        f: f.sending(&form),
        form,
    }
}

fn name(fields: &Fields, before: &LangText) -> LangText {
    fields.lang_text("tag", before)
}

/// `POST /c/{handle}/tags`
pub async fn add(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let place = find(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    let (id, by) = (place.id(), signed_in.me.id());
    let name = name(&posted.fields, &LangText::default());
    let verb = move |tx: &mut Tx<'_>| domain::tag::add(tx, by, id, &name);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(_) => redirect_with_flash(&list_url(&place), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let (f, rows) = list_rows(&posted.request, &text).await?;
            let form = errors.show_on(&f, tag_form(&f, &list_url(&rows.place)));
            errors.respond(&list_page(f, rows, form))
        }
    }
}

struct OneTag {
    place: CommunityWithActor,
    tag: Tag,
    threads: i64,
}

/// Reads a tag for somebody who may change it.
async fn one_tag(request: &PageRequest, path: &(String, String)) -> Outcome<(Frame, OneTag)> {
    let (handle, host, id) = parse(path, request)?;
    let read = move |db: &mut Db, reader: Reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        query::community::require_manage(db, reader, place.id())?;
        let found = query::tag::in_community_counted(db, reader, place.id(), id)?;
        let TagCount { tag, threads } = found;
        Ok(OneTag {
            place,
            tag,
            threads,
        })
    };
    request.page(Section::Communities, read).await
}

fn revision(tag: &Tag) -> String {
    tag.updated_at.utc().timestamp_micros().to_string()
}

fn edit_form_of(f: &Frame, one: &OneTag) -> Form {
    let action = format!("{}/{}/edit", list_url(&one.place), one.tag.id);
    let revision = Field::new("revision", Kind::Hidden, "").value(revision(&one.tag));
    let mut form = tag_form(f, &action).with(revision);
    form.set_lang_text("tag", &one.tag.name);
    form
}

fn edit_page(f: Frame, one: &OneTag, form: Form) -> EditTag {
    EditTag {
        place: community::place(&one.place, f.lang),
        name: one.tag.name.read(f.lang).to_owned(),
        back_url: list_url(&one.place),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/tags/{id}/edit`
pub async fn edit_form(Path(path): TagPath, request: PageRequest) -> Page {
    request.me()?;
    let (f, one) = one_tag(&request, &path).await?;
    let form = edit_form_of(&f, &one);
    show(&edit_page(f, &one, form))
}

/// `POST /c/{handle}/tags/{id}/edit`
pub async fn rename(State(app): State<App>, Path(path): TagPath, signed_in: SignedInForm) -> Page {
    let posted = &signed_in.posted;
    let found = one_tag(&posted.request, &path).await;
    let (f, one) = found.map_err(|error| posted.fail(error))?;
    let (by, id) = (signed_in.me.id(), one.tag.id);
    let name = name(&posted.fields, &one.tag.name);
    let began = posted.fields.choice("revision");
    let began = began.and_then(Time::from_unix_micros);
    let verb = move |tx: &mut Tx<'_>| domain::tag::rename(tx, by, id, &name, began);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&list_url(&one.place), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let mut form = errors.show_on(&f, edit_form_of(&f, &one));
            // What is saved next was typed with the present name in view.
            form.set("revision", &revision(&one.tag));
            errors.respond(&edit_page(f, &one, form))
        }
    }
}

/// `GET /c/{handle}/tags/{id}/remove`
pub async fn remove_form(Path(path): TagPath, request: PageRequest) -> Page {
    request.me()?;
    let (f, one) = one_tag(&request, &path).await?;
    show(&RemoveTag {
        place: community::place(&one.place, f.lang),
        name: one.tag.name.read(f.lang).to_owned(),
        threads: one.threads,
        action: format!("{}/{}/remove", list_url(&one.place), one.tag.id),
        back_url: list_url(&one.place),
        f,
    })
}

/// `POST /c/{handle}/tags/{id}/remove`
pub async fn remove(State(app): State<App>, Path(path): TagPath, signed_in: SignedInForm) -> Page {
    let (_, one) = one_tag(&signed_in.posted.request, &path).await?;
    let (by, id) = (signed_in.me.id(), one.tag.id);
    let verb = move |tx: &mut Tx<'_>| domain::tag::remove(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&list_url(&one.place), "tag-removed")
}

/// `GET /c/{handle}/tags/{id}`, the id of a tag: redirects to the threads that have it.
pub async fn tag(Path(path): TagPath, request: PageRequest) -> Page {
    let (handle, host, id) = parse(&path, &request)?;
    let read = move |db: &mut Db, reader: Reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        let tag = query::tag::in_community(db, place.id(), id)?;
        Ok((place, tag))
    };
    let (place, tag) = request.read(read).await?;
    let url = shown::url(&actor::url(&place.actor), &tag.slug);
    // Not for good: the slug may change.
    Ok(redirect(&url))
}

/// Redirects for good to the present address of a list.
pub fn moved_permanently(url: &str) -> Page {
    let location = HeaderValue::from_str(url).map_err(|_bad| Error::not_found("page"))?;
    Ok((
        StatusCode::MOVED_PERMANENTLY,
        [(header::LOCATION, location)],
    )
        .into_response())
}

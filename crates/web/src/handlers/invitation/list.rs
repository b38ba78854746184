//! Lists of people to invite: uploaded or pasted, shown row by row, and confirmed.

use axum::extract::{Path, State};
use domain::membership::invitation;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use httpkit::invitation::store_list;
use model::InvitationListId;
use model::invitation::ListState;
use model::invitation::list::RowProblem;
use query::invitation::ListPage;
use query::row::{CommunityWithActor, InvitationListRow};
use query::{Db, Reader};

use super::{Way, invitations_url, tabs};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::invitation::{ListLine, ListPreview, ListUpload, list_form};
use crate::views::parts::Pager;

/// Rows on a page of the preview.
const ROWS: i64 = 100;

async fn place(request: &PageRequest, text: &str) -> Outcome<(Frame, CommunityWithActor)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        Ok(query::membership::settings(db, reader, &handle, &host)?.0)
    };
    request.page(Section::Communities, read).await
}

fn lists_url(place: &CommunityWithActor) -> String {
    format!("{}/lists", invitations_url(place))
}

fn page_of(f: Frame, place: &CommunityWithActor, form: Form) -> ListUpload {
    ListUpload {
        place: community::place(place, f.lang),
        tabs: tabs(&f, place, Way::List),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/invitations/lists`
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, place) = place(&request, &text).await?;
    let form = list_form(&f, &lists_url(&place));
    show(&page_of(f, &place, form))
}

/// `POST /c/{handle}/invitations/lists`: reads a list, which is shown before anything is sent.
pub async fn upload(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = place(&posted.request, &text).await;
    let (f, place) = found.map_err(|error| posted.fail(error))?;
    let (by, id, url) = (signed_in.me.id(), place.id(), lists_url(&place));
    let bytes = match posted.file("file") {
        Some(file) => file.to_vec(),
        None => posted.fields.get("rows").as_bytes().to_vec(),
    };
    let lang = posted.fields.choice("list_lang");
    let lang = lang.unwrap_or(posted.request.lang);
    match posted
        .attempt(store_list(app.ops(), by, id, bytes, lang))
        .await
    {
        Ok(list) => Ok(redirect(&format!("{url}/{list}"))),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, list_form(&f, &url));
            errors.respond(&page_of(f, &place, form))
        }
    }
}

async fn one(
    request: &PageRequest,
    (text, id): &(String, String),
    after: i32,
) -> Outcome<(Frame, ListPage)> {
    let id: InvitationListId = id.parse().map_err(|_bad| Error::not_found("list"))?;
    if text.contains('\0') {
        return Err(Error::not_found("list"));
    }
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        query::invitation::list(db, reader, (&handle, &host), id, (after, ROWS))
    };
    request.page(Section::Communities, read).await
}

fn line(row: &InvitationListRow) -> ListLine {
    let problem: Option<RowProblem> = row.problem.parse().ok();
    ListLine {
        number: row.number,
        name: row.name.clone(),
        address: row.address.clone(),
        lang: words::own_name(row.lang),
        problem: problem.map(RowProblem::label),
    }
}

/// `GET /c/{handle}/invitations/lists/{id}`
pub async fn preview(Path(path): Path<(String, String)>, request: PageRequest) -> Page {
    request.me()?;
    let after = request.q("after").and_then(|number| number.parse().ok());
    let (f, page) = one(&request, &path, after.unwrap_or(0)).await?;
    let url = format!("{}/{}", lists_url(&page.place), page.list.id);
    let full = i64::try_from(page.rows.len()).is_ok_and(|count| count == ROWS);
    let next = page.rows.last().filter(|_| full);
    show(&ListPreview {
        place: community::place(&page.place, f.lang),
        tabs: tabs(&f, &page.place, Way::List),
        good: page.counts.0,
        bad: page.counts.1,
        faults: page.faults.iter().map(line).collect(),
        rows: page.rows.iter().map(line).collect(),
        confirm_url: (page.list.state == ListState::Draft).then(|| url.clone()),
        pager: Pager {
            next: next.map(|row| format!("{url}?after={}", row.number)),
            ..Pager::default()
        },
        f,
    })
}

/// `POST /c/{handle}/invitations/lists/{id}`: sends the invitations, or nothing.
pub async fn decide(
    State(app): State<App>,
    Path(path): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let (_, page) = one(&signed_in.posted.request, &path, 0).await?;
    let (by, community, id) = (signed_in.me.id(), page.place.id(), page.list.id);
    let confirms = signed_in.posted.fields.get("do") == "confirm";
    let verb = move |tx: &mut Tx<'_>| match confirms {
        true => invitation::confirm_list(tx, by, community, id),
        false => invitation::discard_list(tx, by, community, id),
    };
    app.ops().write(verb).await?;
    let word = match confirms {
        true => "list-confirmed",
        false => "list-discarded",
    };
    redirect_with_flash(&invitations_url(&page.place), word)
}

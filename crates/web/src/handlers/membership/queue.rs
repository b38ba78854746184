//! The requests to join a community, for its facilitators.

use axum::extract::{Path, State};
use domain::{Error, Outcome, Tx, membership};
use httpkit::{App, paging};
use model::JoinRequestId;
use model::limits::MEMBERS_PER_PAGE;
use query::membership::{JoinFilter, RequestView};
use query::row::CommunityWithActor;
use query::{Db, Reader};

use super::{card, place_link, row_card};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_naming, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::membership::{JoinQueue, JoinRequestPage, invite_form, text_form};
use crate::views::parts::{Pager, Tab};

fn requests_url(place: &CommunityWithActor) -> String {
    format!("{}/requests", actor::url(&place.actor))
}

/// `GET /c/{handle}/requests?show=decided`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (handle, host) = actor::address(&text, &request.our_host());
    let filter = match request.q("show") {
        Some("decided") => JoinFilter::Done,
        _ => JoinFilter::Open,
    };
    let before: JoinRequestId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader: Reader| {
        let at = (handle.as_str(), host.as_str());
        query::membership::queue(db, reader, at, filter, before, MEMBERS_PER_PAGE)
    };
    let (f, (place, rows)) = request.page(Section::Communities, read).await?;
    let base = requests_url(&place);
    let open = filter == JoinFilter::Open;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == MEMBERS_PER_PAGE);
    let show_word = if open { "" } else { "show=decided&" };
    let next = rows.last().filter(|_| full);
    show(&JoinQueue {
        place: place_link(&place, &f),
        filters: vec![
            Tab::new(f.text("join-filter-waiting"), base.clone(), open),
            Tab::new(
                f.text("join-filter-decided"),
                format!("{base}?show=decided"),
                !open,
            ),
        ],
        requests: rows
            .iter()
            .map(|(row, who)| row_card(row, who.as_ref(), &base))
            .collect(),
        invite_form: invite_form(&f, &base),
        accept_url: open.then(|| base.clone()),
        settings_url: format!("{}/joining", actor::url(&place.actor)),
        pager: Pager {
            next: next.map(|(row, _)| format!("{base}?{show_word}before={}", row.id)),
            ..Pager::default()
        },
        f,
    })
}

/// `POST /c/{handle}/requests`: accepts those that were chosen, all or none, or invites somebody.
pub async fn accept_chosen(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let place = crate::handlers::community::find(&signed_in.posted.request, &text).await?;
    let by = signed_in.me.id();
    if signed_in.posted.fields.get("do") == "invite" {
        return invite(&app, &signed_in, &place).await;
    }
    let chosen: Vec<JoinRequestId> = signed_in.posted.fields.all("requests");
    let word = match chosen.is_empty() {
        true => "join-none-chosen",
        false => "join-accepted",
    };
    let verb = move |tx: &mut Tx<'_>| membership::accept_all(tx, by, &chosen);
    app.ops().write(verb).await?;
    redirect_with_flash(&requests_url(&place), word)
}

/// Invites somebody of ours, by their username as typed.
async fn invite(app: &App, signed_in: &SignedInForm, place: &CommunityWithActor) -> Page {
    let typed = signed_in.posted.fields.trimmed("member");
    let request = &signed_in.posted.request;
    let (handle, host) = actor::address(typed.trim_start_matches('@'), &request.our_host());
    let found = request
        .read(move |db: &mut Db, reader: Reader| {
            query::actor::by_address(db, reader, &handle, &host)
        })
        .await?;
    let Some(who) = found.filter(|actor| actor.peer_id.is_none()) else {
        return redirect_naming(&requests_url(place), "join-unknown", &typed);
    };
    let (by, community) = (signed_in.me.id(), place.id());
    let verb = move |tx: &mut Tx<'_>| membership::invite(tx, by, community, who.id);
    app.ops().write(verb).await?;
    redirect_with_flash(&requests_url(place), "join-invited")
}

async fn one(
    request: &PageRequest,
    (text, id): &(String, String),
) -> Outcome<(Frame, CommunityWithActor, RequestView)> {
    let id: JoinRequestId = id.parse().map_err(|_bad| Error::not_found("request"))?;
    if text.contains('\0') {
        return Err(Error::not_found("request"));
    }
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        query::membership::request(db, reader, (&handle, &host), id)
    };
    let (f, (place, view)) = request.page(Section::Communities, read).await?;
    Ok((f, place, view))
}

fn page_of(
    f: Frame,
    place: &CommunityWithActor,
    view: &RequestView,
    form: Form,
) -> JoinRequestPage {
    JoinRequestPage {
        place: place_link(place, &f),
        card: card(view, &f, &requests_url(place), false),
        back_url: requests_url(place),
        f: f.sending(&form),
        form,
    }
}

fn decide_form(f: &Frame, place: &CommunityWithActor, view: &RequestView) -> Form {
    let action = format!("{}/{}", requests_url(place), view.request.id);
    text_form(f, &action, "join-text", "join-enter-text")
}

/// `GET /c/{handle}/requests/{id}`
pub async fn page(Path(path): Path<(String, String)>, request: PageRequest) -> Page {
    request.me()?;
    let (f, place, view) = one(&request, &path).await?;
    let form = decide_form(&f, &place, &view);
    show(&page_of(f, &place, &view, form))
}

/// `POST /c/{handle}/requests/{id}`: accepts, declines, asks back or adds a note.
pub async fn decide(
    State(app): State<App>,
    Path(path): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = one(&posted.request, &path).await;
    let (f, place, view) = found.map_err(|error| posted.fail(error))?;
    let (by, id) = (signed_in.me.id(), view.request.id);
    let text = posted.fields.trimmed("text");
    let act = posted.fields.get("do").to_owned();
    let (word, done) = match act.as_str() {
        "accept" => ("join-accepted", true),
        "decline" => ("join-declined", true),
        "ask" => ("join-asked-back", false),
        _ => ("join-noted", false),
    };
    let verb = move |tx: &mut Tx<'_>| match act.as_str() {
        "accept" => membership::accept(tx, by, id, &text),
        "decline" => membership::decline(tx, by, id, &text),
        "ask" => membership::ask_back(tx, by, id, &text),
        _ => membership::add_note(tx, by, id, &text),
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) if done => redirect_with_flash(&requests_url(&place), word),
        Ok(()) => redirect_with_flash(&format!("{}/{id}", requests_url(&place)), word),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, decide_form(&f, &place, &view));
            errors.respond(&page_of(f, &place, &view, form))
        }
    }
}

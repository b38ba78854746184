//! The requests to join a community, for its facilitators.

use axum::extract::{Path, State};
use domain::{Error, Outcome, Tx, membership};
use httpkit::{App, paging};
use model::limits::MEMBERS_PER_PAGE;
use model::{ActorId, JoinRequestId};
use query::membership::{JoinFilter, QueuedRequest, RequestView};
use query::row::CommunityWithActor;
use query::{Db, Reader};

use super::{card, person_named, place_link, row_card};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::membership::{JoinQueue, JoinRequestPage, invite_form, text_form};
use crate::views::parts::{Pager, Tab};

fn requests_url(place: &CommunityWithActor) -> String {
    format!("{}/requests", actor::url(&place.actor))
}

/// Which part of the list is shown.
#[derive(Clone, Copy)]
struct Part {
    filter: JoinFilter,
    before: JoinRequestId,
}

impl Part {
    fn read(request: &PageRequest) -> Outcome<Self> {
        Ok(Self {
            filter: match request.q("show") {
                Some("decided") => JoinFilter::Done,
                _ => JoinFilter::Open,
            },
            before: paging::read_id(request.q("before"))?,
        })
    }
}

type QueueRows = (CommunityWithActor, Vec<QueuedRequest>);

async fn rows(request: &PageRequest, text: &str, part: Part) -> Outcome<(Frame, QueueRows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let at = (handle.as_str(), host.as_str());
        let Part { filter, before } = part;
        query::membership::queue(db, reader, at, filter, before, MEMBERS_PER_PAGE)
    };
    request.page(Section::Communities, read).await
}

fn list_page(f: Frame, (place, rows): &QueueRows, part: Part, invite_form: Form) -> JoinQueue {
    let base = requests_url(place);
    let open = part.filter == JoinFilter::Open;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == MEMBERS_PER_PAGE);
    let show_word = if open { "" } else { "show=decided&" };
    let next = rows.last().filter(|_| full);
    JoinQueue {
        place: place_link(place, &f),
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
        accept_url: open.then(|| base.clone()),
        settings_url: format!("{}/joining", actor::url(&place.actor)),
        pager: Pager {
            next: next.map(|(row, _)| format!("{base}?{show_word}before={}", row.id)),
            ..Pager::default()
        },
        f: f.sending(&invite_form),
        invite_form,
    }
}

/// `GET /c/{handle}/requests?show=decided`
pub async fn list(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let part = Part::read(&request)?;
    let (f, rows) = rows(&request, &text, part).await?;
    let form = invite_form(&f, &requests_url(&rows.0));
    show(&list_page(f, &rows, part, form))
}

/// `POST /c/{handle}/requests`: accepts those that were chosen, all or none, or invites somebody.
pub async fn accept_chosen(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let part = Part::read(&posted.request)?;
    let found = rows(&posted.request, &text, part).await;
    let (f, rows) = found.map_err(|error| posted.fail(error))?;
    let url = requests_url(&rows.0);
    let chosen: Vec<JoinRequestId> = posted.fields.all("requests");
    let word = match (posted.fields.get("do"), chosen.is_empty()) {
        ("invite", _) => "join-invited",
        (_, true) => "join-none-chosen",
        (_, false) => "join-accepted",
    };
    match posted
        .attempt(act(&app, &signed_in, rows.0.id(), chosen))
        .await
    {
        Ok(()) => redirect_with_flash(&url, word),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, invite_form(&f, &url));
            errors.respond(&list_page(f, &rows, part, form))
        }
    }
}

async fn act(
    app: &App,
    signed_in: &SignedInForm,
    community: ActorId,
    chosen: Vec<JoinRequestId>,
) -> Outcome<()> {
    let by = signed_in.me.id();
    if signed_in.posted.fields.get("do") == "invite" {
        let who = person_named(&signed_in.posted).await?;
        let verb = move |tx: &mut Tx<'_>| membership::invite(tx, by, community, who);
        return app.ops().write(verb).await;
    }
    let verb = move |tx: &mut Tx<'_>| membership::accept_all(tx, by, &chosen);
    app.ops().write(verb).await
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

/// `POST /c/{handle}/requests/{id}`: accepts, declines, takes an invitation back, asks back or adds a note.
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
        "take-back" => ("join-taken-back", true),
        "ask" => ("join-asked-back", false),
        _ => ("join-noted", false),
    };
    let verb = move |tx: &mut Tx<'_>| match act.as_str() {
        "accept" => membership::accept(tx, by, id, &text),
        "decline" => membership::decline(tx, by, id, &text),
        "take-back" => membership::take_back(tx, by, id),
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

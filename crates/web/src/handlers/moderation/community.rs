//! What waits for the moderators of a community, who is banned from it, its log, and what its moderators told the reader.

use axum::extract::State;
use domain::{Error, Outcome, Tx};
use httpkit::{App, paging};
use model::access::SpacePosting;
use model::limits::MEMBERS_PER_PAGE;
use model::{ActorId, ModerationId, Time, Why};
use query::moderation::{LogPage, ModerationPage};
use query::{Db, Reader};

use super::{ModerationTab, appealed, card, log_line, person_url, queue_url, reported, tabs};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community as show_community};
use crate::views::moderation::{Bans, Log, OwnRecord, Queue, review_form};
use crate::views::parts::Pager;

async fn waiting(request: &PageRequest, text: &str) -> Outcome<(Frame, ModerationPage)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::moderation::queue(db, reader, &handle, &host);
    request.page(Section::Communities, read).await
}

fn queue_page(f: Frame, page: &ModerationPage, form: Form) -> Queue {
    Queue {
        place: show_community::place(&page.place, f.lang),
        tabs: tabs(&f, &page.place, ModerationTab::Queue),
        reports: page.reports.iter().map(|row| reported(&f, row)).collect(),
        held: page.held.iter().map(|line| card(&f, line, None)).collect(),
        appeals: page.appeals.iter().map(|row| appealed(&f, row)).collect(),
        f: match page.manage {
            true => f.sending(&form),
            false => f,
        },
        form: page.manage.then_some(form),
    }
}

/// `GET /c/{handle}/moderation`
pub async fn queue(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, page) = waiting(&request, &text).await?;
    let form = review_form(&f, &queue_url(&page.place), page.posting);
    show(&queue_page(f, &page, form))
}

/// `POST /c/{handle}/moderation`: chooses whether posts in the common space wait.
pub async fn set_review(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = waiting(&posted.request, &text).await;
    let (f, page) = found.map_err(|error| posted.fail(error))?;
    let (by, community) = (signed_in.me.id(), page.place.id());
    let posting: Option<SpacePosting> = posted.fields.choice("posting");
    let verb = move |tx: &mut Tx<'_>| match posting {
        Some(posting) => domain::moderation::set_review(tx, by, community, posting),
        None => Err(Error::invalid("posting", Why::NotAChoice)),
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&queue_url(&page.place), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = review_form(&f, &queue_url(&page.place), page.posting);
            let form = errors.show_on(&f, form);
            errors.respond(&queue_page(f, &page, form))
        }
    }
}

/// `GET /c/{handle}/moderation/bans`
pub async fn bans(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (handle, host) = actor::address(&text, &request.our_host());
    let after = request.q("after").unwrap_or("0");
    let after: ActorId = after.parse().map_err(|_bad| Error::not_found("page"))?;
    let read = move |db: &mut Db, reader: Reader| {
        let at = (handle.as_str(), host.as_str());
        query::moderation::bans(db, reader, at, after, MEMBERS_PER_PAGE)
    };
    let (f, (place, rows)) = request.page(Section::Communities, read).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == MEMBERS_PER_PAGE);
    let next = rows.last().filter(|_| full);
    show(&Bans {
        place: show_community::place(&place, f.lang),
        tabs: tabs(&f, &place, ModerationTab::Bans),
        pager: Pager {
            next: next.map(|(_, who)| format!("?after={}", who.id)),
            ..Pager::default()
        },
        bans: rows
            .iter()
            .map(|(ban, who)| {
                let url = person_url(&place, who.id);
                (actor::person(who), ban.until.map(Time::utc), url)
            })
            .collect(),
        f,
    })
}

/// `GET /c/{handle}/moderation/log`
pub async fn log(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    let (handle, host) = actor::address(&text, &request.our_host());
    let before: ModerationId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader: Reader| {
        let at = (handle.as_str(), host.as_str());
        query::moderation::log(db, reader, at, before, MEMBERS_PER_PAGE)
    };
    let (f, page): (Frame, LogPage) = request.page(Section::Communities, read).await?;
    let f = Frame { noindex: true, ..f };
    show(&Log {
        place: show_community::place(&page.place, f.lang),
        tabs: match page.moderates {
            true => tabs(&f, &page.place, ModerationTab::Log),
            false => Vec::new(),
        },
        log: page
            .entries
            .iter()
            .map(|view| log_line(&f, &page.place, view))
            .collect(),
        pager: Pager {
            next: page.next.map(|before| format!("?before={before}")),
            ..Pager::default()
        },
        f,
    })
}

/// `GET /c/{handle}/moderation/me`
pub async fn own(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (handle, host) = actor::address(&text, &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::moderation::own(db, reader, &handle, &host);
    let (f, page) = request.page(Section::Communities, read).await?;
    show(&OwnRecord {
        place: show_community::place(&page.place, f.lang),
        ban: page.ban.as_ref().map(|ban| ban.until.map(Time::utc)),
        log: page
            .entries
            .iter()
            .map(|view| log_line(&f, &page.place, view))
            .collect(),
        f,
    })
}

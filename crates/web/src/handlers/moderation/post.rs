//! Reporting a post, deciding on one, and asking for a removed one back.

use axum::extract::State;
use domain::{Error, Outcome, Tx, moderation};
use httpkit::App;
use httpkit::rate_limits::RateLimit;
use model::moderation::{AppealState, PostAct, ReportReason};
use model::{PostId, PostState, Why};
use query::moderation::{AppealPage, ModeratePage, PostLine};
use query::post::PostInThread;
use query::{Db, Reader};

use super::{card, person_url, place_of, queue_url, report_line, words};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_to_post, redirect_with_flash, show};
use crate::views::moderation::{
    Appeal, ModeratePost, Report, appeal_form as form_of_appeal, report_form as form_of_report,
    words_form,
};

async fn reportable(request: &PageRequest, id: PostId) -> Outcome<(Frame, PostInThread)> {
    let read = move |db: &mut Db, reader: Reader| query::moderation::reportable(db, reader, id);
    request.page(Section::Elsewhere, read).await
}

fn report_page(f: Frame, found: &PostInThread, form: Form) -> Report {
    let author = (*found.view.author).clone();
    let line = PostLine {
        post: found.view.post.clone(),
        root: found.root.clone(),
        author,
    };
    Report {
        place: place_of(found.community.as_ref(), &line.author, f.lang),
        post: card(&f, &line, None),
        f: f.sending(&form),
        form,
    }
}

/// `GET /p/{id}/report`
pub async fn report_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, found) = reportable(&request, id).await?;
    let form = form_of_report(&f, &format!("/p/{id}/report"));
    show(&report_page(f, &found, form))
}

/// `POST /p/{id}/report`
pub async fn report(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = reportable(&posted.request, id).await;
    let (f, found) = found.map_err(|error| posted.fail(error))?;
    let by = signed_in.me.id();
    let reason: Option<ReportReason> = posted.fields.choice("why");
    let text = posted.fields.trimmed("text");
    let send = async {
        let reason = reason.ok_or(Error::invalid("why", Why::Required))?;
        app.limits().count_actor(RateLimit::Write, by)?;
        let verb = move |tx: &mut Tx<'_>| moderation::report(tx, by, id, reason, &text);
        app.ops().write(verb).await
    };
    match posted.attempt(send).await {
        Ok(_) => redirect_to_post(id, "reported", ""),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = form_of_report(&f, &format!("/p/{id}/report"));
            let form = errors.show_on(&f, form);
            errors.respond(&report_page(f, &found, form))
        }
    }
}

async fn moderated(request: &PageRequest, id: PostId) -> Outcome<(Frame, ModeratePage)> {
    let read = move |db: &mut Db, reader: Reader| query::moderation::moderate(db, reader, id);
    request.page(Section::Elsewhere, read).await
}

/// What the page offers, what waits for a decision first.
fn acts(page: &ModeratePage) -> Vec<PostAct> {
    let allowed = page.allowed;
    let lock = match page.line.root.locked_at {
        None => PostAct::Lock,
        Some(_) => PostAct::Unlock,
    };
    let pin = match page.line.root.pinned_at {
        None => PostAct::Pin,
        Some(_) => PostAct::Unpin,
    };
    [
        (allowed.decide_held, PostAct::Release),
        (allowed.decide_held, PostAct::Refuse),
        (
            allowed.dismiss && !page.reports.is_empty(),
            PostAct::Dismiss,
        ),
        (allowed.remove && !allowed.decide_held, PostAct::Remove),
        (allowed.restore, PostAct::Restore),
        (allowed.refuse_appeal, PostAct::RefuseAppeal),
        (allowed.lock, lock),
        (allowed.pin, pin),
    ]
    .into_iter()
    .filter_map(|(is_offered, act)| is_offered.then_some(act))
    .collect()
}

/// The keys of what is said of the state of a post.
fn state(page: &ModeratePage) -> Vec<&'static str> {
    let (post, root) = (&page.line.post, &page.line.root);
    let removed = post.deleted_at.is_some();
    [
        (post.state == PostState::Held, "post-held-moderator"),
        (removed, "post-state-removed"),
        (root.locked_at.is_some(), "post-locked"),
        (root.pinned_at.is_some(), "post-pinned"),
    ]
    .into_iter()
    .filter_map(|(is_so, key)| is_so.then_some(key))
    .collect()
}

fn moderate_page(f: Frame, page: &ModeratePage, form: Form) -> ModeratePost {
    let removal = page.removal.as_ref();
    let ours = page.community.as_ref();
    let ours = ours.filter(|place| place.actor.peer_id.is_none());
    let has_words = removal.is_some_and(|row| row.text().is_some());
    let asks = |row: &&query::row::PostRemoval| row.appeal_state != AppealState::None;
    ModeratePost {
        place: place_of(page.community.as_ref(), &page.line.author, f.lang),
        queue_url: ours.map_or_else(|| "/admin/reports".to_owned(), queue_url),
        post: card(&f, &page.line, removal),
        reports: page.reports.iter().map(report_line).collect(),
        state: state(page),
        reason: removal.map(|row| row.reason.clone()).unwrap_or_default(),
        is_gone: page.line.post.state == PostState::Tombstone && !has_words,
        appeal: removal.filter(asks).map(|row| row.appeal.clone()),
        acts: acts(page),
        person_url: ours.filter(|_| page.allowed.person).map(|place| {
            let url = person_url(place, page.line.author.id);
            format!("{url}?post={}", page.line.post.id)
        }),
        f: f.sending(&form),
        form,
    }
}

/// `GET /p/{id}/moderate`
pub async fn moderate(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, page) = moderated(&request, id).await?;
    let form = words_form(&f, &format!("/p/{id}/moderate"));
    show(&moderate_page(f, &page, form))
}

/// `POST /p/{id}/moderate`
pub async fn act(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = moderated(&posted.request, id).await;
    let (f, page) = found.map_err(|error| posted.fail(error))?;
    let by = signed_in.me.id();
    let what: Option<PostAct> = posted.fields.choice("do");
    let words = words(&posted.fields);
    let verb = move |tx: &mut Tx<'_>| match what {
        Some(what) => moderation::act(tx, by, id, what, &words),
        None => Err(Error::invalid("do", Why::NotAChoice)),
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&format!("/p/{id}/moderate"), "moderated"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = words_form(&f, &format!("/p/{id}/moderate"));
            let form = errors.show_on(&f, form);
            errors.respond(&moderate_page(f, &page, form))
        }
    }
}

async fn removed(request: &PageRequest, id: PostId) -> Outcome<(Frame, AppealPage)> {
    let read = move |db: &mut Db, reader: Reader| query::moderation::own_removed(db, reader, id);
    request.page(Section::Elsewhere, read).await
}

fn appeal_page(f: Frame, page: &AppealPage, form: Form) -> Appeal {
    let removal = page.removal.as_ref();
    let state = match removal.map(|row| (row.appeal_state, row.text().is_some())) {
        Some((AppealState::None, true)) => None,
        Some((AppealState::Open, _)) => Some("appeal-open"),
        Some((AppealState::Refused, _)) => Some("appeal-refused"),
        Some((AppealState::None, false)) => Some("removal-gone"),
        None => Some("appeal-old"),
    };
    Appeal {
        place: place_of(page.community.as_ref(), &page.line.author, f.lang),
        post: card(&f, &page.line, removal),
        reason: removal.map(|row| row.reason.clone()).unwrap_or_default(),
        f: match state {
            None => f.sending(&form),
            Some(_) => f,
        },
        state,
        form,
    }
}

/// `GET /p/{id}/appeal`
pub async fn appeal_form(PathParam(id): PathParam<PostId>, request: PageRequest) -> Page {
    request.me()?;
    let (f, page) = removed(&request, id).await?;
    let form = form_of_appeal(&f, &format!("/p/{id}/appeal"));
    show(&appeal_page(f, &page, form))
}

/// `POST /p/{id}/appeal`
pub async fn appeal(
    State(app): State<App>,
    PathParam(id): PathParam<PostId>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = removed(&posted.request, id).await;
    let (f, page) = found.map_err(|error| posted.fail(error))?;
    let by = signed_in.me.id();
    let text = posted.fields.trimmed("text");
    let verb = move |tx: &mut Tx<'_>| moderation::appeal(tx, by, id, &text);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&format!("/p/{id}/appeal"), "appealed"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = form_of_appeal(&f, &format!("/p/{id}/appeal"));
            let form = errors.show_on(&f, form);
            errors.respond(&appeal_page(f, &page, form))
        }
    }
}

//! The stage, the purposes and the timeline of a community, which its facilitators keep.

use axum::extract::{Path, State};
use domain::community::stage;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::community::{MilestoneKind, Purpose, Purposes, Stage};
use model::{LangText, MilestoneId, Why};
use query::row::{CommunityWithActor, Milestone};
use query::{Db, Reader};

use super::find;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::community::stage::{
    MilestoneLine, StagePage, TimelinePage, milestone_form, milestone_key, stage_form,
};

type Rows = (CommunityWithActor, Vec<Milestone>);

async fn rows(request: &PageRequest, text: &str) -> Outcome<(Frame, Rows)> {
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        query::community::require_manage(db, reader, place.id())?;
        let timeline = query::community::timeline(db, &place)?;
        Ok((place, timeline))
    };
    request.page(Section::Communities, read).await
}

fn stage_url(place: &CommunityWithActor) -> String {
    format!("{}/stage", actor::url(&place.actor))
}

fn timeline_url(place: &CommunityWithActor) -> String {
    format!("{}/timeline", actor::url(&place.actor))
}

fn empty_form(f: &Frame, place: &CommunityWithActor) -> Form {
    let purposes = Purposes::stored(&place.community.purposes);
    stage_form(f, &stage_url(place), place.community.stage, purposes.all())
}

fn stage_page(f: Frame, place: &CommunityWithActor, form: Form) -> StagePage {
    StagePage {
        place: community::place(place, f.lang),
        timeline_url: timeline_url(place),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/stage`
pub async fn form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, (place, _)) = rows(&request, &text).await?;
    let mut form = empty_form(&f, &place);
    form.set("opens_on", &place.community.opens_on);
    show(&stage_page(f, &place, form))
}

/// The purposes that are chosen in a form.
pub(super) fn purposes(fields: &Fields) -> Purposes {
    let chosen: Vec<Purpose> = fields.all("purposes");
    Purposes::new(&chosen)
}

/// `POST /c/{handle}/stage`
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let found = rows(&posted.request, &text).await;
    let (f, (place, _)) = found.map_err(|error| posted.fail(error))?;
    let (by, id) = (me.id(), place.id());
    let chosen: Option<Stage> = posted.fields.choice("stage");
    let opens_on = posted.fields.trimmed("opens_on");
    let purposes = purposes(&posted.fields);
    let verb = move |tx: &mut Tx<'_>| {
        let chosen = chosen.ok_or(Error::invalid("stage", Why::NotAChoice))?;
        stage::set_purposes(tx, by, id, &purposes)?;
        stage::set_stage(tx, by, id, chosen, &opens_on)
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&format!("{}/about", actor::url(&place.actor)), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, empty_form(&f, &place));
            errors.respond(&stage_page(f, &place, form))
        }
    }
}

/// The timeline of a community, in words.
pub(super) fn lines(f: &Frame, rows: &[Milestone], manage: Option<&str>) -> Vec<MilestoneLine> {
    let line = |row: &Milestone| {
        let (lang, text) = row.text.shown(f.lang).unwrap_or_default();
        let key = milestone_key(row.kind, &row.word);
        let own = row.kind == MilestoneKind::Own;
        MilestoneLine {
            day: row.on_day.clone(),
            text: match row.kind {
                MilestoneKind::Own => text.to_owned(),
                MilestoneKind::Name => f.message(&key).arg("name", text).to_string(),
                MilestoneKind::Stage => f.text(&key).to_owned(),
                MilestoneKind::Purposes => {
                    let now = purposes_in_words(f, &Purposes::stored(&row.word));
                    f.message(&key).arg("purposes", now).to_string()
                }
            },
            lang: match own {
                true => lang.to_owned(),
                false => String::new(),
            },
            remove_url: manage
                .filter(|_| own)
                .map(|url| format!("{url}/{}/remove", row.id)),
        }
    };
    rows.iter().map(line).collect()
}

/// The purposes of a community, as a list in words; empty where it has none.
pub(super) fn purposes_in_words(f: &Frame, purposes: &Purposes) -> String {
    let words = purposes.all().iter().map(|one| f.text(one.label()));
    let words: Vec<&str> = words.collect();
    words.join(" · ")
}

fn timeline_page(f: Frame, (place, timeline): &Rows, form: Form) -> TimelinePage {
    TimelinePage {
        place: community::place(place, f.lang),
        lines: lines(&f, timeline, Some(&timeline_url(place))),
        stage_url: stage_url(place),
        f: f.sending(&form),
        form,
    }
}

/// `GET /c/{handle}/timeline`
pub async fn timeline(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (f, rows) = rows(&request, &text).await?;
    let form = milestone_form(&f, &timeline_url(&rows.0));
    show(&timeline_page(f, &rows, form))
}

/// `POST /c/{handle}/timeline`
pub async fn add(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let found = rows(&posted.request, &text).await;
    let (f, rows) = found.map_err(|error| posted.fail(error))?;
    let (by, id) = (me.id(), rows.0.id());
    let on_day = posted.fields.trimmed("on_day");
    let words = posted.fields.lang_text("milestone", &LangText::default());
    let verb = move |tx: &mut Tx<'_>| stage::add_milestone(tx, by, id, &on_day, &words);
    let url = timeline_url(&rows.0);
    match posted.attempt(app.ops().write(verb)).await {
        Ok(_) => redirect_with_flash(&url, "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, milestone_form(&f, &url));
            errors.respond(&timeline_page(f, &rows, form))
        }
    }
}

/// `POST /c/{handle}/timeline/{id}/remove`
pub async fn remove(
    State(app): State<App>,
    Path((text, milestone)): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let milestone = milestone.parse().ok().filter(|_| !text.contains('\0'));
    let milestone: MilestoneId = milestone.ok_or(Error::not_found("milestone"))?;
    let place = find(&signed_in.posted.request, &text).await?;
    let (by, id) = (signed_in.me.id(), place.id());
    let verb = move |tx: &mut Tx<'_>| stage::remove_milestone(tx, by, id, milestone);
    app.ops().write(verb).await?;
    redirect_with_flash(&timeline_url(&place), "saved")
}

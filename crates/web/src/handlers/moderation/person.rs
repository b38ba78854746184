//! What moderators do about a person: bans, warnings and notes.

use axum::extract::{Path, State};
use domain::moderation::{self, Ban};
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::moderation::{BanLength, PersonAct};
use model::{ActorId, PostId, Time, Why};
use query::moderation::PersonPage;
use query::{Db, Reader};

use super::{log_line, person_url, queue_url, words};
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::moderation::{ModeratePerson, person_form};

async fn rows(
    request: &PageRequest,
    (text, id): &(String, String),
) -> Outcome<(Frame, PersonPage)> {
    let id: ActorId = id.parse().map_err(|_bad| Error::not_found("person"))?;
    if text.contains('\0') {
        return Err(Error::not_found("person"));
    }
    let (handle, host) = actor::address(text, &request.our_host());
    let read = move |db: &mut Db, reader: Reader| {
        query::moderation::person(db, reader, (&handle, &host), id)
    };
    request.page(Section::Communities, read).await
}

fn acts(page: &PersonPage) -> Vec<PersonAct> {
    [
        (page.bannable, PersonAct::Ban),
        (page.ban.is_some(), PersonAct::LiftBan),
        (page.bannable, PersonAct::Warn),
        (true, PersonAct::Note),
    ]
    .into_iter()
    .filter_map(|(is_offered, act)| is_offered.then_some(act))
    .collect()
}

fn page_of(f: Frame, page: &PersonPage, form: Form) -> ModeratePerson {
    ModeratePerson {
        place: community::place(&page.place, f.lang),
        queue_url: queue_url(&page.place),
        person: actor::person(&page.who),
        role: page.role,
        ban: page.ban.as_ref().map(|ban| ban.until.map(Time::utc)),
        acts: acts(page),
        log: page
            .entries
            .iter()
            .map(|view| log_line(&f, &page.place, view))
            .collect(),
        f: f.sending(&form),
        form,
    }
}

fn form_of(f: &Frame, page: &PersonPage, post: &str) -> Form {
    let url = person_url(&page.place, page.who.id);
    person_form(f, &url, page.bannable, post)
}

/// `GET /c/{handle}/moderation/people/{id}?post=…`
pub async fn page(Path(path): Path<(String, String)>, request: PageRequest) -> Page {
    request.me()?;
    let (f, page) = rows(&request, &path).await?;
    let post: Option<PostId> = request.q("post").and_then(|id| id.parse().ok());
    let post = post.map(|id| id.to_string()).unwrap_or_default();
    let form = form_of(&f, &page, &post);
    show(&page_of(f, &page, form))
}

/// The ban that was chosen, from now on.
fn ban(fields: &Fields, now: Time) -> Outcome<Ban> {
    let length: Option<BanLength> = fields.choice("until");
    let length = length.ok_or(Error::invalid("until", Why::NotAChoice))?;
    Ok(Ban {
        until: length.until(now),
        words: words(fields),
        removes_posts: fields.ticked("removes"),
        post: fields.choice("post"),
    })
}

async fn done(app: &App, signed_in: &SignedInForm, page: &PersonPage) -> Outcome<()> {
    let fields = &signed_in.posted.fields;
    let (by, community, who) = (signed_in.me.id(), page.place.id(), page.who.id);
    let words = words(fields);
    match fields.choice("do") {
        Some(PersonAct::Ban) => {
            let ban = ban(fields, app.ops().now())?;
            let verb = move |tx: &mut Tx<'_>| moderation::ban(tx, by, community, who, &ban);
            app.ops().write(verb).await
        }
        Some(PersonAct::LiftBan) => {
            let verb = move |tx: &mut Tx<'_>| moderation::lift_ban(tx, by, community, who, &words);
            app.ops().write(verb).await
        }
        Some(PersonAct::Warn) => {
            let verb = move |tx: &mut Tx<'_>| moderation::warn(tx, by, community, who, &words);
            app.ops().write(verb).await
        }
        Some(PersonAct::Note) => {
            let verb = move |tx: &mut Tx<'_>| moderation::note(tx, by, community, who, &words.note);
            app.ops().write(verb).await
        }
        None => Err(Error::invalid("do", Why::NotAChoice)),
    }
}

/// `POST /c/{handle}/moderation/people/{id}`
pub async fn act(
    State(app): State<App>,
    Path(path): Path<(String, String)>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let found = rows(&posted.request, &path).await;
    let (f, page) = found.map_err(|error| posted.fail(error))?;
    match posted.attempt(done(&app, &signed_in, &page)).await {
        Ok(()) => redirect_with_flash(&person_url(&page.place, page.who.id), "moderated"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let form = errors.show_on(&f, form_of(&f, &page, ""));
            errors.respond(&page_of(f, &page, form))
        }
    }
}

//! The profile form, with the picture.

use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use domain::actor::Picture;
use domain::{Error, Outcome, account};
use httpkit::{App, Me, compose};
use media::Media;
use model::profile::EntryKind;
use model::{ActorId, SeenBy, Why};
use query::{Db, row};

use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{Fields, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::actor;
use crate::views::account::{Profile, SettingsTab, profile_form, settings_tabs};

/// `GET /settings/profile`
pub async fn form(request: PageRequest) -> Page {
    let (me, zone) = {
        let me = request.me()?;
        (me.actor.clone(), me.account.zone.clone())
    };
    let own = me.clone();
    let read = move |db: &mut Db, reader| query::actor::entries(db, reader, &own);
    let (f, entries) = request.page(Section::Me, read).await?;
    let mut form = profile_form(&f, me.picture_id.is_some());
    for (name, value) in [
        ("name", &me.name),
        ("pronouns", &me.pronouns),
        ("role", &me.job_title),
        ("organization", &me.organization),
        ("languages", &me.languages),
        ("biography", &me.summary_md),
        ("picture_alt", &me.picture_alt),
    ] {
        form.set(name, value);
    }
    for (name, on) in [
        ("indexable", me.indexable),
        ("show_follows", me.show_follows),
    ] {
        form.set(name, if on { "on" } else { "" });
    }
    form.choose("zone", &zone);
    form.choose("seen_by", me.seen_by.as_str());
    for (name, kind) in [
        ("ask", EntryKind::Ask),
        ("systems", EntryKind::System),
        ("region", EntryKind::Region),
    ] {
        let own = entries.iter().filter(|row| row.kind == kind);
        let lines: Vec<&str> = own.map(|row| row.text.as_str()).collect();
        form.set(name, &lines.join("\n"));
    }
    show(&page(f, form, &me))
}

fn page(f: Frame, form: Form, me: &row::Actor) -> Profile {
    let person = actor::person(me);
    Profile {
        tabs: settings_tabs(&f, SettingsTab::Profile),
        picture: person.avatar.map(|url| (url, me.picture_alt.clone())),
        name: person.name,
        handle: person.handle,
        f: f.sending(&form),
        form,
    }
}

/// `POST /settings/profile`
pub async fn change(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    SignedInForm { posted, me }: SignedInForm,
) -> Page {
    let write = write(
        &app,
        &media,
        &me,
        &posted.fields,
        posted.file("picture").cloned(),
    );
    match posted.attempt(write).await {
        Ok(()) => redirect_with_flash("/settings/profile", "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let f = posted.request.framed(Section::Me).await?;
            let form = profile_form(&f, me.actor.picture_id.is_some());
            let mut form = errors.show_on(&f, form);
            // Browsers never send a form back with its file.
            if posted.file("picture").is_some() && form.get("picture").error.is_none() {
                form.fault("picture", f.text("enter-picture-again"));
            }
            errors.respond(&page(f, form, &me.actor))
        }
    }
}

/// What was chosen; nothing where nothing was sent, which leaves it.
fn seen_by(word: &str) -> Outcome<Option<SeenBy>> {
    if word.is_empty() {
        return Ok(None);
    }
    SeenBy::ALL
        .iter()
        .find(|choice| choice.as_str() == word)
        .copied()
        .map(Some)
        .ok_or(Error::invalid("seen_by", Why::NotAChoice))
}

/// What was typed, one in each line.
fn lines(typed: &str) -> Vec<String> {
    let lines = typed.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The change of the picture.
enum Change {
    New(Picture),
    Gone,
    Words(String),
}

async fn write(
    app: &App,
    media: &Media,
    me: &Me,
    typed: &Fields,
    file: Option<Bytes>,
) -> Outcome<()> {
    let biography = compose::render(typed.trimmed("biography"), Vec::new()).await?;
    let profile = account::Profile {
        name: typed.trimmed("name"),
        pronouns: typed.trimmed("pronouns"),
        job_title: typed.trimmed("role"),
        organization: typed.trimmed("organization"),
        languages: typed.languages(),
        biography,
        indexable: Some(typed.ticked("indexable")),
        seen_by: seen_by(&typed.trimmed("seen_by"))?,
        region: Some(typed.trimmed("region")),
        ask: Some(lines(&typed.trimmed("ask"))),
        systems: Some(lines(&typed.trimmed("systems"))),
        show_follows: Some(typed.ticked("show_follows")),
    };
    let picture = match file {
        Some(bytes) => Change::New(picture(app, media, bytes, typed.trimmed("picture_alt")).await?),
        None if typed.ticked("picture_remove") => Change::Gone,
        None => Change::Words(typed.trimmed("picture_alt")),
    };
    let zone = typed.trimmed("zone");
    let known = zone.is_empty() || words::zone(&zone).is_some();
    if !known {
        return Err(Error::invalid("zone", Why::NotAChoice));
    }
    let id: ActorId = me.id();
    let verb = move |tx: &mut domain::Tx<'_>| {
        account::set_profile(tx, id, &profile)?;
        account::set_zone(tx, id, &zone)?;
        match &picture {
            Change::New(picture) => account::set_picture(tx, id, Some(picture)),
            Change::Gone => account::set_picture(tx, id, None),
            Change::Words(alt) => account::describe_picture(tx, id, alt),
        }
    };
    app.ops().write(verb).await
}

/// Stores a picture. One without alternative text is refused before it is decoded.
async fn picture(app: &App, media: &Media, bytes: Bytes, alt: String) -> Outcome<Picture> {
    if alt.is_empty() {
        return Err(Error::invalid("picture_alt", Why::Required));
    }
    let kept = media.store_picture(bytes, app.ops().now(), app.ops().id());
    let blob = kept.await.map_err(|error| {
        let fault = || Error::fault(error.to_string());
        error.refusal("picture").map_or_else(fault, Error::from)
    })?;
    Ok(Picture { blob, alt })
}

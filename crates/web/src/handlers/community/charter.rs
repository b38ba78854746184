//! Starting a community and editing its description.

use axum::extract::State;
use domain::Outcome;
use httpkit::App;
use model::community::Charter;
use model::{ActorId, Handle, LangText, Refusal, Why};
use query::row::CommunityWithActor;

use super::find;
use super::stage::purposes;
use crate::form::{Field, Form, Kind};
use crate::frame::{Frame, Section};
use crate::handlers::account::sign_up;
use crate::handlers::form_post::{Fields, FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::community::FollowStates;
use crate::handlers::show::{actor, community};
use crate::views::account::moving_url;
use crate::views::community::{Edit, community_form};

const FOUND: &str = "/communities/new";

/// The page on which somebody starts a community; `similar` are those that they are asked to look at first.
fn founding(f: Frame, form: Form, similar: &[CommunityWithActor]) -> Edit {
    let cards = similar.iter();
    Edit {
        similar: cards
            .map(|place| community::card(place, f.lang, &FollowStates::default()))
            .collect(),
        f: f.sending(&form),
        form,
        colour: None,
        editing: None,
        pages: Vec::new(),
    }
}

/// `GET /communities/new`
pub async fn found_form(request: PageRequest) -> Page {
    request.me()?;
    let f = request.framed(Section::Communities).await?;
    let mut form = community_form(&f, FOUND, true);
    form.set("languages", f.lang.as_str());
    show(&founding(f, form, &[]))
}

/// What becomes of a community that somebody starts.
enum Founded {
    Made(Handle),
    /// These are like it, and they have not been asked yet whether theirs is another one.
    Like(Vec<CommunityWithActor>),
}

/// `POST /communities/new`
pub async fn found(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let posted = &signed_in.posted;
    let create = create(&app, signed_in.me.id(), posted);
    let (errors, similar) = match posted.attempt(create).await {
        Ok(Founded::Made(handle)) => {
            return redirect_with_flash(&format!("/c/{handle}"), "started");
        }
        Ok(Founded::Like(similar)) => {
            let none = Refusal::Invalid(Vec::new());
            (posted.field_errors(none.into())?, similar)
        }
        Err(error) => (posted.field_errors(error)?, Vec::new()),
    };
    let f = posted.request.framed(Section::Communities).await?;
    let form = errors.show_on(&f, community_form(&f, FOUND, true));
    if similar.is_empty() {
        return errors.respond(&founding(f, form, &[]));
    }
    let sure = Field::new("sure", Kind::Hidden, "").value("on");
    show(&founding(f, form.with(sure), &similar))
}

async fn create(app: &App, by: ActorId, posted: &FormPost) -> Outcome<Founded> {
    let typed = &posted.fields;
    let charter = Charter {
        purposes: purposes(typed),
        ..charter(typed, &Charter::default())
    };
    let mut checks = domain::community::checks(&charter);
    let is_chosen = !charter.purposes.all().is_empty();
    checks.that(is_chosen, "purposes", Why::Required);
    let handle = sign_up::handle(&mut checks, Handle::parse(typed.get("handle")));
    checks.done()?;
    if typed.get("sure").is_empty() {
        let (name, lang) = (charter.name.clone(), posted.request.lang);
        let read = move |db: &mut query::Db, reader| {
            query::search::communities_like(db, reader, &name, lang)
        };
        let similar = posted.request.read(read).await?;
        if !similar.is_empty() {
            return Ok(Founded::Like(similar));
        }
    }
    let (handle, key) = (handle?, app.new_key().await?);
    let made = handle.clone();
    let verb =
        move |tx: &mut domain::Tx<'_>| domain::community::found(tx, by, &handle, &charter, &key);
    app.ops().write(verb).await?;
    Ok(Founded::Made(made))
}

/// Reads the description of a community from a form; what it said before in languages that the
/// form does not have stays.
fn charter(typed: &Fields, before: &Charter) -> Charter {
    Charter {
        name: typed.lang_text("name", &before.name),
        purpose: typed.lang_text("purpose", &before.purpose),
        domain: typed.lang_text("domain", &before.domain),
        community: typed.lang_text("community", &before.community),
        practice: typed.lang_text("practice", &before.practice),
        languages: typed.languages(),
        purposes: before.purposes.clone(),
        stage: before.stage,
    }
}

fn said(place: &CommunityWithActor) -> Charter {
    domain::community::charter(&place.community, &place.actor)
}

/// `GET /c/{handle}/edit`
pub async fn edit_form(PathParam(text): PathParam<String>, request: PageRequest) -> Page {
    request.me()?;
    let (handle, host) = actor::address(&text, &request.our_host());
    let read = move |db: &mut query::Db, reader| {
        let place = query::community::find(db, reader, &handle, &host)?;
        query::community::require_manage(db, reader, place.id())?;
        Ok(place)
    };
    let (f, place) = request.page(Section::Communities, read).await?;
    let form = filled(&f, &place);
    show(&page(f, form, &place, None))
}

fn filled(f: &Frame, place: &CommunityWithActor) -> Form {
    let mut form = form(f, place);
    let current = said(place);
    let texts: [(&str, &LangText); 5] = [
        ("name", &current.name),
        ("purpose", &current.purpose),
        ("domain", &current.domain),
        ("community", &current.community),
        ("practice", &current.practice),
    ];
    for (name, text) in texts {
        form.set_lang_text(name, text);
    }
    form.set("languages", &current.languages.join(" "));
    form.set(
        "posts_per_hour",
        &place.community.posts_per_hour.to_string(),
    );
    form
}

fn form(f: &Frame, place: &CommunityWithActor) -> Form {
    community_form(f, &format!("{}/edit", actor::url(&place.actor)), false)
}

fn page(f: Frame, form: Form, place: &CommunityWithActor, colour: Option<i32>) -> Edit {
    let chosen = u32::try_from(colour.unwrap_or(place.community.colour)).unwrap_or(0);
    let (name, _) = community::name(place, f.lang);
    Edit {
        f: f.sending(&form),
        form,
        colour: Some(chosen),
        editing: Some((name, actor::url(&place.actor))),
        similar: Vec::new(),
        pages: pages(place),
    }
}

/// What else the facilitators of a community keep.
fn pages(place: &CommunityWithActor) -> Vec<(&'static str, String)> {
    let below = |path: &str| format!("{}/{path}", actor::url(&place.actor));
    vec![
        ("stage-edit", below("stage")),
        ("timeline-edit", below("timeline")),
        ("contacts-edit", below("contacts")),
        ("join-settings-link", below("joining")),
        ("spaces-edit", below("spaces")),
        ("tags-edit", below("tags")),
        ("edit-moving", moving_url(&place.actor.handle)),
    ]
}

/// `POST /c/{handle}/edit`
pub async fn change(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    let place = find(&posted.request, &text)
        .await
        .map_err(|error| posted.fail(error))?;
    let (id, by) = (place.id(), signed_in.me.id());
    let charter = charter(&posted.fields, &said(&place));
    // As with the number below, what does not parse is refused by the verb.
    let colour: Option<i32> = match posted.fields.get("colour") {
        "" => None,
        typed => Some(typed.parse().unwrap_or(-1)),
    };
    // What is no number is refused like a negative one; an empty field changes nothing.
    let posts_per_hour = match posted.fields.get("posts_per_hour") {
        "" => None,
        typed => Some(typed.trim().parse().unwrap_or(-1)),
    };
    let verb = move |tx: &mut domain::Tx<'_>| {
        domain::community::describe(tx, by, id, &charter)?;
        if let Some(posts) = posts_per_hour {
            domain::community::set_posts_per_hour(tx, by, id, posts)?;
        }
        match colour {
            Some(colour) => domain::community::set_colour(tx, by, id, colour),
            None => Ok(()),
        }
    };
    match posted.attempt(app.ops().write(verb)).await {
        Ok(()) => redirect_with_flash(&actor::url(&place.actor), "saved"),
        Err(error) => {
            let errors = posted.field_errors(error)?;
            let f = posted.request.framed(Section::Communities).await?;
            let form = errors.show_on(&f, form(&f, &place));
            errors.respond(&page(f, form, &place, colour))
        }
    }
}

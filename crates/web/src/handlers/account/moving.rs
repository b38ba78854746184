//! Account migration of a person or a community they facilitate: aliases, and moving to another
//! address. People and communities share one space of handles, so one page serves both.

use axum::extract::State;
use domain::actor::moving;
use domain::{Error, Outcome, Tx};
use httpkit::rate_limits::RateLimit;
use httpkit::single_sign_on::owner_proof;
use httpkit::{App, RemoteObject};
use model::{ActorId, Refusal, Why};
use query::moving::MovingView;
use query::row::Actor;

use super::owner::require_owner;
use crate::form::Form;
use crate::frame::{Frame, Section};
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::{actor, community};
use crate::views::account::{
    Moving, OtherAddress, SettingsTab, moving_form, moving_url, settings_tabs,
};

/// `GET /settings/moving/{handle}`
pub async fn form(PathParam(handle): PathParam<String>, request: PageRequest) -> Page {
    let proof = owner_proof(&request.app, request.me()?).await?;
    let (f, rows) = framed(&request, &handle).await?;
    let form = moving_form(&f, proof, &handle);
    show(&page(f, form, &rows))
}

async fn framed(request: &PageRequest, handle: &str) -> Outcome<(Frame, MovingView)> {
    let handle = handle.to_owned();
    request
        .page(Section::Me, move |db, reader| {
            query::moving::view(db, reader, &handle)
        })
        .await
}

/// Finds the actor: oneself, or a community one facilitates.
async fn find(posted: &FormPost, handle: &str) -> Outcome<Actor> {
    let handle = handle.to_owned();
    let read = move |db: &mut query::Db, reader| query::moving::view(db, reader, &handle);
    Ok(posted.request.read(read).await?.actor)
}

fn page(f: Frame, form: Form, view: &MovingView) -> Moving {
    let place = view.community.as_ref();
    let community = place.map(|place| {
        let (name, _) = community::name(place, f.lang);
        (name, actor::url(&place.actor))
    });
    let url = moving_url(&view.actor.handle);
    let other = |row: &Actor| OtherAddress {
        person: actor::person(row),
        drop_url: format!("{url}/drop?other={}", row.id),
    };
    Moving {
        tabs: match community {
            Some(_) => Vec::new(),
            None => settings_tabs(&f, SettingsTab::Moving),
        },
        community,
        address: format!("{}@{}", view.actor.handle, f.site.host),
        others: view.others.iter().map(other).collect(),
        moved: view.moved.as_ref().map(actor::person),
        url,
        f: f.sending(&form),
        form,
    }
}

/// `POST /settings/moving/{handle}`: adds an alias.
pub async fn name(
    State(app): State<App>,
    PathParam(handle): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let (posted, me) = (&signed_in.posted, signed_in.me.id());
    let typed = |field: &str| !posted.fields.trimmed(field).is_empty();
    if typed("new_home") && !typed("known") {
        // One form has both parts, and Enter in a field of the second one presses the first button.
        return leave(State(app), PathParam(handle), signed_in).await;
    }
    let named = posted.attempt(async {
        let id = find(posted, &handle).await?.id;
        let other = look_up(&app, posted, me, "known").await?;
        let verb = move |tx: &mut Tx<'_>| moving::also_known_as(tx, me, id, other);
        app.ops().write(verb).await
    });
    match named.await {
        Ok(()) => redirect_with_flash(&moving_url(&handle), "saved"),
        Err(error) => at_fault(posted, &handle, error).await,
    }
}

/// `POST /settings/moving/{handle}/drop?other={id}`: removes an alias.
pub async fn drop(
    State(app): State<App>,
    PathParam(handle): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let me = signed_in.me.id();
    let id = find(&signed_in.posted, &handle).await?.id;
    let other = signed_in
        .posted
        .request
        .q("other")
        .and_then(|id| id.parse().ok());
    let other: ActorId = other.ok_or(Error::not_found("actor"))?;
    let verb = move |tx: &mut Tx<'_>| moving::no_longer_known_as(tx, me, id, other);
    app.ops().write(verb).await?;
    redirect_with_flash(&moving_url(&handle), "saved")
}

/// `POST /settings/moving/{handle}/leave`: moves to an actor that names this one as an alias.
pub async fn leave(
    State(app): State<App>,
    PathParam(handle): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let posted = &signed_in.posted;
    match posted.attempt(write_leave(&app, &handle, &signed_in)).await {
        Ok(()) => redirect_with_flash(&moving_url(&handle), "moved"),
        Err(error) => at_fault(posted, &handle, error).await,
    }
}

async fn write_leave(
    app: &App,
    handle: &str,
    SignedInForm { posted, me }: &SignedInForm,
) -> Outcome<()> {
    let by = me.id();
    let ours = find(posted, handle).await?;
    require_owner(app, posted, me).await?;
    let to = look_up(app, posted, by, "new_home").await?;
    let names = app.remote().also_known_as(to).await;
    if !names
        .map_err(|why| unknown(why, "new_home"))?
        .contains(&ours.ap_id)
    {
        return Err(Error::invalid("new_home", Why::Mismatch));
    }
    let verb = move |tx: &mut Tx<'_>| moving::leave(tx, by, ours.id, to);
    app.ops().write(verb).await
}

/// `POST /settings/moving/{handle}/stay`: undoes the move.
pub async fn stay(
    State(app): State<App>,
    PathParam(handle): PathParam<String>,
    signed_in: SignedInForm,
) -> Page {
    let me = signed_in.me.id();
    let id = find(&signed_in.posted, &handle).await?.id;
    let verb = move |tx: &mut Tx<'_>| moving::cancel_move(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&moving_url(&handle), "saved")
}

/// Looks up the address typed into a field on its server.
async fn look_up(
    app: &App,
    posted: &FormPost,
    me: ActorId,
    field: &'static str,
) -> Outcome<ActorId> {
    let typed = posted.fields.trimmed(field);
    if typed.is_empty() {
        return Err(Error::invalid(field, Why::Required));
    }
    app.limits().count_actor(RateLimit::LookUp, me)?;
    match app.remote().look_up(&typed).await {
        Ok(RemoteObject::Actor(id)) => Ok(id),
        Ok(RemoteObject::Post(_)) => Err(Error::invalid(field, Why::Unknown)),
        Err(why) => Err(unknown(why, field)),
    }
}

/// Maps an error of a lookup to an error of the field.
fn unknown(why: Refusal, field: &'static str) -> Error {
    match why {
        Refusal::NotFound(_)
        | Refusal::Gone(_)
        | Refusal::Invalid(_)
        | Refusal::Unreachable { .. } => Error::invalid(field, Why::Unknown),
        other @ (Refusal::NotAllowed(_) | Refusal::TooMany { .. } | Refusal::TooLarge) => {
            other.into()
        }
    }
}

async fn at_fault(posted: &FormPost, handle: &str, error: Error) -> Page {
    let errors = posted.field_errors(error)?;
    let request = &posted.request;
    let proof = owner_proof(&request.app, request.me()?).await?;
    let (f, rows) = framed(request, handle).await?;
    let form = errors.show_on(&f, moving_form(&f, proof, handle));
    errors.respond(&page(f, form, &rows))
}

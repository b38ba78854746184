//! The follow and unfollow buttons of communities and people.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::{ActorId, ActorKind};
use query::row::Actor;

use super::form_post::SignedInForm;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect_with_flash};
use super::show::actor;

/// `POST /c/{handle}/follow`, `POST /u/{handle}/follow`
pub async fn follow(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    signed_in: SignedInForm,
) -> Page {
    let target = find(&signed_in.posted.request, &text, &at).await?;
    let (me, id): (ActorId, ActorId) = (signed_in.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::follow(tx, me, id);
    let follow = app.ops().write(verb).await?;
    let word = match (follow.accepted, target.kind) {
        (false, _) => "asked-to-follow",
        (true, ActorKind::Group) => "follows",
        (true, _) => "follows-person",
    };
    redirect_with_flash(&signed_in.posted.back(&actor::url(&target)), word)
}

/// `POST /c/{handle}/unfollow`, `POST /u/{handle}/unfollow`
pub async fn unfollow(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    signed_in: SignedInForm,
) -> Page {
    let target = find(&signed_in.posted.request, &text, &at).await?;
    let (me, id) = (signed_in.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::unfollow(tx, me, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back(&actor::url(&target)), "unfollowed")
}

/// The actor of an address: here people and communities share one space of names, elsewhere they
/// may not.
async fn find(request: &PageRequest, text: &str, at: &Uri) -> Outcome<Actor> {
    let (handle, host) = actor::address(text, &request.our_host());
    let sigil = if at.path().starts_with("/c/") {
        '!'
    } else {
        '@'
    };
    let read = move |db: &mut query::Db, reader| {
        query::actor::by_written(db, reader, Some(sigil), &handle, &host)
    };
    let found = request.read(read).await?;
    found.ok_or(Error::not_found("actor"))
}

//! The follow and unfollow buttons of communities and people.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::{ActorId, ActorKind};
use query::row::Actor;
use query::{Db, Reader};

use super::form_post::SignedInForm;
use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, redirect_naming};
use super::show::{actor, community};

/// `POST /c/{handle}/follow`, `POST /u/{handle}/follow`
pub async fn follow(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    signed_in: SignedInForm,
) -> Page {
    let (target, name) = find(&signed_in.posted.request, &text, &at).await?;
    let back = signed_in.posted.back(&actor::url(&target));
    follow_now(&app, signed_in.me.id(), &target, &name, &back).await
}

/// Follows, and leads back with a confirmation.
async fn follow_now(app: &App, me: ActorId, target: &Actor, name: &str, back: &str) -> Page {
    let id = target.id;
    let verb = move |tx: &mut Tx<'_>| domain::follow::follow(tx, me, id);
    let follow = app.ops().write(verb).await?;
    match (follow.accepted, target.kind) {
        (false, _) if target.host.is_empty() => redirect_naming(back, "asked-to-follow-here", name),
        (false, _) => redirect_naming(back, "asked-to-follow", &target.host),
        (true, ActorKind::Group) => redirect_naming(back, "follows", name),
        (true, _) => redirect_naming(back, "follows-person", name),
    }
}

/// The actor whose page is at a path, and its name.
///
/// # Errors
/// `NotFound`, also where the page is no actor's.
pub async fn target_at(request: &PageRequest, path: &str) -> Outcome<(Actor, String)> {
    let at: Uri = path.parse().ok().ok_or(Error::not_found("actor"))?;
    let address = path.strip_prefix("/c/").or(path.strip_prefix("/u/"));
    let address = address.filter(|address| !address.contains(['/', '?', '#', '%']));
    find(request, address.ok_or(Error::not_found("actor"))?, &at).await
}

/// Follows the actor whose page is at a path, for somebody who has just signed in to do that.
///
/// # Errors
/// `NotFound`; those of following.
pub async fn after_sign_in(app: &App, request: &PageRequest, me: ActorId, path: &str) -> Page {
    let (target, name) = target_at(request, path).await?;
    follow_now(app, me, &target, &name, path).await
}

/// `POST /c/{handle}/unfollow`, `POST /u/{handle}/unfollow`
pub async fn unfollow(
    State(app): State<App>,
    PathParam(text): PathParam<String>,
    OriginalUri(at): OriginalUri,
    signed_in: SignedInForm,
) -> Page {
    let (target, name) = find(&signed_in.posted.request, &text, &at).await?;
    let (me, id) = (signed_in.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::unfollow(tx, me, id);
    app.ops().write(verb).await?;
    let back = signed_in.posted.back(&actor::url(&target));
    redirect_naming(&back, "unfollowed", &name)
}

/// Finds the actor of an address, and its name in the reader's language: here people and communities
/// share one space of names, elsewhere they may not.
pub async fn find(request: &PageRequest, text: &str, at: &Uri) -> Outcome<(Actor, String)> {
    let lang = request.lang;
    let (handle, host) = actor::address(text, &request.our_host());
    let sigil = if at.path().starts_with("/c/") {
        '!'
    } else {
        '@'
    };
    let read = move |db: &mut Db, reader: Reader| {
        let found = query::actor::by_written(db, reader, Some(sigil), &handle, &host)?;
        let target = found.ok_or(Error::not_found("actor"))?;
        let name = match target.kind {
            ActorKind::Group => {
                let place = query::community::find(db, reader, &handle, &host)?;
                community::name(&place, lang).0
            }
            ActorKind::Person
            | ActorKind::Service
            | ActorKind::Application
            | ActorKind::Organization => actor::name(&target),
        };
        Ok((target, name))
    };
    request.read(read).await
}

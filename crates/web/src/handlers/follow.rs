//! Following communities and people, by button.

use axum::extract::{OriginalUri, State};
use axum::http::Uri;
use domain::{Error, Outcome, Tx};
use httpkit::App;
use model::{ActorId, ActorKind};
use store::row::Actor;

use super::answer::{Page, done};
use super::ask::Ask;
use super::at::At;
use super::sent::Signed;
use super::show::actor;

/// `POST /c/{handle}/follow`, `POST /u/{handle}/follow`
pub async fn follow(
    State(app): State<App>,
    At(text): At<String>,
    OriginalUri(at): OriginalUri,
    signed: Signed,
) -> Page {
    let target = find(&signed.sent.ask, &text, &at).await?;
    let (me, id): (ActorId, ActorId) = (signed.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::follow(tx, me, id);
    let follow = app.ops().write(verb).await?;
    let word = match (follow.accepted, target.kind) {
        (false, _) => "asked-to-follow",
        (true, ActorKind::Group) => "follows",
        (true, _) => "follows-person",
    };
    done(&signed.sent.back(&actor::url(&target)), word)
}

/// `POST /c/{handle}/unfollow`, `POST /u/{handle}/unfollow`
pub async fn unfollow(
    State(app): State<App>,
    At(text): At<String>,
    OriginalUri(at): OriginalUri,
    signed: Signed,
) -> Page {
    let target = find(&signed.sent.ask, &text, &at).await?;
    let (me, id) = (signed.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::unfollow(tx, me, id);
    app.ops().write(verb).await?;
    done(&signed.sent.back(&actor::url(&target)), "unfollowed")
}

/// The actor of an address: here people and communities share one space of names, elsewhere they
/// may not.
async fn find(ask: &Ask, text: &str, at: &Uri) -> Outcome<Actor> {
    let (handle, host) = actor::address(text, &ask.our_host());
    let sigil = if at.path().starts_with("/c/") {
        '!'
    } else {
        '@'
    };
    let read = move |db: &mut store::Db| {
        let found = store::actor::by_written(db, Some(sigil), &handle, &host)?;
        found.ok_or(Error::not_found("actor"))
    };
    ask.app.store().read(read).await
}

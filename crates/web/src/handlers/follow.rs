//! Following communities and people, by button.

use axum::extract::State;
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
pub async fn follow(State(app): State<App>, At(text): At<String>, signed: Signed) -> Page {
    let target = find(&signed.sent.ask, &text).await?;
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
pub async fn unfollow(State(app): State<App>, At(text): At<String>, signed: Signed) -> Page {
    let target = find(&signed.sent.ask, &text).await?;
    let (me, id) = (signed.me.id(), target.id);
    let verb = move |tx: &mut Tx<'_>| domain::follow::unfollow(tx, me, id);
    app.ops().write(verb).await?;
    done(&signed.sent.back(&actor::url(&target)), "unfollowed")
}

/// The actor of an address; people and communities share one space of names.
async fn find(ask: &Ask, text: &str) -> Outcome<Actor> {
    let (handle, host) = actor::address(text, &ask.our_host());
    let read = move |db: &mut store::Db| {
        store::actor::by_address(db, &handle, &host)?.ok_or(Error::not_found("actor"))
    };
    ask.app.store().read(read).await
}

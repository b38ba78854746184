//! "Today": what is new in what somebody follows.

use super::browser::Browser;
use domain::actor::RemoteActor;
use domain::testing::{World, delivered, draft, reader, stranger};
use domain::{Tx, discussion};
use http::StatusCode;
use model::{ActorId, PostId};
use store::Store;
use store::testing::on_sqlite;

/// What a person of another server writes in no community.
pub(super) async fn write(world: &World, who: ActorId, (title, text): (&str, &str)) -> PostId {
    let read = move |db: &mut query::Db| query::actor::by_id(db, reader(None), who);
    let actor = world.ops.store().read(read).await.unwrap();
    let (draft, peer) = (draft(title, text), actor.peer_id.unwrap());
    let written = move |tx: &mut Tx<'_>| {
        let id = format!("https://{}/n/{}", actor.host, tx.now.unix_millis());
        discussion::start(tx, who, None, &draft, &delivered(&id, peer))
    };
    world.clock.pass(1);
    world.ops.write(written).await.unwrap()
}

/// Follows a person of another server, who accepts it.
pub(super) async fn follow(world: &World, who: ActorId, whom: ActorId) {
    let follow = move |tx: &mut Tx<'_>| {
        domain::follow::follow(tx, who, whom)?;
        domain::follow::answered_by_peer(tx, who, whom, true)
    };
    world.ops.write(follow).await.unwrap();
}

/// Ann's browser, and two people of other servers.
async fn scene(store: Store) -> (Browser, World, ActorId, [ActorId; 2]) {
    let (browser, world) = Browser::new(store).await;
    let ann = world.person("ann").await.unwrap();
    let strangers = [
        world.stranger("zoe", "social.test").await.unwrap(),
        world.stranger("max", "blog.test").await.unwrap(),
    ];
    (browser, world, ann, strangers)
}

#[test]
fn what_followed_people_write_stands_on_today_until_it_is_read() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, [zoe, max]) = scene(store).await;
        write(&world, zoe, ("", "Before the follow.")).await;
        world.clock.pass(60);
        follow(&world, ann, zoe).await;
        world.clock.pass(60);
        let note = write(&world, zoe, ("", "The heddles have arrived.")).await;
        write(&world, zoe, ("Open evening", "Come and see the looms.")).await;
        write(&world, max, ("", "Nobody follows me.")).await;

        browser.sign_in(&world, ann).await;
        let today = browser.get("/").await;
        assert!(today.says("The heddles have arrived."), "{}", today.html);
        assert!(today.says(">Open evening</a>") && today.says("Come and see the looms."));
        assert!(!today.says("Before the follow.") && !today.says("Nobody follows me."));
        assert!(!today.says("all caught up"), "something is unread");

        let path = format!("/p/{note}");
        assert_eq!(browser.get(&path).await.status, StatusCode::OK);
        let today = browser.get("/").await;
        assert!(!today.says("The heddles have arrived."), "it was read");
        assert!(today.says("Open evening"));

        let seen = browser.post("/people/seen", &[]).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER);
        assert!(!browser.get("/").await.says("Open evening"));
    });
}

#[test]
fn one_person_leaves_room_for_the_others_on_today() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, [zoe, max]) = scene(store).await;
        follow(&world, ann, zoe).await;
        follow(&world, ann, max).await;
        world.clock.pass(60);
        write(&world, max, ("", "A quiet word.")).await;
        for number in 0..30 {
            write(&world, zoe, ("", &format!("Peg {number} of many."))).await;
        }
        browser.sign_in(&world, ann).await;
        let today = browser.get("/").await;
        assert!(today.says("A quiet word."), "{}", today.html);
        assert_eq!(today.html.matches("of many.").count(), 3, "{}", today.html);
    });
}

#[test]
fn what_is_withheld_does_not_stand_on_today() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world) = Browser::new(store).await;
        let ann = world.person("ann").await.unwrap();
        let zoe = world.stranger("zoe", "social.test").await.unwrap();
        follow(&world, ann, zoe).await;
        world.clock.pass(60);
        write(&world, zoe, ("", "The heddles have arrived.")).await;
        browser.sign_in(&world, ann).await;
        assert!(browser.get("/").await.says("The heddles have arrived."));
        let suspended = RemoteActor {
            suspended: true,
            ..stranger("zoe", "social.test")
        };
        let suspend = move |tx: &mut Tx<'_>| domain::actor::store_remote(tx, &suspended);
        world.ops.write(suspend).await.unwrap();
        assert!(!browser.get("/").await.says("The heddles have arrived."));
    });
}

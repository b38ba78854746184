//! Erasing a post for good.

use super::*;
use crate::account::Principal;

store::both! {
    async fn an_admin_erases_what_a_community_elsewhere_hid(store: Store) {
        let (world, ann, ..) = scene(store).await;
        let admin = world.person("ada").await.unwrap();
        world.ops.write(move |tx| {
            crate::account::set_role(tx, Principal::Operator, admin, model::SiteRole::Admin)
        }).await.unwrap();
        let dyers = crate::actor::RemoteActor {
            kind: model::ActorKind::Group,
            charter: Some(model::community::Charter::default()),
            ..crate::testing::stranger("dyers", "beta.test")
        };
        let dyers = world.ops.write(move |tx| crate::actor::store_remote(tx, &dyers)).await.unwrap();
        let thread = world.thread(ann, dyers, "Names a patient").await.unwrap();
        let peer = world.ops.store().read(move |db| {
            Ok::<_, Error>(store::raw::actor::by_id(db, dyers)?.unwrap().peer_id.unwrap())
        }).await.unwrap();
        let removal = delivered("https://beta.test/d/1", peer);
        world.ops.write(move |tx| remove(tx, dyers, thread, &removal)).await.unwrap();
        let hidden = post(&world, thread).await;
        assert_eq!(hidden.state, PostState::Hidden);
        let by = Principal::Person(admin);
        let erase_as = async |by: Principal, reason: &str| {
            let reason = reason.to_owned();
            world.ops.write(move |tx| erase(tx, by, thread, &reason)).await
        };
        let at = hidden.ap_id.clone();
        let member = erase_as(Principal::Person(ann), "Please").await;
        assert!(matches!(member, Err(Error::Refused(Refusal::NotAllowed(Rule::Admin)))));
        let silent = erase_as(by, "").await;
        assert!(matches!(silent, Err(Error::Refused(Refusal::Invalid(_)))));
        world.jobs().await.unwrap();
        erase_as(by, "Court order 7").await.unwrap();
        let erased = post(&world, thread).await;
        assert_eq!((erased.state, erased.deleted_by), (PostState::Tombstone, Some(model::DeletedBy::Admin)));
        assert!(erased.title.is_empty() && erased.html.is_empty() && erased.source.is_empty());
        let jobs = world.jobs().await.unwrap();
        let told = model::job::SendPost { post: thread, thread, change: model::job::PostChange::Deleted, by: admin };
        assert!(jobs.contains(&told.into()), "{jobs:?}");
        let history = world.ops.store().read(move |db| {
            Ok::<_, Error>(store::account::admin_action::of(db, ann, 9)?)
        }).await.unwrap();
        assert_eq!(history[0].kind, model::AdminActionKind::PostErased);
        assert_eq!(history[0].reason, format!("Court order 7 · {at}"));
        assert_eq!(history[0].by_id, Some(admin));
        // Nobody brings it back.
        let back = delivered("https://beta.test/d/1", peer);
        world.ops.write(move |tx| reinstate(tx, dyers, thread, &back)).await.unwrap();
        assert!(post(&world, thread).await.html.is_empty());
    }

    async fn a_post_is_found_by_the_address_that_a_complaint_gives(store: Store) {
        let (world, ann, weavers, ..) = scene(store).await;
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let at = post(&world, thread).await.ap_id;
        let urls = world.ops.urls().unwrap();
        for (address, found) in [
            (at.clone(), true),
            (format!("{at}?page=2"), true),
            (format!("/p/{thread}?new"), true),
            ("https://alpha.test/p/9".to_owned(), false),
            (String::new(), false),
        ] {
            let urls = urls.clone();
            let text = address.clone();
            let read = move |db: &mut store::Db| at_address(db, &urls, &text);
            let post = world.ops.store().read(read).await.unwrap();
            assert_eq!(post.is_some_and(|post| post.id == thread), found, "{address}");
        }
    }

    async fn what_its_author_had_deleted_is_erased_as_well(store: Store) {
        let (world, ann, .., peer) = scene(store).await;
        let admin = world.admin;
        let by = Principal::Person(admin);
        let gone = delivered("https://beta.test/n/9", peer);
        let theirs = gone.clone();
        let bob = world.stranger("bob", "beta.test").await.unwrap();
        let local = world.community(ann, "knitters").await.unwrap();
        let root = world.thread(ann, local, "Warping").await.unwrap();
        let reply = world.ops
            .write(move |tx| crate::discussion::reply(tx, bob, root, &draft("", "A name."), &theirs))
            .await.unwrap();
        let deleted = gone.clone();
        world.ops.write(move |tx| remove(tx, bob, reply, &deleted)).await.unwrap();
        world.ops.write(move |tx| erase(tx, by, reply, "Court order 8")).await.unwrap();
        let _ = world.ops
            .write(move |tx| restore(tx, bob, reply, &draft("", "A name."), &gone))
            .await;
        // The Delete that told others may have waited among what erasing drops: they are told again.
        let told = model::job::SendPost {
            post: reply, thread: root, change: model::job::PostChange::Deleted, by: admin,
        };
        let jobs = world.jobs().await.unwrap();
        assert!(jobs.contains(&told.into()), "{jobs:?}");
        let left = post(&world, reply).await;
        assert!(is_erased(&left) && left.html.is_empty(), "{left:?}");
    }
}

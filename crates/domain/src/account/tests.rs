//! Tests of accounts.

use super::*;
use crate::follow;
use crate::testing::{World, new_account};
use model::Refusal;
use model::job::{NewJob, SendSuspension};
use store::Store;

async fn register(
    world: &World,
    name: &str,
    invite: Option<&str>,
) -> Outcome<(ActorId, AccountState)> {
    let new = new_account(name)?;
    let invite = invite.map(str::to_owned);
    world
        .ops
        .write(move |tx| super::register(tx, &new, invite.as_deref()))
        .await
}

async fn state(world: &World, id: ActorId) -> AccountState {
    let read = move |db: &mut store::Db| store::account::by_id(db, id).map_err(Error::from);
    let member = world.ops.store().read(read).await.unwrap();
    member.unwrap().0.state
}

store::both! {
    async fn one_handle_belongs_to_one(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let twice = world.person("ann").await.unwrap_err();
        assert!(matches!(twice, Error::Refused(Refusal::Invalid(_))), "{twice}");
        // Communities and people share one space of names.
        let group = world.community(ann, "ann").await.unwrap_err();
        assert!(matches!(group, Error::Refused(Refusal::Invalid(_))), "{group}");
    }

    async fn a_race_for_a_handle_has_one_winner(store: Store) {
        let world = World::new(store).await.unwrap();
        let (a, b) = tokio::join!(world.person("bea"), world.person("bea"));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    }

    async fn who_may_register_is_the_instances_choice(store: Store) {
        let world = World::new(store).await.unwrap();
        assert_eq!(register(&world, "open", None).await.unwrap().1, AccountState::Active);

        world.set_registration(Registration::Approval).await.unwrap();
        let (id, state) = register(&world, "waits", None).await.unwrap();
        assert_eq!(state, AccountState::Pending);
        let admin = world.admin;
        let notices = world.ops.store()
            .read(move |db| store::notice::list(db, admin, crate::testing::reader(None).now, model::NoticeId(i64::MAX), 10).map_err(Error::from))
            .await.unwrap();
        assert_eq!(notices.iter().map(|n| n.from_id).collect::<Vec<_>>(), [id]);
        // Nobody may know of it yet.
        let followed = world.ops.write(move |tx| follow::follow(tx, admin, id)).await;
        assert!(matches!(followed, Err(Error::Refused(Refusal::NotFound(_)))));
        world.ops.write(move |tx| approve(tx, Principal::Person(admin), id)).await.unwrap();
        world.ops.write(move |tx| follow::follow(tx, admin, id)).await.unwrap();

        world.set_registration(Registration::Invitation).await.unwrap();
        assert!(register(&world, "uninvited", None).await.is_err());
        world.ops.write(move |tx| invite(tx, admin, "welcome", 1, 7)).await.unwrap();
        assert_eq!(register(&world, "invited", Some("welcome")).await.unwrap().1, AccountState::Active);
        assert!(register(&world, "second", Some("welcome")).await.is_err(), "it let one in");

        world.set_registration(Registration::Closed).await.unwrap();
        assert!(register(&world, "late", None).await.is_err());
    }

    async fn the_last_admin_stays(store: Store) {
        let world = World::new(store).await.unwrap();
        let admin = world.admin;
        let last = world.ops.write(move |tx| suspend(tx, Principal::Operator, admin, "Posts adverts")).await;
        assert!(matches!(last, Err(Error::Refused(Refusal::NotAllowed(Rule::LastAdmin)))));
        let ann = world.person("ann").await.unwrap();
        world.ops.write(move |tx| set_role(tx, Principal::Operator, ann, SiteRole::Admin)).await.unwrap();
        // Two admins suspend each other at once: one of them stays.
        let (a, b) = tokio::join!(
            world.ops.write(move |tx| suspend(tx, Principal::Person(admin), ann, "Posts adverts")),
            world.ops.write(move |tx| suspend(tx, Principal::Person(ann), admin, "Posts adverts")),
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    }

    async fn suspension_signs_out_and_is_sent_to_peers(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let session = NewSession { identity: None, account: ann, token_hash: "digest".into(), agent: "a browser".into() };
        world.ops.write(move |tx| open_session(tx, &session)).await.unwrap();
        world.ops.write(move |tx| suspend(tx, Principal::Operator, ann, "Posts adverts")).await.unwrap();
        let open = world.ops.store()
            .read(|db| store::account::session(db, "digest").map_err(Error::from)).await.unwrap();
        assert!(open.is_none());
        assert!(world.jobs().await.unwrap().contains(&SendSuspension { actor: ann }.into()));
        assert!(world.community(ann, "weavers").await.is_err());
        world.ops.write(move |tx| restore(tx, Principal::Operator, ann)).await.unwrap();
        world.community(ann, "weavers").await.unwrap();
    }

    async fn a_suspension_leaves_the_follows_as_they_are(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        world.ops.write(move |tx| follow::follow(tx, ann, bea)).await.unwrap();
        world.ops.write(move |tx| follow::answered_by_peer(tx, ann, bea, true)).await.unwrap();
        world.ops.write(move |tx| suspend(tx, Principal::Operator, ann, "Posts adverts")).await.unwrap();
        world.ops.write(move |tx| restore(tx, Principal::Operator, ann)).await.unwrap();
        let (row, target) = world.ops.store()
            .read(move |db| -> Outcome<_> {
                Ok((store::follow::between(db, ann, bea)?, store::raw::actor::by_id(db, bea)?))
            })
            .await.unwrap();
        assert!(row.unwrap().accepted);
        assert_eq!(target.unwrap().follower_count, 1);
        let jobs = world.jobs().await.unwrap();
        let sent = jobs.iter().filter(|job| matches!(job, NewJob::SendFollow(_)));
        assert_eq!(sent.count(), 1, "the first request only");
    }

    async fn a_suspended_account_repeats_its_requests_once_it_is_restored(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.stranger("bea", "beta.test").await.unwrap();
        world.ops.write(move |tx| follow::follow(tx, ann, bea)).await.unwrap();
        world.ops.write(move |tx| suspend(tx, Principal::Operator, ann, "Posts adverts")).await.unwrap();
        world.clock.pass(91);
        let repeat = |tx: &mut Tx<'_>| follow::repeat_unanswered(tx, tx.now);
        assert_eq!(world.ops.write(repeat).await.unwrap(), 0);
        world.ops.write(move |tx| restore(tx, Principal::Operator, ann)).await.unwrap();
        assert_eq!(world.ops.write(repeat).await.unwrap(), 1);
    }

    async fn a_new_password_ends_the_tokens(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let own = crate::testing::own_token("digest");
        world.ops.write(move |tx| crate::oauth::make_own_token(tx, ann, &own)).await.unwrap();
        world.ops.write(move |tx| change_password(tx, ann, "hash", None)).await.unwrap();
        let left = world.ops.store()
            .read(move |db| store::oauth::tokens(db, ann).map_err(Error::from)).await.unwrap();
        assert!(left.is_empty());
    }

    async fn only_an_admin_does_admin_work(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let refused = world.ops.write(move |tx| suspend(tx, Principal::Person(ann), bea, "Posts adverts")).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotAllowed(Rule::Admin)))));
    }

    async fn a_refusal_can_be_undone_and_waits_for_approval_again(store: Store) {
        let world = World::new(store).await.unwrap();
        world.set_registration(Registration::Approval).await.unwrap();
        let (id, _) = register(&world, "waits", None).await.unwrap();
        let admin = Principal::Person(world.admin);
        let without = world.ops.write(move |tx| refuse(tx, admin, id, " ")).await;
        assert!(matches!(without, Err(Error::Refused(Refusal::Invalid(_)))), "a reason is needed");
        world.ops.write(move |tx| refuse(tx, admin, id, "Unknown here")).await.unwrap();
        assert_eq!(state(&world, id).await, AccountState::Refused);
        let approved = world.ops.write(move |tx| approve(tx, admin, id)).await;
        assert!(approved.is_ok() && state(&world, id).await == AccountState::Refused);
        world.ops.write(move |tx| restore(tx, admin, id)).await.unwrap();
        assert_eq!(state(&world, id).await, AccountState::Pending);
        // Servers know nothing of it.
        assert!(!world.jobs().await.unwrap().contains(&SendSuspension { actor: id }.into()));
        world.ops.write(move |tx| approve(tx, admin, id)).await.unwrap();
        let history = world.ops.store()
            .read(move |db| store::account::admin_action::of(db, id, 9).map_err(Error::from)).await.unwrap();
        let told: Vec<_> = history.iter().map(|row| (row.kind.as_str(), row.reason.as_str(), row.by_id)).collect();
        let by = Some(world.admin);
        assert_eq!(told, [("approved", "", by), ("restored", "", by), ("refused", "Unknown here", by)]);
    }

    async fn only_an_open_account_becomes_an_admin(store: Store) {
        let world = World::new(store).await.unwrap();
        world.set_registration(Registration::Approval).await.unwrap();
        let (id, _) = register(&world, "waits", None).await.unwrap();
        let made = world.ops.write(move |tx| set_role(tx, Principal::Operator, id, SiteRole::Admin)).await;
        assert!(matches!(made, Err(Error::Refused(Refusal::NotAllowed(Rule::ActiveAccount)))));
    }

    async fn a_sign_in_link_works_once_and_for_a_day(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let make = |hash: &'static str| {
            world.ops.write(move |tx| make_sign_in_link(tx, Principal::Operator, ann, hash))
        };
        let open = |hash: &'static str, password: Option<&'static str>| {
            world.ops.write(move |tx| sign_in_by_link(tx, hash, password, &format!("session of {hash} {}", tx.now.unix_millis()), "a browser"))
        };
        make("first").await.unwrap();
        make("second").await.unwrap();
        assert!(open("first", None).await.is_err(), "the second has replaced it");
        assert_eq!(open("second", Some("hash")).await.unwrap().unwrap().actor_id, ann);
        let again = open("second", None).await.unwrap_err();
        assert!(matches!(again, Error::Refused(Refusal::Invalid(_))), "{again}");
        let hash = world.ops.store()
            .read(move |db| store::account::credential::password(db, ann).map_err(Error::from)).await.unwrap();
        assert_eq!(hash.as_deref(), Some("hash"));
        make("late").await.unwrap();
        world.clock.pass(86_400);
        assert!(open("late", None).await.is_err());
        make("suspended").await.unwrap();
        world.ops.write(move |tx| suspend(tx, Principal::Operator, ann, "Posts adverts")).await.unwrap();
        world.ops.write(move |tx| restore(tx, Principal::Operator, ann)).await.unwrap();
        assert!(open("suspended", None).await.is_err(), "a suspension ends it");
        let bea = world.person("bea").await.unwrap();
        let made = world.ops.write(move |tx| make_sign_in_link(tx, Principal::Person(bea), ann, "x")).await;
        assert!(matches!(made, Err(Error::Refused(Refusal::NotAllowed(Rule::Admin)))));
        // An admin's links end with their role, and none is made for oneself.
        let by_bea = move |to| move |tx: &mut crate::Tx<'_>| make_sign_in_link(tx, Principal::Person(bea), to, "hers");
        let role = move |role| move |tx: &mut crate::Tx<'_>| set_role(tx, Principal::Operator, bea, role);
        world.ops.write(role(SiteRole::Admin)).await.unwrap();
        let own = world.ops.write(by_bea(bea)).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::NotAllowed(Rule::OwnAccount)))));
        let own = world.ops.write(move |tx| suspend(tx, Principal::Person(bea), bea, "Adverts")).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::NotAllowed(Rule::OwnAccount)))));
        world.ops.write(by_bea(ann)).await.unwrap();
        world.ops.write(role(SiteRole::Member)).await.unwrap();
        assert!(open("hers", None).await.is_err(), "demoting her ended it");
    }
}

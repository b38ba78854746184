//! Tests of codes and tokens: what binds them, and what ends them.

use super::*;
use crate::account::{self, Principal};
use crate::testing::World;
use store::Store;

/// An application that has registered, its id, and the digest of `verifier`.
async fn app(world: &World, name: &str) -> OauthAppId {
    let new = NewApp {
        client_id: format!("client {name}"),
        secret_hash: Some("secret".into()),
        name: name.into(),
        website: String::new(),
        redirects: vec!["https://app.example/cb".into()],
        scopes: Scopes::standard(),
    };
    world
        .ops
        .write(move |tx| register_app(tx, &new))
        .await
        .unwrap()
        .id
}

/// Somebody grants a code, which only whoever has the verifier may exchange.
async fn grant_code(
    world: &World,
    owner: ActorId,
    app: OauthAppId,
    code: &'static str,
    verifier: Option<&str>,
) {
    let new = NewCode {
        code_hash: code.into(),
        app,
        redirect: "https://app.example/cb".into(),
        scopes: Scopes::standard(),
        challenge: verifier.map(secret::digest),
    };
    world
        .ops
        .write(move |tx| grant(tx, owner, &new))
        .await
        .unwrap();
}

/// Hands a code in; returns whether there is a token for it.
async fn hand_in(world: &World, by: Exchange) -> bool {
    world
        .ops
        .write(move |tx| exchange(tx, &by))
        .await
        .unwrap()
        .is_some()
}

fn of(app: OauthAppId, code: &str, verifier: Option<&str>) -> Exchange {
    Exchange {
        app,
        code_hash: code.into(),
        redirect: "https://app.example/cb".into(),
        verifier: verifier.map(str::to_owned),
        token_hash: format!("token for {code}"),
    }
}

async fn holds(world: &World, token: &'static str) -> bool {
    let now = world.ops.now();
    let read = move |db: &mut store::Db| oauth::token(db, token, now).map_err(Error::from);
    world.ops.store().read(read).await.unwrap().is_some()
}

store::both! {
    async fn a_code_is_exchanged_once_and_its_second_use_ends_the_token(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let app = app(&world, "Loom").await;
        grant_code(&world, ann, app, "one", Some("verifier")).await;
        assert!(hand_in(&world, of(app, "one", Some("verifier"))).await);
        assert!(holds(&world, "token for one").await);
        assert!(!hand_in(&world, of(app, "one", Some("verifier"))).await);
        assert!(!holds(&world, "token for one").await, "somebody else may have the code");
    }

    async fn a_code_is_bound_to_its_application_address_verifier_and_time(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let (loom, other) = (app(&world, "Loom").await, app(&world, "Other").await);
        grant_code(&world, ann, loom, "one", Some("verifier")).await;
        assert!(!hand_in(&world, of(other, "one", Some("verifier"))).await, "another's code");
        assert!(hand_in(&world, of(loom, "one", Some("verifier"))).await, "which that leaves alone");
        let wrong = [
            ("two", Some("verifier"), of(loom, "two", Some("guess"))),
            ("three", Some("verifier"), of(loom, "three", None)),
            ("four", None, of(loom, "four", Some("verifier"))),
            ("five", None, Exchange { redirect: "https://app.example/".into(), ..of(loom, "five", None) }),
        ];
        for (code, verifier, by) in wrong {
            grant_code(&world, ann, loom, code, verifier).await;
            assert!(!hand_in(&world, by).await, "{code}");
        }
        assert!(!hand_in(&world, of(loom, "unknown", None)).await);
        grant_code(&world, ann, loom, "late", None).await;
        world.clock.pass(CODE_SECONDS + 1);
        assert!(!hand_in(&world, of(loom, "late", None)).await);
    }

    async fn a_suspension_ends_tokens_and_codes(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let app = app(&world, "Loom").await;
        grant_code(&world, ann, app, "one", None).await;
        assert!(hand_in(&world, of(app, "one", None)).await);
        grant_code(&world, ann, app, "two", None).await;
        world.ops.write(move |tx| account::suspend(tx, Principal::Operator, ann, "spam")).await.unwrap();
        assert!(!holds(&world, "token for one").await);
        world.ops.write(move |tx| account::restore(tx, Principal::Operator, ann)).await.unwrap();
        assert!(!hand_in(&world, of(app, "two", None)).await, "also the code it had not handed in");
    }

    async fn an_application_ends_its_own_tokens_and_people_end_theirs(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bea) = (world.person("ann").await.unwrap(), world.person("bea").await.unwrap());
        let (loom, other) = (app(&world, "Loom").await, app(&world, "Other").await);
        for code in ["one", "two"] {
            grant_code(&world, ann, loom, code, None).await;
            assert!(hand_in(&world, of(loom, code, None)).await);
        }
        world.ops.write(move |tx| revoke(tx, other, "token for one")).await.unwrap();
        assert!(holds(&world, "token for one").await, "another application's");
        world.ops.write(move |tx| revoke(tx, loom, "token for one")).await.unwrap();
        assert!(!holds(&world, "token for one").await);
        assert!(world.ops.write(move |tx| end_app_access(tx, bea, loom)).await.is_err());
        world.ops.write(move |tx| end_app_access(tx, ann, loom)).await.unwrap();
        assert!(!holds(&world, "token for two").await);
    }

    async fn what_expires_holds_no_longer_and_is_deleted(store: Store) {
        let world = World::new(store).await.unwrap();
        let app = app(&world, "Loom").await;
        world.ops.write(move |tx| make_app_token(tx, app, "own", &Scopes::standard())).await.unwrap();
        assert!(holds(&world, "own").await);
        world.clock.pass(APP_TOKEN_SECONDS + 1);
        assert!(!holds(&world, "own").await);
        let now = world.ops.now();
        for rule in store::retention::RULES {
            let before = now.plus_seconds(-rule.keep_seconds);
            let delete = move |tx: &mut Tx<'_>| (rule.delete)(tx.db, before, 500).map_err(Error::from);
            world.ops.write(delete).await.unwrap();
        }
        let found = world.ops.store().read(|db| oauth::app(db, "client Loom").map_err(Error::from));
        assert_eq!(found.await.unwrap(), None, "nobody has used it for a month");
    }
}

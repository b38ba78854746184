//! Tests of passkeys as credentials; what browsers sign is tested in a browser.

use super::*;
use crate::account::{recovery_digest, remove_app, renew_recovery_codes, reset_second_factor};
use crate::testing::World;
use model::{Clock, Refusal};
use store::{Db, Store};

/// Adds a passkey; returns whether it was the first second factor.
async fn add(world: &World, owner: ActorId, key_id: &'static str) -> Outcome<bool> {
    let passkey = NewPasskey {
        name: key_id.to_owned(),
        key_id: key_id.to_owned(),
        key: "{}".to_owned(),
    };
    let recovery = [recovery_digest("code-one"), recovery_digest("code-two")];
    let verb = move |tx: &mut Tx<'_>| add_passkey(tx, owner, &passkey, &recovery);
    world.ops.write(verb).await
}

async fn stored(world: &World, key_id: &'static str) -> Option<row::Credential> {
    let read = move |db: &mut Db| credential::by_key_id(db, key_id).map_err(Error::from);
    world.ops.store().read(read).await.unwrap()
}

async fn remove(world: &World, owner: ActorId, id: CredentialId, proof: Proof) -> Outcome<()> {
    let verb = move |tx: &mut Tx<'_>| remove_passkey(tx, owner, id, &proof);
    world.ops.write(verb).await
}

fn used(row: &row::Credential) -> PasskeyUse {
    PasskeyUse {
        id: row.id,
        key: r#"{"counter":1}"#.to_owned(),
    }
}

fn is_invalid<T>(outcome: &Outcome<T>, field: &str, why: Why) -> bool {
    let Err(Error::Refused(Refusal::Invalid(errors))) = outcome else {
        return false;
    };
    errors
        .iter()
        .any(|error| error.field == field && error.why == why)
}

store::both! {
    async fn a_passkey_is_a_second_factor_until_the_last_is_removed(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bea) = (world.person("ann").await.unwrap(), world.person("bea").await.unwrap());
        assert!(add(&world, ann, "phone").await.unwrap(), "the first comes with recovery codes");
        assert!(!add(&world, ann, "laptop").await.unwrap());
        assert!(is_invalid(&add(&world, bea, "phone").await, "passkey", Why::Taken));
        let (phone, laptop) = (stored(&world, "phone").await.unwrap(), stored(&world, "laptop").await.unwrap());
        assert!(is_invalid(&remove(&world, ann, phone.id, Proof::None).await, "code", Why::Required));
        let wrong = Proof::Code("code-three".to_owned());
        assert!(is_invalid(&remove(&world, ann, phone.id, wrong).await, "code", Why::Mismatch));
        // Somebody else's passkey proves nothing, and is not theirs to remove.
        add(&world, bea, "key").await.unwrap();
        let of_bea = stored(&world, "key").await.unwrap();
        let foreign = remove(&world, ann, phone.id, Proof::Passkey(used(&of_bea))).await;
        assert!(is_invalid(&foreign, "code", Why::Mismatch));
        let theirs = remove(&world, ann, of_bea.id, Proof::Passkey(used(&laptop))).await;
        assert!(matches!(theirs, Err(Error::Refused(Refusal::NotFound(_)))), "{theirs:?}");
        remove(&world, ann, phone.id, Proof::Passkey(used(&laptop))).await.unwrap();
        let kept = stored(&world, "laptop").await.unwrap();
        assert_eq!((kept.secret.as_str(), kept.used_at), (r#"{"counter":1}"#, Some(world.ops.now())));
        // One that is gone proves nothing either.
        let gone = remove(&world, ann, laptop.id, Proof::Passkey(used(&phone))).await;
        assert!(is_invalid(&gone, "code", Why::Mismatch));
        remove(&world, ann, laptop.id, Proof::Code("CODE ONE".to_owned())).await.unwrap();
        let prove = move |tx: &mut Tx<'_>| prove(tx, ann, &Proof::None);
        world.ops.write(prove).await.unwrap();
        let read = move |db: &mut Db| credential::of(db, ann, CredentialKind::RecoveryCode).map_err(Error::from);
        assert!(world.ops.store().read(read).await.unwrap().is_empty(), "they recover nothing now");
        let renew = move |tx: &mut Tx<'_>| renew_recovery_codes(tx, ann, &Proof::None, &[]);
        assert!(is_invalid(&world.ops.write(renew).await, "code", Why::Required));
    }

    async fn what_a_browser_was_asked_is_answered_once_in_time_and_by_the_one_asked(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bea) = (world.person("ann").await.unwrap(), world.person("bea").await.unwrap());
        let ask = |token: &'static str, account: Option<ActorId>| {
            let new = NewChallenge {
                token_hash: token.to_owned(),
                purpose: PasskeyPurpose::Prove,
                account,
                state: "asked".to_owned(),
            };
            world.ops.write(move |tx| ask_passkey(tx, &new))
        };
        let take = |token: &'static str, purpose, account| {
            world.ops.write(move |tx| take_passkey_challenge(tx, token, purpose, account))
        };
        ask("once", Some(ann)).await.unwrap();
        assert_eq!(take("once", PasskeyPurpose::Prove, Some(ann)).await.unwrap(), "asked");
        assert!(is_invalid(&take("once", PasskeyPurpose::Prove, Some(ann)).await, "passkey", Why::Expired));
        for (purpose, account) in [
            (PasskeyPurpose::Prove, Some(bea)),
            (PasskeyPurpose::Prove, None),
            (PasskeyPurpose::Register, Some(ann)),
            (PasskeyPurpose::SignIn, Some(ann)),
        ] {
            ask("other", Some(ann)).await.unwrap();
            assert!(take("other", purpose, account).await.is_err(), "{purpose} {account:?}");
            let _gone = take("other", PasskeyPurpose::Prove, Some(ann)).await;
        }
        ask("late", Some(ann)).await.unwrap();
        world.clock.pass(PASSKEY_SECONDS);
        assert!(take("late", PasskeyPurpose::Prove, Some(ann)).await.is_err());
    }

    async fn a_passkey_shows_that_it_is_the_owner(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        add(&world, ann, "phone").await.unwrap();
        let (row, now) = (stored(&world, "phone").await.unwrap(), world.clock.now());
        let new = NewSession { identity: None, account: ann, token_hash: "session".to_owned(), agent: String::new() };
        let used = used(&row);
        world.ops.write(move |tx| sign_in_by_passkey(tx, &used, &new)).await.unwrap();
        let read = move |db: &mut Db| store::account::sessions(db, ann).map_err(Error::from);
        let sessions = world.ops.store().read(read).await.unwrap();
        let confirmed: Vec<_> = sessions.iter().map(|session| session.confirmed_at).collect();
        assert_eq!(confirmed, [Some(now)]);
    }

    async fn the_shell_removes_every_factor(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        add(&world, ann, "phone").await.unwrap();
        let row = stored(&world, "phone").await.unwrap();
        world.ops.write(move |tx| reset_second_factor(tx, ann)).await.unwrap();
        world.ops.write(move |tx| remove_app(tx, ann, &Proof::None)).await.unwrap();
        let new = NewSession { identity: None, account: ann, token_hash: "session".to_owned(), agent: String::new() };
        let used = used(&row);
        let by_passkey = world.ops.write(move |tx| sign_in_by_passkey(tx, &used, &new)).await;
        assert!(is_invalid(&by_passkey, "passkey", Why::Unknown));
    }
}

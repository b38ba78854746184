//! Tests of identities as credentials, on both databases.

use super::*;
use crate::account::{
    Proof, SecondStep, address_mail, confirm_address, finish_sign_in_step, recovery_digest,
};
use crate::testing::{self, World};
use model::Refusal;
use model::mail::{AccountMail, SendMail};
use model::refusal::Rule;
use model::site::Registration;
use store::Store;

const ISSUER: &str = "https://login.example";

fn identity(subject: &str, address: Option<&str>) -> ProvenIdentity {
    ProvenIdentity {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        session: Some(format!("session of {subject}")),
        label: "Ann.B".to_owned(),
        address: address.map(|text| text.parse().unwrap()),
        has_factor: false,
    }
}

async fn sign_in(world: &World, who: &ProvenIdentity, token: &str) -> IdentitySignIn {
    let (who, token) = (who.clone(), token.to_owned());
    let step = format!("step {token}");
    let verb = move |tx: &mut Tx<'_>| sign_in_by_identity(tx, &who, (&token, &step), "a");
    world.ops.write(verb).await.unwrap()
}

async fn register_ann(
    world: &World,
    who: &ProvenIdentity,
    handle: &str,
) -> Outcome<(ActorId, AccountState)> {
    let who = who.clone();
    let new = NewAccount {
        password: None,
        ..testing::new_account(handle).unwrap()
    };
    let verb = move |tx: &mut Tx<'_>| register_by_identity(tx, &who, &new, "");
    world.ops.write(verb).await
}

async fn sessions(world: &World, owner: ActorId) -> usize {
    let read = move |db: &mut store::Db| Ok::<_, Error>(store::account::sessions(db, owner)?.len());
    world.ops.store().read(read).await.unwrap()
}

fn logout(id: &str, subject: Option<&str>, session: Option<&str>, until: Time) -> ProviderLogout {
    ProviderLogout {
        provider: "institution".to_owned(),
        issuer: ISSUER.to_owned(),
        subject: subject.map(str::to_owned),
        session: session.map(str::to_owned),
        token_id: id.to_owned(),
        until,
    }
}

async fn end(world: &World, out: ProviderLogout) -> Outcome<usize> {
    let verb = move |tx: &mut Tx<'_>| end_identity_sessions(tx, &out);
    world.ops.write(verb).await
}

store::both! {
    async fn an_identity_opens_its_account_until_the_provider_ends_the_session(store: Store) {
        let world = World::new(store).await.unwrap();
        let who = identity("s-1", Some("ann@login.example"));
        assert!(matches!(sign_in(&world, &who, "none").await, IdentitySignIn::Unknown));
        let (id, state) = register_ann(&world, &who, "ann").await.unwrap();
        assert_eq!(state, AccountState::Active);
        let again = register_ann(&world, &who, "ann-2").await;
        assert!(again.is_err(), "one account for an identity");
        assert!(matches!(sign_in(&world, &who, "one").await, IdentitySignIn::Opened(_)));
        let read = move |db: &mut store::Db| Ok::<_, Error>(store::account::by_id(db, id)?);
        let (account, _) = world.ops.store().read(read).await.unwrap().expect("Ann");
        assert_eq!(account.address, "ann@login.example");

        let other = ProvenIdentity { session: Some("another".to_owned()), address: None, ..who.clone() };
        assert!(matches!(sign_in(&world, &other, "two").await, IdentitySignIn::Opened(_)));
        let until = world.ops.now().plus_seconds(60);
        let out = |id: &str, subject, session| logout(id, subject, session, until);
        let nobody = out("a", Some("s-2"), Some("another"));
        assert_eq!(end(&world, nobody).await.unwrap(), 0, "somebody else's");
        assert_eq!(end(&world, out("b", None, Some("another"))).await.unwrap(), 1);
        assert!(end(&world, out("b", Some("s-1"), None)).await.is_err(), "used before");
        assert_eq!(sessions(&world, id).await, 1);
        assert_eq!(end(&world, out("c", Some("s-1"), None)).await.unwrap(), 1);
        assert_eq!(sessions(&world, id).await, 0);

        // Another person with that address is asked for the password.
        let same = identity("s-2", Some("ANN@login.example"));
        let found = sign_in(&world, &same, "three").await;
        assert!(matches!(found, IdentitySignIn::AddressOf(owner) if owner == id), "{found:?}");
        assert!(register_ann(&world, &same, "ann-2").await.is_err());
    }

    async fn whoever_has_a_second_factor_passes_it_after_the_provider(store: Store) {
        let world = World::new(store).await.unwrap();
        let who = identity("s-1", None);
        let (id, _) = register_ann(&world, &who, "ann").await.unwrap();
        let verb = move |tx: &mut Tx<'_>| {
            credential::insert(tx.db, &new(tx, id, CredentialKind::Totp, "secret"))?;
            let code = recovery_digest("code-one");
            Ok(credential::insert(tx.db, &new(tx, id, CredentialKind::RecoveryCode, &code))?)
        };
        world.ops.write(verb).await.unwrap();
        assert!(matches!(sign_in(&world, &who, "one").await, IdentitySignIn::SecondStep));
        assert_eq!(sessions(&world, id).await, 0);
        let finish = async |step: &'static str| {
            let proof = Proof::Code("code-one".to_owned());
            let verb = move |tx: &mut Tx<'_>| {
                finish_sign_in_step(tx, step, false, &proof, &format!("session {step}"), "a")
            };
            world.ops.write(verb).await.unwrap()
        };
        // Signed out there meanwhile.
        let until = world.ops.now().plus_seconds(60);
        end(&world, logout("a", Some("s-1"), None, until)).await.unwrap();
        assert!(matches!(finish("step one").await, SecondStep::Expired));
        assert!(matches!(sign_in(&world, &who, "two").await, IdentitySignIn::SecondStep));
        assert!(matches!(finish("step two").await, SecondStep::Opened(_)));
        let gone = end(&world, logout("b", Some("s-1"), None, until)).await.unwrap();
        assert_eq!(gone, 1, "the session is the provider's to end");

        let with_factor = ProvenIdentity { has_factor: true, ..who };
        assert!(matches!(sign_in(&world, &with_factor, "three").await, IdentitySignIn::Opened(_)));
    }

    async fn registration_is_as_the_site_allows_it(store: Store) {
        let world = World::new(store).await.unwrap();
        let who = identity("s-1", Some("ann@login.example"));
        world.set_registration(Registration::Closed).await.unwrap();
        let closed = register_ann(&world, &who, "ann").await;
        assert!(
            matches!(closed, Err(Error::Refused(Refusal::NotAllowed(Rule::RegistrationClosed)))),
            "{closed:?}"
        );
        world.set_registration(Registration::Invitation).await.unwrap();
        assert!(register_ann(&world, &who, "ann").await.is_err());
        world.set_registration(Registration::Approval).await.unwrap();
        let (id, state) = register_ann(&world, &who, "ann").await.unwrap();
        assert_eq!(state, AccountState::Pending);
        let waits = sign_in(&world, &who, "one").await;
        assert!(matches!(waits, IdentitySignIn::NotOpen(owner) if owner == id), "{waits:?}");
        assert_eq!(sessions(&world, id).await, 0);
    }

    async fn an_address_that_somebody_else_has_not_confirmed_is_its_owners(store: Store) {
        let world = World::new(store).await.unwrap();
        world.set_registration(Registration::Approval).await.unwrap();
        let address: MailAddress = "Bea@login.example".parse().unwrap();
        let new = NewAccount { address: Some(address.clone()), ..testing::new_account("mallory").unwrap() };
        let verb = move |tx: &mut Tx<'_>| register(tx, &new, None);
        let (mallory, _) = world.ops.write(verb).await.unwrap();
        let sent = SendMail { account: mallory, mail: AccountMail::ConfirmAddress { address } };
        let asked = sent.clone();
        let verb = move |tx: &mut Tx<'_>| address_mail(tx, &asked, "link");
        assert!(world.ops.write(verb).await.unwrap().is_some(), "a link was sent");

        let who = identity("s-3", Some("bea@login.example"));
        let new_here = sign_in(&world, &who, "one").await;
        assert!(matches!(new_here, IdentitySignIn::Unknown), "{new_here:?}");
        let (bea, state) = register_ann(&world, &who, "bea").await.unwrap();
        assert_eq!(state, AccountState::Pending);
        let waits = sign_in(&world, &who, "two").await;
        assert!(matches!(waits, IdentitySignIn::NotOpen(owner) if owner == bea), "{waits:?}");

        let read = move |db: &mut store::Db| Ok::<_, Error>(store::account::by_id(db, mallory)?);
        let (account, _) = world.ops.store().read(read).await.unwrap().expect("mallory");
        assert_eq!(account.pending_address, "", "it is told nothing there");
        let verb = move |tx: &mut Tx<'_>| confirm_address(tx, "link");
        assert!(world.ops.write(verb).await.is_err());
        let verb = move |tx: &mut Tx<'_>| address_mail(tx, &sent, "another link");
        assert!(world.ops.write(verb).await.unwrap().is_none(), "and no mail is sent any more");
    }

    async fn a_step_is_taken_once_and_in_time(store: Store) {
        let world = World::new(store).await.unwrap();
        let begin = async |token: &'static str| {
            let new = NewOidcStep {
                token_hash: token.to_owned(),
                kind: OidcStepKind::Asked,
                provider: "institution".to_owned(),
                account: None,
                state: "{}".to_owned(),
                identity: None,
            };
            world.ops.write(move |tx: &mut Tx<'_>| begin_oidc_step(tx, &new)).await.unwrap();
        };
        let take = async |token: &'static str, kind: OidcStepKind| {
            let verb = move |tx: &mut Tx<'_>| take_oidc_step(tx, token, kind);
            world.ops.write(verb).await.is_ok()
        };
        begin("one").await;
        assert!(take("one", OidcStepKind::Asked).await);
        assert!(!take("one", OidcStepKind::Asked).await, "it was taken");
        begin("two").await;
        assert!(!take("two", OidcStepKind::Proved).await, "another kind");
    }
}

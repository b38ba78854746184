//! Tests of addresses and of links in mails.

use super::*;
use crate::account;
use crate::testing::{World, new_account};
use model::job::NewJob;
use model::refusal::Rule;
use model::{Refusal, SiteRole};
use store::{Db, Store};

fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

async fn row_of(world: &World, id: ActorId) -> row::Account {
    let read = move |db: &mut Db| store::account::by_id(db, id).map_err(Error::from);
    world.ops.store().read(read).await.unwrap().unwrap().0
}

/// The mails that wait to be sent to an account.
async fn mails(world: &World, id: ActorId) -> Vec<AccountMail> {
    let jobs = world.jobs().await.unwrap();
    let of = |job| match job {
        NewJob::SendMail(job) if job.account == id => Some(job.mail),
        _ => None,
    };
    jobs.into_iter().filter_map(of).collect()
}

/// Sends a mail, with a token of the test's; returns where it goes.
async fn send(world: &World, id: ActorId, mail: AccountMail, token: &str) -> Option<String> {
    let (job, token) = (SendMail { account: id, mail }, token.to_owned());
    let prepare = move |tx: &mut Tx<'_>| address_mail(tx, &job, &token);
    let addressed = world.ops.write(prepare).await.unwrap();
    addressed.map(|mail| String::from(mail.to))
}

async fn change(world: &World, id: ActorId, to: &str) -> Outcome<()> {
    let to = address(to);
    world.ops.write(move |tx| change_address(tx, id, &to)).await
}

async fn assign(world: &World, id: ActorId, to: &str) -> Outcome<()> {
    let (to, by) = (address(to), Principal::Operator);
    world
        .ops
        .write(move |tx| assign_address(tx, by, id, &to))
        .await
}

async fn confirm(world: &World, token: &'static str) -> Outcome<ActorId> {
    world.ops.write(move |tx| confirm_address(tx, token)).await
}

async fn reset(world: &World, typed: &'static str) -> Option<ActorId> {
    world
        .ops
        .write(move |tx| send_reset(tx, typed))
        .await
        .unwrap()
}

fn is_expired<T: std::fmt::Debug>(done: &Outcome<T>) -> bool {
    matches!(done, Err(Error::Refused(Refusal::Invalid(errors)))
        if errors.iter().any(|e| e.field == "link" && e.why == Why::Expired))
}

fn is_taken<T: std::fmt::Debug>(done: &Outcome<T>) -> bool {
    matches!(done, Err(Error::Refused(Refusal::Invalid(errors)))
        if errors.iter().any(|e| e.field == "address" && e.why == Why::Taken))
}

store::both! {
    async fn an_address_is_used_once_it_is_confirmed(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        change(&world, ann, "Ann@example.org").await.unwrap();
        let mail = AccountMail::ConfirmAddress { address: address("Ann@example.org") };
        assert_eq!(mails(&world, ann).await, std::slice::from_ref(&mail));
        assert_eq!(reset(&world, "ann@example.org").await, None, "nobody has confirmed it");

        assert_eq!(send(&world, ann, mail, "one").await.as_deref(), Some("Ann@example.org"));
        assert_eq!(confirm(&world, "one").await.unwrap(), ann);
        let row = row_of(&world, ann).await;
        assert_eq!((row.address.as_str(), row.pending_address.as_str()), ("Ann@example.org", ""));
        assert!(is_expired(&confirm(&world, "one").await), "a link works once");
        assert_eq!(reset(&world, " ANN@Example.org ").await, Some(ann));
    }

    async fn a_change_of_address_is_told_to_the_former_one_which_can_stop_it(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        assign(&world, ann, "ann@example.org").await.unwrap();
        change(&world, ann, "thief@example.net").await.unwrap();
        let [ask, tell] = <[AccountMail; 2]>::try_from(mails(&world, ann).await).unwrap();
        assert_eq!(row_of(&world, ann).await.address, "ann@example.org", "until it is confirmed");
        assert_eq!(send(&world, ann, ask, "new").await.as_deref(), Some("thief@example.net"));
        assert_eq!(send(&world, ann, tell, "old").await.as_deref(), Some("ann@example.org"));

        confirm(&world, "new").await.unwrap();
        assert_eq!(row_of(&world, ann).await.address, "thief@example.net");
        let session = account::NewSession {
            identity: None,
            account: ann,
            token_hash: "theirs".to_owned(),
            agent: String::new(),
        };
        world.ops.write(move |tx| account::open_session(tx, &session)).await.unwrap();
        world.ops.write(|tx| cancel_address_change(tx, "old")).await.unwrap();
        assert_eq!(row_of(&world, ann).await.address, "ann@example.org");
        let sessions = move |db: &mut Db| store::account::sessions(db, ann).map_err(Error::from);
        assert!(world.ops.store().read(sessions).await.unwrap().is_empty(), "signed out everywhere");
    }

    async fn a_newer_address_ends_the_link_of_an_older_one(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        change(&world, ann, "first@example.org").await.unwrap();
        let first = AccountMail::ConfirmAddress { address: address("first@example.org") };
        send(&world, ann, first.clone(), "first").await.unwrap();
        change(&world, ann, "second@example.org").await.unwrap();
        assert!(is_expired(&confirm(&world, "first").await));
        assert_eq!(send(&world, ann, first, "again").await, None, "its mail has no use any more");
    }

    async fn one_address_is_one_accounts(store: Store) {
        let world = World::new(store).await.unwrap();
        let (ann, bea) = (world.person("ann").await.unwrap(), world.person("bea").await.unwrap());
        assign(&world, ann, "team@example.org").await.unwrap();
        assert!(is_taken(&assign(&world, bea, "TEAM@example.org").await));
        // Asking tells nothing; only whoever reads the mail of the address learns that it is in use.
        change(&world, bea, "team@example.org").await.unwrap();
        let mail = AccountMail::ConfirmAddress { address: address("team@example.org") };
        send(&world, bea, mail, "one").await.unwrap();
        assert!(is_taken(&confirm(&world, "one").await));
    }

    async fn a_password_is_reset_once_by_the_newest_link(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        assert_eq!(reset(&world, "ann").await, None, "no address");
        assign(&world, ann, "ann@example.org").await.unwrap();
        assert_eq!(reset(&world, "@ann").await, Some(ann));
        for _ in 0..3 {
            assert_eq!(reset(&world, "ann@example.org").await, None, "one was sent just now");
        }
        assert_eq!(mails(&world, ann).await, [AccountMail::ResetPassword]);
        assert_eq!(
            send(&world, ann, AccountMail::ResetPassword, "one").await.as_deref(),
            Some("ann@example.org")
        );
        send(&world, ann, AccountMail::ResetPassword, "two").await.unwrap();
        let with = |link: &'static str| world.ops.write(move |tx| reset_password(tx, link, "hash", false));
        assert!(is_expired(&with("one").await), "a retried mail has a link of its own");
        assert_eq!(with("two").await.unwrap(), ann);
        assert!(is_expired(&with("two").await));
        let read = move |db: &mut store::Db| Ok::<_, Error>(store::account::credential::password(db, ann)?);
        assert_eq!(world.ops.store().read(read).await.unwrap().as_deref(), Some("hash"));
        assert_eq!(reset(&world, "nobody@example.org").await, None);
        assert_eq!(reset(&world, "no such thing").await, None);
    }

    async fn a_suspended_account_gets_no_mail_and_its_links_end(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        assign(&world, ann, "ann@example.org").await.unwrap();
        send(&world, ann, AccountMail::ResetPassword, "one").await.unwrap();
        let suspend = move |tx: &mut Tx<'_>| account::suspend(tx, Principal::Operator, ann, "spam");
        world.ops.write(suspend).await.unwrap();
        let used = world.ops.write(|tx| reset_password(tx, "one", "hash", false)).await;
        assert!(is_expired(&used), "{used:?}");
        assert_eq!(reset(&world, "ann").await, None);
        assert_eq!(send(&world, ann, AccountMail::ResetPassword, "two").await, None);
        assert!(matches!(
            change(&world, ann, "other@example.org").await,
            Err(Error::Refused(Refusal::NotAllowed(Rule::ActiveAccount)))
        ));
    }

    async fn who_asked_for_an_account_hears_of_the_answer(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut made = Vec::new();
        for name in ["ann", "bea"] {
            let new = account::NewAccount {
                address: Some(address(&format!("{name}@example.org"))),
                ..new_account(name).unwrap()
            };
            let create = move |tx: &mut Tx<'_>| {
                account::create(tx, &new, SiteRole::Member, AccountState::Pending)
            };
            made.push(world.ops.write(create).await.unwrap());
        }
        let by = Principal::Operator;
        let (ann, bea) = (made[0], made[1]);
        world.ops.write(move |tx| account::approve(tx, by, ann)).await.unwrap();
        world.ops.write(move |tx| account::refuse(tx, by, bea, "Not our field")).await.unwrap();
        let refused = AccountMail::Refused { reason: "Not our field".to_owned() };
        assert_eq!(mails(&world, ann).await.last(), Some(&AccountMail::Approved));
        assert_eq!(mails(&world, bea).await.last(), Some(&refused));
        // Their addresses are not confirmed yet, but they wait for the answer.
        assert_eq!(
            send(&world, ann, AccountMail::Approved, "a").await.as_deref(),
            Some("ann@example.org")
        );
        assert_eq!(send(&world, bea, refused, "b").await.as_deref(), Some("bea@example.org"));
    }

    async fn a_refused_address_is_still_sent_what_concerns_the_account(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        assign(&world, ann, "ann@example.org").await.unwrap();
        let to = address("ann@example.org");
        let refuse = move |tx: &mut Tx<'_>| refuse_address(tx, ann, &to);
        world.ops.write(refuse).await.unwrap();
        assert_eq!(
            send(&world, ann, AccountMail::ResetPassword, "a").await.as_deref(),
            Some("ann@example.org")
        );
    }
}

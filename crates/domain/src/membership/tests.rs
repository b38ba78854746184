//! Joining, deciding, roles and leaving, as stories.

use super::*;
use crate::account::{self, Principal};
use crate::secret;
use crate::testing::{World, new_account};
use model::job::NewJob;
use model::membership::{JOIN_REQUESTS_PER_DAY, JoinGuest, JoinMail, JoinState, SendJoinMail};
use model::notice::NoticeKind;
use model::{NoticeId, Refusal, Registration};
use store::Store;

/// A community with its facilitator, and somebody who wants to join.
struct Story {
    world: World,
    ann: ActorId,
    bob: ActorId,
    weavers: ActorId,
}

fn answers() -> Vec<String> {
    ["The mill", "A loom for everybody", "To learn to weave"]
        .map(str::to_owned)
        .to_vec()
}

fn refused<T: std::fmt::Debug>(outcome: &Outcome<T>, rule: Rule) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(found))) if *found == rule)
}

fn unknown<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotFound(_))))
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        Self {
            world,
            ann,
            bob,
            weavers,
        }
    }

    async fn does<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + Sync + 'static,
    ) -> Outcome<T> {
        self.world.ops.write(verb).await
    }

    async fn asks(&self, who: ActorId) -> Outcome<JoinState> {
        let weavers = self.weavers;
        self.does(move |tx| ask(tx, who, weavers, &answers())).await
    }

    async fn request(&self, who: ActorId) -> row::JoinRequest {
        let weavers = self.weavers;
        self.reads(move |db| Ok(store::membership::of_actor(db, weavers, who)?))
            .await
            .unwrap()
    }

    async fn reads<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Db) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.world.ops.store().read(read).await.unwrap()
    }

    async fn role(&self, who: ActorId) -> Option<MemberRole> {
        let weavers = self.weavers;
        let row = self
            .reads(move |db| Ok(store::membership::membership(db, weavers, who)?))
            .await;
        row.map(|row| row.role)
    }

    async fn policy(&self, policy: JoinPolicy) {
        let (ann, weavers) = (self.ann, self.weavers);
        self.does(move |tx| set_form(tx, ann, weavers, policy, &[]))
            .await
            .unwrap();
    }

    async fn told(&self, who: ActorId) -> Vec<NoticeKind> {
        let now = self.world.ops.now();
        let rows = self.reads(move |db| {
            Ok(store::notice::with_threads(
                db,
                who,
                now,
                NoticeId(i64::MAX),
                20,
            )?)
        });
        rows.await.into_iter().map(|(row, _)| row.kind).collect()
    }

    /// Somebody without an account asks to join.
    async fn guest_asks(&self, address: &str) -> Outcome<()> {
        let weavers = self.weavers;
        let guest = JoinGuest {
            name: "Zoé".to_owned(),
            address: address.parse().unwrap(),
        };
        self.does(move |tx| ask_as_guest(tx, weavers, &guest, Lang::Fr, &answers()))
            .await
    }

    /// Sends the newest mail of a kind, and returns what it was addressed with and the digest of its link.
    async fn opens(&self, mail: JoinMail) -> Option<(JoinMailTo, String)> {
        let jobs = self.world.jobs().await.unwrap();
        let mut jobs = jobs.into_iter().rev();
        let job = jobs.find_map(|job| match job {
            NewJob::SendJoinMail(job) if job.mail == mail => Some(job),
            _ => None,
        })?;
        self.addressed(job).await
    }

    async fn addressed(&self, job: SendJoinMail) -> Option<(JoinMailTo, String)> {
        let digest = secret::digest(&secret::token());
        let hash = digest.clone();
        let to = self
            .does(move |tx| address_mail(tx, &job, &hash))
            .await
            .unwrap()?;
        Some((to, digest))
    }
}

store::both! {
    async fn a_request_waits_is_accepted_once_and_makes_a_member(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        let blank = story.does(move |tx| ask(tx, bob, weavers, &[])).await;
        assert!(matches!(blank, Err(Error::Refused(Refusal::Invalid(_)))), "the last question is required");
        assert_eq!(story.asks(bob).await.unwrap(), JoinState::Waiting);
        assert_eq!(story.asks(bob).await.unwrap(), JoinState::Waiting, "asking twice is one request");
        assert_eq!(story.told(ann).await, [NoticeKind::JoinRequest, NoticeKind::Follow][..1].to_vec());
        let id = story.request(bob).await.id;
        let stranger = story.world.person("eve").await.unwrap();
        for by in [bob, stranger, story.world.admin] {
            assert!(unknown(&story.does(move |tx| accept(tx, by, id, "")).await));
        }
        story.does(move |tx| accept(tx, ann, id, "Welcome!")).await.unwrap();
        story.does(move |tx| accept(tx, ann, id, "Welcome!")).await.unwrap();
        assert_eq!(story.role(bob).await, Some(MemberRole::Member));
        assert_eq!(story.told(bob).await, [NoticeKind::JoinAccepted]);
        assert!(refused(&story.does(move |tx| decline(tx, ann, id, "")).await, Rule::Decided));
        assert_eq!(story.asks(bob).await.unwrap(), JoinState::Accepted, "a member need not ask");
    }

    async fn whoever_asks_is_asked_back_answers_and_withdraws(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob) = (story.ann, story.bob);
        story.asks(bob).await.unwrap();
        let id = story.request(bob).await.id;
        let me = Applicant::Person(bob, id);
        let answer = me.clone();
        assert!(refused(&story.does(move |tx| reply(tx, &answer, "Yes")).await, Rule::Decided));
        story.does(move |tx| ask_back(tx, ann, id, "Which loom?")).await.unwrap();
        story.does(move |tx| add_note(tx, ann, id, "I know him.")).await.unwrap();
        assert_eq!(story.request(bob).await.state, JoinState::Asked);
        assert_eq!(story.told(bob).await, [NoticeKind::JoinAsked]);
        let answer = me.clone();
        story.does(move |tx| reply(tx, &answer, "A table loom")).await.unwrap();
        assert_eq!(story.request(bob).await.state, JoinState::Waiting);
        let other = Applicant::Person(ann, id);
        assert!(unknown(&story.does(move |tx| withdraw(tx, &other)).await));
        story.does(move |tx| withdraw(tx, &me)).await.unwrap();
        assert!(refused(&story.does(move |tx| accept(tx, ann, id, "")).await, Rule::Decided));
        assert_eq!(story.role(bob).await, None);
        assert_eq!(story.asks(bob).await.unwrap(), JoinState::Waiting, "one may ask again");
    }

    async fn each_policy_lets_in_whom_it_says(store: Store) {
        let story = Story::begin(store).await;
        story.policy(JoinPolicy::Invitation).await;
        assert!(refused(&story.asks(story.bob).await, Rule::InvitationOnly));
        assert!(refused(&story.guest_asks("zoe@example.org").await, Rule::InvitationOnly));
        story.policy(JoinPolicy::Open).await;
        assert_eq!(story.asks(story.bob).await.unwrap(), JoinState::Accepted);
        assert_eq!(story.role(story.bob).await, Some(MemberRole::Member));
    }

    async fn whoever_is_invited_joins_or_declines(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.policy(JoinPolicy::Invitation).await;
        let by_bob = story.does(move |tx| invite(tx, bob, weavers, bob)).await;
        assert!(refused(&by_bob, Rule::Facilitator));
        story.does(move |tx| invite(tx, ann, weavers, bob)).await.unwrap();
        story.does(move |tx| invite(tx, ann, weavers, bob)).await.unwrap();
        assert_eq!(story.told(bob).await, [NoticeKind::JoinInvited], "once");
        assert_eq!(story.role(bob).await, None, "nobody is made a member unasked");
        let me = Applicant::Person(bob, story.request(bob).await.id);
        story.does(move |tx| withdraw(tx, &me)).await.unwrap();
        assert!(refused(&story.asks(bob).await, Rule::InvitationOnly));
        story.does(move |tx| invite(tx, ann, weavers, bob)).await.unwrap();
        assert_eq!(story.asks(bob).await.unwrap(), JoinState::Accepted);
        assert_eq!(story.role(bob).await, Some(MemberRole::Member));
        story.policy(JoinPolicy::Application).await;
        let cho = story.world.person("cho").await.unwrap();
        story.asks(cho).await.unwrap();
        story.does(move |tx| invite(tx, ann, weavers, cho)).await.unwrap();
        assert_eq!(story.role(cho).await, Some(MemberRole::Member), "who asked is accepted");
    }

    async fn somebody_banned_does_not_join(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.asks(bob).await.unwrap();
        let id = story.request(bob).await.id;
        let ban = move |tx: &mut Tx<'_>| {
            let row = row::CommunityBan { community_id: weavers, actor_id: bob, until: None };
            Ok(store::space::put_ban(tx.db, &row)?)
        };
        story.does(ban).await.unwrap();
        assert!(refused(&story.does(move |tx| accept(tx, ann, id, "")).await, Rule::Banned));
        assert!(refused(&story.asks(bob).await, Rule::Banned));
        assert_eq!(story.role(bob).await, None);
    }

    async fn somebody_banned_gets_no_role(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.policy(JoinPolicy::Open).await;
        story.asks(bob).await.unwrap();
        let ban = crate::moderation::Ban::default();
        story.does(move |tx| crate::moderation::ban(tx, ann, weavers, bob, &ban)).await.unwrap();
        let up = move |tx: &mut Tx<'_>| set_role(tx, ann, weavers, bob, MemberRole::Moderator);
        assert!(refused(&story.does(up).await, Rule::Banned));
        assert_eq!(story.role(bob).await, Some(MemberRole::Member));
    }

    async fn an_open_community_makes_no_accounts_where_the_site_approves_them(store: Store) {
        let story = Story::begin(store).await;
        story.policy(JoinPolicy::Open).await;
        for (registration, state) in [
            (Registration::Open, JoinState::Accepted),
            (Registration::Approval, JoinState::Waiting),
            (Registration::Invitation, JoinState::Waiting),
        ] {
            story.world.set_registration(registration).await.unwrap();
            story.guest_asks(&format!("{registration}@example.org")).await.unwrap();
            let (mail, link) = story.opens(JoinMail::Confirm).await.unwrap();
            let id = mail.request.id;
            story.does(move |tx| confirm(tx, &link)).await.unwrap();
            let row = story.reads(move |db| Ok(store::membership::by_id(db, id)?)).await.unwrap();
            assert_eq!(row.state, state, "{registration}");
        }
        assert_eq!(story.told(story.ann).await, [NoticeKind::JoinRequest; 2]);
    }

    async fn whoever_withdraws_before_confirming_leaves_nothing(store: Store) {
        let story = Story::begin(store).await;
        story.guest_asks("zoe@example.org").await.unwrap();
        let (mail, link) = story.opens(JoinMail::Confirm).await.unwrap();
        story.does(move |tx| withdraw(tx, &Applicant::Link(link.clone()))).await.unwrap();
        let id = mail.request.id;
        let row = story.reads(move |db| Ok(store::membership::by_id(db, id)?)).await;
        assert!(row.is_none(), "facilitators never saw it");
    }

    async fn the_last_facilitator_names_a_successor_before_leaving(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.policy(JoinPolicy::Open).await;
        story.asks(bob).await.unwrap();
        assert!(refused(&story.does(move |tx| leave(tx, ann, weavers)).await, Rule::LastFacilitator));
        let down = move |tx: &mut Tx<'_>| set_role(tx, ann, weavers, ann, MemberRole::Member);
        assert!(refused(&story.does(down).await, Rule::LastFacilitator));
        let up = move |tx: &mut Tx<'_>| set_role(tx, bob, weavers, bob, MemberRole::Facilitator);
        assert!(refused(&story.does(up).await, Rule::Facilitator));
        let up = move |tx: &mut Tx<'_>| set_role(tx, ann, weavers, bob, MemberRole::Facilitator);
        story.does(up).await.unwrap();
        story.does(move |tx| leave(tx, ann, weavers)).await.unwrap();
        assert_eq!((story.role(ann).await, story.role(bob).await), (None, Some(MemberRole::Facilitator)));
        let suspend = move |tx: &mut Tx<'_>| account::suspend(tx, Principal::Operator, bob, "Adverts");
        story.does(suspend).await.unwrap();
        let removed = story.does(move |tx| remove(tx, bob, weavers, ann)).await;
        assert!(refused(&removed, Rule::ActiveAccount));
    }

    async fn somebody_without_an_account_confirms_is_accepted_and_makes_one(store: Store) {
        let story = Story::begin(store).await;
        let (ann, weavers) = (story.ann, story.weavers);
        story.guest_asks("Zoe@example.org").await.unwrap();
        let (mail, link) = story.opens(JoinMail::Confirm).await.unwrap();
        assert_eq!((mail.to.as_str(), mail.has_account), ("zoe@example.org", false));
        assert_eq!(mail.request.lang, Lang::Fr);
        let id = mail.request.id;
        assert!(unknown(&story.does(move |tx| accept(tx, ann, id, "")).await), "not confirmed yet");
        let key = link.clone();
        story.does(move |tx| confirm(tx, &key)).await.unwrap();
        assert_eq!(story.told(ann).await, [NoticeKind::JoinRequest]);
        let (key, new) = (link.clone(), new_account("zoe").unwrap());
        let early = story.does(move |tx| register(tx, &key, &new)).await;
        assert!(refused(&early, Rule::Decided));
        story.does(move |tx| accept(tx, ann, id, "Bienvenue!")).await.unwrap();
        let (mail, accepted) = story.opens(JoinMail::Accepted).await.unwrap();
        assert_eq!(mail.text, "Bienvenue!");
        let (key, new) = (accepted.clone(), new_account("zoe").unwrap());
        let zoe = story.does(move |tx| register(tx, &key, &new)).await.unwrap();
        assert_eq!(story.role(zoe).await, Some(MemberRole::Member));
        let account = story.reads(move |db| Ok(store::account::by_id(db, zoe)?)).await;
        assert_eq!(account.unwrap().0.address, "zoe@example.org");
        for key in [link, accepted] {
            let again = story.does(move |tx| claim(tx, &key, ann)).await;
            assert!(matches!(again, Err(Error::Refused(Refusal::Invalid(_)))), "links are used up");
        }
        let row = story.reads(move |db| Ok(store::membership::by_id(db, id)?)).await.unwrap();
        assert_eq!((row.address.as_str(), row.community_id), ("", weavers));
    }

    async fn the_address_of_an_account_is_told_to_its_owner_only(store: Store) {
        let story = Story::begin(store).await;
        let bob = story.bob;
        let give = move |tx: &mut Tx<'_>| {
            account::assign_address(tx, Principal::Operator, bob, &"bob@example.org".parse().unwrap())
        };
        story.does(give).await.unwrap();
        story.guest_asks("bob@example.org").await.unwrap();
        let (mail, link) = story.opens(JoinMail::Confirm).await.unwrap();
        assert!(mail.has_account);
        let used = story.does(move |tx| confirm(tx, &link)).await;
        assert!(matches!(used, Err(Error::Refused(Refusal::Invalid(_)))), "no link was made");
        assert_eq!(story.told(story.ann).await, []);
    }

    async fn requests_without_an_account_are_bounded_and_end(store: Store) {
        let story = Story::begin(store).await;
        story.world.set_registration(Registration::Closed).await.unwrap();
        let closed = story.guest_asks("zoe@example.org").await;
        assert!(refused(&closed, Rule::RegistrationClosed));
        story.world.set_registration(Registration::Invitation).await.unwrap();
        story.guest_asks("zoe@example.org").await.unwrap();
        let first = story.opens(JoinMail::Confirm).await.unwrap();
        story.guest_asks("zoe@example.org").await.unwrap();
        let same = story.opens(JoinMail::Confirm).await.unwrap();
        assert_eq!(first.0.request.id, same.0.request.id, "nobody is mailed again and again");
        story.world.clock.pass(601);
        story.guest_asks("zoe@example.org").await.unwrap();
        let second = story.opens(JoinMail::Confirm).await.unwrap();
        assert_ne!(first.0.request.id, second.0.request.id, "what was not confirmed gives way");
        let dead = first.1;
        let gone = story.does(move |tx| confirm(tx, &dead)).await;
        assert!(matches!(gone, Err(Error::Refused(Refusal::Invalid(_)))));
        story.world.clock.pass(8 * 86_400);
        let (now, id) = (story.world.ops.now(), second.0.request.id);
        let late = second.1;
        let expired = story.does(move |tx| confirm(tx, &late)).await;
        assert!(matches!(expired, Err(Error::Refused(Refusal::Invalid(_)))));
        let rule = store::retention::RULES.iter().find(|rule| rule.name == "requests to join").unwrap();
        let before = now.plus_seconds(-rule.keep_seconds);
        story.does(move |tx| Ok((rule.delete)(tx.db, before, 10)?)).await.unwrap();
        let row = story.reads(move |db| Ok(store::membership::by_id(db, id)?)).await;
        assert_eq!(row, None);
    }

    async fn who_asks_and_withdraws_again_and_again_is_stopped(store: Store) {
        let story = Story::begin(store).await;
        for _ in 0..JOIN_REQUESTS_PER_DAY {
            assert_eq!(story.asks(story.bob).await.unwrap(), JoinState::Waiting);
            let me = Applicant::Person(story.bob, story.request(story.bob).await.id);
            story.does(move |tx| withdraw(tx, &me)).await.unwrap();
        }
        let again = story.asks(story.bob).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::TooMany { .. }))), "{again:?}");
        story.world.clock.pass(86_401);
        assert_eq!(story.asks(story.bob).await.unwrap(), JoinState::Waiting);
    }

    async fn an_invitation_is_taken_back_while_it_waits(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.policy(JoinPolicy::Invitation).await;
        story.does(move |tx| invite(tx, ann, weavers, bob)).await.unwrap();
        let id = story.request(bob).await.id;
        let by_bob = story.does(move |tx| take_back(tx, bob, id)).await;
        assert!(by_bob.is_err(), "who is invited declines, and takes nothing back");
        for _ in 0..2 {
            story.does(move |tx| take_back(tx, ann, id)).await.unwrap();
        }
        assert!(refused(&story.asks(bob).await, Rule::InvitationOnly));
        story.does(move |tx| invite(tx, ann, weavers, bob)).await.unwrap();
        story.asks(bob).await.unwrap();
        let id = story.request(bob).await.id;
        assert!(refused(&story.does(move |tx| take_back(tx, ann, id)).await, Rule::Decided));
    }

    async fn a_request_that_waits_is_mailed_once_a_day_and_ends_after_half_a_year(store: Store) {
        let story = Story::begin(store).await;
        story.guest_asks("zoe@example.org").await.unwrap();
        let (first, key) = story.opens(JoinMail::Confirm).await.unwrap();
        story.does(move |tx| confirm(tx, &key)).await.unwrap();
        let mails = async || {
            let jobs = story.world.jobs().await.unwrap();
            jobs.iter().filter(|job| matches!(job, NewJob::SendJoinMail(_))).count()
        };
        let before = mails().await;
        story.world.clock.pass(601);
        story.guest_asks("zoe@example.org").await.unwrap();
        assert_eq!(mails().await, before);
        story.world.clock.pass(86_400);
        story.guest_asks("zoe@example.org").await.unwrap();
        assert_eq!(mails().await, before + 1);

        let rule = store::retention::RULES.iter().find(|rule| rule.name == "requests to join").unwrap();
        let id = first.request.id;
        for (days, kept) in [(179, true), (2, false)] {
            story.world.clock.pass(days * 86_400);
            let before = story.world.ops.now().plus_seconds(-rule.keep_seconds);
            story.does(move |tx| Ok((rule.delete)(tx.db, before, 10)?)).await.unwrap();
            let row = story.reads(move |db| Ok(store::membership::by_id(db, id)?)).await;
            assert_eq!(row.is_some(), kept, "{days}");
        }
    }
}

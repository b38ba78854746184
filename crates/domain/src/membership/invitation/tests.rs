//! Invitations as stories: by links, by mail, by lists, by members, and by the domain of an address.

use super::*;
use crate::account::{self, Principal};
use crate::membership::{self, ask, ask_as_guest, claim, confirm, register};
use crate::secret;
use crate::testing::{World, new_account};
use model::invitation::{InvitationState, Invitee, LinkLife, SendInvitation};
use model::job::NewJob;
use model::membership::{JoinGuest, JoinMail, JoinPolicy, JoinState, SendJoinMail};
use model::notice::NoticeKind;
use model::{InvitationLinkId, Lang, NoticeId, Refusal, Registration, Why};
use store::{Db, Store};

/// A community with its facilitator, and somebody to be invited.
struct Story {
    world: World,
    ann: ActorId,
    bob: ActorId,
    weavers: ActorId,
}

fn refused<T: std::fmt::Debug>(outcome: &Outcome<T>, rule: Rule) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(found))) if *found == rule)
}

fn expired<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::Invalid(errors)))
        if errors.iter().any(|error| error.field == "link" && error.why == Why::Expired))
}

fn too_often<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::TooMany { .. })))
}

fn missing<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotFound(_))))
}

fn invitee(address: &str) -> Invitee {
    Invitee {
        name: String::new(),
        address: address.to_owned(),
        lang: Lang::Fr,
        words: "À bientôt".to_owned(),
    }
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let story = Self {
            world,
            ann,
            bob,
            weavers,
        };
        story.policy(JoinPolicy::Invitation).await;
        story
    }

    async fn does<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + Sync + 'static,
    ) -> Outcome<T> {
        self.world.ops.write(verb).await
    }

    async fn reads<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Db) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.world.ops.store().read(read).await.unwrap()
    }

    async fn policy(&self, policy: JoinPolicy) {
        let (ann, weavers) = (self.ann, self.weavers);
        self.does(move |tx| membership::set_form(tx, ann, weavers, policy, &[]))
            .await
            .unwrap();
    }

    async fn setting(&self, members_invite: bool, domains: &'static str) {
        let (ann, weavers) = (self.ann, self.weavers);
        self.does(move |tx| set_invitations(tx, ann, weavers, members_invite, domains))
            .await
            .unwrap();
    }

    /// Makes a link with the token `key`.
    async fn link(&self, key: &str, uses: i32) -> InvitationLinkId {
        let (ann, weavers, digest) = (self.ann, self.weavers, secret::digest(key));
        self.does(move |tx| make_link(tx, ann, weavers, &digest, LinkLife::Day, uses))
            .await
            .unwrap()
    }

    async fn opens(&self, key: &str, who: ActorId) -> Outcome<ActorId> {
        let digest = secret::digest(key);
        self.does(move |tx| join_by_link(tx, &digest, who)).await
    }

    async fn is_member(&self, who: ActorId) -> bool {
        let weavers = self.weavers;
        let read = move |db: &mut Db| Ok(store::membership::membership(db, weavers, who)?);
        self.reads(read).await.is_some()
    }

    async fn bans(&self, who: ActorId) {
        let weavers = self.weavers;
        let ban = move |tx: &mut Tx<'_>| {
            let row = row::CommunityBan {
                community_id: weavers,
                actor_id: who,
                until: None,
            };
            Ok(store::space::put_ban(tx.db, &row)?)
        };
        self.does(ban).await.unwrap();
    }

    async fn suspends(&self, who: ActorId) {
        self.does(move |tx| account::suspend(tx, Principal::Operator, who, "Adverts"))
            .await
            .unwrap();
    }

    async fn told(&self, who: ActorId, kind: NoticeKind) -> usize {
        let now = self.world.ops.now();
        let rows = self.reads(move |db| {
            let all = NoticeId(i64::MAX);
            Ok(store::notice::with_threads(db, who, now, all, 50)?)
        });
        let rows = rows.await.into_iter();
        rows.filter(|(row, _)| row.kind == kind).count()
    }

    async fn invites(&self, by: ActorId, address: &str) -> Outcome<usize> {
        let (weavers, one) = (self.weavers, invitee(address));
        self.does(move |tx| invite_by_mail(tx, by, weavers, std::slice::from_ref(&one)))
            .await
    }

    async fn invitation(&self, address: &str) -> row::Invitation {
        let (weavers, address) = (self.weavers, address.to_owned());
        self.reads(move |db| Ok(store::invitation::of_address(db, weavers, &address)?))
            .await
            .unwrap()
    }

    /// Sends the mail of an address as its job does; returns the token of its link.
    async fn mails(&self, address: &str) -> Option<String> {
        let id = self.invitation(address).await.id;
        let token = secret::token();
        let digest = secret::digest(&token);
        let to = self.does(move |tx| address_invitation(tx, id, &digest));
        to.await.unwrap()?;
        self.does(move |tx| finish_invitation(tx, id, InvitationSent::Taken))
            .await
            .unwrap();
        Some(token)
    }

    async fn accepts(&self, token: &str, who: ActorId) -> Outcome<ActorId> {
        let key = InvitationKey::Link(secret::digest(token));
        self.does(move |tx| accept_invitation(tx, &key, who)).await
    }

    /// How many mails were queued within the hour.
    async fn queued(&self) -> i64 {
        let since = self.world.ops.now().plus_seconds(-3_600);
        let community = Some(self.weavers);
        let read = move |db: &mut Db| Ok(store::invitation::count_queued(db, community, since)?);
        self.reads(read).await
    }

    /// Gives an account a confirmed address.
    async fn lives_at(&self, who: ActorId, address: &str) {
        let address = address.parse().unwrap();
        self.does(move |tx| {
            store::account::mail::set_addresses(tx.db, who, Some(&address), None)?;
            Ok(())
        })
        .await
        .unwrap();
    }

    async fn registration(&self, registration: Registration) {
        self.world.set_registration(registration).await.unwrap();
    }

    /// The digest of the link in the newest mail that asks a guest to confirm.
    async fn guest_link(&self) -> String {
        let jobs = self.world.jobs().await.unwrap();
        let job = jobs.into_iter().rev().find_map(|job| match job {
            NewJob::SendJoinMail(job) if job.mail == JoinMail::Confirm => Some(job),
            _ => None,
        });
        let job: SendJoinMail = job.unwrap();
        let digest = secret::digest(&secret::token());
        let hash = digest.clone();
        let to = self.does(move |tx| membership::address_mail(tx, &job, &hash));
        assert!(to.await.unwrap().is_some());
        digest
    }
}

fn guest(address: &str) -> JoinGuest {
    JoinGuest {
        name: "Zoé".to_owned(),
        address: address.parse().unwrap(),
    }
}

store::both! {
    async fn a_link_admits_as_often_as_it_says_and_no_more(store: Store) {
        let story = Story::begin(store).await;
        let (bob, weavers) = (story.bob, story.weavers);
        let cleo = story.world.person("cleo").await.unwrap();
        story.link("key", 1).await;
        assert!(expired(&story.opens("forged", bob).await));
        assert!(refused(
            &story.does(move |tx| ask(tx, bob, weavers, &[])).await,
            Rule::InvitationOnly
        ));
        // Both open it at the same time.
        let (one, other) = tokio::join!(story.opens("key", bob), story.opens("key", cleo));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        let late = if one.is_ok() { other } else { one };
        assert!(refused(&late, Rule::LinkUsedUp), "{late:?}");
        let members = [story.is_member(bob).await, story.is_member(cleo).await];
        assert_eq!(members.iter().filter(|is| **is).count(), 1);
        assert_eq!(story.told(story.ann, NoticeKind::InvitationAccepted).await, 1);
    }

    async fn a_member_uses_nothing_of_a_link_and_the_banned_are_refused(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob) = (story.ann, story.bob);
        let cleo = story.world.person("cleo").await.unwrap();
        let id = story.link("key", 2).await;
        assert!(story.opens("key", ann).await.is_ok(), "a member is told so");
        story.opens("key", bob).await.unwrap();
        assert!(story.opens("key", bob).await.is_ok());
        let link = story.reads(move |db| Ok(store::invitation::link_by_id(db, id)?)).await;
        assert_eq!(link.unwrap().uses_left, 1);
        story.bans(cleo).await;
        assert!(refused(&story.opens("key", cleo).await, Rule::Banned));
        let came = story.weavers;
        let brought = story.reads(move |db| Ok(store::invitation::invited(db, came, bob)?)).await;
        let brought = brought.unwrap();
        assert_eq!((brought.by_id, brought.link_id), (ann, Some(id)));
    }

    async fn a_link_ends_by_time_by_hand_and_with_its_maker(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        let id = story.link("revoked", 5).await;
        for by in [bob, story.world.admin] {
            let revoked = story.does(move |tx| revoke_link(tx, by, weavers, id)).await;
            assert!(refused(&revoked, Rule::Facilitator), "{revoked:?}");
        }
        story.does(move |tx| revoke_link(tx, ann, weavers, id)).await.unwrap();
        assert!(expired(&story.opens("revoked", bob).await));
        story.link("old", 5).await;
        story.world.clock.pass(86_400);
        assert!(expired(&story.opens("old", bob).await));

        // The link of a facilitator who is one no longer works on; that of somebody who is banned does not.
        let cleo = story.world.person("cleo").await.unwrap();
        story.link("first", 5).await;
        story.opens("first", cleo).await.unwrap();
        story.does(move |tx| {
            membership::set_role(tx, ann, weavers, cleo, model::MemberRole::Facilitator)?;
            membership::set_role(tx, cleo, weavers, ann, model::MemberRole::Member)
        }).await.unwrap();
        story.opens("first", bob).await.unwrap();
        story.bans(ann).await;
        let dora = story.world.person("dora").await.unwrap();
        assert!(expired(&story.opens("first", dora).await));
    }

    async fn only_facilitators_make_links_with_bounds(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        let make = |by, uses, key: &str| {
            let digest = secret::digest(key);
            story.does(move |tx| make_link(tx, by, weavers, &digest, LinkLife::Week, uses))
        };
        story.setting(true, "").await;
        assert!(refused(&make(bob, 1, "a").await, Rule::Facilitator));
        for uses in [0, -1, 1_001, i32::MAX] {
            let bad = make(ann, uses, "b").await;
            assert!(matches!(bad, Err(Error::Refused(Refusal::Invalid(_)))), "{uses}");
        }
        for number in 0..50 {
            make(ann, 1, &format!("key {number}")).await.unwrap();
        }
        assert!(too_often(&make(ann, 1, "one more").await));
    }

    async fn somebody_without_an_account_comes_by_a_link(store: Store) {
        let story = Story::begin(store).await;
        let (ann, weavers) = (story.ann, story.weavers);
        let id = story.link("key", 1).await;
        let digest = secret::digest("key");
        story.does(move |tx| ask_by_link(tx, &digest, &guest("zoe@mill.example"), Lang::Fr))
            .await
            .unwrap();
        let key = story.guest_link().await;
        let hash = key.clone();
        story.does(move |tx| confirm(tx, &hash)).await.unwrap();
        let request = story.reads(move |db| {
            Ok(store::membership::of_address(db, weavers, "zoe@mill.example")?)
        }).await.unwrap();
        assert_eq!(request.state, JoinState::Accepted, "nobody decides");
        // Somebody else takes the last use meanwhile.
        story.opens("key", story.bob).await.unwrap();
        let (hash, new) = (key.clone(), new_account("zoe").unwrap());
        let late = story.does(move |tx| register(tx, &hash, &new)).await;
        assert!(refused(&late, Rule::LinkUsedUp), "{late:?}");
        // And a link that is revoked between the page and the form admits nobody.
        story.does(move |tx| revoke_link(tx, ann, weavers, id)).await.unwrap();
        let who = story.world.person("dora").await.unwrap();
        assert!(expired(&story.does(move |tx| claim(tx, &key, who)).await));
        assert!(!story.is_member(who).await);
    }

    async fn a_closed_site_takes_nobody_without_an_account(store: Store) {
        let story = Story::begin(store).await;
        story.link("key", 5).await;
        story.registration(Registration::Closed).await;
        let digest = secret::digest("key");
        let asked = story.does(move |tx| {
            ask_by_link(tx, &digest, &guest("zoe@mill.example"), Lang::Fr)
        }).await;
        assert!(refused(&asked, Rule::RegistrationClosed));
        story.opens("key", story.bob).await.unwrap();
        story.invites(story.ann, "zoe@mill.example").await.unwrap();
        let token = story.mails("zoe@mill.example").await.unwrap();
        let (digest, new) = (secret::digest(&token), new_account("zoe").unwrap());
        let made = story.does(move |tx| register_invited(tx, &digest, &new)).await;
        assert!(refused(&made, Rule::RegistrationClosed));
    }

    async fn a_mail_invites_makes_an_account_and_is_used_once(store: Store) {
        let story = Story::begin(store).await;
        story.registration(Registration::Invitation).await;
        let (ann, bob) = (story.ann, story.bob);
        assert_eq!(story.invites(ann, "zoe@mill.example").await.unwrap(), 1);
        assert_eq!(story.invites(ann, "zoe@mill.example").await.unwrap(), 0, "once");
        let jobs = story.world.jobs().await.unwrap();
        let mails = jobs.iter().filter(|job| matches!(job, NewJob::SendInvitation(SendInvitation { .. })));
        assert_eq!(mails.count(), 1);
        let token = story.mails("zoe@mill.example").await.unwrap();
        assert_eq!(story.invitation("zoe@mill.example").await.state, InvitationState::Sent);
        assert!(expired(&story.accepts("forged", bob).await));
        let (digest, new) = (secret::digest(&token), new_account("zoe").unwrap());
        let (zoe, _) = story.does(move |tx| register_invited(tx, &digest, &new)).await.unwrap();
        assert!(story.is_member(zoe).await);
        let row = story.invitation("zoe@mill.example").await;
        assert_eq!((row.state, row.actor_id), (InvitationState::Accepted, Some(zoe)));
        assert!(expired(&story.accepts(&token, bob).await), "used");
        assert_eq!(story.told(ann, NoticeKind::InvitationAccepted).await, 1);
        let account = story.reads(move |db| Ok(store::account::by_id(db, zoe)?)).await.unwrap().0;
        assert_eq!((account.address.as_str(), account.lang), ("zoe@mill.example", Lang::Fr));
    }

    async fn whoever_invites_is_not_told_who_has_an_account(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob) = (story.ann, story.bob);
        let cleo = story.world.person("cleo").await.unwrap();
        let dora = story.world.person("dora").await.unwrap();
        story.lives_at(bob, "Bob@mill.example").await;
        story.lives_at(dora, "dora@mill.example").await;
        story.link("key", 1).await;
        story.opens("key", dora).await.unwrap();
        for address in ["bob@mill.example", "nobody@mill.example", "dora@mill.example"] {
            assert_eq!(story.invites(ann, address).await.unwrap(), 1, "{address}");
            let sent = story.mails(address).await.is_some();
            assert_eq!(sent, !address.starts_with("dora"), "a member gets no mail");
            let row = story.invitation(address).await;
            assert_eq!((row.state, row.actor_id), (InvitationState::Sent, None), "{address}");
        }
        let now = story.world.ops.now();
        let count = |address: &'static str, who| {
            story.reads(move |db| Ok(store::invitation::count_waiting(db, address, who, now)?))
        };
        assert_eq!(count("bob@mill.example", bob).await, 1);
        assert_eq!(count("dora@mill.example", dora).await, 0, "a member");
        assert_eq!(count("", cleo).await, 0);
        // Only its owner answers it by its number.
        let id = story.invitation("bob@mill.example").await.id;
        let own = move |who| InvitationKey::Own(who, id);
        let other = story.does(move |tx| accept_invitation(tx, &own(cleo), cleo)).await;
        assert!(missing(&other));
        story.does(move |tx| accept_invitation(tx, &own(bob), bob)).await.unwrap();
        assert!(story.is_member(bob).await);
    }

    async fn a_forwarded_mail_is_not_used_in_place_of_its_owner(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob) = (story.ann, story.bob);
        let cleo = story.world.person("cleo").await.unwrap();
        story.lives_at(bob, "bob@mill.example").await;
        story.invites(ann, "bob@mill.example").await.unwrap();
        let token = story.mails("bob@mill.example").await.unwrap();
        assert!(refused(&story.accepts(&token, cleo).await, Rule::InvitedAnother));
        let (digest, new) = (secret::digest(&token), new_account("eve").unwrap());
        let made = story.does(move |tx| register_invited(tx, &digest, &new)).await;
        assert!(refused(&made, Rule::InvitedAnother));
        story.accepts(&token, bob).await.unwrap();
        // An address without an account may belong to somebody whose account has another one.
        story.invites(ann, "cleo@home.example").await.unwrap();
        let token = story.mails("cleo@home.example").await.unwrap();
        story.accepts(&token, cleo).await.unwrap();
        assert_eq!(story.invitation("cleo@home.example").await.actor_id, Some(cleo));
    }

    async fn an_invitation_is_revoked_declined_and_never_sent_again(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.invites(ann, "zoe@mill.example").await.unwrap();
        let token = story.mails("zoe@mill.example").await.unwrap();
        let id = story.invitation("zoe@mill.example").await.id;
        let again = story.does(move |tx| resend_invitation(tx, ann, weavers, id)).await;
        assert!(too_often(&again), "not within a day");
        let by_bob = story.does(move |tx| revoke_invitation(tx, bob, weavers, id)).await;
        assert!(refused(&by_bob, Rule::Facilitator));
        story.does(move |tx| revoke_invitation(tx, ann, weavers, id)).await.unwrap();
        assert!(expired(&story.accepts(&token, bob).await));
        story.invites(ann, "zoe@mill.example").await.unwrap();
        let token = story.mails("zoe@mill.example").await.unwrap();
        let digest = secret::digest(&token);
        story.does(move |tx| suppress_invitations(tx, &digest)).await.unwrap();
        assert_eq!(story.told(ann, NoticeKind::InvitationDeclined).await, 1);
        assert_eq!(story.invites(ann, "zoe@mill.example").await.unwrap(), 1);
        assert_eq!(story.mails("zoe@mill.example").await, None, "never again");
        assert_eq!(story.invitation("zoe@mill.example").await.state, InvitationState::Refused);
    }

    async fn an_invitation_ends_by_time_with_a_closed_community_and_a_suspended_inviter(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.invites(ann, "zoe@mill.example").await.unwrap();
        let token = story.mails("zoe@mill.example").await.unwrap();
        story.world.clock.pass(86_401);
        let id = story.invitation("zoe@mill.example").await.id;
        story.does(move |tx| resend_invitation(tx, ann, weavers, id)).await.unwrap();
        let second = story.mails("zoe@mill.example").await.unwrap();
        story.world.clock.pass(29 * 86_400);
        let cleo = story.world.person("cleo").await.unwrap();
        story.bans(cleo).await;
        assert!(refused(&story.accepts(&token, cleo).await, Rule::Banned), "both links work");
        story.suspends(ann).await;
        assert!(expired(&story.accepts(&second, bob).await), "nobody vouches");
        story.world.clock.pass(2 * 86_400);
        assert!(expired(&story.accepts(&token, bob).await));
    }

    async fn members_invite_where_they_may_and_few_a_day(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.link("key", 1).await;
        story.opens("key", bob).await.unwrap();
        assert!(refused(&story.invites(bob, "a@mill.example").await, Rule::Facilitator));
        story.setting(true, "").await;
        let stranger = story.world.person("eve").await.unwrap();
        assert!(refused(&story.invites(stranger, "a@mill.example").await, Rule::Facilitator));
        for number in 0..5 {
            story.invites(bob, &format!("p{number}@mill.example")).await.unwrap();
            let who = story.world.person(&format!("guest{number}")).await.unwrap();
            story.does(move |tx| membership::invite(tx, bob, weavers, who)).await.unwrap();
        }
        assert!(too_often(&story.invites(bob, "p5@mill.example").await));
        assert!(too_often(&story.does(move |tx| membership::invite(tx, bob, weavers, stranger)).await));
        story.invites(ann, "p5@mill.example").await.unwrap();
        // The site asks for more than a member's word.
        story.registration(Registration::Approval).await;
        let token = story.mails("p0@mill.example").await.unwrap();
        let (digest, new) = (secret::digest(&token), new_account("zoe").unwrap());
        let made = story.does(move |tx| register_invited(tx, &digest, &new)).await;
        assert!(refused(&made, Rule::RegistrationClosed));
        let token = story.mails("p5@mill.example").await.unwrap();
        let (digest, new) = (secret::digest(&token), new_account("yva").unwrap());
        story.does(move |tx| register_invited(tx, &digest, &new)).await.unwrap();
        story.world.clock.pass(86_401);
        story.invites(bob, "p6@mill.example").await.unwrap();
    }

    async fn an_invitation_by_username_tells_whoever_invited(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.does(move |tx| membership::invite(tx, ann, weavers, bob)).await.unwrap();
        let id = story.reads(move |db| Ok(store::invitation::by_username(db, bob)?)).await[0].0;
        let cleo = story.world.person("cleo").await.unwrap();
        assert!(missing(&story.does(move |tx| accept_username(tx, cleo, id)).await));
        story.does(move |tx| accept_username(tx, bob, id)).await.unwrap();
        assert!(story.is_member(bob).await);
        assert!(missing(&story.does(move |tx| accept_username(tx, bob, id)).await), "used");
        assert_eq!(story.told(ann, NoticeKind::InvitationAccepted).await, 1);
        let waiting = story.reads(move |db| Ok(store::invitation::by_username(db, bob)?)).await;
        assert!(waiting.is_empty());
    }

    async fn a_confirmed_address_in_a_domain_admits_at_once(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.policy(JoinPolicy::Eligibility).await;
        story.setting(false, "*.mill.example").await;
        let cleo = story.world.person("cleo").await.unwrap();
        story.lives_at(bob, "bob@west.mill.example").await;
        story.lives_at(cleo, "cleo@windmill.example").await;
        let goals = || ["", "", "To weave"].map(str::to_owned).to_vec();
        let asks = |who| story.does(move |tx| ask(tx, who, weavers, &goals()));
        assert_eq!(asks(bob).await.unwrap(), JoinState::Accepted);
        assert_eq!(asks(cleo).await.unwrap(), JoinState::Waiting, "others may ask");
        story.lives_at(bob, "bob@home.example").await;
        assert!(story.is_member(bob).await, "an address that changes later ends nothing");
        let _ = ann;

        story.does(move |tx| {
            ask_as_guest(tx, weavers, &guest("zoe@mill.example"), Lang::Fr, &goals())
        }).await.unwrap();
        let key = story.guest_link().await;
        let hash = key.clone();
        story.does(move |tx| confirm(tx, &hash)).await.unwrap();
        let new = new_account("zoe").unwrap();
        let zoe = story.does(move |tx| register(tx, &key, &new)).await.unwrap();
        assert!(story.is_member(zoe).await);
    }
}

mod lists;

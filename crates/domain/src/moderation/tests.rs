//! Reports, removals, bans and posts that wait, as stories.

use super::*;
use crate::account::{self, Principal};
use crate::testing::{World, delivered, draft};
use crate::{discussion, membership, post};
use model::access::SpacePosting;
use model::job::{NewJob, PostChange};
use model::membership::{JoinPolicy, JoinState};
use model::moderation::{AppealState, ModerationKind, ReportReason};
use model::notice::NoticeKind;
use model::{DeletedBy, ModerationId, NoticeId, PeerId, PostState, Refusal, Time, Why};
use store::{Db, Store};

/// A community with a facilitator and a moderator, a member, whose thread it is, and a facilitator of another community.
struct Story {
    world: World,
    ann: ActorId,
    mo: ActorId,
    bob: ActorId,
    zed: ActorId,
    weavers: ActorId,
    thread: PostId,
}

fn refused<T: std::fmt::Debug>(outcome: &Outcome<T>, rule: Rule) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(found))) if *found == rule)
}

fn unknown<T: std::fmt::Debug>(outcome: &Outcome<T>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::NotFound(_))))
}

fn invalid<T: std::fmt::Debug>(outcome: &Outcome<T>, field: &str, why: Why) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::Invalid(all)))
        if all.iter().any(|error| error.field == field && error.why == why))
}

fn words(reason: &str) -> ModerationWords {
    ModerationWords {
        reason: reason.to_owned(),
        note: String::new(),
    }
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let mo = world.person("mo").await.unwrap();
        let bob = world.person("bob").await.unwrap();
        let zed = world.person("zed").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        world.community(zed, "dyers").await.unwrap();
        let thread = world.thread(bob, weavers, "Warping").await.unwrap();
        let story = Self {
            world,
            ann,
            mo,
            bob,
            zed,
            weavers,
            thread,
        };
        story.has_role(mo, MemberRole::Moderator).await;
        story.has_role(bob, MemberRole::Member).await;
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

    async fn has_role(&self, who: ActorId, role: MemberRole) {
        let weavers = self.weavers;
        self.does(move |tx| {
            store::community::put_member(tx.db, weavers, who, role, tx.now)?;
            Ok(())
        })
        .await
        .unwrap();
    }

    async fn acts(&self, by: ActorId, id: PostId, what: PostAct, reason: &str) -> Outcome<()> {
        let words = words(reason);
        self.does(move |tx| act(tx, by, id, what, &words)).await
    }

    async fn reports(&self, by: ActorId, id: PostId) -> Outcome<model::ReportId> {
        self.does(move |tx| report(tx, by, id, ReportReason::Spam, "Look"))
            .await
    }

    async fn bans(&self, by: ActorId, who: ActorId, until: Option<Time>) -> Outcome<()> {
        let weavers = self.weavers;
        let one = Ban {
            until,
            words: words("Adverts"),
            ..Ban::default()
        };
        self.does(move |tx| ban(tx, by, weavers, who, &one)).await
    }

    async fn review(&self, posting: SpacePosting) {
        let (ann, weavers) = (self.ann, self.weavers);
        self.does(move |tx| set_review(tx, ann, weavers, posting))
            .await
            .unwrap();
    }

    async fn post(&self, id: PostId) -> row::Post {
        self.reads(move |db| Ok(store::raw::post::by_id(db, id)?.unwrap()))
            .await
    }

    async fn removal(&self, id: PostId) -> Option<row::PostRemoval> {
        self.reads(move |db| Ok(store::moderation::removal(db, id)?))
            .await
    }

    async fn told(&self, who: ActorId) -> Vec<NoticeKind> {
        let now = self.world.ops.now();
        let last = NoticeId(i64::MAX);
        let rows = self
            .reads(move |db| Ok(store::notice::list(db, who, now, last, 50)?))
            .await;
        rows.iter().map(|row| row.kind).collect()
    }

    async fn log(&self) -> Vec<ModerationKind> {
        let weavers = self.weavers;
        let rows = self
            .reads(move |db| {
                let (all, last) = (ModerationKind::ALL, ModerationId(i64::MAX));
                Ok(store::moderation::entries(db, weavers, all, last, 50)?)
            })
            .await;
        rows.iter().map(|row| row.kind).collect()
    }

    /// Whether the post is sent to other servers as new.
    async fn is_sent(&self, id: PostId) -> bool {
        let jobs = self.world.jobs().await.unwrap();
        let is_its = |job: &NewJob| matches!(job, NewJob::SendPost(send) if send.post == id && send.change == PostChange::Created);
        jobs.iter().any(is_its)
    }
}

store::both! {
    async fn a_report_reaches_the_moderators_and_its_sender_learns_what_became_of_it(store: Store) {
        let story = Story::begin(store).await;
        let cho = story.world.person("cho").await.unwrap();
        let first = story.reports(cho, story.thread).await.unwrap();
        assert_eq!(story.reports(cho, story.thread).await.unwrap(), first, "one open report each");
        story.reports(story.zed, story.thread).await.unwrap();
        assert_eq!(story.told(story.ann).await, [NoticeKind::Report, NoticeKind::Report]);
        assert!(!story.told(story.bob).await.contains(&NoticeKind::Report), "its author is told nothing");
        assert!(refused(&story.reports(story.bob, story.thread).await, Rule::OwnPost));
        let zed = story.zed;
        story.acts(story.mo, story.thread, PostAct::Dismiss, "").await.unwrap();
        for who in [cho, zed] {
            assert!(story.told(who).await.contains(&NoticeKind::ReportDismissed));
        }
        let again = story.acts(story.ann, story.thread, PostAct::Dismiss, "").await;
        assert!(refused(&again, Rule::Handled), "another moderator was first");
        assert_ne!(story.reports(cho, story.thread).await.unwrap(), first, "it may be reported anew");
        story.acts(story.mo, story.thread, PostAct::Remove, "Advert").await.unwrap();
        assert!(story.told(cho).await.contains(&NoticeKind::ReportActed));
        let again = story.acts(story.ann, story.thread, PostAct::Remove, "Advert").await;
        assert!(refused(&again, Rule::Handled), "another moderator was first");
        assert!(matches!(story.reports(cho, story.thread).await, Err(Error::Refused(Refusal::Gone(_)))));
    }

    async fn a_report_for_another_reason_says_it(store: Store) {
        let story = Story::begin(store).await;
        let (zed, thread) = (story.zed, story.thread);
        let silent = story.does(move |tx| report(tx, zed, thread, ReportReason::Other, " ")).await;
        assert!(invalid(&silent, "text", Why::Required));
        let long = "a".repeat(MODERATION_TEXT_MAX + 1);
        let long = story.does(move |tx| report(tx, zed, thread, ReportReason::Spam, &long)).await;
        assert!(invalid(&long, "text", Why::TooLong));
    }

    async fn what_nobody_sees_is_not_reported(store: Store) {
        let story = Story::begin(store).await;
        let thread = story.thread;
        story.does(move |tx| Ok(store::post::set_state(tx.db, thread, PostState::Hidden)?)).await.unwrap();
        assert!(unknown(&story.reports(story.zed, thread).await));
        assert!(unknown(&story.reports(story.zed, PostId(1)).await));
    }

    async fn administrators_decide_where_nobody_else_does(store: Store) {
        let story = Story::begin(store).await;
        let admin = story.world.admin;
        // The only moderator wrote it.
        let own = story.world.community(story.zed, "spinners").await.unwrap();
        let post = story.world.thread(story.zed, own, "Spinning").await.unwrap();
        story.reports(story.bob, post).await.unwrap();
        assert!(story.told(admin).await.contains(&NoticeKind::Report));
        assert!(!story.told(story.zed).await.contains(&NoticeKind::Report));
        let dismissed = story.acts(story.zed, post, PostAct::Dismiss, "").await;
        assert!(refused(&dismissed, Rule::OwnPost));
        story.acts(admin, post, PostAct::Dismiss, "").await.unwrap();
        // Elsewhere the community's moderators do.
        story.reports(story.zed, story.thread).await.unwrap();
        assert!(refused(&story.acts(admin, story.thread, PostAct::Dismiss, "").await, Rule::Moderator));
    }

    async fn the_author_deletes_what_was_reported(store: Store) {
        let story = Story::begin(store).await;
        let (bob, thread) = (story.bob, story.thread);
        story.reports(story.zed, thread).await.unwrap();
        story.does(move |tx| post::edit(tx, bob, thread, &draft("Warping", "Buy nothing"), &Origin::Local)).await.unwrap();
        story.does(move |tx| post::remove(tx, bob, thread, &Origin::Local)).await.unwrap();
        assert!(story.told(story.zed).await.contains(&NoticeKind::ReportActed));
        let open = story.reads(move |db| Ok(store::moderation::open_reports(db, thread)?)).await;
        assert!(open.is_empty());
        assert!(story.removal(thread).await.is_none(), "its words are not kept");
        assert!(refused(&story.acts(story.mo, thread, PostAct::Dismiss, "").await, Rule::Handled));
    }

    async fn what_is_removed_comes_back_with_its_words(store: Store) {
        let story = Story::begin(store).await;
        let (bob, thread) = (story.bob, story.thread);
        let before = story.post(thread).await;
        story.acts(story.mo, thread, PostAct::Remove, "It names a client").await.unwrap();
        let removed = story.post(thread).await;
        assert_eq!((removed.state, removed.deleted_by), (PostState::Tombstone, Some(DeletedBy::Moderator)));
        assert!(removed.html.is_empty() && removed.title.is_empty(), "nobody reads it");
        let reasons = story.reads(move |db| Ok(store::moderation::reasons(db, &[thread])?)).await;
        assert_eq!(reasons, [(thread, "It names a client".to_owned())]);
        assert!(story.told(bob).await.contains(&NoticeKind::Removed));
        assert!(refused(&story.acts(bob, thread, PostAct::Restore, "").await, Rule::AuthorOrModerator));
        story.acts(story.mo, thread, PostAct::Restore, "It does not").await.unwrap();
        let back = story.post(thread).await;
        assert_eq!((back.state, &back.html, &back.title), (PostState::Live, &before.html, &before.title));
        assert!(story.removal(thread).await.is_none());
        assert!(story.told(bob).await.contains(&NoticeKind::Restored));
        assert!(refused(&story.acts(story.mo, thread, PostAct::Restore, "").await, Rule::Handled), "it is there");
        assert_eq!(story.log().await, [ModerationKind::Restored, ModerationKind::Removed]);
    }

    async fn an_author_asks_once_for_a_post_back(store: Store) {
        let story = Story::begin(store).await;
        let (bob, thread) = (story.bob, story.thread);
        let appeals = move |by| move |tx: &mut Tx<'_>| appeal(tx, by, thread, "It is my own story");
        assert!(unknown(&story.does(appeals(bob)).await), "it is there");
        story.acts(story.mo, thread, PostAct::Remove, "").await.unwrap();
        assert!(unknown(&story.does(appeals(story.zed)).await), "somebody else wrote it");
        let silent = story.does(move |tx| appeal(tx, bob, thread, " ")).await;
        assert!(invalid(&silent, "text", Why::Required));
        story.does(appeals(bob)).await.unwrap();
        assert!(refused(&story.does(appeals(bob)).await, Rule::Handled), "once");
        assert!(story.told(story.ann).await.contains(&NoticeKind::Appeal), "the facilitator decides");
        assert!(!story.told(story.mo).await.contains(&NoticeKind::Appeal));
        assert!(refused(&story.acts(story.mo, thread, PostAct::RefuseAppeal, "").await, Rule::Facilitator));
        story.acts(story.ann, thread, PostAct::RefuseAppeal, "It names her").await.unwrap();
        assert!(story.told(bob).await.contains(&NoticeKind::AppealRefused));
        assert_eq!(story.removal(thread).await.unwrap().appeal_state, AppealState::Refused);
        assert!(refused(&story.acts(story.ann, thread, PostAct::RefuseAppeal, "").await, Rule::Handled));
        assert!(refused(&story.does(appeals(bob)).await, Rule::Handled), "once");
    }

    async fn what_a_facilitator_removed_administrators_decide_on(store: Store) {
        let story = Story::begin(store).await;
        let (bob, thread, admin) = (story.bob, story.thread, story.world.admin);
        story.acts(story.ann, thread, PostAct::Remove, "").await.unwrap();
        story.does(move |tx| appeal(tx, bob, thread, "Why?")).await.unwrap();
        assert!(story.told(admin).await.contains(&NoticeKind::Appeal));
        assert!(!story.told(story.ann).await.contains(&NoticeKind::Appeal));
        assert!(refused(&story.acts(story.ann, thread, PostAct::RefuseAppeal, "").await, Rule::AppealToAdmin));
        story.acts(admin, thread, PostAct::Restore, "").await.unwrap();
        assert_eq!(story.post(thread).await.state, PostState::Live);
    }

    async fn the_words_of_a_removed_post_are_kept_for_a_while(store: Store) {
        let story = Story::begin(store).await;
        let (bob, thread) = (story.bob, story.thread);
        story.acts(story.mo, thread, PostAct::Remove, "Advert").await.unwrap();
        let rule = store::retention::RULES.iter().find(|rule| rule.name == "words of removed posts").unwrap();
        let now = story.world.ops.now();
        let before = move |days: i64| now.plus_seconds(days * 86_400 - rule.keep_seconds);
        story.does(move |tx| Ok((rule.delete)(tx.db, before(89), 10)?)).await.unwrap();
        assert!(story.removal(thread).await.unwrap().text().is_some());
        story.does(move |tx| Ok((rule.delete)(tx.db, before(91), 10)?)).await.unwrap();
        let removal = story.removal(thread).await.unwrap();
        assert_eq!((removal.text(), removal.reason.as_str()), (None, "Advert"));
        let gone = story.acts(story.mo, thread, PostAct::Restore, "").await;
        assert!(matches!(gone, Err(Error::Refused(Refusal::Gone(_)))));
        let gone = story.does(move |tx| appeal(tx, bob, thread, "Why?")).await;
        assert!(matches!(gone, Err(Error::Refused(Refusal::Gone(_)))));
    }

    async fn a_moderator_of_another_community_does_nothing_here(store: Store) {
        let story = Story::begin(store).await;
        let (zed, weavers, bob) = (story.zed, story.weavers, story.bob);
        story.reports(story.mo, story.thread).await.unwrap();
        for what in PostAct::ALL {
            let outcome = story.acts(zed, story.thread, *what, "").await;
            let no = matches!(outcome, Err(Error::Refused(Refusal::NotAllowed(
                Rule::Moderator | Rule::AuthorOrModerator
            ))));
            assert!(no, "{what}: {outcome:?}");
        }
        assert!(refused(&story.bans(zed, bob, None).await, Rule::Moderator));
        let lifted = story.does(move |tx| lift_ban(tx, zed, weavers, bob, &words(""))).await;
        assert!(refused(&lifted, Rule::Moderator));
        let warned = story.does(move |tx| warn(tx, zed, weavers, bob, &words("Stop"))).await;
        assert!(refused(&warned, Rule::Moderator));
        let noted = story.does(move |tx| note(tx, zed, weavers, bob, "Odd")).await;
        assert!(refused(&noted, Rule::Moderator));
        let review = story.does(move |tx| set_review(tx, zed, weavers, SpacePosting::Review)).await;
        assert!(refused(&review, Rule::Facilitator));
    }

    async fn a_suspended_moderator_decides_nothing(store: Store) {
        let story = Story::begin(store).await;
        let mo = story.mo;
        story.reports(story.zed, story.thread).await.unwrap();
        story.does(move |tx| account::suspend(tx, Principal::Operator, mo, "Adverts")).await.unwrap();
        for what in [PostAct::Dismiss, PostAct::Remove, PostAct::Lock, PostAct::Pin] {
            assert!(refused(&story.acts(mo, story.thread, what, "").await, Rule::ActiveAccount), "{what}");
        }
        assert!(refused(&story.bans(mo, story.bob, None).await, Rule::ActiveAccount));
    }

    async fn in_a_locked_thread_only_moderators_reply(store: Store) {
        let story = Story::begin(store).await;
        let (zed, thread) = (story.zed, story.thread);
        let reply = story.world.reply(zed, thread, "First").await.unwrap();
        story.acts(story.mo, reply, PostAct::Lock, "Enough said").await.unwrap();
        assert!(refused(&story.world.reply(zed, thread, "More").await, Rule::Locked));
        assert!(refused(&story.world.reply(zed, reply, "More").await, Rule::Locked));
        let word = story.world.reply(story.ann, thread, "Thank you all").await.unwrap();
        assert!(refused(&story.world.reply(zed, word, "More").await, Rule::Locked), "also below a later reply");
        story.does(move |tx| post::like(tx, zed, thread, &Origin::Local)).await.unwrap();
        story.does(move |tx| post::edit(tx, zed, reply, &draft("", "Second"), &Origin::Local)).await.unwrap();
        let bea = story.world.stranger("bea", "beta.test").await.unwrap();
        let origin = delivered("https://beta.test/n/1", PeerId(1));
        let remote = story.does(move |tx| discussion::reply(tx, bea, thread, &draft("", "Hi"), &origin)).await;
        assert!(refused(&remote, Rule::Locked));
        for _ in 0..2 {
            story.acts(story.ann, thread, PostAct::Unlock, "").await.unwrap();
        }
        story.world.reply(zed, word, "More").await.unwrap();
        assert_eq!(story.log().await, [ModerationKind::Unlocked, ModerationKind::Locked], "once each");
    }

    async fn three_threads_are_pinned_at_most(store: Store) {
        let story = Story::begin(store).await;
        let mut threads = vec![story.thread];
        for title in ["One", "Two", "Three"] {
            threads.push(story.world.thread(story.bob, story.weavers, title).await.unwrap());
        }
        for thread in &threads[..3] {
            story.acts(story.mo, *thread, PostAct::Pin, "").await.unwrap();
        }
        assert!(refused(&story.acts(story.mo, threads[3], PostAct::Pin, "").await, Rule::PinsFull));
        story.acts(story.mo, threads[0], PostAct::Unpin, "").await.unwrap();
        story.acts(story.mo, threads[3], PostAct::Pin, "").await.unwrap();
        // What is removed makes room.
        story.acts(story.mo, threads[1], PostAct::Remove, "").await.unwrap();
        story.acts(story.mo, threads[0], PostAct::Pin, "").await.unwrap();
    }

    async fn who_is_banned_and_for_how_long(store: Store) {
        let story = Story::begin(store).await;
        let (ann, mo, bob, weavers) = (story.ann, story.mo, story.bob, story.weavers);
        for who in [ann, mo] {
            assert!(invalid(&story.bans(mo, who, None).await, "person", Why::NotAChoice));
        }
        let past = Some(story.world.ops.now().plus_seconds(-1));
        assert!(invalid(&story.bans(mo, bob, past).await, "until", Why::Expired));
        assert!(unknown(&story.bans(mo, ActorId(1), None).await));
        let bea = story.world.stranger("bea", "beta.test").await.unwrap();
        story.bans(mo, bea, None).await.unwrap();
        let week = Some(story.world.ops.now().plus_seconds(7 * 86_400));
        story.bans(mo, bob, week).await.unwrap();
        assert!(story.told(bob).await.contains(&NoticeKind::Excluded));
        assert!(refused(&story.world.reply(bob, story.thread, "Hi").await, Rule::Banned));
        story.world.clock.pass(7 * 86_400 + 1);
        story.world.reply(bob, story.thread, "Hi").await.unwrap();
        story.bans(mo, bob, None).await.unwrap();
        for _ in 0..2 {
            story.does(move |tx| lift_ban(tx, mo, weavers, bob, &words(""))).await.unwrap();
        }
        story.world.reply(bob, story.thread, "Hi again").await.unwrap();
        let log = story.log().await;
        let lifted = log.iter().filter(|kind| **kind == ModerationKind::BanLifted);
        assert_eq!(lifted.count(), 1, "{log:?}");
    }

    async fn a_ban_ends_what_is_open(store: Store) {
        let story = Story::begin(store).await;
        let (ann, mo, bob, zed, weavers, thread) = (story.ann, story.mo, story.bob, story.zed, story.weavers, story.thread);
        story.does(move |tx| membership::set_form(tx, ann, weavers, JoinPolicy::Application, &[])).await.unwrap();
        let answers = ["", "", "To weave"].map(str::to_owned).to_vec();
        story.does(move |tx| membership::ask(tx, zed, weavers, &answers)).await.unwrap();
        story.bans(mo, zed, None).await.unwrap();
        let request = story.reads(move |db| Ok(store::membership::of_actor(db, weavers, zed)?.unwrap())).await;
        assert_eq!(request.state, JoinState::Declined);
        story.reports(ann, thread).await.unwrap();
        let reply = story.world.reply(bob, thread, "Buy looms").await.unwrap();
        let one = Ban { removes_posts: true, post: Some(thread), words: words("Adverts"), until: None };
        story.does(move |tx| ban(tx, mo, weavers, bob, &one)).await.unwrap();
        for id in [thread, reply] {
            let post = story.post(id).await;
            assert_eq!((post.state, post.deleted_by), (PostState::Tombstone, Some(DeletedBy::Moderator)));
        }
        let states = story.reads(move |db| {
            Ok(store::moderation::open_reports(db, thread)?.len())
        }).await;
        assert_eq!(states, 0);
        // The reports of a post of somebody else stay.
        let other = story.world.thread(ann, weavers, "Knitting").await.unwrap();
        let wrong = Ban { post: Some(other), ..Ban::default() };
        assert!(unknown(&story.does(move |tx| ban(tx, mo, weavers, bob, &wrong)).await));
    }

    async fn somebody_is_warned_and_noted(store: Store) {
        let story = Story::begin(store).await;
        let (mo, bob, zed, weavers) = (story.mo, story.bob, story.zed, story.weavers);
        story.does(move |tx| warn(tx, mo, weavers, bob, &words("No adverts"))).await.unwrap();
        assert!(story.told(bob).await.contains(&NoticeKind::Warned));
        let silent = story.does(move |tx| warn(tx, mo, weavers, bob, &words(" "))).await;
        assert!(invalid(&silent, "reason", Why::Required));
        let stranger = story.does(move |tx| warn(tx, mo, weavers, zed, &words("Hello"))).await;
        assert!(unknown(&stranger), "nobody is written to who has no part in the community");
        story.does(move |tx| note(tx, mo, weavers, bob, "The second time")).await.unwrap();
        assert_eq!(story.log().await, [ModerationKind::Note, ModerationKind::Warned]);
    }

    async fn the_first_post_of_a_newcomer_waits(store: Store) {
        let story = Story::begin(store).await;
        let (zed, bob, thread) = (story.zed, story.bob, story.thread);
        story.review(SpacePosting::ReviewFirst).await;
        let held = story.world.reply(zed, thread, "Hello").await.unwrap();
        assert_eq!(story.post(held).await.state, PostState::Held);
        assert_eq!(story.post(thread).await.reply_count, 0);
        assert!(!story.told(bob).await.contains(&NoticeKind::Reply), "nobody is told");
        assert!(!story.is_sent(held).await, "and nothing is sent");
        assert!(story.told(story.mo).await.contains(&NoticeKind::Held));
        let second = story.world.reply(zed, thread, "Hello?").await.unwrap();
        assert_eq!(story.post(second).await.state, PostState::Held, "while the first waits");
        story.world.reply(bob, thread, "I have posted before").await.unwrap();
        assert_eq!(story.post(thread).await.reply_count, 1);
        story.world.clock.pass(3_600);
        let now = story.world.ops.now();
        story.acts(story.mo, held, PostAct::Release, "").await.unwrap();
        let released = story.post(held).await;
        assert_eq!((released.state, released.published_at), (PostState::Live, now), "as if written now");
        assert_eq!(story.post(thread).await.reply_count, 2);
        assert!(story.told(bob).await.contains(&NoticeKind::Reply));
        assert!(story.told(zed).await.contains(&NoticeKind::Released));
        assert!(story.is_sent(held).await);
        assert!(refused(&story.acts(story.ann, held, PostAct::Release, "").await, Rule::Handled), "another was first");
        assert!(refused(&story.acts(story.ann, held, PostAct::Refuse, "").await, Rule::Handled));
        let third = story.world.thread(zed, story.weavers, "A loom").await.unwrap();
        assert_eq!(story.post(third).await.state, PostState::Live, "no newcomer any more");
        story.acts(story.mo, second, PostAct::Refuse, "Said before").await.unwrap();
        let refused = story.post(second).await;
        assert_eq!(refused.state, PostState::Hidden);
        assert!(!refused.html.is_empty(), "its author keeps the words");
        assert!(story.told(zed).await.contains(&NoticeKind::HeldRefused));
    }

    async fn every_post_waits_but_those_of_moderators(store: Store) {
        let story = Story::begin(store).await;
        story.review(SpacePosting::Review).await;
        let held = story.world.thread(story.bob, story.weavers, "Again").await.unwrap();
        assert_eq!(story.post(held).await.state, PostState::Held);
        let free = story.world.thread(story.mo, story.weavers, "News").await.unwrap();
        assert_eq!(story.post(free).await.state, PostState::Live);
        let (ann, weavers) = (story.ann, story.weavers);
        let moderators = story.does(move |tx| set_review(tx, ann, weavers, SpacePosting::Moderators)).await;
        assert!(invalid(&moderators, "posting", Why::NotAChoice));
    }

    async fn what_its_author_does_with_a_post_that_waits_is_told_nobody(store: Store) {
        let story = Story::begin(store).await;
        let (bob, zed, thread) = (story.bob, story.zed, story.thread);
        story.review(SpacePosting::Review).await;
        let before = story.post(thread).await;
        let held = story.world.reply(zed, thread, "Hello").await.unwrap();
        let mut words = draft("", "Hello @bob");
        words.mentions = vec![bob];
        story.does(move |tx| post::edit(tx, zed, held, &words, &Origin::Local)).await.unwrap();
        assert!(!story.told(bob).await.contains(&NoticeKind::Mention));
        story.does(move |tx| post::remove(tx, zed, held, &Origin::Local)).await.unwrap();
        let gone = story.post(held).await;
        assert!(gone.html.is_empty() && gone.state == PostState::Hidden, "nothing is left in the thread");
        assert_eq!(story.post(thread).await.reply_count, before.reply_count);
        assert!(refused(&story.acts(story.mo, held, PostAct::Release, "").await, Rule::Handled));
        let jobs = story.world.jobs().await.unwrap();
        assert!(!jobs.iter().any(|job| matches!(job, NewJob::SendPost(send) if send.post == held)), "{jobs:?}");
    }

    async fn who_is_mentioned_in_a_post_that_waited_is_told_when_it_is_published(store: Store) {
        let story = Story::begin(store).await;
        let (bob, zed, thread) = (story.bob, story.zed, story.thread);
        let ann = story.ann;
        story.review(SpacePosting::Review).await;
        let mut words = draft("", "Hello @ann");
        words.mentions = vec![ann];
        let held = story.does(move |tx| discussion::reply(tx, zed, thread, &words, &Origin::Local)).await.unwrap();
        assert!(!story.told(ann).await.contains(&NoticeKind::Mention));
        story.acts(story.mo, held, PostAct::Release, "").await.unwrap();
        assert!(story.told(ann).await.contains(&NoticeKind::Mention));
        assert!(story.told(bob).await.contains(&NoticeKind::Reply));
    }

    async fn the_posts_of_somebody_banned_that_wait_are_not_published(store: Store) {
        let story = Story::begin(store).await;
        story.review(SpacePosting::Review).await;
        let held = story.world.thread(story.zed, story.weavers, "Looms for sale").await.unwrap();
        story.bans(story.mo, story.zed, None).await.unwrap();
        assert_eq!(story.post(held).await.state, PostState::Hidden);
        assert!(refused(&story.acts(story.mo, held, PostAct::Release, "").await, Rule::Handled));
    }

    async fn a_peers_post_waits_and_is_announced_once_it_is_published(store: Store) {
        let story = Story::begin(store).await;
        story.review(SpacePosting::ReviewFirst).await;
        let bea = story.world.stranger("bea", "beta.test").await.unwrap();
        let peer = story.reads(move |db| Ok(store::raw::actor::by_id(db, bea)?.unwrap().peer_id.unwrap())).await;
        let origin = delivered("https://beta.test/n/1", peer);
        let thread = story.thread;
        let held = story.does(move |tx| discussion::reply(tx, bea, thread, &draft("", "Hi"), &origin)).await.unwrap();
        assert_eq!(story.post(held).await.state, PostState::Held);
        let is_relay = |job: &NewJob| matches!(job, NewJob::Relay(relay) if relay.activity.contains("https://beta.test/n/1#create"));
        assert!(!story.world.jobs().await.unwrap().iter().any(is_relay));
        story.acts(story.mo, held, PostAct::Release, "").await.unwrap();
        assert!(story.world.jobs().await.unwrap().iter().any(is_relay), "as it was received");
        assert!(!story.is_sent(held).await, "it is not ours to send");
    }
}

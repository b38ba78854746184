//! Stories of with whom we exchange.

use super::*;
use crate::account::Principal;
use crate::testing::{World, delivered, draft, reader};
use crate::{discussion, follow};
use model::job::{ApplyPeerRule, NewJob, ReevaluatePeers, SendFollow};
use model::peer::list::{self, Sort};
use model::peer::policy::{Mode, PeerStanding, Refused, Settings, Severity};
use model::refusal::Rule;
use model::search::{MatchIn, Pattern};
use model::{ActorId, ActorKind, FollowId, NoticeId, PeerId, PostId, Refusal};
use store::Store;
use store::post::{ThreadList, Within};
use store::search::PostFilter;

const ADMIN: Principal = Principal::Operator;

fn block(domain: &str) -> NewRule {
    NewRule::new(domain, Severity::Block)
}

/// Bea of beta replies to Ann's thread, likes it and follows her; Ann follows Bea.
struct Story {
    world: World,
    ann: ActorId,
    bea: ActorId,
    peer: PeerId,
    weavers: ActorId,
    thread: PostId,
}

impl Story {
    async fn begin(store: Store) -> Self {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let weavers = world.community(ann, "weavers").await.unwrap();
        let thread = world.thread(ann, weavers, "Warping").await.unwrap();
        let bea = world.stranger("bea", "social.beta.test").await.unwrap();
        let peer = world
            .ops
            .store()
            .read(|db| store::peer::by_host(db, "social.beta.test").map_err(Error::from))
            .await
            .unwrap()
            .unwrap()
            .id;
        let story = Self {
            world,
            ann,
            bea,
            peer,
            weavers,
            thread,
        };
        story.answer(1).await;
        let like = delivered("https://social.beta.test/likes/1", peer);
        story
            .does(move |tx| crate::post::like(tx, bea, thread, &like))
            .await;
        story
            .does(move |tx| follow::requested_by_peer(tx, bea, ann, "https://social.beta.test/f/1"))
            .await;
        story.does(move |tx| follow::follow(tx, ann, bea)).await;
        story
            .does(move |tx| follow::answered_by_peer(tx, ann, bea, true))
            .await;
        story
    }

    /// Bea replies, and starts a thread.
    async fn answer(&self, number: i64) {
        let (bea, thread, weavers) = (self.bea, self.thread, self.weavers);
        let of = |what: &str| {
            delivered(
                &format!("https://social.beta.test/{what}/{number}"),
                self.peer,
            )
        };
        let (reply, start) = (of("reply"), of("thread"));
        self.does(move |tx| discussion::reply(tx, bea, thread, &draft("", "Like so."), &reply))
            .await;
        let words = draft("Dyeing with woad", "How?");
        self.does(move |tx| discussion::start(tx, bea, Some(weavers), &words, &start))
            .await;
    }

    async fn does<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.world.ops.write(verb).await.unwrap()
    }

    async fn rule(&self, new: NewRule) {
        self.does(move |tx| rule(tx, ADMIN, &new)).await;
        self.world.ops.refresh_site().await.unwrap();
        self.settle().await;
    }

    async fn lift(&self, domain: &'static str) {
        self.does(move |tx| lift(tx, ADMIN, domain)).await;
        self.world.ops.refresh_site().await.unwrap();
        self.settle().await;
    }

    /// Runs the jobs that follow from rules, twice over.
    async fn settle(&self) {
        let peer = self.peer;
        for _ in 0..2 {
            let mut next = Some(Step::default());
            while let Some(step) = next {
                next = self.does(move |tx| apply_rule(tx, peer, step)).await;
            }
        }
    }

    /// What a guest sees: threads of the weavers, replies and likes counted at Ann's thread,
    /// replies read there, followers of Ann, her notices, and whether Bea has a page.
    async fn seen(&self) -> (Vec<String>, i32, i32, usize, i32, usize, bool) {
        let (ann, weavers, thread) = (self.ann, self.weavers, self.thread);
        self.world
            .ops
            .store()
            .read(move |db| -> Outcome<_> {
                let guest = reader(None);
                let all = ThreadList::new(Within::Community(weavers), 9);
                let threads = store::post::threads(db, guest, &all)?;
                let head = store::raw::post::by_id(db, thread)?.unwrap();
                let mut titles: Vec<String> = threads
                    .iter()
                    .map(|t| t.title.read(model::Lang::En).to_owned())
                    .collect();
                titles.sort();
                Ok((
                    titles,
                    head.reply_count,
                    head.like_count,
                    store::post::replies(db, guest, thread, 0, 9)?.len(),
                    store::raw::actor::by_id(db, ann)?.unwrap().follower_count,
                    store::notice::list(db, ann, guest.now, NoticeId(i64::MAX), 9)?.len(),
                    store::actor::by_address(db, guest, "bea", "social.beta.test")?.is_some(),
                ))
            })
            .await
            .unwrap()
    }

    async fn posts_of_weavers(&self) -> i32 {
        let id = self.weavers;
        let read = move |db: &mut store::Db| store::raw::actor::by_id(db, id).map_err(Error::from);
        let row = self.world.ops.store().read(read).await.unwrap();
        row.unwrap().post_count
    }
}

fn titles(of: &[&str]) -> Vec<String> {
    of.iter().map(|title| (*title).to_owned()).collect()
}

store::both! {
    async fn a_block_hides_and_lifting_it_shows_again(store: Store) {
        let story = Story::begin(store).await;
        let both = titles(&["Dyeing with woad", "Warping"]);
        assert_eq!(story.seen().await, (both.clone(), 1, 1, 1, 1, 2, true));
        assert_eq!(story.posts_of_weavers().await, 2);

        story.rule(block("Beta.test")).await;
        assert_eq!(story.seen().await, (titles(&["Warping"]), 0, 0, 0, 0, 0, false));
        assert_eq!(story.posts_of_weavers().await, 1);
        let (ann, bea, thread) = (story.ann, story.bea, story.thread);
        let between = story.does(move |tx| {
            Ok((store::follow::between(tx.db, ann, bea)?, store::follow::between(tx.db, bea, ann)?))
        }).await;
        assert_eq!(between, (None, None));
        let refused = story.world.ops.write(move |tx| follow::follow(tx, ann, bea)).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotAllowed(Rule::PeerRefused)))));
        // What waited for it is dropped, and one thread's newest post is one that may be seen.
        let last = story.does(move |tx| Ok(store::raw::post::newest_in(tx.db, thread)?)).await;
        assert_eq!(last, thread);

        story.lift("beta.test").await;
        assert_eq!(story.seen().await, (both, 1, 1, 1, 1, 2, true));
        // Bea was never told that she does not follow; Ann asks again.
        let between = story.does(move |tx| {
            Ok([(ann, bea), (bea, ann)].map(|(from, to)| {
                store::follow::between(tx.db, from, to).unwrap().map(|follow| follow.accepted)
            }))
        }).await;
        assert_eq!(between, [Some(false), Some(true)]);
        let requested = story.world.jobs().await.unwrap().into_iter()
            .filter(|job| matches!(job, NewJob::SendFollow(SendFollow { follow, undo: false }) if follow.follower == ann));
        assert_eq!(requested.count(), 2, "once when she followed, once now");
        assert_eq!(story.posts_of_weavers().await, 2);
        let again = story.world.ops.write(|tx| lift(tx, ADMIN, "beta.test")).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::NotFound(_)))));
    }

    async fn who_is_silenced_is_heard_by_those_who_follow(store: Store) {
        let story = Story::begin(store).await;
        let cid = story.world.person("cid").await.unwrap();
        let bob = story.world.stranger("bob", "social.beta.test").await.unwrap();
        story.rule(NewRule::new("social.beta.test", Severity::Silence)).await;
        // In a community of ours it stands as before.
        assert_eq!(story.seen().await.0, titles(&["Dyeing with woad", "Warping"]));
        story.world.index().await.unwrap();
        let (ann, bea, thread) = (story.ann, story.bea, story.thread);
        let found = move |who: Option<ActorId>| move |tx: &mut Tx<'_>| -> Outcome<_> {
            let (woad, bea) = (Pattern::new("woad"), Pattern::new("bea"));
            let search = |pattern| (pattern, MatchIn::Names);
            let everything = PostFilter::default();
            Ok((
                store::search::posts(tx.db, reader(who), search(&woad), &everything, 9)?.len(),
                store::search::actors(tx.db, reader(who), search(&bea), ActorKind::Person, 9)?.len(),
                store::post::threads(tx.db, reader(who), &ThreadList::new(Within::Local, 9))?.len(),
            ))
        };
        assert_eq!(story.does(found(None)).await, (0, 0, 1));
        assert_eq!(story.does(found(Some(cid))).await, (0, 0, 1));
        assert_eq!(story.does(found(Some(ann))).await, (1, 1, 2));
        // Ann follows Bea, and no Bob.
        let peer = story.peer;
        for (who, n) in [(bea, 7), (bob, 8)] {
            let origin = delivered(&format!("https://social.beta.test/reply/{n}"), peer);
            story.does(move |tx| discussion::reply(tx, who, thread, &draft("", "Or so."), &origin)).await;
        }
        let notices = story.does(move |tx| Ok(store::notice::list(tx.db, ann, tx.now, NoticeId(i64::MAX), 9)?)).await;
        let bobs = notices.iter().filter(|notice| notice.from_id == bob).count();
        assert_eq!((notices.len(), bobs), (3, 0));
    }

    async fn a_peer_met_later_stands_by_the_rules(store: Store) {
        let world = World::new(store).await.unwrap();
        world.ops.write(|tx| rule(tx, ADMIN, &block("beta.test"))).await.unwrap();
        world.ops.write(|tx| rule(tx, ADMIN, &NewRule::new("good.beta.test", Severity::Silence))).await.unwrap();
        for (host, standing) in [
            ("beta.test", PeerStanding::Blocked),
            ("x.beta.test:8081", PeerStanding::Blocked),
            ("very.good.beta.test", PeerStanding::Silenced),
            ("notbeta.test", PeerStanding::Open),
        ] {
            world.stranger("bea", host).await.unwrap();
            let host = host.to_owned();
            let met = world.ops.store()
                .read(move |db| store::peer::by_host(db, &host).map_err(Error::from)).await.unwrap();
            assert_eq!(met.unwrap().standing, standing);
        }
        // With the wider rule gone, the narrower stays.
        world.ops.write(|tx| lift(tx, ADMIN, "beta.test")).await.unwrap();
        let all = world.ops.store()
            .read(|db| store::peer::rule::after(db, PeerId(0), 9).map_err(Error::from)).await.unwrap();
        let standings: Vec<PeerStanding> = all.iter().map(|peer| peer.standing).collect();
        assert_eq!(standings, [PeerStanding::Open, PeerStanding::Open, PeerStanding::Silenced, PeerStanding::Open]);
    }

    async fn a_rule_is_checked_before_it_is_written(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let field = |answer: Outcome<String>| match answer {
            Err(Error::Refused(Refusal::Invalid(fields))) => (fields[0].field, fields[0].why),
            other => panic!("{other:?}"),
        };
        for (domain, why) in [
            ("", model::Why::Required),
            ("nonsense", model::Why::Malformed),
            ("alpha.test", model::Why::Reserved),
        ] {
            let answer = world.ops.write(move |tx| rule(tx, ADMIN, &block(domain))).await;
            assert_eq!(field(answer), ("domain", why), "{domain}");
        }
        let long = NewRule { note: "x".repeat(list::REASON_MAX + 1), ..block("beta.test") };
        let answer = world.ops.write(move |tx| rule(tx, ADMIN, &long)).await;
        assert_eq!(field(answer), ("note", model::Why::TooLong));
        for refused in [
            world.ops.write(move |tx| rule(tx, Principal::Person(ann), &block("beta.test"))).await.err(),
            world.ops.write(move |tx| lift(tx, Principal::Person(ann), "beta.test")).await.err(),
            world.ops.write(move |tx| set_policy(tx, Principal::Person(ann), &Settings::default())).await.err(),
            world.ops.write(move |tx| import(tx, Principal::Person(ann), &[])).await.err(),
        ] {
            assert!(matches!(refused, Some(Error::Refused(Refusal::NotAllowed(Rule::Admin)))));
        }
    }

    async fn a_list_is_taken_in_over_what_there_is(store: Store) {
        let story = Story::begin(store).await;
        let noted = NewRule { note: "asked twice".into(), ..NewRule::new("beta.test", Severity::Silence) };
        story.rule(noted).await;
        let text = "#domain,#severity\nbeta.test,suspend\nalpha.test,suspend\ngamma.test,silence\n";
        let entries = list::read(text.as_bytes()).unwrap().entries;
        let ours = story.does(move |tx| import(tx, ADMIN, &entries)).await;
        assert_eq!(ours, [3]);
        assert!(story.world.jobs().await.unwrap().contains(&ReevaluatePeers.into()));
        let mut next = Some(PeerId(0));
        while let Some(after) = next {
            next = story.does(move |tx| reevaluate_all(tx, after)).await;
        }
        let rules = story.does(|tx| Ok(store::peer::rule::list(tx.db, None, "", 9)?)).await;
        let of: Vec<_> = rules.iter().map(|r| (r.domain.as_str(), r.severity, r.note.as_str())).collect();
        assert_eq!(of, [
            ("beta.test", Severity::Block, "asked twice"),
            ("gamma.test", Severity::Silence, ""),
        ]);
        let peer = story.peer;
        assert!(story.world.jobs().await.unwrap().contains(&ApplyPeerRule { peer }.into()));
        story.settle().await;
        assert_eq!(story.seen().await.0, titles(&["Warping"]));
        let ann = story.ann;
        let followers = story.does(move |tx| {
            Ok(store::follow::followers(tx.db, reader(None), ann, FollowId(i64::MAX), 9)?.len())
        }).await;
        assert_eq!(followers, 0);
    }

    async fn the_policy_is_read_again_when_it_changes(store: Store) {
        let world = World::new(store).await.unwrap();
        let closed = Settings { mode: Mode::Closed, publish: true };
        world.ops.write(move |tx| set_policy(tx, ADMIN, &closed)).await.unwrap();
        assert_eq!(world.ops.policy().settings, Settings::default());
        world.ops.refresh_site().await.unwrap();
        assert_eq!(world.ops.policy().settings, closed);
        assert_eq!(world.ops.policy().refuses("beta.test"), Some(Refused::Closed));
        let open = Settings { mode: Mode::AllowList, ..closed };
        world.ops.write(move |tx| set_policy(tx, ADMIN, &open)).await.unwrap();
        world.ops.write(|tx| rule(tx, ADMIN, &NewRule::new("beta.test", Severity::Allow))).await.unwrap();
        world.ops.refresh_site().await.unwrap();
        assert_eq!(world.ops.policy().refuses("beta.test"), None);
        assert_eq!(world.ops.policy().refuses("gamma.test"), Some(Refused::NotListed));
        assert_eq!(list::write(Sort::Allowed, &[]), "#domain\n");
    }
}

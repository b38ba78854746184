//! Polls: who votes, how ballots are counted, what may change, and the end.

mod from_peer;
mod withheld;

use super::*;
use crate::discussion::start;
use crate::post::{Draft, edit, remove};
use crate::testing::{World, delivered, draft};
use model::job::NewJob;
use model::limits::POLL_UPDATE_SECONDS;
use model::notice::NoticeKind;
use model::refusal::Rule;
use model::{
    ActorId, LangText, NoticeId, PeerId, PollResults, PollTally, PostId, PostKind, PostState,
    Refusal,
};
use store::Store;

const WEEK: i64 = 7 * 86_400;

/// A poll in a community, and those around it.
struct Scene {
    world: World,
    facilitator: ActorId,
    asker: ActorId,
    other: ActorId,
    community: ActorId,
    poll: PostId,
}

fn asked(way: PollWay, places: i32, now: Time) -> PollDetails {
    let names = ["Training", "Time", "Templates"];
    PollDetails {
        way,
        places,
        choices: names.map(|name| LangText::single("en", name)).to_vec(),
        results: PollResults::Always,
        shows_names: false,
        ends_at: Some(now.plus_seconds(WEEK)),
    }
}

fn poll_draft(details: PollDetails) -> Draft {
    Draft {
        kind: PostKind::Poll,
        details: Some(PostDetails::Poll(details)),
        ..draft("What do you need most?", "So that we plan the winter.")
    }
}

impl Scene {
    async fn new(store: Store, way: PollWay, places: i32) -> Self {
        let world = World::new(store).await.unwrap();
        let facilitator = world.person("ann").await.unwrap();
        let asker = world.person("bob").await.unwrap();
        let other = world.person("cleo").await.unwrap();
        let community = world.community(facilitator, "weavers").await.unwrap();
        let draft = poll_draft(asked(way, places, world.ops.now()));
        let verb = move |tx: &mut Tx<'_>| start(tx, asker, Some(community), &draft, &Origin::Local);
        let poll = world.ops.write(verb).await.unwrap();
        Self {
            world,
            facilitator,
            asker,
            other,
            community,
            poll,
        }
    }

    async fn vote(&self, by: ActorId, ballot: &[i32]) -> Outcome<()> {
        let (poll, ballot) = (self.poll, ballot.to_vec());
        let verb = move |tx: &mut Tx<'_>| vote(tx, by, poll, &ballot);
        self.world.ops.write(verb).await
    }

    async fn vote_from_peer(&self, by: (ActorId, PeerId), name: &str) -> Outcome<()> {
        let (poll, (by, peer)) = (self.poll, by);
        let vote = PeerVote {
            name: name.to_owned(),
            place: None,
        };
        let verb = move |tx: &mut Tx<'_>| {
            vote_from_peer(
                tx,
                by,
                poll,
                &vote,
                &delivered("https://beta.test/votes/1", peer),
            )
        };
        self.world.ops.write(verb).await
    }

    async fn tally(&self) -> PollTally {
        let poll = self.poll;
        let read = move |db: &mut store::Db| store::poll::tally(db, poll).map_err(Error::from);
        self.world.ops.store().read(read).await.unwrap()
    }

    /// Voters, votes and points.
    async fn counts(&self) -> (i64, Vec<i64>, Vec<i64>) {
        let tally = self.tally().await;
        (tally.voters, tally.votes, tally.points)
    }

    async fn edit(&self, change: impl Fn(PollDetails) -> PollDetails) -> Outcome<()> {
        let (by, poll) = (self.asker, self.poll);
        let read = move |db: &mut store::Db| store::poll::of_post(db, poll).map_err(Error::from);
        let details = self.world.ops.store().read(read).await.unwrap().unwrap();
        let draft = poll_draft(change(details));
        let verb = move |tx: &mut Tx<'_>| edit(tx, by, poll, &draft, &Origin::Local);
        self.world.ops.write(verb).await
    }

    /// The facilitator bans somebody.
    async fn ban(&self, who: ActorId, until: Option<Time>) {
        let (by, community) = (self.facilitator, self.community);
        let ban = crate::moderation::Ban {
            until,
            ..Default::default()
        };
        let ban = move |tx: &mut Tx<'_>| crate::moderation::ban(tx, by, community, who, &ban);
        self.world.ops.write(ban).await.unwrap();
    }

    async fn end(&self) {
        self.world.clock.pass(WEEK);
        let poll = self.poll;
        self.world
            .ops
            .write(move |tx| close(tx, poll))
            .await
            .unwrap();
    }

    /// Somebody of another server, and their server.
    async fn stranger(&self, name: &str) -> (ActorId, PeerId) {
        let id = self.world.stranger(name, "beta.test").await.unwrap();
        let read = move |db: &mut store::Db| store::raw::actor::by_id(db, id).map_err(Error::from);
        let row = self.world.ops.store().read(read).await.unwrap().unwrap();
        (id, row.peer_id.unwrap())
    }

    async fn notices(&self, who: ActorId) -> Vec<NoticeKind> {
        let now = self.world.ops.now();
        let read = move |db: &mut store::Db| {
            store::notice::list(db, who, now, NoticeId(i64::MAX), 100).map_err(Error::from)
        };
        let rows = self.world.ops.store().read(read).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    }
}

fn refusal(result: Outcome<()>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(()) => panic!("not refused"),
    }
}

fn invalid(field: &'static str, why: Why) -> Refusal {
    Refusal::invalid(field, why)
}

store::both! {
    async fn a_vote_counts_once_and_can_be_changed_until_the_end(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        for ballot in [[0], [0], [1]] {
            scene.vote(scene.other, &ballot).await.unwrap();
        }
        scene.vote(scene.asker, &[1]).await.unwrap();
        assert_eq!(scene.counts().await, (2, vec![0, 2, 0], vec![0; 3]));
        for (bad, why) in [
            (vec![], Why::Required),
            (vec![0, 1], Why::TooLong),
            (vec![3], Why::NotAChoice),
            (vec![-1], Why::NotAChoice),
        ] {
            assert_eq!(refusal(scene.vote(scene.other, &bad).await), invalid("choice", why));
        }
        scene.world.clock.pass(WEEK);
        let late = refusal(scene.vote(scene.other, &[2]).await);
        assert_eq!(late, Refusal::NotAllowed(Rule::PollOver));
        assert_eq!(scene.counts().await, (2, vec![0, 2, 0], vec![0; 3]));
    }

    async fn several_choices_are_counted_by_voters(store: Store) {
        let scene = Scene::new(store, PollWay::Several, 3).await;
        scene.vote(scene.other, &[2, 0]).await.unwrap();
        scene.vote(scene.other, &[0, 2]).await.unwrap();
        scene.vote(scene.asker, &[0]).await.unwrap();
        assert_eq!(scene.counts().await, (2, vec![2, 0, 1], vec![0; 3]));
    }

    async fn a_ranked_ballot_gives_points(store: Store) {
        let scene = Scene::new(store, PollWay::Ranked, 2).await;
        scene.vote(scene.other, &[2, 0]).await.unwrap();
        scene.vote(scene.asker, &[0]).await.unwrap();
        assert_eq!(scene.counts().await, (2, vec![1, 0, 1], vec![3, 0, 2]));
        scene.vote(scene.other, &[0, 1]).await.unwrap();
        assert_eq!(scene.counts().await, (2, vec![2, 0, 0], vec![4, 1, 0]));
    }

    async fn a_peer_votes_once_before_the_end_for_a_choice_that_is_there(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let eva = scene.stranger("eva").await;
        scene.vote_from_peer(eva, "Time").await.unwrap();
        scene.vote_from_peer(eva, "Time").await.unwrap();
        let again = refusal(scene.vote_from_peer(eva, "Training").await);
        assert_eq!(again, Refusal::NotAllowed(Rule::Voted));
        let missing = refusal(scene.vote_from_peer(scene.stranger("fay").await, "Money").await);
        assert_eq!(missing, invalid("choice", Why::NotAChoice));
        assert_eq!(scene.counts().await, (1, vec![0, 1, 0], vec![0; 3]));
        scene.world.clock.pass(WEEK);
        let late = refusal(scene.vote_from_peer(scene.stranger("gus").await, "Time").await);
        assert_eq!(late, Refusal::NotAllowed(Rule::PollOver));
        assert_eq!(scene.counts().await, (1, vec![0, 1, 0], vec![0; 3]));
    }

    async fn votes_of_peers_without_a_place_take_the_next_one(store: Store) {
        let scene = Scene::new(store, PollWay::Ranked, 2).await;
        let eva = scene.stranger("eva").await;
        for name in ["Templates", "Time"] {
            scene.vote_from_peer(eva, name).await.unwrap();
        }
        let third = refusal(scene.vote_from_peer(eva, "Training").await);
        assert_eq!(third, invalid("choice", Why::TooLong));
        assert_eq!(scene.counts().await, (1, vec![0, 0, 1], vec![0, 1, 2]));
    }

    async fn who_may_not_reply_may_not_vote(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let banned = scene.other;
        scene.ban(banned, None).await;
        assert_eq!(refusal(scene.vote(banned, &[0]).await), Refusal::NotAllowed(Rule::Banned));
        let (poll, by) = (scene.poll, scene.facilitator);
        for state in [PostState::Held, PostState::Hidden, PostState::Draft] {
            let hide = move |tx: &mut Tx<'_>| Ok(store::post::set_state(tx.db, poll, state)?);
            scene.world.ops.write(hide).await.unwrap();
            for who in [scene.asker, by] {
                assert_eq!(refusal(scene.vote(who, &[0]).await), Refusal::NotFound("post"));
            }
        }
        let live = move |tx: &mut Tx<'_>| {
            store::post::set_state(tx.db, poll, PostState::Live)?;
            remove(tx, by, poll, &Origin::Local)
        };
        scene.world.ops.write(live).await.unwrap();
        assert_eq!(refusal(scene.vote(scene.asker, &[0]).await), Refusal::Gone("post"));
        assert!(scene.tally().await.is_empty(), "nobody has voted");
    }

    async fn once_somebody_has_voted_only_the_end_moves(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let with = |name: &'static str| {
            move |mut poll: PollDetails| {
                poll.choices.push(LangText::single("en", name));
                poll
            }
        };
        scene.edit(with("Money")).await.unwrap();
        scene.vote(scene.other, &[3]).await.unwrap();
        let settled = invalid("choices", Why::Settled);
        assert_eq!(refusal(scene.edit(with("Room")).await), settled);
        let named = |poll| PollDetails { shows_names: true, ..poll };
        assert_eq!(refusal(scene.edit(named).await), settled, "they voted without their names");
        let later = scene.world.ops.now().plus_seconds(2 * WEEK);
        scene.edit(move |poll| PollDetails { ends_at: Some(later), ..poll }).await.unwrap();
        scene.end().await;
        assert_eq!(scene.tally().await.closed_at, None, "its end was moved");
        scene.vote(scene.asker, &[0]).await.unwrap();
        scene.end().await;
        assert_eq!(scene.tally().await.closed_at, Some(later));
        let reopened = scene.edit(|poll| PollDetails { ends_at: None, ..poll }).await;
        assert_eq!(refusal(reopened), invalid("ends", Why::Settled));
        assert_eq!(scene.counts().await, (2, vec![1, 0, 0, 1], vec![0; 4]));
    }

    async fn at_the_end_who_asked_and_who_voted_are_told_once(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        for who in [scene.other, scene.asker] {
            scene.vote(who, &[0]).await.unwrap();
        }
        scene.world.clock.pass(WEEK - 1);
        let poll = scene.poll;
        scene.world.ops.write(move |tx| close(tx, poll)).await.unwrap();
        assert_eq!(scene.tally().await.closed_at, None);
        for _ in 0..2 {
            scene.end().await;
            let tell = move |tx: &mut Tx<'_>| tell_voters(tx, poll, ActorId(0));
            scene.world.ops.write(tell).await.unwrap();
        }
        for who in [scene.asker, scene.other] {
            assert_eq!(scene.notices(who).await, [NoticeKind::PollEnded]);
        }
        assert_eq!(scene.notices(scene.facilitator).await, []);
        let jobs = scene.world.jobs().await.unwrap();
        let told = jobs.iter().filter(|job| matches!(job, NewJob::TellVoters(_)));
        assert_eq!(told.count(), 1);
    }

    async fn new_counts_are_sent_once_a_while(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let waiting = || async {
            let jobs = scene.world.jobs().await.unwrap();
            let counts = jobs.iter().filter(|job| matches!(job, NewJob::SendPollCounts(_)));
            counts.count()
        };
        scene.vote(scene.other, &[0]).await.unwrap();
        assert_eq!(waiting().await, 0, "nobody elsewhere has it");
        let (eva, _) = scene.stranger("eva").await;
        let community = scene.community;
        let follow = move |tx: &mut Tx<'_>| {
            crate::follow::requested_by_peer(tx, eva, community, "https://beta.test/follows/1")
        };
        scene.world.ops.write(follow).await.unwrap();
        for who in [scene.other, scene.asker, scene.facilitator] {
            scene.vote(who, &[1]).await.unwrap();
        }
        assert_eq!(waiting().await, 1);
        let poll = scene.poll;
        scene.world.ops.write(move |tx| take_update_due(tx, poll)).await.unwrap();
        scene.vote(scene.other, &[2]).await.unwrap();
        assert_eq!(waiting().await, 2);
    }

    async fn what_a_poll_asks_is_bounded(store: Store) {
        let world = World::new(store).await.unwrap();
        let by = world.person("ann").await.unwrap();
        let community = world.community(by, "weavers").await.unwrap();
        let now = world.ops.now();
        let refused = |change: fn(&mut PollDetails, Time)| {
            let mut details = asked(PollWay::Ranked, 3, now);
            change(&mut details, now);
            let draft = poll_draft(details);
            let verb = move |tx: &mut Tx<'_>| {
                start(tx, by, Some(community), &draft, &Origin::Local).map(|_| ())
            };
            world.ops.write(verb)
        };
        let of = |field, why| invalid(field, why);
        let few: fn(&mut PollDetails, Time) = |poll, _| {
            poll.choices.truncate(1);
            poll.places = 1;
        };
        assert_eq!(refusal(refused(few).await), of("choices", Why::TooShort));
        let lots: fn(&mut PollDetails, Time) = |poll, _| {
            poll.choices = (0..21).map(|n: i32| LangText::single("en", &n.to_string())).collect();
        };
        assert_eq!(refusal(refused(lots).await), of("choices", Why::TooLong));
        let long: fn(&mut PollDetails, Time) = |poll, _| {
            poll.choices.push(LangText::single("en", &"x".repeat(201)));
        };
        assert_eq!(refusal(refused(long).await), of("choices", Why::Malformed));
        let twice: fn(&mut PollDetails, Time) = |poll, _| {
            poll.choices.push(LangText::single("en", "Time"));
        };
        assert_eq!(refusal(refused(twice).await), of("choices", Why::Taken));
        let places: fn(&mut PollDetails, Time) = |poll, _| poll.places = 4;
        assert_eq!(refusal(refused(places).await), of("places", Why::NotAChoice));
        let past: fn(&mut PollDetails, Time) = |poll, now| poll.ends_at = Some(now);
        assert_eq!(refusal(refused(past).await), of("ends", Why::Expired));
        let far: fn(&mut PollDetails, Time) = |poll, now| {
            poll.ends_at = Some(now.plus_seconds(367 * 86_400));
        };
        assert_eq!(refusal(refused(far).await), of("ends", Why::TooLong));
    }
}

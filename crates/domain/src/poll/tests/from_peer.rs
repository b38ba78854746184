//! Polls of other servers: their counts and their end are as their server tells, and are passed on now and then.

use super::*;
use store::Store;

/// A poll of Eva of beta, read by Ann, perhaps in Ann's community, which Fay of gamma follows.
struct Theirs {
    world: World,
    reader: ActorId,
    eva: ActorId,
    origin: Origin,
    poll: PostId,
    /// When it began.
    began: Time,
}

impl Theirs {
    async fn new(store: Store, in_community: bool) -> Self {
        let world = World::new(store).await.unwrap();
        let reader = world.person("ann").await.unwrap();
        let eva = world.stranger("eva", "beta.test").await.unwrap();
        let read = move |db: &mut store::Db| store::raw::actor::by_id(db, eva).map_err(Error::from);
        let peer = world
            .ops
            .store()
            .read(read)
            .await
            .unwrap()
            .unwrap()
            .peer_id
            .unwrap();
        let began = world.ops.now();
        let announced = delivered("https://beta.test/polls/1", peer);
        let (origin, community) = match in_community {
            false => (announced.unannounced(), None),
            true => {
                let community = world.community(reader, "weavers").await.unwrap();
                let fay = world.stranger("fay", "gamma.test").await.unwrap();
                let follow = move |tx: &mut Tx<'_>| {
                    let id = "https://gamma.test/follows/1";
                    crate::follow::requested_by_peer(tx, fay, community, id)
                };
                world.ops.write(follow).await.unwrap();
                (announced, Some(community))
            }
        };
        let (draft, theirs) = (told([4, 0, 0], began, 0), origin.clone());
        let begin = move |tx: &mut Tx<'_>| start(tx, eva, community, &draft, &theirs);
        let poll = world.ops.write(begin).await.unwrap();
        Self {
            world,
            reader,
            eva,
            origin,
            poll,
            began,
        }
    }

    async fn tell(&self, draft: Draft) {
        let (eva, poll, origin) = (self.eva, self.poll, self.origin.clone());
        let update = move |tx: &mut Tx<'_>| update_from_peer(tx, eva, poll, &draft, &origin);
        self.world.ops.write(update).await.unwrap();
    }

    /// The counts at a second, with another end where one is given.
    fn told(&self, votes: [i64; 3], at: i64, ends: Option<i64>) -> Draft {
        let mut draft = told(votes, self.began, at);
        if let (Some(PostDetails::Poll(poll)), Some(ends)) = (&mut draft.details, ends) {
            poll.ends_at = Some(self.began.plus_seconds(ends));
        }
        draft
    }

    async fn vote(&self, ballot: &[i32]) -> Outcome<()> {
        let (reader, poll, ballot) = (self.reader, self.poll, ballot.to_vec());
        self.world
            .ops
            .write(move |tx| vote(tx, reader, poll, &ballot))
            .await
    }

    async fn close(&self) {
        let poll = self.poll;
        self.world
            .ops
            .write(move |tx| close(tx, poll))
            .await
            .unwrap();
    }

    async fn tally(&self) -> PollTally {
        let poll = self.poll;
        let read = move |db: &mut store::Db| store::poll::tally(db, poll).map_err(Error::from);
        self.world.ops.store().read(read).await.unwrap()
    }

    /// When the jobs that close it are due, in seconds since it began.
    async fn closings(&self) -> Vec<i64> {
        let read = |db: &mut store::Db| {
            store::queue::jobs::of_kind(db, "close_poll", 100).map_err(Error::from)
        };
        let rows = self.world.ops.store().read(read).await.unwrap();
        let began = self.began.unix_millis();
        rows.iter()
            .map(|row| (row.run_at.unix_millis() - began) / 1_000)
            .collect()
    }

    /// How often followers elsewhere are told.
    async fn relayed(&self) -> usize {
        let jobs = self.world.jobs().await.unwrap();
        jobs.iter()
            .filter(|job| matches!(job, NewJob::Relay(_)))
            .count()
    }
}

/// What the server of the poll tells, so many seconds after it began.
fn told(votes: [i64; 3], began: Time, at: i64) -> Draft {
    Draft {
        tally: Some(PollTally {
            voters: votes.iter().sum(),
            votes: votes.to_vec(),
            points: vec![0; 3],
            closed_at: None,
            changed_at: Some(began.plus_seconds(at)),
        }),
        ..poll_draft(asked(PollWay::One, 1, began))
    }
}

store::both! {
    async fn the_counts_of_a_remote_poll_are_as_its_server_tells(store: Store) {
        let theirs = Theirs::new(store, false).await;
        theirs.vote(&[2]).await.unwrap();
        let tally = theirs.tally().await;
        assert_eq!((tally.voters, tally.votes), (5, vec![4, 0, 1]));
        assert_eq!(refusal(theirs.vote(&[1]).await), Refusal::NotAllowed(Rule::Voted));
        let jobs = theirs.world.jobs().await.unwrap();
        assert!(jobs.iter().any(|job| matches!(job, NewJob::SendVote(_))), "{jobs:?}");
        for (votes, at, expected) in [([4, 1, 1], 20, 6), ([4, 0, 1], 10, 6)] {
            theirs.tell(theirs.told(votes, at, None)).await;
            assert_eq!(theirs.tally().await.voters, expected, "the older one changes nothing");
        }
        let poll = theirs.poll;
        let read = move |db: &mut store::Db| store::raw::post::by_id(db, poll).map_err(Error::from);
        let row = theirs.world.ops.store().read(read).await.unwrap().unwrap();
        assert_eq!(row.edited_at, None, "new counts are no edit");
        // Neither do many of them take the author's edits, nor does the end here make its server's last counts old.
        for number in 0..40 {
            theirs.tell(theirs.told([5, 1, number], 30 + number, None)).await;
        }
        theirs.world.clock.pass(WEEK + 1);
        theirs.close().await;
        theirs.tell(theirs.told([5, 1, 60], WEEK, None)).await;
        let tally = theirs.tally().await;
        assert_eq!((tally.voters, tally.closed_at.is_some()), (66, true));
    }

    async fn counts_that_are_not_told_do_not_undo_those_that_are_known(store: Store) {
        let theirs = Theirs::new(store, false).await;
        theirs.vote(&[2]).await.unwrap();
        theirs.tell(Draft { tally: None, ..theirs.told([0, 0, 0], 20, None) }).await;
        assert_eq!(theirs.tally().await.votes, [4, 0, 1]);
    }

    async fn the_job_that_tells_of_the_end_moves_with_it(store: Store) {
        let theirs = Theirs::new(store, false).await;
        theirs.tell(theirs.told([4, 0, 0], 10, Some(9_000))).await;
        assert_eq!(theirs.closings().await, [0_i64; 0], "nobody here has voted");
        theirs.vote(&[2]).await.unwrap();
        assert_eq!(theirs.closings().await, [9_000]);
        for (at, ends) in [(20, 18_000), (30, 3_600), (40, 7_200)] {
            theirs.tell(theirs.told([4, 0, 1], at, Some(ends))).await;
            assert_eq!(theirs.closings().await, [ends], "one job, at the new end");
        }
        theirs.world.clock.pass(3_600);
        theirs.close().await;
        assert_eq!(theirs.tally().await.closed_at, None);
        theirs.world.clock.pass(3_600);
        theirs.close().await;
        assert!(theirs.tally().await.closed_at.is_some());
        let jobs = theirs.world.jobs().await.unwrap();
        assert!(jobs.iter().any(|job| matches!(job, NewJob::TellVoters(_))), "{jobs:?}");
    }

    async fn whatever_times_a_server_names_its_counts_are_passed_on_once_a_minute(store: Store) {
        let theirs = Theirs::new(store, true).await;
        let before = theirs.relayed().await;
        for number in 1..60 {
            // As if a minute, or an hour, had passed; the end moves each time.
            let draft = theirs.told([number, 0, 0], number * 60, Some(WEEK + number * 3_600));
            theirs.tell(draft).await;
        }
        assert_eq!(theirs.tally().await.voters, 59);
        assert_eq!(theirs.relayed().await, before + 1);
        let poll = theirs.poll;
        theirs.world.clock.pass(POLL_UPDATE_SECONDS);
        theirs.world.ops.write(move |tx| take_update_due(tx, poll)).await.unwrap();
        theirs.tell(theirs.told([70, 0, 0], 4_000, None)).await;
        assert_eq!(theirs.relayed().await, before + 2);
        // Of the end they hear at once, and once.
        for number in 1..9 {
            theirs.tell(theirs.told([80, number, 0], 5_000 + number, Some(1))).await;
        }
        assert_eq!(theirs.relayed().await, before + 3);
    }

    async fn a_peer_that_votes_again_and_again_changes_nothing(store: Store) {
        let scene = Scene::new(store, PollWay::Several, 3).await;
        let eva = scene.stranger("eva").await;
        let community = scene.community;
        let follow = move |tx: &mut Tx<'_>| {
            crate::follow::requested_by_peer(tx, eva.0, community, "https://beta.test/follows/1")
        };
        scene.world.ops.write(follow).await.unwrap();
        for round in 0..20 {
            for name in ["Time", "Training", "Time", "Templates"] {
                scene.vote_from_peer(eva, name).await.unwrap();
            }
            assert_eq!(scene.counts().await, (1, vec![1; 3], vec![0; 3]), "round {round}");
        }
        let jobs = scene.world.jobs().await.unwrap();
        let counts = jobs.iter().filter(|job| matches!(job, NewJob::SendPollCounts(_)));
        assert!(counts.count() <= 1);
    }
}

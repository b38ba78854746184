//! Ballots of whoever is suspended, blocked or banned: they do not count, and count again when that is undone.

use super::*;
use crate::account::{Principal, restore, suspend};
use crate::peer::{NewRule, Step, apply_rule, lift, rule};
use model::peer::policy::Severity;
use store::Store;
use store::post::recount::Whose;

const ADMIN: Principal = Principal::Operator;

impl Scene {
    async fn does<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.world.ops.write(verb).await.unwrap()
    }

    /// Runs the jobs that count somebody's posts, likes and votes anew.
    async fn recount(&self, who: ActorId) {
        let jobs = self.world.jobs().await.unwrap();
        assert!(jobs.contains(&model::job::Recount { actor: who }.into()));
        let mut next = Some(crate::post::Recount::default());
        while let Some(step) = next {
            let count = move |tx: &mut Tx<'_>| crate::post::recount(tx, Whose::Actor(who), step);
            next = self.does(count).await;
        }
    }

    /// Names of those who chose each choice, as a guest sees them.
    async fn named(&self) -> Vec<Vec<ActorId>> {
        let (poll, now) = (self.poll, self.world.ops.now());
        let read = move |db: &mut store::Db| {
            store::poll::named_voters(db, poll, 3, (50, now)).map_err(Error::from)
        };
        self.world.ops.store().read(read).await.unwrap()
    }
}

store::both! {
    async fn who_is_suspended_does_not_count_until_they_are_restored(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let who = scene.other;
        scene.vote(who, &[1]).await.unwrap();
        scene.vote(scene.asker, &[1]).await.unwrap();
        scene.does(move |tx| suspend(tx, ADMIN, who, "Posts adverts")).await;
        scene.recount(who).await;
        assert_eq!(scene.counts().await, (1, vec![0, 1, 0], vec![0; 3]));
        // Also in a poll that is over.
        scene.end().await;
        scene.does(move |tx| restore(tx, ADMIN, who)).await;
        scene.recount(who).await;
        assert_eq!(scene.counts().await, (2, vec![0, 2, 0], vec![0; 3]));
    }

    async fn who_is_banned_does_not_count_while_they_are(store: Store) {
        let scene = Scene::new(store, PollWay::Ranked, 2).await;
        let (who, by, community) = (scene.other, scene.facilitator, scene.community);
        scene.vote(who, &[2, 0]).await.unwrap();
        scene.vote(scene.asker, &[0, 1]).await.unwrap();
        let all = (2, vec![1, 0, 1], vec![3, 1, 2]);
        assert_eq!(scene.counts().await, all);
        scene.ban(who, None).await;
        scene.recount(who).await;
        let without = (1, vec![1, 0, 0], vec![2, 1, 0]);
        assert_eq!(scene.counts().await, without);
        assert_eq!(scene.named().await, [vec![scene.asker], vec![scene.asker], vec![]]);
        scene.does(move |tx| crate::moderation::lift_ban(tx, by, community, who, &Default::default())).await;
        scene.recount(who).await;
        assert_eq!(scene.counts().await, all);
        let day = scene.world.ops.now().plus_seconds(86_400);
        scene.ban(who, Some(day)).await;
        scene.recount(who).await;
        assert_eq!(scene.counts().await, without);
        scene.world.clock.pass(86_400);
        scene.recount(who).await;
        assert_eq!(scene.counts().await, all, "it has ended");
    }

    async fn who_is_of_a_blocked_server_does_not_count_while_it_is(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let eva = scene.stranger("eva").await;
        scene.vote_from_peer(eva, "Time").await.unwrap();
        scene.vote(scene.other, &[0]).await.unwrap();
        let peer = eva.1;
        let settle = async || {
            let mut next = Some(Step::default());
            while let Some(step) = next {
                next = scene.does(move |tx| apply_rule(tx, peer, step)).await;
            }
        };
        let block = NewRule::new("beta.test", Severity::Block);
        scene.does(move |tx| rule(tx, ADMIN, &block)).await;
        settle().await;
        assert_eq!(scene.counts().await, (1, vec![1, 0, 0], vec![0; 3]));
        scene.does(|tx| lift(tx, ADMIN, "beta.test")).await;
        settle().await;
        assert_eq!(scene.counts().await, (2, vec![1, 1, 0], vec![0; 3]));
    }

    async fn choices_stay_settled_while_nobodys_vote_counts(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let who = scene.other;
        scene.vote(who, &[2]).await.unwrap();
        scene.does(move |tx| suspend(tx, ADMIN, who, "Posts adverts")).await;
        scene.recount(who).await;
        assert!(scene.tally().await.is_empty());
        let other = scene.edit(|mut poll| {
            poll.choices.truncate(2);
            poll
        });
        assert_eq!(refusal(other.await), invalid("choices", Why::Settled));
    }

    async fn who_moderates_bans_but_nobody_who_moderates_is_banned(store: Store) {
        let scene = Scene::new(store, PollWay::One, 1).await;
        let (by, community, who) = (scene.facilitator, scene.community, scene.other);
        let ban = |by, who, until| {
            let ban = crate::moderation::Ban { until, ..Default::default() };
            let ban = move |tx: &mut Tx<'_>| crate::moderation::ban(tx, by, community, who, &ban);
            scene.world.ops.write(ban)
        };
        let refused = refusal(ban(who, scene.asker, None).await);
        assert!(matches!(refused, Refusal::NotAllowed(_)), "{refused:?}");
        assert_eq!(refusal(ban(by, by, None).await), invalid("person", Why::NotAChoice));
        let now = Some(scene.world.ops.now());
        assert_eq!(refusal(ban(by, who, now).await), invalid("until", Why::Expired));
        let nobody = refusal(ban(by, ActorId(1), None).await);
        assert_eq!(nobody, Refusal::NotFound("person"));
    }
}

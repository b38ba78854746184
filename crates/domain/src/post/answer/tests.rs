//! Accepted answers: who accepts them, and what counts.

use super::*;
use crate::discussion::start;
use crate::post::{Draft, remove};
use crate::testing::{World, delivered, draft};
use model::{PeerId, Refusal, Via};
use store::Store;

/// A question in a community, and those around it.
struct Scene {
    world: World,
    facilitator: ActorId,
    asker: ActorId,
    other: ActorId,
    question: PostId,
    /// Replies of the other person.
    replies: Vec<PostId>,
}

async fn start_one(world: &World, by: ActorId, place: ActorId, kind: PostKind) -> PostId {
    let draft = Draft {
        kind,
        ..draft("How do you warp?", "I am stuck.")
    };
    let verb = move |tx: &mut Tx<'_>| start(tx, by, Some(place), &draft, &Origin::Local);
    world.ops.write(verb).await.unwrap()
}

impl Scene {
    async fn new(store: Store, kind: PostKind) -> Self {
        let world = World::new(store).await.unwrap();
        let facilitator = world.person("ann").await.unwrap();
        let asker = world.person("bob").await.unwrap();
        let other = world.person("cleo").await.unwrap();
        let place = world.community(facilitator, "weavers").await.unwrap();
        let question = start_one(&world, asker, place, kind).await;
        let mut replies = Vec::new();
        for text in ["Use a peg.", "Use two.", "Ask Dan."] {
            replies.push(world.reply(other, question, text).await.unwrap());
        }
        Self {
            world,
            facilitator,
            asker,
            other,
            question,
            replies,
        }
    }

    async fn accept(&self, by: ActorId, reply: PostId, origin: Origin) -> Outcome<()> {
        let verb = move |tx: &mut Tx<'_>| accept(tx, by, reply, &origin);
        self.world.ops.write(verb).await
    }

    /// The accepted answers that count, and the kind of the thread.
    async fn answers(&self) -> (i32, PostKind) {
        let id = self.question;
        let read = move |db: &mut store::Db| store::raw::post::by_id(db, id).map_err(Error::from);
        let row = self.world.ops.store().read(read).await.unwrap().unwrap();
        (row.answer_count, row.kind)
    }

    /// Somebody of another server, and their server.
    async fn stranger(&self, name: &str) -> (ActorId, PeerId) {
        let id = self.world.stranger(name, "beta.test").await.unwrap();
        let read = move |db: &mut store::Db| store::raw::actor::by_id(db, id).map_err(Error::from);
        let row = self.world.ops.store().read(read).await.unwrap().unwrap();
        (id, row.peer_id.unwrap())
    }
}

fn refused(result: Outcome<()>) -> Option<Rule> {
    match result {
        Err(Error::Refused(Refusal::NotAllowed(rule))) => Some(rule),
        Err(other) => panic!("{other}"),
        Ok(()) => None,
    }
}

store::both! {
    async fn the_asker_and_the_facilitator_accept_answers(store: Store) {
        let scene = Scene::new(store, PostKind::Question).await;
        let [first, second, _] = scene.replies[..] else { panic!() };
        let mine = refused(scene.accept(scene.other, first, Origin::Local).await);
        assert_eq!(mine, Some(Rule::AskerOrModerator));
        for (by, reply) in [(scene.asker, first), (scene.facilitator, second), (scene.asker, second)] {
            scene.accept(by, reply, Origin::Local).await.unwrap();
        }
        assert_eq!(scene.answers().await, (2, PostKind::Question));
        let question = refused(scene.accept(scene.asker, scene.question, Origin::Local).await);
        assert_eq!(question, Some(Rule::Question));
        let by = scene.facilitator;
        scene.world.ops.write(move |tx| unaccept(tx, by, first, &Origin::Local)).await.unwrap();
        assert_eq!(scene.answers().await.0, 1);
    }

    async fn a_removed_answer_does_not_count(store: Store) {
        let scene = Scene::new(store, PostKind::Question).await;
        let (reply, author) = (scene.replies[0], scene.other);
        scene.accept(scene.asker, reply, Origin::Local).await.unwrap();
        scene.world.ops.write(move |tx| remove(tx, author, reply, &Origin::Local)).await.unwrap();
        assert_eq!(scene.answers().await.0, 0);
        let again = scene.accept(scene.asker, reply, Origin::Local).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Gone(_)))));
    }

    async fn only_replies_to_questions_are_accepted_here(store: Store) {
        let scene = Scene::new(store, PostKind::Discussion).await;
        let refused = refused(scene.accept(scene.asker, scene.replies[0], Origin::Local).await);
        assert_eq!(refused, Some(Rule::Question));
    }

    async fn a_question_has_a_limited_number_of_answers(store: Store) {
        let scene = Scene::new(store, PostKind::Question).await;
        for _ in 0..ANSWERS_MAX {
            let reply = scene.world.reply(scene.other, scene.question, "And so on.").await.unwrap();
            scene.accept(scene.asker, reply, Origin::Local).await.unwrap();
        }
        let refused = refused(scene.accept(scene.asker, scene.replies[0], Origin::Local).await);
        assert_eq!(refused, Some(Rule::AnswersFull));
    }

    async fn of_peers_only_the_asker_is_believed(store: Store) {
        let scene = Scene::new(store, PostKind::Question).await;
        let (mallory, peer) = scene.stranger("mallory").await;
        let forged = delivered("https://beta.test/choose/1", peer);
        let announced = match forged.clone() {
            Origin::Remote { ap_id, .. } => Origin::Remote {
                ap_id,
                peer,
                published: None,
                via: Via::Announced,
                url: None,
                context: None,
                updated: None,
                named: String::new(),
                announcer: Some(mallory),
                activity: None,
            },
            Origin::Local => panic!(),
        };
        for origin in [forged, announced] {
            let refused = refused(scene.accept(mallory, scene.replies[0], origin).await);
            assert_eq!(refused, Some(Rule::AskerOrModerator));
        }
        assert_eq!(scene.answers().await.0, 0);
    }
}

store::both! {
    async fn a_servers_mark_counts_in_its_own_communities_only(store: Store) {
        let scene = Scene::new(store, PostKind::Question).await;
        let (bea, peer) = scene.stranger("bea").await;
        let question = scene.question;
        let origin = delivered("https://beta.test/n/1", peer);
        let published = origin.clone();
        let reply = scene.world.ops
            .write(move |tx| crate::discussion::reply(tx, bea, question, &draft("", "Mine."), &published))
            .await.unwrap();
        // The community and the asker are of this server: another one has no say.
        let marked = origin.clone();
        scene.world.ops.write(move |tx| accept_as_marked(tx, reply, &marked)).await.unwrap();
        assert_eq!(scene.answers().await.0, 0);
        // A community of that server.
        let dyers = crate::actor::RemoteActor {
            kind: model::ActorKind::Group,
            charter: Some(model::community::Charter::default()),
            ..crate::testing::stranger("dyers", "beta.test")
        };
        let dyers = scene.world.ops
            .write(move |tx| crate::actor::store_remote(tx, &dyers))
            .await.unwrap();
        let asked = delivered("https://beta.test/p/1", peer);
        let answered = delivered("https://beta.test/n/2", peer);
        let count = scene.world.ops
            .write(move |tx| {
                let thread = start(tx, bea, Some(dyers), &draft("How?", "Woad."), &asked)?;
                let reply = crate::discussion::reply(tx, bea, thread, &draft("", "So."), &answered)?;
                accept_as_marked(tx, reply, &answered)?;
                accept_as_marked(tx, reply, &answered)?;
                let row = store::raw::post::by_id(tx.db, thread)?.unwrap();
                Ok((row.answer_count, row.kind))
            })
            .await.unwrap();
        assert_eq!(count, (1, PostKind::Question));
    }
}

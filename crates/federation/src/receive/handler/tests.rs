//! Tests of batches of activities: each is applied once, in order, and at a known cost in rows.

use crate::test_instance::TestInstance;
use delivery::inbound::BatchError;
use domain::Outcome;
use model::peer::InboundState;
use model::{ActorId, ActorKind, InboundId, PostId};
use serde_json::{Value, json};
use store::queue::hold;
use store::row;
use store::testing::changes;

const BEA: &str = "https://beta.test/u/bea";
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

struct Scene {
    instance: TestInstance,
    thread: PostId,
    topic: String,
    weavers: ActorId,
}

impl Scene {
    async fn new() -> Self {
        let instance = TestInstance::new().await;
        let weavers = instance.community("weavers").await;
        instance
            .stranger("beta.test", ActorKind::Person, "bea")
            .await;
        let thread = instance.thread(instance.ann, weavers, "Warping").await;
        instance.run().await;
        Self {
            instance,
            thread,
            topic: format!("https://alpha.test/p/{thread}"),
            weavers,
        }
    }

    /// The rows of activities that bea's server has sent, kept.
    async fn kept(&self, activities: &[Value]) -> Vec<row::Inbound> {
        let ops = self.instance.fed.ops();
        let row = |activity: &Value| row::Inbound {
            id: ops.id(),
            guard: activity["id"].to_string(),
            signer: BEA.to_owned(),
            host: "beta.test".to_owned(),
            kind: activity["type"].to_string(),
            order_key: "one conversation".to_owned(),
            body: Some(activity.to_string()),
            state: InboundState::Waiting,
            reason: None,
            attempts: 0,
            run_at: ops.now(),
            lease_until: ops.now(),
            received_at: ops.now(),
        };
        let rows: Vec<row::Inbound> = activities.iter().map(row).collect();
        let kept = rows.clone();
        self.instance
            .does(move |tx| {
                for row in &kept {
                    store::queue::inbound::insert(tx.db, row)?;
                }
                Ok(())
            })
            .await;
        rows
    }

    async fn hears(&self, activities: &[Value]) {
        let rows = self.kept(activities).await;
        self.instance.apply_in_order(rows, false).await.unwrap();
    }

    async fn post(&self, ap_id: &str) -> Option<row::Post> {
        let ap_id = ap_id.to_owned();
        let read =
            move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_ap_id(db, &ap_id)?) };
        self.instance.fed.store().read(read).await.unwrap()
    }

    async fn count(&self, state: InboundState) -> i64 {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::queue::inbound::count(db, state)?)
        };
        self.instance.fed.store().read(read).await.unwrap()
    }

    /// Rows written by the instance so far.
    async fn written(&self) -> i64 {
        self.instance.does(|tx| Ok(changes(tx.db)?)).await
    }
}

fn note(number: usize) -> String {
    format!("https://beta.test/n/{number}")
}

fn act(kind: &str, number: usize, object: &Value) -> Value {
    json!({"id": format!("https://beta.test/{kind}/{number}"), "type": kind, "actor": BEA, "to": [PUBLIC], "object": object})
}

fn create(number: usize, parent: &str) -> Value {
    let words = json!({"id": note(number), "type": "Note", "attributedTo": BEA, "to": [PUBLIC],
        "inReplyTo": parent, "content": format!("<p>Note {number}</p>")});
    act("Create", number, &words)
}

#[tokio::test]
async fn a_batch_is_applied_as_if_each_had_waited_for_the_one_before() {
    let scene = Scene::new().await;
    // Each answers the one before it, which is not on the disk yet when this one is looked at.
    let mut said: Vec<Value> = (0..80)
        .map(|n| match n {
            0 => create(0, &scene.topic),
            n => create(n, &note(n - 1)),
        })
        .collect();
    said.push(act("Like", 0, &json!(note(79))));
    let mut edited = create(79, &note(78));
    edited["type"] = json!("Update");
    edited["id"] = json!("https://beta.test/Update/79");
    edited["object"]["content"] = json!("<p>Better words</p>");
    said.push(edited);
    said.push(act("Delete", 5, &json!(note(5))));
    said.push(create(5, &note(4)));
    scene.hears(&said).await;

    assert_eq!(scene.count(InboundState::Waiting).await, 0);
    let last = scene.post(&note(79)).await.unwrap();
    assert_eq!((last.like_count, last.depth), (1, 80));
    assert!(last.html.first().unwrap().1.contains("Better words"));
    assert!(scene.post(&note(5)).await.unwrap().deleted_at.is_some());
    let thread = scene.post(&scene.topic).await.unwrap();
    assert_eq!((thread.id, thread.reply_count), (scene.thread, 79));
    assert_eq!(thread.last_post_id, last.id);
}

#[tokio::test]
async fn an_activity_counts_once_however_often_its_row_is_worked_on() {
    let scene = Scene::new().await;
    let rows = scene
        .kept(&[create(0, &scene.topic), create(1, &scene.topic)])
        .await;
    for rows in [rows.clone(), rows] {
        scene.instance.apply_in_order(rows, false).await.unwrap();
    }
    assert_eq!(scene.count(InboundState::Done).await, 2);
    assert_eq!(scene.post(&scene.topic).await.unwrap().reply_count, 2);
}

#[tokio::test]
async fn a_reply_costs_eight_rows_and_a_like_four() {
    let scene = Scene::new().await;
    scene.hears(&[create(0, &scene.topic)]).await;
    let before = scene.written().await;
    scene.hears(&[create(1, &scene.topic)]).await;
    let replied = scene.written().await;
    assert!(
        replied - before <= 8,
        "{} rows for a reply",
        replied - before
    );
    scene.hears(&[act("Like", 1, &json!(note(1)))]).await;
    let liked = scene.written().await;
    assert!(liked - replied <= 4, "{} rows for a like", liked - replied);
    assert!(
        scene.instance.jobs().await.is_empty(),
        "nobody elsewhere listens"
    );
}

#[tokio::test]
async fn a_reply_stands_in_the_outbox_also_where_nobody_elsewhere_listens() {
    let scene = Scene::new().await;
    scene.hears(&[create(0, &scene.topic)]).await;
    let weavers = scene.weavers;
    let read = move |db: &mut store::Db| -> Outcome<_> {
        let newest = model::ActivityId(i64::MAX);
        Ok(store::queue::activity::outbox(db, weavers, newest, 9)?)
    };
    let said = scene.instance.fed.store().read(read).await.unwrap();
    let announced: Value = serde_json::from_str(&said[0].json).unwrap();
    assert_eq!(announced["type"], "Announce");
    assert_eq!(announced["object"], create(0, &scene.topic));
    scene.hears(&[act("Delete", 0, &json!(note(0)))]).await;
    scene.instance.run().await;
    let left = scene.instance.fed.store().read(read).await.unwrap();
    assert!(
        left.iter().all(|row| row.id != said[0].id),
        "its words are gone"
    );
}

impl Scene {
    /// What the queue says of an activity.
    async fn row(&self, id: InboundId) -> row::Inbound {
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let mut rows = Vec::new();
            for state in InboundState::ALL {
                rows.extend(store::queue::inbound::list(
                    db,
                    *state,
                    InboundId(i64::MAX),
                    1_000,
                )?);
            }
            Ok(rows.into_iter().find(|row| row.id == id).unwrap())
        };
        self.instance.fed.store().read(read).await.unwrap()
    }

    /// These rows as they stand now, in one line.
    async fn again(&self, rows: &[row::Inbound]) {
        let mut now = Vec::new();
        for row in rows {
            now.push(self.row(row.id).await);
        }
        self.instance.apply_in_order(now, true).await.unwrap();
    }

    /// Something of the database breaks, or is mended.
    async fn sql(&self, words: &'static str) {
        self.instance
            .does(move |tx| Ok(store::testing::run_sql(tx.db, words)?))
            .await;
    }
}

#[tokio::test]
async fn what_needs_one_that_is_tried_again_waits_and_the_rest_goes_on() {
    let scene = Scene::new().await;
    scene.hears(&[create(0, &scene.topic)]).await;
    scene
        .sql("CREATE TRIGGER odd BEFORE INSERT ON post_like BEGIN SELECT RAISE(ABORT, 'odd'); END")
        .await;
    let like = act("Like", 1, &json!(note(0)));
    let undo = act("Undo", 2, &like);
    let rows = scene
        .kept(&[like, create(1, &scene.topic), undo, create(2, &note(0))])
        .await;
    // Where the first breaks, nothing behind it is taken in before that is written down.
    let broken = scene.instance.apply_in_order(rows.clone(), false).await;
    assert!(
        matches!(broken, Ok(true) | Err(BatchError::Blocked)),
        "{broken:?}"
    );
    scene.again(&rows[1..]).await;
    let [like, reply, undo, other] = [0, 1, 2, 3].map(|n: usize| rows[n].id);
    let (like, undo) = (scene.row(like).await, scene.row(undo).await);
    assert_eq!((like.attempts, undo.attempts), (1, 0));
    assert_eq!(
        (undo.run_at, &undo.order_key),
        (like.run_at, &like.order_key)
    );
    for id in [reply, other] {
        assert_eq!(scene.row(id).await.state, InboundState::Done);
    }
    // Both have their turn, in order, and the like is taken back.
    scene.sql("DROP TRIGGER odd").await;
    for row in [&rows[0], &rows[2]] {
        scene.again(std::slice::from_ref(row)).await;
    }
    assert_eq!(scene.count(InboundState::Waiting).await, 0);
    assert_eq!(scene.post(&note(0)).await.unwrap().like_count, 0);
    let read = |db: &mut store::Db| -> Outcome<_> { Ok(hold::any(db)?) };
    assert!(!scene.instance.fed.store().read(read).await.unwrap());
}

#[tokio::test]
async fn an_outage_is_no_try_and_changes_no_order() {
    let scene = Scene::new().await;
    scene
        .sql(
            "CREATE TRIGGER full BEFORE INSERT ON post WHEN NEW.ap_id LIKE '%/n/1' \
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        )
        .await;
    let said: Vec<Value> = (0..30).map(|n| create(n, &scene.topic)).collect();
    let rows = scene.kept(&said).await;
    for _ in 0..9 {
        let mut waiting = Vec::new();
        for row in &rows {
            let row = scene.row(row.id).await;
            if row.state == InboundState::Waiting {
                waiting.push(row);
            }
        }
        let broken = scene.instance.apply_in_order(waiting, false).await;
        assert!(matches!(&broken, Err(BatchError::Unavailable(why)) if why.contains("full")));
    }
    assert_eq!(scene.row(rows[0].id).await.state, InboundState::Done);
    for row in &rows[1..] {
        assert_eq!(scene.row(row.id).await, *row, "as it was");
    }
    scene.sql("DROP TRIGGER full").await;
    scene.again(&rows[1..]).await;
    assert_eq!(scene.count(InboundState::Done).await, 30);
    assert_eq!(scene.count(InboundState::Rejected).await, 0);
    let mut before = scene.post(&note(0)).await.unwrap();
    for n in 1..30 {
        let post = scene.post(&note(n)).await.unwrap();
        assert!(before.id < post.id, "in order");
        before = post;
    }
}

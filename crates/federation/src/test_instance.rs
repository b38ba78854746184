//! For tests: an instance without a network, built with `domain::testing`. Tests run its jobs
//! themselves and read what it would send from its queue.

use crate::context::Federation;
use crate::outgoing::FanOut;
use client::{Client, ClientConfig, Guard};
use delivery::inbound::BatchError;
use delivery::jobs::Registry;
use domain::account::NewAccount;
use domain::actor::RemoteActor;
use domain::keys::KeyPair;
use domain::{Ops, OpsConfig, Outcome, Tx, testing};
use httpsig::SigningKey;
use model::community::Charter;
use model::fact::Relay;
use model::id::IdMint;
use model::job::{
    AnnounceThread, AnswerFollow, CatchUp, SendActor, SendActorRemoved, SendAnswer, SendFollow,
    SendLike, SendMove, SendPost, SendSuspension,
};
use model::peer::DeliveryState;
use model::poll::{SendPollCounts, SendVote};
use model::{
    AccountState, ActorId, ActorKind, Clock, DeliveryId, LangText, Origin, PostId, SiteRole,
    SystemClock,
};
use serde_json::Value;
use std::sync::{Arc, LazyLock};
use store::row::{self, JobRow};
use store::testing::Fresh;

static KEY: LazyLock<KeyPair> = LazyLock::new(testing::key);

/// An instance at `https://alpha.test`.
pub(crate) struct TestInstance {
    pub fed: Federation,
    pub ann: ActorId,
    /// The jobs that send.
    sending: Registry,
    _store: Fresh,
}

/// Returns the jobs that send, and none that fetches.
fn sending(fed: &Federation) -> Registry {
    Registry::default()
        .job::<SendPost, _>(fed)
        .job::<Relay, _>(fed)
        .job::<AnnounceThread, _>(fed)
        .job::<SendLike, _>(fed)
        .job::<SendAnswer, _>(fed)
        .job::<SendVote, _>(fed)
        .job::<SendPollCounts, _>(fed)
        .job::<SendFollow, _>(fed)
        .job::<AnswerFollow, _>(fed)
        .job::<SendActor, _>(fed)
        .job::<SendSuspension, _>(fed)
        .job::<SendMove, _>(fed)
        .job::<SendActorRemoved, _>(fed)
        .job::<FanOut, _>(fed)
        .job::<CatchUp, _>(fed)
}

/// A queued delivery: its inbox and its activity.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub inbox: String,
    pub json: Value,
}

impl TestInstance {
    pub async fn new() -> Self {
        let store = store::testing::sqlite();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ops = Ops::new(OpsConfig {
            store: store.clone(),
            clock: Arc::clone(&clock),
            ids: IdMint::random(),
            wake: Box::new(|| {}),
        });
        let mut set_up = testing::set_up("https://alpha.test", "ann").unwrap();
        set_up.site.description = LangText::single("en", "A **guild**");
        let ann = ops
            .write(move |tx| domain::site::set_up(tx, &set_up))
            .await
            .unwrap();
        ops.refresh_site().await.unwrap();
        let now = Arc::new(move || clock.now().utc());
        let client = Client::new(ClientConfig::new(Guard::default(), "test", now)).unwrap();
        let fed = Federation::new(ops, client);
        Self {
            sending: sending(&fed),
            fed,
            ann,
            _store: store,
        }
    }

    /// Applies received activities of one order key.
    pub async fn apply_in_order(
        &self,
        rows: Vec<row::Inbound>,
        has_postponed: bool,
    ) -> Result<bool, BatchError> {
        let context = self.fed.delivery_context();
        delivery::inbound::apply_in_order(&context, &self.fed, rows, has_postponed).await
    }

    /// Writes with a verb.
    pub async fn does<T: Send + 'static>(
        &self,
        verb: impl Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> T {
        self.fed.ops().write(verb).await.unwrap()
    }

    /// A member of the instance.
    pub async fn person(&self, handle: &str) -> ActorId {
        let new = NewAccount {
            name: String::new(),
            ..testing::new_account(handle).unwrap()
        };
        self.does(move |tx| {
            domain::account::create(tx, &new, SiteRole::Member, AccountState::Active)
        })
        .await
    }

    /// Ann founds a community.
    pub async fn community(&self, handle: &str) -> ActorId {
        let charter = Charter {
            name: LangText::new([("en", "Weavers"), ("fr", "Tissage")]),
            purpose: LangText::single("en", "To weave"),
            ..testing::charter(handle)
        };
        let (by, handle) = (self.ann, testing::handle(handle).unwrap());
        self.does(move |tx| {
            let id = domain::community::found(tx, by, &handle, &charter, &KEY)?;
            domain::community::set_posts_per_hour(tx, by, id, 0)?;
            Ok(id)
        })
        .await
    }

    /// A remote actor at `https://{host}`, whose server has a shared inbox.
    pub async fn stranger(&self, host: &str, kind: ActorKind, handle: &str) -> ActorId {
        let ap_id = model::Urls::new(&format!("https://{host}")).actor(kind, handle);
        let foreign = RemoteActor {
            kind,
            url: ap_id.clone(),
            inbox: format!("{ap_id}/inbox"),
            followers_url: Some(format!("{ap_id}/followers")),
            key_id: Some(format!("{ap_id}#main-key")),
            key_pem: Some(KEY.public_pem.clone()),
            charter: (kind == ActorKind::Group).then(Charter::default),
            ap_id,
            ..testing::stranger(handle, host)
        };
        self.does(move |tx| domain::actor::store_remote(tx, &foreign))
            .await
    }

    /// The signing key of a remote actor.
    pub fn strangers_key(ap_id: &str) -> SigningKey {
        SigningKey::from_der(&format!("{ap_id}#main-key"), &KEY.private_der).unwrap()
    }

    /// A remote actor follows a local one, who accepts.
    pub async fn followed(&self, by: ActorId, target: ActorId) {
        let ap_id = format!("https://followers.test/{by}/{target}");
        self.does(move |tx| domain::follow::requested_by_peer(tx, by, target, &ap_id))
            .await;
        self.run().await;
        self.deliver().await;
    }

    /// Starts a thread.
    pub async fn thread(&self, by: ActorId, community: ActorId, title: &str) -> PostId {
        let draft = testing::draft(title, "How?");
        self.does(move |tx| {
            domain::discussion::start(tx, by, Some(community), &draft, &Origin::Local)
        })
        .await
    }

    /// The jobs that wait, oldest first, but those of the search index.
    pub async fn jobs(&self) -> Vec<JobRow> {
        let read = |db: &mut store::Db| -> Outcome<_> { Ok(store::queue::jobs::list(db, 1_000)?) };
        let mut jobs = self.fed.store().read(read).await.unwrap();
        jobs.retain(|row| !row.kind.starts_with("index_"));
        jobs.sort_by_key(|row| row.id);
        jobs
    }

    /// Runs one job that sends, without taking it from the table. Does nothing for other kinds.
    pub async fn run_one(&self, row: &JobRow) {
        if let Some(result) = self.sending.run(row.clone()).await {
            result.unwrap();
        }
    }

    /// Runs jobs until none waits; each twice, as after a crash.
    pub async fn run(&self) {
        loop {
            let jobs = self.jobs().await;
            if jobs.is_empty() {
                return;
            }
            for row in jobs {
                self.run_one(&row).await;
                self.run_one(&row).await;
                self.does(move |tx| Ok(store::queue::jobs::finish(tx.db, row.id)?))
                    .await;
            }
        }
    }

    /// The queued deliveries, oldest first.
    pub async fn waiting(&self) -> Vec<Waiting> {
        let read = |db: &mut store::Db| -> Outcome<_> {
            let mut rows = store::queue::delivery::list(
                db,
                DeliveryState::Waiting,
                DeliveryId(i64::MAX),
                2_000,
            )?;
            rows.reverse();
            rows.into_iter()
                .map(|(row, _, _)| {
                    let activity = store::queue::activity::by_id(db, row.activity_id)?.unwrap();
                    let json = serde_json::from_str(&activity.json).unwrap();
                    Ok((
                        row.id,
                        Waiting {
                            inbox: row.inbox,
                            json,
                        },
                    ))
                })
                .collect::<Outcome<Vec<(DeliveryId, Waiting)>>>()
        };
        let rows = self.fed.store().read(read).await.unwrap();
        rows.into_iter().map(|(_, waiting)| waiting).collect()
    }

    /// As the wire's transcript: `type(inner type) actor → inbox`, without schemes.
    pub async fn transcript(&self) -> Vec<String> {
        let short = |text: &str| text.trim_start_matches("https://").to_owned();
        let line = |waiting: Waiting| {
            let json = &waiting.json;
            let kind = json["type"].as_str().unwrap();
            let inner = json["object"]["type"].as_str().unwrap_or("id");
            let actor = short(json["actor"].as_str().unwrap());
            format!("{kind}({inner}) {actor} → {}", short(&waiting.inbox))
        };
        self.waiting().await.into_iter().map(line).collect()
    }

    /// Delivers everything that is queued.
    pub async fn deliver(&self) {
        self.does(|tx| {
            let rows = store::queue::delivery::list(
                tx.db,
                DeliveryState::Waiting,
                DeliveryId(i64::MAX),
                2_000,
            )?;
            let ids: Vec<DeliveryId> = rows.iter().map(|(row, _, _)| row.id).collect();
            Ok(store::queue::delivery::delete_delivered(tx.db, &ids)?)
        })
        .await;
    }

    /// The transcript of what a verb has called for, which then arrives.
    pub async fn sent(&self) -> Vec<String> {
        self.run().await;
        let lines = self.transcript().await;
        self.deliver().await;
        lines
    }
}

//! Notices that an open page is told of: over real connections, each of which stays open.

use domain::{Outcome, Tx};
use model::access::SpaceAccess;
use model::notice::NoticeKind;
use model::{ActorId, LangText, MemberRole, NoticeId, PostId, PostKind, SpaceId};
use std::time::{Duration, Instant};
use store::row;
use store::testing::rows;
use testkit::{Community, Engine, EventStream, Instance, Network, Person, PostSnapshot};

/// An instance with Bea, who has begun a thread in Ann's community.
struct Scene {
    _net: Network,
    alpha: Instance,
    ann: Person,
    bea: Person,
    weavers: Community,
    thread: PostSnapshot,
}

impl Scene {
    async fn new() -> Self {
        Self::on(Engine::Sqlite, Network::new()).await.unwrap()
    }

    async fn on(engine: Engine, net: Network) -> Option<Self> {
        let alpha = net.instance_on(engine, "alpha.test").await?;
        let (ann, bea) = (alpha.person("ann").await, alpha.person("bea").await);
        let weavers = ann.found_community("weavers").await;
        bea.follow("!weavers@alpha.test").await;
        let thread = bea.start_discussion(&weavers, "Warping a heddle").await;
        net.settle().await;
        // What a notice of this follow was.
        let this = Self {
            _net: net,
            alpha,
            ann,
            bea,
            weavers,
            thread,
        };
        this.write(|tx, bea| domain::notice::see(tx, bea, NoticeId(i64::MAX)))
            .await;
        Some(this)
    }

    /// Runs a verb of Bea.
    async fn write(&self, verb: fn(&mut Tx<'_>, ActorId) -> Outcome<()>) {
        let bea = self.bea.id();
        let verb = move |tx: &mut Tx<'_>| verb(tx, bea);
        self.alpha.ops().write(verb).await.unwrap();
    }

    /// A stream of Bea in a session of its own, with its first event.
    async fn stream(&self) -> (EventStream, Option<String>) {
        let mut stream = EventStream::open(&self.alpha, &self.bea.sign_in().await).await;
        let first = stream.next().await;
        (stream, first)
    }
}

const fn unseen(count: i64) -> Option<&'static str> {
    match count {
        0 => Some(r#"{"unseen":0}"#),
        1 => Some(r#"{"unseen":1}"#),
        _ => Some(r#"{"unseen":2}"#),
    }
}

#[tokio::test]
async fn an_open_page_is_told_of_a_notice_and_of_its_reading_elsewhere() {
    let s = Scene::new().await;
    let (mut stream, first) = s.stream().await;
    assert_eq!(stream.status, 200);
    for line in [
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-accel-buffering: no",
    ] {
        assert!(
            stream.head.contains(&line.to_owned()),
            "{line}: {:?}",
            stream.head
        );
    }
    let compressed = stream
        .head
        .iter()
        .any(|line| line.starts_with("content-encoding"));
    assert!(!compressed, "{:?}", stream.head);
    assert_eq!(first.as_deref(), unseen(0));
    s.ann.reply(&s.thread, "Use a warping peg.").await;
    assert_eq!(stream.next().await.as_deref(), unseen(1));
    s.ann.reply(&s.thread, "Or two of them.").await;
    assert_eq!(stream.next().await.as_deref(), unseen(2));
    s.write(|tx, bea| domain::notice::see(tx, bea, NoticeId(i64::MAX)))
        .await;
    assert_eq!(stream.next().await.as_deref(), unseen(0));
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let s = Scene::new().await;
    let (mut stream, _) = s.stream().await;
    s.write(|tx, bea| domain::account::close_sessions(tx, bea, None).map(drop))
        .await;
    assert_eq!(stream.next().await, None, "signed out everywhere");
    let (mut stream, _) = s.stream().await;
    s.write(|tx, bea| domain::account::change_password(tx, bea, "$argon2id$other", None))
        .await;
    assert_eq!(stream.next().await, None, "the password was changed");
    let (mut stream, _) = s.stream().await;
    s.alpha.suspend(&s.bea).await;
    assert_eq!(stream.next().await, None, "suspended");
}

#[tokio::test]
async fn whoever_is_banned_is_not_told_of_what_they_may_not_see() {
    let s = Scene::new().await;
    let (ann, bea) = (s.ann.id(), s.bea.id());
    let weavers = s.alpha.actor("weavers@alpha.test").await.unwrap().id;
    let begin = move |tx: &mut Tx<'_>| {
        store::community::put_member(tx.db, weavers, bea, MemberRole::Member, tx.now)?;
        let space = row::Space {
            id: tx.id::<SpaceId>(),
            community_id: weavers,
            access: SpaceAccess::Members,
            name: LangText::single("en", "Members"),
            created_at: tx.now,
            posting: model::access::SpacePosting::All,
            closed_at: None,
        };
        store::space::insert(tx.db, &space)?;
        let id: PostId = tx.id();
        let post = row::Post {
            space_id: Some(space.id),
            community_id: Some(weavers),
            kind: PostKind::Discussion,
            ap_id: format!("http://alpha.test/p/{id}"),
            ..rows::thread(id, bea)
        };
        store::post::insert(tx.db, &post)?;
        Ok(id)
    };
    let root = s.alpha.ops().write(begin).await.unwrap();
    let (mut stream, first) = s.stream().await;
    assert_eq!(first.as_deref(), unseen(0));
    let reply = || async {
        let draft = domain::testing::draft("", "Among us: use a peg.");
        let verb = move |tx: &mut Tx<'_>| {
            domain::discussion::reply(tx, ann, root, &draft, &model::Origin::Local)
        };
        s.alpha.ops().write(verb).await.unwrap()
    };
    reply().await;
    assert_eq!(stream.next().await.as_deref(), unseen(1));
    let began = Instant::now();
    let ban = move |tx: &mut Tx<'_>| {
        domain::moderation::ban(tx, ann, weavers, bea, &domain::moderation::Ban::default())
    };
    s.alpha.ops().write(ban).await.unwrap();
    // What they are told is the ban.
    assert_eq!(stream.next().await.as_deref(), unseen(1), "at once");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "not by the check"
    );
    reply().await;
    s.ann.follow("@bea@alpha.test").await;
    assert_eq!(
        stream.next().await.as_deref(),
        unseen(2),
        "of the follower only"
    );
}

#[tokio::test]
async fn streams_are_for_browsers_of_members_and_few_each() {
    let s = Scene::new().await;
    let guest = EventStream::open(&s.alpha, "nobody").await;
    assert_eq!(guest.status, 401);
    let token = s.bea.sign_in().await;
    let mut open = Vec::new();
    for _ in 0..4 {
        let stream = EventStream::open(&s.alpha, &token).await;
        assert_eq!(stream.status, 200);
        open.push(stream);
    }
    let fifth = EventStream::open(&s.alpha, &token).await;
    assert_eq!(fifth.status, 204);
    open.clear();
    // The server notices at its own time that a connection was closed.
    let begun = Instant::now();
    while EventStream::open(&s.alpha, &token).await.status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test]
async fn a_page_can_ask_in_its_readers_language() {
    let s = Scene::new().await;
    s.ann.reply(&s.thread, "Use a warping peg.").await;
    assert_eq!(
        s.bea.own_page("/notices/unseen").await,
        r#"{"unseen":1,"number":"1","words":"1 new"}"#
    );
    s.write(|tx, bea| domain::account::set_lang(tx, bea, model::Lang::Fr))
        .await;
    let french = s.bea.own_page("/notices/unseen").await;
    assert!(french.contains("à lire"), "{french}");
}

#[tokio::test]
async fn notices_of_another_process_are_found() {
    let Some(s) = Scene::on(Engine::Postgres, Network::new()).await else {
        return;
    };
    let (mut stream, first) = s.stream().await;
    assert_eq!(first.as_deref(), unseen(0));
    let (ann, bea, now) = (s.ann.id(), s.bea.id(), s.alpha.ops().now());
    let id: NoticeId = s.alpha.ops().id();
    let notice = row::Notice {
        id,
        actor_id: bea,
        kind: NoticeKind::Follow,
        from_id: ann,
        post_id: None,
        community_id: None,
        created_at: now,
        seen: false,
    };
    // Past the verbs, which would tell the streams of this process.
    let write =
        move |db: &mut store::Db| -> Outcome<()> { Ok(store::notice::insert(db, &notice)?) };
    let began = Instant::now();
    let store = s.alpha.ops().store();
    store.write_read_committed(write).await.unwrap();
    assert_eq!(stream.next().await.as_deref(), unseen(1));
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "not by the check"
    );
    assert_eq!(s.weavers.address, "!weavers@alpha.test");
}

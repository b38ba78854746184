//! Migrations up and down on a filled database, on both engines.

use domain::testing::{World, delivered, draft};
use model::{
    ActorId, EventDetails, LangText, Origin, PeerId, PollDetails, PollResults, PollWay,
    PostDetails, PostId, PostKind, RevisionId,
};
use store::Store;
use store::row::PostText;

/// Writes people, communities, posts, follows, peers and what hangs on them, through the verbs.
async fn fill(store: Store) -> World {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bea = world.stranger("bea", "beta.test").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    let thread = world.thread(ann, weavers, "Warping").await.unwrap();
    let reply = world.reply(world.admin, thread, "A peg.").await.unwrap();
    let event = {
        let mut event = draft("Open loom", "Come and see.");
        event.kind = PostKind::Event;
        event.details = Some(PostDetails::Event(EventDetails {
            starts_at: world.ops.now(),
            ends_at: None,
            zone: Some("Europe/Paris".to_owned()),
            utc_offset: 3_600,
            place: "The mill".to_owned(),
        }));
        event
    };
    let poll = {
        let mut poll = draft("Which evening?", "For our winter evenings.");
        poll.kind = PostKind::Poll;
        poll.details = Some(PostDetails::Poll(PollDetails {
            way: PollWay::One,
            places: 1,
            choices: ["Monday", "Tuesday"]
                .map(|day| LangText::single("en", day))
                .to_vec(),
            results: PollResults::Always,
            shows_names: false,
            ends_at: None,
        }));
        poll
    };
    let edited = draft("Warping", "Another text.");
    let write = move |tx: &mut domain::Tx<'_>| {
        domain::post::edit(tx, ann, thread, &edited, &Origin::Local)?;
        domain::post::like(tx, ann, reply, &Origin::Local)?;
        domain::post::mark_read(tx, ann, thread, reply)?;
        domain::follow::follow(tx, ann, bea)?;
        let peer = store::raw::actor::by_id(tx.db, bea)?.and_then(|bea| bea.peer_id);
        let origin = |name| delivered(name, peer.unwrap_or(PeerId(0)));
        let (first, second) = (
            origin("https://beta.test/p/1"),
            origin("https://beta.test/e/1"),
        );
        domain::discussion::reply(tx, bea, thread, &draft("", "From elsewhere."), &first)?;
        domain::discussion::start(tx, bea, Some(weavers), &event, &second)?;
        let looms = domain::tag::add(tx, ann, weavers, &LangText::single("en", "Looms"))?;
        domain::tag::rename(tx, ann, looms, &LangText::single("en", "Heddles"), None)?;
        domain::tag::choose(tx, ann, thread, &[looms])?;
        let poll = domain::discussion::start(tx, ann, Some(weavers), &poll, &Origin::Local)?;
        domain::poll::vote(tx, ann, poll, &[1])?;
        Ok(())
    };
    world.ops.write(write).await.unwrap();
    world
}

/// Runs one file of a migration.
fn run(db: &mut store::Db, migration: &str, file: &str) -> Result<(), store::StoreError> {
    let engine = match db {
        store::Db::Pg(_) => "postgres",
        store::Db::Sqlite(_) => "sqlite",
    };
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    let words = std::fs::read_to_string(format!("{root}/{engine}/{migration}/{file}.sql")).unwrap();
    for statement in words.split(";\n").filter(|one| !one.trim().is_empty()) {
        store::testing::run_sql(db, statement)?;
    }
    Ok(())
}

/// The texts of a post, and the earlier ones.
async fn texts(store: &Store, id: PostId) -> (PostText, Vec<LangText>) {
    let read = move |db: &mut store::Db| {
        let post = store::raw::post::by_id(db, id)?.unwrap();
        let revisions = store::raw::post::revisions(db, id, RevisionId(i64::MAX), 9)?;
        let earlier = revisions
            .into_iter()
            .flat_map(|row| [row.html, row.warning]);
        Ok::<_, store::StoreError>((post.text(), earlier.collect()))
    };
    store.read(read).await.unwrap()
}

/// The hash of somebody's password.
async fn password(store: &Store, owner: ActorId) -> Option<String> {
    let read = move |db: &mut store::Db| {
        let found = store::account::credential::password(db, owner)?;
        Ok::<_, store::StoreError>(found)
    };
    store.read(read).await.unwrap()
}

store::both! {
    async fn a_filled_database_goes_down_and_up_again(store: Store) {
        let before = store::testing::schema(&store).await;
        let world = fill(store.clone()).await;
        let filled = store::testing::row_counts(&store).await;
        for table in ["actor", "account", "community", "event", "follow", "job", "notice", "peer",
            "post", "post_like", "read_mark", "revision", "setting", "space"] {
            assert!(filled[table] > 0, "{table}: {filled:?}");
        }
        drop(world);
        let reverted = store.revert_all().unwrap();
        assert_eq!(store::testing::schema(&store).await, Vec::<String>::new());
        assert_eq!(store.migrate().unwrap().len(), reverted.len());
        assert_eq!(store::testing::schema(&store).await, before);
        let counts = store::testing::row_counts(&store).await;
        assert!(counts.values().all(|rows| *rows == 0), "{counts:?}");
        fill(store).await;
    }

    async fn passwords_are_kept_on_the_way_down_and_up(store: Store) {
        let world = World::new(store.clone()).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let (admin, before) = (world.admin, password(&store, world.admin).await);
        assert!(before.is_some());
        // With the later ones that changed the table.
        let later = ["2026-11-30-000007_second_factor", "2026-11-30-000008_passkey"];
        let down = later.into_iter().rev().map(|name| (name, "down"));
        let credentials = ["down", "up"].map(|file| ("2026-11-30-000004_credentials", file));
        let up = later.into_iter().map(|name| (name, "up"));
        for (name, file) in down.chain(credentials).chain(up) {
            let run = move |db: &mut store::Db| run(db, name, file);
            store.write(run).await.unwrap();
        }
        assert_eq!(password(&store, admin).await, before);
        assert_eq!(password(&store, ann).await, None, "she has none");
    }

    async fn warnings_are_kept_on_the_way_down_and_up(store: Store) {
        let world = World::new(store.clone()).await.unwrap();
        let warned = |warning: &str| {
            let mut draft = draft("A hard night", "We lost \"her\".");
            draft.wordings[0].warning = warning.to_owned();
            let mut french = draft.wordings[0].clone();
            french.lang = "fr".to_owned();
            french.warning = "Décès & <deuil>".to_owned();
            draft.wordings.push(french);
            draft
        };
        let (by, first, second) = (world.admin, warned("Death"), warned(""));
        let write = move |tx: &mut domain::Tx<'_>| {
            let id = domain::discussion::start(tx, by, None, &first, &Origin::Local)?;
            domain::post::edit(tx, by, id, &second, &Origin::Local)?;
            Ok(id)
        };
        let id = world.ops.write(write).await.unwrap();
        let (post, revision) = texts(&store, id).await;
        assert_eq!(post.warning.tags().collect::<Vec<_>>(), ["fr"]);
        for file in ["down", "up"] {
            let run = move |db: &mut store::Db| run(db, "2026-11-30-000010_warning", file);
            store.write(run).await.unwrap();
        }
        assert_eq!(texts(&store, id).await, (post, revision));
    }

    async fn tokens_made_by_hand_are_kept_on_the_way_down_and_up(store: Store) {
        let world = World::new(store.clone()).await.unwrap();
        let admin = world.admin;
        let make = move |tx: &mut domain::Tx<'_>| {
            let narrow = domain::oauth::OwnToken {
                scopes: model::oauth::Scopes::standard(),
                ..domain::testing::own_token("narrow")
            };
            domain::oauth::make_own_token(tx, admin, &narrow)?;
            domain::oauth::make_own_token(tx, admin, &domain::testing::own_token("whole"))
        };
        world.ops.write(make).await.unwrap();
        for file in ["down", "up"] {
            let run = move |db: &mut store::Db| run(db, "2026-11-30-000005_oauth", file);
            store.write(run).await.unwrap();
        }
        let read = move |db: &mut store::Db| {
            Ok::<_, store::StoreError>(store::oauth::tokens(db, admin)?)
        };
        let kept = store.read(read).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|(token, app)| (token.token_hash.as_str(), app.name.as_str(), token.scopes.as_str())).collect();
        let all = model::oauth::Scopes::all().to_string();
        assert_eq!(kept, [("whole", "test", all.as_str())], "one of fewer rights must not get more");
    }
}

//! The list of a community's tags, and the tags of its threads.

use super::*;
use crate::actor::{RemoteActor, store_remote as store_actor};
use crate::discussion::{reply, start};
use crate::post::{Draft, edit};
use crate::testing::{World, charter, delivered, draft, reader, stranger};
use model::job::{NewJob, PostChange, SendActor};
use model::tag::WantedTags;
use model::{ActorKind, Clock, MemberRole, Origin, PeerId, PostId, Refusal};
use store::Store;

fn named(en: &str) -> LangText {
    LangText::single("en", en)
}

async fn add_tag(world: &World, by: ActorId, community: ActorId, name: &str) -> Outcome<TagId> {
    let name = named(name);
    world
        .ops
        .write(move |tx| add(tx, by, community, &name))
        .await
}

async fn tags(world: &World, community: ActorId) -> Vec<row::Tag> {
    let read =
        move |db: &mut store::Db| -> Outcome<_> { Ok(store::tag::of_community(db, community)?) };
    world.ops.store().read(read).await.unwrap()
}

async fn slugs(world: &World, community: ActorId) -> Vec<String> {
    let tags = tags(world, community).await;
    tags.into_iter().map(|tag| tag.slug).collect()
}

/// The slugs of the tags of a thread.
async fn of(world: &World, post: PostId) -> Vec<String> {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::tag::of_posts(db, &[post])?) };
    let tags = world.ops.store().read(read).await.unwrap();
    tags.into_values().flatten().map(|tag| tag.slug).collect()
}

fn tagged(tags: &[TagId]) -> Draft {
    Draft {
        tags: WantedTags {
            chosen: Some(tags.to_vec()),
            ..WantedTags::default()
        },
        ..draft("Warping", "A peg helps.")
    }
}

async fn thread(world: &World, by: ActorId, community: ActorId, draft: Draft) -> Outcome<PostId> {
    let verb = move |tx: &mut Tx<'_>| start(tx, by, Some(community), &draft, &Origin::Local);
    world.ops.write(verb).await
}

fn fields<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(&'static str, Why)> {
    match outcome {
        Err(Error::Refused(Refusal::Invalid(fields))) => fields
            .iter()
            .map(|field| (field.field, field.why))
            .collect(),
        other => panic!("{other:?}"),
    }
}

/// An instance with a community, its founder, and somebody who follows it.
async fn scene(store: Store) -> (World, ActorId, ActorId, ActorId) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    let weavers = world.community(ann, "weavers").await.unwrap();
    (world, ann, bea, weavers)
}

async fn peer_of(world: &World, id: ActorId) -> PeerId {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    world
        .ops
        .store()
        .read(read)
        .await
        .unwrap()
        .unwrap()
        .peer_id
        .unwrap()
}

store::both! {
    async fn a_facilitator_keeps_the_list(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let by_bea = add_tag(&world, bea, weavers, "Looms").await;
        assert!(matches!(by_bea, Err(Error::Refused(Refusal::NotAllowed(Rule::Facilitator)))));
        let looms = add_tag(&world, ann, weavers, "Looms & heddles").await.unwrap();
        let row = tags(&world, weavers).await.remove(0);
        assert_eq!(row.slug, "looms-heddles");
        assert_eq!(row.ap_id, format!("https://alpha.test/c/weavers/tags/{looms}"));
        assert!(world.jobs().await.unwrap().contains(&SendActor::new(weavers).into()));

        let (new, began) = (LangText::new([("en", "Looms"), ("fr", "Métiers")]), row.updated_at);
        for by in [bea, ann] {
            let new = new.clone();
            let renamed = world.ops.write(move |tx| rename(tx, by, looms, &new, Some(began))).await;
            assert_eq!(renamed.is_ok(), by == ann, "{renamed:?}");
        }
        assert_eq!(slugs(&world, weavers).await, ["looms"]);
        let read = move |db: &mut store::Db| -> Outcome<_> {
            Ok(store::tag::by_former_slug(db, weavers, "looms-heddles")?)
        };
        let former = world.ops.store().read(read).await.unwrap();
        assert_eq!(former.map(|tag| tag.id), Some(looms));

        let with = thread(&world, bea, weavers, tagged(&[looms])).await.unwrap();
        assert_eq!(of(&world, with).await, ["looms"]);
        let by_bea = world.ops.write(move |tx| remove(tx, bea, looms)).await;
        assert!(by_bea.is_err());
        world.ops.write(move |tx| remove(tx, ann, looms)).await.unwrap();
        assert_eq!(of(&world, with).await, [""; 0]);
        assert_eq!(slugs(&world, weavers).await, [""; 0]);
    }

    async fn a_name_is_one_visible_line_of_forty_characters_at_most(store: Store) {
        let (world, ann, _, weavers) = scene(store).await;
        for (name, why) in [
            (String::new(), Why::Required),
            ("a".repeat(200), Why::TooLong),
            ("a".repeat(41), Why::TooLong),
            ("\u{202e}abc".to_owned(), Why::Characters),
            ("a\nb".to_owned(), Why::Characters),
            ("a\0b".to_owned(), Why::Characters),
            ("🧵".to_owned(), Why::Characters),
            ("…".to_owned(), Why::Characters),
        ] {
            assert_eq!(fields(add_tag(&world, ann, weavers, &name).await), [("tag_en", why)], "{name:?}");
        }
        for (name, slug) in [("نسيج", "نسيج"), ("<b>Bold</b>", "b-bold-b"), ("C", "c"), ("C++", "c-2")] {
            add_tag(&world, ann, weavers, name).await.unwrap();
            assert_eq!(slugs(&world, weavers).await.last().unwrap(), slug);
        }
    }

    async fn a_name_is_of_one_tag_only(store: Store) {
        let (world, ann, _, weavers) = scene(store).await;
        let summer = add_tag(&world, ann, weavers, "Été").await.unwrap();
        assert_eq!(fields(add_tag(&world, ann, weavers, "ETE").await), [("tag_en", Why::Taken)]);
        let winter = add_tag(&world, ann, weavers, "Hiver").await.unwrap();
        let merged = LangText::new([("en", "Winter"), ("fr", "été")]);
        let refused = world.ops.write(move |tx| rename(tx, ann, winter, &merged, None)).await;
        assert_eq!(fields(refused), [("tag_fr", Why::Taken)]);
        // One's own former name is free, that of another leads there for good.
        for (name, slug) in [("Summer", "summer"), ("Été", "ete"), ("Summer", "summer")] {
            let name = named(name);
            world.ops.write(move |tx| rename(tx, ann, summer, &name, None)).await.unwrap();
            assert_eq!(slugs(&world, weavers).await, [slug, "hiver"]);
        }
        add_tag(&world, ann, weavers, "Été").await.unwrap();
        assert_eq!(slugs(&world, weavers).await, ["summer", "hiver", "ete-2"]);
    }

    async fn of_two_who_rename_at_once_the_second_is_told(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let make = move |tx: &mut Tx<'_>| -> Outcome<()> {
            Ok(store::community::put_member(tx.db, weavers, bea, MemberRole::Facilitator, tx.now)?)
        };
        world.ops.write(make).await.unwrap();
        let looms = add_tag(&world, ann, weavers, "Looms").await.unwrap();
        let began = tags(&world, weavers).await[0].updated_at;
        let to = |by: ActorId, name: &str| {
            let name = named(name);
            world.ops.write(move |tx| rename(tx, by, looms, &name, Some(began)))
        };
        let (one, other) = tokio::join!(to(ann, "Heddles"), to(bea, "Reeds"));
        let (done, refused): (Vec<_>, Vec<_>) = [one, other].into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1);
        for one in refused {
            assert_eq!(fields(one), [("tag_en", Why::Stale)]);
        }
    }

    async fn a_list_and_a_thread_have_their_bounds(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let mut all = Vec::new();
        for number in 0..TAGS_PER_COMMUNITY {
            all.push(add_tag(&world, ann, weavers, &format!("Tag {number}")).await.unwrap());
        }
        let one_more = add_tag(&world, ann, weavers, "One more").await;
        assert_eq!(fields(one_more), [("tag_list", Why::TooLong)]);
        let six = thread(&world, bea, weavers, tagged(&all[..6])).await;
        assert_eq!(fields(six), [("tags", Why::TooLong)]);
        let twice = [&all[..5], &all[..5]].concat();
        let five = thread(&world, bea, weavers, tagged(&twice)).await.unwrap();
        assert_eq!(of(&world, five).await.len(), 5);

        let dyers = world.community(ann, "dyers").await.unwrap();
        let woad = add_tag(&world, ann, dyers, "Woad").await.unwrap();
        let foreign = thread(&world, bea, weavers, tagged(&[woad])).await;
        assert_eq!(fields(foreign), [("tags", Why::NotAChoice)]);
        let choice = world.ops.write(move |tx| choose(tx, ann, five, &[woad])).await;
        assert_eq!(fields(choice), [("tags", Why::NotAChoice)]);
    }

    async fn the_author_and_the_moderators_change_the_tags_of_a_thread(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let cleo = world.person("cleo").await.unwrap();
        let looms = add_tag(&world, ann, weavers, "Looms").await.unwrap();
        let woad = add_tag(&world, ann, weavers, "Woad").await.unwrap();
        let topic = thread(&world, bea, weavers, tagged(&[looms])).await.unwrap();
        let by_cleo = world.ops.write(move |tx| choose(tx, cleo, topic, &[woad])).await;
        assert!(matches!(by_cleo, Err(Error::Refused(Refusal::NotAllowed(Rule::Moderator)))), "{by_cleo:?}");
        for by in [ann, bea] {
            world.clock.pass(60);
            let tags = if by == ann { vec![woad] } else { vec![looms, woad] };
            let expected = tags.len();
            world.ops.write(move |tx| choose(tx, by, topic, &tags)).await.unwrap();
            assert_eq!(of(&world, topic).await.len(), expected);
        }
        let sent = |job: &&NewJob| matches!(job, NewJob::SendPost(job) if job.post == topic && job.change == PostChange::Edited);
        assert_eq!(world.jobs().await.unwrap().iter().filter(sent).count(), 2);

        let answer = world.reply(bea, topic, "A peg.").await.unwrap();
        let of_reply = world.ops.write(move |tx| choose(tx, ann, answer, &[woad])).await;
        assert!(matches!(of_reply, Err(Error::Refused(Refusal::NotFound(_)))));
        let draft = tagged(&[woad]);
        let tagless = world.ops.write(move |tx| reply(tx, bea, topic, &draft, &Origin::Local)).await.unwrap();
        assert_eq!(of(&world, tagless).await, [""; 0], "only threads have tags");

        let remove = move |tx: &mut Tx<'_>| crate::post::remove(tx, bea, topic, &Origin::Local);
        world.ops.write(remove).await.unwrap();
        assert_eq!(of(&world, topic).await, [""; 0]);
        let gone = world.ops.write(move |tx| choose(tx, ann, topic, &[woad])).await;
        assert!(matches!(gone, Err(Error::Refused(Refusal::Gone(_)))));
    }

    async fn an_edit_changes_the_tags_and_leaves_them_where_it_says_nothing(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let looms = add_tag(&world, ann, weavers, "Looms").await.unwrap();
        add_tag(&world, ann, weavers, "Warping tools").await.unwrap();
        let topic = thread(&world, bea, weavers, tagged(&[looms])).await.unwrap();
        let hashtag = WantedTags { hashtags: vec!["warpingtools".into(), "else".into()], ..WantedTags::default() };
        for (tags, expected) in [
            (WantedTags::default(), vec!["looms"]),
            (hashtag, vec!["looms", "warping-tools"]),
            (WantedTags { chosen: Some(Vec::new()), ..WantedTags::default() }, vec![]),
        ] {
            let new = Draft { tags, ..draft("Warping", "A peg helps.") };
            world.ops.write(move |tx| edit(tx, bea, topic, &new, &Origin::Local)).await.unwrap();
            assert_eq!(of(&world, topic).await, expected);
        }
        let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::post::by_id(db, topic)?) };
        let post = world.ops.store().read(read).await.unwrap().unwrap();
        assert_eq!(post.edited_at, None, "other tags are no new text");
    }

    async fn counts_are_of_what_the_reader_may_see(store: Store) {
        let (world, ann, bea, weavers) = scene(store).await;
        let looms = add_tag(&world, ann, weavers, "Looms").await.unwrap();
        let mut topics = Vec::new();
        for _ in 0..5 {
            topics.push(thread(&world, bea, weavers, tagged(&[looms])).await.unwrap());
        }
        let count = async |who: Option<ActorId>, cap: i64| {
            let read = move |db: &mut store::Db| -> Outcome<_> {
                Ok(store::tag::count_threads(db, reader(who), looms, cap)?)
            };
            world.ops.store().read(read).await.unwrap()
        };
        assert_eq!(count(None, 99).await, 5);
        assert_eq!(count(None, 3).await, 3, "up to the bound");
        let states = [(topics[0], model::PostState::Held), (topics[1], model::PostState::Hidden), (topics[2], model::PostState::Draft)];
        let hide = move |tx: &mut Tx<'_>| -> Outcome<()> {
            for (post, state) in states {
                store::post::set_state(tx.db, post, state)?;
            }
            Ok(())
        };
        world.ops.write(hide).await.unwrap();
        let last = topics[3];
        let remove = move |tx: &mut Tx<'_>| crate::post::remove(tx, bea, last, &Origin::Local);
        world.ops.write(remove).await.unwrap();
        for who in [None, Some(bea), Some(ann)] {
            assert_eq!(count(who, 99).await, 1, "{who:?}");
        }
    }

    async fn a_peers_post_gets_the_tags_that_its_community_has(store: Store) {
        let (world, ann, _, weavers) = scene(store).await;
        let zoe = world.stranger("zoe", "beta.test").await.unwrap();
        let peer = peer_of(&world, zoe).await;
        let mut ids = Vec::new();
        for name in ["Looms", "Woad", "Reeds", "Pegs", "Wool", "Silk"] {
            add_tag(&world, ann, weavers, name).await.unwrap();
        }
        for tag in tags(&world, weavers).await {
            ids.push(tag.ap_id);
        }
        let topic_id = "https://beta.test/p/1";
        let wants = |named: &[String], hashtags: &[&str]| Draft {
            tags: WantedTags {
                chosen: None,
                named: named.to_vec(),
                hashtags: hashtags.iter().map(|&tag| tag.to_owned()).collect(),
            },
            ..draft("Warping", "A peg helps.")
        };
        let foreign = "https://beta.test/c/weavers/tags/1".to_owned();
        let new = wants(&[foreign, ids[0].clone()], &["woad", "unknown"]);
        let topic = world
            .ops
            .write(move |tx| start(tx, zoe, Some(weavers), &new, &delivered(topic_id, peer)))
            .await
            .unwrap();
        assert_eq!(of(&world, topic).await, ["looms", "woad"]);

        let now = world.clock.now();
        let update = async |new: Draft, at: model::Time| {
            let mut origin = delivered(topic_id, peer);
            if let Origin::Remote { published, .. } = &mut origin {
                *published = Some(at);
            }
            let verb = move |tx: &mut Tx<'_>| edit(tx, zoe, topic, &new, &origin);
            world.ops.write(verb).await.unwrap();
            of(&world, topic).await
        };
        assert_eq!(update(wants(&ids, &[]), now).await.len(), 5, "of six");
        assert_eq!(update(wants(&ids[1..2], &[]), now.plus_seconds(20)).await, ["woad"]);
        assert_eq!(update(wants(&ids[2..3], &[]), now.plus_seconds(10)).await, ["woad"], "one that comes late");
        let reeds = tags(&world, weavers).await[2].id;
        world.ops.write(move |tx| choose(tx, ann, topic, &[reeds])).await.unwrap();
        assert_eq!(update(wants(&ids[1..2], &[]), now.plus_seconds(30)).await, ["reeds"], "a moderator has chosen");
    }

    async fn the_tags_of_a_remote_community_follow_its_actor(store: Store) {
        let (world, ann, _, _) = scene(store).await;
        let tag = |id: &str, slug: &str, name: &str| RemoteTag {
            ap_id: format!("https://beta.test/c/dyers/tag/{id}"),
            slug: slug.to_owned(),
            name: LangText::single("und", name),
        };
        let put = async |tags: Vec<RemoteTag>| {
            let group = RemoteActor {
                kind: ActorKind::Group,
                charter: Some(charter("dyers")),
                tags,
                ..stranger("dyers", "beta.test")
            };
            world.ops.write(move |tx| store_actor(tx, &group)).await.unwrap()
        };
        let dyers = put(vec![tag("1", "woad", "Woad"), tag("2", "weld", "Weld"), tag("3", "woad", "WOAD")]).await;
        assert_eq!(slugs(&world, dyers).await, ["woad", "weld", "woad-2"]);
        let all: Vec<TagId> = tags(&world, dyers).await.iter().map(|tag| tag.id).collect();
        let topic = thread(&world, ann, dyers, tagged(&all)).await.unwrap();
        assert_eq!(of(&world, topic).await.len(), 3);
        let first = all[0];
        let ours = world.ops.write(move |tx| rename(tx, ann, first, &named("X"), None)).await;
        assert!(matches!(ours, Err(Error::Refused(Refusal::NotAllowed(Rule::NotOurs)))));

        put(vec![tag("1", "blue", "Blue"), tag("3", "woad", "WOAD")]).await;
        assert_eq!(slugs(&world, dyers).await, ["blue", "woad"]);
        assert_eq!(of(&world, topic).await, ["blue", "woad"], "the post has lost the tag");
        put(Vec::new()).await;
        assert_eq!(of(&world, topic).await, [""; 0]);
    }
}

//! Tests that every recorded document is parsed, and that what matters in it is read. The fixtures are
//! modelled on what real servers send; a new quirk gets a fixture first.

use crate::nodeinfo::NodeInfo;
use crate::webfinger::{Jrd, REL_SUBSCRIBE};
use crate::{Activity, Actor, Audience, Collection, Object, context, parse, with_context};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

fn json(name: &str) -> Value {
    let path = folder().join(format!("{name}.json"));
    let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parse(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(json(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn fixture_names() -> Vec<String> {
    let mut names = Vec::new();
    for software in fs::read_dir(folder()).unwrap() {
        let software = software.unwrap();
        for file in fs::read_dir(software.path()).into_iter().flatten() {
            let stem = file
                .unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned();
            names.push(format!("{}/{stem}", software.file_name().to_string_lossy()));
        }
    }
    names.sort();
    names
}

/// Asserts that a document read, written and read again is equal.
fn round_trips<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &Value) {
    let first: T = serde_json::from_value(value.clone()).unwrap();
    let written = serde_json::to_string(&with_context(&first)).unwrap();
    let again: T = serde_json::from_value(parse(written.as_bytes()).unwrap()).unwrap();
    assert_eq!(again, first);
}

#[test]
fn every_fixture_is_read_as_any_type_and_round_trips() {
    let names = fixture_names();
    assert!(names.len() > 60, "only {} fixtures found", names.len());
    for name in names {
        let value = json(&name);
        round_trips::<Activity>(&value);
        round_trips::<Actor>(&value);
        round_trips::<Object>(&value);
        round_trips::<Collection>(&value);
        round_trips::<Jrd>(&value);
        round_trips::<NodeInfo>(&value);
    }
}

#[test]
fn every_actor_has_its_own_key_and_an_inbox() {
    let mut count = 0;
    for name in fixture_names() {
        let actor: Actor = read(&name);
        if !actor.is_person_like() && !actor.is_group() {
            continue;
        }
        count += 1;
        let key = actor
            .public_keys
            .first()
            .unwrap_or_else(|| panic!("{name}: no key"));
        assert_eq!(key.owner, actor.id, "{name}");
        assert!(
            key.id.starts_with(&actor.id) && key.public_key_pem.starts_with("-----BEGIN"),
            "{name}"
        );
        assert!(
            actor.inbox.is_some() && actor.preferred_username.is_some(),
            "{name}"
        );
        assert!(
            !actor.display_name().is_empty() && actor.best_inbox().is_some(),
            "{name}"
        );
    }
    assert_eq!(count, 15);
}

#[test]
fn every_activity_but_one_has_an_id() {
    for name in fixture_names() {
        let activity: Activity = read(&name);
        if activity.actor.is_none() || activity.object.is_null() {
            continue;
        }
        assert!(
            activity.object_id().is_some() && !activity.kind.is_empty(),
            "{name}"
        );
        assert_eq!(
            activity.id.is_none(),
            name == "wordpress/update-without-id",
            "{name}"
        );
    }
}

#[test]
fn nodebb_wraps_creates_and_bare_articles() {
    let group: Actor = read("nodebb/group");
    assert_eq!(
        (group.followers.as_deref(), group.best_inbox()),
        (None, Some("https://nodebb.example/inbox"))
    );
    let wrapped: Activity = read("nodebb/announce-create-article");
    assert!(wrapped.wraps_activity());
    let create = wrapped.embedded_activity().unwrap();
    assert_eq!(
        (create.kind.as_str(), create.object_type()),
        ("Create", Some("Article"))
    );
    let article = create.embedded_object().unwrap();
    assert_eq!(article.title(), Some("Honey dressings"));
    assert_eq!(article.audience, ["https://nodebb.example/category/4"]);
    assert_eq!(
        article.context.as_deref(),
        Some("https://nodebb.example/topic/9")
    );
    let source = article.source.as_ref().unwrap();
    assert_eq!(
        source.as_markdown(),
        Some("Has anyone compared **honey** with silver?")
    );
    assert_eq!(article.readers(None), Audience::Public);
    let bare: Activity = read("nodebb/announce-article");
    assert!(!bare.wraps_activity());
    assert_eq!(bare.object_id(), article.id.as_deref());
    assert_eq!(bare.readers(None), Audience::Unlisted);
}

#[test]
fn nodebb_announces_likes_of_embedded_articles_and_follows_as_a_group() {
    let like = read::<Activity>("nodebb/announce-like-article")
        .embedded_activity()
        .unwrap();
    assert_eq!(
        (like.kind.as_str(), like.object_id()),
        ("Like", Some("https://nodebb.example/post/21"))
    );
    let reply = read::<Activity>("nodebb/create-note")
        .embedded_object()
        .unwrap();
    assert_eq!(
        reply.in_reply_to.as_deref(),
        Some("https://nodebb.example/post/21")
    );
    assert!(
        reply.name.is_some(),
        "NodeBB gives replies their topic's title"
    );
    let follow: Activity = read("nodebb/follow-by-group");
    assert_eq!(
        follow.actor.as_deref(),
        Some("https://nodebb.example/category/4")
    );
}

#[test]
fn nodebb_has_conversation_collections() {
    let topic: Collection = read("nodebb/topic-collection");
    assert_eq!(
        topic.attributed_to.as_deref(),
        Some("https://nodebb.example/category/4")
    );
    assert_eq!(
        (topic.total_items, topic.member_ids().count()),
        (Some(3), 3)
    );
    let outbox: Collection = read("nodebb/group-outbox");
    assert_eq!(
        outbox.next.as_deref(),
        Some("https://nodebb.example/category/4/outbox?page=2")
    );
    let kinds: Vec<_> = outbox
        .members()
        .map(|m| serde_json::from_value::<Activity>(m.clone()).unwrap())
        .collect();
    assert!(kinds[0].wraps_activity() && !kinds[1].wraps_activity());
}

#[test]
fn piefed_writes_its_languages_and_offsets() {
    let group: Actor = read("piefed/group");
    assert_eq!(
        group.moderators_collection(),
        Some("https://piefed.example/c/orchards/moderators")
    );
    assert_eq!(
        group
            .language
            .iter()
            .map(|l| l.identifier.as_str())
            .collect::<Vec<_>>(),
        ["und", "en"]
    );
    assert_eq!(
        group.published.unwrap().to_rfc3339(),
        "2026-10-11T14:31:57.820865+00:00"
    );
    let page: Object = read("piefed/page");
    assert_eq!(
        (page.kind.as_str(), page.comments_enabled),
        ("Page", Some(true))
    );
    assert_eq!(page.language.as_ref().unwrap().identifier, "en");
    assert_eq!(
        page.replies.as_deref(),
        Some("https://piefed.example/post/12/replies")
    );
    let note = read::<Activity>("piefed/create-note")
        .embedded_object()
        .unwrap();
    assert_eq!(
        note.mentions().collect::<Vec<_>>(),
        ["https://nodebb.example/uid/7"]
    );
    let accept = read::<Activity>("piefed/accept-follow")
        .embedded_activity()
        .unwrap();
    assert!(accept.to.is_empty(), "its `to` is null");
    assert_eq!(
        read::<Collection>("piefed/moderators").member_ids().count(),
        1
    );
    assert_eq!(
        read::<Activity>("piefed/like").audience,
        ["https://nodebb.example/category/4"]
    );
}

#[test]
fn gotosocial_writes_single_values_and_a_key_by_path() {
    let person: Actor = read("gotosocial/person");
    assert_eq!(
        person.public_keys[0].id,
        "https://gts.example/users/gil/main-key"
    );
    assert_eq!(
        (person.discoverable, person.manually_approves_followers),
        (Some(false), Some(true))
    );
    let create: Activity = read("gotosocial/create-note");
    assert_eq!(create.readers(None), Audience::Public);
    let note = create.embedded_object().unwrap();
    assert_eq!(
        note.mentions().collect::<Vec<_>>(),
        ["https://nodebb.example/uid/7"]
    );
    assert_eq!(
        note.replies.as_deref(),
        Some("https://gts.example/users/gil/statuses/01N8/replies")
    );
    let undo = read::<Activity>("gotosocial/undo-follow")
        .embedded_activity()
        .unwrap();
    assert_eq!(
        (undo.kind.as_str(), undo.object_id()),
        ("Follow", Some("https://nodebb.example/category/4"))
    );
    assert_eq!(
        read::<Activity>("gotosocial/announce").readers(None),
        Audience::Unlisted
    );
}

#[test]
fn wordpress_keeps_queries_in_its_ids() {
    let person: Actor = read("wordpress/person");
    assert_eq!(person.id, "https://wp.example/?author=1");
    assert_eq!(person.attachment.len(), 4);
    assert_eq!(person.webfinger.as_deref(), Some("wanda@wp.example"));
    let event = read::<Activity>("wordpress/create-event")
        .embedded_object()
        .unwrap();
    assert_eq!(event.id.as_deref(), Some("https://wp.example/?p=41"));
    assert_eq!(
        event.starts().unwrap().to_rfc3339(),
        "2026-12-09T18:00:00+00:00"
    );
    assert_eq!(event.places(), ["Mill Lane library, Room 2"]);
    let update: Activity = read("wordpress/update-without-id");
    assert_eq!((update.id.as_deref(), update.object_type()), (None, None));
}

#[test]
fn gancio_is_an_application_whose_times_have_offsets() {
    let relay: Actor = read("gancio/application");
    assert!(relay.is_person_like() && relay.followers.is_none());
    let event: Object = read("gancio/event");
    assert_eq!(
        event.starts().unwrap().to_rfc3339(),
        "2026-12-05T09:00:00+00:00"
    );
    assert_eq!(
        event.start_time.as_deref(),
        Some("2026-12-05T10:00:00.000+01:00")
    );
    assert_eq!(event.places(), ["Boat shed, 4 Quay St"]);
    assert_eq!(event.tag[0].name.as_deref(), Some("#nets"));
}

#[test]
fn follows_of_snac_and_mitra_are_read() {
    assert!(read::<Activity>("snac/follow").to.is_empty());
    assert_eq!(
        read::<Actor>("snac/person").webfinger.as_deref(),
        Some("sol@snac.example")
    );
    let undo: Activity = read("mitra/undo-follow");
    assert_eq!(undo.object_type(), Some("Follow"));
    assert!(read::<Actor>("mitra/person").name.is_none());
    assert_eq!(read::<Actor>("mitra/person").display_name(), "mio");
}

#[test]
fn lemmy_announces_pages_and_moderates() {
    let group: Actor = read("lemmy/group");
    assert_eq!(group.tag[0].kind, "CommunityPostTag");
    let page = read::<Activity>("lemmy/announce-create-page")
        .embedded_activity()
        .unwrap()
        .embedded_object()
        .unwrap();
    assert_eq!(
        page.attachment[0].address(),
        Some("https://reading.example/listening")
    );
    assert_eq!(page.audience, ["https://lemmy.example/c/dialogue"]);
    assert_eq!(
        read::<Activity>("lemmy/add-featured").target.as_deref(),
        Some("https://lemmy.example/c/dialogue/featured")
    );
    assert_eq!(
        read::<Activity>("lemmy/delete-by-moderator")
            .summary
            .as_deref(),
        Some("Off topic")
    );
    assert_eq!(read::<Collection>("lemmy/featured").member_ids().count(), 1);
    assert_eq!(read::<Collection>("lemmy/followers").total_items, Some(12));
    let actors = read::<Jrd>("lemmy/webfinger");
    let kinds: Vec<_> = actors.actors().map(|(_, kind)| kind.unwrap()).collect();
    assert_eq!(kinds, ["Person", "Group"]);
    let info: NodeInfo = read("lemmy/nodeinfo");
    assert_eq!(info.runs(), Some(("lemmy".into(), Some("1.0.0"))));
}

#[test]
fn mastodon_has_four_audiences() {
    let readers = |name: &str| {
        read::<Activity>(name)
            .embedded_object()
            .unwrap()
            .readers(None)
    };
    assert_eq!(readers("mastodon/create-note"), Audience::Public);
    assert_eq!(readers("mastodon/create-unlisted-note"), Audience::Unlisted);
    assert_eq!(
        readers("mastodon/create-followers-note"),
        Audience::Followers
    );
    assert_eq!(readers("mastodon/create-direct-note"), Audience::Direct);
}

#[test]
fn other_documents_of_mastodon_are_read() {
    let note = read::<Activity>("mastodon/create-note")
        .embedded_object()
        .unwrap();
    assert_eq!(
        (note.in_reply_to.as_deref(), note.summary.as_deref()),
        (None, None)
    );
    assert_eq!(
        note.attachment[0].name.as_deref(),
        Some("A reed and a ruler")
    );
    assert_eq!(note.mentions().count(), 1);
    let gone: Activity = read("mastodon/delete-person");
    assert_eq!(
        (gone.object_id(), gone.actor.as_deref()),
        (Some("https://mastodon.example/users/mae"), gone.object_id())
    );
    let tombstone = read::<Activity>("mastodon/delete-note")
        .embedded_object()
        .unwrap();
    assert!(tombstone.is_tombstone());
    let renamed = read::<Activity>("mastodon/update-person")
        .embedded_actor()
        .unwrap();
    assert_eq!(renamed.display_name(), "Mae B.");
    let jrd: Jrd = read("mastodon/webfinger");
    assert!(
        jrd.link(REL_SUBSCRIBE)
            .unwrap()
            .template
            .as_deref()
            .unwrap()
            .contains("{uri}")
    );
    assert_eq!(
        jrd.actors().collect::<Vec<_>>(),
        [("https://mastodon.example/users/mae", None)]
    );
    assert_eq!(context::context()[0], context::ACTIVITYSTREAMS);
}

//! Odd but legal shapes, one by one: what ActivityStreams allows and some server writes. Each is
//! the same reply of Mae's to Ann's thread with something in it written otherwise.

use super::stage::Stage;
use super::table::{ANN, WEAVERS};
use serde_json::{Value, json};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const MAE: &str = "https://mastodon.example/users/mae";
const PLAIN: &str = "reply by mae@mastodon.example in weavers@alpha.example: Twelve.";

const GONE: &str = "not here";

/// What is written otherwise, how it ends, and how it looks.
pub(super) type Trap = (&'static str, Value, &'static str, &'static str);

/// Understood all the same: addresses and people.
fn names() -> Vec<(&'static str, Value)> {
    let author = json!({ "type": "Person", "id": MAE });
    let group = json!({ "type": "Group", "id": WEAVERS });
    let above = "https://alpha.example/p/1";
    vec![
        ("nothing odd", json!({})),
        ("a string in to", json!({ "to": PUBLIC, "cc": null })),
        ("a short public", json!({ "to": ["as:Public"] })),
        ("a shorter public", json!({ "to": "Public" })),
        ("an author as an object", json!({ "attributedTo": author })),
        (
            "authors in a list",
            json!({ "attributedTo": [author, group] }),
        ),
        (
            "a parent as an object",
            json!({ "inReplyTo": { "id": above } }),
        ),
        ("a parent in a list", json!({ "inReplyTo": [above] })),
        (
            "a community",
            json!({ "audience": [WEAVERS], "cc": [WEAVERS] }),
        ),
    ]
}

/// Understood all the same: types, texts and tags.
fn words() -> Vec<(&'static str, Value)> {
    let script = "<p onclick=\"x()\">Twelve.<script>alert(1)</script></p>";
    let by_language = json!({ "content": null, "contentMap": { "en": "<p>Twelve.</p>" } });
    vec![
        ("a list of types", json!({ "type": ["Note", "x:Odd"] })),
        (
            "one tag",
            json!({ "tag": { "type": "Mention", "href": ANN } }),
        ),
        ("a tag that is a word", json!({ "tag": ["odd", 7, null] })),
        ("text by language alone", by_language),
        ("a name on a reply", json!({ "name": "Re: Warping" })),
        (
            "keys nobody knows",
            json!({ "x:y": { "z": [1, { "q": null }] } }),
        ),
        ("an impossible date", json!({ "published": "yesterday" })),
        ("a script", json!({ "content": script })),
        (
            "a video",
            json!({ "type": "Video", "url": "https://mastodon.example/v" }),
        ),
    ]
}

/// Shown in a way of its own, or not at all.
fn others() -> Vec<Trap> {
    let sound =
        json!({ "type": "Audio", "url": "https://mastodon.example/s.mp3", "name": "A reed" });
    let label = json!({ "type": "PropertyValue", "name": "a", "value": "b" });
    let warned = "reply by mae@mastodon.example in weavers@alpha.example: Numbers Twelve.";
    let heard = "reply by mae@mastodon.example in weavers@alpha.example: Twelve. A reed";
    let private = "ignored: not public";
    let far = "rejected: the author is of another origin than the post";
    let near = "rejected: the author is somebody else";
    let followers = format!("{MAE}/followers");
    let author = |of: &str| json!({ "attributedTo": of });
    vec![
        ("a warning", json!({ "summary": "Numbers" }), "done", warned),
        (
            "a sound",
            json!({ "attachment": [sound, label] }),
            "done",
            heard,
        ),
        (
            "a type of its own",
            json!({ "type": "x:Pattern" }),
            "ignored: no kind of post we know",
            GONE,
        ),
        (
            "nobody addressed",
            json!({ "to": [], "cc": [ANN] }),
            private,
            GONE,
        ),
        (
            "followers alone",
            json!({ "to": followers, "cc": [] }),
            private,
            GONE,
        ),
        (
            "a far author",
            author("https://gts.example/users/gil"),
            far,
            GONE,
        ),
        (
            "another author",
            author("https://mastodon.example/users/mel"),
            near,
            GONE,
        ),
    ]
}

pub(super) fn traps() -> Vec<Trap> {
    let plain = names().into_iter().chain(words());
    let plain = plain.map(|(name, odd)| (name, odd, "done", PLAIN));
    plain.chain(others()).collect()
}

#[tokio::test]
async fn odd_but_legal_replies() {
    let stage = Stage::set().await;
    let person = stage.fixture("mastodon/person", &[]);
    stage.publish(person.clone());
    let (mut told, mut wanted) = (Vec::new(), Vec::new());
    for (number, (name, odd, ends, like)) in traps().into_iter().enumerate() {
        let id = format!("https://mastodon.example/notes/{number}");
        let mut note = json!({
            "id": id, "type": "Note", "attributedTo": MAE, "to": [PUBLIC], "cc": [ANN],
            "inReplyTo": "https://alpha.example/p/1", "content": "<p>Twelve.</p>",
        });
        for (key, value) in odd.as_object().unwrap() {
            note[key] = value.clone();
        }
        let create = json!({ "id": format!("{id}/create"), "type": "Create", "actor": MAE, "to": note["to"], "cc": note["cc"], "object": note });
        let create: Value = serde_json::from_str(&stage.here(&create.to_string())).unwrap();
        let ended = stage.hears(&person, &create).await;
        told.push(format!("{name}: {ended}; {}", stage.looks(&id).await));
        wanted.push(format!("{name}: {ends}; {like}"));
    }
    assert_eq!(told, wanted);
}

/// A note of Mae's for her followers, which her server shows to whoever asks, even without a
/// signature.
fn for_followers(stage: &Stage, id: &str, more: &Value) -> String {
    let mut note = json!({
        "id": id, "type": "Note", "attributedTo": MAE, "to": [format!("{MAE}/followers")],
        "cc": [ANN], "content": "<p>Only for friends.</p>",
    });
    for (key, value) in more.as_object().unwrap() {
        note[key] = value.clone();
    }
    let note: Value = serde_json::from_str(&stage.here(&note.to_string())).unwrap();
    let id = note["id"].as_str().unwrap().to_owned();
    stage.publish(note);
    id
}

#[tokio::test]
async fn what_is_for_followers_stays_out_by_whatever_way_it_is_fetched() {
    let stage = Stage::set().await;
    stage.open(&super::lemmy::LEMMY).await;
    let person = stage.fixture("mastodon/person", &[]);
    stage.publish(person.clone());
    let at = "https://mastodon.example/notes/77";
    let context = "https://mastodon.example/contexts/77";
    let note = for_followers(&stage, at, &json!({ "context": context }));

    // Somebody here looks for it, and a community that is followed here announces it.
    assert_eq!(stage.ann.look_up(&note).await, None);
    let group = stage.fixture("lemmy/group", &[]);
    let mut announce = stage.announced(&group, &json!({ "id": note }));
    announce["object"] = json!(note);
    assert_eq!(stage.hears(&group, &announce).await, "ignored: not public");

    // A reply to it is public, and names Ann: what it answers is not, so it stays out as well.
    let reply = json!({
        "id": format!("{at}/reply"), "type": "Note", "attributedTo": MAE, "to": [PUBLIC],
        "cc": [ANN], "inReplyTo": at, "content": "<p>Twelve, then.</p>",
        "tag": [{ "type": "Mention", "href": ANN }],
    });
    let create = json!({ "id": format!("{at}/create"), "type": "Create", "actor": MAE, "to": [PUBLIC], "object": reply });
    let create: Value = serde_json::from_str(&stage.here(&create.to_string())).unwrap();
    assert_eq!(stage.hears(&person, &create).await, "ignored: not public");

    // A conversation that is public for the most part is read without it.
    let open = json!({
        "id": "https://mastodon.example/notes/78", "type": "Note", "attributedTo": MAE,
        "to": [PUBLIC], "cc": [ANN], "context": context, "content": "<p>For all.</p>",
        "tag": [{ "type": "Mention", "href": ANN }],
    });
    let whole = json!({
        "id": context, "type": "OrderedCollection", "attributedTo": MAE,
        "orderedItems": [open, note],
    });
    let whole: Value = serde_json::from_str(&stage.here(&whole.to_string())).unwrap();
    stage.publish(whole["orderedItems"][0].clone());
    stage.publish(whole);
    let open = stage.here("https://mastodon.example/notes/78");
    assert!(stage.ann.look_up(&open).await.is_some());
    stage.net.settle().await;
    assert_eq!(
        stage.looks(&open).await,
        "“For all.” by mae@mastodon.example: For all."
    );
    for id in [at.to_owned(), format!("{at}/reply")] {
        assert_eq!(stage.looks(&id).await, "not here");
    }
}

#[tokio::test]
async fn a_list_of_moderators_changes_by_the_communitys_word() {
    let stage = Stage::set().await;
    stage.open(&super::lemmy::LEMMY).await;
    stage.part("lemmy/announce-page");
    let group = stage.fixture("lemmy/group", &[]);
    let page = stage.fixture("lemmy/announce-create-page", &[]);
    assert_eq!(stage.hears(&group, &page).await, "done");
    let lou = "http://lemmy.example/u/lou";
    assert_eq!(
        stage.moderators("dialogue@lemmy.example").await,
        ["mod@lemmy.example"]
    );
    let mut list = stage.fixture("lemmy/moderators", &[]);
    list["orderedItems"] = json!([lou]);
    stage.publish(list);
    let add = stage.announced(&group, &stage.fixture("lemmy/add-moderator", &[]));
    assert_eq!(stage.hears(&group, &add).await, "done");
    assert_eq!(
        stage.moderators("dialogue@lemmy.example").await,
        ["lou@lemmy.example"]
    );
    // Mod, who was one, says so directly and is not believed any more.
    let moderator = stage.fixture("lemmy/moderator", &[]);
    let delete = stage.fixture("lemmy/delete-by-moderator", &[]);
    let ended = stage.hears(&moderator, &delete).await;
    assert_eq!(ended, "rejected: not allowed: author-or-moderator");
}

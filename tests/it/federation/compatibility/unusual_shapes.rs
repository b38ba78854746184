//! Unusual but legal shapes that ActivityStreams allows and some server writes. Each is the same reply of
//! Mae's to Ann's thread with one thing changed.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, WEAVERS};
use serde_json::{Value, json};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const MAE: &str = "https://mastodon.example/users/mae";
const PLAIN: &str = "reply by mae@mastodon.example in weavers@alpha.example: Twelve.";

const GONE: &str = "not here";

/// The changed keys, the outcome, and the rendering.
pub(super) type UnusualShape = (&'static str, Value, &'static str, &'static str);

/// Shapes of ids and actors that are understood.
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
            "a parent with a query",
            json!({ "inReplyTo": format!("{above}?lang=fr") }),
        ),
        (
            "a parent with a fragment",
            json!({ "inReplyTo": { "id": format!("{above}#p1") } }),
        ),
        (
            "a parent with a slash",
            json!({ "inReplyTo": format!("{above}/?page=1") }),
        ),
        (
            "a community",
            json!({ "audience": [WEAVERS], "cc": [WEAVERS] }),
        ),
    ]
}

/// Shapes of types, texts and tags that are understood.
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
        (
            "another language first",
            json!({ "contentMap": { "fr": "<p>Douze.</p>", "en": "<p>Twelve.</p>" } }),
        ),
        (
            "an empty text beside the languages",
            json!({ "content": "", "contentMap": { "de": null, "en": "<p>Twelve.</p>" } }),
        ),
        (
            "a language that is unknown",
            json!({ "contentMap": { "und": "<p>Twelve.</p>" } }),
        ),
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

/// Shapes with another rendering or outcome.
fn others() -> Vec<UnusualShape> {
    let sound =
        json!({ "type": "Audio", "url": "https://mastodon.example/s.mp3", "name": "A reed" });
    let label = json!({ "type": "PropertyValue", "name": "a", "value": "b" });
    let warned = "reply by mae@mastodon.example in weavers@alpha.example: [Numbers] Twelve.";
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

/// Texts with something before or below them, and posts that show nothing.
fn around_the_text() -> Vec<UnusualShape> {
    let warned = "reply by mae@mastodon.example in weavers@alpha.example: [Numbers] Twelve.";
    let heard = "reply by mae@mastodon.example in weavers@alpha.example: Twelve. A reed";
    let picture = "https://mastodon.example/g.png";
    let shown = "reply by mae@mastodon.example in weavers@alpha.example: Twelve. http://mastodon.example/g.png";
    let quoting = "reply by mae@mastodon.example in weavers@alpha.example: Twelve. RE: http://mastodon.example/notes/q";
    let described = json!({ "type": "Image", "url": picture, "summary": "A reed" });
    vec![
        (
            "a warning by language",
            json!({ "summaryMap": { "en": "Numbers" } }),
            "done",
            warned,
        ),
        (
            "a picture as an address",
            json!({ "attachment": [picture] }),
            "done",
            shown,
        ),
        ("an image", json!({ "image": picture }), "done", shown),
        (
            "a description in summary",
            json!({ "attachment": described }),
            "done",
            heard,
        ),
        (
            "a quoted post",
            json!({ "quoteUrl": "https://mastodon.example/notes/q" }),
            "done",
            quoting,
        ),
        (
            "a vote",
            json!({ "name": "Red", "content": null }),
            "ignored: a vote",
            GONE,
        ),
        (
            "a blank text",
            json!({ "content": "<p>&nbsp;</p>" }),
            "ignored: it shows nothing",
            GONE,
        ),
    ]
}

pub(super) fn traps() -> Vec<UnusualShape> {
    let plain = names().into_iter().chain(words());
    let plain = plain.map(|(name, odd)| (name, odd, "done", PLAIN));
    plain.chain(others()).chain(around_the_text()).collect()
}

#[tokio::test]
async fn replies_with_unusual_shapes() {
    let network = FixtureNetwork::new().await;
    let person = network.fixture("mastodon/person", &[]);
    network.publish(person.clone());
    let (mut actual, mut wanted) = (Vec::new(), Vec::new());
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
        let create: Value = serde_json::from_str(&network.localize(&create.to_string())).unwrap();
        let ended = network.send(&person, &create).await;
        actual.push(format!("{name}: {ended}; {}", network.looks(&id).await));
        wanted.push(format!("{name}: {ends}; {like}"));
    }
    assert_eq!(actual, wanted);
}

/// Serves a followers-only Note of Mae's, even to unsigned requests.
fn for_followers(network: &FixtureNetwork, id: &str, more: &Value) -> String {
    let mut note = json!({
        "id": id, "type": "Note", "attributedTo": MAE, "to": [format!("{MAE}/followers")],
        "cc": [ANN], "content": "<p>Only for friends.</p>",
    });
    for (key, value) in more.as_object().unwrap() {
        note[key] = value.clone();
    }
    let note: Value = serde_json::from_str(&network.localize(&note.to_string())).unwrap();
    let id = note["id"].as_str().unwrap().to_owned();
    network.publish(note);
    id
}

#[tokio::test]
async fn followers_only_posts_are_never_stored() {
    let network = FixtureNetwork::new().await;
    network.prepare(&super::lemmy::LEMMY).await;
    let person = network.fixture("mastodon/person", &[]);
    network.publish(person.clone());
    let at = "https://mastodon.example/notes/77";
    let context = "https://mastodon.example/contexts/77";
    let note = for_followers(&network, at, &json!({ "context": context }));

    // A local person looks it up, and a followed community announces it.
    assert_eq!(network.ann.look_up(&note).await, None);
    let group = network.fixture("lemmy/group", &[]);
    let mut announce = network.announced(&group, &json!({ "id": note }));
    announce["object"] = json!(note);
    assert_eq!(network.send(&group, &announce).await, "ignored: not public");

    // A public reply to it mentions Ann; its parent is not public, so it is not stored either.
    let reply = json!({
        "id": format!("{at}/reply"), "type": "Note", "attributedTo": MAE, "to": [PUBLIC],
        "cc": [ANN], "inReplyTo": at, "content": "<p>Twelve, then.</p>",
        "tag": [{ "type": "Mention", "href": ANN }],
    });
    let create = json!({ "id": format!("{at}/create"), "type": "Create", "actor": MAE, "to": [PUBLIC], "object": reply });
    let create: Value = serde_json::from_str(&network.localize(&create.to_string())).unwrap();
    assert_eq!(network.send(&person, &create).await, "ignored: not public");

    // The public posts of its conversation are stored without it.
    let open = json!({
        "id": "https://mastodon.example/notes/78", "type": "Note", "attributedTo": MAE,
        "to": [PUBLIC], "cc": [ANN], "context": context, "content": "<p>For all.</p>",
        "tag": [{ "type": "Mention", "href": ANN }],
    });
    let whole = json!({
        "id": context, "type": "OrderedCollection", "attributedTo": MAE,
        "orderedItems": [open, note],
    });
    let whole: Value = serde_json::from_str(&network.localize(&whole.to_string())).unwrap();
    network.publish(whole["orderedItems"][0].clone());
    network.publish(whole);
    let open = network.localize("https://mastodon.example/notes/78");
    assert!(network.ann.look_up(&open).await.is_some());
    network.net.settle().await;
    assert_eq!(
        network.looks(&open).await,
        "“For all.” by mae@mastodon.example: For all."
    );
    for id in [at.to_owned(), format!("{at}/reply")] {
        assert_eq!(network.looks(&id).await, "not here");
    }
}

#[tokio::test]
async fn the_moderators_change_only_by_the_communitys_activities() {
    let network = FixtureNetwork::new().await;
    network.prepare(&super::lemmy::LEMMY).await;
    network.part("lemmy/announce-page");
    let group = network.fixture("lemmy/group", &[]);
    let page = network.fixture("lemmy/announce-create-page", &[]);
    assert_eq!(network.send(&group, &page).await, "done");
    let lou = "http://lemmy.example/u/lou";
    assert_eq!(
        network.moderators("dialogue@lemmy.example").await,
        ["mod@lemmy.example"]
    );
    let mut list = network.fixture("lemmy/moderators", &[]);
    list["orderedItems"] = json!([lou]);
    network.publish(list);
    let add = network.announced(&group, &network.fixture("lemmy/add-moderator", &[]));
    assert_eq!(network.send(&group, &add).await, "done");
    assert_eq!(
        network.moderators("dialogue@lemmy.example").await,
        ["lou@lemmy.example"]
    );
    // Mod, a former moderator, sends it directly and is refused.
    let moderator = network.fixture("lemmy/moderator", &[]);
    let delete = network.fixture("lemmy/delete-by-moderator", &[]);
    let ended = network.send(&moderator, &delete).await;
    assert_eq!(ended, "rejected: not allowed: author-or-moderator");
}

//! Odd but legal shapes, one by one: what ActivityStreams allows and some server writes. Each is
//! the same reply of Mae's to Ann's thread with something in it written otherwise.

use super::table::{ANN, Stage, WEAVERS};
use serde_json::{Value, json};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const MAE: &str = "https://mastodon.example/users/mae";
const PLAIN: &str = "reply by mae@mastodon.example in weavers@alpha.example: Twelve.";

/// What is written otherwise, how it ends, and how it looks.
type Trap = (&'static str, Value, &'static str, &'static str);

fn traps() -> Vec<Trap> {
    let gone = "not here";
    vec![
        ("nothing odd", json!({}), "done", PLAIN),
        (
            "a list of types",
            json!({ "type": ["Note", "x:Odd"] }),
            "done",
            PLAIN,
        ),
        (
            "a string in to",
            json!({ "to": PUBLIC, "cc": null }),
            "done",
            PLAIN,
        ),
        (
            "a short public",
            json!({ "to": ["as:Public"] }),
            "done",
            PLAIN,
        ),
        ("a shorter public", json!({ "to": "Public" }), "done", PLAIN),
        (
            "an author as an object",
            json!({ "attributedTo": { "type": "Person", "id": MAE } }),
            "done",
            PLAIN,
        ),
        (
            "authors in a list, the group among them",
            json!({ "attributedTo": [{ "type": "Person", "id": MAE }, { "type": "Group", "id": WEAVERS }] }),
            "done",
            PLAIN,
        ),
        (
            "one tag",
            json!({ "tag": { "type": "Mention", "href": ANN } }),
            "done",
            PLAIN,
        ),
        (
            "a tag that is a word",
            json!({ "tag": ["odd", 7, null] }),
            "done",
            PLAIN,
        ),
        (
            "a parent as an object",
            json!({ "inReplyTo": { "type": "Page", "id": "https://alpha.example/p/1" } }),
            "done",
            PLAIN,
        ),
        (
            "a parent in a list",
            json!({ "inReplyTo": ["https://alpha.example/p/1"] }),
            "done",
            PLAIN,
        ),
        (
            "text by language alone",
            json!({ "content": null, "contentMap": { "en": "<p>Twelve.</p>" } }),
            "done",
            PLAIN,
        ),
        (
            "a name on a reply",
            json!({ "name": "Re: Warping" }),
            "done",
            PLAIN,
        ),
        (
            "a community as audience",
            json!({ "audience": [WEAVERS], "cc": [WEAVERS] }),
            "done",
            PLAIN,
        ),
        (
            "keys nobody knows",
            json!({ "x:y": { "z": [1, { "q": null }] }, "_misskey_content": "?" }),
            "done",
            PLAIN,
        ),
        (
            "an impossible date",
            json!({ "published": "yesterday" }),
            "done",
            PLAIN,
        ),
        (
            "a script",
            json!({ "content": "<p onclick=\"x()\">Twelve.<script>alert(1)</script></p>" }),
            "done",
            PLAIN,
        ),
        (
            "a warning",
            json!({ "summary": "Numbers" }),
            "done",
            "reply by mae@mastodon.example in weavers@alpha.example: Numbers Twelve.",
        ),
        (
            "a video",
            json!({ "type": "Video", "name": "How", "url": "https://mastodon.example/v" }),
            "done",
            PLAIN,
        ),
        (
            "a sound attached, and a label",
            json!({ "attachment": [{ "type": "Audio", "url": "https://mastodon.example/s.mp3", "name": "A reed" }, { "type": "PropertyValue", "name": "a", "value": "b" }] }),
            "done",
            "reply by mae@mastodon.example in weavers@alpha.example: Twelve. A reed",
        ),
        (
            "a type of its own",
            json!({ "type": "x:Pattern" }),
            "ignored: no kind of post we know",
            gone,
        ),
        (
            "nobody addressed",
            json!({ "to": [], "cc": [ANN] }),
            "ignored: not public",
            gone,
        ),
        (
            "followers alone",
            json!({ "to": format!("{MAE}/followers"), "cc": [] }),
            "ignored: not public",
            gone,
        ),
        (
            "another host's author",
            json!({ "attributedTo": "https://gts.example/users/gil" }),
            "rejected: the author is of another origin than the post",
            gone,
        ),
        (
            "another author",
            json!({ "attributedTo": "https://mastodon.example/users/mel" }),
            "rejected: the author is somebody else",
            gone,
        ),
    ]
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
    let add = super::lemmy::LEMMY.line("lemmy/add-moderator");
    assert_eq!(stage.sent(add).await, "done");
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

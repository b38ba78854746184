//! What we emit: read back through `vocab`, and the keys on which strict peers insist.

use super::document_data::PostDocumentData;
use super::samples::{
    actor as some, actor_document_data, ann, moment, reply, thread, urls, weavers,
};
use super::*;
use crate::json::document;
use model::{ActorKind, DeletedBy, SeenBy};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use store::row;
use vocab::{Actor, Audience, PUBLIC};

/// Writes a document, checks what holds for all of them, and reads it back.
pub(crate) fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(thing: &T) -> Value {
    let json = document(thing).unwrap();
    let value = vocab::parse(json.as_bytes()).unwrap();
    assert_eq!(&serde_json::from_value::<T>(value.clone()).unwrap(), thing);
    assert!(value["@context"].is_array(), "the context is inlined");
    assert_one_type(&value);
    value
}

/// `type` is one plain string, wherever it stands.
fn assert_one_type(value: &Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                assert!(key != "type" || inner.is_string(), "{inner}");
                if key != "@context" {
                    assert_one_type(inner);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(assert_one_type),
        _ => {}
    }
}

#[test]
fn a_profile_that_not_everybody_sees_is_not_on_the_wire() {
    let nurse = |seen_by| row::Actor {
        job_title: "Nurse".to_owned(),
        organization: "Harbour".to_owned(),
        seen_by,
        ..ann()
    };
    let open: Actor = actor(&urls(), &actor_document_data(nurse(SeenBy::Everyone)));
    let open = survives(&open);
    assert_eq!(open["discoverable"], true);
    assert!(open.to_string().contains("Harbour"));
    for choice in [SeenBy::CoMembers, SeenBy::Instance] {
        let document: Actor = actor(&urls(), &actor_document_data(nurse(choice)));
        let document = survives(&document);
        assert_eq!(document["discoverable"], false);
        assert_eq!(document["name"], "Ann <3");
        let text = document.to_string();
        for word in ["Nurse", "Harbour", "Weaver", "she & her"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn a_group_is_never_private_and_names_its_moderators_by_one_string() {
    let group: Actor = actor(&urls(), &actor_document_data(weavers()));
    let json = survives(&group);
    assert_eq!(json["type"], "Group");
    assert_eq!(
        json["attributedTo"],
        "https://alpha.test/c/weavers/moderators"
    );
    assert!(json.get("manuallyApprovesFollowers").is_none());
    assert_eq!(json["endpoints"]["sharedInbox"], "https://alpha.test/inbox");
    let multikey = json!([{
        "id": "https://alpha.test/c/weavers#ed25519-key",
        "type": "Multikey",
        "controller": "https://alpha.test/c/weavers",
        "publicKeyMultibase": "z6Mkh4LmfP1ev9MNPGr7JbEbtD6BD4fsu1duEj83PMCs3xHG",
    }]);
    assert_eq!(json["assertionMethod"], multikey);
    assert_eq!(json["nameMap"], json!({"en": "Weavers", "fr": "Tissage"}));
    assert_eq!(
        json["summary"],
        "<p lang=\"en\">Learning to weave, together &amp; well.</p><p lang=\"fr\">Apprendre à tisser.</p>"
    );
    assert_eq!(
        json["hedgerow:domain"]["concern"],
        json!({"en": "**Warp** and weft"})
    );
    assert_eq!(json["hedgerow:who"], json!({"fr": "Qui tisse"}));
    assert_eq!(
        json["language"][1],
        json!({"identifier": "fr", "name": "Français"})
    );
    assert_eq!(
        json["publicKey"]["id"],
        "https://alpha.test/c/weavers#main-key"
    );
    assert!(json.get("icon").is_none() && json.get("members").is_none());
}

#[test]
fn a_person_tells_what_they_told_us_and_no_more() {
    let json = survives(&actor(&urls(), &actor_document_data(ann())));
    assert_eq!(json["type"], "Person");
    assert_eq!(json["name"], "Ann <3", "a name is plain text");
    assert_eq!(json["source"]["content"], "*Weaver*");
    assert_eq!(json["icon"]["url"], "https://alpha.test/media/7");
    assert_eq!(json["icon"]["mediaType"], "image/png");
    let line = json!({"type": "PropertyValue", "name": "Pronouns", "value": "she &amp; her"});
    assert_eq!(json["attachment"], json!([line]));
    assert_eq!(json["hedgerow:pronouns"], "she & her");
    assert!(json.get("hedgerow:role").is_none());
}

#[test]
fn the_instance_is_an_application_at_the_root() {
    let row = row::Actor {
        inbox: "https://alpha.test/inbox".to_owned(),
        ..some(9, ActorKind::Application, "alpha.test:8081", "")
    };
    let json = survives(&actor(&urls(), &actor_document_data(row)));
    assert_eq!(json["id"], "https://alpha.test/");
    assert_eq!(json["type"], "Application");
    assert_eq!(json["inbox"], "https://alpha.test/inbox");
    assert_eq!(json["preferredUsername"], "alpha.test");
}

#[test]
fn a_thread_is_a_page_in_both_languages_the_authors_first() {
    let page = object(&urls(), &thread());
    let json = survives(&page);
    assert_eq!(json["type"], "Page");
    assert_eq!(json["to"], json!(["https://alpha.test/c/weavers", PUBLIC]));
    let cc = json!([
        "https://beta.test/u/bea",
        "https://alpha.test/u/ann/followers"
    ]);
    assert_eq!(json["cc"], cc);
    assert_eq!(json["audience"], "https://alpha.test/c/weavers");
    assert_eq!(json["context"], "https://alpha.test/p/10/context");
    assert_eq!(json["hedgerow:kind"], "question");
    assert_eq!(json["tag"][0]["name"], "@bea@beta.test");
    let community = json!({"type": "Mention", "href": "https://alpha.test/c/weavers", "name": "@weavers@alpha.test"});
    assert_eq!(json["tag"][1], community, "replies of Mastodon name it too");
    let titles: Vec<&String> = json["nameMap"].as_object().unwrap().keys().collect();
    assert_eq!(titles, ["fr", "en"]);
    assert_eq!(page.readers(None), Audience::Public);
    let summaries = json!({"fr": "Comment faire ?", "en": "Provenance to?"});
    assert_eq!(json["summary"], "Comment faire ?", "no link and no markup");
    assert_eq!(json["summaryMap"], summaries);
    assert!(json.get("url").is_none(), "it is its id");
}

/// Two tags of the weavers, one of them in two languages.
fn tags() -> Vec<row::Tag> {
    let tag = |id: i64, slug: &str, name: model::LangText| row::Tag {
        id: model::TagId(id),
        community_id: model::ActorId(2),
        ap_id: format!("https://alpha.test/c/weavers/tags/{id}"),
        slug: slug.to_owned(),
        name,
        updated_at: moment(),
    };
    vec![
        tag(
            1,
            "warping-tools",
            model::LangText::new([("en", "Warping tools"), ("fr", "Outils d’ourdissage")]),
        ),
        tag(2, "نسيج", model::LangText::single("ar", "نسيج")),
    ]
}

#[test]
fn a_tag_is_named_by_its_community_and_by_the_threads_that_have_it() {
    let first = json!({
        "type": "CommunityPostTag",
        "id": "https://alpha.test/c/weavers/tags/1",
        "preferredUsername": "warping-tools",
        "name": "Warping tools",
        "nameMap": {"en": "Warping tools", "fr": "Outils d’ourdissage"},
    });
    let second = json!({
        "type": "CommunityPostTag",
        "id": "https://alpha.test/c/weavers/tags/2",
        "preferredUsername": "نسيج",
        "name": "نسيج",
    });
    let data = ActorDocumentData {
        tags: tags(),
        ..actor_document_data(weavers())
    };
    let group = survives(&actor(&urls(), &data));
    assert_eq!(group["tag"], json!([first, second]));
    assert_eq!(read_of_group(&actor(&urls(), &data)).len(), 2);

    let data = PostDocumentData {
        tags: tags(),
        tagged_at: Some(moment().plus_seconds(60)),
        ..thread()
    };
    let page = survives(&object(&urls(), &data));
    assert_eq!(page["tag"][2], first);
    let hashtag = json!({
        "type": "Hashtag",
        "href": "https://alpha.test/c/weavers/discussions?tag=warping-tools",
        "name": "#warping-tools",
    });
    assert_eq!(page["tag"][3], hashtag);
    assert_eq!(
        page["tag"][5]["href"],
        "https://alpha.test/c/weavers/discussions?tag=%D9%86%D8%B3%D9%8A%D8%AC"
    );
    assert_eq!(page["updated"], "2026-11-22T06:08:00Z");
    assert_eq!(survives(&community_tag(&tags()[0]))["id"], first["id"]);
}

#[test]
fn pictures_are_attached_in_the_only_form_that_lemmy_reads() {
    let picture = row::PostPicture {
        post_id: model::PostId(10),
        number: 2,
        file: domain::testing::picture_file("0123456789abcdef"),
        alt: "A <heddle>".to_owned(),
    };
    let expected = json!([{
        "type": "Image",
        "url": "https://alpha.test/p/10/pictures/2?v=0123456789ab",
        "mediaType": "image/png",
        "name": "A <heddle>",
        "width": 2,
        "height": 1,
    }]);
    for data in [thread(), reply()] {
        let pictures = vec![picture.clone()];
        let json = survives(&object(&urls(), &PostDocumentData { pictures, ..data }));
        assert_eq!(json["attachment"], expected);
    }
}

#[test]
fn a_reply_is_a_note_that_mentions_whom_it_answers() {
    let json = survives(&object(&urls(), &reply()));
    assert_eq!(json["type"], "Note");
    assert_eq!(json["inReplyTo"], "https://beta.test/p/11");
    assert_eq!(json["to"], json!([PUBLIC]));
    let cc = json!([
        "https://alpha.test/c/weavers",
        "https://beta.test/u/bea",
        "https://alpha.test/u/ann/followers"
    ]);
    assert_eq!(json["cc"], cc);
    let named: Vec<&Value> = json["tag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    assert_eq!(
        named,
        ["@bea@beta.test", "@weavers@alpha.test"],
        "once, and not herself"
    );
    assert_eq!(json["contentMap"]["en"], json["content"]);
    assert_eq!(
        json["language"],
        json!({"identifier": "en", "name": "English"})
    );
    assert!(json.get("name").is_none() && json.get("hedgerow:kind").is_none());
}

#[test]
fn unlisted_has_public_in_cc_only_and_always_somebody_in_to() {
    for mut data in [thread(), reply()] {
        data.post.audience = model::Audience::Unlisted;
        let object = object(&urls(), &data);
        assert_eq!(object.readers(None), Audience::Unlisted);
        assert!(!object.to.is_empty());
    }
    let mut alone = thread();
    (alone.community, alone.mentions) = (None, Vec::new());
    alone.post.audience = model::Audience::Unlisted;
    assert_eq!(
        object(&urls(), &alone).to,
        ["https://alpha.test/u/ann/followers"]
    );
}

#[test]
fn a_conversation_that_began_elsewhere_has_its_collection_there() {
    let mut data = reply();
    data.root_here = false;
    assert_eq!(object(&urls(), &data).context, None);
    let kept = "https://beta.test/topic/9".to_owned();
    data.conversation = Some(kept.clone());
    assert_eq!(object(&urls(), &data).context, Some(kept));
}

#[test]
fn what_was_taken_away_leaves_a_tombstone() {
    let mut data = thread();
    (data.post.deleted_at, data.post.deleted_by) = (Some(moment()), Some(DeletedBy::Author));
    let json = survives(&tombstone(&data));
    assert_eq!(json["type"], "Tombstone");
    assert_eq!(json["formerType"], "Page");
    assert_eq!(json["deleted"], "2026-11-22T06:07:00Z");
    assert!(json.get("name").is_none());
}

#[test]
fn a_conversation_is_a_collection_that_says_whose_it_is() {
    let root = thread().post;
    let posts = [
        "https://alpha.test/p/10".to_owned(),
        "https://beta.test/p/11".to_owned(),
    ];
    let json = survives(&context(&urls(), &root, &weavers(), 2, Some(&posts)));
    assert_eq!(json["type"], "OrderedCollection");
    assert_eq!(json["attributedTo"], "https://alpha.test/c/weavers");
    assert_eq!(json["totalItems"], 2);
    assert_eq!(json["orderedItems"][1], "https://beta.test/p/11");
    let long = survives(&context(&urls(), &root, &weavers(), 900, None));
    assert_eq!(long["first"], "https://alpha.test/p/10/context?after=0");
    let page = survives(&context_page(&urls(), &root, 0, &posts, Some(11)));
    assert_eq!(page["next"], "https://alpha.test/p/10/context?after=11");
}

#[test]
fn of_followers_only_the_number_is_told() {
    let json = survives(&totals("https://alpha.test/u/ann/followers", 3, None));
    assert_eq!(json["totalItems"], 3);
    assert!(json.get("orderedItems").is_none() && json.get("first").is_none());
}

/// Reads the document of a reply to a post as a peer does.
fn read_back(json: &serde_json::Value) -> domain::post::Wording {
    let post = VerifiedObject::read(json).unwrap();
    let context = draft::DraftContext {
        thread: false,
        mentions: Vec::new(),
        parent: None,
    };
    let draft = draft::draft(&post, model::Audience::Public, context);
    draft.wordings[0].clone()
}

#[test]
fn a_warning_is_read_as_typed_by_those_who_read_html() {
    for (typed, sent) in [
        (
            "use <naloxone> first & wait",
            "use &lt;naloxone&gt; first & wait",
        ),
        (
            "<img src=x onerror=alert(1)>",
            "&lt;img src=x onerror=alert(1)&gt;",
        ),
        (
            "write &lt; and &#60;, R&D",
            "write &amp;lt; and &amp;#60;, R&amp;D",
        ),
        ("it's \"raw\" &", "it's \"raw\" &"),
    ] {
        let mut data = reply();
        data.post.html = model::LangText::new([("en", "<p>lost</p>"), ("fr", "<p>perdu</p>")]);
        data.post.warning = model::LangText::new([("en", typed), ("fr", typed)]);
        let json = survives(&object(&urls(), &data));
        assert_eq!(json["summary"], sent);
        assert_eq!(json["summaryMap"]["fr"], sent);
        assert_eq!(read_back(&json).warning, typed);
    }
}

#[test]
fn a_warning_is_sent_apart_from_the_text_and_comes_back() {
    let html = [
        ("en", "<p>We <em>lost</em> her.</p>"),
        ("fr", "<p>Elle est <em>morte</em>.</p>"),
    ];
    let warnings = [("en", "Death & grief"), ("fr", "Décès")];
    for mut data in [thread(), reply()] {
        data.post.html = model::LangText::new(html);
        data.post.warning = model::LangText::new(warnings);
        let json = survives(&object(&urls(), &data));
        assert_eq!(json["summary"], "Death & grief");
        assert_eq!(json["summaryMap"]["fr"], "Décès");
        assert_eq!(json["sensitive"], true);
        assert_eq!(json["content"], "<p>We <em>lost</em> her.</p>");
        assert!(!json.to_string().contains("<details"), "{json}");
        let (post, is_thread) = (VerifiedObject::read(&json).unwrap(), data.parent.is_none());
        let context = draft::DraftContext {
            thread: is_thread,
            mentions: Vec::new(),
            parent: None,
        };
        let draft = draft::draft(&post, model::Audience::Public, context);
        let wordings = draft.wordings.iter();
        let read: Vec<_> = wordings
            .map(|w| (w.body.html.as_str(), w.warning.as_str()))
            .collect();
        assert_eq!(
            read,
            [(html[0].1, warnings[0].1), (html[1].1, warnings[1].1)]
        );
    }
    let plain = survives(&object(&urls(), &reply()));
    assert!(plain.get("summary").is_none() && plain.get("sensitive").is_none());
}

#[test]
fn a_long_text_is_not_said_twice() {
    let of = |words: usize, langs: &[&str]| {
        let text = "warp ".repeat(words);
        let html = format!("<p>{text}</p>");
        let mut data = thread();
        data.post.html = model::LangText::new(langs.iter().map(|lang| (*lang, html.as_str())));
        data.post.source = model::LangText::new(langs.iter().map(|lang| (*lang, text.as_str())));
        let json = survives(&object(&urls(), &data));
        assert!(json.to_string().len() < 98_000 || langs.len() > 1);
        (
            json.get("contentMap").is_some(),
            json.get("source").is_some(),
        )
    };
    assert_eq!(of(1_000, &["en"]), (true, true));
    assert_eq!(of(7_000, &["en"]), (false, true), "35 KB, three times");
    assert_eq!(of(15_000, &["en"]), (false, false));
    assert_eq!(
        of(7_000, &["en", "fr"]),
        (true, false),
        "no language is lost"
    );
}

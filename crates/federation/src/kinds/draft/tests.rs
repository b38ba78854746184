//! Drafts made of what real servers send.

#![expect(
    clippy::needless_pass_by_value,
    reason = "tests read better with the JSON at the call"
)]

use super::*;
use crate::kinds::invariants::post;
use model::{LangText, PostDetails};
use proptest::prelude::*;
use serde_json::{Value, json};

fn fixture(name: &str, path: &[&str]) -> VerifiedObject {
    let file = format!(
        "{}/../../tests/fixtures/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let whole: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    read(path.iter().fold(whole, |value, key| value[key].clone()))
}

fn read(value: Value) -> VerifiedObject {
    VerifiedObject::read(&value).unwrap()
}

fn drafted(post: &VerifiedObject, thread: bool) -> Draft {
    let context = DraftContext {
        thread,
        mentions: Vec::new(),
        parent: None,
    };
    draft(post, post.audience().unwrap(), context)
}

/// The author's wording.
fn first(draft: &Draft) -> &Wording {
    &draft.wordings[0]
}

#[test]
fn the_tags_of_a_thread_are_read_and_those_of_a_reply_are_not() {
    let mut page = json!({
        "id": "https://lemmy.example/post/9", "type": "Page", "attributedTo": "https://lemmy.example/u/lou",
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "name": "Tips", "content": "<p>Ask.</p>",
        "tag": [
            {"type": "CommunityPostTag", "id": "https://lemmy.example/c/dialogue/tag/tips", "preferredUsername": "tips", "name": "Tips"},
            {"type": "CommunityPostTag", "name": "No id"},
            {"type": "Hashtag", "href": "https://lemmy.example/post/9", "name": "#Warping_Tools"},
            {"type": "Hashtag", "name": "#"},
            {"type": "Hashtag", "name": 7},
        ],
    });
    let tags = drafted(&read(page.clone()), true).tags;
    assert_eq!(tags.named, ["https://lemmy.example/c/dialogue/tag/tips"]);
    assert_eq!(tags.hashtags, ["warpingtools"]);
    assert_eq!(tags.chosen, None);
    assert_eq!(
        drafted(&read(page.clone()), false).tags,
        WantedTags::default()
    );
    let many: Vec<Value> = (0..10_000)
        .map(|n| json!({"type": "Hashtag", "name": format!("#t{n}")}))
        .collect();
    page["tag"] = json!(many);
    assert!(drafted(&read(page), true).tags.hashtags.len() <= 50);
}

#[test]
fn a_page_of_lemmy() {
    let page = drafted(&fixture("lemmy/announce-page", &["object"]), true);
    assert_eq!(first(&page).title, "Listening in pairs");
    assert_eq!(
        (first(&page).lang.as_str(), page.kind, page.audience),
        ("en", PostKind::Discussion, Audience::Public)
    );
    assert_eq!(first(&page).body.md, "Two minutes each, no questions.");
    assert!(
        first(&page)
            .body
            .html
            .starts_with("<p>Two minutes each, no questions.</p>")
    );
    assert!(
        first(&page)
            .body
            .html
            .contains("href=\"https://reading.example/listening\""),
        "{}",
        first(&page).body.html
    );
    assert_eq!(page.wordings.len(), 1);
}

#[test]
fn a_note_of_mastodon_has_its_first_line_as_title() {
    let note = drafted(&fixture("mastodon/create-note", &["object"]), true);
    assert!(
        first(&note).title.starts_with("Which reed for linen?"),
        "{}",
        first(&note).title
    );
    assert_eq!(first(&note).lang, "en");
    assert!(
        first(&note).body.html.contains("A reed and a ruler</a>"),
        "{}",
        first(&note).body.html
    );
    assert!(first(&note).body.md.is_empty());
    let unlisted = drafted(&fixture("mastodon/create-unlisted-note", &["object"]), true);
    assert_eq!(unlisted.audience, Audience::Unlisted);
}

#[test]
fn a_reply_has_no_title_and_may_carry_a_warning() {
    let reply = drafted(&fixture("nodebb/create-note", &["object"]), false);
    assert_eq!(first(&reply).title, "");
    assert_eq!(first(&reply).lang, "und", "it names none");
    let warned = drafted(&fixture("gotosocial/create-note", &["object"]), false);
    assert_eq!(
        first(&warned).warning,
        "Has anyone compared honey with silver?"
    );
    assert!(first(&warned).body.html.starts_with("<p>"));
}

#[test]
fn an_article_and_a_page_of_others() {
    let article = drafted(&fixture("nodebb/announce-article", &["object"]), true);
    assert_eq!(first(&article).title, "Honey dressings");
    assert_eq!(
        first(&article).body.md,
        "Has anyone compared **honey** with silver?"
    );
    assert!(first(&article).body.html.contains("<strong>honey</strong>"));
    let page = drafted(
        &fixture("piefed/announce-create-page", &["object", "object"]),
        true,
    );
    assert_eq!(
        (first(&page).title.as_str(), first(&page).lang.as_str()),
        ("Pruning quince", "en")
    );
}

#[test]
fn an_event_has_when_and_where_once() {
    let event = drafted(&fixture("gancio/event", &[]), true);
    assert_eq!(first(&event).title, "Net-mending morning");
    let line = "<p><strong>2026-12-05 10:00–12:00 (UTC+01:00) · Boat shed, 4 Quay St</strong></p>";
    let body = &first(&event).body.html;
    assert!(
        event.details.is_some() && !body.contains("2026-12-05"),
        "{body}"
    );
    let reply = drafted(&fixture("gancio/event", &[]), false);
    let body = &first(&reply).body.html;
    assert!(reply.details.is_none() && body.starts_with(line), "{body}");
    let event = drafted(&fixture("wordpress/create-event", &["object"]), true);
    assert_eq!(
        (first(&event).title.as_str(), first(&event).lang.as_str()),
        ("Seed and story evening", "en")
    );
    assert!(
        first(&event).body.html.contains("Tickets</a>")
            && first(&event).body.html.contains("Bring a cutting")
    );
}

fn ours(more: Value) -> VerifiedObject {
    let mut page = json!({"type": "Page", "id": "https://a.test/p/1", "attributedTo": "https://a.test/u/ann", "to": ["as:Public"]});
    for (key, value) in more.as_object().unwrap() {
        page[key] = value.clone();
    }
    read(page)
}

#[test]
fn both_languages_of_our_own_kind_are_kept() {
    let page = drafted(
        &ours(json!({
            "name": "Warping", "nameMap": {"en": "Warping", "fr": "L’ourdissage"}, "content": "<p>How?</p>",
            "contentMap": {"en": "<p>How?</p>", "fr": "<p>Comment ?</p>"}, "hedgerow:kind": "tip",
            "source": {"content": "How?", "mediaType": "text/markdown"}, "language": {"identifier": "en", "name": "English"},
        })),
        true,
    );
    assert_eq!(
        (
            page.kind,
            first(&page).lang.as_str(),
            first(&page).title.as_str()
        ),
        (PostKind::Tip, "en", "Warping")
    );
    let [_, second] = page.wordings.as_slice() else {
        panic!("{:?}", page.wordings);
    };
    assert_eq!(
        (second.lang.as_str(), second.title.as_str()),
        ("fr", "L’ourdissage")
    );
    assert_eq!(second.body.html, "<p>Comment ?</p>");
}

#[test]
fn every_language_is_kept_the_authors_first_and_each_once() {
    let tags = [
        "fr", "en", "fr-CA", "de", "EN", "en-GB", "und", "it", "es", "pt", "nl", "sv", "da", "fi",
        "pl", "cs", "hu",
    ];
    let map: serde_json::Map<String, Value> = tags
        .iter()
        .map(|tag| ((*tag).to_owned(), json!(format!("<p>{tag}</p>"))))
        .collect();
    let page = drafted(
        &ours(
            json!({"name": "N", "content": "<p>en</p>", "contentMap": map,
            "language": {"identifier": "en", "name": "English"}}),
        ),
        true,
    );
    let langs: Vec<&str> = page.wordings.iter().map(|w| w.lang.as_str()).collect();
    assert_eq!(
        langs,
        [
            "en", "fr", "fr-CA", "en-GB", "de", "it", "es", "pt", "nl", "sv", "da", "fi"
        ]
    );
}

#[test]
fn an_event_is_one_whatever_it_calls_itself() {
    let kind = |more: Value| drafted(&ours(more), true).kind;
    assert_eq!(
        kind(json!({"type": "Event", "hedgerow:kind": "story"})),
        PostKind::Event
    );
    assert_eq!(
        kind(json!({"hedgerow:kind": "event"})),
        PostKind::Discussion
    );
    let event = drafted(&fixture("gancio/event", &[]), true);
    let Some(PostDetails::Event(details)) = event.details else {
        panic!("{event:?}");
    };
    assert_eq!(
        (event.kind, details.place.as_str()),
        (PostKind::Event, "Boat shed, 4 Quay St")
    );
}

#[test]
fn odd_posts_become_something_readable() {
    let question = drafted(
        &ours(json!({"type": "Question", "content": "<p>Tea?</p>", "inLanguage": "en-CA"})),
        true,
    );
    assert_eq!(
        (
            question.kind,
            first(&question).lang.as_str(),
            first(&question).title.as_str()
        ),
        (PostKind::Question, "en-CA", "Tea?")
    );
    let empty = drafted(&ours(json!({"type": "Note"})), true);
    assert_eq!(
        (
            first(&empty).title.as_str(),
            first(&empty).body.html.as_str()
        ),
        ("…", "")
    );
    let plain = drafted(
        &ours(json!({"content": "a < b\nc", "mediaType": "text/plain"})),
        false,
    );
    assert_eq!(first(&plain).body.html, "<p>a &lt; b<br>c</p>");
    let markdown = drafted(
        &ours(json!({"content": "*x*", "mediaType": "text/markdown"})),
        false,
    );
    assert!(first(&markdown).body.html.contains("<em>x</em>"));
    let summary = drafted(
        &ours(json!({"type": "Article", "name": "N", "summary": "<p>S</p>"})),
        true,
    );
    assert_eq!(first(&summary).body.html, "<p>S</p>");
    let warning = drafted(
        &ours(json!({"type": "Note", "summary": "<b>Bold</b> &amp; 1 < 2", "content": "x"})),
        false,
    );
    assert_eq!(first(&warning).warning, "Bold & 1 < 2");
    assert_eq!(first(&warning).body.html, "x");
    let hostile = drafted(
        &ours(
            json!({"type": "Note", "summary": "<script>alert(1)</script>", "content": "<p onclick=x>hi</p><script>1</script>",
            "attachment": [{"type": "Image", "url": "javascript:alert(1)"}, {"type": "Link", "href": "https://x.test/\"><script>"}]}),
        ),
        true,
    );
    assert!(
        !first(&hostile).body.html.contains("<script")
            && !first(&hostile).body.html.contains("onclick"),
        "{}",
        first(&hostile).body.html
    );
}

proptest! {
    #[test]
    fn any_public_post_has_a_title_and_harmless_words(value in vocab::testing::mutated()) {
        post(value.get("object").unwrap_or(&value));
        post(&value);
    }
}

#[test]
fn a_title_is_not_repeated_as_the_first_line() {
    let poll = |content: &str| {
        let post = read(json!({
            "id": "https://piefed.example/p/10", "type": "Question", "name": "Live: poll",
            "attributedTo": "https://piefed.example/u/pia", "content": content,
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
        }));
        (
            first(&drafted(&post, true)).body.html.clone(),
            first(&drafted(&post, false)).body.html.clone(),
        )
    };
    let (thread, reply) = poll("<p>Live: poll</p><p>vote</p>\n");
    assert_eq!(thread.trim(), "<p>vote</p>");
    assert!(reply.contains("Live: poll"), "a reply shows no title");
    for kept in [
        "<p>Live: poll</p>",
        "<p>Live: polls</p><p>vote</p>",
        "<p>vote</p><p>Live: poll</p>",
    ] {
        assert_eq!(poll(kept).0.trim(), kept);
    }
}

/// A Note with these keys.
fn note(more: Value) -> VerifiedObject {
    let mut note = json!({
        "type": "Note", "id": "https://a.test/n/1", "attributedTo": "https://a.test/u/pia",
        "to": ["as:Public"], "content": "<p>@weavers The butler did it</p>",
    });
    for (key, value) in more.as_object().unwrap() {
        note[key] = value.clone();
    }
    read(note)
}

#[test]
fn the_words_behind_a_warning_are_no_title() {
    for (object, title) in [
        (
            json!({"summary": "Film ending", "sensitive": true}),
            "Film ending",
        ),
        (json!({"summary": "Film\n <b>ending</b>"}), "Film ending"),
        (
            json!({"summary": "Film ending", "name": "\u{200b}"}),
            "Film ending",
        ),
        (
            json!({"summary": "Film ending", "name": "Mysteries"}),
            "Mysteries",
        ),
        (
            json!({"type": "Question", "summary": "Film ending"}),
            "Film ending",
        ),
        (
            json!({"type": "Page", "name": "\u{202e}", "summary": "Film ending", "sensitive": true}),
            "Film ending",
        ),
        (
            json!({"type": "Question", "name": "Whose?", "summary": "Film ending", "sensitive": true}),
            "Whose?",
        ),
        (
            json!({"summary": "Film ending", "contentMap": {"en": "<p>@weavers The butler did it</p>", "fr": "<p>Le butler</p>"}}),
            "Film ending",
        ),
    ] {
        let draft = drafted(&note(object.clone()), true);
        assert_eq!(first(&draft).title, title, "{object}");
        for wording in &draft.wordings {
            assert_eq!(wording.warning, "Film ending");
            assert!(wording.body.html.contains("butler"));
            assert!(!wording.title.contains("butler"));
        }
    }
    let plain = drafted(&note(json!({"summary": "\u{200b}"})), true);
    assert_eq!(first(&plain).title, "The butler did it");
}

#[test]
fn a_reply_keeps_the_warning_that_is_its_own() {
    let parent = |title: &str, html: &str, warning: &str| store::row::Post {
        title: LangText::single("en", title),
        html: LangText::single("en", html),
        warning: LangText::single("en", warning),
        ..crate::kinds::samples::thread().post
    };
    let text = "<p>Has anyone compared honey with silver?</p>";
    for (parent, warning, kept) in [
        (parent("Honey", text, ""), "Honey", false),
        (
            parent("Honey", text, ""),
            "Has anyone compared honey with silver? Join in: Weavers",
            false,
        ),
        (parent("Death", text, "Death"), "Death", true),
        (parent("Honey", "<p>S</p>", ""), "Suicide", true),
    ] {
        let reply = note(json!({"summary": warning, "sensitive": true}));
        let context = DraftContext {
            thread: false,
            mentions: Vec::new(),
            parent: Some(parent),
        };
        let draft = draft(&reply, reply.audience().unwrap(), context);
        assert_eq!(first(&draft).warning == warning, kept, "{warning}");
    }
}

#[test]
fn a_post_with_a_title_is_sensitive_as_a_whole() {
    let of = |keys: Value| first(&drafted(&note(keys), true)).warning.clone();
    let page = json!({"type": "Page", "name": "Mysteries", "sensitive": true});
    assert_eq!(of(page), "Sensitive content");
    let note = json!({"sensitive": true});
    assert_eq!(
        of(note),
        "",
        "Mastodon can say it of all that somebody writes"
    );
}

#[test]
fn a_post_with_sensitive_pictures_comes_behind_a_warning() {
    let of = |more: Value| {
        let mut keys = json!({"sensitive": true, "attachment": [{"type": "Image", "url": "https://a.test/i.png", "name": "A wound"}]});
        for (key, value) in more.as_object().unwrap() {
            keys[key] = value.clone();
        }
        let draft = drafted(&note(keys), true);
        assert!(first(&draft).body.html.contains(">A wound</a>"));
        (first(&draft).title.clone(), first(&draft).warning.clone())
    };
    for (more, title, warning) in [
        (json!({}), "The butler did it", "Sensitive content"),
        (
            json!({"content": "<p>Une plaie</p>", "contentMap": {"fr": "<p>Une plaie</p>"}}),
            "Une plaie",
            "Contenu sensible",
        ),
        (
            json!({"content": ""}),
            "Sensitive content",
            "Sensitive content",
        ),
        (json!({"summary": "Blood"}), "Blood", "Blood"),
        (json!({"sensitive": false}), "The butler did it", ""),
    ] {
        let expected = (title.to_owned(), warning.to_owned());
        assert_eq!(of(more.clone()), expected, "{more}");
    }
}

#[test]
fn a_title_is_made_of_the_first_line_with_words() {
    for (content, title) in [
        ("<h2>Titre</h2><p>Texte</p>", "Titre"),
        (
            "<table><tr><td>un</td><td>deux</td></tr></table>",
            "un deux",
        ),
        ("<div>First</div><div>Second</div>", "First"),
        (
            "<p><a class=\"mention\" href=\"https://h.test/c/weavers\">@<span>weavers</span></a> Bonjour le monde</p>",
            "Bonjour le monde",
        ),
        ("<p>@weavers@h.test</p><p>Bonjour</p>", "Bonjour"),
        ("<dl><dt>Warp</dt><dd>threads</dd></dl>", "Warp"),
        ("One<br/>Two", "One"),
        ("<p>a\u{202e}b\u{200b}c</p>", "abc"),
        ("<p>\u{3164}</p>", "…"),
    ] {
        let draft = drafted(&note(json!({"content": content})), true);
        assert_eq!(first(&draft).title, title, "{content}");
    }
    for (name, title) in [
        ("a\nb", "a b"),
        ("loc \u{202e}RLO", "loc RLO"),
        ("x\u{e0041}\u{ad}y", "xy"),
    ] {
        let page = drafted(&ours(json!({"name": name, "content": "c"})), true);
        assert_eq!(first(&page).title, title);
    }
}

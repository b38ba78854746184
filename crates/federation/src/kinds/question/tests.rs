//! What is read of a Question, and how ours are rendered.

use super::super::document::{object, poll_as_page};
use super::super::samples::{thread, urls};
use super::super::tests::survives;
use super::*;
use serde_json::json;
use store::row;

fn read(mut more: Value) -> Object {
    let mut question = json!({
        "type": "Question", "id": "https://a.test/q/1", "attributedTo": "https://a.test/u",
        "content": "<p>Tea?</p>", "oneOf": [choice("Yes", 2), choice("No", 1)],
    });
    question
        .as_object_mut()
        .unwrap()
        .append(more.as_object_mut().unwrap());
    serde_json::from_value(question).unwrap()
}

fn choice(name: &str, votes: u64) -> Value {
    json!({"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}})
}

fn time(text: &str) -> Time {
    Time::parse_rfc3339(text).unwrap()
}

#[test]
fn a_poll_is_read_with_its_counts() {
    let question = read(json!({"endTime": "2026-12-05T10:00:00Z", "votersCount": 3}));
    let poll = details(&question).unwrap();
    assert_eq!((poll.way, poll.places), (PollWay::One, 1));
    assert_eq!(
        poll.choices,
        [
            LangText::single("und", "Yes"),
            LangText::single("und", "No")
        ]
    );
    assert_eq!(poll.ends_at, Some(time("2026-12-05T10:00:00Z")));
    assert_eq!(poll.results, PollResults::Voted);
    let counts = tally(&question, poll.way);
    assert_eq!((counts.voters, counts.votes), (3, vec![2, 1]));

    let several = read(json!({"oneOf": [], "anyOf": [choice("Yes", 2), choice("No", 3)]}));
    let poll = details(&several).unwrap();
    assert_eq!((poll.way, poll.places), (PollWay::Several, 2));
    assert_eq!(tally(&several, poll.way).voters, 3, "somebody chose both");
}

#[test]
fn what_nobody_could_vote_in_is_told_in_a_line() {
    let many: Vec<Value> = (0..21)
        .map(|number| choice(&number.to_string(), 0))
        .collect();
    for choices in [
        json!([]),
        json!([choice("Yes", 1)]),
        json!([choice("Yes", 1), choice("Yes", 1)]),
        json!([choice("Yes", 1), choice("Ye\u{200b}s", 1)]),
        json!([choice("E\u{301}te\u{301}", 1), choice("\u{c9}t\u{e9}", 1)]),
        json!([choice("Yes", 1), {"type": "Note"}]),
        json!([choice("Yes", 1), choice(" No ", 1)]),
        json!([choice("Yes", 1), choice("Not  yet", 1)]),
        json!([choice("Yes", 1), choice(&"x".repeat(201), 1)]),
        json!(many),
        json!("no list"),
    ] {
        let question = read(json!({"oneOf": choices}));
        assert_eq!(details(&question), None, "{choices}");
    }
    let question = read(json!({"oneOf": [choice("Yes", 1)]}));
    assert_eq!(Question.lead(&question, "en").as_deref(), Some("Yes"));
}

#[test]
fn numbers_of_peers_are_bounded() {
    let question = read(json!({
        "oneOf": [choice("Yes", u64::MAX), choice("No", 1)], "votersCount": u64::MAX,
        "hedgerow:places": 7,
    }));
    let poll = details(&question).unwrap();
    assert_eq!(poll.way, PollWay::One, "one choice has no order");
    let counts = tally(&question, poll.way);
    assert_eq!(
        (counts.voters, counts.votes),
        (POLL_VOTES_MAX, vec![POLL_VOTES_MAX, 1])
    );
    let negative = read(json!({"votersCount": -4, "oneOf": [
        {"type": "Note", "name": "Yes", "replies": {"totalItems": -9}}, choice("No", 1)]}));
    let counts = tally(&negative, PollWay::One);
    assert_eq!((counts.voters, counts.votes), (1, vec![0, 1]));
    let places = read(
        json!({"oneOf": [], "anyOf": [choice("A", 0), choice("B", 0)],
        "hedgerow:places": u64::MAX}),
    );
    assert_eq!(details(&places).unwrap().places, 2);
}

#[test]
fn the_end_is_the_first_time_that_is_told() {
    let ends = |more: Value| details(&read(more)).unwrap().ends_at;
    let (early, late) = ("2026-12-05T10:00:00Z", "2026-12-07T10:00:00Z");
    assert_eq!(
        ends(json!({"endTime": late, "closed": early})),
        Some(time(early))
    );
    assert_eq!(ends(json!({"closed": late})), Some(time(late)), "Pleroma");
    assert_eq!(
        ends(json!({"closed": true, "updated": early})),
        Some(time(early))
    );
    assert_eq!(ends(json!({"closed": false})), None);
    assert_eq!(ends(json!({"endTime": "soon"})), None);
}

#[test]
fn a_choice_is_named_as_it_was_sent() {
    let decomposed = "E\u{301}te\u{301}";
    let question = read(json!({"oneOf": [choice(decomposed, 0), choice("No", 0)]}));
    let first = details(&question).unwrap().choices[0].clone();
    assert_eq!(first.first(), Some(("und", decomposed)));
    let note = json!({"type": "Note", "inReplyTo": "https://b.test/p/1", "name": " Yes\u{a0}"});
    assert_eq!(vote(&note).unwrap().name, " Yes\u{a0}");
}

#[test]
fn counts_that_are_not_told_are_not_none() {
    let quiet = json!([{"type": "Note", "name": "Yes"}, {"type": "Note", "name": "No"}]);
    assert_eq!(Question.tally(&read(json!({"oneOf": quiet}))), None);
    let told = read(json!({"oneOf": quiet, "votersCount": 0}));
    assert_eq!(Question.tally(&told).unwrap().votes, [0, 0]);
}

#[test]
fn only_a_reply_with_a_name_and_nothing_else_is_a_vote() {
    let note = json!({"type": "Note", "id": "https://a.test/u#votes/1", "attributedTo": "https://a.test/u",
        "inReplyTo": "https://b.test/p/1", "name": "Yes", "hedgerow:place": 2});
    let read = vote(&note).unwrap();
    assert_eq!((read.name.as_str(), read.place), ("Yes", Some(2)));
    assert_eq!(read.poll, "https://b.test/p/1");
    for (key, value) in [
        ("content", json!("And more.")),
        ("inReplyTo", json!(null)),
        ("name", json!(" ")),
        ("type", json!("Article")),
        (
            "attachment",
            json!([{"type": "Image", "url": "https://a.test/i.png"}]),
        ),
    ] {
        let mut other = note.clone();
        other[key] = value;
        assert_eq!(vote(&other), None, "{key}");
    }
}

/// A poll of ours in two languages, one person having voted.
fn ours(results: PollResults, closed_at: Option<Time>) -> PostDocumentData {
    let data = thread();
    let choices = [("Formation", "Training"), ("Temps", "Time")];
    PostDocumentData {
        post: row::Post {
            kind: PostKind::Poll,
            ..data.post.clone()
        },
        poll: Some(PollData {
            details: PollDetails {
                way: PollWay::Ranked,
                places: 2,
                choices: choices
                    .map(|(fr, en)| LangText::new([("fr", fr), ("en", en)]))
                    .to_vec(),
                results,
                shows_names: true,
                ends_at: Some(time("2026-12-05T10:00:00Z")),
            },
            tally: PollTally {
                voters: 1,
                votes: vec![0, 1],
                points: vec![1, 2],
                closed_at,
                changed_at: Some(time("2026-12-04T10:00:00Z")),
            },
        }),
        ..data
    }
}

#[test]
fn ours_is_a_question_that_is_read_back_the_same() {
    let data = ours(PollResults::Always, None);
    let question = object(&urls(), &data);
    let json = survives(&question);
    assert_eq!(
        (&json["type"], &json["hedgerow:kind"]),
        (&json!("Question"), &json!("poll"))
    );
    assert!(
        json.get("summary").is_none(),
        "Mastodon would take it for a warning"
    );
    assert!(
        json["content"]
            .as_str()
            .unwrap()
            .starts_with("<p>Monter la chaîne</p>")
    );
    let choices = json["anyOf"].as_array().unwrap();
    assert_eq!(choices[1]["name"], "Temps");
    assert_eq!(choices[1]["nameMap"]["en"], "Time");
    assert_eq!(choices[1]["replies"]["totalItems"], 1);
    assert_eq!(
        (&json["votersCount"], &json["hedgerow:places"]),
        (&json!(1), &json!(2))
    );
    assert!(json.get("closed").is_none());
    let poll = data.poll.unwrap();
    let read = details(&question).unwrap();
    let asked = PollDetails {
        shows_names: false,
        ..poll.details
    };
    assert_eq!(read, asked, "whose names are shown is not sent");
    assert_eq!(tally(&question, read.way).votes, poll.tally.votes);
}

#[test]
fn counts_that_not_everybody_sees_before_the_end_are_sent_at_the_end() {
    for results in [PollResults::Voted, PollResults::End] {
        let open = survives(&object(&urls(), &ours(results, None)));
        assert!(open.get("votersCount").is_none(), "{open}");
        let choice = &open["anyOf"][1];
        assert!(choice["replies"].get("totalItems").is_none(), "{open}");
        assert!(open.get("updated").is_none(), "nor when somebody voted");
        assert_eq!(open["hedgerow:results"], "end", "for readers elsewhere");
        let closed = Some(time("2026-12-05T10:00:00Z"));
        let closed = survives(&object(&urls(), &ours(results, closed)));
        assert_eq!(closed["anyOf"][1]["replies"]["totalItems"], 1);
        let at = closed["closed"].as_str().unwrap();
        assert!(at.starts_with("2026-12-05T10:00:00"), "{at}");
    }
}

#[test]
fn who_reads_no_question_gets_a_page_with_the_choices() {
    let page = survives(&poll_as_page(&urls(), &ours(PollResults::Always, None)));
    assert_eq!(page["type"], "Page");
    assert!(page.get("anyOf").is_none());
    let text = page["content"].as_str().unwrap();
    assert!(
        text.ends_with("<ul><li>Formation</li><li>Temps</li></ul>"),
        "{text}"
    );
    assert!(
        page["contentMap"]["en"]
            .as_str()
            .unwrap()
            .contains("<li>Time</li>")
    );
}

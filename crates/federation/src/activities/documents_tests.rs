//! Activities of ours, read back through `vocab`, and the keys on which strict peers insist.

use super::{accept, announce, create, delete, follow, like, reject, undo, update};
use crate::kinds::samples::{actor_document_data, ann, bea, moment, thread, urls, weavers};
use crate::kinds::tests::survives;
use crate::kinds::{actor, object};
use serde_json::json;
use vocab::Activity;

const ID: &str = "https://alpha.test/activities/1";

#[test]
fn every_activity_has_what_nodebb_asks_for() {
    let (page, weavers, post) = (object(&urls(), &thread()), weavers(), thread().post);
    let asked = follow::build("https://beta.test/follows/1", &bea(), &weavers);
    let liked = like::build(
        "https://alpha.test/likes/1",
        &ann(),
        &post,
        &ann(),
        Some(&weavers),
    );
    let all: Vec<(Activity, &str)> = vec![
        (create::build(ID, &page, moment()).unwrap(), "Create"),
        (update::build(ID, &page, moment()).unwrap(), "Update"),
        (delete::build(ID, &page, moment()), "Delete"),
        (delete::build_removal(ID, &bea(), &page, moment()), "Delete"),
        (
            announce::build(ID, &weavers, &post, Some(moment())),
            "Announce",
        ),
        (
            undo::build(
                ID,
                &announce::build("https://alpha.test/activities/0", &weavers, &post, None),
            )
            .unwrap(),
            "Undo",
        ),
        (undo::build(ID, &liked).unwrap(), "Undo"),
        (accept::build(ID, &asked).unwrap(), "Accept"),
        (reject::build(ID, &asked).unwrap(), "Reject"),
        (
            update::build_for_actor(
                ID,
                &ann(),
                &actor(&urls(), &actor_document_data(ann())),
                moment(),
            )
            .unwrap(),
            "Update",
        ),
        (asked, "Follow"),
        (liked, "Like"),
    ];
    for (activity, kind) in all {
        let json = survives(&activity);
        assert_eq!(json["type"], kind);
        for key in ["id", "actor", "object", "to"] {
            assert!(json.get(key).is_some(), "{kind} lacks {key}");
        }
        assert!(json["object"].get("@context").is_none(), "{kind}");
    }
}

#[test]
fn a_delete_tells_an_id_and_a_moderators_tells_why() {
    let page = object(&urls(), &thread());
    let own = survives(&delete::build(ID, &page, moment()));
    assert_eq!(own["object"], "https://alpha.test/p/10");
    assert!(own.get("summary").is_none());
    let removal = survives(&delete::build_removal(ID, &bea(), &page, moment()));
    assert_eq!(removal["actor"], "https://beta.test/u/bea");
    assert!(removal["summary"].is_string());
    assert_eq!(removal["audience"], "https://alpha.test/c/weavers");
}

#[test]
fn an_answer_comes_from_the_one_asked_and_carries_the_question() {
    let asked = follow::build("https://beta.test/follows/1", &bea(), &weavers());
    let json = survives(&accept::build(ID, &asked).unwrap());
    assert_eq!(json["actor"], "https://alpha.test/c/weavers");
    assert_eq!(json["to"], json!(["https://beta.test/u/bea"]));
    assert_eq!(json["object"]["id"], "https://beta.test/follows/1");
    assert_eq!(json["object"]["actor"], "https://beta.test/u/bea");
    assert_eq!(json["object"]["object"], "https://alpha.test/c/weavers");
}

//! Polls by program.

use super::*;

const THREADS: &str = "/communities/weavers/threads";

/// Ann's program, and the world with Bea and a community.
async fn scene(store: Store) -> (Program, World, [ActorId; 2]) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    (program, world, [ann, bea])
}

fn poll(choices: &Value, way: &str) -> Value {
    json!({"lang": "en", "title": "What do you need?", "body": "For the winter.", "poll": {
        "way": way, "places": 2, "choices": choices, "shows_names": true, "results": "voted",
    }})
}

fn three() -> Value {
    json!([{"fr": "Formation", "en": "Training"}, {"en": "Time"}, {"en": "Templates"}])
}

async fn a_poll_is_asked_and_voted_in(store: Store) {
    let (program, _, _) = scene(store).await;
    let made = poll(&three(), "ranked");
    let made = program.ask(Method::POST, THREADS, Some(made)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let asked = &made.body["details"]["poll"];
    assert_eq!(made.body["kind"], "poll");
    assert_eq!(asked["places"], 2);
    assert_eq!(asked["choices"][0]["name"]["fr"], "Formation");
    assert!(
        asked.get("voters").is_none(),
        "the counts are for those who have voted"
    );
    let path = format!("/posts/{}", made.body["id"].as_str().unwrap());
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    for (ballot, status) in [
        (json!([7]), refused),
        (json!([]), refused),
        (json!([2, 0]), StatusCode::OK),
    ] {
        let body = json!({"choices": ballot});
        let vote = format!("{path}/vote");
        let voted = program.ask(Method::PUT, &vote, Some(body)).await;
        assert_eq!(voted.status, status, "{}", voted.body);
    }
    let seen = program.ask(Method::GET, &path, None).await.body;
    let seen = &seen["details"]["poll"];
    assert_eq!(seen["voters"], 1);
    assert_eq!(seen["order"], json!([2, 0, 1]));
    assert_eq!(seen["choices"][2]["points"], 2);
    assert_eq!(seen["choices"][2]["voters"][0]["handle"], "ann");
}

async fn what_is_wrong_with_a_poll_is_named(store: Store) {
    let (mut program, world, [ann, bea]) = scene(store).await;
    for (bad, field) in [
        (poll(&json!([{"en": "One"}]), "one"), "choices"),
        (poll(&three(), "lots"), "way"),
        (
            json!({"kind": "poll", "lang": "en", "title": "T", "body": "B"}),
            "choices",
        ),
    ] {
        let refused = program.ask(Method::POST, THREADS, Some(bad)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.to_string().contains(field), "{}", refused.body);
    }
    let made = poll(&three(), "one");
    let made = program.ask(Method::POST, THREADS, Some(made)).await.body;
    let path = format!("/posts/{}", made["id"].as_str().unwrap());
    let ballot = json!({"choices": [1]});
    let vote = format!("{path}/vote");
    program.ask(Method::PUT, &vote, Some(ballot)).await;
    let settled = poll(&json!([{"en": "A"}, {"en": "B"}]), "one");
    let settled = program.ask(Method::PUT, &path, Some(settled)).await;
    assert_eq!(settled.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        settled.body.to_string().contains("settled"),
        "{}",
        settled.body
    );
    let text = json!({"lang": "en", "title": "Another", "body": "Text."});
    let edited = program.ask(Method::PUT, &path, Some(text)).await.body;
    assert_eq!(
        edited["details"]["poll"]["voters"], 1,
        "an edit leaves the poll"
    );
    assert_eq!(made["details"]["poll"]["reworded"], false);
    assert_eq!(edited["details"]["poll"]["reworded"], true, "after a vote");
    program.sign_in(&world, bea).await;
    let hidden = program.ask(Method::GET, &path, None).await.body;
    assert!(hidden["details"]["poll"].get("voters").is_none());
    program.sign_in(&world, ann).await;
}

stories!(
    a_poll_is_asked_and_voted_in as asked,
    what_is_wrong_with_a_poll_is_named as named
);

//! Polls by program.

use super::*;

async fn a_poll_is_asked_voted_in_and_settled(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bea = world.person("bea").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let poll = |choices: Value, way: &str| {
        json!({"lang": "en", "title": "What do you need?", "body": "For the winter.", "poll": {
            "way": way, "places": 2, "choices": choices, "shows_names": true, "results": "voted",
        }})
    };
    let three = json!([{"fr": "Formation", "en": "Training"}, {"en": "Time"}, {"en": "Templates"}]);
    let threads = "/communities/weavers/threads";
    for (bad, field) in [
        (poll(json!([{"en": "One"}]), "one"), "choices"),
        (poll(three.clone(), "lots"), "way"),
        (
            json!({"kind": "poll", "lang": "en", "title": "T", "body": "B"}),
            "choices",
        ),
    ] {
        let refused = program.ask(Method::POST, threads, Some(bad)).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refused.body
        );
        assert!(refused.body.to_string().contains(field), "{}", refused.body);
    }
    let made = program
        .ask(Method::POST, threads, Some(poll(three.clone(), "ranked")))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let asked = &made.body["details"]["poll"];
    assert_eq!(
        (&made.body["kind"], &asked["places"]),
        (&json!("poll"), &json!(2))
    );
    assert_eq!(asked["choices"][0]["name"]["fr"], "Formation");
    assert!(
        asked.get("voters").is_none(),
        "the counts are for those who have voted"
    );

    let path = format!("/posts/{}", made.body["id"].as_str().unwrap());
    let vote = format!("{path}/vote");
    for (ballot, status) in [
        (json!([7]), StatusCode::UNPROCESSABLE_ENTITY),
        (json!([]), StatusCode::UNPROCESSABLE_ENTITY),
        (json!([2, 0]), StatusCode::OK),
    ] {
        let body = json!({"choices": ballot});
        let voted = program.ask(Method::PUT, &vote, Some(body)).await;
        assert_eq!(voted.status, status, "{}", voted.body);
    }
    let seen = program.ask(Method::GET, &path, None).await.body;
    let seen = &seen["details"]["poll"];
    assert_eq!(
        (&seen["voters"], &seen["order"]),
        (&json!(1), &json!([2, 0, 1]))
    );
    assert_eq!(seen["choices"][2]["points"], 2);
    assert_eq!(seen["choices"][2]["voters"][0]["handle"], "ann");
    let settled = poll(json!([{"en": "A"}, {"en": "B"}]), "one");
    let settled = program.ask(Method::PUT, &path, Some(settled)).await;
    assert_eq!(settled.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        settled.body.to_string().contains("settled"),
        "{}",
        settled.body
    );

    program.sign_in(&world, bea).await;
    let hidden = program.ask(Method::GET, &path, None).await.body;
    assert!(hidden["details"]["poll"].get("voters").is_none());
    let text = json!({"lang": "en", "title": "Another", "body": "Text."});
    program.sign_in(&world, ann).await;
    let edited = program.ask(Method::PUT, &path, Some(text)).await;
    assert_eq!(edited.status, StatusCode::OK, "{}", edited.body);
    assert_eq!(
        edited.body["details"]["poll"]["voters"], 1,
        "an edit leaves the poll"
    );
}

stories!(a_poll_is_asked_voted_in_and_settled as asked);

//! With whom the instance exchanges, as a program sets it.

use super::*;

async fn rules_are_written_listed_and_lifted(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let response = program.refused(Method::GET, "/admin/rules", None).await;
    assert_eq!(response.0, 401);
    program.sign_in(&world, world.admin).await;
    let rule = json!({"severity": "block", "reason": "Spam", "note": "n", "reject_media": true});
    let response = program
        .ask(Method::PUT, "/admin/rules/Spam.example", Some(rule))
        .await;
    assert_eq!(response.status, 200);
    assert_eq!(response.body["domain"], "spam.example");
    assert!(world.ops.policy().refuses("a.spam.example").is_some());
    let response = program.ask(Method::GET, "/admin/rules", None).await;
    assert_eq!(response.body["items"][0]["reason"], "Spam");
    let odd = json!({"severity": "ban"});
    let response = program
        .ask(Method::PUT, "/admin/rules/a.example", Some(odd))
        .await;
    assert_eq!(
        (
            response.status.as_u16(),
            &response.body["errors"][0]["field"]
        ),
        (422, &json!("severity"))
    );
    let long = json!({"severity": "block", "reason": "x".repeat(1_001)});
    let response = program
        .ask(Method::PUT, "/admin/rules/a.example", Some(long))
        .await;
    assert_eq!(response.body["errors"][0]["field"], "reason");
    for status in [204, 404] {
        let response = program
            .ask(Method::DELETE, "/admin/rules/spam.example", None)
            .await;
        assert_eq!(response.status, status);
    }
}

async fn the_policy_is_set(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, world.admin).await;
    let response = program.ask(Method::GET, "/admin/policy", None).await;
    assert_eq!(response.body, json!({"mode": "open", "publish": false}));
    let closed = json!({"mode": "closed", "publish": true});
    let response = program
        .ask(Method::PUT, "/admin/policy", Some(closed.clone()))
        .await;
    assert_eq!((response.status.as_u16(), response.body), (200, closed));
    assert!(world.ops.policy().refuses("beta.test").is_some());
    let ann = world.person("ann").await.unwrap();
    program.sign_in(&world, ann).await;
    let response = program.refused(Method::GET, "/admin/policy", None).await;
    assert_eq!(response.0, 403);
}

async fn a_list_is_imported_and_exported(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, world.admin).await;
    let list = json!("#domain,#severity\nspam.example,suspend\nnonsense,suspend\n");
    let response = program
        .ask(Method::POST, "/admin/rules/import", Some(list))
        .await;
    // A JSON text is no list: its headings begin with a quotation mark that is closed at its end.
    assert_eq!(response.status, 422);
    let text = "#domain\nfriend.example\n".as_bytes().to_vec();
    httpkit::peer::import(&world.ops, domain::account::Principal::Operator, text)
        .await
        .unwrap();
    let path = "/admin/rules/export?list=allowed";
    let response = program.ask(Method::GET, path, None).await;
    assert_eq!(
        (response.status.as_u16(), response.kind.as_str()),
        (200, "text/csv; charset=utf-8")
    );
    let response = program
        .refused(Method::GET, "/admin/rules/export?list=all", None)
        .await;
    assert_eq!(response, (422, "invalid".to_owned()));
}

stories!(
    rules_are_written_listed_and_lifted as writing_rules,
    the_policy_is_set as setting_the_policy,
    a_list_is_imported_and_exported as lists_of_rules,
);

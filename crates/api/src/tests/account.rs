//! What an admin's program does with accounts.

use super::*;

/// What the history of an account says, the newest first: what was done, and why.
async fn history(program: &Program, handle: &str) -> Vec<(String, String)> {
    let path = format!("/admin/accounts/{handle}");
    let response = program.ask(Method::GET, &path, None).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let actions = response.body["history"].as_array().unwrap();
    let by_root = |action: &&Value| action["by"] == "root";
    assert!(actions.iter().all(|action| by_root(&action)), "{actions:?}");
    let told = actions.iter();
    told.map(|action| (text(&action["kind"]), text(&action["reason"])))
        .collect()
}

async fn an_account_is_let_in_suspended_restored_and_made_an_admin(store: Store) {
    let world = World::new(store).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    let allow = world.set_registration(Registration::Approval);
    allow.await.unwrap();
    for handle in ["bea", "spam"] {
        let new = json!({"handle": handle, "password": "a long password", "request": "I weave."});
        let response = program.ask(Method::POST, "/accounts", Some(new)).await;
        assert_eq!(response.body["state"], "pending", "{}", response.body);
    }
    program.sign_in(&world, world.admin).await;
    let put = async |path: &str, reason: Option<&str>| {
        let path = format!("/admin/accounts/{path}");
        let body = reason.map(|reason| json!({"reason": reason}));
        program.ask(Method::PUT, &path, body).await.status.as_u16()
    };
    assert_eq!(put("spam/refuse", None).await, 422, "a reason is needed");
    assert_eq!(put("spam/refuse", Some("Adverts")).await, 204);
    assert_eq!(put("Bea/approve", None).await, 204);
    assert_eq!(put("bea/suspend", Some(" ")).await, 422);
    assert_eq!(put("bea/suspend", Some("Adverts")).await, 204);
    let suspended = program.ask(Method::GET, "/admin/accounts?state=suspended", None);
    assert_eq!(suspended.await.body["items"][0]["handle"], "bea");
    assert_eq!(put("bea/restore", None).await, 204);
    assert_eq!(put("bea/promote", None).await, 204);
    assert_eq!(put("bea/demote", None).await, 204);
    assert_eq!(
        put("root/suspend", Some("Tired")).await,
        403,
        "nobody themselves"
    );
    assert_eq!(put("root/demote", None).await, 403, "the last admin");
    assert_eq!(put("zoe/approve", None).await, 404);
    assert_eq!(put("bea/banish", None).await, 404);
    let kinds = ["demoted", "promoted", "restored", "suspended", "approved"];
    let told = history(&program, "bea").await;
    assert_eq!(told.iter().map(|(kind, _)| kind).collect::<Vec<_>>(), kinds);
    assert_eq!(told[3].1, "Adverts");
    assert_eq!(
        history(&program, "spam").await,
        [("refused".into(), "Adverts".into())]
    );
}

async fn an_accounts_sessions_end_and_a_link_signs_it_in(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, world.admin).await;
    for agent in ["one", "two", "three"] {
        let new = domain::account::NewSession {
            identity: None,
            account: ann,
            token_hash: agent.to_owned(),
            agent: agent.to_owned(),
        };
        let verb = move |tx: &mut domain::Tx<'_>| domain::account::open_session(tx, &new);
        world.ops.write(verb).await.unwrap();
    }
    let shown = program.ask(Method::GET, "/admin/accounts/ann", None).await;
    let sessions = shown.body["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let one = format!(
        "/admin/accounts/ann/sessions/{}",
        sessions[0]["id"].as_str().unwrap()
    );
    for status in [204, 404] {
        assert_eq!(program.ask(Method::DELETE, &one, None).await.status, status);
    }
    let all = "/admin/accounts/ann/sessions";
    assert_eq!(program.ask(Method::DELETE, all, None).await.status, 204);
    let made = program
        .ask(Method::POST, "/admin/accounts/ann/sign-in-link", None)
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let url = made.body["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://alpha.test/sign-in/link?key="),
        "{url}"
    );
    let shown = program.ask(Method::GET, "/admin/accounts/ann", None).await;
    assert_eq!(shown.body["sessions"], json!([]));
    assert_eq!(shown.body["link_until"], made.body["expires"]);
    let told = history(&program, "ann").await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["link-made", "signed-out", "signed-out"]);
}

async fn what_admins_do_is_theirs_only(store: Store) {
    let world = World::new(store).await.unwrap();
    let (ann, _) = (
        world.person("ann").await.unwrap(),
        world.person("bea").await.unwrap(),
    );
    let mut program = Program::new(&world, RateLimits::unlimited());
    let paths = [
        (Method::GET, "/admin/accounts"),
        (Method::GET, "/admin/accounts/bea"),
        (Method::PUT, "/admin/accounts/bea/suspend"),
        (Method::PUT, "/admin/accounts/ann/promote"),
        (Method::POST, "/admin/accounts/bea/sign-in-link"),
        (Method::DELETE, "/admin/accounts/bea/sessions"),
        (Method::DELETE, "/admin/accounts/bea/sessions/1"),
    ];
    for expected in [401, 403] {
        for (method, path) in &paths {
            let body = Some(json!({"reason": "Adverts"}));
            let (status, code) = program.refused(method.clone(), path, body).await;
            assert_eq!((status, code.as_str()), (expected, "not-allowed"), "{path}");
        }
        program.sign_in(&world, ann).await;
    }
    program.sign_in(&world, world.admin).await;
    assert_eq!(history(&program, "bea").await, []);
}

stories!(
    an_account_is_let_in_suspended_restored_and_made_an_admin as verdicts,
    an_accounts_sessions_end_and_a_link_signs_it_in as sessions_and_links,
    what_admins_do_is_theirs_only as others,
);

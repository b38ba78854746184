//! Invitations to a community.

use super::*;

const SENT: &str = "/communities/weavers/invitations";
const LINKS: &str = "/communities/weavers/invitation-links";

async fn invitations_are_sent_listed_revoked_and_answered(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bob = world.person("bob").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let lives = move |tx: &mut domain::Tx<'_>| {
        let address = "bob@mill.example".parse().unwrap();
        Ok(store::account::mail::set_addresses(
            tx.db,
            bob,
            Some(&address),
            None,
        )?)
    };
    world.ops.write(lives).await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, bob).await;
    let all = json!({"addresses": ["Bob@mill.example", "eve@mill.example"], "lang": "fr"});
    let refused = program.ask(Method::POST, SENT, Some(all.clone())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    program.sign_in(&world, ann).await;
    let bad = json!({"addresses": ["no address"], "lang": "fr"});
    let bad = program.ask(Method::POST, SENT, Some(bad)).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = program.ask(Method::POST, SENT, Some(all)).await;
    assert_eq!(sent.body, json!({"invited": 2}));
    let listed = program.ask(Method::GET, SENT, None).await.body;
    let items = listed["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .all(|one| one["state"] == "queued" && one["actor"].is_null())
    );
    let eve = format!("{SENT}/{}", items[0]["id"].as_str().unwrap());
    let again = json!({"act": "resend"});
    let again = program.ask(Method::POST, &eve, Some(again)).await;
    assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS);
    let revoked = json!({"act": "revoke"});
    let revoked = program.ask(Method::POST, &eve, Some(revoked)).await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);

    program.sign_in(&world, bob).await;
    let mine = program.ask(Method::GET, "/invitations", None).await.body;
    let key = mine[0]["key"].as_str().unwrap();
    let yes = json!({"accept": true, "rhythm": "daily"});
    let path = format!("/invitations/{key}");
    let accepted = program.ask(Method::POST, &path, Some(yes.clone())).await;
    assert_eq!(accepted.status, StatusCode::NO_CONTENT, "{}", accepted.body);
    let unknown = program
        .ask(Method::POST, "/invitations/mail-7", Some(yes))
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

async fn links_are_made_listed_and_ended_by_facilitators(store: Store) {
    let world = World::new(store).await.unwrap();
    let ann = world.person("ann").await.unwrap();
    let bob = world.person("bob").await.unwrap();
    world.community(ann, "weavers").await.unwrap();
    let mut program = Program::new(&world, RateLimits::unlimited());
    program.sign_in(&world, ann).await;
    let made = json!({"life": "week", "uses": 3});
    let made = program.ask(Method::POST, LINKS, Some(made)).await.body;
    let url = made["url"].as_str().unwrap();
    assert!(
        url.starts_with("https://alpha.test/join/link?key="),
        "{url}"
    );
    let links = program.ask(Method::GET, LINKS, None).await.body;
    assert_eq!(links[0]["uses_left"], 3);
    let link = format!("{LINKS}/{}", made["id"].as_str().unwrap());
    let ended = program.ask(Method::DELETE, &link, None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);

    program.sign_in(&world, bob).await;
    let refused = program.ask(Method::GET, LINKS, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

stories!(
    invitations_are_sent_listed_revoked_and_answered as invited,
    links_are_made_listed_and_ended_by_facilitators as links,
);

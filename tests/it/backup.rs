//! An instance is lost with its disk and comes back from a backup: nothing that was in it is missing, and
//! its followers elsewhere go on as before.

use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{Process, ResourceLimit};

/// Writes a thread in the community and returns its id.
async fn thread(server: &Process, token: &str, title: &str) -> String {
    let body = json!({ "lang": "en", "title": title, "body": "Which ones?" });
    let path = "/communities/weavers/threads";
    let (status, made) = server.ask(token, "POST", path, Some(&body)).await;
    assert_eq!(status, 201, "{made} {}", server.log());
    made["id"].as_str().unwrap().to_owned()
}

/// Whether somebody finds these titles in a community, within ten seconds.
async fn shows(server: &Process, token: &str, community: &str, titles: &[&str]) {
    let path = format!("/communities/{community}/threads");
    let begun = Instant::now();
    loop {
        let (status, page) = server.ask(token, "GET", &path, None).await;
        let text = page.to_string();
        if status == 200 && titles.iter().all(|title| text.contains(title)) {
            return;
        }
        let late = begun.elapsed() > Duration::from_secs(10);
        assert!(!late, "{titles:?}: {status} {text} {}", server.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_lost_instance_comes_back_and_its_followers_go_on() {
    let mut alpha = Process::set_up("alpha");
    let ann = alpha.person("ann");
    alpha.start().await;
    let charter = json!({
        "handle": "weavers",
        "name": { "en": "Weavers" },
        "purpose": { "en": "We weave." },
        "languages": ["en"],
        "posts_per_hour": 0,
    });
    let made = alpha
        .ask(&ann, "POST", "/communities", Some(&charter))
        .await;
    assert_eq!(made.0, 201, "{made:?}");
    let mut beta = Process::set_up("beta");
    let bea = beta.person("bea");
    beta.start().await;
    let address = format!("!weavers@{}", alpha.host());
    let named = json!({ "q": address });
    let found = beta.ask(&bea, "POST", "/lookup", Some(&named)).await;
    assert_eq!(found.0, 200, "{found:?} {}", beta.log());
    let path = format!("/follows/{address}");
    let followed = beta.ask(&bea, "PUT", &path, None).await;
    assert!(followed.0 < 300, "{followed:?} {}", beta.log());
    let at_beta = address.trim_start_matches('!').to_owned();
    thread(&alpha, &ann, "Pegs").await;
    shows(&beta, &bea, &at_beta, &["Pegs"]).await;
    let file = alpha.backup();
    alpha.kill();
    alpha.lose_data();
    alpha.restore(&file);
    alpha.start().await;
    shows(&alpha, &ann, "weavers", &["Pegs"]).await;
    thread(&alpha, &ann, "Reeds").await;
    shows(&beta, &bea, &at_beta, &["Reeds", "Pegs"]).await;
    shows(&alpha, &ann, "weavers", &["Reeds", "Pegs"]).await;
}

#[tokio::test]
async fn a_backup_that_does_not_fit_leaves_nothing_and_names_the_folder() {
    let mut alpha = Process::set_up("alpha");
    alpha.start().await;
    for kilobytes in [16, alpha.database_kilobytes() / 2] {
        let (why, left) = alpha.backup_limited(ResourceLimit::FileSize(kilobytes));
        assert_eq!(left, [""; 0], "{why}");
        assert_eq!(why.lines().count(), 1, "{why}");
        assert_eq!(why.matches("disk").count(), 1, "said once: {why}");
    }
}

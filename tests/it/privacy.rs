//! Who is told who follows whom.

use serde_json::Value;
use testkit::{Instance, Network, Person};

/// A page as somebody sees it.
async fn page(alpha: &Instance, who: Option<&Person>, path: &str) -> String {
    match who {
        Some(who) => who.own_page(path).await,
        None => alpha.get(path, &[("accept", "text/html")]).await.2,
    }
}

/// What the API answers to somebody; `path` is below its version.
async fn api(alpha: &Instance, who: Option<&Person>, path: &str) -> (u16, String) {
    match who {
        Some(who) => who.call_api("GET", path, Value::Null).await,
        None => {
            let path = format!("/api/hedgerow/v1{path}");
            let (status, _, body) = alpha.get(&path, &[]).await;
            (status, body)
        }
    }
}

async fn document(alpha: &Instance, path: &str) -> Value {
    let accept = [("accept", "application/activity+json")];
    let (status, _, body) = alpha.get(path, &accept).await;
    assert_eq!(status, 200, "{path}");
    serde_json::from_str(&body).unwrap()
}

const FOLLOWERS: &str = "/communities/weavers/followers";

#[tokio::test]
async fn only_followers_and_facilitators_read_who_follows_a_community() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    ann.found_community("weavers").await;
    let (fay, sam) = (alpha.person("fay").await, alpha.person("sam").await);
    fay.rename("Fay Follower").await;
    fay.follow("!weavers@alpha.test").await;
    net.settle().await;
    for (who, status) in [(None, 401), (Some(&sam), 403)] {
        let page = page(&alpha, who, "/c/weavers/people").await;
        assert!(!page.contains("Fay Follower"), "{page}");
        assert!(page.contains("2 followers"), "{page}");
        assert!(page.contains("Their names are shown only to"), "{page}");
        assert!(page.contains(r#"name="robots" content="noindex""#));
        assert_eq!(api(&alpha, who, FOLLOWERS).await.0, status);
        let front = self::page(&alpha, who, "/c/weavers").await;
        assert!(front.contains("will see your name"), "{front}");
    }
    for who in [&ann, &fay] {
        let page = page(&alpha, Some(who), "/c/weavers/people").await;
        assert!(page.contains("Fay Follower"), "{page}");
        let (status, list) = api(&alpha, Some(who), FOLLOWERS).await;
        assert!(status == 200 && list.contains("Fay Follower"), "{list}");
        let front = self::page(&alpha, Some(who), "/c/weavers").await;
        assert!(!front.contains("will see your name"), "{front}");
    }
    let followers = document(&alpha, "/c/weavers/followers").await;
    assert_eq!(followers["totalItems"], 2);
    assert_eq!(followers["items"], serde_json::json!([]));
}

#[tokio::test]
async fn whom_somebody_follows_is_shown_only_if_they_want() {
    let net = Network::new();
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    ann.found_community("weavers").await;
    let (fay, sam) = (alpha.person("fay").await, alpha.person("sam").await);
    fay.follow("!weavers@alpha.test").await;
    fay.follow("@sam@alpha.test").await;
    net.settle().await;
    let link = r#"href="/c/weavers""#;
    let in_main = |page: &str| page.split("<main").nth(1).unwrap().contains(link);
    let person = "/people/fay";
    for who in [None, Some(&sam)] {
        assert!(!in_main(&page(&alpha, who, "/u/fay").await));
        assert!(!api(&alpha, who, person).await.1.contains("weavers"));
    }
    let own = page(&alpha, Some(&fay), "/u/fay").await;
    assert!(in_main(&own) && own.contains("Only you see this list."));
    let following = document(&alpha, "/u/fay/following").await;
    assert_eq!(following["totalItems"], 2);
    assert_eq!(following["items"], serde_json::json!([]));

    fay.show_follows().await;
    net.settle().await;
    for who in [None, Some(&sam)] {
        let page = page(&alpha, who, "/u/fay").await;
        assert!(in_main(&page) && !page.contains("Only you see this list."));
        let (_, person) = api(&alpha, who, person).await;
        let person: Value = serde_json::from_str(&person).unwrap();
        assert_eq!(person["communities"][0]["handle"], "weavers");
    }
    let following = document(&alpha, "/u/fay/following").await;
    assert_eq!(
        following["orderedItems"],
        serde_json::json!(["http://alpha.test/u/sam", "http://alpha.test/c/weavers"])
    );
}

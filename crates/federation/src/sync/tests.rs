//! Headers and lists of followers: what is sent to other servers, and what is accepted from them.

use super::header::SyncHeader;
use super::outgoing::url;
use super::{NAME, SyncFollowers};
use crate::context::digest::FollowersDigest;
use crate::context::follower_digests::Followers;
use crate::inbox;
use crate::serve::routes;
use crate::test_instance::TestInstance;
use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use domain::Outcome;
use http::HeaderName;
use http_body_util::BodyExt;
use httpsig::{RequestToSign, SignatureForm};
use model::job::Payload;
use model::{ActorId, ActorKind};
use serde_json::{Value, json};
use store::row;
use tower::ServiceExt;
use url::Url;

const LIST: &str = "https://alpha.test/c/weavers/followers_synchronization";
const BEA: &str = "https://beta.test/u/bea";

async fn actor(instance: &TestInstance, id: ActorId) -> row::Actor {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    instance.fed.store().read(read).await.unwrap().unwrap()
}

/// Weavers, whom Bea and Bob of beta follow, and Cara of gamma.
async fn village() -> (TestInstance, ActorId) {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    for (host, handle) in [
        ("beta.test", "bea"),
        ("beta.test", "bob"),
        ("gamma.test", "cara"),
    ] {
        let who = instance.stranger(host, ActorKind::Person, handle).await;
        instance.followed(who, weavers).await;
    }
    (instance, weavers)
}

/// The headers of a request of a stranger's.
fn signed(
    instance: &TestInstance,
    (by, form): (&str, SignatureForm),
    (method, at, body): (&str, &str, Option<&[u8]>),
    synchronization: Option<&str>,
) -> HeaderMap {
    let header = |text: &str| (HeaderName::from_static(NAME), text.to_owned());
    let extra_headers: Vec<_> = synchronization.map(header).into_iter().collect();
    let outgoing = RequestToSign {
        method,
        url: &Url::parse(at).unwrap(),
        body,
        content_type: None,
        extra_headers: &extra_headers,
    };
    let (key, now) = (
        TestInstance::strangers_key(by),
        instance.fed.ops().now().utc(),
    );
    outgoing.sign(form, &key, now).unwrap()
}

async fn asked(instance: &TestInstance, headers: HeaderMap) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::get(LIST.trim_start_matches("https://alpha.test"));
    *request.headers_mut().unwrap() = headers;
    let request = request.body(Body::empty()).unwrap();
    let response = routes(instance.fed.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&body).unwrap();
    (parts.status, parts.headers, json)
}

#[tokio::test]
async fn a_server_is_shown_its_own_people() {
    let (instance, _) = village().await;
    for form in SignatureForm::ALL {
        for (by, members) in [
            (BEA, json!([BEA, "https://beta.test/u/bob"])),
            (
                "https://gamma.test/u/cara",
                json!(["https://gamma.test/u/cara"]),
            ),
        ] {
            let headers = signed(&instance, (by, form), ("GET", LIST, None), None);
            let (status, headers, json) = asked(&instance, headers).await;
            assert_eq!(status, StatusCode::OK, "{json}");
            assert_eq!(headers[CACHE_CONTROL], "private, no-store");
            assert_eq!(json["id"], LIST);
            assert_eq!(json["orderedItems"], members);
        }
    }
}

#[tokio::test]
async fn who_does_not_sign_is_shown_nobody() {
    let (instance, _) = village().await;
    let (status, _, json) = asked(&instance, HeaderMap::new()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{json}");
    let elsewhere = "https://alpha.test/c/others/followers_synchronization";
    let by = (BEA, SignatureForm::Draft);
    let headers = signed(&instance, by, ("GET", elsewhere, None), None);
    let (status, _, json) = asked(&instance, headers).await;
    // The key may be another by now, and its server does not respond.
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{json}");
    assert!(json.get("orderedItems").is_none(), "{json}");
}

#[tokio::test]
async fn each_peer_is_told_of_its_own() {
    let (instance, weavers) = village().await;
    let bea = actor(
        &instance,
        instance
            .stranger("beta.test", ActorKind::Person, "bea")
            .await,
    )
    .await;
    let group = actor(&instance, weavers).await;
    let collection = group.followers_url.clone().unwrap();
    let json = json!({"to": "as:Public", "cc": [collection]}).to_string();
    let followers = Followers::addressed(&group, json.as_bytes()).unwrap();
    let header = async || {
        let header = followers.header(&instance.fed, bea.peer_id.unwrap()).await;
        SyncHeader::parse(&header.unwrap().unwrap()).unwrap()
    };
    let bob = "https://beta.test/u/bob";
    let both = SyncHeader {
        collection: collection.clone(),
        url: url(&group.ap_id),
        digest: FollowersDigest::of([BEA, bob]),
    };
    assert_eq!(header().await, both);
    let dora = instance
        .stranger("beta.test", ActorKind::Person, "dora")
        .await;
    instance.followed(dora, weavers).await;
    let three = FollowersDigest::of([BEA, bob, "https://beta.test/u/dora"]);
    assert_eq!(
        header().await.digest,
        three,
        "whoever is new counts at once"
    );
    let to_nobody = json!({"to": "as:Public", "cc": []}).to_string();
    assert_eq!(Followers::addressed(&group, to_nobody.as_bytes()), None);
}

/// Sends a header about Bea's followers to the inbox; returns the number of jobs that it causes.
async fn sync_jobs(instance: &TestInstance, header: &str, covered: bool) -> usize {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let id = format!("https://beta.test/like/{count}");
    let like = json!({"id": id, "type": "Like", "actor": BEA, "object": "https://alpha.test/p/1"});
    let body = like.to_string().into_bytes();
    let by = (BEA, SignatureForm::Draft);
    let request = ("POST", "https://alpha.test/inbox", Some(body.as_slice()));
    let mut headers = signed(instance, by, request, covered.then_some(header));
    if !covered {
        headers.insert(NAME, header.parse().unwrap());
    }
    let body = Bytes::from(body);
    let answer = inbox::receive(&instance.fed, None, "POST", "/inbox", &headers, body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.reason);
    let jobs = instance.jobs().await.into_iter();
    jobs.filter(|row| row.kind == SyncFollowers::KIND).count()
}

#[tokio::test]
async fn what_is_said_of_followers_is_looked_into_once_an_hour() {
    let instance = TestInstance::new().await;
    instance
        .stranger("beta.test", ActorKind::Person, "bea")
        .await;
    let header = |collection: &str, at: &str| {
        SyncHeader::text(collection, at, FollowersDigest::default()).unwrap()
    };
    let own = format!("{BEA}/followers");
    let valid = header(&own, "https://beta.test/list");
    assert_eq!(sync_jobs(&instance, &valid, false).await, 0, "unsigned");
    let others = header(
        "https://beta.test/u/bob/followers",
        "https://beta.test/list",
    );
    assert_eq!(sync_jobs(&instance, &others, true).await, 0, "not hers");
    let other_server = header(&own, "https://gamma.test/list");
    assert_eq!(
        sync_jobs(&instance, &other_server, true).await,
        0,
        "elsewhere"
    );
    assert_eq!(sync_jobs(&instance, "nonsense", true).await, 0);
    assert_eq!(sync_jobs(&instance, &valid, true).await, 1);
    assert_eq!(
        sync_jobs(&instance, &valid, true).await,
        1,
        "within the hour"
    );
}

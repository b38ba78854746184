//! What strangers are told of followers, and what of theirs is believed.

use super::cache::Followers;
use super::digest::Digest;
use super::header::Told;
use super::told::url;
use super::{NAME, SyncFollowers};
use crate::house::House;
use crate::inbox;
use crate::serve::routes;
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

async fn actor(house: &House, id: ActorId) -> row::Actor {
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, id)?) };
    house.fed.store().read(read).await.unwrap().unwrap()
}

/// Weavers, whom Bea and Bob of beta follow, and Cara of gamma.
async fn village() -> (House, ActorId) {
    let house = House::new().await;
    let weavers = house.community("weavers").await;
    for (host, handle) in [
        ("beta.test", "bea"),
        ("beta.test", "bob"),
        ("gamma.test", "cara"),
    ] {
        let who = house.stranger(host, ActorKind::Person, handle).await;
        house.followed(who, weavers).await;
    }
    (house, weavers)
}

/// The headers of a request of a stranger's.
fn signed(
    house: &House,
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
    let (key, now) = (House::strangers_key(by), house.fed.ops().now().utc());
    outgoing.sign(form, &key, now).unwrap()
}

async fn asked(house: &House, headers: HeaderMap) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::get(LIST.trim_start_matches("https://alpha.test"));
    *request.headers_mut().unwrap() = headers;
    let request = request.body(Body::empty()).unwrap();
    let response = routes(house.fed.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&body).unwrap();
    (parts.status, parts.headers, json)
}

#[tokio::test]
async fn a_server_is_shown_its_own_people() {
    let (house, _) = village().await;
    for form in SignatureForm::ALL {
        for (by, members) in [
            (BEA, json!([BEA, "https://beta.test/u/bob"])),
            (
                "https://gamma.test/u/cara",
                json!(["https://gamma.test/u/cara"]),
            ),
        ] {
            let headers = signed(&house, (by, form), ("GET", LIST, None), None);
            let (status, headers, json) = asked(&house, headers).await;
            assert_eq!(status, StatusCode::OK, "{json}");
            assert_eq!(headers[CACHE_CONTROL], "private, no-store");
            assert_eq!(json["id"], LIST);
            assert_eq!(json["orderedItems"], members);
        }
    }
}

#[tokio::test]
async fn who_does_not_sign_is_shown_nobody() {
    let (house, _) = village().await;
    let (status, _, json) = asked(&house, HeaderMap::new()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{json}");
    let elsewhere = "https://alpha.test/c/others/followers_synchronization";
    let by = (BEA, SignatureForm::Draft);
    let headers = signed(&house, by, ("GET", elsewhere, None), None);
    let (status, _, json) = asked(&house, headers).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{json}");
}

#[tokio::test]
async fn each_peer_is_told_of_its_own() {
    let (house, weavers) = village().await;
    let bea = actor(
        &house,
        house.stranger("beta.test", ActorKind::Person, "bea").await,
    )
    .await;
    let group = actor(&house, weavers).await;
    let collection = group.followers_url.clone().unwrap();
    let json = json!({"to": "as:Public", "cc": [collection]}).to_string();
    let followers = Followers::addressed(&group, json.as_bytes()).unwrap();
    let told = async || {
        let header = followers.header(&house.fed, bea.peer_id.unwrap()).await;
        Told::parse(&header.unwrap().unwrap()).unwrap()
    };
    let bob = "https://beta.test/u/bob";
    let both = Told {
        collection: collection.clone(),
        url: url(&group.ap_id),
        digest: Digest::of([BEA, bob]),
    };
    assert_eq!(told().await, both);
    let dora = house.stranger("beta.test", ActorKind::Person, "dora").await;
    house.followed(dora, weavers).await;
    let three = Digest::of([BEA, bob, "https://beta.test/u/dora"]);
    assert_eq!(told().await.digest, three, "whoever is new counts at once");
    let to_nobody = json!({"to": "as:Public", "cc": []}).to_string();
    assert_eq!(Followers::addressed(&group, to_nobody.as_bytes()), None);
}

/// What the inbox is told by Bea of her followers; how many looks that calls for.
async fn looks(house: &House, told: &str, covered: bool) -> usize {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let id = format!("https://beta.test/like/{count}");
    let like = json!({"id": id, "type": "Like", "actor": BEA, "object": "https://alpha.test/p/1"});
    let body = like.to_string().into_bytes();
    let by = (BEA, SignatureForm::Draft);
    let request = ("POST", "https://alpha.test/inbox", Some(body.as_slice()));
    let mut headers = signed(house, by, request, covered.then_some(told));
    if !covered {
        headers.insert(NAME, told.parse().unwrap());
    }
    let body = Bytes::from(body);
    let answer = inbox::receive(&house.fed, None, "POST", "/inbox", &headers, body).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.why);
    let jobs = house.jobs().await.into_iter();
    jobs.filter(|row| row.kind == SyncFollowers::KIND).count()
}

#[tokio::test]
async fn what_is_said_of_followers_is_looked_into_once_an_hour() {
    let house = House::new().await;
    house.stranger("beta.test", ActorKind::Person, "bea").await;
    let told = |collection: &str, at: &str| Told::text(collection, at, Digest::default()).unwrap();
    let own = format!("{BEA}/followers");
    let good = told(&own, "https://beta.test/list");
    assert_eq!(looks(&house, &good, false).await, 0, "unsigned");
    let others = told(
        "https://beta.test/u/bob/followers",
        "https://beta.test/list",
    );
    assert_eq!(looks(&house, &others, true).await, 0, "not hers");
    let astray = told(&own, "https://gamma.test/list");
    assert_eq!(looks(&house, &astray, true).await, 0, "elsewhere");
    assert_eq!(looks(&house, "nonsense", true).await, 0);
    assert_eq!(looks(&house, &good, true).await, 1);
    assert_eq!(looks(&house, &good, true).await, 1, "within the hour");
}

//! Valid and invalid requests, with signatures by real keys and without a network.

use super::{InboxResponse, receive};
use crate::test_instance::TestInstance;
use bytes::Bytes;
use domain::Outcome;
use domain::actor::RemoteActor;
use domain::keys::KeyPair;
use http::{HeaderMap, StatusCode};
use httpsig::{RequestToSign, SignatureForm, SigningKey};
use model::peer::InboundState;
use model::{ActorKind, InboundId};
use serde_json::{Value, json};
use std::sync::LazyLock;
use store::row;
use url::Url;

static KEY: LazyLock<KeyPair> = LazyLock::new(|| domain::keys::generate().unwrap());
const BEA: &str = "https://beta.test/u/bea";
const INBOX: &str = "https://alpha.test/inbox";

/// An instance that knows bea and her key.
async fn instance() -> TestInstance {
    let instance = TestInstance::new().await;
    let bea = RemoteActor {
        suspended: false,
        moved: false,
        kind: ActorKind::Person,
        host: "beta.test".to_owned(),
        handle: "bea".to_owned(),
        ap_id: BEA.to_owned(),
        url: BEA.to_owned(),
        inbox: format!("{BEA}/inbox"),
        shared_inbox: None,
        outbox: None,
        followers_url: None,
        moderators_url: None,
        name: "Bea".to_owned(),
        summary_html: String::new(),
        pronouns: String::new(),
        job_title: String::new(),
        organization: String::new(),
        languages: Vec::new(),
        picture_url: None,
        indexable: true,
        discoverable: true,
        key_id: Some(format!("{BEA}#main-key")),
        key_pem: Some(KEY.public_pem.clone()),
        assertion_keys: Vec::new(),
        charter: None,
        private: false,
        question_answer: false,
        tags: Vec::new(),
    };
    instance
        .does(move |tx| domain::actor::store_remote(tx, &bea))
        .await;
    instance
}

fn like(n: u32) -> Value {
    json!({"id": format!("https://beta.test/like/{n}"), "type": "Like", "actor": BEA, "object": "https://alpha.test/p/1"})
}

/// Headers of a request signed by a key under any name, `late` seconds ago.
fn signed_headers(
    instance: &TestInstance,
    inbox: &str,
    body: &[u8],
    key_id: &str,
    late: i64,
) -> HeaderMap {
    let key = SigningKey::from_der(key_id, &KEY.private_der).unwrap();
    let date = instance.fed.ops().now().plus_seconds(-late).utc();
    let request = RequestToSign {
        method: "POST",
        url: &Url::parse(inbox).unwrap(),
        body: Some(body),
        content_type: Some("application/activity+json"),
        extra_headers: &[],
    };
    request.sign(SignatureForm::Draft, &key, date).unwrap()
}

async fn post(instance: &TestInstance, headers: &HeaderMap, body: &[u8]) -> InboxResponse {
    receive(
        &instance.fed,
        None,
        "POST",
        "/inbox",
        headers,
        Bytes::copy_from_slice(body),
    )
    .await
}

async fn post_signed(instance: &TestInstance, activity: &Value) -> InboxResponse {
    let body = activity.to_string().into_bytes();
    let headers = signed_headers(instance, INBOX, &body, &format!("{BEA}#main-key"), 0);
    post(instance, &headers, &body).await
}

async fn kept(instance: &TestInstance) -> Vec<row::Inbound> {
    let read = |db: &mut store::Db| -> Outcome<_> {
        Ok(store::queue::inbound::list(
            db,
            InboundState::Waiting,
            InboundId(i64::MAX),
            100,
        )?)
    };
    instance.fed.store().read(read).await.unwrap()
}

#[tokio::test]
async fn a_signed_activity_is_kept_once() {
    let instance = instance().await;
    assert_eq!(
        post_signed(&instance, &like(1)).await,
        InboxResponse::accepted()
    );
    assert_eq!(
        post_signed(&instance, &like(1)).await,
        InboxResponse::accepted()
    );
    let rows = kept(&instance).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(
        (row.signer.as_str(), row.host.as_str(), row.kind.as_str()),
        (BEA, "beta.test", "Like")
    );
    assert_eq!(row.order_key, "https://beta.test https://alpha.test/p/1");
    assert_eq!(row.body.as_deref(), Some(like(1).to_string().as_str()));
    let without_id = json!({"type": "Update", "actor": BEA, "object": BEA});
    assert_eq!(
        post_signed(&instance, &without_id).await,
        InboxResponse::accepted()
    );
    assert_eq!(
        post_signed(&instance, &without_id).await,
        InboxResponse::accepted()
    );
    assert_eq!(kept(&instance).await.len(), 2);
}

#[tokio::test]
async fn what_is_no_activity_is_refused() {
    let instance = instance().await;
    let headers = HeaderMap::new();
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    for invalid in [
        "",
        "not json",
        "[]",
        "{}",
        r#"{"type":"Like"}"#,
        r#"{"actor":"https://a.test/u"}"#,
        deep.as_str(),
    ] {
        assert_eq!(
            post(&instance, &headers, invalid.as_bytes()).await.status,
            StatusCode::BAD_REQUEST,
            "{invalid}"
        );
    }
    let large = vec![b' '; vocab::MAX_BYTES + 1];
    assert_eq!(
        post(&instance, &headers, &large).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(kept(&instance).await.is_empty());
}

#[tokio::test]
async fn a_signature_must_be_there_fit_and_be_of_now() {
    let instance = instance().await;
    let body = like(1).to_string().into_bytes();
    let key_id = format!("{BEA}#main-key");
    let good = signed_headers(&instance, INBOX, &body, &key_id, 0);
    let assert_refused = async |headers: &HeaderMap, body: &[u8]| {
        assert_eq!(
            post(&instance, headers, body).await.status,
            StatusCode::UNAUTHORIZED
        );
    };
    assert_refused(&HeaderMap::new(), &body).await;
    assert_refused(&good, &like(2).to_string().into_bytes()).await;
    assert_refused(
        &signed_headers(&instance, INBOX, &body, &key_id, 7_200),
        &body,
    )
    .await;
    for other in [
        "https://other.test/inbox",
        "https://alpha.test/c/weavers/inbox",
    ] {
        let headers = signed_headers(&instance, other, &body, &key_id, 0);
        let response = post(&instance, &headers, &body).await;
        // The key may be another by now, and its server does not respond.
        assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{other}");
        assert!(response.retry_after.is_some(), "{other}");
    }
    assert_refused(
        &signed_headers(
            &instance,
            INBOX,
            &body,
            "https://alpha.test/u/ann#main-key",
            0,
        ),
        &body,
    )
    .await;
    assert_refused(&signed_headers(&instance, INBOX, &body, "no url", 0), &body).await;
    let mut undated = good.clone();
    undated.remove("date");
    assert_refused(&undated, &body).await;
    assert!(kept(&instance).await.is_empty());
    assert_eq!(
        post(&instance, &good, &body).await,
        InboxResponse::accepted()
    );
}

#[tokio::test]
async fn a_key_that_cannot_be_had_now_is_asked_for_again() {
    let instance = instance().await;
    let activity = json!({"id": "https://nowhere.invalid/1", "type": "Like", "actor": "https://nowhere.invalid/u", "object": "https://alpha.test/p/1"});
    let body = activity.to_string().into_bytes();
    let headers = signed_headers(
        &instance,
        INBOX,
        &body,
        "https://nowhere.invalid/u#main-key",
        0,
    );
    assert_eq!(
        post(&instance, &headers, &body).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn the_farewell_of_a_stranger_costs_nothing() {
    let instance = instance().await;
    let stranger = "https://nowhere.invalid/u";
    let farewell = json!({"id": format!("{stranger}#delete"), "type": "Delete", "actor": stranger, "object": stranger});
    let body = farewell.to_string().into_bytes();
    let headers = signed_headers(&instance, INBOX, &body, &format!("{stranger}#main-key"), 0);
    assert_eq!(
        post(&instance, &headers, &body).await,
        InboxResponse::accepted()
    );
    assert_eq!(
        post(&instance, &HeaderMap::new(), &body).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert!(kept(&instance).await.is_empty());
}

#[tokio::test]
async fn an_id_is_taken_only_within_its_signers_origin() {
    let instance = instance().await;
    let theirs = json!({"id": "https://gamma.test/like/1", "type": "Like", "actor": "https://gamma.test/u/gil", "object": "https://alpha.test/p/1"});
    assert_eq!(
        post_signed(&instance, &theirs).await,
        InboxResponse::accepted()
    );
    assert_eq!(
        kept(&instance).await[0].guard,
        "https://beta.test https://gamma.test/like/1"
    );
}

//! Tests of POST requests to servers on loopback, and of how their responses are classified.

use super::{RSA, client_of, client_with, fixed_now, key, url};
use crate::{Accepted, PostError, SignedPost};
use axum::Router;
use axum::body::{Body, Bytes as BodyBytes};
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::post;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::HeaderName;
use httpsig::{ReceivedRequest, SigningKey, UnverifiedSignature, VerifyingKey};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub(super) fn signed_post<'a>(body: &'static [u8], key: &'a SigningKey) -> SignedPost<'a> {
    SignedPost {
        body: Bytes::from_static(body),
        content_type: "application/activity+json",
        key,
        extra_headers: &[],
    }
}

#[tokio::test]
async fn an_activity_is_delivered_signed() {
    let answer = async |headers: HeaderMap, uri: Uri, body: BodyBytes| {
        assert_eq!(headers["content-type"], "application/activity+json");
        let public = VerifyingKey::from_der(&RSA.public_key_to_der().unwrap()).unwrap();
        let request = ReceivedRequest {
            method: "POST",
            path_and_query: uri.path(),
            headers: &headers,
            body: &body,
            origins: &["http://peer.test"],
        };
        let signature = UnverifiedSignature::read(&request, fixed_now()).unwrap();
        assert_eq!(signature.verify(&public), Ok(()));
        assert!(signature.covers("collection-synchronization"));
        StatusCode::ACCEPTED
    };
    let client = client_of(Router::new().route("/inbox", post(answer))).await;
    let key = key();
    let header = (
        HeaderName::from_static("collection-synchronization"),
        "collectionId=\"c\", url=\"u\", digest=\"d\"".to_owned(),
    );
    let follow = SignedPost {
        extra_headers: &[header],
        ..signed_post(b"{\"type\":\"Follow\"}", &key)
    };
    let sent = client.post(&url("/inbox"), follow).await;
    assert_eq!(sent, Ok(Accepted { status: 202 }));
}

/// Posts to a server that answers with each status in turn and these headers.
async fn taken_for(
    headers: &'static [(&'static str, &'static str)],
    codes: &[u16],
) -> Vec<Result<Accepted, PostError>> {
    let answer = async move |Path(code): Path<u16>, _: Request| {
        let mut response = "  not\n this  one ".into_response();
        *response.status_mut() = StatusCode::from_u16(code).unwrap();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    };
    let client = client_of(Router::new().route("/{code}", post(answer))).await;
    let (client, key) = (&client, &key());
    let sent = codes.iter().map(async |code| {
        let inbox = url(&format!("/{code}"));
        client.post(&inbox, signed_post(b"{}", key)).await
    });
    futures::future::join_all(sent).await
}

#[tokio::test]
async fn a_failing_server_is_told_from_a_refusal() {
    let sent = taken_for(&[], &[200, 410]).await;
    assert_eq!(sent, [Ok(Accepted { status: 200 }), Err(PostError::Gone)]);
    let sick = [408, 425, 500, 501, 502, 503, 504, 521, 522, 523, 530];
    for (code, sent) in sick.into_iter().zip(taken_for(&[], &sick).await) {
        let Err(PostError::Peer(why)) = sent else {
            panic!("{code}: {sent:?}")
        };
        assert!(
            why.starts_with(&code.to_string()) && why.ends_with(" not this one"),
            "{why}"
        );
    }
    let refusals = [302, 400, 401, 403, 404, 422];
    let elsewhere = &[("location", "/202")];
    for (code, sent) in refusals
        .into_iter()
        .zip(taken_for(elsewhere, &refusals).await)
    {
        let why = "not this one".to_owned();
        assert_eq!(sent, Err(PostError::Activity { status: code, why }));
    }
}

#[tokio::test]
async fn a_request_to_wait_is_told_from_both() {
    let asked = |seconds: Option<u64>| {
        let retry_after = seconds.map(Duration::from_secs);
        move |sent: &Result<Accepted, PostError>| matches!(sent, Err(PostError::Busy { retry_after: told, .. }) if *told == retry_after)
    };
    let sent = taken_for(&[("retry-after", "120")], &[429, 503]).await;
    assert!(sent.iter().all(asked(Some(120))), "{sent:?}");
    // Of one address: the rest of its origin goes on.
    let sent = taken_for(&[("retry-after", "120")], &[403, 404, 500, 502]).await;
    let [forbidden, missing, failing, gateway] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    for (sent, status) in [(forbidden, 403), (missing, 404)] {
        let is_it =
            matches!(sent, Err(PostError::Activity { status: told, .. }) if *told == status);
        assert!(is_it, "{sent:?}");
    }
    for sent in [failing, gateway] {
        assert!(matches!(sent, Err(PostError::Peer(_))), "{sent:?}");
    }
    let sent = taken_for(&[], &[429]).await;
    assert!(sent.iter().all(asked(None)), "{sent:?}");
    let sent = taken_for(&[("retry-after", "120")], &[202, 410]).await;
    assert_eq!(sent, [Ok(Accepted { status: 202 }), Err(PostError::Gone)]);
}

#[tokio::test]
async fn the_status_counts_where_the_body_never_ends() {
    let endless = async |Path(code): Path<u16>| {
        let words = stream::once(async { Ok::<_, Infallible>("not this one") });
        let body = Body::from_stream(words.chain(stream::pending()));
        (StatusCode::from_u16(code).unwrap(), body)
    };
    let slow = Router::new().route("/{code}", post(endless));
    let client = client_with(slow, |config| config.timeout = Duration::from_millis(500)).await;
    let key = key();
    let sent = async |code: u16| {
        client
            .post(&url(&format!("/{code}")), signed_post(b"", &key))
            .await
    };
    assert_eq!(sent(202).await, Ok(Accepted { status: 202 }));
    assert!(matches!(
        sent(422).await,
        Err(PostError::Activity { status: 422, .. })
    ));
}

#[tokio::test]
async fn a_refused_post_is_sent_in_the_other_form_while_none_was_accepted() {
    let heard = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&heard);
    let knows_it = async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        StatusCode::BAD_REQUEST
    };
    let client = client_of(Router::new().route("/inbox", post(knows_it))).await;
    let key = key();
    // The first 400 may be about the form, the second is about the body.
    for heard_by_then in [2, 3] {
        let sent = client.post(&url("/inbox"), signed_post(b"{}", &key)).await;
        let why = String::new();
        assert_eq!(sent, Err(PostError::Activity { status: 400, why }));
        assert_eq!(heard.load(Ordering::SeqCst), heard_by_then);
    }
}

//! What a peer asks, and what it gets.

mod hidden;

use super::{routes, wants_activity_json};
use crate::test_instance::TestInstance;
use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, ETAG, IF_NONE_MATCH, LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use model::{ActorId, Origin, PostId};
use serde_json::{Value, json};
use tower::ServiceExt;

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn media_type(&self) -> &str {
        self.headers["content-type"].to_str().unwrap()
    }
}

async fn send(instance: &TestInstance, request: Request<Body>) -> Got {
    let response = routes(instance.fed.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Got {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

async fn get(instance: &TestInstance, path: &str) -> Got {
    let request = Request::get(path.trim_start_matches("https://alpha.test"));
    send(instance, request.body(Body::empty()).unwrap()).await
}

/// Ann, her community, and a thread that has been sent.
async fn village() -> (TestInstance, ActorId, PostId) {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.run().await;
    (instance, weavers, thread)
}

#[test]
fn a_program_says_so() {
    for (accept, wants) in [
        ("application/activity+json", true),
        (
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            true,
        ),
        (
            "application/ld+json; profile='https://www.w3.org/ns/activitystreams'",
            true,
        ),
        ("Application/LD+JSON", true),
        (
            "application/activity+json, application/ld+json; profile=\"a,b\", */*;q=0.1",
            true,
        ),
        ("text/html, application/activity+json", false),
        ("application/activity+json, text/html", true),
        ("application/activity+json;q=0.5, text/html;q=0.9", false),
        ("application/activity+json;q=0.9, text/html;q=0.5", true),
        ("application/activity+json;q=0", false),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            false,
        ),
        ("*/*", false),
        ("application/json", false),
        ("", false),
        ("gibberish;;, application/activity+json", true),
    ] {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
        assert_eq!(wants_activity_json(&headers), wants, "{accept}");
    }
}

#[test]
fn a_browser_that_says_nothing_gets_a_page() {
    assert!(!wants_activity_json(&HeaderMap::new()));
}

#[tokio::test]
async fn webfinger_finds_people_communities_and_the_instance() {
    let (instance, ..) = village().await;
    for (resource, id) in [
        ("acct:ann@alpha.test", "https://alpha.test/u/ann"),
        ("acct:Weavers@ALPHA.test", "https://alpha.test/c/weavers"),
        ("acct:alpha.test@alpha.test", "https://alpha.test/"),
        (
            "https://alpha.test/c/weavers",
            "https://alpha.test/c/weavers",
        ),
        ("https://alpha.test/u/Ann", "https://alpha.test/u/ann"),
        (
            "https://alpha.test/c/Weavers/",
            "https://alpha.test/c/weavers",
        ),
        (
            "https://ALPHA.test:443/u/Ann?lang=fr",
            "https://alpha.test/u/ann",
        ),
        ("https%3A%2F%2Falpha.test", "https://alpha.test/"),
    ] {
        let got = get(
            &instance,
            &format!("/.well-known/webfinger?resource={resource}"),
        )
        .await;
        assert_eq!(got.status, StatusCode::OK, "{resource}");
        assert_eq!(got.media_type(), "application/jrd+json; charset=utf-8");
        assert_eq!(got.headers["access-control-allow-origin"], "*");
        let jrd: vocab::Jrd = serde_json::from_value(got.json()).unwrap();
        assert_eq!(jrd.actors().next().unwrap().0, id, "{resource}");
        assert!(jrd.aliases.contains(&id.to_owned()));
        assert_eq!(
            jrd.account().unwrap(),
            jrd.account().unwrap().to_lowercase()
        );
    }
    for (query, status) in [
        ("", 400),
        ("?resource=", 400),
        ("?resource==acct:ann@alpha.test", 400),
        ("?resource=weavers", 400),
        ("?resource=acct:nobody@alpha.test", 404),
        ("?resource=acct:ann@beta.test", 404),
        ("?resource=https://alpha.test/u/weavers", 404),
        ("?resource=https://beta.test/u/ann", 404),
    ] {
        let got = get(&instance, &format!("/.well-known/webfinger{query}")).await;
        assert_eq!(got.status, status, "{query}");
        assert_eq!(got.media_type(), "application/problem+json");
    }
}

#[tokio::test]
async fn nodeinfo_counts_and_names() {
    let (instance, ..) = village().await;
    let links = get(&instance, "/.well-known/nodeinfo").await.json();
    assert_eq!(links["links"][0]["href"], "https://alpha.test/nodeinfo/2.1");
    let info = get(&instance, "/nodeinfo/2.1").await.json();
    assert_eq!(info["software"]["name"], "hedgerow");
    assert_eq!(info["usage"]["users"]["total"], 1);
    assert_eq!(info["usage"]["localPosts"], 1);
    assert_eq!(info["openRegistrations"], true);
    assert_eq!(info["metadata"]["nodeName"], "Alpha");
}

#[tokio::test]
async fn actors_have_documents_and_every_collection_they_name() {
    let (instance, ..) = village().await;
    for (path, kind) in [
        ("/", "Application"),
        ("/u/ann", "Person"),
        ("/c/weavers", "Group"),
    ] {
        let got = get(&instance, path).await;
        assert_eq!(got.media_type(), "application/activity+json; charset=utf-8");
        assert_eq!(got.headers[VARY], "Accept");
        let actor = got.json();
        assert_eq!(actor["type"], kind);
        assert!(
            actor["publicKey"]["publicKeyPem"]
                .as_str()
                .unwrap()
                .contains("PUBLIC KEY")
        );
        for key in ["outbox", "followers", "following", "featured", "moderators"] {
            let Some(url) = actor.get(key).and_then(Value::as_str) else {
                continue;
            };
            let collection = get(&instance, url).await.json();
            let is_counted = matches!(key, "followers" | "following");
            let kind = if is_counted {
                "Collection"
            } else {
                "OrderedCollection"
            };
            assert_eq!(collection["type"], kind, "{url}");
            assert_eq!(is_counted, collection["items"] == json!([]), "{url}");
            assert_eq!(collection["id"], url);
        }
    }
    let moderators = get(&instance, "/c/weavers/moderators").await.json();
    assert_eq!(
        moderators["orderedItems"],
        json!(["https://alpha.test/u/ann"])
    );
    for path in ["/u/weavers", "/c/ann", "/u/nobody", "/nowhere"] {
        assert_eq!(
            get(&instance, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn who_has_a_document_already_is_told_so() {
    let (instance, ..) = village().await;
    let first = get(&instance, "/u/ann").await;
    let etag = first.headers[ETAG].clone();
    let request = Request::get("/u/ann").header(IF_NONE_MATCH, etag.clone());
    let again = send(&instance, request.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers[ETAG], etag);
    assert!(again.body.is_empty());
}

#[tokio::test]
async fn an_outbox_shows_todays_words_and_nothing_that_is_gone() {
    let (instance, _, thread) = village().await;
    let (ann, draft) = (
        instance.ann,
        domain::testing::draft("Warping a heddle", "How?"),
    );
    instance
        .does(move |tx| domain::post::edit(tx, ann, thread, &draft, &Origin::Local))
        .await;
    let page = get(&instance, "/c/weavers/outbox?page=true").await.json();
    assert_eq!(page["type"], "OrderedCollectionPage");
    let announce = &page["orderedItems"][0];
    assert_eq!(announce["type"], "Announce");
    assert_eq!(announce["object"]["object"]["name"], "Warping a heddle");
    let create = announce["object"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        get(&instance, &create).await.json()["object"]["name"],
        "Warping a heddle"
    );
    let whole = get(&instance, "/u/ann/outbox").await.json();
    assert_eq!(whole["totalItems"], 1);
    assert_eq!(whole["orderedItems"][0]["type"], "Create", "for Lemmy");
    assert_eq!(whole["first"], "https://alpha.test/u/ann/outbox?page=true");
    instance
        .does(move |tx| domain::post::remove(tx, ann, thread, &Origin::Local))
        .await;
    let page = get(&instance, "/c/weavers/outbox?page=true").await.json();
    assert_eq!(page["orderedItems"], json!([]));
    assert_eq!(get(&instance, &create).await.status, StatusCode::GONE);
    instance.run().await;
    assert_eq!(get(&instance, &create).await.status, StatusCode::GONE);
    let page = get(&instance, "/u/ann/outbox?page=true").await.json();
    let kinds: Vec<&Value> = page["orderedItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["type"])
        .collect();
    assert_eq!(kinds, ["Delete"]);
}

#[tokio::test]
async fn a_thread_has_a_document_a_conversation_and_an_end() {
    let (instance, _, thread) = village().await;
    let (ann, draft) = (instance.ann, domain::testing::draft("", "Myself."));
    instance
        .does(move |tx| domain::discussion::reply(tx, ann, thread, &draft, &Origin::Local))
        .await;
    let page = get(&instance, &format!("/p/{thread}")).await.json();
    assert_eq!(page["type"], "Page");
    let conversation = get(&instance, page["context"].as_str().unwrap())
        .await
        .json();
    assert_eq!(conversation["attributedTo"], "https://alpha.test/c/weavers");
    assert_eq!(conversation["orderedItems"][0], page["id"]);
    assert_eq!(conversation["totalItems"], 2);
    let second = get(&instance, &format!("/p/{thread}/context?after={thread}"))
        .await
        .json();
    assert_eq!(
        second["orderedItems"],
        json!([conversation["orderedItems"][1]])
    );
    instance
        .does(move |tx| domain::post::remove(tx, ann, thread, &Origin::Local))
        .await;
    let gone = get(&instance, &format!("/p/{thread}")).await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.json()["type"], "Tombstone");
    assert_eq!(gone.json()["formerType"], "Page");
    for path in ["/p/1", "/p/x", "/p/1/context"] {
        assert_eq!(
            get(&instance, path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_another_servers_is_asked_there() {
    let (instance, _, thread) = village().await;
    let bea = instance
        .stranger("beta.test", model::ActorKind::Person, "bea")
        .await;
    let reply = instance
        .does(move |tx| {
            let bea =
                store::raw::actor::by_id(tx.db, bea)?.ok_or(domain::Error::not_found("actor"))?;
            let origin = Origin::Remote {
                ap_id: "https://beta.test/p/1".to_owned(),
                peer: bea.peer_id.unwrap_or_default(),
                published: None,
                via: model::Via::Delivered,
                url: None,
                context: None,
                updated: None,
                named: String::new(),
                announcer: None,
                activity: None,
            };
            domain::discussion::reply(
                tx,
                bea.id,
                thread,
                &domain::testing::draft("", "A peg."),
                &origin,
            )
        })
        .await;
    let got = get(&instance, &format!("/p/{reply}")).await;
    assert_eq!(got.status, StatusCode::FOUND);
    assert_eq!(got.headers[LOCATION], "https://beta.test/p/1");
    assert_eq!(
        get(&instance, &format!("/p/{reply}/context")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn follows_and_likes_stand_as_long_as_they_are_meant() {
    let (instance, _, thread) = village().await;
    let ann = instance.ann;
    instance
        .does(move |tx| domain::post::like(tx, ann, thread, &Origin::Local))
        .await;
    let bea = instance
        .stranger("beta.test", model::ActorKind::Person, "bea")
        .await;
    let follow = instance
        .does(move |tx| domain::follow::follow(tx, ann, bea))
        .await;
    let hidden = get(&instance, &follow.ap_id).await.status;
    assert_eq!(hidden, StatusCode::NOT_FOUND, "whom she follows is hers");
    instance
        .does(move |tx| {
            let mut row = store::raw::actor::by_id(tx.db, ann)?.unwrap();
            row.show_follows = true;
            Ok(store::actor::update(tx.db, &row)?)
        })
        .await;
    let json = get(&instance, &follow.ap_id).await.json();
    assert_eq!(
        (&json["type"], &json["id"]),
        (&json!("Follow"), &json!(follow.ap_id))
    );
    let like = instance
        .does(move |tx| store::raw::post::like_of(tx.db, ann, thread).map_err(domain::Error::from))
        .await
        .unwrap();
    assert_eq!(get(&instance, &like.ap_id).await.json()["type"], "Like");
    instance
        .does(move |tx| domain::post::unlike(tx, ann, thread, &Origin::Local))
        .await;
    assert_eq!(
        get(&instance, &like.ap_id).await.status,
        StatusCode::NOT_FOUND
    );
    let sent = format!("https://alpha.test/activities/{}", 1);
    assert_eq!(get(&instance, &sent).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_erased_are_gone_and_those_who_wait_are_not_there_yet() {
    let (instance, ..) = village().await;
    let [mia, pia] = [instance.person("mia").await, instance.person("pia").await];
    instance
        .does(move |tx| {
            for (subject, state) in [
                (mia, model::ActorState::Deleted),
                (pia, model::ActorState::Pending),
            ] {
                let mut row = store::raw::actor::by_id(tx.db, subject)?.unwrap();
                row.state = state;
                store::actor::update(tx.db, &row)?;
            }
            Ok(())
        })
        .await;
    let got = get(&instance, "/u/mia").await;
    assert_eq!(got.status, StatusCode::GONE);
    assert_eq!(got.json()["type"], "Tombstone");
    assert_eq!(got.json()["formerType"], "Person");
    let webfinger = get(
        &instance,
        "/.well-known/webfinger?resource=acct:mia@alpha.test",
    )
    .await;
    assert_eq!(webfinger.status, StatusCode::GONE);
    assert_eq!(get(&instance, "/u/pia").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_inbox_takes_a_mebibyte_and_no_more() {
    let (instance, ..) = village().await;
    for path in ["/inbox", "/u/ann/inbox", "/c/weavers/inbox"] {
        let large = Body::from(vec![b' '; vocab::MAX_BYTES + 1]);
        let got = send(&instance, Request::post(path).body(large).unwrap()).await;
        assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert_eq!(got.media_type(), "application/problem+json");
        let unsigned = Request::post(path).body(Body::from("{}")).unwrap();
        let got = send(&instance, unsigned).await;
        assert!(got.status.is_client_error(), "{path}: {}", got.status);
    }
}

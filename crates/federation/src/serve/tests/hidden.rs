//! What guests may not see is not there for peers either: no document, no list, no count.

use super::*;
use domain::account::Principal;
use model::access::SpaceAccess;
use model::{ActorState, LangText, PostState, SpaceId};
use store::row;

/// A way in which a post comes to be hidden.
#[derive(Debug, Clone, Copy)]
enum Hide {
    State(PostState),
    Space(SpaceAccess),
    AuthorSuspended,
    CommunitySuspended,
}

const ALL: &[Hide] = &[
    Hide::State(PostState::Held),
    Hide::State(PostState::Hidden),
    Hide::State(PostState::Draft),
    Hide::Space(SpaceAccess::Members),
    Hide::Space(SpaceAccess::Private),
    Hide::AuthorSuspended,
    Hide::CommunitySuspended,
];

impl Hide {
    async fn hide(
        self,
        instance: &TestInstance,
        author: ActorId,
        community: ActorId,
        thread: PostId,
    ) {
        match self {
            Self::State(state) => {
                let hide = move |tx: &mut domain::Tx<'_>| {
                    Ok(store::post::set_state(tx.db, thread, state)?)
                };
                instance.does(hide).await;
            }
            Self::Space(access) => into_space(instance, community, thread, access).await,
            Self::AuthorSuspended => {
                let suspend = move |tx: &mut domain::Tx<'_>| {
                    domain::account::suspend(tx, Principal::Operator, author, "Posts adverts")
                };
                instance.does(suspend).await;
            }
            Self::CommunitySuspended => {
                let suspend = move |tx: &mut domain::Tx<'_>| {
                    let mut row = store::raw::actor::by_id(tx.db, community)?.unwrap();
                    row.state = ActorState::Suspended;
                    Ok(store::actor::update(tx.db, &row)?)
                };
                instance.does(suspend).await;
            }
        }
    }
}

async fn into_space(
    instance: &TestInstance,
    community: ActorId,
    thread: PostId,
    access: SpaceAccess,
) {
    let id: SpaceId = instance.fed.ops().id();
    let enter = move |tx: &mut domain::Tx<'_>| {
        let space = row::Space {
            id,
            community_id: community,
            access,
            name: LangText::single("en", "Inner circle"),
            created_at: tx.now,
            posting: model::access::SpacePosting::All,
            closed_at: None,
        };
        store::space::insert(tx.db, &space)?;
        Ok(store::testing::move_to_space(tx.db, thread, id)?)
    };
    instance.does(enter).await;
}

#[tokio::test]
async fn what_guests_may_not_see_is_not_there() {
    for hide in ALL {
        let instance = TestInstance::new().await;
        let weavers = instance.community("weavers").await;
        let mia = instance.person("mia").await;
        let thread = instance.thread(mia, weavers, "Warping").await;
        let ann = instance.ann;
        instance
            .does(move |tx| domain::post::like(tx, ann, thread, &Origin::Local))
            .await;
        instance.run().await;
        let outbox = get(&instance, "/c/weavers/outbox?page=true").await.json();
        let create = outbox["orderedItems"][0]["object"]["id"].clone();
        let like = instance
            .does(move |tx| Ok(store::raw::post::like_of(tx.db, ann, thread)?))
            .await
            .unwrap();
        hide.hide(&instance, mia, weavers, thread).await;
        for path in [
            &format!("/p/{thread}"),
            &format!("/p/{thread}/context"),
            &format!("/p/{thread}/context?after=0"),
            create.as_str().unwrap(),
            &like.ap_id,
        ] {
            let got = get(&instance, path).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{hide:?}: {path}");
        }
        for path in ["/c/weavers/outbox?page=true", "/u/mia/outbox?page=true"] {
            let words = String::from_utf8(get(&instance, path).await.body.to_vec()).unwrap();
            assert!(!words.contains("Warping"), "{hide:?}: {path}: {words}");
        }
        let usage = get(&instance, "/nodeinfo/2.1").await.json()["usage"].clone();
        assert_eq!(usage["localPosts"], 0, "{hide:?}");
        for path in ["/c/weavers/outbox", "/u/mia/outbox"] {
            let got = get(&instance, path).await;
            if got.status == StatusCode::OK {
                assert_eq!(got.json()["totalItems"], 0, "{hide:?}: {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_hidden_reply_is_in_no_conversation() {
    let (instance, _, thread) = village().await;
    let (ann, draft) = (instance.ann, domain::testing::draft("", "Myself."));
    let reply = instance
        .does(move |tx| domain::discussion::reply(tx, ann, thread, &draft, &Origin::Local))
        .await;
    instance
        .does(move |tx| Ok(store::post::set_state(tx.db, reply, PostState::Hidden)?))
        .await;
    let conversation = get(&instance, &format!("/p/{thread}/context")).await.json();
    assert_eq!(conversation["totalItems"], 1);
    assert_eq!(
        conversation["orderedItems"],
        json!([format!("https://alpha.test/p/{thread}")])
    );
}

#[tokio::test]
async fn what_only_members_read_is_never_sent() {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    let bea = instance
        .stranger("beta.test", model::ActorKind::Person, "bea")
        .await;
    instance.followed(bea, weavers).await;
    let (ann, thread) = (
        instance.ann,
        instance.thread(instance.ann, weavers, "Warping").await,
    );
    into_space(&instance, weavers, thread, SpaceAccess::Members).await;
    let draft = domain::testing::draft("Warping a heddle", "How?");
    instance
        .does(move |tx| domain::post::edit(tx, ann, thread, &draft, &Origin::Local))
        .await;
    instance
        .does(move |tx| domain::post::like(tx, ann, thread, &Origin::Local))
        .await;
    instance
        .does(move |tx| domain::post::remove(tx, ann, thread, &Origin::Local))
        .await;
    assert_eq!(instance.sent().await, Vec::<String>::new());
}

#[tokio::test]
async fn an_outbox_has_the_current_text_of_a_remote_post() {
    let (instance, _, thread) = village().await;
    let bea = instance
        .stranger("beta.test", model::ActorKind::Person, "bea")
        .await;
    let peer = instance
        .does(move |tx| {
            Ok(store::raw::actor::by_id(tx.db, bea)?
                .unwrap()
                .peer_id
                .unwrap())
        })
        .await;
    let mut origin = domain::testing::delivered("https://beta.test/n/1", peer);
    if let Origin::Remote { activity, .. } = &mut origin {
        let object =
            json!({"id": "https://beta.test/n/1", "type": "Note", "content": "First", "proof": {}});
        let create = json!({"type": "Create", "actor": "https://beta.test/u/bea", "object": object, "proof": {}});
        *activity = Some(create.to_string());
    }
    let change = origin.clone();
    let reply = instance
        .does(move |tx| {
            let first = domain::testing::draft("", "First");
            domain::discussion::reply(tx, bea, thread, &first, &origin)
        })
        .await;
    instance.run().await;
    let newest = async || {
        let page = get(&instance, "/c/weavers/outbox?page=true").await.json();
        page["orderedItems"][0]["object"].clone()
    };
    let frozen = newest().await;
    assert_eq!(frozen["object"]["content"], "First");
    assert!(
        frozen["proof"].is_object(),
        "unchanged bytes keep their proof"
    );
    instance
        .does(move |tx| {
            let second = domain::testing::draft("", "Second");
            domain::post::edit(tx, bea, reply, &second, &change)
        })
        .await;
    instance.run().await;
    let current = newest().await;
    assert!(
        current["object"]["content"]
            .as_str()
            .unwrap()
            .contains("Second")
    );
    assert_eq!(current["object"]["id"], "https://beta.test/n/1");
    assert!(current["proof"].is_null() && current["object"]["proof"].is_null());
}

/// What an actor says of itself, which its document leaves out while it is suspended.
const CONTENT: &[&str] = &[
    "name",
    "nameMap",
    "summary",
    "summaryMap",
    "source",
    "icon",
    "image",
    "endpoints",
    "attachment",
    "url",
    "hedgerow:purpose",
];

/// Mia and her community, both suspended; she wrote a thread in it.
async fn suspended() -> TestInstance {
    let instance = TestInstance::new().await;
    let weavers = instance.community("weavers").await;
    let mia = instance.person("mia").await;
    let thread = instance.thread(mia, weavers, "Warping").await;
    instance.run().await;
    for hide in [Hide::AuthorSuspended, Hide::CommunitySuspended] {
        hide.hide(&instance, mia, weavers, thread).await;
    }
    instance
}

#[tokio::test]
async fn whoever_is_suspended_has_a_document_that_says_so_and_nothing_else() {
    let instance = suspended().await;
    for (actor, kind) in [("/u/mia", "Person"), ("/c/weavers", "Group")] {
        let got = get(&instance, actor).await;
        assert_eq!(got.status, StatusCode::OK, "{actor}");
        let told = got.json();
        let id = format!("https://alpha.test{actor}");
        assert_eq!((&told["id"], &told["type"]), (&json!(id), &json!(kind)));
        assert_eq!(told["suspended"], true);
        assert_eq!(told["inbox"], format!("{id}/inbox"));
        assert_eq!(told["publicKey"]["owner"], id);
        for content in CONTENT {
            assert!(told.get(content).is_none(), "{actor}: {content}");
        }
    }
    let resource = "/.well-known/webfinger?resource=acct:mia@alpha.test";
    let found = get(&instance, resource).await;
    assert_eq!(
        found.status,
        StatusCode::OK,
        "who looks again finds the document"
    );
}

#[tokio::test]
async fn the_collections_of_whoever_is_suspended_are_empty() {
    let instance = suspended().await;
    for actor in ["/u/mia", "/c/weavers"] {
        for list in [
            "outbox",
            "outbox?page=true",
            "followers",
            "following",
            "featured",
        ] {
            let listed = get(&instance, &format!("{actor}/{list}")).await;
            assert_eq!(listed.status, StatusCode::OK, "{actor}/{list}");
            let listed = listed.json();
            assert_eq!(listed["totalItems"], 0, "{actor}/{list}: {listed}");
            let items = listed.get("orderedItems").and_then(Value::as_array);
            assert!(items.is_none_or(Vec::is_empty), "{listed}");
        }
    }
    let moderators = get(&instance, "/c/weavers/moderators").await.json();
    assert!(
        moderators["orderedItems"]
            .as_array()
            .is_none_or(Vec::is_empty)
    );
}

/// Returns the ids of the activities of a type that were stored, oldest first.
async fn stored_activities(instance: &TestInstance, kind: &'static str) -> Vec<String> {
    let read = move |tx: &mut domain::Tx<'_>| {
        let all = store::queue::activity::since(tx.db, model::ActivityId(0), 100)?;
        let of_kind = all.into_iter().filter(|row| row.kind == kind);
        Ok(of_kind.map(|row| row.ap_id).collect())
    };
    instance.does(read).await
}

#[tokio::test]
async fn every_activity_about_a_post_stands_at_its_id_while_guests_may_see_that() {
    for way in ALL {
        let instance = TestInstance::new().await;
        let weavers = instance.community("weavers").await;
        let mia = instance.person("mia").await;
        let thread = instance.thread(mia, weavers, "Warping").await;
        instance.run().await;
        let ann = instance.ann;
        let like =
            move |tx: &mut domain::Tx<'_>| domain::post::like(tx, ann, thread, &Origin::Local);
        instance.does(like).await;
        instance.run().await;
        let unlike =
            move |tx: &mut domain::Tx<'_>| domain::post::unlike(tx, ann, thread, &Origin::Local);
        instance.does(unlike).await;
        instance.run().await;
        let announces = stored_activities(&instance, "Announce").await;
        assert!(announces.len() >= 4, "{announces:?}");
        for id in &announces {
            let json = get(&instance, id).await.json();
            assert_eq!(json["id"], *id, "{json}");
        }
        way.hide(&instance, mia, weavers, thread).await;
        for id in &announces {
            let got = get(&instance, id).await;
            assert_eq!(got.status, StatusCode::NOT_FOUND, "{way:?} {id}");
        }
    }
}

#[tokio::test]
async fn a_follow_and_its_answer_are_between_two() {
    let (instance, weavers, _) = village().await;
    let bea = instance
        .stranger("beta.test", model::ActorKind::Person, "bea")
        .await;
    let request = move |tx: &mut domain::Tx<'_>| {
        domain::follow::requested_by_peer(tx, bea, weavers, "https://beta.test/f/1")
    };
    instance.does(request).await;
    instance.run().await;
    let accepts = stored_activities(&instance, "Accept").await;
    assert_eq!(accepts.len(), 1);
    for id in &accepts {
        assert_eq!(get(&instance, id).await.status, StatusCode::NOT_FOUND);
    }
}

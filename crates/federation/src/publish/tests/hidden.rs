//! What was hidden, held or removed before its job ran is not sent.

use super::*;
use model::PostState;

async fn set_state(instance: &TestInstance, post: PostId, state: PostState) {
    instance
        .does(move |tx| Ok(store::post::set_state(tx.db, post, state)?))
        .await;
}

#[tokio::test]
async fn a_like_of_what_is_hidden_meanwhile_is_not_sent() {
    let (instance, weavers) = village().await;
    let thread = instance.thread(instance.ann, weavers, "Warping").await;
    instance.sent().await;
    let ann = instance.ann;
    for (state, undo) in [(PostState::Hidden, true), (PostState::Held, false)] {
        instance
            .does(move |tx| domain::post::like(tx, ann, thread, &Origin::Local))
            .await;
        set_state(&instance, thread, state).await;
        assert_eq!(instance.sent().await, [""; 0], "{state}");
        instance
            .does(move |tx| domain::post::unlike(tx, ann, thread, &Origin::Local))
            .await;
        assert_eq!(!instance.sent().await.is_empty(), undo, "{state}");
        set_state(&instance, thread, PostState::Live).await;
    }
}

#[tokio::test]
async fn a_peers_reply_that_is_held_or_in_a_hidden_thread_is_not_announced() {
    for state in [PostState::Held, PostState::Hidden] {
        for whole_thread in [false, true] {
            let (instance, weavers) = village().await;
            let thread = instance.thread(instance.ann, weavers, "Warping").await;
            instance.sent().await;
            let reply = replies(&instance, thread).await;
            let hidden = if whole_thread { thread } else { reply };
            set_state(&instance, hidden, state).await;
            assert_eq!(instance.sent().await, [""; 0], "{state} {whole_thread}");
        }
    }
}

#[tokio::test]
async fn a_reply_of_ours_in_a_hidden_thread_is_not_sent() {
    for state in [PostState::Held, PostState::Hidden] {
        let (instance, weavers) = village().await;
        let thread = instance.thread(instance.ann, weavers, "Warping").await;
        instance.sent().await;
        set_state(&instance, thread, state).await;
        let (ann, draft) = (instance.ann, domain::testing::draft("", "For myself."));
        instance
            .does(move |tx| domain::discussion::reply(tx, ann, thread, &draft, &Origin::Local))
            .await;
        assert_eq!(instance.sent().await, [""; 0], "{state}");
    }
}

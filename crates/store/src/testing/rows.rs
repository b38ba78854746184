//! Rows with believable values, for tests that write past the verbs.

use crate::row::{Actor, Community, Post, PostText};
use model::community::{BackfillState, Stage};
use model::{ActorId, ActorKind, ActorState, LangText, PostId, Time};

fn at() -> Time {
    Time::from_unix_millis(1_798_761_600_000)
}

/// A local person in a state.
#[must_use]
pub fn person(id: ActorId, state: ActorState) -> Actor {
    let ap_id = format!("https://alpha.test/u/p{id}");
    Actor {
        id,
        kind: ActorKind::Person,
        peer_id: None,
        handle: format!("p{id}"),
        host: String::new(),
        state,
        url: ap_id.clone(),
        inbox: format!("{ap_id}/inbox"),
        delivery_inbox: "https://alpha.test/inbox".to_owned(),
        outbox: None,
        followers_url: None,
        moderators_url: None,
        ap_id,
        name: format!("Person {id}"),
        summary_md: String::new(),
        summary_html: String::new(),
        pronouns: String::new(),
        job_title: String::new(),
        organization: String::new(),
        languages: String::new(),
        picture_id: None,
        picture_url: None,
        picture_alt: String::new(),
        indexable: true,
        seen_by: model::SeenBy::Everyone,
        show_follows: false,
        key_id: None,
        key_pem: None,
        created_at: at(),
        updated_at: at(),
        fetched_at: None,
        follower_count: 0,
        post_count: 0,
        moved_to: None,
    }
}

/// What a community says of itself; its actor is another row.
#[must_use]
pub fn community(actor_id: ActorId) -> Community {
    Community {
        actor_id,
        founded_by: None,
        name: LangText::single("en", "Weavers"),
        purpose: LangText::single("en", "We learn together."),
        domain: LangText::default(),
        community: LangText::default(),
        practice: LangText::default(),
        colour: 0,
        backfill: BackfillState::None,
        private: false,
        question_answer: false,
        posts_per_hour: 0,
        stage: Stage::Active,
        opens_on: String::new(),
        purposes: String::new(),
        join_policy: model::membership::JoinPolicy::Application,
    }
}

/// A live, public thread in no community.
#[must_use]
pub fn thread(id: PostId, author: ActorId) -> Post {
    let ap_id = format!("https://alpha.test/posts/{id}");
    let text = |text: &str| LangText::single("en", text);
    Post {
        title: text("Warping a heddle"),
        source: text("Use a warping peg."),
        html: text("<p>Use a warping peg.</p>"),
        ..Post::new(id, ap_id, author, at(), PostText::default())
    }
}

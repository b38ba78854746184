//! Rows for tests: a weaver here, a weaver elsewhere, their community, a thread and a reply.

use super::{ActorDocumentData, PostDocumentData};
use model::community::{BackfillState, Stage};
use model::membership::JoinPolicy;
use model::{
    ActorId, ActorKind, ActorState, BlobId, LangText, PeerId, PostId, PostKind, SpaceId, Time, Urls,
};
use store::row;

/// The key of RFC 9421, appendix B.1.4.
const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
";

pub(crate) fn urls() -> Urls {
    Urls::new("https://alpha.test")
}

pub(crate) fn moment() -> Time {
    Time::parse_rfc3339("2026-11-22T06:07:00Z").unwrap()
}

/// An actor; with a host it is a peer's.
pub(crate) fn actor(id: i64, kind: ActorKind, handle: &str, host: &str) -> row::Actor {
    let at = if host.is_empty() { "alpha.test" } else { host };
    let ap_id = Urls::new(&format!("https://{at}")).actor(kind, handle);
    row::Actor {
        id: ActorId(id),
        kind,
        peer_id: (!host.is_empty()).then_some(PeerId(id)),
        handle: handle.to_owned(),
        host: host.to_owned(),
        state: ActorState::Active,
        url: ap_id.clone(),
        inbox: format!("{}/inbox", ap_id.trim_end_matches('/')),
        delivery_inbox: format!("https://{at}/inbox"),
        outbox: Some(format!("{ap_id}/outbox")),
        followers_url: Some(format!("{ap_id}/followers")),
        moderators_url: (kind == ActorKind::Group).then(|| format!("{ap_id}/moderators")),
        ap_id,
        name: handle.to_owned(),
        summary_md: String::new(),
        summary_html: String::new(),
        pronouns: String::new(),
        job_title: String::new(),
        organization: String::new(),
        languages: "en fr".to_owned(),
        picture_id: None,
        picture_url: None,
        picture_alt: String::new(),
        indexable: true,
        seen_by: model::SeenBy::Everyone,
        show_follows: false,
        key_id: None,
        key_pem: None,
        created_at: moment(),
        updated_at: moment(),
        fetched_at: None,
        follower_count: 0,
        post_count: 0,
        moved_to: None,
    }
}

pub(crate) fn ann() -> row::Actor {
    row::Actor {
        name: "Ann <3".to_owned(),
        summary_md: "*Weaver*".to_owned(),
        summary_html: "<p><em>Weaver</em></p>".to_owned(),
        pronouns: "she & her".to_owned(),
        picture_id: Some(BlobId(7)),
        picture_alt: "Ann at her loom".to_owned(),
        ..actor(1, ActorKind::Person, "ann", "")
    }
}

pub(crate) fn weavers() -> row::Actor {
    actor(2, ActorKind::Group, "weavers", "")
}

pub(crate) fn bea() -> row::Actor {
    actor(3, ActorKind::Person, "bea", "beta.test")
}

pub(crate) fn actor_document_data(actor: row::Actor) -> ActorDocumentData {
    let picture = actor.picture_id.map(|id| row::Blob {
        id,
        digest: String::new(),
        media_type: "image/png".to_owned(),
        bytes: 1,
        width: 1,
        height: 1,
        created_at: moment(),
    });
    let community = (actor.kind == ActorKind::Group).then(|| row::Community {
        actor_id: actor.id,
        founded_by: None,
        name: LangText::new([("en", "Weavers"), ("fr", "Tissage")]),
        purpose: LangText::new([
            ("en", "Learning to weave, together & well."),
            ("fr", "Apprendre à tisser."),
        ]),
        domain: LangText::single("en", "**Warp** and weft"),
        community: LangText::single("fr", "Qui tisse"),
        practice: LangText::default(),
        colour: 0,
        backfill: BackfillState::None,
        private: false,
        question_answer: false,
        posts_per_hour: 0,
        stage: Stage::Active,
        opens_on: String::new(),
        purposes: "learn act".into(),
        join_policy: JoinPolicy::Application,
    });
    ActorDocumentData {
        actor,
        public_pem: "-----BEGIN PUBLIC KEY-----".to_owned(),
        ed25519_pem: Some(ED25519_PEM.to_owned()),
        picture,
        community,
        tags: Vec::new(),
        also_known_as: Vec::new(),
        moved_to: None,
    }
}

fn post(id: i64, author: &row::Actor, parent: Option<&row::Post>) -> row::Post {
    let ap_id = urls().post(PostId(id));
    row::Post {
        url: ap_id.clone(),
        ap_id,
        peer_id: author.peer_id,
        space_id: Some(SpaceId(20)),
        community_id: Some(ActorId(2)),
        parent_id: parent.map(|p| p.id),
        root_id: parent.map_or(PostId(id), |p| p.root_id),
        kind: PostKind::Question,
        title: LangText::default(),
        source: LangText::single("en", "Use a *peg*."),
        html: LangText::single("en", "<p>Use a <em>peg</em>.</p>"),
        published_at: moment(),
        active_at: moment(),
        ..store::testing::rows::thread(PostId(id), author.id)
    }
}

/// Ann asks in both languages, French first, and names Bea.
pub(crate) fn thread() -> PostDocumentData {
    let post = row::Post {
        title: LangText::new([("fr", "Monter la chaîne"), ("en", "Warping <a heddle>")]),
        html: LangText::new([
            ("fr", "<p>Comment faire ?</p>"),
            ("en", "<p>Provenance to?</p>"),
        ]),
        ..post(10, &ann(), None)
    };
    PostDocumentData {
        post,
        author: ann(),
        community: Some(weavers()),
        parent: None,
        mentions: vec![bea()],
        pictures: Vec::new(),
        tags: Vec::new(),
        tagged_at: None,
        poll: None,
        thread_is_withheld: false,
        root_here: true,
        conversation: None,
    }
}

/// Ann answers Bea, who answered her.
pub(crate) fn reply() -> PostDocumentData {
    let root = thread().post;
    let parent = row::Post {
        ap_id: "https://beta.test/p/11".to_owned(),
        ..post(11, &bea(), Some(&root))
    };
    PostDocumentData {
        post: post(12, &ann(), Some(&parent)),
        author: ann(),
        parent: Some((parent, bea())),
        mentions: vec![bea(), ann()],
        ..thread()
    }
}

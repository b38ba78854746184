//! The rows: one struct per table, its fields in the table's order. What a column means stands
//! beside it in the migration.

use crate::schema::*;
use diesel::prelude::*;
use model::actor::{ActorKind, ActorState, KeyKind};
use model::notice::NoticeKind;
use model::peer::policy::{Severity, Standing};
use model::peer::{PeerState, SignatureForm};
use model::{
    AccountState, ActivityId, ActorId, BlobId, DeletedBy, FollowId, InviteId, KeyId, Lang, LikeId,
    MemberRole, NoticeId, PeerId, PostId, PostKind, RevisionId, SessionId, SiteRole, Time, TokenId,
    Visibility,
};

mod queue;

pub use queue::{Activity, Delivery, Inbound, JobRow};

/// A fact about the installation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = setting, treat_none_as_default_value = false)]
pub struct Setting {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A remote server.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = peer, treat_none_as_default_value = false)]
pub struct Peer {
    /// Id.
    pub id: PeerId,
    /// Host.
    pub host: String,
    /// Software.
    pub software: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// State.
    pub state: PeerState,
    /// First seen.
    pub first_seen: Time,
    /// Last seen.
    pub last_seen: Time,
    /// Failures.
    pub failures: i32,
    /// Last error.
    pub last_error: Option<String>,
    /// Retry at.
    pub retry_at: Time,
    /// Lane until.
    pub lane_until: Time,
    /// Lane holder.
    pub lane_holder: i64,
    /// When it last took something we sent.
    pub took_at: Option<Time>,
    /// Since when nothing is queued for it.
    pub parked_at: Option<Time>,
    /// How it stands by the rules.
    pub standing: Standing,
    /// The form of signature it took last; with none it is sent the draft.
    pub signature_form: Option<SignatureForm>,
    /// Until when it asked us to wait.
    pub asked_until: Option<Time>,
    /// The first activity that was not queued for it, while it is parked.
    pub missed_from: Option<ActivityId>,
}

/// A follow that a block has ended, until it is lifted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = suspended_follow, treat_none_as_default_value = false)]
pub struct SuspendedFollow {
    /// Id; the follow's own.
    pub id: FollowId,
    /// The peer that is blocked.
    pub peer_id: PeerId,
    /// Follower id.
    pub follower_id: ActorId,
    /// Target id.
    pub target_id: ActorId,
    /// Ap id.
    pub ap_id: String,
}

/// A rule about a domain and every name below it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = peer_rule, treat_none_as_default_value = false)]
#[diesel(primary_key(domain), treat_none_as_null = true)]
pub struct PeerRule {
    /// Domain.
    pub domain: String,
    /// Severity.
    pub severity: Severity,
    /// Reject media.
    pub reject_media: bool,
    /// Reject reports.
    pub reject_reports: bool,
    /// Why, for everybody.
    pub reason: String,
    /// The public list hides the middle of the domain.
    pub obscure: bool,
    /// For the admins.
    pub note: String,
    /// Created at.
    pub created_at: Time,
    /// Created by; `None` from the shell.
    pub created_by: Option<ActorId>,
}

/// Whoever can act or be followed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = actor, treat_none_as_default_value = false)]
#[diesel(primary_key(id), treat_none_as_null = true)]
pub struct Actor {
    /// Id.
    pub id: ActorId,
    /// Kind.
    pub kind: ActorKind,
    /// Peer id.
    pub peer_id: Option<PeerId>,
    /// Handle.
    pub handle: String,
    /// Host.
    pub host: String,
    /// State.
    pub state: ActorState,
    /// Ap id.
    pub ap_id: String,
    /// Url.
    pub url: String,
    /// Inbox.
    pub inbox: String,
    /// The shared inbox where there is one, else the inbox: deliveries are collapsed on it.
    pub delivery_inbox: String,
    /// Outbox.
    pub outbox: Option<String>,
    /// Followers url.
    pub followers_url: Option<String>,
    /// Moderators url.
    pub moderators_url: Option<String>,
    /// Name.
    pub name: String,
    /// Summary md.
    pub summary_md: String,
    /// Summary html.
    pub summary_html: String,
    /// Pronouns.
    pub pronouns: String,
    /// Job title.
    pub job_title: String,
    /// Organization.
    pub organization: String,
    /// Languages.
    pub languages: String,
    /// Picture id.
    pub picture_id: Option<BlobId>,
    /// Picture url.
    pub picture_url: Option<String>,
    /// Picture alt.
    pub picture_alt: String,
    /// Indexable.
    pub indexable: bool,
    /// The public key a peer's actor document names, and its id; ours are in signing_key.
    pub key_id: Option<String>,
    /// Key pem.
    pub key_pem: Option<String>,
    /// Created at.
    pub created_at: Time,
    /// Updated at.
    pub updated_at: Time,
    /// Fetched at.
    pub fetched_at: Option<Time>,
    /// Follower count.
    pub follower_count: i32,
    /// Post count.
    pub post_count: i32,
    /// The actor it has moved to.
    pub moved_to: Option<ActorId>,
}

/// Another address of a local actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = also_known_as, treat_none_as_default_value = false)]
pub struct AlsoKnownAs {
    /// Actor id.
    pub actor_id: ActorId,
    /// Who it is elsewhere.
    pub other_id: ActorId,
    /// Added at.
    pub added_at: Time,
}

/// A key that signs for a local actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_key, treat_none_as_default_value = false)]
pub struct SigningKey {
    /// Id.
    pub id: KeyId,
    /// Actor id.
    pub actor_id: ActorId,
    /// PKCS#1 of an RSA key, PKCS#8 of an Ed25519 one.
    pub private_der: Vec<u8>,
    /// Public pem.
    pub public_pem: String,
    /// Created at.
    pub created_at: Time,
    /// Kind.
    pub kind: KeyKind,
}

/// A further key of a peer's actor: a Multikey of its `assertionMethod`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assertion_key, treat_none_as_default_value = false)]
pub struct AssertionKey {
    /// Actor id.
    pub actor_id: ActorId,
    /// Key id.
    pub key_id: String,
    /// Multibase.
    pub multibase: String,
}

/// A local person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
#[diesel(primary_key(actor_id), treat_none_as_null = true)]
pub struct Account {
    /// Actor id.
    pub actor_id: ActorId,
    /// State.
    pub state: AccountState,
    /// Role.
    pub role: SiteRole,
    /// Password.
    pub password: String,
    /// Lang.
    pub lang: Lang,
    /// Request.
    pub request: String,
    /// Created at.
    pub created_at: Time,
    /// Notices seen.
    pub notices_seen: NoticeId,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// Actor id.
    pub actor_id: ActorId,
    /// Token hash.
    pub token_hash: String,
    /// Agent.
    pub agent: String,
    /// Created at.
    pub created_at: Time,
    /// Seen at.
    pub seen_at: Time,
}

/// A token for the API.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_token, treat_none_as_default_value = false)]
pub struct ApiToken {
    /// Id.
    pub id: TokenId,
    /// Actor id.
    pub actor_id: ActorId,
    /// Token hash.
    pub token_hash: String,
    /// Name.
    pub name: String,
    /// Created at.
    pub created_at: Time,
    /// Used at.
    pub used_at: Option<Time>,
}

/// An invitation to register.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invite, treat_none_as_default_value = false)]
pub struct Invite {
    /// Id.
    pub id: InviteId,
    /// Code.
    pub code: String,
    /// Created by.
    pub created_by: ActorId,
    /// Uses left.
    pub uses_left: i32,
    /// Expires at.
    pub expires_at: Time,
}

/// What a community says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = community, treat_none_as_default_value = false)]
#[diesel(primary_key(actor_id), treat_none_as_null = true)]
pub struct Community {
    /// Actor id.
    pub actor_id: ActorId,
    /// Founded by.
    pub founded_by: Option<ActorId>,
    /// Name en.
    pub name_en: String,
    /// Name fr.
    pub name_fr: String,
    /// Purpose en.
    pub purpose_en: String,
    /// Purpose fr.
    pub purpose_fr: String,
    /// Domain en.
    pub domain_en: String,
    /// Domain fr.
    pub domain_fr: String,
    /// Community en.
    pub community_en: String,
    /// Community fr.
    pub community_fr: String,
    /// Practice en.
    pub practice_en: String,
    /// Practice fr.
    pub practice_fr: String,
    /// Backfilled at.
    pub backfilled_at: Option<Time>,
}

/// A part in a community.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = membership, treat_none_as_default_value = false)]
pub struct Membership {
    /// Community id.
    pub community_id: ActorId,
    /// Actor id.
    pub actor_id: ActorId,
    /// Role.
    pub role: MemberRole,
    /// Since.
    pub since: Time,
}

/// A follow, pending or accepted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = follow, treat_none_as_default_value = false)]
pub struct Follow {
    /// Id.
    pub id: FollowId,
    /// Follower id.
    pub follower_id: ActorId,
    /// Target id.
    pub target_id: ActorId,
    /// Ap id.
    pub ap_id: String,
    /// Accepted.
    pub accepted: bool,
    /// Asked at.
    pub asked_at: Time,
}

/// A thread or a reply.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = post, treat_none_as_default_value = false)]
#[diesel(primary_key(id), treat_none_as_null = true)]
pub struct Post {
    /// Id.
    pub id: PostId,
    /// Ap id.
    pub ap_id: String,
    /// Peer id.
    pub peer_id: Option<PeerId>,
    /// Url.
    pub url: String,
    /// Community id.
    pub community_id: Option<ActorId>,
    /// Author id.
    pub author_id: ActorId,
    /// Parent id.
    pub parent_id: Option<PostId>,
    /// Root id.
    pub root_id: PostId,
    /// Branch id.
    pub branch_id: PostId,
    /// Depth.
    pub depth: i32,
    /// Kind.
    pub kind: PostKind,
    /// Visibility.
    pub visibility: Visibility,
    /// Lang.
    pub lang: String,
    /// Title.
    pub title: String,
    /// Body md.
    pub body_md: String,
    /// Body html.
    pub body_html: String,
    /// Alt lang.
    pub alt_lang: Option<String>,
    /// Alt title.
    pub alt_title: String,
    /// Alt md.
    pub alt_md: String,
    /// Alt html.
    pub alt_html: String,
    /// Published at.
    pub published_at: Time,
    /// Edited at.
    pub edited_at: Option<Time>,
    /// Deleted at.
    pub deleted_at: Option<Time>,
    /// Deleted by.
    pub deleted_by: Option<DeletedBy>,
    /// Reply count.
    pub reply_count: i32,
    /// Like count.
    pub like_count: i32,
    /// On a thread: the newest post in it (arrival order, for unread marks) and its time.
    pub last_post_id: PostId,
    /// Active at.
    pub active_at: Time,
    /// On a thread a local community announced by id: that Announce's id, for its Undo.
    pub announce_id: Option<String>,
    /// On a thread that began elsewhere: the conversation's collection there.
    pub context: Option<String>,
}

/// A text a post had before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revision, treat_none_as_default_value = false)]
pub struct Revision {
    /// Id.
    pub id: RevisionId,
    /// Post id.
    pub post_id: PostId,
    /// Title.
    pub title: String,
    /// Body md.
    pub body_md: String,
    /// Body html.
    pub body_html: String,
    /// Alt title.
    pub alt_title: String,
    /// Alt html.
    pub alt_html: String,
    /// Written at.
    pub written_at: Time,
}

/// Somebody named in a post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mention, treat_none_as_default_value = false)]
pub struct Mention {
    /// Post id.
    pub post_id: PostId,
    /// Actor id.
    pub actor_id: ActorId,
}

/// A post found helpful.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_like, treat_none_as_default_value = false)]
pub struct Like {
    /// Id.
    pub id: LikeId,
    /// Post id.
    pub post_id: PostId,
    /// Actor id.
    pub actor_id: ActorId,
    /// Ap id.
    pub ap_id: String,
}

/// How far somebody has read a thread.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = read_mark, treat_none_as_default_value = false)]
pub struct ReadMark {
    /// Actor id.
    pub actor_id: ActorId,
    /// Root id.
    pub root_id: PostId,
    /// Seen id.
    pub seen_id: PostId,
}

/// Something a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
pub struct Notice {
    /// Id.
    pub id: NoticeId,
    /// Actor id.
    pub actor_id: ActorId,
    /// Kind.
    pub kind: NoticeKind,
    /// From id.
    pub from_id: ActorId,
    /// Post id.
    pub post_id: Option<PostId>,
    /// Community id.
    pub community_id: Option<ActorId>,
    /// Created at.
    pub created_at: Time,
}

/// A Delete that came before its Create.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tombstone, treat_none_as_default_value = false)]
pub struct Tombstone {
    /// Ap id.
    pub ap_id: String,
    /// At.
    pub at: Time,
}

/// A stored picture.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blob, treat_none_as_default_value = false)]
pub struct Blob {
    /// Id.
    pub id: BlobId,
    /// Digest.
    pub digest: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub bytes: i64,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// Created at.
    pub created_at: Time,
}

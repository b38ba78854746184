//! The rows: one struct per table, its fields in the table's order. The migration says what each
//! column means.

use crate::schema::*;
use diesel::prelude::*;
use model::access::{SpaceAccess, SpacePosting};
use model::actor::{ActorKind, ActorState, KeyKind, SeenBy};
use model::notice::NoticeKind;
use model::peer::policy::{PeerStanding, Severity};
use model::peer::{PeerState, SignatureForm};
use model::profile::EntryKind;
use model::{
    ActivityId, ActorId, Audience, BlobId, DeletedBy, FollowId, KeyId, LangText, LikeId, NoticeId,
    PeerId, PostId, PostKind, PostState, RevisionId, SearchTextId, SpaceId, Time,
};

mod account;
mod community;
mod invitation;
mod membership;
mod moderation;
mod notice_mail;
mod notice_push;
mod oauth;
mod organization;
mod poll;
mod queue;
mod tag;

/// A text of a post or an actor in one language, in the search index.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = search_text, treat_none_as_default_value = false)]
pub struct SearchText {
    pub id: SearchTextId,
    pub post_id: Option<PostId>,
    pub actor_id: Option<ActorId>,
    /// The primary language tag.
    pub lang: String,
    /// The words of the title or name, folded, separated by blanks.
    pub words: String,
}

pub use invitation::{
    Invitation, InvitationLink, InvitationList, InvitationListRow, InvitedMember, JoinSetting,
};

pub use account::{
    Account, AdminAction, Credential, Invite, MailLink, OidcStep, PasskeyChallenge, Session,
    SignInLink, SignInStep,
};
pub use community::{Community, CommunityBan, CommunityContact, ContactMessage, Milestone};
pub use membership::{JoinMessage, JoinRequest, Membership};
pub use moderation::{ModerationEntry, PostRemoval, Report};
pub use notice_mail::{MailChoice, MailSetting, NoticeMail};
pub use notice_push::{NoticePush, PushChoice, PushSubscription};
pub use oauth::{OauthApp, OauthCode, OauthToken};
pub use organization::{Affiliation, EligibleOrganization, Organization};
pub use poll::PollVote;
pub use queue::{Activity, Delivery, Inbound, JobRow};
pub use tag::{FormerSlug, PostTag, PostTagging, Tag};

/// A fact about the installation.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = setting, treat_none_as_default_value = false)]
pub struct Setting {
    pub name: String,
    pub value: String,
}

/// A remote server.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = peer, treat_none_as_default_value = false)]
pub struct Peer {
    pub id: PeerId,
    pub host: String,
    /// Of the organization, as its NodeInfo has it.
    pub name: Option<String>,
    pub software: Option<String>,
    pub version: Option<String>,
    pub state: PeerState,
    pub first_seen: Time,
    pub last_seen: Time,
    pub failures: i32,
    pub last_error: Option<String>,
    pub retry_at: Time,
    pub lane_until: Time,
    pub lane_holder: i64,
    /// When it last took something we sent.
    pub accepted_at: Option<Time>,
    /// Since when nothing is queued for it.
    pub parked_at: Option<Time>,
    /// The effect of the rules on it.
    pub standing: PeerStanding,
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
pub struct BlockedFollow {
    /// Id; the follow's own.
    pub id: FollowId,
    /// The peer that is blocked.
    pub peer_id: PeerId,
    pub follower_id: ActorId,
    pub target_id: ActorId,
    pub ap_id: String,
}

/// A rule about a domain and every name below it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = peer_rule, treat_none_as_default_value = false)]
#[diesel(primary_key(domain), treat_none_as_null = true)]
pub struct PeerRule {
    pub domain: String,
    pub severity: Severity,
    pub reject_media: bool,
    pub reject_reports: bool,
    /// Why, for everybody.
    pub reason: String,
    /// The public list hides the middle of the domain.
    pub obscure: bool,
    /// For the admins.
    pub note: String,
    pub created_at: Time,
    /// Created by; `None` from the shell.
    pub created_by: Option<ActorId>,
}

/// A person, community, service or server.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = actor, treat_none_as_default_value = false)]
#[diesel(primary_key(id), treat_none_as_null = true)]
pub struct Actor {
    pub id: ActorId,
    pub kind: ActorKind,
    pub peer_id: Option<PeerId>,
    pub handle: String,
    pub host: String,
    pub state: ActorState,
    pub ap_id: String,
    pub url: String,
    pub inbox: String,
    /// The shared inbox where there is one, else the inbox: deliveries are collapsed on it.
    pub delivery_inbox: String,
    pub outbox: Option<String>,
    pub followers_url: Option<String>,
    pub moderators_url: Option<String>,
    pub name: String,
    pub summary_md: String,
    pub summary_html: String,
    pub pronouns: String,
    pub job_title: String,
    pub organization: String,
    pub languages: String,
    pub picture_id: Option<BlobId>,
    pub picture_url: Option<String>,
    pub picture_alt: String,
    pub indexable: bool,
    /// Whom it follows is named to others; never of a remote actor, whose own server says it.
    pub show_follows: bool,
    /// The public key a peer's actor document names, and its id; ours are in signing_key.
    pub key_id: Option<String>,
    pub key_pem: Option<String>,
    pub created_at: Time,
    pub updated_at: Time,
    pub fetched_at: Option<Time>,
    pub follower_count: i32,
    pub post_count: i32,
    /// The actor it has moved to.
    pub moved_to: Option<ActorId>,
    /// Who finds it in lists and by searching, and sees the details of its profile.
    pub seen_by: SeenBy,
}

impl Actor {
    /// As its posts show it, without the rest of its profile. A community says what it says to everybody.
    #[must_use]
    pub fn without_profile(self) -> Self {
        if self.kind == ActorKind::Group {
            return self;
        }
        Self {
            summary_md: String::new(),
            summary_html: String::new(),
            pronouns: String::new(),
            job_title: String::new(),
            organization: String::new(),
            languages: String::new(),
            show_follows: false,
            ..self
        }
    }
}

/// What somebody says of themselves that others can look for.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = profile_entry, treat_none_as_default_value = false)]
pub struct ProfileEntry {
    pub actor_id: ActorId,
    pub kind: EntryKind,
    /// From 0, in the order shown.
    pub number: i32,
    pub text: String,
    /// Lower case and without accents.
    pub folded: String,
}

/// Another address of a local actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = also_known_as, treat_none_as_default_value = false)]
pub struct AlsoKnownAs {
    pub actor_id: ActorId,
    /// Who it is elsewhere.
    pub other_id: ActorId,
    pub added_at: Time,
}

/// A key that signs for a local actor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_key, treat_none_as_default_value = false)]
pub struct SigningKey {
    pub id: KeyId,
    pub actor_id: ActorId,
    /// PKCS#1 of an RSA key, PKCS#8 of an Ed25519 one.
    pub private_der: Vec<u8>,
    pub public_pem: String,
    pub created_at: Time,
    pub kind: KeyKind,
}

/// A further key of a peer's actor: a Multikey of its `assertionMethod`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = assertion_key, treat_none_as_default_value = false)]
pub struct AssertionKey {
    pub actor_id: ActorId,
    pub key_id: String,
    pub multibase: String,
}

/// A part of a community with its own readers.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = space, treat_none_as_default_value = false)]
#[diesel(treat_none_as_null = true)]
pub struct Space {
    pub id: SpaceId,
    pub community_id: ActorId,
    pub access: SpaceAccess,
    /// Empty for the one in which a community's posts stand that name no other.
    pub name: LangText,
    pub created_at: Time,
    /// Who begins threads in it.
    pub posting: SpacePosting,
    /// Since when nobody writes in it.
    pub closed_at: Option<Time>,
}

/// A member of a private space.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = space_member, treat_none_as_default_value = false)]
pub struct SpaceMember {
    pub space_id: SpaceId,
    pub actor_id: ActorId,
    pub since: Time,
}

/// A follow, pending or accepted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = follow, treat_none_as_default_value = false)]
pub struct Follow {
    pub id: FollowId,
    pub follower_id: ActorId,
    pub target_id: ActorId,
    pub ap_id: String,
    pub accepted: bool,
    pub asked_at: Time,
}

/// A post of any kind: identity, place, author, position in its thread, texts, counters.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = post, treat_none_as_default_value = false)]
#[diesel(primary_key(id), treat_none_as_null = true)]
pub struct Post {
    pub id: PostId,
    pub ap_id: String,
    pub peer_id: Option<PeerId>,
    pub url: String,
    pub space_id: Option<SpaceId>,
    pub community_id: Option<ActorId>,
    pub author_id: ActorId,
    pub parent_id: Option<PostId>,
    pub root_id: PostId,
    pub branch_id: PostId,
    pub depth: i32,
    pub kind: PostKind,
    pub state: PostState,
    pub audience: Audience,
    pub title: LangText,
    pub source: LangText,
    pub html: LangText,
    pub warning: LangText,
    pub published_at: Time,
    pub edited_at: Option<Time>,
    pub deleted_at: Option<Time>,
    pub deleted_by: Option<DeletedBy>,
    /// Of a removed post: the state that it returns to when the removal is undone.
    pub state_before: Option<PostState>,
    pub reply_count: i32,
    pub like_count: i32,
    /// Of a reply that was accepted as an answer.
    pub accepted_at: Option<Time>,
    /// Of a question: the accepted answers that count.
    pub answer_count: i32,
    pub last_post_id: PostId,
    pub active_at: Time,
    pub announce_id: Option<String>,
    pub context: Option<String>,
    /// The ids that a thread from elsewhere names as its community, separated by spaces; see
    /// [`model::claim`].
    pub named_communities: String,
    /// Since when only moderators reply in its thread; the same in every post of it.
    pub locked_at: Option<Time>,
    /// Since when its community shows the thread first.
    pub pinned_at: Option<Time>,
}

/// The texts of a post, which an edit replaces.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = post)]
pub struct PostText {
    /// Empty for a reply.
    pub title: LangText,
    /// As typed; empty where a peer did not say.
    pub source: LangText,
    /// Sanitized.
    pub html: LangText,
    /// What readers are warned of before the text, plain; empty for most posts.
    pub warning: LangText,
}

impl Post {
    /// Returns a live, public discussion of somebody here, in no community. Its id is also its page.
    #[must_use]
    pub fn new(id: PostId, ap_id: String, author_id: ActorId, at: Time, text: PostText) -> Self {
        Self {
            id,
            url: ap_id.clone(),
            ap_id,
            peer_id: None,
            space_id: None,
            community_id: None,
            author_id,
            parent_id: None,
            root_id: id,
            branch_id: id,
            depth: 0,
            kind: PostKind::default(),
            state: PostState::Live,
            audience: Audience::default(),
            title: text.title,
            source: text.source,
            html: text.html,
            warning: text.warning,
            published_at: at,
            edited_at: None,
            deleted_at: None,
            deleted_by: None,
            state_before: None,
            reply_count: 0,
            like_count: 0,
            accepted_at: None,
            answer_count: 0,
            last_post_id: id,
            active_at: at,
            announce_id: None,
            context: None,
            named_communities: String::new(),
            locked_at: None,
            pinned_at: None,
        }
    }

    /// When the present text was written.
    #[must_use]
    pub fn written_at(&self) -> Time {
        self.edited_at.unwrap_or(self.published_at)
    }

    /// Returns the texts as they are now.
    #[must_use]
    pub fn text(&self) -> PostText {
        PostText {
            title: self.title.clone(),
            source: self.source.clone(),
            html: self.html.clone(),
            warning: self.warning.clone(),
        }
    }
}

/// A post shown in a community that does not own it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_share, treat_none_as_default_value = false)]
pub struct PostShare {
    pub community_id: ActorId,
    pub post_id: PostId,
    pub announce_id: String,
    pub shared_by: ActorId,
    pub shared_at: Time,
}

/// A guest of one thread.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_grant, treat_none_as_default_value = false)]
pub struct PostGrant {
    pub post_id: PostId,
    pub actor_id: ActorId,
    pub until: Time,
}

/// A text a post had before.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = revision, treat_none_as_default_value = false)]
pub struct Revision {
    pub id: RevisionId,
    pub post_id: PostId,
    pub title: LangText,
    pub source: LangText,
    pub html: LangText,
    pub warning: LangText,
    pub written_at: Time,
}

/// Somebody named in a post.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mention, treat_none_as_default_value = false)]
pub struct Mention {
    pub post_id: PostId,
    pub actor_id: ActorId,
}

/// Which post a form or request with a token has made.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = submission, treat_none_as_default_value = false)]
pub struct Submission {
    pub author_id: ActorId,
    /// The post that is replied to, or the community of a thread.
    pub target_id: i64,
    pub token: String,
    pub post_id: PostId,
    pub sent_at: Time,
}

/// A post found helpful.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_like, treat_none_as_default_value = false)]
pub struct Like {
    pub id: LikeId,
    pub post_id: PostId,
    pub actor_id: ActorId,
    pub ap_id: String,
}

/// How far somebody has read a thread.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = read_mark, treat_none_as_default_value = false)]
pub struct ReadMark {
    pub actor_id: ActorId,
    pub root_id: PostId,
    pub seen_id: PostId,
}

/// A notice to a person.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
pub struct Notice {
    pub id: NoticeId,
    pub actor_id: ActorId,
    pub kind: NoticeKind,
    pub from_id: ActorId,
    pub post_id: Option<PostId>,
    pub community_id: Option<ActorId>,
    pub created_at: Time,
    /// It was marked as read, or the post it is about was read.
    pub seen: bool,
}

/// A Delete that came before its Create.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tombstone, treat_none_as_default_value = false)]
pub struct Tombstone {
    pub ap_id: String,
    pub at: Time,
}

/// A stored picture.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blob, treat_none_as_default_value = false)]
pub struct Blob {
    pub id: BlobId,
    pub digest: String,
    pub media_type: String,
    pub bytes: i64,
    pub width: i32,
    pub height: i32,
    pub created_at: Time,
}

/// The re-encoded file of a picture of a post; its bytes are in the media folder under the digest.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_picture)]
pub struct PictureFile {
    pub digest: String,
    pub media_type: String,
    pub bytes: i64,
    pub width: i32,
    pub height: i32,
}

/// A picture of a post, numbered from 1 within it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = post_picture)]
pub struct PostPicture {
    pub post_id: PostId,
    pub number: i32,
    #[diesel(embed)]
    pub file: PictureFile,
    /// Alternative text, in the language of the post.
    pub alt: String,
}

impl PostPicture {
    /// The path at which it is served. It names the bytes, so that other bytes have another address.
    #[must_use]
    pub fn path(&self) -> String {
        let version = self.file.digest.get(..12).unwrap_or_default();
        format!("/p/{}/pictures/{}?v={version}", self.post_id, self.number)
    }
}

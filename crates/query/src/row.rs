//! The rows that views hold, under the names by which front ends know them.

pub use store::account::Member;
pub use store::community::{CommunityWithActor, FollowedCommunity, UNREAD_MAX};
pub use store::post::{NewestLimits, ThreadCursor, ThreadHead, ThreadList, ThreadOrder, Within};
pub use store::row::{
    Account, Activity, Actor, AdminAction, Blob, Community, CommunityBan, CommunityContact,
    Credential, Delivery, Follow, Inbound, Invitation, InvitationLink, InvitationList,
    InvitationListRow, Invite, JobRow, JoinMessage, JoinRequest, JoinSetting, MailSetting,
    Membership, Milestone, ModerationEntry, Notice, NoticeMail, NoticePush, OauthApp, OauthToken,
    OidcStep, Organization, Peer, PeerRule, PictureFile, Post, PostPicture, PostRemoval,
    ProfileEntry, PushSubscription, Report, Revision, Session, Space, Tag,
};

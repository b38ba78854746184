//! Accounts, and what signs in to them.

use crate::schema::*;
use diesel::prelude::*;
use model::account::{CredentialKind, OidcStepKind, PasskeyPurpose};
use model::mail::MailLinkKind;
use model::{
    AccountState, ActorId, AdminActionId, AdminActionKind, CredentialId, InviteId, Lang, SessionId,
    SiteRole, Time,
};

/// A local person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = account, treat_none_as_default_value = false)]
#[diesel(primary_key(actor_id), treat_none_as_null = true)]
pub struct Account {
    pub actor_id: ActorId,
    pub state: AccountState,
    pub role: SiteRole,
    pub lang: Lang,
    /// IANA name of a time zone; empty: the site's.
    pub zone: String,
    pub request: String,
    pub created_at: Time,
    /// When they were last here, to ten minutes.
    pub seen_at: Option<Time>,
    /// The confirmed e-mail address; empty: none.
    pub address: String,
    /// An e-mail address that waits to be confirmed; empty: none.
    pub pending_address: String,
    /// When the mail server refused the confirmed address for good.
    pub address_refused_at: Option<Time>,
}

/// What an account can sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = credential, treat_none_as_default_value = false)]
pub struct Credential {
    pub id: CredentialId,
    pub account_id: ActorId,
    pub kind: CredentialKind,
    /// Of a password or a recovery code: its hash. Of an authenticator app: the secret, in base32. Of a
    /// passkey: its public key and counter, as JSON of the WebAuthn library. Of an identity: its issuer.
    pub secret: String,
    pub created_at: Time,
    /// Of an authenticator app: the time step of the last code that was accepted.
    pub step: i64,
    /// Of a passkey: what its owner calls it. Of an identity: what its owner is called there.
    pub name: String,
    /// Of a passkey: the id by which browsers name it, in base64url. Of an identity: the digest of issuer and
    /// subject.
    pub key_id: String,
    /// Of a passkey or an identity: when it was last used.
    pub used_at: Option<Time>,
}

/// What a browser was asked to sign with a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = passkey_challenge, treat_none_as_default_value = false)]
pub struct PasskeyChallenge {
    /// The digest of the token in its form.
    pub token_hash: String,
    pub purpose: PasskeyPurpose,
    /// Who may answer it; `None` for whoever has a passkey.
    pub account_id: Option<ActorId>,
    /// What the answer is checked against, as JSON of the WebAuthn library.
    pub state: String,
    pub expires_at: Time,
}

/// What a browser was sent to an identity provider for, or what the provider has said.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oidc_step, treat_none_as_default_value = false)]
pub struct OidcStep {
    /// The digest of the token in the browser's cookie.
    pub token_hash: String,
    pub kind: OidcStepKind,
    /// The key of the provider in the configuration.
    pub provider: String,
    /// Whose account is to be connected; `None` for whoever comes back.
    pub account_id: Option<ActorId>,
    /// What the answer is checked against, or the identity, as JSON.
    pub state: String,
    pub expires_at: Time,
    /// As of the session that the identity opens; empty before it is known.
    pub oidc_subject: String,
    pub oidc_session: String,
}

/// A sign-in with the right password or by a provider, which waits for the second factor.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_step, treat_none_as_default_value = false)]
pub struct SignInStep {
    /// The digest of the token in its form.
    pub token_hash: String,
    pub account_id: ActorId,
    /// Wrong codes so far.
    pub attempts: i32,
    pub expires_at: Time,
    /// As of the session that it opens.
    pub oidc_subject: String,
    pub oidc_session: String,
}

/// A link in a mail to the owner of an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_link, treat_none_as_default_value = false)]
pub struct MailLink {
    /// The digest of the token in the link.
    pub token_hash: String,
    pub account_id: ActorId,
    pub kind: MailLinkKind,
    /// The address that is confirmed, or the former one that a change would replace, or the one that a
    /// password reset was sent to.
    pub address: String,
    pub expires_at: Time,
}

/// What an admin did with an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_action, treat_none_as_default_value = false)]
pub struct AdminAction {
    pub id: AdminActionId,
    pub account_id: ActorId,
    pub kind: AdminActionKind,
    /// Why, for the admins; empty where none is asked for.
    pub reason: String,
    /// Who did it; `None` from the shell.
    pub by_id: Option<ActorId>,
    pub created_at: Time,
}

/// A link that signs somebody in once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sign_in_link, treat_none_as_default_value = false)]
pub struct SignInLink {
    /// The digest of the token in the link.
    pub token_hash: String,
    pub account_id: ActorId,
    /// The admin who made it; `None` from the shell.
    pub by_id: Option<ActorId>,
    pub expires_at: Time,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = session, treat_none_as_default_value = false)]
pub struct Session {
    pub id: SessionId,
    pub actor_id: ActorId,
    pub token_hash: String,
    pub agent: String,
    pub created_at: Time,
    pub seen_at: Time,
    /// The digest of issuer and subject that opened it; empty for what is not OpenID Connect.
    pub oidc_subject: String,
    /// The digest of issuer and the provider's session; empty where it named none.
    pub oidc_session: String,
    /// When its owner has last shown at a provider that it is them.
    pub confirmed_at: Option<Time>,
    /// It connects the account with a provider, and does nothing else.
    pub only_connects: bool,
}

/// An invitation to register.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = invite, treat_none_as_default_value = false)]
pub struct Invite {
    pub id: InviteId,
    pub code: String,
    pub created_by: ActorId,
    pub uses_left: i32,
    pub expires_at: Time,
}

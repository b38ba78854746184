//! Accounts of local people who can sign in.

use crate::text_enum;

text_enum! {
    /// The role of an account on the whole instance.
    SiteRole {
        /// Takes part without administering.
        Member = "member",
        /// Administers the instance.
        Admin = "admin",
    }
}

text_enum! {
    /// Whether an account may sign in.
    AccountState {
        /// Waits for an admin's approval; cannot sign in.
        Pending = "pending",
        /// Is allowed to sign in.
        Active = "active",
        /// Suspended by an admin; cannot sign in.
        Suspended = "suspended",
        /// Its request was refused by an admin; cannot sign in, and the handle stays taken.
        Refused = "refused",
    }
}

text_enum! {
    /// What somebody signs in with.
    CredentialKind {
        /// A password; an account has one at most.
        Password = "password",
        /// The secret of an authenticator app; an account has one at most.
        Totp = "totp",
        /// A secret that an app was shown, but has not proved to have.
        TotpPending = "totp-pending",
        /// A recovery code, which works once instead of the app or a passkey.
        RecoveryCode = "recovery-code",
        /// A passkey: the public key of a device or a password manager.
        Passkey = "passkey",
        /// An identity at a provider (OpenID Connect).
        Oidc = "oidc",
    }
}

text_enum! {
    /// How far a sign-in with a provider is.
    OidcStepKind {
        /// The browser was sent to the provider.
        Asked = "asked",
        /// The provider has said who it is; an account is to be connected or made.
        Proved = "proved",
        /// The provider has signed somebody out by this token, which is not taken again.
        LoggedOut = "logged-out",
    }
}

text_enum! {
    /// What a passkey is asked for.
    PasskeyPurpose {
        /// To be added to an account.
        Register = "register",
        /// To sign somebody in, whoever it is.
        SignIn = "sign-in",
        /// To show that it is really the owner of an account, whose password was right.
        Prove = "prove",
    }
}

text_enum! {
    /// What an admin did with an account.
    AdminActionKind labelled "admin-action" {
        /// Approved its request.
        Approved = "approved",
        /// Refused its request.
        Refused = "refused",
        /// Suspended it.
        Suspended = "suspended",
        /// Undid a suspension, or a refusal.
        Restored = "restored",
        /// Made it an admin.
        Promoted = "promoted",
        /// Made it an ordinary account again.
        Demoted = "demoted",
        /// Ended its sessions, or one of them.
        SignedOut = "signed-out",
        /// Made a link that signs it in once.
        LinkMade = "link-made",
        /// Erased a post that it wrote; on the admin's own account, one of somebody without an account.
        PostErased = "post-erased",
        /// Set its password, from the shell.
        PasswordSet = "password-set",
        /// Made a token for it, from the shell.
        TokenMade = "token-made",
        /// Gave it an e-mail address.
        AddressSet = "address-set",
        /// Turned its two-step sign-in off, from the shell.
        SecondFactorReset = "second-factor-reset",
        /// Disconnected it from the providers that it signed in with.
        IdentityRemoved = "identity-removed",
    }
}

/// How long a sign-in link can be used, in seconds: a day.
pub const SIGN_IN_LINK_SECONDS: i64 = 86_400;
/// The recovery codes that an account gets with a second factor.
pub const RECOVERY_CODES: usize = 10;
/// How long the secret that an app was shown waits for a first code, in seconds: half an hour.
pub const TOTP_PENDING_SECONDS: i64 = 1_800;
/// The passkeys of an account, at most.
pub const PASSKEYS_MAX: usize = 20;
/// Limits what a passkey is called, in characters.
pub const PASSKEY_NAME_MAX: usize = 60;
/// How long a browser may take to answer with a passkey, in seconds: five minutes.
pub const PASSKEY_SECONDS: i64 = 300;
/// How long each step of a sign-in with a provider may take, in seconds: ten minutes.
pub const OIDC_STEP_SECONDS: i64 = 600;
/// How long a sign-in at a provider shows that it is the owner of an account, in seconds: ten minutes.
pub const CONFIRMED_SECONDS: i64 = 600;
/// How long a sign-in waits for its second factor, in seconds: ten minutes.
pub const SIGN_IN_STEP_SECONDS: i64 = 600;
/// Wrong codes after which the password is asked for again, and the owner is told.
pub const SIGN_IN_STEP_ATTEMPTS: i32 = 5;
/// Wrong codes of a day (UTC) after which no browser may try another that has not signed in to the account before.
/// Three of a million codes are right at a time, so that whoever has the password finds one with a
/// probability of 0.006 % a day and 2.2 % a year: after 31 years their chances are even.
pub const WRONG_CODES_PER_DAY: i32 = 20;
/// Limits the reason of an admin's action, in characters.
pub const ADMIN_REASON_MAX: usize = 500;

/// Limits a password from below, in characters.
pub const MIN_PASSWORD: usize = 10;
/// Limits a password from above, in bytes; argon2 itself would accept more.
pub const MAX_PASSWORD: usize = 256;

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
    }
}

/// Limits a password from below, in characters.
pub const MIN_PASSWORD: usize = 10;
/// Limits a password from above, in bytes; argon2 itself would accept more.
pub const MAX_PASSWORD: usize = 256;

//! Accounts: the local people who can sign in.

use crate::text_enum;

text_enum! {
    /// What an account may do on the whole instance.
    SiteRole {
        /// Takes part.
        Member = "member",
        /// Runs the instance.
        Admin = "admin",
    }
}

text_enum! {
    /// Where an account stands.
    AccountState {
        /// Waits for an admin's approval; cannot sign in.
        Pending = "pending",
        /// May sign in.
        Active = "active",
        /// Stopped by an admin.
        Suspended = "suspended",
    }
}

/// The shortest password taken, in characters.
pub const MIN_PASSWORD: usize = 10;
/// The longest, in bytes: argon2 would take more, a form should not.
pub const MAX_PASSWORD: usize = 256;

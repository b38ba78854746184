//! Actors: whoever can act or be followed, ours or a peer's.

use crate::text_enum;

text_enum! {
    /// What kind of actor it is, by ActivityPub's types.
    ActorKind {
        /// Somebody.
        Person = "person",
        /// A community.
        Group = "group",
        /// A bot, or a community's companion.
        Service = "service",
        /// A server.
        Application = "application",
        /// An organization.
        Organization = "organization",
    }
}

text_enum! {
    /// Whether an actor may act.
    ActorState {
        /// It may.
        Active = "active",
        /// It waits for an admin's approval; nobody may know of it.
        Pending = "pending",
        /// An admin stopped it; it may come back.
        Suspended = "suspended",
        /// Gone for good; its handle is never given again.
        Deleted = "deleted",
    }
}

text_enum! {
    /// What a key of a local actor is for.
    KeyKind {
        /// RSA of 2048 bits, which signs requests.
        Rsa = "rsa",
        /// Ed25519, published as `assertionMethod` (FEP-521a).
        Ed25519 = "ed25519",
    }
}

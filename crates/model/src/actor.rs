//! Actors, local and remote: people, communities, services and servers.

use crate::text_enum;

text_enum! {
    /// The ActivityPub type of an actor.
    ActorKind {
        /// A human.
        Person = "person",
        /// A community.
        Group = "group",
        /// A bot, or a community's companion.
        Service = "service",
        /// An instance.
        Application = "application",
        /// A legal or social body.
        Organization = "organization",
    }
}

text_enum! {
    /// Whether an actor may act.
    ActorState {
        /// May act.
        Active = "active",
        /// Waits for an admin's approval, and is invisible until then.
        Pending = "pending",
        /// Suspended by an admin, which is reversible.
        Suspended = "suspended",
        /// Deleted for ever; the handle is never assigned again.
        Deleted = "deleted",
    }
}

text_enum! {
    /// Who finds somebody in lists and by searching, and sees more of their profile than what stands beside their posts:
    /// their name and picture.
    SeenBy labelled "seen-by" {
        /// Members of a community that they are a member of.
        CoMembers = "co-members",
        /// Whoever has an account on their server.
        Instance = "instance",
        /// Everybody.
        Everyone = "everyone",
    }
}

impl SeenBy {
    /// Whether everybody does, as `discoverable` of an ActivityPub actor says; of a peer's, that is all there is to know.
    #[must_use]
    pub const fn of_discoverable(discoverable: bool) -> Self {
        match discoverable {
            true => Self::Everyone,
            false => Self::CoMembers,
        }
    }
}

text_enum! {
    /// The algorithm of a local actor's key.
    KeyKind {
        /// RSA with 2048 bits, which signs requests.
        Rsa = "rsa",
        /// Ed25519, published as `assertionMethod` (FEP-521a).
        Ed25519 = "ed25519",
    }
}

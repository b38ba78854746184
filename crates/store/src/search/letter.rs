//! The letter before each word of `search_name`: it says what the word is of, so that a lookup among
//! people reads nothing of communities and titles. A migration writes those of titles and names too.

use model::ActorKind;

/// Of the title of a post.
pub(super) const TITLE: &str = "t";

/// Of the name of an actor.
pub(super) const fn name(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "p",
        ActorKind::Group => "c",
        ActorKind::Service | ActorKind::Application | ActorKind::Organization => "o",
    }
}

/// Of what an actor says of itself.
pub(super) const fn about(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Person => "q",
        ActorKind::Group => "d",
        ActorKind::Service | ActorKind::Application | ActorKind::Organization => "r",
    }
}

/// Of whatever has a title or a name.
pub(super) const NAMES: [&str; 4] = [
    TITLE,
    name(ActorKind::Person),
    name(ActorKind::Group),
    name(ActorKind::Service),
];

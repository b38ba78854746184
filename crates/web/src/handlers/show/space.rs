//! Spaces as named beside what stands in them.

use model::Lang;
use query::community::space::SpaceView;
use query::row::{Actor, Space};

use super::actor;
use crate::views::space::{SpaceChoice, SpaceLabel};

/// The label of a space of a community.
pub fn label(space: &Space, community: &Actor, lang: Lang) -> SpaceLabel {
    let (tag, name) = space.name.shown(lang).unwrap_or_default();
    SpaceLabel {
        name: name.to_owned(),
        lang: tag.to_owned(),
        access: space.access,
        url: format!("{}/discussions?space={}", actor::url(community), space.id),
    }
}

/// The spaces of a community in which the reader may begin a thread.
pub fn choices(spaces: &[SpaceView], lang: Lang) -> Vec<SpaceChoice> {
    let open = spaces.iter().filter(|view| view.post);
    let choice = |view: &SpaceView| {
        let (tag, name) = view.space.name.shown(lang).unwrap_or_default();
        SpaceChoice {
            id: (!view.is_common()).then_some(view.space.id),
            name: name.to_owned(),
            lang: tag.to_owned(),
            access: view.space.access,
        }
    };
    open.map(choice).collect()
}

//! Samples of the pages of spaces.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::parts::samples::{amira, member, say};

fn place(lang: Lang) -> PlaceLink {
    PlaceLink {
        name: say(lang, "Safer supply", "Approvisionnement plus sécuritaire"),
        url: "/c/safer-supply".into(),
        host: None,
        colour: 3,
    }
}

fn label(lang: Lang, access: SpaceAccess) -> SpaceLabel {
    SpaceLabel {
        name: say(lang, "Hard cases", "Situations difficiles"),
        lang: lang.to_string(),
        access,
        url: "/c/safer-supply/discussions?space=7".into(),
    }
}

#[test]
fn facilitators_keep_spaces() {
    check_both("spaces", |lang| {
        let f = member(lang, Section::Communities);
        let row = |access, closed| SpaceRow {
            label: label(lang, access),
            posting: SpacePosting::Moderators,
            closed,
            edit_url: format!("/c/safer-supply/spaces/{access}"),
        };
        Spaces {
            place: place(lang),
            spaces: vec![
                row(SpaceAccess::Open, false),
                row(SpaceAccess::Members, false),
                row(SpaceAccess::Private, true),
            ],
            form: new_space_form(&f, "/c/safer-supply/spaces"),
            f,
        }
    });
    for (access, closed) in [(SpaceAccess::Private, true), (SpaceAccess::Members, false)] {
        check_both(&format!("space-{access}"), |lang| {
            let f = member(lang, Section::Communities);
            let url = "/c/safer-supply/spaces/7";
            let private = access == SpaceAccess::Private;
            EditSpace {
                place: place(lang),
                label: label(lang, access),
                closed,
                form: space_form(&f, url, (access, SpacePosting::All)),
                members: match private {
                    true => vec![(amira(lang), "1".into())],
                    false => Vec::new(),
                },
                back_url: "/c/safer-supply/spaces".into(),
                f,
            }
        });
    }
}

//! Samples of the public page of limited servers.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{member, say};
use model::Lang;

impl Limits {
    pub(crate) fn sample(lang: Lang) -> Self {
        let row = |domain: &str, reason: String| LimitRow {
            domain: domain.into(),
            reason,
        };
        Self {
            f: member(lang, Section::Elsewhere),
            blocked: vec![
                row("spam.example", say(lang, "Advertising.", "Publicité.")),
                row("tro**.*****ple", String::new()),
            ],
            silenced: vec![row("loud.example", String::new())],
        }
    }
}

#[test]
fn limited_servers() {
    check_both("limits", Limits::sample);
    let calm = Limits {
        blocked: Vec::new(),
        silenced: Vec::new(),
        ..Limits::sample(Lang::Fr)
    };
    check("limits-none", &calm);
}

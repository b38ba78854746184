//! Samples of the pages of stage and timeline.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::parts::samples::{member, say, supply};

/// What a community has gone through.
pub fn lines(lang: Lang) -> Vec<MilestoneLine> {
    let line = |day: &str, text: String, remove: bool| MilestoneLine {
        day: day.into(),
        text,
        lang: String::new(),
        remove_url: remove.then(|| "/c/safer-supply/timeline/1/remove".into()),
    };
    vec![
        line(
            "2026-11-03",
            say(lang, "First <open> day", "Première <journée>"),
            true,
        ),
        line("2026-09-01", say(lang, "Active", "Active"), false),
    ]
}

impl StagePage {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let mut form = stage_form(&f, "/c/safer-supply/stage", Stage::Planned, &[Purpose::Act]);
        form.set("opens_on", "2027-13-01");
        form.fault("opens_on", f.text("why-day"));
        Self {
            place: supply(lang),
            timeline_url: "/c/safer-supply/timeline".into(),
            f: f.sending(&form),
            form,
        }
    }
}

impl TimelinePage {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let form = milestone_form(&f, "/c/safer-supply/timeline");
        Self {
            place: supply(lang),
            lines: lines(lang),
            stage_url: "/c/safer-supply/stage".into(),
            f: f.sending(&form),
            form,
        }
    }
}

#[test]
fn the_pages_of_stage_and_timeline_are_sound() {
    check_both("community-stage", StagePage::sample);
    check_both("community-timeline", TimelinePage::sample);
}

//! The stage, the purposes and the timeline of a community.

use askama::Template;
use model::Lang;
use model::community::{MILESTONE_MAX, MilestoneKind, Purpose, Stage};

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::PlaceLink;

/// Something that has happened to a community.
#[derive(Debug, Clone)]
pub struct MilestoneLine {
    /// `YYYY-MM-DD`.
    pub day: String,
    pub text: String,
    /// Language of the text; empty where it is the page's.
    pub lang: String,
    /// Takes it out, for facilitators who wrote it.
    pub remove_url: Option<String>,
}

/// `/c/{handle}/stage`
#[derive(Debug, Template)]
#[template(path = "community/stage.html")]
pub struct StagePage {
    pub f: Frame,
    pub place: PlaceLink,
    pub form: Form,
    pub timeline_url: String,
}

/// `/c/{handle}/timeline`
#[derive(Debug, Template)]
#[template(path = "community/timeline.html")]
pub struct TimelinePage {
    pub f: Frame,
    pub place: PlaceLink,
    /// The latest day first.
    pub lines: Vec<MilestoneLine>,
    pub form: Form,
    pub stage_url: String,
}

/// What happened, in words: the key of a message about a `kind`, with the new stage.
#[must_use]
pub fn milestone_key(kind: MilestoneKind, word: &str) -> String {
    match kind {
        MilestoneKind::Stage => format!("milestone-stage-{word}"),
        MilestoneKind::Purposes | MilestoneKind::Name | MilestoneKind::Own => kind.label().into(),
    }
}

/// The choice of purposes: `purposes`.
#[must_use]
pub fn purposes_field(f: &Frame, chosen: &[Purpose]) -> Field {
    let choice = |purpose: &Purpose| Choice {
        chosen: chosen.contains(purpose),
        ..Choice::new(purpose.as_str(), f.text(purpose.label()))
            .hint(f.text(&format!("{}-hint", purpose.label())))
    };
    let choices = Purpose::ALL.iter().map(choice).collect();
    Field::new(
        "purposes",
        Kind::Checks(choices),
        f.text("community-purposes"),
    )
    .hint(f.text("community-purposes-hint"))
    .missing(f.text("enter-purposes"))
}

/// The fields of a stage: `stage opens_on purposes`.
#[must_use]
pub fn stage_form(f: &Frame, action: &str, stage: Stage, purposes: &[Purpose]) -> Form {
    let choice = |stage: &Stage| {
        Choice::new(stage.as_str(), f.text(stage.label()))
            .hint(f.text(&format!("{}-hint", stage.label())))
    };
    let choices = Stage::ALL.iter().map(choice).collect();
    let stage =
        Field::new("stage", Kind::Radios(choices), f.text("community-stage")).value(stage.as_str());
    let opens = Field::new("opens_on", Kind::Text, f.text("community-opens-on"))
        .hint(f.text("community-day-hint"))
        .autocomplete("off")
        .max(10)
        .optional(f);
    Form::new(action)
        .with(stage)
        .with(opens)
        .with(purposes_field(f, purposes))
}

/// The fields of a milestone: `on_day milestone_en milestone_fr`.
#[must_use]
pub fn milestone_form(f: &Frame, action: &str) -> Form {
    let day = Field::new("on_day", Kind::Text, f.text("milestone-day"))
        .hint(f.text("community-day-hint"))
        .autocomplete("off")
        .max(10)
        .missing(f.text("enter-day"));
    let line = |lang: Lang| {
        Field::new(
            &format!("milestone_{lang}"),
            Kind::Text,
            f.text(&format!("milestone-text-{lang}")),
        )
        .lang(lang)
        .autocomplete("off")
        .max(MILESTONE_MAX)
        .missing(f.text("enter-milestone"))
    };
    Form::new(action).with(day).with_all(f.langs().map(line))
}

#[cfg(test)]
pub(in crate::views) mod tests;

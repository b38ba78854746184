//! Group: renders a local community, and reads the charter of a remote one.

use super::document_data::ActorDocumentData;
use super::tag::community_tag;
use super::text_map::{by_language, languages};
use crate::text::{escape, name_of, one_line, tag};
use domain::community::charter;
use domain::prose;
use model::community::{Charter, Purpose, Purposes, Stage};
use model::lang::UNKNOWN;
use model::limits::{CHARTER_TEXT_MAX, COMMUNITY_NAME_MAX, PURPOSE_MAX};
use model::{Lang, LangText, SeenBy};
use vocab::actor::{Domain, Practice};
use vocab::{Actor, LangMap, Source};

/// Renders a local one; `base` has what all actors have.
pub(super) fn group(base: Actor, data: &ActorDocumentData) -> Actor {
    let row = &data.actor;
    let charter = data
        .community
        .as_ref()
        .map(|community| charter(community, row))
        .unwrap_or_default();
    Actor {
        name_map: by_language(&charter.name),
        summary: summary(&charter.purpose),
        summary_map: paragraphs(&charter.purpose),
        source: source(&charter.purpose),
        followers: row.followers_url.clone(),
        following: Some(format!("{}/following", row.ap_id)),
        featured: Some(format!("{}/featured", row.ap_id)),
        attributed_to: row.moderators_url.iter().cloned().collect(),
        moderators: row.moderators_url.clone(),
        posting_restricted_to_mods: Some(false),
        question_answer: Some(true),
        sensitive: Some(false),
        discoverable: Some(row.seen_by == SeenBy::Everyone),
        indexable: Some(row.indexable),
        language: languages(row),
        tag: data.tags.iter().map(community_tag).collect(),
        practice: practice(&charter),
        ..base
    }
}

fn practice(charter: &Charter) -> Practice {
    Practice {
        kind: Some("community".to_owned()),
        purpose: by_language(&charter.purpose),
        domain: (!charter.domain.is_empty()).then(|| Domain {
            concern: by_language(&charter.domain),
            challenges: Vec::new(),
        }),
        who: by_language(&charter.community),
        practice: by_language(&charter.practice),
        purposes: words(charter.purposes.all()),
        lifecycle: Some(charter.stage.to_string()),
        ..Practice::default()
    }
}

fn words(purposes: &[Purpose]) -> Vec<String> {
    purposes.iter().map(ToString::to_string).collect()
}

fn paragraphs(text: &LangText) -> LangMap {
    by_language(text)
        .iter()
        .map(|(tag, text)| (tag, format!("<p>{}</p>", escape(text))))
        .collect()
}

/// Renders every language in one text, because most software shows one.
fn summary(purpose: &LangText) -> Option<String> {
    let paragraph = |(tag, text): (&str, &str)| {
        let lang = if tag == UNKNOWN {
            String::new()
        } else {
            format!(" lang=\"{tag}\"")
        };
        format!("<p{lang}>{}</p>", escape(text))
    };
    let html: String = purpose.iter().map(paragraph).collect();
    (!html.is_empty()).then_some(html)
}

fn source(purpose: &LangText) -> Option<Source> {
    let md: Vec<&str> = purpose.iter().map(|(_, text)| text).collect();
    (!md.is_empty()).then(|| Source::markdown(&md.join("\n\n")))
}

/// Reads the charter of a remote community: from our own keys, else from its description.
pub(crate) fn read_charter(document: &Actor, languages: &[String]) -> Charter {
    let lang = languages
        .iter()
        .find_map(|tag| Lang::from_tag(tag))
        .unwrap_or(Lang::En);
    let description = prose::plain(document.summary.as_deref().unwrap_or_default(), PURPOSE_MAX);
    let (practice, none) = (&document.practice, LangMap::new());
    let concern = practice
        .domain
        .as_ref()
        .map_or(&none, |domain| &domain.concern);
    let lines = |map: &LangMap, other: &str, max: usize| {
        texts_of(map, other, lang, &|text| one_line(text, max))
    };
    let texts = |map: &LangMap| {
        texts_of(map, "", lang, &|text| {
            text.trim().chars().take(CHARTER_TEXT_MAX).collect()
        })
    };
    Charter {
        name: lines(
            &document.name_map,
            &name_of(document, COMMUNITY_NAME_MAX),
            COMMUNITY_NAME_MAX,
        ),
        purpose: lines(&practice.purpose, &description, PURPOSE_MAX),
        domain: texts(concern),
        community: texts(&practice.who),
        practice: texts(&practice.practice),
        languages: languages.to_vec(),
        purposes: Purposes::stored(&practice.purposes.join(" ")),
        stage: read_stage(practice.lifecycle.as_deref()),
    }
}

/// A stage that is not known here counts as active.
fn read_stage(word: Option<&str>) -> Stage {
    word.and_then(|word| word.parse().ok()).unwrap_or_default()
}

/// Returns the text in every language of the map; where it is empty, `other` is the text of `lang`.
fn texts_of(map: &LangMap, other: &str, lang: Lang, fit: &dyn Fn(&str) -> String) -> LangText {
    let fitted: Vec<(String, String)> = map
        .iter()
        .map(|(tag, text)| {
            let tag = self::tag(tag).unwrap_or_else(|| UNKNOWN.to_owned());
            (tag, fit(text))
        })
        .collect();
    let text = LangText::new(
        fitted
            .iter()
            .map(|(tag, text)| (tag.as_str(), text.as_str())),
    );
    if text.is_empty() {
        LangText::single(lang.as_str(), &fit(other))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_stage_are_read_as_they_are_written_and_unknown_words_ignored() {
        let said = Charter {
            purposes: Purposes::new(&[Purpose::Act, Purpose::Learn]),
            stage: Stage::Archived,
            ..Charter::default()
        };
        let document = Actor {
            practice: practice(&said),
            ..Actor::default()
        };
        let read = read_charter(&document, &[]);
        assert_eq!((&read.purposes, read.stage), (&said.purposes, said.stage));

        let mut odd = document;
        odd.practice.purposes = vec!["act".into(), "sell ads".into(), "ACT".into()];
        odd.practice.lifecycle = Some("asleep".into());
        let read = read_charter(&odd, &[]);
        assert_eq!(read.purposes.all(), [Purpose::Act]);
        assert_eq!(read.stage, Stage::Active);
    }
}

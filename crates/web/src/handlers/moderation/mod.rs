//! Moderation of communities of ours, and of the instance: reports, what moderators do, and the log.

mod admin;
mod community;
mod person;
mod post;

pub use admin::reports;
pub use community::{bans, log, own, queue, set_review};
pub use person::{act as act_on_person, page as person};
pub use post::{act, appeal, appeal_form, moderate, report, report_form};

use model::moderation::ModerationWords;
use model::{ActorId, Lang, PostState};
use query::moderation::{AppealView, EntryView, PostLine, ReportedPost};
use query::row::{Actor, CommunityWithActor, PostRemoval, Report};

use crate::frame::Frame;
use crate::handlers::form_post::Fields;
use crate::handlers::show::{actor, community as show_community, discussion, prose};
use crate::views::moderation::{AppealCard, LogLine, PostCard, ReportLine, ReportedCard};
use crate::views::parts::{PlaceLink, Tab};

/// What a moderator typed.
fn words(fields: &Fields) -> ModerationWords {
    ModerationWords {
        reason: fields.trimmed("reason"),
        note: fields.trimmed("note"),
    }
}

/// The community of a post, or the author of its thread.
fn place_of(community: Option<&CommunityWithActor>, author: &Actor, lang: Lang) -> PlaceLink {
    match community {
        Some(place) => show_community::place(place, lang),
        None => show_community::no_place(author),
    }
}

/// A post outside of its thread; a removed one with the words that are kept of it.
fn card(f: &Frame, line: &PostLine, removal: Option<&PostRemoval>) -> PostCard {
    let mut shown = line.post.clone();
    if let Some(text) = removal.and_then(PostRemoval::text) {
        shown.title = text.title;
        shown.html = text.html;
        shown.warning = text.warning;
        shown.state = PostState::Live;
    }
    let text = discussion::text(&shown, f.lang);
    let id = line.post.id;
    let root = if line.root.id == id {
        &shown
    } else {
        &line.root
    };
    PostCard {
        author: actor::person(&line.author),
        at: line.post.published_at.utc(),
        title: discussion::title(f, root, f.lang),
        body_html: prose::fitted(text.html, &format!("p{id}-"), 3, f.lang).into_owned(),
        warning: text.warning.map(str::to_owned),
        lang: text.lang.to_owned(),
        url: format!("/p/{id}"),
        history_url: line
            .post
            .edited_at
            .filter(|_| line.post.state != PostState::Tombstone)
            .map(|_| format!("/p/{id}/history")),
        moderate_url: format!("/p/{id}/moderate"),
    }
}

fn report_line((report, by): &(Report, Actor)) -> ReportLine {
    ReportLine {
        by: actor::person(by),
        at: model::id::minted_at(report.id.0).utc(),
        reason: report.reason,
        text: report.text.clone(),
    }
}

fn reported(f: &Frame, row: &ReportedPost) -> ReportedCard {
    ReportedCard {
        post: card(f, &row.line, None),
        reports: row.reports.iter().map(report_line).collect(),
    }
}

fn appealed(f: &Frame, row: &AppealView) -> AppealCard {
    AppealCard {
        post: card(f, &row.line, Some(&row.removal)),
        text: row.removal.appeal.clone(),
    }
}

fn queue_url(place: &CommunityWithActor) -> String {
    format!("{}/moderation", actor::url(&place.actor))
}

fn person_url(place: &CommunityWithActor, who: ActorId) -> String {
    format!("{}/people/{who}", queue_url(place))
}

/// An entry of the log of a community.
fn log_line(f: &Frame, place: &CommunityWithActor, view: &EntryView) -> LogLine {
    let thread = view.thread.as_ref();
    LogLine {
        kind: view.entry.kind,
        at: view.at.utc(),
        by: view.by.as_ref().map(actor::person),
        who: view
            .who
            .as_ref()
            .map(|who| (actor::person(who), person_url(place, who.id))),
        thread: thread.map(|root| {
            let lang = discussion::title_lang(root, f.lang).to_owned();
            let id = view.entry.post_id.unwrap_or(root.id);
            (discussion::title(f, root, f.lang), lang, format!("/p/{id}"))
        }),
        until: view.entry.until.map(model::Time::utc),
        reason: view.entry.reason.clone(),
        note: view.entry.note.clone(),
    }
}

/// The pages of the moderators of a community.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ModerationTab {
    Queue,
    Bans,
    Log,
}

fn tabs(f: &Frame, place: &CommunityWithActor, here: ModerationTab) -> Vec<Tab> {
    let base = queue_url(place);
    [
        (ModerationTab::Queue, "moderation-tab-queue", ""),
        (ModerationTab::Bans, "moderation-tab-bans", "/bans"),
        (ModerationTab::Log, "moderation-tab-log", "/log"),
    ]
    .map(|(tab, key, below)| Tab::new(f.text(key), format!("{base}{below}"), tab == here))
    .to_vec()
}

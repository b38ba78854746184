//! Joining a community of ours, the requests that its facilitators decide on, and the roles of its members.

mod join;
mod link;
mod member;
mod queue;
mod settings;

pub use join::{answer, ask, form as join_form, withdraw};
pub use link::{act as act_by_link, show_request};
pub use member::{change as change_member, leave, leave_form, page as member};
pub use queue::{accept_chosen, decide, list as requests, page as request};
pub use settings::{change as change_settings, form as settings};

use domain::{Error, Outcome};
use model::membership::{JoinAnswer, JoinState};
use model::{ActorId, LangText, Why};
use query::membership::RequestView;
use query::row::{Actor, CommunityWithActor, JoinRequest};
use query::{Db, Reader};

use crate::frame::Frame;
use crate::handlers::form_post::FormPost;
use crate::handlers::show::{actor, community};
use crate::views::membership::{JoinMessageLine, JoinRequestCard, SpokenText};
use crate::views::parts::PlaceLink;

/// A text in the reader's language where there is one.
fn spoken(text: &LangText, f: &Frame) -> SpokenText {
    let (lang, text) = text.shown(f.lang).unwrap_or_default();
    SpokenText {
        text: text.to_owned(),
        lang: lang.to_owned(),
    }
}

/// A request in a list of its facilitators.
fn row_card(request: &JoinRequest, who: Option<&Actor>, base: &str) -> JoinRequestCard {
    let person = who.map(actor::person);
    JoinRequestCard {
        state: request.state,
        name: match &person {
            Some(person) => person.name.clone(),
            None => request.name.clone(),
        },
        person,
        address: request.address.clone(),
        asked_at: model::id::minted_at(request.id.0).utc(),
        answers: Vec::new(),
        messages: Vec::new(),
        own: false,
        url: format!("{base}/{}", request.id),
        id: request.id.to_string(),
    }
}

/// A request with all that its reader may see of it.
fn card(view: &RequestView, f: &Frame, base: &str, own: bool) -> JoinRequestCard {
    let answer = |answer: &JoinAnswer| (spoken(&answer.question, f), answer.answer.clone());
    let messages = view.messages.iter().map(|line| JoinMessageLine {
        kind: line.message.kind,
        author: line.author.as_ref().map(actor::person),
        text: line.message.text.clone(),
        at: line.at.utc(),
    });
    JoinRequestCard {
        answers: view.answers.iter().map(answer).collect(),
        messages: messages.collect(),
        own,
        ..row_card(&view.request, view.who.as_ref(), base)
    }
}

/// The community of a page below it.
fn place_link(place: &CommunityWithActor, f: &Frame) -> PlaceLink {
    community::place(place, f.lang)
}

/// Somebody of ours, by the username typed in the field `member`.
///
/// # Errors
/// `Invalid(member)`.
pub async fn person_named(posted: &FormPost) -> Outcome<ActorId> {
    let typed = posted.fields.trimmed("member");
    if typed.is_empty() {
        return Err(Error::invalid("member", Why::Required));
    }
    let request = &posted.request;
    let (handle, host) = actor::address(typed.trim_start_matches('@'), &request.our_host());
    let read =
        move |db: &mut Db, reader: Reader| query::actor::by_address(db, reader, &handle, &host);
    let found = request.read(read).await?;
    let ours = found.filter(|actor| actor.peer_id.is_none());
    ours.map(|actor| actor.id)
        .ok_or(Error::invalid("member", Why::Unknown))
}

/// Whether a facilitator has asked something that whoever asked to join may answer.
fn is_asked(view: &RequestView) -> bool {
    view.request.state == JoinState::Asked
}

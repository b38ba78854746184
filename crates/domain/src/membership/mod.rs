//! Membership: joining a community of ours, deciding on requests, roles, and leaving. Following is not membership.

mod ask;
mod decide;
mod guest;
pub mod invitation;
mod role;
#[cfg(test)]
mod tests;

pub use ask::{Applicant, ask, reply, withdraw};
pub use decide::{accept, accept_all, add_note, ask_back, decline, invite, take_back};
pub use guest::{JoinMailTo, address_mail, ask_as_guest, claim, confirm, register};
pub use role::{leave, remove, set_role};

use crate::{Error, Outcome, Tx, access, follow};
use model::access::Action;
use model::limits::{JOIN_ANSWER_MAX, JOIN_MESSAGES_MAX, JOIN_QUESTION_MAX, JOIN_QUESTIONS_MAX};
use model::membership::{
    JoinAnswer, JoinMessageKind, JoinPolicy, JoinQuestion, JoinSeen, usual_questions,
};
use model::refusal::{Checks, Rule};
use model::{ActorId, Fact, JoinMessageId, JoinRequestId, Lang, MemberRole, Why};
use store::{Db, row};

/// Facilitators who are told of a request.
const TOLD_MAX: i64 = 20;

/// Returns what those who ask to join a community are asked.
///
/// # Errors
/// Faults only.
pub fn questions(db: &mut Db, community: ActorId) -> Outcome<Vec<JoinQuestion>> {
    let chosen = store::membership::questions(db, community)?;
    Ok(match chosen.is_empty() {
        true => usual_questions(),
        false => chosen,
    })
}

/// The name of the field in which a question is answered, or in which it is written in a language.
#[must_use]
pub fn answer_field(number: usize) -> &'static str {
    const NAMES: [&str; JOIN_QUESTIONS_MAX] = [
        "answer_1", "answer_2", "answer_3", "answer_4", "answer_5", "answer_6", "answer_7",
        "answer_8",
    ];
    NAMES.get(number).copied().unwrap_or("answer_8")
}

/// The name of the field in which a question is written in a language.
#[must_use]
pub fn question_field(number: usize, lang: Lang) -> &'static str {
    const NAMES: [[&str; 2]; JOIN_QUESTIONS_MAX] = [
        ["question_1_en", "question_1_fr"],
        ["question_2_en", "question_2_fr"],
        ["question_3_en", "question_3_fr"],
        ["question_4_en", "question_4_fr"],
        ["question_5_en", "question_5_fr"],
        ["question_6_en", "question_6_fr"],
        ["question_7_en", "question_7_fr"],
        ["question_8_en", "question_8_fr"],
    ];
    let [en, fr] = NAMES.get(number).copied().unwrap_or(["", ""]);
    match lang {
        Lang::En => en,
        Lang::Fr => fr,
    }
}

/// Chooses who becomes a member of a community of ours, and what those who ask are asked; without questions, the usual
/// ones.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs)`, `Invalid` with the fields at fault.
pub fn set_form(
    tx: &mut Tx<'_>,
    by: ActorId,
    community: ActorId,
    policy: JoinPolicy,
    questions: &[JoinQuestion],
) -> Outcome<()> {
    access::require_in(tx, by, Action::Manage, community)?;
    let place = get_local(tx, community)?;
    let mut checks = Checks::default();
    checks.that(
        questions.len() <= JOIN_QUESTIONS_MAX,
        "question_1_en",
        Why::TooLong,
    );
    for (number, question) in questions.iter().enumerate() {
        for (tag, text) in question.text.iter() {
            let lang = Lang::from_tag(tag).unwrap_or(Lang::En);
            checks.at_most(question_field(number, lang), text, JOIN_QUESTION_MAX);
        }
    }
    checks.done()?;
    store::membership::set_questions(tx.db, community, questions)?;
    let row = row::Community {
        join_policy: policy,
        ..place.community
    };
    store::community::update(tx.db, &row)?;
    Ok(())
}

/// Loads a community of ours.
fn get_local(tx: &mut Tx<'_>, community: ActorId) -> Outcome<store::community::CommunityWithActor> {
    let place =
        store::raw::community::by_id(tx.db, community)?.ok_or(Error::not_found("community"))?;
    match place.actor.peer_id {
        None => Ok(place),
        Some(_) => Err(Error::not_allowed(Rule::NotOurs)),
    }
}

/// Puts answers beside the questions of a community. Each is trimmed; a question that is not answered and need not be
/// is left out.
fn read_answers(
    tx: &mut Tx<'_>,
    community: ActorId,
    answers: &[String],
    checks: &mut Checks,
) -> Outcome<Vec<JoinAnswer>> {
    let questions = questions(tx.db, community)?;
    let mut read = Vec::new();
    for (number, question) in questions.into_iter().enumerate() {
        let answer = answers.get(number).map_or("", |text| text.trim());
        let field = answer_field(number);
        checks
            .that(
                !question.required || !answer.is_empty(),
                field,
                Why::Required,
            )
            .that(
                answer.chars().count() <= JOIN_ANSWER_MAX,
                field,
                Why::TooLong,
            );
        if !answer.is_empty() {
            read.push(JoinAnswer {
                question: question.text,
                answer: answer.to_owned(),
            });
        }
    }
    Ok(read)
}

/// Makes somebody a member, unless they have a part already; they follow the community from then on.
fn admit(tx: &mut Tx<'_>, community: ActorId, who: ActorId) -> Outcome<()> {
    if store::membership::membership(tx.db, community, who)?.is_none() {
        store::community::put_member(tx.db, community, who, MemberRole::Member, tx.now)?;
        tx.outdate(who);
    }
    follow::follow(tx, who, community)?;
    Ok(())
}

/// Tells the facilitators that a request waits for them.
fn record_requested(tx: &mut Tx<'_>, request: &row::JoinRequest) -> Outcome<()> {
    let community = request.community_id;
    let (reader, roles) = (tx.reader(community), [MemberRole::Facilitator]);
    let rows = store::community::members(tx.db, reader, community, &roles, TOLD_MAX)?;
    tx.record(Fact::JoinRequested {
        request: seen(request),
        facilitators: rows.into_iter().map(|(_, actor)| actor.id).collect(),
    });
    Ok(())
}

fn seen(request: &row::JoinRequest) -> JoinSeen {
    JoinSeen {
        request: request.id,
        community: request.community_id,
        who: request.actor_id,
    }
}

/// Adds a text to a request. Nothing where it is blank.
fn add_message(
    tx: &mut Tx<'_>,
    request: JoinRequestId,
    kind: JoinMessageKind,
    author: Option<ActorId>,
    text: &str,
) -> Outcome<()> {
    let text = text.trim();
    let mut checks = Checks::default();
    checks.that(
        text.chars().count() <= JOIN_ANSWER_MAX,
        "text",
        Why::TooLong,
    );
    checks.done()?;
    if text.is_empty() {
        return Ok(());
    }
    let decides = kind == JoinMessageKind::Decision;
    if !decides && store::membership::count_messages(tx.db, request)? >= JOIN_MESSAGES_MAX {
        return Err(Error::invalid("text", Why::TooLong));
    }
    let row = row::JoinMessage {
        id: tx.id::<JoinMessageId>(),
        request_id: request,
        kind,
        author_id: author,
        text: text.to_owned(),
    };
    Ok(store::membership::insert_message(tx.db, &row)?)
}

/// Checks that a text was given, within its bounds.
fn require_text(text: &str) -> Outcome<()> {
    Ok(Checks::default()
        .text("text", text, JOIN_ANSWER_MAX)
        .done()?)
}

//! Joining: what a community asks, the requests that its facilitators decide on, the request of whoever asked, and the
//! members.

use crate::community::{CommunityView, Detail};
use crate::invitation::Eligibility;
use crate::row::{Actor, CommunityWithActor, JoinMessage, JoinRequest, Membership};
use domain::{Error, Outcome};
use model::access::Reader;
use model::id::minted_at;
use model::membership::{JoinAnswer, JoinMessageKind, JoinPolicy, JoinQuestion, JoinState};
use model::refusal::Rule;
use model::{ActorId, JoinRequestId, MemberRole, Registration, Time};
use store::Db;
pub use store::membership::JoinFilter;

/// A request with what was answered and written since.
#[derive(Debug, Clone)]
pub struct RequestView {
    pub request: JoinRequest,
    /// Who asks, where they have an account.
    pub who: Option<Actor>,
    pub asked_at: Time,
    pub answers: Vec<JoinAnswer>,
    /// Oldest first.
    pub messages: Vec<MessageView>,
}

/// A text that was added to a request.
#[derive(Debug, Clone)]
pub struct MessageView {
    pub message: JoinMessage,
    /// The facilitator; `None` for whoever asks to join, and where the reader may not see who it is.
    pub author: Option<Actor>,
    pub at: Time,
}

/// The page on which somebody joins a community.
#[derive(Debug, Clone)]
pub struct JoinPage {
    pub view: CommunityView,
    pub questions: Vec<JoinQuestion>,
    /// The newest request of the reader.
    pub own: Option<RequestView>,
    /// Whether somebody without an account may ask here.
    pub takes_guests: bool,
    /// Whom it admits at once, where the policy says so.
    pub eligibility: Option<Eligibility>,
}

/// The page on which the reader joins a community of ours.
///
/// # Errors
/// `NotFound`, also for a community of another server, `Gone`.
pub fn join_page(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
    registration: Registration,
) -> Outcome<JoinPage> {
    let view = crate::community::view(db, reader, handle, host, Detail::Head)?;
    if view.place.actor.peer_id.is_some() {
        return Err(Error::not_found("page"));
    }
    let id = view.place.id();
    let own = match reader.viewer.person() {
        Some(who) => store::membership::of_actor(db, id, who)?,
        None => None,
    };
    let own = match own {
        Some(row) => Some(for_applicant(db, reader, row)?),
        None => None,
    };
    let eligibility = match view.place.community.join_policy {
        JoinPolicy::Eligibility => Some(crate::invitation::eligibility(db, reader, id)?),
        JoinPolicy::Open | JoinPolicy::Application | JoinPolicy::Invitation => None,
    };
    Ok(JoinPage {
        eligibility,
        questions: domain::membership::questions(db, id)?,
        takes_guests: registration != Registration::Closed
            && view.place.community.join_policy != JoinPolicy::Invitation,
        own,
        view,
    })
}

/// What facilitators choose of how people join.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn settings(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> Outcome<(CommunityWithActor, Vec<JoinQuestion>)> {
    let place = managed(db, reader, handle, host)?;
    let questions = domain::membership::questions(db, place.id())?;
    Ok((place, questions))
}

/// A community that the reader facilitates.
fn managed(db: &mut Db, reader: Reader, handle: &str, host: &str) -> Outcome<CommunityWithActor> {
    let place = crate::community::find(db, reader, handle, host)?;
    crate::community::require_manage(db, reader, place.id())?;
    Ok(place)
}

/// A request in a list, with who asks where they have an account.
pub type QueuedRequest = (JoinRequest, Option<Actor>);

/// Requests of a community that the reader facilitates, newest first, below the cursor, each with who asks.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn queue(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    filter: JoinFilter,
    before: JoinRequestId,
    limit: i64,
) -> Outcome<(CommunityWithActor, Vec<QueuedRequest>)> {
    let place = managed(db, reader, handle, host)?;
    let rows = store::membership::list(db, place.id(), filter, before, limit)?;
    let ids: Vec<ActorId> = rows.iter().filter_map(|row| row.actor_id).collect();
    let people = store::actor::by_ids(db, reader, &ids)?;
    let with_actor = |row: JoinRequest| {
        let who = row.actor_id.and_then(|id| people.get(&id).cloned());
        (row, who)
    };
    Ok((place, rows.into_iter().map(with_actor).collect()))
}

/// One request of a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn request(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    id: JoinRequestId,
) -> Outcome<(CommunityWithActor, RequestView)> {
    let place = managed(db, reader, handle, host)?;
    let row = store::membership::by_id(db, id)?
        .filter(|row| row.community_id == place.id() && row.state != JoinState::Unconfirmed)
        .ok_or(Error::not_found("request"))?;
    let view = complete(db, reader, row, |_| true)?;
    Ok((place, view))
}

/// The request of a link, with its community; `None` where the link cannot be used any more.
///
/// # Errors
/// Faults.
pub fn by_link(
    db: &mut Db,
    reader: Reader,
    digest: &str,
) -> Outcome<Option<(CommunityWithActor, RequestView)>> {
    let Some(row) = store::membership::by_link(db, digest, reader.now)? else {
        return Ok(None);
    };
    let place = store::raw::community::by_id(db, row.community_id)?;
    let place = place.ok_or(Error::not_found("community"))?;
    crate::actor::require_shown(&place.actor, "community")?;
    Ok(Some((place, for_applicant(db, reader, row)?)))
}

/// A request as whoever asked may read it: without the facilitators' notes.
fn for_applicant(db: &mut Db, reader: Reader, row: JoinRequest) -> Outcome<RequestView> {
    complete(db, reader, row, |kind| kind != JoinMessageKind::Note)
}

fn complete(
    db: &mut Db,
    reader: Reader,
    request: JoinRequest,
    shows: impl Fn(JoinMessageKind) -> bool,
) -> Outcome<RequestView> {
    let answers = store::membership::answers(db, request.id)?;
    let mut messages = store::membership::messages(db, request.id)?;
    messages.retain(|message| shows(message.kind));
    let ids: Vec<ActorId> = messages
        .iter()
        .filter_map(|message| message.author_id)
        .chain(request.actor_id)
        .collect();
    let people = store::actor::by_ids(db, reader, &ids)?;
    let message = |message: JoinMessage| MessageView {
        author: message.author_id.and_then(|id| people.get(&id).cloned()),
        at: minted_at(message.id.0),
        message,
    };
    Ok(RequestView {
        who: request.actor_id.and_then(|id| people.get(&id).cloned()),
        asked_at: minted_at(request.id.0),
        answers,
        messages: messages.into_iter().map(message).collect(),
        request,
    })
}

/// The members of a community, longest-serving first, after a member.
///
/// # Errors
/// `NotFound`, `NotAllowed(Member | ActiveAccount | SignedIn)`.
pub fn members(
    db: &mut Db,
    reader: Reader,
    id: ActorId,
    after: Option<(Time, ActorId)>,
    limit: i64,
) -> Outcome<Vec<(Membership, Actor)>> {
    crate::community::require_member(db, reader, id)?;
    Ok(store::membership::members(db, reader, id, after, limit)?)
}

/// A member of a community that the reader facilitates.
///
/// # Errors
/// `NotFound`, `NotAllowed(Facilitator | NotOurs | ActiveAccount | SignedIn)`.
pub fn member(
    db: &mut Db,
    reader: Reader,
    (handle, host): (&str, &str),
    who: ActorId,
) -> Outcome<(CommunityWithActor, MemberRole, Actor)> {
    let place = managed(db, reader, handle, host)?;
    let row = store::membership::membership(db, place.id(), who)?;
    let row = row.ok_or(Error::not_found("member"))?;
    let actor = store::actor::by_id(db, reader, who)?.ok_or(Error::not_found("member"))?;
    Ok((place, row.role, actor))
}

/// Checks that the reader is a member of a community of ours, who may leave it; returns their role.
///
/// # Errors
/// `NotFound`, `NotAllowed(Member)`.
pub fn own_role(
    db: &mut Db,
    reader: Reader,
    handle: &str,
    host: &str,
) -> Outcome<(CommunityWithActor, MemberRole)> {
    let place = crate::community::find(db, reader, handle, host)?;
    let who = reader.viewer.person();
    let row = match who {
        Some(who) => store::membership::membership(db, place.id(), who)?,
        None => None,
    };
    let role = row.map(|row| row.role);
    Ok((place, role.ok_or(Error::not_allowed(Rule::Member))?))
}

//! Communities: the name beside a thread, the card in a list, the header of the pages.

use model::community::Stage;
use model::membership::{JoinPolicy, JoinState as RequestState};
use model::{ActorId, ActorKind, Lang};
use query::account::FrameRows;
use query::community::CommunityView;
use query::row::{Actor, CommunityWithActor, FollowedCommunity, Peer};
use std::collections::HashMap;

use super::actor;
use crate::frame::{Frame, LinkPreview, RailPlace};
use crate::handlers::response::sign_in_to_follow;
use crate::leaf;
use crate::views::community::{CommunityCard, CommunityTab, Head, JoinState, community_tabs};
use crate::views::parts::{self, Follow, FollowState};

/// The reader's follows and unread counts, by community.
#[derive(Default)]
pub struct FollowStates(HashMap<ActorId, (bool, i64)>);

impl FollowStates {
    /// From the rows of the frame.
    pub fn of(frame_rows: &FrameRows) -> Self {
        let followed = frame_rows.communities.iter();
        Self(
            followed
                .map(|one| (one.id, (one.accepted, one.unread)))
                .collect(),
        )
    }

    /// Whether the reader follows it or has asked to.
    pub fn follows(&self, id: ActorId) -> bool {
        self.0.contains_key(&id)
    }
}

/// Its name in the reader's language where it exists, and the language tag of the name; the tag is
/// empty where it is unknown.
pub fn name(place: &CommunityWithActor, lang: Lang) -> (String, String) {
    match place.community.name.shown(lang) {
        None => (actor::name(&place.actor), String::new()),
        Some((tag, text)) => (text.to_owned(), tag.to_owned()),
    }
}

/// A community of the navigation; the path of the page that is shown decides whether it is marked.
pub fn rail_place(followed: &FollowedCommunity, path: &str, lang: Lang) -> RailPlace {
    let (handle, host) = (&followed.handle, &followed.host);
    let url = actor::address_url(ActorKind::Group, handle, host);
    let rest = path.strip_prefix(url.as_str());
    RailPlace {
        here: rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        name: followed.shown_name(lang),
        colour: u8::try_from(followed.colour).unwrap_or(0),
        unread: followed.unread,
        url,
    }
}

/// Its purpose, in one sentence, and the language tag of that.
pub fn purpose(place: &CommunityWithActor, lang: Lang) -> (String, String) {
    let (tag, text) = place.community.purpose.shown(lang).unwrap_or_default();
    (text.to_owned(), tag.to_owned())
}

/// The language that its name and purpose are in, where the reader's is missing.
fn only_in(place: &CommunityWithActor, lang: Lang) -> Option<Lang> {
    let (name, purpose) = (&place.community.name, &place.community.purpose);
    purpose.only_in(lang).or_else(|| name.only_in(lang))
}

/// Its number in the palette.
fn colour(place: &CommunityWithActor) -> u8 {
    u8::try_from(place.community.colour).unwrap_or(0)
}

/// A community as shown beside its threads.
pub fn place(place: &CommunityWithActor, lang: Lang) -> parts::PlaceLink {
    parts::PlaceLink {
        name: name(place, lang).0,
        url: actor::url(&place.actor),
        host: actor::host(&place.actor),
        colour: colour(place),
    }
}

/// The place of a post in no community: its author.
pub fn no_place(author: &Actor) -> parts::PlaceLink {
    parts::PlaceLink {
        name: actor::name(author),
        url: actor::url(author),
        host: actor::host(author),
        colour: leaf::colour(&author.handle),
    }
}

/// A community's card in a list.
pub fn card(place: &CommunityWithActor, lang: Lang, follow_states: &FollowStates) -> CommunityCard {
    let group = &place.actor;
    let (name, name_lang) = name(place, lang);
    let (purpose, purpose_lang) = purpose(place, lang);
    let follow = follow_states.0.get(&group.id);
    CommunityCard {
        name,
        lang: name_lang,
        purpose,
        purpose_lang,
        only_in: only_in(place, lang),
        url: actor::url(group),
        host: actor::host(group),
        colour: colour(place),
        picture: actor::picture(group),
        followers: i64::from(group.follower_count),
        threads: i64::from(group.post_count),
        last_at: None,
        languages: actor::languages(&group.languages, lang),
        following: follow.is_some_and(|(accepted, _)| *accepted),
        pending: follow.is_some_and(|(accepted, _)| !accepted),
        unread: follow.map_or(0, |(_, unread)| *unread),
        stage: stage(place),
    }
}

/// The stage of a community that is not active.
fn stage(place: &CommunityWithActor) -> Option<Stage> {
    let stage = place.community.stage;
    (stage != Stage::Active).then_some(stage)
}

/// Builds the header of a community's pages. A guest is offered to write as well, and led to the
/// sign-in page; nobody is where the community has moved.
pub fn head(f: &Frame, view: &CommunityView, tab: CommunityTab) -> Head {
    let group = &view.place.actor;
    let moved = view.moved.as_ref();
    let (name, name_lang) = name(&view.place, f.lang);
    let (purpose, purpose_lang) = purpose(&view.place, f.lang);
    let url = actor::url(group);
    let host = actor::host(group);
    let private = view.place.community.private;
    let is_closed = matches!(view.place.community.stage, Stage::Planned | Stage::Archived);
    let elsewhere = moved.is_some() || private;
    let writes = !elsewhere && (view.allowed.post || (f.me.is_none() && !is_closed));
    Head {
        name,
        lang: name_lang,
        purpose,
        purpose_lang,
        only_in: only_in(&view.place, f.lang),
        handle: format!(
            "!{}@{}",
            group.handle,
            host.as_ref().unwrap_or(&f.site.host)
        ),
        host_name: view.peer.as_ref().and_then(|peer| peer.name.clone()),
        origin_url: host.is_some().then(|| group.url.clone()),
        host,
        colour: colour(&view.place),
        leaf_url: format!("{url}/leaf.svg"),
        followers: i64::from(group.follower_count),
        languages: actor::languages(&group.languages, f.lang),
        follow: follow(
            f,
            group,
            view.follow.as_ref().map(|follow| follow.accepted),
            elsewhere,
        ),
        stage: stage(&view.place),
        opens_on: view.place.community.opens_on.clone(),
        private,
        compact: view.follow.is_some() && tab != CommunityTab::About,
        tabs: community_tabs(f, &url, tab),
        ask_url: writes.then(|| format!("{url}/new?kind=question")),
        share_url: writes.then(|| format!("{url}/new")),
        join: join(view, &url),
        waiting: (view.allowed.manage).then(|| (view.waiting, format!("{url}/requests"))),
        moderation: view
            .to_moderate
            .map(|count| (count, format!("{url}/moderation"))),
        edit_url: view.allowed.manage.then(|| format!("{url}/edit")),
        mail_url: (view.follow.is_some() && f.offers_mail()).then(|| format!("{url}/mail")),
        moved: moved.map(|to| place(to, f.lang)),
        silent_since: view.peer.as_ref().and_then(silent_since),
        url,
    }
}

/// What the header offers of joining. A guest is led to the page, which says how.
fn join(view: &CommunityView, url: &str) -> JoinState {
    let community = &view.place.community;
    let url = format!("{url}/join");
    match (view.role, view.request) {
        _ if view.place.actor.peer_id.is_some() || view.moved.is_some() => JoinState::No,
        (Some(role), _) => JoinState::Member { url, role },
        (None, Some(state)) if state.is_open() => JoinState::Pending(url),
        (None, Some(RequestState::Invited)) => JoinState::Offered { url, at_once: true },
        (None, _) if matches!(community.stage, Stage::Planned | Stage::Archived) => JoinState::No,
        (None, _) if community.join_policy == JoinPolicy::Invitation => JoinState::No,
        (None, _) => JoinState::Offered {
            url,
            at_once: community.join_policy == JoinPolicy::Open,
        },
    }
}

/// What other sites are told of a page of a community, `below` its address.
pub fn preview(f: &Frame, place: &CommunityWithActor, below: &str) -> LinkPreview {
    let group = &place.actor;
    let remote = actor::host(group).is_some();
    let url = actor::url(group);
    LinkPreview {
        origin_url: (remote && below.is_empty()).then(|| group.url.clone()),
        activity_url: below.is_empty().then(|| group.ap_id.clone()),
        feed: (!remote).then(|| format!("{url}/feed.atom")),
        ..LinkPreview::new(
            name(place, f.lang).0,
            purpose(place, f.lang).0,
            &format!("{url}{below}"),
        )
    }
}

/// The time since when a peer has been parked.
fn silent_since(peer: &Peer) -> Option<chrono::DateTime<chrono::Utc>> {
    (peer.state == model::peer::PeerState::Parked).then(|| peer.last_seen.utc())
}

/// The follow button of an actor's page. `accepted` says whether the follow was accepted, `None`
/// without a follow; `elsewhere` says that it cannot be followed from here: it has moved, or is private.
pub fn follow(f: &Frame, target: &Actor, accepted: Option<bool>, elsewhere: bool) -> Follow {
    let url = actor::url(target);
    let state = match (&f.me, accepted) {
        (_, None) if elsewhere => FollowState::Moved,
        (None, _) => FollowState::SignedOut,
        (Some(me), _) if me.url == url => FollowState::Mine,
        (Some(_), None) => FollowState::Not,
        (Some(_), Some(false)) => FollowState::Pending,
        (Some(_), Some(true)) => FollowState::Following,
    };
    Follow {
        url: match state {
            FollowState::SignedOut => sign_in_to_follow(&url),
            FollowState::Mine
            | FollowState::Moved
            | FollowState::Not
            | FollowState::Pending
            | FollowState::Following => format!("{url}/follow"),
        },
        undo_url: format!("{url}/unfollow"),
        elsewhere_url: (state == FollowState::SignedOut).then(|| format!("{url}/follow-from")),
        seen_by: matches!(state, FollowState::SignedOut | FollowState::Not)
            .then(|| seen_by(f, target)),
        state,
    }
}

/// Who will see that the reader follows an actor.
fn seen_by(f: &Frame, target: &Actor) -> String {
    match (target.kind, actor::host(target)) {
        (ActorKind::Group, Some(host)) => f
            .message("follow-seen-community-remote")
            .arg("host", host)
            .to_string(),
        (ActorKind::Group, None) => f.text("follow-seen-community").to_owned(),
        (
            ActorKind::Person
            | ActorKind::Service
            | ActorKind::Application
            | ActorKind::Organization,
            _,
        ) => f.text("follow-seen-person").to_owned(),
    }
}

/// The software of a peer: `nodebb 4.6`.
pub fn software(peer: &Peer) -> Option<String> {
    let software = peer.software.as_ref()?;
    let version = peer.version.as_deref().unwrap_or_default();
    Some(format!("{software} {version}").trim_end().to_owned())
}

//! Communities: the name beside a thread, the card in a list, the header of the pages.

use httpkit::read::account::FrameRows;
use httpkit::read::community::CommunityView;
use model::{ActorId, Bilingual, Lang, MemberRole};
use std::collections::HashMap;
use store::community::Place;
use store::row::{Actor, Community, Peer};

use super::actor;
use crate::frame::Frame;
use crate::handlers::response::sign_in_path;
use crate::leaf;
use crate::views::community::{CommunityCard, CommunityTab, Head, community_tabs};
use crate::views::parts::{self, Follow, FollowState};

/// The reader's follows and unread counts, by community.
#[derive(Default)]
pub struct Standings(HashMap<ActorId, (bool, i64)>);

impl Standings {
    /// From the rows of the frame.
    pub fn of(around: &FrameRows) -> Self {
        let followed = around.communities.iter();
        Self(
            followed
                .map(|(place, follow, unread)| (place.1.id, (follow.accepted, *unread)))
                .collect(),
        )
    }

    /// Whether the reader follows it or has asked to.
    pub fn follows(&self, id: ActorId) -> bool {
        self.0.contains_key(&id)
    }
}

/// Its name in the reader's language where it exists, and the language of the name.
pub fn name(place: &Place, lang: Lang) -> (String, Option<Lang>) {
    let name = Bilingual::new(&place.0.name_en, &place.0.name_fr);
    match name.read(lang) {
        "" => (actor::name(&place.1), None),
        text => (text.to_owned(), Some(name.shown_lang(lang))),
    }
}

/// Its purpose, in one sentence.
pub fn purpose(row: &Community, lang: Lang) -> String {
    Bilingual::new(&row.purpose_en, &row.purpose_fr)
        .read(lang)
        .to_owned()
}

/// A community as shown beside its threads.
pub fn place(place: &Place, lang: Lang) -> parts::Place {
    parts::Place {
        name: name(place, lang).0,
        url: actor::url(&place.1),
        host: actor::host(&place.1),
        colour: leaf::colour(&place.1.handle),
    }
}

/// The place of a post in no community: its author.
pub fn no_place(author: &Actor) -> parts::Place {
    parts::Place {
        name: actor::name(author),
        url: actor::url(author),
        host: actor::host(author),
        colour: leaf::colour(&author.handle),
    }
}

/// A community's card in a list.
pub fn card(place: &Place, lang: Lang, standings: &Standings) -> CommunityCard {
    let (row, group) = place;
    let (name, shown) = name(place, lang);
    let standing = standings.0.get(&group.id);
    CommunityCard {
        name,
        lang: shown.map(|lang| lang.to_string()).unwrap_or_default(),
        purpose: purpose(row, lang),
        url: actor::url(group),
        host: actor::host(group),
        colour: leaf::colour(&group.handle),
        followers: i64::from(group.follower_count),
        threads: i64::from(group.post_count),
        last_at: None,
        languages: actor::languages(&group.languages),
        following: standing.is_some_and(|(accepted, _)| *accepted),
        pending: standing.is_some_and(|(accepted, _)| !accepted),
        unread: standing.map_or(0, |(_, unread)| *unread),
    }
}

/// Builds the header of a community's pages.
pub fn head(
    f: &Frame,
    view: &CommunityView,
    peer: Option<&Peer>,
    moved: Option<&Place>,
    tab: CommunityTab,
) -> Head {
    let (row, group) = &view.place;
    let (name, shown) = name(&view.place, f.lang);
    let url = actor::url(group);
    let host = actor::host(group);
    let facilitates = view.role == Some(MemberRole::Facilitator) && host.is_none();
    Head {
        name,
        lang: shown.map(|lang| lang.to_string()).unwrap_or_default(),
        purpose: purpose(row, f.lang),
        handle: format!(
            "!{}@{}",
            group.handle,
            host.as_ref().unwrap_or(&f.site.host)
        ),
        origin_url: host.is_some().then(|| group.url.clone()),
        host,
        colour: leaf::colour(&group.handle),
        leaf_url: format!("{url}/leaf.svg"),
        followers: i64::from(group.follower_count),
        languages: actor::languages(&group.languages),
        follow: follow(
            f,
            &url,
            view.follow.as_ref().map(|follow| follow.accepted),
            moved.is_some(),
        ),
        tabs: community_tabs(f, &url, tab),
        // Whoever has something to say is sent to where its people are.
        ask_url: moved.is_none().then(|| format!("{url}/new?kind=question")),
        share_url: moved.is_none().then(|| format!("{url}/new")),
        edit_url: facilitates.then(|| format!("{url}/edit")),
        moved: moved.map(|to| place(to, f.lang)),
        silent_since: peer.and_then(silent_since),
        url,
    }
}

/// The time since when a peer has been parked.
fn silent_since(peer: &Peer) -> Option<chrono::DateTime<chrono::Utc>> {
    (peer.state == model::peer::PeerState::Parked).then(|| peer.last_seen.utc())
}

/// The follow button of the page at `url`. `accepted` says whether the follow was accepted, `None`
/// without a follow; `moved` says that the actor has moved.
pub fn follow(f: &Frame, url: &str, accepted: Option<bool>, moved: bool) -> Follow {
    let state = match (&f.me, accepted) {
        (_, None) if moved => FollowState::Moved,
        (None, _) => FollowState::SignedOut,
        (Some(me), _) if me.url == url => FollowState::Mine,
        (Some(_), None) => FollowState::Not,
        (Some(_), Some(false)) => FollowState::Pending,
        (Some(_), Some(true)) => FollowState::Following,
    };
    Follow {
        url: match state {
            FollowState::SignedOut => sign_in_path(url),
            FollowState::Mine
            | FollowState::Moved
            | FollowState::Not
            | FollowState::Pending
            | FollowState::Following => format!("{url}/follow"),
        },
        undo_url: format!("{url}/unfollow"),
        state,
    }
}

/// The software of a peer: `nodebb 4.6`.
pub fn software(peer: &Peer) -> Option<String> {
    let software = peer.software.as_ref()?;
    let version = peer.version.as_deref().unwrap_or_default();
    Some(format!("{software} {version}").trim_end().to_owned())
}

//! Access: gathers what `model::access::may` needs to know, for verbs and for pages.

use crate::{Error, Outcome, Tx};
use model::access::{
    Action, Denied, Place, PostAccess, Presence, Reader, Review, SpaceAccess, Standing, Subject,
    Viewer, may, names_followers, names_members, review,
};
use model::actor::ActorState;
use model::community::Stage;
use model::peer::policy::PeerStanding;
use model::refusal::Rule;
use model::{AccountState, ActorId, MemberRole, Origin, PeerId, PostId, SiteRole, SpaceId, Via};
use store::account::PersonStanding;
use store::{Db, row};

/// How a viewer stands in one place: loaded once, then asked for the place and every post in it.
#[derive(Debug, Clone, Copy)]
pub struct PlaceAccess {
    viewer: Viewer,
    standing: Standing,
    place: Place,
}

/// A place to be loaded.
#[derive(Debug, Clone, Copy)]
pub struct Location {
    /// The space; `None` for posts in no community.
    pub space: Option<SpaceId>,
    /// The thread, of which the viewer may be a guest.
    pub thread: Option<PostId>,
}

impl Location {
    /// Where a post is.
    #[must_use]
    pub const fn of(post: &row::Post) -> Self {
        Self {
            space: post.space_id,
            thread: Some(post.root_id),
        }
    }
}

impl PlaceAccess {
    /// Loads how a viewer stands in a place, in one statement for an open space of a community here.
    ///
    /// # Errors
    /// `NotFound` where there is no such space.
    pub fn load(db: &mut Db, reader: Reader, location: Location) -> Outcome<Self> {
        let (place, standing) = match (location.space, reader.viewer) {
            (Some(space), _) => in_space(db, reader, space, location.thread)?,
            (None, Viewer::Person(id)) => {
                (Place::Personal, person(store::account::standing(db, id)?))
            }
            (None, Viewer::Guest | Viewer::Peer(_) | Viewer::System) => {
                (Place::Personal, Standing::default())
            }
        };
        Ok(Self {
            viewer: reader.viewer,
            standing,
            place,
        })
    }

    /// The viewer's role in the community of the place.
    #[must_use]
    pub const fn role(&self) -> Option<MemberRole> {
        self.standing.role
    }

    /// Whether the viewer facilitates or moderates the community of the place.
    #[must_use]
    pub fn is_moderator(&self) -> bool {
        matches!(
            self.standing.role,
            Some(MemberRole::Facilitator | MemberRole::Moderator)
        )
    }

    /// Whether the viewer administers this instance.
    #[must_use]
    pub const fn is_admin(&self) -> bool {
        self.standing.admin
    }

    /// Whether what the viewer posts in the place, which is in a community, waits for a moderator.
    ///
    /// # Errors
    /// Faults only.
    pub fn waits(&self, db: &mut Db, community: ActorId) -> Outcome<bool> {
        match (review(&self.standing, self.place), self.viewer.person()) {
            (Review::Newcomers, Some(who)) => {
                Ok(!store::moderation::has_posted(db, community, who)?)
            }
            (Review::Everybody, Some(_)) => Ok(true),
            (Review::Nobody | Review::Newcomers | Review::Everybody, _) => Ok(false),
        }
    }

    /// Whether the viewer may do something in the place itself.
    ///
    /// # Errors
    /// Why not.
    pub fn may(&self, action: Action) -> Result<(), Denied> {
        let subject = Subject {
            place: self.place,
            post: None,
        };
        may(self.viewer, &self.standing, &subject, action)
    }

    /// Whether the viewer, who follows the community or does not, is told who follows it.
    ///
    /// # Errors
    /// Why not.
    pub fn names_followers(&self, follows: bool) -> Result<(), Denied> {
        self.may(Action::See)?;
        names_followers(self.viewer, &self.standing, follows).map_err(Denied::Rule)
    }

    /// How the viewer stands in another space of the same community, of which they are a member or not.
    #[must_use]
    pub fn in_other_space(&self, space: &row::Space, is_member: bool) -> Self {
        let mut other = *self;
        other.standing.in_space = is_member;
        other.standing.granted = false;
        if let Place::Space {
            access,
            posting,
            closed,
            ..
        } = &mut other.place
        {
            *access = space.access;
            *posting = space.posting;
            if matches!(*closed, None | Some(Rule::SpaceClosed)) {
                *closed = space.closed_at.map(|_| Rule::SpaceClosed);
            }
        }
        other
    }

    /// Whether the viewer is told who the members of the community are.
    ///
    /// # Errors
    /// Why not.
    pub fn names_members(&self) -> Result<(), Denied> {
        self.may(Action::See)?;
        names_members(self.viewer, &self.standing).map_err(Denied::Rule)
    }

    /// Whether the viewer may do something with a post of the place that they were found to see.
    ///
    /// # Errors
    /// Why not.
    pub fn may_on(&self, action: Action, post: &row::Post) -> Result<(), Denied> {
        let subject = Subject {
            place: self.place,
            post: Some(PostAccess {
                own: self.viewer.person() == Some(post.author_id),
                author: Presence::Shown,
                state: post.state,
                deleted_by: post.deleted_by,
                locked: post.locked_at.is_some(),
                thread: None,
            }),
        };
        may(self.viewer, &self.standing, &subject, action)
    }

    /// A remote community may moderate its own posts, and so may whoever it announces.
    fn speak_for(mut self, by: ActorId, community: Option<ActorId>, origin: &Origin) -> Self {
        let announced = matches!(
            origin,
            Origin::Remote { via: Via::Announced, announcer: Some(group), .. }
                if Some(*group) == community
        );
        let remote = matches!(self.place, Place::Space { local: false, .. });
        self.standing.speaks_for_community = remote && (announced || community == Some(by));
        self
    }
}

/// Whether somebody may moderate a post, as it was said by this origin.
///
/// # Errors
/// `NotFound` where its community is not there.
pub fn can_moderate(
    db: &mut Db,
    reader: Reader,
    post: &row::Post,
    origin: &Origin,
) -> Outcome<bool> {
    let access = PlaceAccess::load(db, reader, Location::of(post))?;
    let by = reader.viewer.person().unwrap_or_default();
    let access = access.speak_for(by, post.community_id, origin);
    Ok(access.may_on(Action::Moderate, post).is_ok())
}

/// What is true of a person everywhere. Somebody unknown may do nothing.
fn person(known: Option<PersonStanding>) -> Standing {
    let active_admin = Some((SiteRole::Admin, AccountState::Active));
    Standing {
        suspended: known.is_none_or(|person| person.state != ActorState::Active),
        admin: known.is_some_and(|person| person.account == active_admin),
        ..Standing::default()
    }
}

/// A space, and how the viewer stands in it.
fn in_space(
    db: &mut Db,
    reader: Reader,
    space: SpaceId,
    thread: Option<PostId>,
) -> Outcome<(Place, Standing)> {
    let who = reader.viewer.person().unwrap_or_default();
    let row =
        store::space::standing(db, space, who, reader.now)?.ok_or(Error::not_found("community"))?;
    let of_person = match reader.viewer {
        Viewer::Person(_) => person(row.person),
        Viewer::Guest | Viewer::Peer(_) | Viewer::System => Standing::default(),
    };
    let standing = Standing {
        role: row.role,
        in_space: row.in_space,
        banned: row.banned,
        granted: match thread {
            Some(thread) if row.access != SpaceAccess::Open => {
                store::space::is_granted(db, thread, who, reader.now)?
            }
            Some(_) | None => false,
        },
        ..of_person
    };
    let local = row.peer_id.is_none();
    let place = Place::Space {
        access: row.access,
        posting: row.posting,
        community: presence(db, row.community_state, row.peer_id)?,
        local,
        closed: match row.community_state {
            ActorState::Deleted => Some(Rule::Closed),
            _ if row.private => Some(Rule::PrivateElsewhere),
            // The server of a remote community says itself what it takes, and sends what it has taken.
            _ if local && row.stage == Stage::Archived => Some(Rule::Archived),
            _ if local && row.stage == Stage::Planned => Some(Rule::Planned),
            _ if row.closed_at.is_some() => Some(Rule::SpaceClosed),
            _ => None,
        },
    };
    Ok((place, standing))
}

/// Whether an actor in a state, ours or a peer's, is shown.
///
/// # Errors
/// Faults only.
pub fn presence(db: &mut Db, state: ActorState, peer: Option<PeerId>) -> Outcome<Presence> {
    if matches!(state, ActorState::Suspended | ActorState::Pending) {
        return Ok(Presence::Withheld);
    }
    if peer.is_none() {
        return Ok(Presence::Shown);
    }
    Ok(match store::peer::rule::stored_standing(db, peer)? {
        PeerStanding::Open => Presence::Shown,
        PeerStanding::Silenced => Presence::Silenced,
        PeerStanding::Blocked => Presence::Withheld,
    })
}

/// Loads a post that somebody acts on, if they see it and may.
///
/// # Errors
/// `NotFound` where it does not exist for them, `Gone` for a tombstone, `NotAllowed` with the rule.
pub fn require(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    id: PostId,
    origin: &Origin,
) -> Outcome<row::Post> {
    require_with_access(tx, by, action, id, origin).map(|(post, _)| post)
}

/// Loads a post that somebody acts on, and how they stand there, if they see it and may.
///
/// # Errors
/// As [`require`].
pub fn require_with_access(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    id: PostId,
    origin: &Origin,
) -> Outcome<(row::Post, PlaceAccess)> {
    let reader = tx.reader(by);
    let post = store::post::by_id(tx.db, reader, id)?.ok_or(Error::not_found("post"))?;
    let access = require_on(tx, by, action, &post, origin)?;
    Ok((post, access))
}

/// Checks that somebody may act on a post that was loaded before; returns how they stand there.
///
/// # Errors
/// As [`require`].
pub fn require_on(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    post: &row::Post,
    origin: &Origin,
) -> Outcome<PlaceAccess> {
    let reader = tx.reader(by);
    let access = PlaceAccess::load(tx.db, reader, Location::of(post))?;
    let access = access.speak_for(by, post.community_id, origin);
    match access.may_on(action, post) {
        Ok(()) => Ok(access),
        Err(denied) => Err(denied.refusal("post").into()),
    }
}

/// Checks that somebody may act in the open space of a community; returns the space, and how they
/// stand there.
///
/// # Errors
/// `NotFound` where there is no such community for them, `NotAllowed` with the rule.
pub fn require_in(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    community: ActorId,
) -> Outcome<(SpaceId, PlaceAccess)> {
    let space = store::space::open_of(tx.db, community)?.ok_or(Error::not_found("community"))?;
    let location = Location {
        space: Some(space),
        thread: None,
    };
    let reader = tx.reader(by);
    let access = PlaceAccess::load(tx.db, reader, location)?;
    match access.may(action) {
        Ok(()) => Ok((space, access)),
        Err(denied) => Err(denied.refusal("community").into()),
    }
}

/// Checks that somebody may act in one of the spaces of a community; returns the space, and how they stand there.
///
/// # Errors
/// `NotFound` where there is no such space in it for them, `NotAllowed` with the rule.
pub fn require_in_space(
    tx: &mut Tx<'_>,
    by: ActorId,
    action: Action,
    (community, space): (ActorId, SpaceId),
) -> Outcome<(row::Space, PlaceAccess)> {
    let row = store::space::by_id(tx.db, space)?
        .filter(|row| row.community_id == community)
        .ok_or(Error::not_found("space"))?;
    let location = Location {
        space: Some(space),
        thread: None,
    };
    let reader = tx.reader(by);
    let access = PlaceAccess::load(tx.db, reader, location)?;
    match access.may(action) {
        Ok(()) => Ok((row, access)),
        Err(denied) => Err(denied.refusal("space").into()),
    }
}

/// Checks that everybody sees a community, and that it takes in what is new.
///
/// # Errors
/// `NotFound`, `NotAllowed(Closed | PrivateElsewhere)`.
pub fn require_open(tx: &mut Tx<'_>, community: ActorId) -> Outcome<()> {
    let space = store::space::open_of(tx.db, community)?.ok_or(Error::not_found("community"))?;
    let location = Location {
        space: Some(space),
        thread: None,
    };
    let reader = Reader {
        viewer: Viewer::Guest,
        now: tx.now,
    };
    let access = PlaceAccess::load(tx.db, reader, location)?;
    access
        .may(Action::See)
        .map_err(|denied| denied.refusal("community"))?;
    match access.place {
        Place::Space {
            closed: Some(rule), ..
        } => Err(Error::not_allowed(rule)),
        Place::Space { closed: None, .. } | Place::Personal => Ok(()),
    }
}

#[cfg(test)]
mod tests;

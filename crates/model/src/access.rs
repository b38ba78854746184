//! Access: the one rule for who may see and do what. Pure; `domain::access` gathers its arguments,
//! `store::visible` is its `See` as SQL, and a test holds the two to the same answers.
//!
//! Who may read is decided by the place; a single post may only be narrower. Unknown means hidden.

use crate::refusal::Rule;
use crate::{ActorId, DeletedBy, MemberRole, PeerId, PostState, Refusal, Time, text_enum};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Nobody who is signed in.
    Guest,
    /// A person, community or service, ours or a peer's, by its actor.
    Person(ActorId),
    /// A remote server that fetches in its own name. It sees what guests see.
    Peer(PeerId),
    /// The server itself, for work on nobody's behalf. Never what a page or an answer is read as.
    System,
}

impl Viewer {
    /// A signed-in person, or a guest.
    #[must_use]
    pub fn of(person: Option<ActorId>) -> Self {
        person.map_or(Self::Guest, Self::Person)
    }

    /// The person who asks, where it is one.
    #[must_use]
    pub const fn person(self) -> Option<ActorId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Guest | Self::Peer(_) | Self::System => None,
        }
    }
}

/// Who reads, and at what time: what every public read of the store takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub viewer: Viewer,
    /// When; a guest's grant may have ended by then.
    pub now: Time,
}

impl Reader {
    /// The software itself, to which nothing is hidden.
    #[must_use]
    pub const fn system(now: Time) -> Self {
        Self {
            viewer: Viewer::System,
            now,
        }
    }
}

text_enum! {
    /// Who may read a space of a community.
    SpaceAccess labelled "space-access" {
        /// Everybody.
        Open = "open",
        /// Members of the community.
        Members = "members",
        /// Members of the space.
        Private = "private",
    }
}

text_enum! {
    /// Who begins threads in a space; whoever reads it replies.
    SpacePosting labelled "space-posting" {
        /// Whoever reads it.
        All = "all",
        /// The community's moderators and facilitators.
        Moderators = "moderators",
        /// Whoever reads it; the first post of a newcomer to the community waits for a moderator.
        ReviewFirst = "review-first",
        /// Whoever reads it; every post of who is no moderator waits for one.
        Review = "review",
    }
}

/// Whether the community of a space, or the author of a post, is shown at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// It is shown.
    Shown,
    /// It is of a silenced peer: guests are not shown it, except for posts in communities of ours.
    Silenced,
    /// It waits for approval, is suspended, or of a blocked peer.
    Withheld,
}

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a space of a community.
    Space {
        /// Who may read there.
        access: SpaceAccess,
        /// Who begins threads there.
        posting: SpacePosting,
        /// Whether the community is shown.
        community: Presence,
        /// The community is hosted here.
        local: bool,
        /// Why nothing is added here, although what is here is read: the community is gone, or is private on
        /// its own server.
        closed: Option<Rule>,
    },
    /// In no community: at its author.
    Personal,
}

/// What the rule needs to know of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostAccess {
    /// The viewer wrote it.
    pub own: bool,
    /// Whether its author, and the peer it came from, are shown.
    pub author: Presence,
    /// Its state.
    pub state: PostState,
    /// Who removed it, of a tombstone.
    pub deleted_by: Option<DeletedBy>,
    /// Its thread is locked.
    pub locked: bool,
    /// The first post of its thread; `None` where it is that itself.
    pub thread: Option<ThreadAccess>,
}

/// What the rule needs to know of the thread a reply is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadAccess {
    /// The viewer began it.
    pub own: bool,
    /// Whether its author, and the peer it came from, are shown.
    pub author: Presence,
    /// Its state.
    pub state: PostState,
}

/// What is to be seen or acted on: a place, or a post in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// Where.
    pub place: Place,
    /// The post; `None` for the place itself.
    pub post: Option<PostAccess>,
}

/// How the viewer stands in the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Their role in the community.
    pub role: Option<MemberRole>,
    /// They are a member of the space.
    pub in_space: bool,
    /// They are a guest of this thread, and that has not ended.
    pub granted: bool,
    /// They are banned from the community, and that has not ended.
    pub banned: bool,
    /// Their account or actor may not act.
    pub suspended: bool,
    /// They administer this instance.
    pub admin: bool,
    /// They are the remote community itself, or what it announced speaks for it.
    pub speaks_for_community: bool,
}

impl Standing {
    /// A moderator or facilitator of the community, or what the remote community itself says.
    #[must_use]
    pub fn moderates(&self) -> bool {
        self.speaks_for_community || self.is_moderator()
    }

    /// A moderator or facilitator of the community in person.
    const fn is_moderator(&self) -> bool {
        matches!(
            self.role,
            Some(MemberRole::Moderator | MemberRole::Facilitator)
        )
    }
}

/// What somebody wants to do. Following is not among them: it needs no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Read it.
    See,
    /// Reply to the post.
    Reply,
    /// Begin a thread in the place.
    Post,
    /// Begin a thread of kind announcement.
    Announce,
    /// React to the post.
    React,
    /// Accept a reply to the post, a question, as an answer, or take that back.
    Accept,
    /// Change the post's text.
    Edit,
    /// Remove the post.
    Remove,
    /// Put a removed post back.
    Restore,
    /// Tell moderators that the post should not be there.
    Report,
    /// Hold, hide and release what others wrote in the place.
    Moderate,
    /// Lock and pin threads of a community of ours; warn and ban people, and note what is known of them.
    KeepOrder,
    /// Change what the community says of itself, its roles and its spaces.
    Manage,
    /// Become a member of the community, or ask to.
    Join,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::See,
        Self::Reply,
        Self::Post,
        Self::Announce,
        Self::React,
        Self::Accept,
        Self::Edit,
        Self::Remove,
        Self::Restore,
        Self::Report,
        Self::Moderate,
        Self::KeepOrder,
        Self::Manage,
        Self::Join,
    ];
}

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denied {
    /// For them it does not exist.
    Hidden,
    /// It was removed.
    Gone,
    /// They see it, but a rule is in the way.
    Rule(Rule),
}

impl Denied {
    /// As a refusal of the thing named.
    #[must_use]
    pub const fn refusal(self, what: &'static str) -> Refusal {
        match self {
            Self::Hidden => Refusal::NotFound(what),
            Self::Gone => Refusal::Gone(what),
            Self::Rule(rule) => Refusal::NotAllowed(rule),
        }
    }
}

/// Whether a viewer may do something.
///
/// # Errors
/// [`Denied`], with the first reason that holds.
pub fn may(
    viewer: Viewer,
    standing: &Standing,
    subject: &Subject,
    action: Action,
) -> Result<(), Denied> {
    if viewer == Viewer::System {
        return Ok(());
    }
    if !sees(viewer, standing, subject) {
        return Err(Denied::Hidden);
    }
    if action == Action::See {
        return Ok(());
    }
    if viewer.person().is_none() {
        return Err(Denied::Rule(Rule::SignedIn));
    }
    if standing.suspended {
        return Err(Denied::Rule(Rule::ActiveAccount));
    }
    acts(standing, subject, action)
}

/// Whether somebody who sees a community is told who follows it: its moderators and facilitators, and
/// those whom it has accepted as followers.
///
/// # Errors
/// `SignedIn`, `ActiveAccount`, `Follower`.
pub fn names_followers(viewer: Viewer, standing: &Standing, follows: bool) -> Result<(), Rule> {
    if viewer == Viewer::System {
        return Ok(());
    }
    if viewer.person().is_none() {
        return Err(Rule::SignedIn);
    }
    if standing.suspended {
        return Err(Rule::ActiveAccount);
    }
    match standing.moderates() || (follows && !standing.banned) {
        true => Ok(()),
        false => Err(Rule::Follower),
    }
}

/// Whether somebody who sees a community is told who its members are: its members.
///
/// # Errors
/// `SignedIn`, `ActiveAccount`, `Member`.
pub fn names_members(viewer: Viewer, standing: &Standing) -> Result<(), Rule> {
    if viewer == Viewer::System {
        return Ok(());
    }
    if viewer.person().is_none() {
        return Err(Rule::SignedIn);
    }
    if standing.suspended {
        return Err(Rule::ActiveAccount);
    }
    match standing.role.is_some() && !standing.banned {
        true => Ok(()),
        false => Err(Rule::Member),
    }
}

/// Whether the subject exists for the viewer.
fn sees(viewer: Viewer, standing: &Standing, subject: &Subject) -> bool {
    let signed_in = viewer.person().is_some();
    let (place, local) = match subject.place {
        Place::Personal => (true, false),
        Place::Space {
            access,
            community,
            local,
            posting: _,
            closed: _,
        } => (
            present(community, signed_in) && reads(standing, access),
            local,
        ),
    };
    let post = subject.post.is_none_or(|post| {
        let thread = post.thread.is_none_or(|thread| {
            // One's own words stay one's own, whatever became of whoever began the thread.
            let author = post.own || present(thread.author, signed_in || local);
            author && shows(standing, thread.state, thread.own)
        });
        present(post.author, signed_in || local) && shows(standing, post.state, post.own) && thread
    });
    place && post
}

/// Whether something is shown, where a silenced one is only if `silenced_is_shown`.
const fn present(presence: Presence, silenced_is_shown: bool) -> bool {
    match presence {
        Presence::Shown => true,
        Presence::Silenced => silenced_is_shown,
        Presence::Withheld => false,
    }
}

/// Whether the viewer may read a space. Somebody banned reads what everybody reads.
const fn reads(standing: &Standing, access: SpaceAccess) -> bool {
    match access {
        SpaceAccess::Open => true,
        SpaceAccess::Members => !standing.banned && (standing.role.is_some() || standing.granted),
        SpaceAccess::Private => !standing.banned && (standing.in_space || standing.granted),
    }
}

/// Whether a post in this state exists for the viewer, who wrote it or did not.
fn shows(standing: &Standing, state: PostState, own: bool) -> bool {
    match state {
        PostState::Live | PostState::Tombstone => true,
        PostState::Held | PostState::Hidden => own || standing.moderates(),
        PostState::Draft => own,
    }
}

/// Whether a person who sees the subject may act on it.
fn acts(standing: &Standing, subject: &Subject, action: Action) -> Result<(), Denied> {
    let post = subject.post;
    let own = post.is_some_and(|post| post.own);
    match action {
        Action::See => Ok(()),
        Action::Post | Action::Reply | Action::React => {
            allow(!standing.banned, Rule::Banned)?;
            open(standing, subject.place)?;
            allow(
                action != Action::Post || begins_threads(standing, subject.place),
                Rule::Moderator,
            )?;
            live(subject, action)?;
            let locked = action == Action::Reply && post.is_some_and(|post| post.locked);
            allow(!locked || standing.moderates(), Rule::Locked)
        }
        Action::Announce => {
            allow(!standing.banned, Rule::Banned)?;
            open(standing, subject.place)?;
            allow(announces(standing, subject.place), Rule::Facilitator)
        }
        // What a community announces is somebody's word, and only these may say it.
        Action::Accept => {
            allow(!standing.banned, Rule::Banned)?;
            open(standing, subject.place)?;
            live(subject, action)?;
            allow(own || standing.is_moderator(), Rule::AskerOrModerator)
        }
        Action::Edit => {
            not_private(subject.place)?;
            live(subject, action)?;
            allow(own, Rule::Author)
        }
        Action::Remove => allow(
            own || standing.moderates() || standing.admin,
            Rule::AuthorOrModerator,
        ),
        Action::Restore => {
            let may = match post.and_then(|post| post.deleted_by) {
                Some(DeletedBy::Author) | None => own,
                Some(DeletedBy::Moderator) => standing.moderates() || standing.admin,
                Some(DeletedBy::Admin) => standing.admin,
            };
            allow(may, Rule::AuthorOrModerator)
        }
        Action::Report => {
            live(subject, action)?;
            allow(!own, Rule::OwnPost)
        }
        Action::Moderate => allow(standing.moderates(), Rule::Moderator),
        Action::KeepOrder | Action::Join | Action::Manage => {
            of_community(standing, subject.place, action)
        }
    }
}

/// Whether a person who sees a community may do what only communities of ours offer.
fn of_community(standing: &Standing, place: Place, action: Action) -> Result<(), Denied> {
    match (place, action) {
        (Place::Space { local: false, .. } | Place::Personal, _) => {
            Err(Denied::Rule(Rule::NotOurs))
        }
        (Place::Space { .. }, Action::Join) => {
            allow(!standing.banned, Rule::Banned)?;
            open(standing, place)
        }
        (Place::Space { .. }, Action::KeepOrder) => allow(standing.moderates(), Rule::Moderator),
        (Place::Space { .. }, _) => allow(
            standing.role == Some(MemberRole::Facilitator),
            Rule::Facilitator,
        ),
    }
}

/// Nobody writes into a community that is gone, or private on its own server.
fn open(standing: &Standing, place: Place) -> Result<(), Denied> {
    match place {
        // What is planned, its facilitators prepare.
        Place::Space {
            closed: Some(Rule::Planned),
            ..
        } if standing.role == Some(MemberRole::Facilitator) => Ok(()),
        Place::Space {
            closed: Some(rule), ..
        } => Err(Denied::Rule(rule)),
        Place::Space { closed: None, .. } | Place::Personal => Ok(()),
    }
}

/// What is said in a community that is private on its own server is not for the public that sees the post
/// here. In one that is gone people may still correct their words.
const fn not_private(place: Place) -> Result<(), Denied> {
    let private = matches!(
        place,
        Place::Space {
            closed: Some(Rule::PrivateElsewhere),
            ..
        }
    );
    allow(!private, Rule::PrivateElsewhere)
}

/// What is written to must be there: nobody replies to, reacts to or edits a tombstone.
const fn live(subject: &Subject, action: Action) -> Result<(), Denied> {
    match (action, subject.post) {
        (Action::Post, _) | (_, None) => Ok(()),
        (_, Some(post)) if matches!(post.state, PostState::Tombstone) => Err(Denied::Gone),
        (_, Some(_)) => Ok(()),
    }
}

/// Whether somebody begins threads in a place in which they may write.
fn begins_threads(standing: &Standing, place: Place) -> bool {
    match place {
        Place::Space {
            posting: SpacePosting::Moderators,
            ..
        } => standing.moderates(),
        Place::Space {
            posting: SpacePosting::All | SpacePosting::ReviewFirst | SpacePosting::Review,
            ..
        }
        | Place::Personal => true,
    }
}

/// Whose posts wait for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Nobody's.
    Nobody,
    /// Theirs, where they have not posted in the community before.
    Newcomers,
    /// Theirs.
    Everybody,
}

/// Whether what somebody posts in a place waits for a moderator.
#[must_use]
pub fn review(standing: &Standing, place: Place) -> Review {
    match place {
        Place::Space { posting, local, .. } if local && !standing.moderates() => match posting {
            SpacePosting::All | SpacePosting::Moderators => Review::Nobody,
            SpacePosting::ReviewFirst => Review::Newcomers,
            SpacePosting::Review => Review::Everybody,
        },
        Place::Space { .. } | Place::Personal => Review::Nobody,
    }
}

/// Announcements are the facilitators'; a peer may let its moderators make them too.
fn announces(standing: &Standing, place: Place) -> bool {
    match place {
        Place::Space { local: true, .. } => standing.role == Some(MemberRole::Facilitator),
        Place::Space { local: false, .. } => standing.moderates(),
        Place::Personal => false,
    }
}

const fn allow(good: bool, rule: Rule) -> Result<(), Denied> {
    if good {
        Ok(())
    } else {
        Err(Denied::Rule(rule))
    }
}

#[cfg(test)]
mod tests;

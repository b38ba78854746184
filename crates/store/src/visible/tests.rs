//! The SQL of the access rule against the rule itself: every place, state and viewer.

use crate::row::{Actor, CommunityBan, Post, PostGrant, Space, SpaceMember};
use crate::testing::rows;
use crate::{Db, Store, StoreError, both, post, space};
use model::access::{
    Action, Place, PostAccess, Presence, Reader, SpaceAccess, Standing, Subject, ThreadAccess,
    Viewer, may,
};
use model::peer::policy::PeerStanding;
use model::{ActorId, ActorState, LangText, MemberRole, PeerId, PostId, PostState, SpaceId, Time};
use std::collections::HashSet;

const AUTHOR: ActorId = ActorId(1);
const SUSPENDED_AUTHOR: ActorId = ActorId(2);
const MEMBER: ActorId = ActorId(3);
const MODERATOR: ActorId = ActorId(4);
const INSIDER: ActorId = ActorId(5);
const GUEST_OF_THREADS: ActorId = ActorId(6);
const FORMER_GUEST: ActorId = ActorId(7);
const STRANGER: ActorId = ActorId(8);
const BANNED: ActorId = ActorId(9);
const SILENCED_AUTHOR: ActorId = ActorId(10);
const BLOCKED_AUTHOR: ActorId = ActorId(11);

const AUTHORS: [ActorId; 4] = [AUTHOR, SUSPENDED_AUTHOR, SILENCED_AUTHOR, BLOCKED_AUTHOR];

/// A post of the grid, with what the rule needs to know of it.
struct Case {
    id: PostId,
    root: Option<(PostState, ActorId)>,
    author: ActorId,
    state: PostState,
    place: Option<(SpaceAccess, Presence)>,
    local: bool,
    community: Option<ActorId>,
}

fn now() -> Time {
    Time::from_unix_millis(1_798_761_600_000)
}

/// A community of the grid.
#[derive(Clone, Copy)]
struct Group {
    id: ActorId,
    state: ActorState,
    /// Whose peer it is of; `None` for a local community.
    of_peer: Option<ActorId>,
    presence: Presence,
}

const GROUPS: [Group; 4] = [
    Group {
        id: ActorId(20),
        state: ActorState::Active,
        of_peer: None,
        presence: Presence::Shown,
    },
    Group {
        id: ActorId(30),
        state: ActorState::Suspended,
        of_peer: None,
        presence: Presence::Withheld,
    },
    Group {
        id: ActorId(40),
        state: ActorState::Active,
        of_peer: Some(SILENCED_AUTHOR),
        presence: Presence::Silenced,
    },
    Group {
        id: ActorId(50),
        state: ActorState::Active,
        of_peer: Some(BLOCKED_AUTHOR),
        presence: Presence::Withheld,
    },
];

/// Where threads of the grid are.
#[derive(Clone, Copy)]
struct Spot {
    space: SpaceId,
    access: SpaceAccess,
    group: Group,
}

/// Fills a database with one thread for each place, author and state, and a reply in each state.
fn fill(db: &mut Db) -> Result<Vec<Case>, StoreError> {
    insert_people(db)?;
    let mut cases = Vec::new();
    for author in AUTHORS {
        insert_threads(db, &mut cases, author, None)?;
    }
    for group in GROUPS {
        insert_group(db, group)?;
        for (step, access) in SpaceAccess::ALL.iter().enumerate() {
            let space = SpaceId(group.id.0 * 10 + i64::try_from(step).unwrap());
            insert_space(db, space, group.id, *access)?;
            for author in AUTHORS {
                let spot = Spot {
                    space,
                    access: *access,
                    group,
                };
                insert_threads(db, &mut cases, author, Some(spot))?;
            }
        }
    }
    Ok(cases)
}

fn insert_people(db: &mut Db) -> Result<(), StoreError> {
    for id in 1..=9 {
        let state = if ActorId(id) == SUSPENDED_AUTHOR {
            ActorState::Suspended
        } else {
            ActorState::Active
        };
        crate::actor::insert(db, &rows::person(ActorId(id), state))?;
    }
    for (who, host, standing) in [
        (SILENCED_AUTHOR, "silenced.test", PeerStanding::Silenced),
        (BLOCKED_AUTHOR, "blocked.test", PeerStanding::Blocked),
    ] {
        let peer = crate::peer::get_or_insert(db, PeerId(who.0), host, now())?;
        crate::peer::rule::set_standing(db, peer, standing)?;
        let row = Actor {
            peer_id: Some(peer),
            host: host.into(),
            ..rows::person(who, ActorState::Active)
        };
        crate::actor::insert(db, &row)?;
    }
    Ok(())
}

/// A community with its members, one of them banned.
fn insert_group(db: &mut Db, group: Group) -> Result<(), StoreError> {
    let host = group.of_peer.map(|_| format!("peer{}.test", group.id));
    let row = Actor {
        kind: model::ActorKind::Group,
        peer_id: group.of_peer.and_then(peer_of),
        host: host.unwrap_or_default(),
        ..rows::person(group.id, group.state)
    };
    crate::actor::insert(db, &row)?;
    crate::community::insert(db, &rows::community(group.id))?;
    for (who, role) in [
        (MEMBER, MemberRole::Member),
        (MODERATOR, MemberRole::Moderator),
        (INSIDER, MemberRole::Member),
        (BANNED, MemberRole::Member),
    ] {
        crate::community::put_member(db, group.id, who, role, now())?;
    }
    let ban = CommunityBan {
        community_id: group.id,
        actor_id: BANNED,
        until: None,
    };
    Ok(space::put_ban(db, &ban)?)
}

/// A space with two members, one of whom is banned from the community.
fn insert_space(
    db: &mut Db,
    id: SpaceId,
    community: ActorId,
    access: SpaceAccess,
) -> Result<(), StoreError> {
    let row = Space {
        id,
        community_id: community,
        access,
        name: LangText::default(),
        created_at: now(),
        posting: model::access::SpacePosting::All,
        closed_at: None,
    };
    space::insert(db, &row)?;
    for who in [INSIDER, BANNED] {
        let member = SpaceMember {
            space_id: id,
            actor_id: who,
            since: now(),
        };
        space::put_member(db, &member)?;
    }
    Ok(())
}

/// A thread in each state, and in each a reply in each state.
fn insert_threads(
    db: &mut Db,
    cases: &mut Vec<Case>,
    author: ActorId,
    spot: Option<Spot>,
) -> Result<(), StoreError> {
    for root_state in PostState::ALL {
        let root = insert_post(db, cases, author, *root_state, spot, None)?;
        for (who, seconds) in [(GUEST_OF_THREADS, 60), (FORMER_GUEST, -60)] {
            let grant = PostGrant {
                post_id: root,
                actor_id: who,
                until: now().plus_seconds(seconds),
            };
            space::put_grant(db, &grant)?;
        }
        for state in PostState::ALL {
            let thread = Some((root, *root_state, author));
            insert_post(db, cases, AUTHOR, *state, spot, thread)?;
        }
    }
    Ok(())
}

fn insert_post(
    db: &mut Db,
    cases: &mut Vec<Case>,
    author: ActorId,
    state: PostState,
    spot: Option<Spot>,
    thread: Option<(PostId, PostState, ActorId)>,
) -> Result<PostId, StoreError> {
    let id = PostId(1_000 + i64::try_from(cases.len()).unwrap());
    let root = thread.map(|(root, ..)| root);
    let row = Post {
        peer_id: peer_of(author),
        space_id: spot.map(|spot| spot.space),
        community_id: spot.map(|spot| spot.group.id),
        parent_id: root,
        root_id: root.unwrap_or(id),
        state,
        ..rows::thread(id, author)
    };
    post::insert(db, &row)?;
    cases.push(Case {
        id,
        root: thread.map(|(_, state, author)| (state, author)),
        author,
        state,
        place: spot.map(|spot| (spot.access, spot.group.presence)),
        local: spot.is_some_and(|spot| spot.group.of_peer.is_none()),
        community: spot.map(|spot| spot.group.id),
    });
    Ok(id)
}

fn peer_of(author: ActorId) -> Option<PeerId> {
    matches!(author, SILENCED_AUTHOR | BLOCKED_AUTHOR).then_some(PeerId(author.0))
}

/// What the rule says.
fn allowed(viewer: Viewer, case: &Case) -> bool {
    let who = viewer.person();
    let presence = |author: ActorId| match author {
        SUSPENDED_AUTHOR | BLOCKED_AUTHOR => Presence::Withheld,
        SILENCED_AUTHOR => Presence::Silenced,
        _ => Presence::Shown,
    };
    let role = case.place.and(match who {
        Some(MEMBER | INSIDER | BANNED) => Some(MemberRole::Member),
        Some(MODERATOR) => Some(MemberRole::Moderator),
        Some(_) | None => None,
    });
    let standing = Standing {
        role,
        in_space: matches!(who, Some(INSIDER | BANNED)),
        granted: who == Some(GUEST_OF_THREADS),
        banned: who == Some(BANNED),
        ..Standing::default()
    };
    let place = case
        .place
        .map_or(Place::Personal, |(access, community)| Place::Space {
            posting: model::access::SpacePosting::All,
            closed: None,
            access,
            community,
            local: case.local,
        });
    let subject = Subject {
        place,
        post: Some(PostAccess {
            locked: false,
            own: who == Some(case.author),
            author: presence(case.author),
            state: case.state,
            deleted_by: None,
            thread: case.root.map(|(state, author)| ThreadAccess {
                own: who == Some(author),
                author: presence(author),
                state,
            }),
        }),
    };
    may(viewer, &standing, &subject, Action::See).is_ok()
}

const VIEWERS: [Viewer; 11] = [
    Viewer::Guest,
    Viewer::Peer(PeerId(1)),
    Viewer::System,
    Viewer::Person(AUTHOR),
    Viewer::Person(MEMBER),
    Viewer::Person(MODERATOR),
    Viewer::Person(INSIDER),
    Viewer::Person(GUEST_OF_THREADS),
    Viewer::Person(FORMER_GUEST),
    Viewer::Person(STRANGER),
    Viewer::Person(BANNED),
];

both! {
    async fn the_database_and_the_rule_give_the_same_answers(store: Store) {
        store.write(|db| {
            let cases = fill(db)?;
            let ids: Vec<PostId> = cases.iter().map(|case| case.id).collect();
            let mut numbers = Vec::new();
            for viewer in VIEWERS {
                let reader = Reader { viewer, now: now() };
                let seen: HashSet<PostId> =
                    post::by_ids(db, reader, &ids)?.iter().map(|post| post.id).collect();
                for case in &cases {
                    assert_eq!(
                        seen.contains(&case.id),
                        allowed(viewer, case),
                        "{viewer:?}: post {} {} of {:?} in {:?}, thread {:?}",
                        case.id, case.state, case.author, case.place, case.root
                    );
                }
                numbers.push(seen.len());
            }
            // The grid tells viewers apart: the rule is not trivially the same for all.
            let differing: HashSet<usize> = numbers.iter().copied().collect();
            assert!(differing.len() >= 6, "{numbers:?}");
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn a_list_of_threads_holds_what_is_live_and_visible(store: Store) {
        store.write(|db| {
            let cases = fill(db)?;
            let list = post::ThreadList::new(post::Within::Community(ActorId(20)), 500);
            for viewer in VIEWERS {
                let reader = Reader { viewer, now: now() };
                let listed: HashSet<PostId> =
                    post::threads(db, reader, &list)?.iter().map(|head| head.id).collect();
                let expected: HashSet<PostId> = cases
                    .iter()
                    .filter(|case| case.root.is_none() && case.state == PostState::Live)
                    .filter(|case| case.community == Some(ActorId(20)))
                    .filter(|case| allowed(viewer, case))
                    .map(|case| case.id)
                    .collect();
                assert_eq!(listed, expected, "{viewer:?}");
            }
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }

    async fn guests_see_neither_silenced_nor_suspended_actors_in_lists(store: Store) {
        store.write(|db| {
            insert_people(db)?;
            insert_group(db, GROUPS[0])?;
            let group = GROUPS[0].id;
            for who in [MEMBER, SUSPENDED_AUTHOR, SILENCED_AUTHOR, BLOCKED_AUTHOR] {
                crate::community::put_member(db, group, who, MemberRole::Facilitator, now())?;
                let follow = crate::row::Follow {
                    id: model::FollowId(who.0),
                    follower_id: who,
                    target_id: group,
                    ap_id: format!("https://alpha.test/follows/{who}"),
                    accepted: true,
                    asked_at: now(),
                };
                crate::follow::insert(db, &follow)?;
            }
            for (viewer, seen) in [
                (Viewer::Guest, vec![MEMBER]),
                (Viewer::Peer(PeerId(1)), vec![MEMBER]),
                (Viewer::Person(STRANGER), vec![MEMBER, SILENCED_AUTHOR]),
            ] {
                let reader = Reader { viewer, now: now() };
                let followers = crate::follow::followers(db, reader, group, model::FollowId(i64::MAX), 9)?;
                let mut followers: Vec<ActorId> = followers.iter().map(|(_, who)| who.id).collect();
                followers.sort();
                assert_eq!(followers, seen, "{viewer:?}");
                let roles = [MemberRole::Facilitator];
                let members = crate::community::members(db, reader, group, &roles, 9)?;
                let mut members: Vec<ActorId> = members.iter().map(|(_, who)| who.id).collect();
                members.sort();
                assert_eq!(members, seen, "{viewer:?}");
            }
            Ok::<_, StoreError>(())
        }).await.unwrap();
    }
}

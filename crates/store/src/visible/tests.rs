//! The SQL of the access rule against the rule itself: every place, state and viewer.

use crate::row::{Actor, CommunityBan, Post, PostGrant, Space, SpaceMember};
use crate::testing::rows;
use crate::{Db, Store, StoreError, both, post, space};
use model::access::{
    Action, Place, PostAccess, Presence, Reader, SpaceAccess, Standing, Subject, ThreadAccess,
    Viewer, may,
};
use model::peer::policy::Standing as PeerStanding;
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

/// Fills a database with one thread for each place, author and state, and a reply in each state.
fn fill(db: &mut Db) -> Result<Vec<Case>, StoreError> {
    for id in 1..=9 {
        let state = if id == 2 {
            ActorState::Suspended
        } else {
            ActorState::Active
        };
        crate::actor::insert(db, &rows::person(ActorId(id), state))?;
    }
    let mut cases = Vec::new();
    for (who, host, standing) in [
        (SILENCED_AUTHOR, "silenced.test", PeerStanding::Silenced),
        (BLOCKED_AUTHOR, "blocked.test", PeerStanding::Blocked),
    ] {
        let peer = crate::peer::meet(db, PeerId(who.0), host, now())?;
        crate::peer::rule::set_standing(db, peer, standing)?;
        let remote = rows::person(who, ActorState::Active);
        crate::actor::insert(
            db,
            &Actor {
                peer_id: Some(peer),
                host: host.into(),
                ..remote
            },
        )?;
    }
    for author in AUTHORS {
        threads(db, &mut cases, author, None)?;
    }
    let communities = [
        (20, ActorState::Active, None, Presence::Shown),
        (30, ActorState::Suspended, None, Presence::Withheld),
        (
            40,
            ActorState::Active,
            Some(SILENCED_AUTHOR),
            Presence::Silenced,
        ),
        (
            50,
            ActorState::Active,
            Some(BLOCKED_AUTHOR),
            Presence::Withheld,
        ),
    ];
    for (number, state, of_peer, presence) in communities {
        let community = ActorId(number);
        let mut group = rows::person(community, state);
        group.kind = model::ActorKind::Group;
        group.peer_id = of_peer.map(|peer| PeerId(peer.0));
        group.host = of_peer
            .map(|_| format!("peer{number}.test"))
            .unwrap_or_default();
        crate::actor::insert(db, &group)?;
        crate::community::insert(db, &rows::community(community))?;
        for (who, role) in [
            (MEMBER, MemberRole::Member),
            (MODERATOR, MemberRole::Moderator),
            (INSIDER, MemberRole::Member),
            (BANNED, MemberRole::Member),
        ] {
            crate::community::put_member(db, community, who, role, now())?;
        }
        space::put_ban(
            db,
            &CommunityBan {
                community_id: community,
                actor_id: BANNED,
                until: None,
            },
        )?;
        for (step, access) in SpaceAccess::ALL.iter().enumerate() {
            let id = SpaceId(number * 10 + i64::try_from(step).unwrap());
            space::insert(
                db,
                &Space {
                    id,
                    community_id: community,
                    access: *access,
                    name: LangText::default(),
                    created_at: now(),
                },
            )?;
            space::put_member(
                db,
                &SpaceMember {
                    space_id: id,
                    actor_id: INSIDER,
                    since: now(),
                },
            )?;
            for author in AUTHORS {
                threads(
                    db,
                    &mut cases,
                    author,
                    Some((id, community, *access, presence)),
                )?;
            }
        }
    }
    Ok(cases)
}

/// A thread in each state, and in each a reply in each state by the same author.
fn threads(
    db: &mut Db,
    cases: &mut Vec<Case>,
    author: ActorId,
    place: Option<(SpaceId, ActorId, SpaceAccess, Presence)>,
) -> Result<(), StoreError> {
    let located = |row: Post| Post {
        peer_id: peer_of(row.author_id),
        space_id: place.map(|(space, ..)| space),
        community_id: place.map(|(_, community, ..)| community),
        ..row
    };
    let shown = place.map(|(_, _, access, presence)| (access, presence));
    let community = place.map(|(_, community, ..)| community);
    let local = community.is_some_and(|id| id.0 <= 30);
    for root_state in PostState::ALL {
        let root = PostId(1_000 + i64::try_from(cases.len()).unwrap());
        post::insert(
            db,
            &located(Post {
                state: *root_state,
                ..rows::thread(root, author)
            }),
        )?;
        for (who, until) in [
            (GUEST_OF_THREADS, now().plus_seconds(60)),
            (FORMER_GUEST, now().plus_seconds(-60)),
        ] {
            space::put_grant(
                db,
                &PostGrant {
                    post_id: root,
                    actor_id: who,
                    until,
                },
            )?;
        }
        cases.push(Case {
            id: root,
            root: None,
            author,
            state: *root_state,
            place: shown,
            local,
            community,
        });
        for state in PostState::ALL {
            let id = PostId(1_000 + i64::try_from(cases.len()).unwrap());
            let reply = Post {
                state: *state,
                parent_id: Some(root),
                root_id: root,
                depth: 1,
                ..rows::thread(id, AUTHOR)
            };
            post::insert(db, &located(reply))?;
            cases.push(Case {
                id,
                root: Some((*root_state, author)),
                author: AUTHOR,
                state: *state,
                place: shown,
                local,
                community,
            });
        }
    }
    Ok(())
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
        in_space: who == Some(INSIDER),
        granted: who == Some(GUEST_OF_THREADS),
        banned: who == Some(BANNED),
        ..Standing::default()
    };
    let place = case
        .place
        .map_or(Place::Personal, |(access, community)| Place::Space {
            access,
            community,
            local: case.local,
        });
    let subject = Subject {
        place,
        post: Some(PostAccess {
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
}

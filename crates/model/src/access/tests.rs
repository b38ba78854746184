//! The access rule as tables: (role × action), (space × role), (post state × role).

use super::*;

const ANN: Viewer = Viewer::Person(ActorId(1));

fn space(access: SpaceAccess) -> Place {
    Place::Space {
        access,
        posting: SpacePosting::All,
        community: Presence::Shown,
        local: true,
        closed: None,
    }
}

fn post(own: bool, state: PostState) -> PostAccess {
    PostAccess {
        own,
        author: Presence::Shown,
        state,
        deleted_by: None,
        thread: None,
    }
}

fn role(role: MemberRole) -> Standing {
    Standing {
        role: Some(role),
        ..Standing::default()
    }
}

/// One letter an action: `y` allowed, `n` a rule is in the way, `-` hidden, `g` gone.
fn row(viewer: Viewer, standing: &Standing, subject: &Subject) -> String {
    let letter = |action: &Action| match may(viewer, standing, subject, *action) {
        Ok(()) => 'y',
        Err(Denied::Hidden) => '-',
        Err(Denied::Gone) => 'g',
        Err(Denied::Rule(_)) => 'n',
    };
    Action::ALL.iter().map(letter).collect()
}

#[test]
fn what_each_role_may_do_with_somebody_elses_post() {
    let subject = Subject {
        place: space(SpaceAccess::Open),
        post: Some(post(false, PostState::Live)),
    };
    let admin = Standing {
        admin: true,
        ..Standing::default()
    };
    let banned = Standing {
        banned: true,
        ..role(MemberRole::Member)
    };
    let suspended = Standing {
        suspended: true,
        ..role(MemberRole::Facilitator)
    };
    let remote = Standing {
        speaks_for_community: true,
        ..Standing::default()
    };
    let table = [
        //                                                     See Reply Post Announce React Accept Edit Remove Restore Moderate Manage Join
        (Viewer::Guest, Standing::default(), "ynnnnnnnnnnn"),
        (Viewer::Peer(PeerId(1)), Standing::default(), "ynnnnnnnnnnn"),
        (ANN, Standing::default(), "yyynynnnnnny"),
        (ANN, role(MemberRole::Member), "yyynynnnnnny"),
        (ANN, role(MemberRole::Moderator), "yyynyynynyny"),
        (ANN, role(MemberRole::Facilitator), "yyyyyynynyyy"),
        (ANN, admin, "yyynynnynnny"),
        (ANN, banned, "ynnnnnnnnnnn"),
        (ANN, suspended, "ynnnnnnnnnnn"),
        (ANN, remote, "yyynynnynyny"),
        (Viewer::System, Standing::default(), "yyyyyyyyyyyy"),
    ];
    for (viewer, standing, expected) in table {
        assert_eq!(
            row(viewer, &standing, &subject),
            expected,
            "{viewer:?} {standing:?}"
        );
    }
}

#[test]
fn what_an_author_may_do_with_their_own_post() {
    let own = |state, deleted_by| Subject {
        place: space(SpaceAccess::Open),
        post: Some(PostAccess {
            deleted_by,
            ..post(true, state)
        }),
    };
    let member = role(MemberRole::Member);
    assert_eq!(
        row(ANN, &member, &own(PostState::Live, None)),
        "yyynyyyyynny"
    );
    assert_eq!(
        row(ANN, &member, &own(PostState::Draft, None)),
        "yyynyyyyynny"
    );
    let removed = own(PostState::Tombstone, Some(DeletedBy::Author));
    assert_eq!(row(ANN, &member, &removed), "ygyngggyynny");
    let moderated = own(PostState::Tombstone, Some(DeletedBy::Moderator));
    assert_eq!(
        may(ANN, &member, &moderated, Action::Restore),
        Err(Denied::Rule(Rule::AuthorOrModerator))
    );
    assert_eq!(
        may(
            ANN,
            &role(MemberRole::Moderator),
            &moderated,
            Action::Restore
        ),
        Ok(())
    );
    let by_admin = own(PostState::Tombstone, Some(DeletedBy::Admin));
    assert!(
        may(
            ANN,
            &role(MemberRole::Facilitator),
            &by_admin,
            Action::Restore
        )
        .is_err()
    );
}

#[test]
fn who_reads_each_kind_of_space() {
    let in_space = Standing {
        in_space: true,
        ..role(MemberRole::Member)
    };
    let granted = Standing {
        granted: true,
        ..Standing::default()
    };
    let facilitator = role(MemberRole::Facilitator);
    let banned = Standing {
        banned: true,
        in_space: true,
        granted: true,
        ..role(MemberRole::Member)
    };
    let readers = [
        (Viewer::Guest, Standing::default(), [true, false, false]),
        (ANN, Standing::default(), [true, false, false]),
        (ANN, role(MemberRole::Member), [true, true, false]),
        (ANN, facilitator, [true, true, false]),
        (ANN, in_space, [true, true, true]),
        (ANN, granted, [true, true, true]),
        (ANN, banned, [true, false, false]),
    ];
    for (viewer, standing, expected) in readers {
        let seen = [
            SpaceAccess::Open,
            SpaceAccess::Members,
            SpaceAccess::Private,
        ]
        .map(|access| {
            let subject = Subject {
                place: space(access),
                post: Some(post(false, PostState::Live)),
            };
            may(viewer, &standing, &subject, Action::See).is_ok()
        });
        assert_eq!(seen, expected, "{viewer:?} {standing:?}");
    }
}

#[test]
fn where_moderators_post_others_reply() {
    let announcements = |closed| Subject {
        place: Place::Space {
            access: SpaceAccess::Members,
            posting: SpacePosting::Moderators,
            community: Presence::Shown,
            local: true,
            closed,
        },
        post: None,
    };
    let may = |standing, action, closed| may(ANN, &standing, &announcements(closed), action);
    let moderator = MemberRole::Moderator;
    assert_eq!(may(role(moderator), Action::Post, None), Ok(()));
    let refused = Err(Denied::Rule(Rule::Moderator));
    assert_eq!(may(role(MemberRole::Member), Action::Post, None), refused);
    assert_eq!(may(role(MemberRole::Member), Action::Reply, None), Ok(()));
    assert_eq!(
        may(Standing::default(), Action::Reply, None),
        Err(Denied::Hidden)
    );
    let closed = Some(Rule::SpaceClosed);
    for action in [Action::Post, Action::Reply, Action::React] {
        let refused = Err(Denied::Rule(Rule::SpaceClosed));
        assert_eq!(may(role(moderator), action, closed), refused, "{action:?}");
    }
    assert_eq!(may(role(moderator), Action::See, closed), Ok(()));
}

#[test]
fn who_sees_each_state_of_a_post() {
    let moderator = role(MemberRole::Moderator);
    for (state, anyone, own, moderators) in [
        (PostState::Live, true, true, true),
        (PostState::Tombstone, true, true, true),
        (PostState::Held, false, true, true),
        (PostState::Hidden, false, true, true),
        (PostState::Draft, false, true, false),
    ] {
        let sees = |standing: &Standing, own: bool| {
            let alone = Subject {
                place: space(SpaceAccess::Open),
                post: Some(post(own, state)),
            };
            let in_thread = Subject {
                place: space(SpaceAccess::Open),
                post: Some(PostAccess {
                    thread: Some(ThreadAccess {
                        own,
                        author: Presence::Shown,
                        state,
                    }),
                    ..post(false, PostState::Live)
                }),
            };
            let seen = may(ANN, standing, &alone, Action::See).is_ok();
            assert_eq!(may(ANN, standing, &in_thread, Action::See).is_ok(), seen);
            seen
        };
        let stranger = Standing::default();
        let seen = (
            sees(&stranger, false),
            sees(&stranger, true),
            sees(&moderator, false),
        );
        assert_eq!(seen, (anyone, own, moderators), "{state}");
    }
}

#[test]
fn what_is_withheld_exists_for_nobody() {
    let facilitator = role(MemberRole::Facilitator);
    let suspended_community = Subject {
        place: Place::Space {
            access: SpaceAccess::Open,
            posting: SpacePosting::All,
            community: Presence::Withheld,
            local: true,
            closed: None,
        },
        post: None,
    };
    let suspended_author = Subject {
        place: space(SpaceAccess::Open),
        post: Some(PostAccess {
            author: Presence::Withheld,
            ..post(true, PostState::Live)
        }),
    };
    for subject in [suspended_community, suspended_author] {
        assert_eq!(
            row(ANN, &facilitator, &subject),
            "-".repeat(Action::ALL.len())
        );
    }
}

#[test]
fn guests_read_what_is_silenced_only_in_our_communities() {
    let silenced = |local| Subject {
        place: Place::Space {
            access: SpaceAccess::Open,
            posting: SpacePosting::All,
            community: Presence::Shown,
            local,
            closed: None,
        },
        post: Some(PostAccess {
            author: Presence::Silenced,
            ..post(false, PostState::Live)
        }),
    };
    let sees =
        |viewer, subject: &Subject| may(viewer, &Standing::default(), subject, Action::See).is_ok();
    assert!(sees(Viewer::Guest, &silenced(true)));
    assert!(!sees(Viewer::Guest, &silenced(false)));
    assert!(sees(ANN, &silenced(false)));
    let community = Subject {
        place: Place::Space {
            access: SpaceAccess::Open,
            posting: SpacePosting::All,
            community: Presence::Silenced,
            local: false,
            closed: None,
        },
        post: None,
    };
    assert!(!sees(Viewer::Guest, &community));
    assert!(sees(ANN, &community));
}

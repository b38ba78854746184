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
        locked: false,
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
        //                                                     See Reply Post Announce React Accept Edit Remove Restore Report Moderate KeepOrder Manage Join
        (Viewer::Guest, Standing::default(), "ynnnnnnnnnnnnn"),
        (
            Viewer::Peer(PeerId(1)),
            Standing::default(),
            "ynnnnnnnnnnnnn",
        ),
        (ANN, Standing::default(), "yyynynnnnynnny"),
        (ANN, role(MemberRole::Member), "yyynynnnnynnny"),
        (ANN, role(MemberRole::Moderator), "yyynyynynyyyny"),
        (ANN, role(MemberRole::Facilitator), "yyyyyynynyyyyy"),
        (ANN, admin, "yyynynnynynnny"),
        (ANN, banned, "ynnnnnnnnynnnn"),
        (ANN, suspended, "ynnnnnnnnnnnnn"),
        (ANN, remote, "yyynynnynyyyny"),
        (Viewer::System, Standing::default(), "yyyyyyyyyyyyyy"),
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
        "yyynyyyyynnnny"
    );
    assert_eq!(
        row(ANN, &member, &own(PostState::Draft, None)),
        "yyynyyyyynnnny"
    );
    let removed = own(PostState::Tombstone, Some(DeletedBy::Author));
    assert_eq!(row(ANN, &member, &removed), "ygyngggyygnnny");
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
fn what_is_archived_is_read_only_and_what_is_planned_its_facilitators_prepare() {
    let place = |rule| Subject {
        place: Place::Space {
            access: SpaceAccess::Open,
            posting: SpacePosting::All,
            community: Presence::Shown,
            local: true,
            closed: Some(rule),
        },
        post: None,
    };
    for who in [
        MemberRole::Member,
        MemberRole::Moderator,
        MemberRole::Facilitator,
    ] {
        let prepares = who == MemberRole::Facilitator;
        for action in [Action::Post, Action::Join, Action::Announce] {
            let may = |rule| may(ANN, &role(who), &place(rule), action);
            assert_eq!(may(Rule::Archived), Err(Denied::Rule(Rule::Archived)));
            assert_eq!(may(Rule::Planned).is_ok(), prepares, "{who} {action:?}");
        }
        for rule in [Rule::Archived, Rule::Planned] {
            let may = |action| may(ANN, &role(who), &place(rule), action);
            assert_eq!(may(Action::See), Ok(()));
            assert_eq!(may(Action::Manage).is_ok(), prepares);
        }
    }
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

#[test]
fn who_keeps_order_in_each_kind_of_space() {
    let facilitator = role(MemberRole::Facilitator);
    let inside = Standing {
        in_space: true,
        ..role(MemberRole::Moderator)
    };
    let admin = Standing {
        admin: true,
        ..Standing::default()
    };
    let suspended = Standing {
        suspended: true,
        ..role(MemberRole::Moderator)
    };
    // Report, Moderate and KeepOrder, in an open space, one for members and a private one.
    let table = [
        (Viewer::Guest, Standing::default(), ["nnn", "---", "---"]),
        (ANN, Standing::default(), ["ynn", "---", "---"]),
        (ANN, role(MemberRole::Member), ["ynn", "ynn", "---"]),
        (ANN, role(MemberRole::Moderator), ["yyy", "yyy", "---"]),
        (ANN, facilitator, ["yyy", "yyy", "---"]),
        (ANN, inside, ["yyy", "yyy", "yyy"]),
        (ANN, suspended, ["nnn", "nnn", "---"]),
        (ANN, admin, ["ynn", "---", "---"]),
    ];
    let actions = [Action::Report, Action::Moderate, Action::KeepOrder];
    for (viewer, standing, expected) in table {
        let spaces = [
            SpaceAccess::Open,
            SpaceAccess::Members,
            SpaceAccess::Private,
        ];
        let found = spaces.map(|access| {
            let subject = Subject {
                place: space(access),
                post: Some(post(false, PostState::Live)),
            };
            let letter = |action| match may(viewer, &standing, &subject, action) {
                Ok(()) => 'y',
                Err(Denied::Hidden) => '-',
                Err(Denied::Gone) => 'g',
                Err(Denied::Rule(_)) => 'n',
            };
            actions.map(letter).into_iter().collect::<String>()
        });
        assert_eq!(found, expected, "{viewer:?} {standing:?}");
    }
}

#[test]
fn nobody_here_keeps_order_elsewhere() {
    let elsewhere = Subject {
        place: Place::Space {
            access: SpaceAccess::Open,
            posting: SpacePosting::All,
            community: Presence::Shown,
            local: false,
            closed: None,
        },
        post: Some(post(false, PostState::Live)),
    };
    assert_eq!(
        may(
            ANN,
            &role(MemberRole::Moderator),
            &elsewhere,
            Action::KeepOrder
        ),
        Err(Denied::Rule(Rule::NotOurs))
    );
}

#[test]
fn in_a_locked_thread_only_moderators_reply() {
    let locked = Subject {
        place: space(SpaceAccess::Open),
        post: Some(PostAccess {
            locked: true,
            ..post(false, PostState::Live)
        }),
    };
    let may = |standing, action| may(ANN, &standing, &locked, action);
    let refused = Err(Denied::Rule(Rule::Locked));
    assert_eq!(may(role(MemberRole::Member), Action::Reply), refused);
    assert_eq!(may(role(MemberRole::Member), Action::React), Ok(()));
    assert_eq!(may(role(MemberRole::Moderator), Action::Reply), Ok(()));
}

#[test]
fn whose_posts_wait_for_a_moderator() {
    let place = |posting, local| Place::Space {
        access: SpaceAccess::Open,
        posting,
        community: Presence::Shown,
        local,
        closed: None,
    };
    let anybody = Standing::default();
    for (standing, posting, local, expected) in [
        (anybody, SpacePosting::All, true, Review::Nobody),
        (anybody, SpacePosting::Moderators, true, Review::Nobody),
        (anybody, SpacePosting::ReviewFirst, true, Review::Newcomers),
        (anybody, SpacePosting::Review, true, Review::Everybody),
        (anybody, SpacePosting::Review, false, Review::Nobody),
        (
            role(MemberRole::Member),
            SpacePosting::Review,
            true,
            Review::Everybody,
        ),
        (
            role(MemberRole::Moderator),
            SpacePosting::Review,
            true,
            Review::Nobody,
        ),
    ] {
        let found = review(&standing, place(posting, local));
        assert_eq!(found, expected, "{standing:?} {posting}");
    }
}

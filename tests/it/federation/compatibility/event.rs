//! Calendars: Mobilizon, WordPress's events and Gancio. Until there is a calendar here, an event is a thread
//! with time and place.

use super::fixture_network::FixtureNetwork;
use super::fixture_table::{ANN, FixtureTable, line};

const MARKET: &str = "https://mobilizon.example/@market";

pub(super) const MOBILIZON: FixtureTable = FixtureTable {
    served: &["mobilizon/group", "mobilizon/person"],
    followed: &["mobilizon/group"],
    lines: &[
        line("mobilizon/accept-follow", "mobilizon/group", "done").looks(MARKET, "“Market square” market@mobilizon.example; followed by ann"),
        line("mobilizon/announce-create-event", "mobilizon/group", "done").looks(
            "https://mobilizon.example/events/5d0a1f2e-7c1b-4f43-9d57-3b1a3f7f7a10",
            "“Seed exchange” by zoe@mobilizon.example in market@mobilizon.example: [2026-12-12T13:00:00Z–2026-12-12T16:00:00Z Halle, 2 place du Marché, 49100, Angers, France] Bring what you have too much of. Banner Website",
        ),
        line("mobilizon/announce-event", "mobilizon/group", "done").looks(MARKET, "“Market square” market@mobilizon.example; followed by ann; has “Seed exchange”"),
        line("mobilizon/create-comment", "mobilizon/person", "done")
            .looks("https://mobilizon.example/comments/9b1d", "reply by zoe@mobilizon.example in weavers@alpha.example: I can bring beans."),
        line(
            "mobilizon/create-discussion",
            "mobilizon/person",
            "ignored: not public",
        )
        .looks("https://mobilizon.example/comments/9b1e", "not here"),
        line(
            "mobilizon/join-event",
            "mobilizon/person",
            "ignored: membership and RSVP are not taken by wire yet",
        ),
        line(
            "mobilizon/leave-event",
            "mobilizon/person",
            "ignored: membership and RSVP are not taken by wire yet",
        ),
        line(
            "mobilizon/join-group",
            "mobilizon/person",
            "ignored: membership and RSVP are not taken by wire yet",
        ),
        line(
            "mobilizon/invite",
            "mobilizon/person",
            "ignored: membership and RSVP are not taken by wire yet",
        ),
    ],
    looked: &[],
    unasked: &[],
};

pub(super) const CALENDARS: FixtureTable = FixtureTable {
    served: &["wordpress/person", "gancio/application"],
    followed: &["wordpress/person", "gancio/application"],
    lines: &[
        line("wordpress/accept-follow", "wordpress/person", "done")
            .with(&[("https://snac.example/sol", ANN)])
            .looks("https://wp.example/?author=1", "“wanda” wanda@wp.example; followed by ann"),
        line("wordpress/create-event", "wordpress/person", "done")
            .looks("https://wp.example/?p=41", "“Seed and story evening” by wanda@wp.example: [2026-12-09T18:00:00Z–2026-12-09T20:00:00Z Mill Lane library, Room 2] Bring a cutting and a story. Tickets"),
        line("wordpress/update-without-id", "wordpress/person", "done")
            .meanwhile("wordpress/person", "name", r#""Wanda Woods""#)
            .looks("https://wp.example/?author=1", "“Wanda Woods” wanda@wp.example; followed by ann"),
        line("gancio/accept-follow", "gancio/application", "done")
            .with(&[("https://gts.example/users/gil", ANN)])
            .looks("https://gancio.example/federation/u/relay", "“Harbour agenda” relay@gancio.example: What happens around the harbour; followed by ann"),
        line("gancio/create-event", "gancio/application", "done")
            .looks("https://gancio.example/federation/m/5", "“Net-mending morning” by relay@gancio.example: [2026-12-05T09:00:00Z–2026-12-05T11:00:00Z Boat shed, 4 Quay St] Needles and twine are there."),
    ],
    looked: &[],
    unasked: &[("gancio/place", "stands within each event")],
};

/// Documents that somebody looks up by URL. The actor of WordPress's blog is not among the fixtures, so it
/// cannot confirm that the event belongs to it.
pub(super) const LOOKED_UP: FixtureTable = FixtureTable {
    served: &[
        "wordpress/person",
        "wordpress/event",
        "gancio/application",
        "gancio/event",
        "piefed/group",
        "piefed/person",
        "piefed/page",
    ],
    followed: &[],
    lines: &[],
    looked: &[
        (
            "wordpress/event",
            "https://wp.example/?p=41",
            "“Seed and story evening” by wanda@wp.example: [2026-12-09T18:00:00Z–2026-12-09T20:00:00Z Mill Lane library, Room 2] Bring a cutting and a story. Tickets",
        ),
        (
            "gancio/event",
            "https://gancio.example/federation/m/5",
            "“Net-mending morning” by relay@gancio.example: [2026-12-05T09:00:00Z–2026-12-05T11:00:00Z Boat shed, 4 Quay St] Needles and twine are there.",
        ),
        (
            "piefed/page",
            "https://piefed.example/c/orchards/p/12/pruning-quince",
            "“Pruning quince” by pim@piefed.example in orchards@piefed.example: When do you prune a quince?",
        ),
    ],
    unasked: &[],
};

#[tokio::test]
async fn activities_of_a_followed_mobilizon_group() {
    FixtureNetwork::new().await.send_all(&MOBILIZON).await;
}

#[tokio::test]
async fn documents_looked_up_by_url() {
    FixtureNetwork::new().await.send_all(&LOOKED_UP).await;
}

#[tokio::test]
async fn activities_of_followed_calendars() {
    FixtureNetwork::new().await.send_all(&CALENDARS).await;
}

#[tokio::test]
async fn an_event_shows_when_and_where_and_other_times_are_an_edit() {
    let net = FixtureNetwork::new().await;
    net.prepare(&CALENDARS).await;
    let relay = net.fixture("gancio/application", &[]);
    let mut activity = net.fixture("gancio/create-event", &[]);
    assert_eq!(net.send(&relay, &activity).await, "done");
    let id = activity["object"]["id"].as_str().unwrap().to_owned();
    let page = net.page_of(&id).await;
    let english = net.ann.page(&page).await;
    for value in [
        "5 December 2026, 10:00–12:00 UTC+1",
        "5 December 2026, 09:00–11:00 UTC",
        "Boat shed, 4 Quay St",
    ] {
        assert!(english.contains(&format!(">{value}<")), "{english}");
    }
    let french = net.ann.page(&format!("{page}?lang=fr")).await;
    assert!(french.contains(
        "<dt>Quand</dt><dd>5 décembre 2026, 10\u{a0}h\u{a0}00 – 12\u{a0}h\u{a0}00 UTC+1</dd>"
    ));

    activity["type"] = "Update".into();
    activity["id"] = format!("{id}#update").into();
    activity["object"]["startTime"] = "2026-12-05T11:00:00+01:00".into();
    net.publish(activity["object"].clone());
    assert_eq!(net.send(&relay, &activity).await, "done");
    assert!(net.ann.find(&id).await.unwrap().edited);
    let api = net
        .ann
        .page(&format!("/api/hedgerow/v1/posts{}", &page[2..]))
        .await;
    let post: serde_json::Value = serde_json::from_str(&api).unwrap();
    let event = serde_json::json!({
        "starts": "2026-12-05T10:00:00Z",
        "ends": "2026-12-05T11:00:00Z",
        "utc_offset": 3_600,
        "place": "Boat shed, 4 Quay St",
    });
    assert_eq!(post["details"]["event"], event);
    assert!(post["edited"].is_string());
}

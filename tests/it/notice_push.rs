//! Notices by web push, over real HTTP to a push service.

use model::notice_push::{PushFailureKind, PushState};
use testkit::{
    Browser, Community, Instance, Network, Person, PostSnapshot, PushBrowser, PushServer,
};

/// A little more than the pause before a message.
const PAUSE: i64 = 12;
const HOUR: i64 = 3_600;

/// An instance with Ann, who has begun a thread and turned messages on, and Bob.
struct Scene {
    net: Network,
    service: PushServer,
    alpha: Instance,
    ann: Person,
    bob: Person,
    weavers: Community,
    thread: PostSnapshot,
    /// Ann's, signed in.
    pages: Browser,
    browser: PushBrowser,
}

impl Scene {
    async fn new() -> Self {
        let net = Network::new();
        net.stop_clock();
        let alpha = net.instance("alpha.test").await;
        let service = PushServer::start(&net, "push.test").await;
        let (ann, bob) = (alpha.person("ann").await, alpha.person("bob").await);
        let weavers = ann.found_community("weavers").await;
        let thread = ann.start_discussion(&weavers, "Warping a heddle").await;
        let mut pages = Browser::new(&alpha);
        pages.keep("hedgerow", &ann.sign_in().await);
        let browser = service.browser("ann");
        let mut this = Self {
            net,
            service,
            alpha,
            ann,
            bob,
            weavers,
            thread,
            pages,
            browser,
        };
        let fields = this.browser.fields();
        assert_eq!(this.turn_on(&fields).await, 303);
        this.net.settle().await;
        this
    }

    /// Sends the form with which a browser is turned on.
    async fn turn_on(&mut self, fields: &[(&str, String)]) -> u16 {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let path = "/settings/notices/push";
        self.pages.submit(path, &fields).await.status
    }

    /// Lets time pass, and what is due be done.
    async fn pass(&self, seconds: i64) {
        self.net.advance(seconds);
        self.net.settle().await;
        // One message to an account goes out at a time; the others wait a little.
        for _ in 0..2 {
            self.net.advance(3);
            self.net.settle().await;
        }
    }

    /// The newest message: its state and why.
    async fn newest(&self) -> (PushState, String) {
        let ann = self.ann.id();
        let read = move |db: &mut store::Db| Ok(store::notice_push::newest(db, ann, 1)?);
        let row = self.alpha.read(read).await.remove(0);
        (row.state, row.failure)
    }

    /// In how many browsers Ann gets messages.
    async fn browsers(&self) -> usize {
        let ann = self.ann.id();
        let read = move |db: &mut store::Db| Ok(store::notice_push::subscriptions(db, ann)?);
        self.alpha.read(read).await.len()
    }
}

#[tokio::test]
async fn a_browser_is_told_of_a_reply_without_its_words() {
    let mut s = Scene::new().await;
    let page = s.pages.open("/settings/notices").await.body;
    assert!(page.contains("Turned on in this browser"), "{page}");
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.bob.reply(&s.thread, "Or two of them.").await;
    s.net.settle().await;
    assert_eq!(s.service.posted().len(), 0, "it may be read in the page");
    s.pass(PAUSE).await;
    let posted = s.service.posted();
    let [push] = posted.as_slice() else {
        panic!("{posted:#?}");
    };
    assert_eq!(push.path, "/to/ann");
    for (name, value) in [
        ("content-encoding", "aes128gcm"),
        ("content-type", "application/octet-stream"),
        ("ttl", "86400"),
    ] {
        assert_eq!(push.header(name), value, "{name}");
    }
    assert!(push.header("topic").len() <= 32);
    let vapid = push.header("authorization");
    assert!(vapid.starts_with("vapid t=ey"), "{vapid}");
    let message = s.browser.read(push);
    assert_eq!(message["title"], "weavers");
    assert_eq!(message["body"], "You have a new notification");
    assert!(message["path"].as_str().unwrap().starts_with("/p/"));
    assert!(!message.to_string().contains("peg"), "{message}");
    assert!(!message.to_string().contains("Warping"), "{message}");
    assert_eq!(s.newest().await, (PushState::Sent, String::new()));
    let page = s.pages.open("/settings/notices").await.body;
    assert!(page.contains("Delivered to the push service"), "{page}");
}

#[tokio::test]
async fn what_was_read_in_the_page_is_not_sent() {
    let s = Scene::new().await;
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    let ann = s.ann.id();
    let see =
        move |tx: &mut domain::Tx<'_>| domain::notice::see(tx, ann, model::NoticeId(i64::MAX));
    s.alpha.ops().write(see).await.unwrap();
    s.pass(PAUSE).await;
    assert_eq!(s.service.posted().len(), 0);
}

#[tokio::test]
async fn a_browser_that_is_gone_or_signed_out_gets_nothing_more() {
    for status in [404, 410] {
        let s = Scene::new().await;
        s.service.answer_with(status, None);
        s.bob.reply(&s.thread, "Use a warping peg.").await;
        s.pass(PAUSE).await;
        let gone = PushFailureKind::Gone.to_string();
        assert_eq!(s.newest().await, (PushState::Ended, gone), "{status}");
        assert_eq!(s.browsers().await, 0, "{status}");
        s.bob.reply(&s.thread, "Or two of them.").await;
        s.pass(HOUR).await;
        assert_eq!(s.service.posted().len(), 1, "{status}");
    }
    let mut s = Scene::new().await;
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    assert_eq!(s.pages.submit("/sign-out", &[]).await.status, 303);
    s.pass(PAUSE).await;
    assert_eq!(s.service.posted().len(), 0, "signed out");
}

#[tokio::test]
async fn a_service_that_fails_is_tried_again_and_given_up_after_a_day() {
    let s = Scene::new().await;
    s.service.answer_with(503, None);
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.pass(PAUSE).await;
    let failing = PushFailureKind::Failing.to_string();
    assert_eq!(s.newest().await, (PushState::Queued, failing.clone()));
    s.service.answer_with(201, None);
    s.pass(60).await;
    assert_eq!(s.newest().await.0, PushState::Sent);
    s.service.answer_with(503, None);
    s.bob.reply(&s.thread, "Or two of them.").await;
    for _ in 0..30 {
        s.pass(HOUR).await;
    }
    assert_eq!(s.newest().await, (PushState::GivenUp, failing));
    assert_eq!(s.browsers().await, 1);
    let aside = s.alpha.set_aside().await;
    assert_eq!(aside.jobs, 0, "{:?}", s.alpha.reasons().await);
}

#[tokio::test]
async fn a_service_that_wants_to_be_left_alone_is() {
    let s = Scene::new().await;
    s.service.answer_with(429, Some(("retry-after", "600")));
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.service.posted().len(), 1);
    s.service.answer_with(201, None);
    let other = s.ann.start_discussion(&s.weavers, "Weaving").await;
    s.bob.reply(&other, "Slowly.").await;
    s.pass(300).await;
    assert_eq!(s.service.posted().len(), 1, "neither of the two");
    s.pass(400).await;
    assert_eq!(s.service.posted().len(), 3);
}

#[tokio::test]
async fn a_private_address_is_refused_and_so_is_a_service_that_redirects() {
    let mut s = Scene::new().await;
    // An address is refused before anything is stored.
    for endpoint in [
        "http://127.0.0.1/to/ann",
        "https://10.0.0.1/x",
        "http://push.test:99/x",
    ] {
        let browser = PushBrowser::new(endpoint.to_owned());
        assert_eq!(s.turn_on(&browser.fields()).await, 400, "{endpoint}");
    }
    assert_eq!(s.browsers().await, 1);
    s.service
        .answer_with(307, Some(("location", "http://alpha.test/")));
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.pass(PAUSE).await;
    let redirect = PushFailureKind::Redirect.to_string();
    assert_eq!(s.newest().await, (PushState::Refused, redirect));
    assert_eq!((s.browsers().await, s.service.posted().len()), (0, 1));
}

#[tokio::test]
async fn nobody_learns_what_a_name_leads_to_in_the_network_of_the_server() {
    let mut seen = Vec::new();
    // A name with a private address, and one with none.
    for host in ["inside.localhost", "nowhere.test"] {
        let mut s = Scene::new().await;
        let browser = PushBrowser::new(format!("http://{host}/to/ann"));
        assert_eq!(s.turn_on(&browser.fields()).await, 303, "{host}");
        s.bob.reply(&s.thread, "Use a warping peg.").await;
        let mut states = Vec::new();
        for seconds in [PAUSE, 60, HOUR, 24 * HOUR, 24 * HOUR, HOUR] {
            s.pass(seconds).await;
            let page = s.pages.open("/settings/notices").await.body;
            states.push((
                s.newest().await,
                s.browsers().await,
                page.contains("couldn’t be reached"),
            ));
        }
        assert_eq!(states[0].0.0, PushState::Queued, "{host}");
        assert_eq!(states[5].0.0, PushState::GivenUp, "{host}");
        seen.push(states);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn only_an_overloaded_service_keeps_the_browsers_of_its_origin_waiting() {
    let s = Scene::new().await;
    s.service.answer_with(403, Some(("retry-after", "600")));
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.pass(PAUSE).await;
    let refused = PushFailureKind::Refused.to_string();
    assert_eq!(s.newest().await, (PushState::Refused, refused));
    s.service.answer_with(201, None);
    let other = s.ann.start_discussion(&s.weavers, "Weaving").await;
    s.bob.reply(&other, "Slowly.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.newest().await.0, PushState::Sent, "at once");
}

#[tokio::test]
async fn people_choose_of_what_their_browsers_tell() {
    let mut s = Scene::new().await;
    let weavers = s.alpha.actor("weavers@alpha.test").await.unwrap().id;
    let (of_weavers, id) = (format!("community-{weavers}"), weavers.to_string());
    let choices = [
        ("written", "at-once"),
        ("watched", "daily"),
        ("followers", "never"),
        ("community", "weekly"),
        (of_weavers.as_str(), ""),
        ("hour", "7"),
        ("weekday", "1"),
        ("quiet_from", ""),
        ("quiet_to", ""),
        ("push", "shown"),
        ("push_topics", "followers"),
        ("push_communities", id.as_str()),
    ];
    let saved = s.pages.submit("/settings/notices", &choices).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    s.bob.reply(&s.thread, "Use a warping peg.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.service.posted().len(), 0, "replies are not told");
    s.bob.follow("@ann@alpha.test").await;
    s.bob.follow("!weavers@alpha.test").await;
    s.pass(PAUSE).await;
    let titles = |s: &Scene| -> Vec<String> {
        let posted = s.service.posted();
        let messages = posted.iter().map(|push| s.browser.read(push));
        messages
            .map(|message| format!("{}: {}", message["title"], message["body"]))
            .collect()
    };
    assert_eq!(
        titles(&s),
        [r#""alpha.test": "You have a new notification""#; 2],
        "of her and of her community"
    );
    s.bob.start_discussion(&s.weavers, "Weaving").await;
    s.net.settle().await;
    s.pass(PAUSE).await;
    assert_eq!(titles(&s)[2], r#""weavers": "There is a new discussion""#);
    let page = s.pages.open("/settings/notices").await.body;
    let ticked = format!(r#"name="push_communities" value="{weavers}" checked"#);
    assert!(page.contains(&ticked), "{page}");
}

//! Notices and the digest by mail, over real conversations with a mail server.

mod mailbox;
mod pace;

use domain::Tx;
use domain::account::Principal;
use domain::notice::mail::NewChoices;
use model::notice_mail::{MailHours, MailTopic, Rhythm};
use model::{ActorId, Lang};
use testkit::{Community, Instance, MailServer, Network, Person, PostSnapshot, ReceivedMail};

/// A little more than the pause that a mail waits for others of its thread.
const PAUSE: i64 = 130;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// An instance that sends mail, with Ann, who has an address, Bob, and Ann's community.
struct Scene {
    net: Network,
    server: MailServer,
    alpha: Instance,
    ann: Person,
    bob: Person,
    weavers: Community,
}

impl Scene {
    async fn new() -> Self {
        Self::configured("").await
    }

    /// With more lines in the section of the configuration about mail.
    async fn configured(lines: &str) -> Self {
        let net = Network::new();
        let server = MailServer::start();
        net.send_mail_through(&server);
        net.configure(lines);
        net.stop_clock();
        let alpha = net.instance("alpha.test").await;
        // Ten minutes past an hour, so that the hour of a digest is always as far away.
        let into_hour = alpha.ops().now().unix_millis() / 1_000 % HOUR;
        net.advance((HOUR + 600 - into_hour) % HOUR);
        let (ann, bob) = (alpha.person("ann").await, alpha.person("bob").await);
        let weavers = ann.found_community("weavers").await;
        let this = Self {
            net,
            server,
            alpha,
            ann,
            bob,
            weavers,
        };
        this.address(&this.ann, "ann@example.org").await;
        this.net.settle().await;
        this
    }

    /// Gives somebody an address, and a zone that has no summer time.
    async fn address(&self, who: &Person, address: &str) {
        let (id, address) = (who.id(), address.parse().unwrap());
        let verb = move |tx: &mut Tx<'_>| {
            domain::account::set_zone(tx, id, "UTC")?;
            domain::account::assign_address(tx, Principal::Operator, id, &address)
        };
        self.alpha.ops().write(verb).await.unwrap();
    }

    async fn read_french(&self, who: &Person) {
        let id = who.id();
        let verb = move |tx: &mut Tx<'_>| domain::account::set_lang(tx, id, Lang::Fr);
        self.alpha.ops().write(verb).await.unwrap();
    }

    async fn choose(&self, who: &Person, topics: &[(MailTopic, Rhythm)], hours: MailHours) {
        let id = who.id();
        let new = NewChoices {
            topics: topics.to_vec(),
            communities: Vec::new(),
            hours,
        };
        let verb = move |tx: &mut Tx<'_>| domain::notice::mail::choose(tx, id, &new);
        self.alpha.ops().write(verb).await.unwrap();
    }

    /// Lets time pass, and what is due be done.
    async fn pass(&self, seconds: i64) {
        self.net.advance(seconds);
        self.net.settle().await;
    }

    fn mails_to(&self, address: &str) -> Vec<ReceivedMail> {
        let all = self.server.received().into_iter();
        all.filter(|mail| mail.to == address).collect()
    }

    /// The hour of the clock in UTC.
    fn hour(&self) -> u32 {
        let hours = self.alpha.ops().now().unix_millis() / 1_000 / HOUR;
        u32::try_from(hours % 24).unwrap()
    }

    /// A post's path on its own instance.
    fn path(&self, post: &PostSnapshot) -> String {
        let origin = self.alpha.at("");
        post.ap_id().strip_prefix(&origin).unwrap().to_owned()
    }
}

#[tokio::test]
async fn replies_of_one_thread_come_in_one_mail_that_programs_can_group() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping a heddle").await;
    s.bob.reply(&topic, "Use a warping peg.").await;
    s.bob.reply(&topic, "Or two of them.").await;
    s.net.settle().await;
    assert_eq!(s.server.received().len(), 0, "it waits for more");
    s.pass(PAUSE).await;
    let mails = s.mails_to("ann@example.org");
    let [mail] = mails.as_slice() else {
        panic!("{}: {mails:#?}", mails.len());
    };
    let text = mail.decoded();
    for said in [
        "Bob replied to you in “Warping a heddle”",
        "Use a warping peg.",
        "Or two of them.",
        "http://alpha.test/p/",
        "because something was written to @ann",
        "http://alpha.test/settings/notices",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(mail.header("Subject"), "Re: Warping a heddle");
    assert_eq!(mail.header("List-Id"), "<weavers.alpha.test>");
    let thread = mail.header("References");
    assert!(thread.starts_with("<thread-"), "{thread}");
    assert_eq!(mail.header("In-Reply-To"), thread);
    assert!(mail.header("Message-ID").starts_with("<notice-"));

    s.bob.reply(&topic, "And a third.").await;
    s.pass(PAUSE).await;
    let mails = s.mails_to("ann@example.org");
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1].header("References"), thread);
    assert!(
        !mails[1].decoded().contains("Or two of them."),
        "told before: {}",
        mails[1].decoded()
    );
    s.net.assert_quiet();
}

#[tokio::test]
async fn what_was_read_or_removed_meanwhile_is_not_mailed() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.bob.reply(&topic, "Use a peg.").await;
    s.net.settle().await;
    s.ann.own_page(&s.path(&topic)).await;
    s.pass(PAUSE).await;
    assert_eq!(s.server.received().len(), 0, "she has read it");

    let reply = s.bob.reply(&topic, "Nonsense.").await;
    s.bob.delete(&reply).await;
    s.pass(PAUSE).await;
    assert_eq!(s.server.received().len(), 0, "it is gone");

    s.bob.reply(&topic, "Adverts.").await;
    s.alpha.suspend(&s.bob).await;
    s.pass(PAUSE).await;
    assert_eq!(s.server.received().len(), 0, "it is hidden");
    s.net.assert_quiet();
}

#[tokio::test]
async fn nothing_is_sent_to_a_suspended_account() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.bob.reply(&topic, "Use a peg.").await;
    s.alpha.suspend(&s.ann).await;
    s.pass(PAUSE).await;
    s.pass(8 * DAY).await;
    assert_eq!(s.server.received().len(), 0);
    s.net.assert_quiet();
}

#[tokio::test]
async fn a_mail_waits_for_the_end_of_quiet_hours() {
    let s = Scene::new().await;
    let hour = s.hour();
    let quiet = Some((hour, (hour + 2) % 24));
    let hours = MailHours {
        quiet,
        ..MailHours::default()
    };
    s.choose(&s.ann, &[], hours).await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.bob.reply(&topic, "Use a peg.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.server.received().len(), 0, "quiet");
    s.bob.reply(&topic, "Or two.").await;
    s.pass(2 * HOUR).await;
    let mails = s.mails_to("ann@example.org");
    assert_eq!(mails.len(), 1, "both in one");
    assert!(mails[0].decoded().contains("Or two."));
    s.net.assert_quiet();
}

/// The path of the link in a mail that unsubscribes.
fn unsubscribe_path(mail: &ReceivedMail) -> String {
    let header = mail.header("List-Unsubscribe");
    let url = header.trim_matches(['<', '>']);
    url.strip_prefix("http://alpha.test").unwrap().to_owned()
}

#[tokio::test]
async fn one_click_unsubscribes_and_looking_does_not() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.bob.reply(&topic, "Use a peg.").await;
    s.pass(PAUSE).await;
    let path = unsubscribe_path(&s.server.newest_to("ann@example.org"));
    let html = [("accept", "text/html")];
    let (status, _, page) = s.alpha.get(&path, &html).await;
    assert_eq!(status, 200);
    assert!(page.contains("Stop these messages"), "{page}");
    s.bob.reply(&topic, "Or two.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.mails_to("ann@example.org").len(), 2, "it changed nothing");

    // Guessed: of another topic, of another person, not signed at all.
    for guessed in [
        path.replace(".written.", ".watched."),
        path.replace(&s.ann.id().to_string(), &s.bob.id().to_string()),
        "/mail/unsubscribe?key=1.written.x".to_owned(),
        "/mail/unsubscribe".to_owned(),
    ] {
        let answer = s
            .alpha
            .send_form(&guessed, "List-Unsubscribe=One-Click")
            .await;
        assert_eq!(answer.status, 410, "{guessed}");
        assert_eq!(s.alpha.get(&guessed, &html).await.0, 410);
    }
    s.alpha.suspend(&s.ann).await;
    let suspended = s.alpha.send_form(&path, "List-Unsubscribe=One-Click").await;
    assert_eq!(suspended.status, 410);
    s.alpha.restore(&s.ann).await;

    for _ in 0..2 {
        let done = s.alpha.send_form(&path, "List-Unsubscribe=One-Click").await;
        assert_eq!(done.status, 200);
    }
    s.bob.reply(&topic, "Or three.").await;
    s.pass(PAUSE).await;
    s.pass(8 * DAY).await;
    assert_eq!(s.mails_to("ann@example.org").len(), 2, "no more");
    s.net.assert_quiet();
}

#[tokio::test]
async fn an_address_that_is_refused_for_good_gets_nothing_more() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.server.answer_with(550);
    s.bob.reply(&topic, "Use yarn.").await;
    s.pass(PAUSE).await;
    let page = s.ann.own_page("/settings/notices").await;
    assert!(!page.contains("/settings/mail/retry"), "no code: {page}");
    s.server.know_nobody();
    s.bob.reply(&topic, "Use a peg.").await;
    s.pass(PAUSE).await;
    assert_eq!(
        s.alpha.set_aside().await.jobs,
        0,
        "known, and no failed job"
    );
    for path in ["/settings/profile", "/settings/mail", "/settings/notices"] {
        let page = s.ann.own_page(path).await;
        assert!(
            page.contains("refused your e-mail address ann@example.org"),
            "{page}"
        );
        assert!(page.contains("/settings/mail/retry"), "{page}");
    }
    let page = s.ann.own_page("/settings/notices").await;
    assert!(
        page.contains("The mail server refused the message."),
        "{page}"
    );
    let admin = s
        .alpha
        .admin()
        .await
        .own_page("/admin/queue?show=mail")
        .await;
    assert!(
        admin.contains("Notifications by e-mail in the past week"),
        "{admin}"
    );

    s.server.answer_with(250);
    s.bob.reply(&topic, "Or two.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.server.received().len(), 0, "nothing more is sent there");

    let id = s.ann.id();
    let retry = move |tx: &mut Tx<'_>| domain::account::retry_address(tx, id);
    s.alpha.ops().write(retry).await.unwrap();
    s.bob.reply(&topic, "Or three.").await;
    s.pass(PAUSE).await;
    assert_eq!(s.mails_to("ann@example.org").len(), 1);
    let page = s.ann.own_page("/settings/notices").await;
    assert!(page.contains("Delivered to the mail server"), "{page}");
    s.net.assert_quiet();
}

#[tokio::test]
async fn a_mail_is_tried_for_two_days_and_then_given_up() {
    let s = Scene::new().await;
    s.server.answer_with(450);
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.bob.reply(&topic, "Use a peg.").await;
    s.pass(PAUSE).await;
    for _ in 0..11 {
        s.pass(4 * HOUR).await;
    }
    let page = s.ann.own_page("/settings/notices").await;
    assert!(page.contains("Waiting"), "after 44 hours: {page}");
    for _ in 0..8 {
        s.pass(4 * HOUR).await;
    }
    s.server.answer_with(250);
    s.pass(DAY).await;
    assert_eq!(s.server.received().len(), 0, "too late");
    let page = s.ann.own_page("/notices").await;
    assert!(page.contains("unreachable for two days"), "{page}");
    assert_eq!(s.alpha.set_aside().await.jobs, 0);
    s.net.assert_quiet();
}

/// A digest at the next full hour.
fn digest_hours(s: &Scene) -> MailHours {
    MailHours {
        hour: (s.hour() + 1) % 24,
        ..MailHours::default()
    }
}

const DAILY: [(MailTopic, Rhythm); 2] = [
    (MailTopic::Written, Rhythm::Daily),
    (MailTopic::Community, Rhythm::Daily),
];

#[tokio::test]
async fn the_digest_tells_first_what_needs_its_reader_in_their_language() {
    let s = Scene::new().await;
    let bea = s.alpha.person("bea").await;
    s.read_french(&bea).await;
    s.address(&bea, "bea@example.org").await;
    bea.follow("!weavers@alpha.test").await;
    s.choose(&bea, &DAILY, digest_hours(&s)).await;
    s.net.settle().await;

    s.pass(60).await;
    let own = bea.start_discussion(&s.weavers, "Own thread").await;
    s.ann.start_discussion(&s.weavers, "New thread").await;
    let read = s.ann.start_discussion(&s.weavers, "Known thread").await;
    s.ann.ask(&s.weavers, "Which wool").await;
    s.bob.reply(&own, "A reply to her.").await;
    let zoe = s.alpha.person("zoe").await;
    zoe.start_with(&s.weavers, "Quagmire7 title", "Quagmire7 text")
        .await;
    zoe.reply(&own, "Quagmire7 reply").await;
    s.alpha.suspend(&zoe).await;
    bea.own_page(&s.path(&read)).await;
    s.net.settle().await;
    assert_eq!(s.server.received().len(), 0, "not before its hour");

    s.pass(HOUR + 600).await;
    let mails = s.mails_to("bea@example.org");
    assert_eq!(mails.len(), 1);
    let text = mails[0].decoded();
    let at = |said: &str| text.find(said).unwrap_or_else(|| panic!("{said}: {text}"));
    let parts = [
        "Bonjour Bea",
        "Questions auxquelles vous pourriez répondre",
        "Which wool",
        "À votre attention",
        "A reply to her.",
        "Nouveau dans",
        "New thread",
        "Vous recevez ce résumé",
    ];
    assert!(parts.map(at).is_sorted(), "{text}");
    assert!(text.contains("En anglais seulement"), "{text}");
    for absent in ["uagmire7", "Known thread"] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
    assert!(mails[0].header("List-Unsubscribe").contains(".digest."));

    s.pass(DAY).await;
    s.pass(DAY).await;
    assert_eq!(
        s.mails_to("bea@example.org").len(),
        1,
        "nothing twice, nor an empty one"
    );
    s.ann.start_discussion(&s.weavers, "Another").await;
    s.pass(DAY).await;
    assert_eq!(s.mails_to("bea@example.org").len(), 2);

    no_digest_after_one_click(&s, &mails[0]).await;
}

async fn no_digest_after_one_click(s: &Scene, digest: &ReceivedMail) {
    let path = unsubscribe_path(digest);
    let done = s.alpha.send_form(&path, "List-Unsubscribe=One-Click").await;
    assert_eq!(done.status, 200);
    s.ann.start_discussion(&s.weavers, "And another").await;
    s.pass(8 * DAY).await;
    assert_eq!(s.mails_to("bea@example.org").len(), 2);
    s.net.assert_quiet();
}

#[tokio::test]
async fn many_replies_in_one_thread_hide_none_in_another() {
    let s = Scene::new().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    let flooded = s.ann.start_discussion(&s.weavers, "Weft").await;
    s.bob.reply(&topic, "Use a peg.").await;
    for number in 0..105 {
        s.bob.reply(&flooded, &format!("Answer {number}.")).await;
    }
    s.pass(PAUSE).await;
    let mails = s.mails_to("ann@example.org");
    assert_eq!(mails.len(), 2);
    let tells = |said: &str| mails.iter().any(|mail| mail.decoded().contains(said));
    assert!(tells("Use a peg."));
    assert!(tells("Answer 104."));
    s.net.assert_quiet();
}

#[tokio::test]
async fn what_is_too_much_at_once_comes_in_the_digest() {
    let s = Scene::new().await;
    s.choose(&s.ann, &[], digest_hours(&s)).await;
    for number in 0..22 {
        let title = format!("Warp number {number}");
        let topic = s.ann.start_discussion(&s.weavers, &title).await;
        s.bob.reply(&topic, "Use a peg.").await;
    }
    // Few go out side by side; the others are taken up a little later.
    for _ in 0..8 {
        s.pass(PAUSE).await;
    }
    s.pass(HOUR + 600).await;
    let mails = s.mails_to("ann@example.org");
    assert_eq!(mails.len(), 21, "twenty at once, and the digest");
    let is_digest = |mail: &&ReceivedMail| mail.header("List-Unsubscribe").contains(".digest.");
    let digest = mails.iter().find(is_digest).unwrap().decoded();
    for (number, told) in [(19, false), (20, true), (21, true)] {
        let title = format!("Warp number {number}");
        assert_eq!(digest.contains(&title), told, "{title}: {digest}");
    }
    s.net.assert_quiet();
}

#[tokio::test]
async fn a_digest_says_how_many_more_notices_there_are() {
    let s = Scene::new().await;
    s.choose(&s.ann, &DAILY, digest_hours(&s)).await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    for number in 0..33 {
        s.bob.reply(&topic, &format!("Answer {number}.")).await;
    }
    s.pass(HOUR + 600).await;
    let digest = s.server.newest_to("ann@example.org").decoded();
    assert!(digest.contains("and 3 more notifications"), "{digest}");
    assert!(digest.contains("Answer 32."), "{digest}");
    s.net.assert_quiet();
}

#[tokio::test]
async fn somebody_elsewhere_is_named_with_their_handle_and_quoted_only_to_who_follows_them() {
    let s = Scene::new().await;
    let beta = s.net.instance("beta.test").await;
    let mallory = beta.person("mallory").await;
    mallory.rename("Ann").await;
    mallory.follow("!weavers@alpha.test").await;
    s.net.settle().await;
    let topic = s.ann.start_discussion(&s.weavers, "Warping").await;
    s.net.settle().await;
    mallory.reply(&topic, "Click on my link.").await;
    s.net.settle().await;
    s.pass(PAUSE).await;
    let text = s.server.newest_to("ann@example.org").decoded();
    assert!(text.contains("Ann (@mallory@beta.test)"), "{text}");
    assert!(text.contains("Warping"), "{text}");
    assert!(!text.contains("Click on"), "{text}");

    s.ann.follow("@mallory@beta.test").await;
    s.net.settle().await;
    mallory.reply(&topic, "Use a peg.").await;
    s.net.settle().await;
    s.pass(PAUSE).await;
    let text = s.server.newest_to("ann@example.org").decoded();
    assert!(text.contains("Use a peg."), "{text}");
    s.net.assert_quiet();
}

#[tokio::test]
async fn a_digest_that_is_a_day_late_is_not_sent() {
    let s = Scene::new().await;
    s.address(&s.bob, "bob@example.org").await;
    s.bob.follow("!weavers@alpha.test").await;
    s.choose(&s.bob, &DAILY, digest_hours(&s)).await;
    s.pass(60).await;
    s.ann.start_discussion(&s.weavers, "New thread").await;
    s.server.answer_with(450);
    s.pass(HOUR + 600).await;
    for _ in 0..8 {
        s.pass(4 * HOUR).await;
    }
    s.server.answer_with(250);
    s.pass(DAY).await;
    let page = s.bob.own_page("/settings/notices").await;
    assert!(page.contains("Not sent"), "{page}");
    assert!(
        s.mails_to("bob@example.org").is_empty(),
        "{:?}",
        s.mails_to("bob@example.org")
    );
    s.net.assert_quiet();
}

async fn follow_at_once(s: &Scene, who: &Person) {
    who.follow("!weavers@alpha.test").await;
    let (id, weavers): (ActorId, ActorId) = (
        who.id(),
        s.alpha.actor("weavers@alpha.test").await.unwrap().id,
    );
    let choose = move |tx: &mut Tx<'_>| {
        domain::notice::mail::choose_for_community(tx, id, weavers, Rhythm::AtOnce)
    };
    s.alpha.ops().write(choose).await.unwrap();
}

#[tokio::test]
async fn a_new_thread_is_mailed_at_once_to_who_chose_that_for_its_community() {
    let s = Scene::new().await;
    s.address(&s.bob, "bob@example.org").await;
    let cleo = s.alpha.person("cleo").await;
    s.address(&cleo, "cleo@example.org").await;
    cleo.follow("!weavers@alpha.test").await;
    follow_at_once(&s, &s.bob).await;
    let topic = s
        .ann
        .start_with(&s.weavers, "Warping", "A peg or two?")
        .await;
    // The followers are gone through before the pause begins.
    s.net.settle().await;
    s.pass(PAUSE).await;
    let mails = s.mails_to("bob@example.org");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].header("Subject"), "Warping");
    assert_eq!(mails[0].header("List-Id"), "<weavers.alpha.test>");
    let text = mails[0].decoded();
    assert!(text.contains("Ann started “Warping”"), "{text}");
    assert!(text.contains("A peg or two?"), "{text}");
    assert!(
        s.mails_to("cleo@example.org").is_empty(),
        "weekly, as usual"
    );

    let path = unsubscribe_path(&mails[0]);
    let done = s.alpha.send_form(&path, "List-Unsubscribe=One-Click").await;
    assert_eq!(done.status, 200);
    s.ann.start_discussion(&s.weavers, "Weft").await;
    s.ann.reply(&topic, "Nobody?").await;
    s.net.settle().await;
    s.pass(PAUSE).await;
    assert_eq!(s.mails_to("bob@example.org").len(), 1);
    s.net.assert_quiet();
}

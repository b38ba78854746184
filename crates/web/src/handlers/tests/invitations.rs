//! Invitations: by mail, by link and by list, and what is seen of them by whom.

use super::browser::Browser;
use domain::membership::invitation::{InvitationSent, ListProgress, set_invitations};
use domain::membership::invitation::{address_invitation, finish_invitation, queue_list};
use domain::membership::{self, set_form};
use domain::testing::World;
use domain::{Tx, secret};
use http::StatusCode;
use model::membership::JoinPolicy;
use model::notice_mail::{MailTopic, Rhythm};
use model::{ActorId, InvitationListId};
use store::Store;
use store::testing::on_sqlite;

const SENT: &str = "/c/weavers/invitations";
const LINKS: &str = "/c/weavers/invitations/links";
const LISTS: &str = "/c/weavers/invitations/lists";

/// The admin, who is signed in and facilitates the weavers, which take members by invitation only; and Ann.
async fn scene(store: Store) -> (Browser, World, ActorId, ActorId) {
    let (mut browser, world) = Browser::with_mail(store).await;
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    let admin = world.admin;
    let close = move |tx: &mut Tx<'_>| set_form(tx, admin, weavers, JoinPolicy::Invitation, &[]);
    world.ops.write(close).await.unwrap();
    browser.sign_in(&world, admin).await;
    (browser, world, ann, weavers)
}

/// Sends the mail of an address as its job does; returns the key of its link.
async fn mailed_key(world: &World, community: ActorId, address: &'static str) -> String {
    let key = secret::token();
    let digest = secret::digest(&key);
    let send = move |tx: &mut Tx<'_>| {
        let row = store::invitation::of_address(tx.db, community, address)?.unwrap();
        assert!(address_invitation(tx, row.id, &digest)?.is_some());
        finish_invitation(tx, row.id, InvitationSent::Taken)
    };
    world.ops.write(send).await.unwrap();
    key
}

async fn lives_at(world: &World, who: ActorId, address: &'static str) {
    let put = move |tx: &mut Tx<'_>| {
        let address = address.parse().unwrap();
        Ok(store::account::mail::set_addresses(
            tx.db,
            who,
            Some(&address),
            None,
        )?)
    };
    world.ops.write(put).await.unwrap();
}

/// The link that a page shows this once.
fn fresh_link(html: &str) -> String {
    let after = html.split("https://alpha.test/join/link?key=").nth(1);
    let key = after.unwrap().split('"').next().unwrap();
    format!("/join/link?key={key}")
}

#[test]
fn a_link_is_shown_once_and_admits_a_member_who_says_how_much_to_hear() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        for typed in [
            [("life", "day"), ("uses", "")],
            [("life", "day"), ("uses", "many")],
        ] {
            let page = browser.post(LINKS, &typed).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let once = [("life", "week"), ("uses", "1")];
        let made = browser.post(LINKS, &once).await;
        assert!(made.says("Your new link"), "{}", made.html);
        let link = fresh_link(&made.html);
        let key = link.split('=').nth(1).unwrap().to_owned();
        let again = browser.get(LINKS).await;
        assert!(again.says("1 of 1 left") && !again.html.contains(&key));

        browser.sign_in(&world, ann).await;
        let page = browser.get(&link).await;
        assert!(page.says("Join as ann"), "{}", page.html);
        assert!(
            browser.get(&link).await.says("Join as ann"),
            "nothing is used"
        );
        let typed = [("key", key.as_str()), ("do", "join"), ("rhythm", "at-once")];
        let page = browser.post("/join/link", &typed).await;
        assert_eq!(page.location, "/c/weavers", "{}", page.html);
        let read = move |db: &mut query::Db| -> domain::Outcome<_> {
            let rows = store::notice_mail::choices(db, ann)?;
            let of = rows
                .into_iter()
                .find(|row| row.community_id == Some(weavers));
            Ok(of.map(|row| (row.topic, row.rhythm)))
        };
        let chosen = world.ops.store().read(read).await.unwrap();
        assert_eq!(chosen, Some((MailTopic::Community, Rhythm::AtOnce)));
        assert!(browser.get(&link).await.says("already a member"));

        let bea = world.person("bea").await.unwrap();
        browser.sign_in(&world, bea).await;
        assert!(browser.get(&link).await.says("as often as it may be"));
        let late = browser.post("/join/link", &typed).await;
        assert!(late.says("as often as it may be"), "{}", late.html);
        assert_eq!(
            browser.get("/join/link?key=forged").await.status,
            StatusCode::GONE
        );

        browser.sign_in(&world, world.admin).await;
        assert!(browser.get(LINKS).await.says("came by it"));
        let member = browser.get(&format!("/c/weavers/members/{ann}")).await;
        assert!(member.says("Invited by"), "{}", member.html);
        let notices = browser.get("/notices").await;
        assert!(notices.says("has accepted your invitation to"));
    });
}

#[test]
fn a_guest_comes_by_a_link() {
    on_sqlite(|store: Store| async move {
        let (mut browser, ..) = scene(store).await;
        let made = browser
            .post(LINKS, &[("life", "week"), ("uses", "2")])
            .await;
        let link = fresh_link(&made.html);
        let key = link.split('=').nth(1).unwrap().to_owned();
        browser.sign_out();
        let page = browser.get(&link).await;
        assert!(page.says("on another server"), "{}", page.html);
        let typed = [("key", key.as_str()), ("name", "Zoé"), ("address", "no")];
        let page = browser.post("/join/link", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Zoé"));
        let typed = [
            ("key", key.as_str()),
            ("name", "Zoé"),
            ("address", "zoe@mill.example"),
        ];
        let page = browser.post("/join/link", &typed).await;
        assert!(page.says("zoe@mill.example"), "{}", page.html);
    });
}

#[test]
fn invitations_exist_for_those_who_send_and_get_them() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, _) = scene(store).await;
        let bea = world.person("bea").await.unwrap();
        lives_at(&world, bea, "bea@mill.example").await;
        let typed = [
            ("addresses", "bea@mill.example\nzoe@mill.example, @ann"),
            ("words", "See you at the loom"),
            ("mail_lang", "fr"),
        ];
        let bad = [("addresses", "bea@mill.example\nno address")];
        let page = browser.post(SENT, &bad).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("no address"));
        let page = browser.post(SENT, &[("addresses", "@nobody")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.post(SENT, &typed).await;
        assert_eq!(page.location, SENT, "{}", page.html);
        let page = browser.get(SENT).await;
        assert!(page.says("bea@mill.example") && page.says("zoe@mill.example"));
        assert!(!page.says("/u/bea"), "nobody is told of the account");
        for who in [ann, bea] {
            browser.sign_in(&world, who).await;
            for path in [SENT, LINKS, LISTS] {
                let page = browser.get(path).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
                assert!(!page.html.contains("zoe@"));
            }
            assert!(browser.get("/").await.says("Invitations (1)"));
        }
        let page = browser.get("/invitations").await;
        assert!(page.says("See you at the loom"), "{}", page.html);
        let key = page.html.split("name=\"accept\" value=\"").nth(1).unwrap();
        let key = key.split('"').next().unwrap().to_owned();
        browser.sign_in(&world, ann).await;
        let stolen = browser.post("/invitations", &[("accept", &key)]).await;
        assert_eq!(
            stolen.status,
            StatusCode::NOT_FOUND,
            "it is of somebody else"
        );
        browser.sign_in(&world, bea).await;
        let joined = browser
            .post("/invitations", &[("accept", &key), ("rhythm", "never")])
            .await;
        assert_eq!(joined.location, "/c/weavers", "{}", joined.html);
        assert!(!browser.get("/").await.says("Invitations ("));
    });
}

#[test]
fn the_link_of_a_mail_makes_an_account_or_declines() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        let typed = [
            ("addresses", "zoe@mill.example\neve@mill.example"),
            ("mail_lang", "en"),
        ];
        browser.post(SENT, &typed).await;
        let key = mailed_key(&world, weavers, "zoe@mill.example").await;
        let other = mailed_key(&world, weavers, "eve@mill.example").await;
        browser.sign_in(&world, ann).await;
        let page = browser.get(&format!("/join/invited?key={key}")).await;
        assert!(page.says("was sent to zoe@mill.example"), "{}", page.html);
        browser.sign_out();
        let page = browser.get(&format!("/join/invited?key={key}")).await;
        assert!(page.says("is confirmed already"), "{}", page.html);
        let mut typed = [
            ("key", key.as_str()),
            ("do", "register"),
            ("name", "Zoé"),
            ("handle", "ann"),
            ("password", "a long password"),
        ];
        let page = browser.post("/join/invited", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        typed[3].1 = "zoe";
        let page = browser.post("/join/invited", &typed).await;
        assert_eq!(page.location, "/c/weavers", "{}", page.html);
        assert!(browser.get("/c/weavers").await.says("Member"));
        let again = browser.get(&format!("/join/invited?key={key}")).await;
        assert_eq!(again.status, StatusCode::GONE);

        browser.sign_out();
        let page = browser
            .get(&format!("/join/invited?key={other}&do=never"))
            .await;
        assert!(page.says("eve@mill.example"), "{}", page.html);
        let typed = [("key", other.as_str()), ("do", "never")];
        let page = browser.post("/join/invited", &typed).await;
        assert!(page.says("You have declined"), "{}", page.html);
        browser.sign_in(&world, world.admin).await;
        let page = browser.get(SENT).await;
        assert!(
            page.says("Accepted") && page.says("Declined"),
            "{}",
            page.html
        );
        assert!(
            browser
                .get("/notices")
                .await
                .says("declined by someone you invited")
        );
    });
}

#[test]
fn a_list_is_shown_before_anything_is_sent() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ..) = scene(store).await;
        let page = browser.post(LISTS, &[("rows", " ")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.says("Choose a file or paste some rows"),
            "{}",
            page.html
        );
        let file = "Nom;Courriel;Langue\nZo\u{e9};zoe@mill.example;fr\nEve;eve at mill;en\n";
        let file: Vec<u8> = file
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        let uploaded = browser
            .post_with_files(
                LISTS,
                &[("rows", ""), ("list_lang", "en")],
                &[("file", &file)],
            )
            .await;
        assert_eq!(uploaded.status, StatusCode::SEE_OTHER, "{}", uploaded.html);
        let preview = browser.get(&uploaded.location).await;
        assert!(
            preview.says("Zoé") && preview.says("Row 3"),
            "{}",
            preview.html
        );
        assert!(preview.says("This is not an e-mail address"));
        assert!(preview.says("1 person will be invited") && preview.says("1 row is left out"));
        assert!(
            !browser.get(SENT).await.says("zoe@mill.example"),
            "nothing is sent yet"
        );
        let id: InvitationListId = uploaded
            .location
            .rsplit('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let page = browser.post(&uploaded.location, &[("do", "confirm")]).await;
        assert_eq!(page.location, SENT, "{}", page.html);
        let queue = move |tx: &mut Tx<'_>| queue_list(tx, id);
        assert_eq!(world.ops.write(queue).await.unwrap(), ListProgress::More);
        assert!(browser.get(SENT).await.says("zoe@mill.example"));
        world.community(world.admin, "dyers").await.unwrap();
        let elsewhere = uploaded.location.replace("weavers", "dyers");
        assert_eq!(browser.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn members_invite_where_facilitators_let_them_and_see_their_own() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        let typed = [("addresses", "zoe@mill.example"), ("mail_lang", "en")];
        browser.post(SENT, &typed).await;
        let admin = world.admin;
        let bring = move |tx: &mut Tx<'_>| {
            membership::invite(tx, admin, weavers, ann)?;
            membership::ask(tx, ann, weavers, &[])?;
            set_invitations(tx, admin, weavers, true, "")
        };
        world.ops.write(bring).await.unwrap();
        browser.sign_in(&world, ann).await;
        assert!(
            browser
                .get("/c/weavers/people")
                .await
                .says("Invite a colleague")
        );
        let typed = [("addresses", "eve@mill.example"), ("mail_lang", "en")];
        let page = browser.post(SENT, &typed).await;
        assert_eq!(page.location, SENT, "{}", page.html);
        let page = browser.get(SENT).await;
        assert!(page.says("eve@mill.example") && !page.says("zoe@mill.example"));
        let many = "a@b.example\nc@b.example\nd@b.example\ne@b.example\nf@b.example";
        let page = browser
            .post(SENT, &[("addresses", many), ("mail_lang", "en")])
            .await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(page.says("c@b.example"), "what was typed is kept");
        assert_eq!(browser.get(LINKS).await.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, admin).await;
        let page = browser.get(SENT).await;
        assert!(page.says("eve@mill.example") && page.says("zoe@mill.example"));
    });
}

#[test]
fn people_of_an_organization_join_at_once() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, _) = scene(store).await;
        let typed = [("policy", "eligibility"), ("domains", "not a domain")];
        let page = browser.post("/c/weavers/joining", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("not a domain"));
        let typed = [
            ("policy", "eligibility"),
            ("domains", "mill.example"),
            ("members_invite", "on"),
        ];
        let page = browser.post("/c/weavers/joining", &typed).await;
        assert_eq!(page.location, "/c/weavers/joining", "{}", page.html);
        let page = browser.get("/c/weavers/joining").await;
        assert!(page.says("\nmill.example<"), "{}", page.html);
        browser.sign_in(&world, ann).await;
        let page = browser.get("/c/weavers/join").await;
        assert!(
            page.says("mill.example") && page.says("You can ask to join"),
            "{}",
            page.html
        );
        lives_at(&world, ann, "ann@mill.example").await;
        let page = browser.get("/c/weavers/join").await;
        assert!(page.says("Your address is one of them"), "{}", page.html);
        let page = browser
            .post("/c/weavers/join", &[("rhythm", "daily")])
            .await;
        assert_eq!(page.location, "/c/weavers", "{}", page.html);
    });
}

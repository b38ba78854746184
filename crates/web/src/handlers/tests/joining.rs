//! Joining a community: by the form with and without an account, the facilitators' decisions, and roles.

use super::browser::Browser;
use domain::testing::World;
use domain::{Tx, secret};
use http::StatusCode;
use model::job::NewJob;
use model::membership::{JoinMail, JoinPolicy, JoinQuestion};
use model::{ActorId, JoinRequestId, LangText};
use store::Store;
use store::testing::on_sqlite;

const JOIN: &str = "/c/weavers/join";
const REQUESTS: &str = "/c/weavers/requests";

/// Ann, who is signed in, and the weavers, whom the admin facilitates.
async fn scene(store: Store) -> (Browser, World, ActorId, ActorId) {
    let (mut browser, world) = Browser::with_mail(store).await;
    let ann = world.person("ann").await.unwrap();
    let weavers = world.community(world.admin, "weavers").await.unwrap();
    browser.sign_in(&world, ann).await;
    (browser, world, ann, weavers)
}

async fn request_of(world: &World, community: ActorId, who: ActorId) -> JoinRequestId {
    let read = move |db: &mut query::Db| -> domain::Outcome<_> {
        Ok(store::membership::of_actor(db, community, who)?)
    };
    world.ops.store().read(read).await.unwrap().unwrap().id
}

/// The key of the link in the newest mail of a kind, which is sent as its job would.
async fn mailed_key(world: &World, kind: JoinMail) -> String {
    let jobs = world.jobs().await.unwrap().into_iter().rev();
    let mut mails = jobs.filter_map(|job| match job {
        NewJob::SendJoinMail(job) if job.mail == kind => Some(job),
        _ => None,
    });
    let job = mails.next().unwrap();
    let key = secret::token();
    let digest = secret::digest(&key);
    let send = move |tx: &mut Tx<'_>| domain::membership::address_mail(tx, &job, &digest);
    assert!(world.ops.write(send).await.unwrap().is_some());
    key
}

#[test]
fn a_request_is_for_its_writer_and_the_facilitators_only() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        assert!(browser.get("/c/weavers").await.says("Ask to join"));
        let page = browser.post(JOIN, &[("answer_1", "The mill")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Answer this question") && page.says("The mill"));
        let typed = [("answer_3", "To <b>weave</b>")];
        assert_eq!(browser.post(JOIN, &typed).await.location, JOIN);
        let page = browser.get(JOIN).await;
        assert!(page.says("Withdraw my request") && !page.html.contains("<b>weave"));
        assert!(browser.get("/c/weavers").await.says("Request sent"));
        let id = request_of(&world, weavers, ann).await;
        let one = format!("{REQUESTS}/{id}");
        for path in [REQUESTS, &one, "/c/weavers/joining"] {
            let status = browser.get(path).await.status;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        }
        let refused = browser.post(&one, &[("do", "accept")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, world.admin).await;
        assert!(browser.get("/c/weavers").await.says("1 request to join"));
        assert!(browser.get("/notices").await.says("asks to join"));
        assert!(browser.get(REQUESTS).await.says("ann"));
        let other = world.community(world.admin, "dyers").await.unwrap();
        assert_ne!(other, weavers);
        let elsewhere = format!("/c/dyers/requests/{id}");
        let status = browser.get(&elsewhere).await.status;
        assert_eq!(status, StatusCode::NOT_FOUND, "it is of another community");
    });
}

#[test]
fn facilitators_ask_back_and_take_notes() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        browser.post(JOIN, &[("answer_3", "To weave")]).await;
        let id = request_of(&world, weavers, ann).await;
        let one = format!("{REQUESTS}/{id}");
        browser.sign_in(&world, world.admin).await;
        let page = browser.post(&one, &[("do", "ask"), ("text", " ")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Write something"), "{}", page.html);
        let note = [("do", "note"), ("text", "A good weaver")];
        browser.post(&one, &note).await;
        let question = [("do", "ask"), ("text", "Which loom?")];
        assert_eq!(browser.post(&one, &question).await.location, one);

        browser.sign_in(&world, ann).await;
        let page = browser.get(JOIN).await;
        assert!(page.says("Which loom?") && !page.says("A good weaver"));
        let answer = format!("{JOIN}/answer");
        let page = browser.post(&answer, &[("text", "")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = browser.post(&answer, &[("text", "A table loom")]).await;
        assert_eq!(page.location, JOIN);
        browser.sign_in(&world, world.admin).await;
        let page = browser.get(&one).await;
        assert!(page.says("A table loom") && page.says("A good weaver"));
    });
}

#[test]
fn a_member_is_accepted_and_leaves() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        browser.post(JOIN, &[("answer_3", "To weave")]).await;
        let id = request_of(&world, weavers, ann).await.to_string();
        browser.sign_in(&world, world.admin).await;
        let page = browser.post(REQUESTS, &[("requests", &id)]).await;
        assert_eq!(page.location, REQUESTS, "{}", page.html);
        let decided = format!("{REQUESTS}?show=decided");
        assert!(browser.get(&decided).await.says("ann"));
        browser.sign_in(&world, ann).await;
        let page = browser.get("/notices").await;
        assert!(page.says("accepted your request to join"), "{}", page.html);
        let page = browser.get("/c/weavers/people").await;
        assert!(!page.says("is shown only to members"), "{}", page.html);
        let page = browser.post("/c/weavers/leave", &[]).await;
        assert_eq!(page.location, "/c/weavers");
        let page = browser.get("/c/weavers/leave").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let page = browser.get("/c/weavers/people").await;
        assert!(page.says("is shown only to members"));
    });
}

/// The admin accepts the request that waits.
async fn accept_guest(world: &World, weavers: ActorId) {
    let admin = world.admin;
    let decide = move |tx: &mut Tx<'_>| {
        let open = query::membership::JoinFilter::Open;
        let all = store::membership::list(tx.db, weavers, open, JoinRequestId(i64::MAX), 9)?;
        domain::membership::accept(tx, admin, all[0].id, "Bienvenue!")
    };
    world.ops.write(decide).await.unwrap();
}

#[test]
fn somebody_without_an_account_joins_by_the_links_of_mails() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, _, weavers) = scene(store).await;
        browser.sign_out();
        let typed = [
            ("name", "Zoé"),
            ("address", "no address"),
            ("answer_3", "To weave"),
        ];
        let page = browser.post(JOIN, &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Zoé") && page.says("To weave"));
        let typed = [
            ("name", "Zoé"),
            ("address", "zoe@example.org"),
            ("answer_3", "To weave"),
        ];
        let page = browser.post(JOIN, &typed).await;
        assert!(page.says("zoe@example.org"), "{}", page.html);

        let key = mailed_key(&world, JoinMail::Confirm).await;
        let link = format!("/join/request?key={key}");
        let page = browser.get(&link).await;
        assert!(page.says("Yes, send my request"), "{}", page.html);
        let page = browser
            .post("/join/request", &[("key", &key), ("do", "confirm")])
            .await;
        assert_eq!(page.location, link, "{}", page.html);
        assert!(browser.get(&link).await.says("Waiting"));
        assert_eq!(
            browser.get("/join/request?key=other").await.status,
            StatusCode::GONE
        );

        accept_guest(&world, weavers).await;
        let key = mailed_key(&world, JoinMail::Accepted).await;
        let page = browser.get(&format!("/join/request?key={key}")).await;
        assert!(page.says("Create my account and join") && page.says("Bienvenue!"));
        let mut typed = [
            ("key", key.as_str()),
            ("do", "register"),
            ("name", "Zoé"),
            ("handle", "ann"),
            ("password", "a long password"),
        ];
        let page = browser.post("/join/request", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        typed[3].1 = "zoe";
        let page = browser.post("/join/request", &typed).await;
        assert_eq!(page.location, "/c/weavers", "{}", page.html);
        let page = browser.get("/c/weavers").await;
        assert!(page.says("Member"), "signed in, and a member");
        let again = browser.get(&format!("/join/request?key={key}")).await;
        assert_eq!(again.status, StatusCode::GONE);
    });
}

#[test]
fn facilitators_choose_who_joins_and_what_is_asked() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        browser.sign_in(&world, world.admin).await;
        let long = "a".repeat(201);
        let typed = [("policy", "application"), ("question_1_fr", &long)];
        let page = browser.post("/c/weavers/joining", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let typed = [
            ("policy", "application"),
            ("question_1_en", "Which loom?"),
            ("question_1_fr", "Quel métier?"),
            ("required_1", "on"),
        ];
        let page = browser.post("/c/weavers/joining", &typed).await;
        assert_eq!(page.location, "/c/weavers/joining", "{}", page.html);
        let read = move |db: &mut query::Db| domain::membership::questions(db, weavers);
        let expected = JoinQuestion {
            text: LangText::new([("en", "Which loom?"), ("fr", "Quel métier?")]),
            required: true,
        };
        assert_eq!(world.ops.store().read(read).await.unwrap(), [expected]);
        browser.sign_in(&world, ann).await;
        assert!(
            browser
                .get(&format!("{JOIN}?lang=fr"))
                .await
                .says("Quel métier?")
        );

        let admin = world.admin;
        for (policy, word) in [
            (JoinPolicy::Invitation, "by invitation"),
            (JoinPolicy::Open, "at once"),
        ] {
            let choose = move |tx: &mut Tx<'_>| {
                domain::membership::set_form(tx, admin, weavers, policy, &[])
            };
            world.ops.write(choose).await.unwrap();
            let page = browser.get(&format!("{JOIN}?lang=en")).await;
            assert!(page.says(word), "{policy}: {}", page.html);
        }
        let page = browser.post(JOIN, &[]).await;
        assert_eq!(page.location, "/c/weavers");
        assert!(browser.get("/c/weavers/people?lang=en").await.says("ann"));
    });
}

#[test]
fn a_facilitator_invites_somebody() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, _) = scene(store).await;
        browser.sign_in(&world, world.admin).await;
        let unknown = [("do", "invite"), ("member", "nobody")];
        let page = browser.post(REQUESTS, &unknown).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(r#"value="nobody""#), "{}", page.html);
        let typed = [("do", "invite"), ("member", "@ann")];
        assert_eq!(browser.post(REQUESTS, &typed).await.location, REQUESTS);
        assert!(browser.get(REQUESTS).await.says("Invited"));
        browser.sign_in(&world, ann).await;
        assert!(browser.get("/notices").await.says("invites you to join"));
        let page = browser.get(JOIN).await;
        assert!(page.says("A facilitator invites you"), "{}", page.html);
        let page = browser.post(JOIN, &[]).await;
        assert_eq!(page.location, "/c/weavers");
        assert!(browser.get("/c/weavers").await.says("Member"));
    });
}

#[test]
fn facilitators_give_roles_and_the_last_one_stays() {
    on_sqlite(|store: Store| async move {
        let (mut browser, world, ann, weavers) = scene(store).await;
        let admin = world.admin;
        let open = move |tx: &mut Tx<'_>| {
            domain::membership::set_form(tx, admin, weavers, JoinPolicy::Open, &[])?;
            domain::membership::ask(tx, ann, weavers, &[])
        };
        world.ops.write(open).await.unwrap();
        let member = format!("/c/weavers/members/{ann}");
        assert_eq!(browser.get(&member).await.status, StatusCode::FORBIDDEN);
        browser.sign_in(&world, admin).await;
        let own = format!("/c/weavers/members/{admin}");
        let page = browser
            .post(&own, &[("do", "role"), ("role", "member")])
            .await;
        assert!(
            page.says("A community keeps a facilitator"),
            "{}",
            page.html
        );
        let page = browser.post("/c/weavers/leave", &[]).await;
        assert!(
            page.says("A community keeps a facilitator"),
            "{}",
            page.html
        );
        let page = browser
            .post(&member, &[("do", "role"), ("role", "facilitator")])
            .await;
        assert_eq!(page.location, "/c/weavers/people", "{}", page.html);
        let page = browser
            .post(&own, &[("do", "role"), ("role", "member")])
            .await;
        assert_eq!(page.location, "/c/weavers/people", "{}", page.html);
        browser.sign_in(&world, ann).await;
        assert!(browser.get("/notices").await.says("changed your role in"));
        let page = browser.post(&own, &[("do", "remove")]).await;
        assert_eq!(page.location, "/c/weavers/people", "{}", page.html);
        assert_eq!(browser.get(&own).await.status, StatusCode::NOT_FOUND);
    });
}

//! Mail, over real conversations with a mail server.

use std::time::Duration;

use mail::{MailError, MailHeaders, MailText, Mailer, SmtpConfig};
use model::mail::MailSecurity;
use model::{Lang, Time};
use testkit::{Browser, HttpResponse, Instance, MAIL_USER, MailServer, Network, Person};

fn mail_text() -> MailText {
    MailText {
        lang: Lang::Fr,
        subject: "Choisissez un nouveau mot de passe à l’hôpital".to_owned(),
        greeting: "Bonjour Anaïs,".to_owned(),
        paragraphs: vec!["<b>Une</b> phrase & une autre.".to_owned()],
        sections: Vec::new(),
        action: None,
        footer: Vec::new(),
        headers: MailHeaders::default(),
        reason: "Vous recevez ce message en raison de votre compte.".to_owned(),
        site: "Alliance « santé »".to_owned(),
        site_url: "https://alliance.example".to_owned(),
    }
}

/// How to hand mails to a server in plain text.
pub fn config(server: &MailServer) -> SmtpConfig {
    SmtpConfig {
        host: "localhost".to_owned(),
        port: Some(server.port()),
        security: MailSecurity::None,
        credentials: None,
        authority: None,
        from: "practice@alliance.example".parse().unwrap(),
        bounces: Some("bounces@alliance.example".parse().unwrap()),
        timeout: Duration::from_secs(60),
    }
}

fn secure(server: &MailServer) -> SmtpConfig {
    let (user, password) = MAIL_USER;
    SmtpConfig {
        security: MailSecurity::Starttls,
        credentials: Some((user.to_owned(), password.to_owned())),
        authority: server.certificate().map(<[u8]>::to_vec),
        ..config(server)
    }
}

async fn send(config: &SmtpConfig) -> Result<(), MailError> {
    let to = "ana+garde@hopital.example".parse().unwrap();
    let (mailer, now) = (Mailer::smtp(config)?, Time::from_unix_millis(0));
    mailer
        .send(&to, "Anaïs, \"la cheffe\"", &mail_text(), "mail-7", now)
        .await
}

#[tokio::test]
async fn a_mail_arrives_in_both_forms_with_what_programs_look_for() {
    let server = MailServer::start();
    send(&config(&server)).await.unwrap();
    let mail = server.newest_to("ana+garde@hopital.example");
    assert_eq!(mail.from, "bounces@alliance.example");
    assert_eq!(mail.header("Message-ID"), "<mail-7@alliance.example>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(
        mail.header("From").contains("<practice@alliance.example>"),
        "{}",
        mail.text
    );
    assert!(
        mail.header("Content-Type")
            .starts_with("multipart/alternative"),
        "{}",
        mail.text
    );
    assert!(mail.text.is_ascii(), "encoded for servers of any age");
    let text = mail.decoded();
    assert!(text.contains("<b>Une</b> phrase & une autre."), "{text}");
    assert!(
        text.contains("&#60;b&#62;Une&#60;/b&#62; phrase &#38; une autre."),
        "{text}"
    );
    assert!(text.contains("lang=\"fr\""), "{text}");
}

#[tokio::test]
async fn a_server_that_asks_for_encryption_and_a_password_gets_both() {
    let server = MailServer::start_secure();
    send(&secure(&server)).await.unwrap();
    assert_eq!(server.received().len(), 1);

    let unknown = SmtpConfig {
        authority: None,
        ..secure(&server)
    };
    let refused = send(&unknown).await.unwrap_err();
    assert!(
        matches!(&refused, MailError::Unavailable(why) if why.contains("certificate")),
        "{refused}"
    );
    // Trusted, and of another name than the one that it is reached by.
    let other_name = SmtpConfig {
        host: "127.0.0.1".to_owned(),
        ..secure(&server)
    };
    let refused = send(&other_name).await.unwrap_err();
    assert!(
        matches!(&refused, MailError::Unavailable(why) if why.contains("certificate")),
        "{refused}"
    );
    let (user, wrong) = (MAIL_USER.0.to_owned(), "guess".to_owned());
    let stranger = SmtpConfig {
        credentials: Some((user, wrong)),
        ..secure(&server)
    };
    let refused = send(&stranger).await.unwrap_err();
    // The configuration is wrong, not the recipient: an admin can mend it, and the mail is not lost.
    assert!(
        matches!(&refused, MailError::Unavailable(why) if why.contains("535") || why.contains("Invalid credentials")),
        "{refused}"
    );
    // A server that offers no encryption is not spoken to in plain text.
    let plain = MailServer::start();
    let refused = send(&SmtpConfig {
        port: Some(plain.port()),
        ..secure(&server)
    })
    .await;
    assert!(
        matches!(refused, Err(MailError::Unavailable(_))),
        "{refused:?}"
    );
    assert_eq!((server.received().len(), plain.received().len()), (1, 0));
}

#[tokio::test]
async fn a_refusal_for_good_is_told_from_one_for_now() {
    let server = MailServer::start();
    server.answer_with(450);
    assert!(matches!(
        send(&config(&server)).await,
        Err(MailError::Unavailable(_))
    ));
    server.answer_with(550);
    assert!(matches!(
        send(&config(&server)).await,
        Err(MailError::Refused(_))
    ));
    let nobody = SmtpConfig {
        port: Some(1),
        ..config(&server)
    };
    assert!(matches!(
        send(&nobody).await,
        Err(MailError::Unavailable(_))
    ));
    assert!(server.received().is_empty());
}

/// Submits the form of a page as a guest; the page's parameters are hidden fields of it.
async fn submit(alpha: &Instance, page: &str, fields: &[(&str, &str)]) -> HttpResponse {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let typed = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")));
    let hidden = std::iter::once(query.to_owned()).filter(|query| !query.is_empty());
    let form: Vec<String> = hidden.chain(typed).collect();
    alpha.send_form(path, &form.join("&")).await
}

#[tokio::test]
async fn somebody_confirms_an_address_and_gets_a_new_password_by_mail() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let page = alpha.get("/sign-up", &[("accept", "text/html")]).await.2;
    assert!(
        page.contains("name=\"address\""),
        "asked for where mail is sent"
    );
    let typed = [
        ("handle", "ann"),
        ("name", "Ann"),
        ("password", "heron by the river"),
        ("address", "ann@example.org"),
    ];
    assert_eq!(submit(&alpha, "/sign-up", &typed).await.status, 303);
    net.settle().await;

    let confirm = server.newest_to("ann@example.org").link().unwrap();
    let path = confirm.strip_prefix("http://alpha.test").unwrap();
    let (status, headers, page) = alpha.get(path, &[("accept", "text/html")]).await;
    assert_eq!(
        (status, &headers["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    assert!(page.contains("ann@example.org"), "{page}");
    let (status, ..) = alpha.get(path, &[("accept", "text/html")]).await;
    assert_eq!(status, 200, "looking at a link does not use it up");
    assert_eq!(submit(&alpha, path, &[]).await.status, 303);
    assert_eq!(alpha.get(path, &[("accept", "text/html")]).await.0, 410);

    for typed in ["ann@example.org", "nobody@example.org"] {
        let sent = submit(&alpha, "/forgotten-password", &[("account", typed)]).await;
        assert_eq!(sent.status, 200);
    }
    net.settle().await;
    assert_eq!(server.received().len(), 2, "one to confirm, one to reset");
    let reset = server.newest_to("ann@example.org").link().unwrap();
    let path = reset.strip_prefix("http://alpha.test").unwrap();
    let short = submit(&alpha, path, &[("password", "short")]).await;
    assert_eq!(short.status, 422, "and the link still holds");
    let done = submit(&alpha, path, &[("password", "a heron at the weir")]).await;
    assert_eq!(done.status, 303);
    let signed_in = async |password: &str| {
        let typed = [("handle", "ann"), ("password", password)];
        submit(&alpha, "/sign-in", &typed).await
    };
    assert_eq!(signed_in("heron by the river").await.status, 422);
    assert_eq!(signed_in("a heron at the weir").await.status, 303);
    net.assert_quiet();
}

#[tokio::test]
async fn a_mail_waits_for_its_server_and_a_refused_one_is_shown() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let ann = alpha.person("ann").await;
    server.answer_with(450);
    ann.give_address("ann@example.org").await;
    net.settle().await;
    assert_eq!(
        (server.received().len(), alpha.due().await.jobs),
        (0, 0),
        "it waits"
    );
    server.answer_with(250);
    net.advance(120);
    net.settle().await;
    assert_eq!(server.received().len(), 1);

    server.answer_with(550);
    ann.give_address("other@example.org").await;
    net.settle().await;
    assert_eq!(alpha.set_aside().await.jobs, 1, "an admin sees why");
    let page = shown_to_admin(&alpha).await;
    for shown in [
        "Confirm an e-mail address",
        "@ann",
        "The mail server refused the message.",
        "(550): no mail to …",
        "formaction=\"/admin/queue/jobs/",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("example.org"), "{page}");
}

/// The list of mails that wait or failed, as an administrator sees it.
async fn shown_to_admin(alpha: &Instance) -> String {
    alpha.admin().await.own_page("/admin/queue?show=mail").await
}

#[tokio::test]
async fn the_list_of_mails_is_paged_from_the_newest() {
    let net = Network::new();
    let server = MailServer::start();
    server.answer_with(450);
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    for number in 0..51 {
        let person = alpha.person(&format!("person{number}")).await;
        person.give_address(&format!("p{number}@example.org")).await;
    }
    net.settle().await;
    let newest = shown_to_admin(&alpha).await;
    assert!(newest.contains("@person50<") && newest.contains("@person1<"));
    assert!(!newest.contains("@person0<"), "it is on the next page");
    let next = newest.split("?show=mail&#38;before=").nth(1).unwrap();
    let before: String = next.chars().take_while(char::is_ascii_digit).collect();
    let admin = alpha.admin().await;
    let path = format!("/admin/queue?show=mail&before={before}");
    let older = admin.own_page(&path).await;
    assert!(
        older.contains("@person0<") && !older.contains("@person1<"),
        "{older}"
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = MailServer::start_silent();
    let hasty = SmtpConfig {
        timeout: Duration::from_secs(1),
        ..config(&server)
    };
    let refused = send(&hasty).await.unwrap_err();
    assert!(
        matches!(&refused, MailError::Unavailable(why) if why.contains("did not answer within 1 s")),
        "{refused}"
    );
}

#[tokio::test]
async fn a_silent_mail_server_holds_nothing_else_up() {
    let net = Network::new();
    let server = MailServer::start_silent();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let beta = net.instance("beta.test").await;
    let (ann, bob) = (alpha.person("ann").await, beta.person("bob").await);
    let weavers = bob.found_community("weavers").await;
    bob.start_discussion(&weavers, "Wool").await;
    net.settle().await;
    ann.give_address("ann@example.org").await;
    for name in ["bea", "cleo", "dan"] {
        let person = alpha.person(name).await;
        person.give_address(&format!("{name}@example.org")).await;
    }
    wait_until(async || server.held() == 4).await;
    ann.look_up("!weavers@beta.test").await.expect("found");
    wait_until(async || ann.threads(&weavers).await == ["Wool"]).await;
    assert_eq!(server.held(), 4, "the mails still wait for an answer");
    server.hang_up();
    net.settle().await;
    let page = shown_to_admin(&alpha).await;
    assert!(page.contains("connect to the mail server."), "{page}");
}

/// Looks again and again, for half a minute.
async fn wait_until(mut holds: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    let looked = tokio::time::timeout(Duration::from_secs(30), looking).await;
    looked.expect("it came true");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told_in_words() {
    let net = Network::new();
    let server = MailServer::start_secure();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    alpha
        .person("ann")
        .await
        .give_address("ann@example.org")
        .await;
    net.settle().await;
    let page = shown_to_admin(&alpha).await;
    assert!(page.contains("its certificate isn’t trusted"), "{page}");
    assert_eq!(alpha.set_aside().await.jobs, 0, "it is tried again");
    assert!(server.received().is_empty());
}

/// An account with a confirmed address.
async fn confirmed(net: &Network, server: &MailServer, alpha: &Instance, handle: &str) -> Person {
    let person = alpha.person(handle).await;
    let address = format!("{handle}@example.org");
    person.give_address(&address).await;
    net.settle().await;
    let path = path_of(server, &address);
    assert_eq!(submit(alpha, &path, &[]).await.status, 303);
    person
}

/// The path of the link in the newest mail to an address.
fn path_of(server: &MailServer, address: &str) -> String {
    let link = server.newest_to(address).link().unwrap();
    link.strip_prefix("http://alpha.test").unwrap().to_owned()
}

#[tokio::test]
async fn a_reset_link_works_once_and_only_while_the_account_is_active() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let bea = confirmed(&net, &server, &alpha, "bea").await;
    confirmed(&net, &server, &alpha, "ann").await;
    let before = server.received().len();
    for typed in ["ann@example.org", "ann", "@ann", "ANN@example.org", "bea"] {
        let sent = submit(&alpha, "/forgotten-password", &[("account", typed)]).await;
        assert_eq!(sent.status, 200);
    }
    net.settle().await;
    assert_eq!(server.received().len(), before + 2, "one mail a person");

    let new = [("password", "a heron at the weir")];
    let path = path_of(&server, "ann@example.org");
    assert_eq!(submit(&alpha, &path, &new).await.status, 303);
    let again = [("password", "another heron altogether")];
    assert_eq!(submit(&alpha, &path, &again).await.status, 410);
    let typed = [("handle", "ann"), new[0]];
    assert_eq!(submit(&alpha, "/sign-in", &typed).await.status, 303);

    let path = path_of(&server, "bea@example.org");
    alpha.suspend(&bea).await;
    assert_eq!(alpha.get(&path, &[("accept", "text/html")]).await.0, 410);
    assert_eq!(submit(&alpha, &path, &new).await.status, 410);
    submit(&alpha, "/forgotten-password", &[("account", "bea")]).await;
    net.settle().await;
    assert_eq!(server.received().len(), before + 2, "none while suspended");
    net.assert_quiet();
}

#[tokio::test]
async fn a_forwarded_reset_link_works_once_for_whoever_opens_it_first() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    confirmed(&net, &server, &alpha, "ann").await;
    alpha.person("bea").await;
    let signed_in = async |handle: &str, password: &str| {
        let mut browser = Browser::new(&alpha);
        let typed = [("handle", handle), ("password", password)];
        let done = browser.submit("/sign-in", &typed).await;
        (browser, done.status)
    };
    let (mut anns, _) = signed_in("ann", domain::testing::PASSWORD).await;
    assert_eq!(anns.signed_in_as().await, "/u/ann");
    submit(&alpha, "/forgotten-password", &[("account", "ann")]).await;
    net.settle().await;
    let path = path_of(&server, "ann@example.org");

    // Bea got it from Ann, and is signed in as herself. The page does not say whose link it is.
    let (mut beas, _) = signed_in("bea", domain::testing::PASSWORD).await;
    let page = beas.open(&path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for word in ["ann@example.org", "@ann"] {
        assert!(!page.body.contains(word), "{word}: {}", page.body);
    }
    assert_eq!(anns.signed_in_as().await, "/u/ann", "until it is used");
    let (_, key) = path.split_once("key=").unwrap();
    let new = [("key", key), ("password", "a heron at the weir")];
    let done = beas.submit("/reset-password", &new).await;
    assert_eq!((done.status, done.location.as_str()), (303, "/sign-in"));
    assert_eq!(beas.signed_in_as().await, "/u/bea", "nobody is signed in");
    assert_ne!(anns.signed_in_as().await, "/u/ann", "her sessions end");

    // Ann finds it used, and asks for another one, with which the first password is nobody's.
    assert_eq!(anns.open(&path).await.status, 410);
    assert_eq!(signed_in("ann", domain::testing::PASSWORD).await.1, 422);
    net.advance(3_600);
    submit(&alpha, "/forgotten-password", &[("account", "ann")]).await;
    net.settle().await;
    let path = path_of(&server, "ann@example.org");
    let own = [("password", "a bittern in the reeds")];
    assert_eq!(submit(&alpha, &path, &own).await.status, 303);
    assert_eq!(signed_in("ann", "a heron at the weir").await.1, 422);
    assert_eq!(signed_in("ann", "a bittern in the reeds").await.1, 303);
    net.assert_quiet();
}

#[tokio::test]
async fn a_reset_asked_for_a_thousand_times_is_one_mail() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    confirmed(&net, &server, &alpha, "ann").await;
    let before = server.received().len();
    let asked = async |typed: &str| {
        let answer = submit(&alpha, "/forgotten-password", &[("account", typed)]).await;
        (answer.status, answer.body.replace(typed, "…"))
    };
    let of_nobody = asked("nobody@example.org").await;
    for round in 0..500 {
        for typed in ["ann@example.org", "ann"] {
            assert_eq!(asked(typed).await, of_nobody, "round {round}: {typed}");
        }
        if round % 100 == 0 {
            net.settle().await;
        }
    }
    net.settle().await;
    assert_eq!(server.received().len(), before + 1);
    net.assert_quiet();
}

#[tokio::test]
async fn a_reset_is_asked_for_ten_times_by_one_address_and_then_no_more() {
    let net = Network::new();
    net.limit();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        let asked = [("account", "ann@example.org")];
        let answer = submit(&alpha, "/forgotten-password", &asked).await;
        statuses.push(answer.status);
    }
    let accepted = statuses.iter().filter(|status| **status == 200).count();
    assert!((10..=11).contains(&accepted), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test]
async fn an_address_changes_by_one_link_and_changes_back_by_the_other() {
    let net = Network::new();
    let server = MailServer::start();
    net.send_mail_through(&server);
    let alpha = net.instance("alpha.test").await;
    let ann = confirmed(&net, &server, &alpha, "ann").await;
    ann.give_address("thief@example.net").await;
    net.settle().await;
    let (confirm, cancel) = (
        path_of(&server, "thief@example.net"),
        path_of(&server, "ann@example.org"),
    );
    assert!(confirm.starts_with("/mail/confirm") && cancel.starts_with("/mail/cancel"));
    let settings = ann.own_page("/settings/mail").await;
    assert!(
        settings.contains("Your address: ann@example.org"),
        "{settings}"
    );
    assert_eq!(submit(&alpha, &confirm, &[]).await.status, 303);
    let settings = ann.own_page("/settings/mail").await;
    assert!(
        settings.contains("Your address: thief@example.net"),
        "{settings}"
    );
    assert_eq!(submit(&alpha, &cancel, &[]).await.status, 303);
    let settings = ann.own_page("/settings/mail").await;
    assert!(
        settings.contains("Your address: ann@example.org"),
        "{settings}"
    );
    for used in [confirm, cancel] {
        assert_eq!(submit(&alpha, &used, &[]).await.status, 410);
    }
    net.assert_quiet();
}

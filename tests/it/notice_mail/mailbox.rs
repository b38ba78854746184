//! What the mail server received is read back from an mbox by a mail reader's own parser (mail-parser): it must find the
//! headers and texts that people's programs use.

use super::{PAUSE, Scene};
use ::mail::Mailer;
use ::mail::account::Recipient;
use ::mail::notice::{self, NoticeLine, Subscription};
use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{HeaderValue, Message, MessageParser};
use model::notice_mail::{MailTopic, Unsubscribe};
use model::{Lang, Time};
use testkit::{MailServer, ReceivedMail};

/// Writes mails to an mbox file and reads it back; returns each as it stands there.
fn through_mbox(mails: &[ReceivedMail]) -> Vec<Vec<u8>> {
    let mut file = Vec::new();
    for mail in mails {
        file.extend_from_slice(format!("From {} Tue Dec  1 00:00:00 2026\n", mail.from).as_bytes());
        for line in mail.text.replace("\r\n", "\n").lines() {
            // As mboxrd quotes it.
            if line.trim_start_matches('>').starts_with("From ") {
                file.push(b'>');
            }
            file.extend_from_slice(line.as_bytes());
            file.push(b'\n');
        }
        file.push(b'\n');
    }
    let read = MessageIterator::new(file.as_slice());
    read.map(|message| message.unwrap().unwrap_contents())
        .collect()
}

/// The value of a header of any name, as text.
fn header(message: &Message<'_>, name: &str) -> String {
    let text = message.header_raw(name.to_owned()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_reader_finds_the_thread_the_list_and_both_texts() {
    let s = Scene::new().await;
    s.read_french(&s.ann).await;
    let title = "Le métier à tisser : où, à l’été ?";
    let topic = s.ann.start_discussion(&s.weavers, title).await;
    s.bob
        .reply(&topic, "From here on: déjà vu, « œuvre ».")
        .await;
    s.pass(PAUSE).await;
    s.bob.reply(&topic, "Et encore.").await;
    s.pass(PAUSE).await;
    let raw = through_mbox(&s.mails_to("ann@example.org"));
    let parser = MessageParser::default();
    let mails: Vec<Message<'_>> = raw.iter().map(|raw| parser.parse(raw).unwrap()).collect();
    let [first, second] = mails.as_slice() else {
        panic!("{}", mails.len());
    };
    for mail in [first, second] {
        assert_eq!(mail.subject(), Some(format!("Re: {title}").as_str()));
        assert_eq!(header(mail, "List-Id"), "<weavers.alpha.test>");
        let link = header(mail, "List-Unsubscribe");
        assert!(
            link.starts_with("<http://alpha.test/mail/unsubscribe?key="),
            "{link}"
        );
        assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
        assert_eq!(mail.attachment_count(), 0);
        let (text, html) = (mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
        assert!(
            text.contains("Bonjour Ann") && html.contains("Bonjour Ann"),
            "{text}"
        );
        assert!(
            html.contains("<html") && html.contains("lang=\"fr\""),
            "{html}"
        );
        let from = mail.from().and_then(|from| from.first()).unwrap();
        assert_eq!(from.address(), Some("practice@example.org"));
    }
    let quoted = "From here on: déjà vu, « œuvre ».";
    let (text, html) = (first.body_text(0).unwrap(), first.body_html(0).unwrap());
    assert!(text.contains(quoted) && html.contains(quoted), "{text}");
    // Programs group by these.
    let thread = ids(first.references());
    assert_eq!(thread.len(), 1);
    assert_eq!(ids(first.in_reply_to()), thread);
    assert_eq!(ids(second.references()), thread);
    assert_eq!(ids(second.in_reply_to()), thread);
    let message_ids = [first.message_id().unwrap(), second.message_id().unwrap()];
    assert_ne!(message_ids[0], message_ids[1]);
}

#[tokio::test]
async fn a_mail_reader_finds_the_one_click_of_a_site_with_https() {
    let server = MailServer::start();
    let mailer = Mailer::smtp(&crate::mail::config(&server)).unwrap();
    let to = Recipient {
        lang: Lang::Fr,
        name: "Anaïs".to_owned(),
        handle: "anais".to_owned(),
        site: "Alliance « santé »".to_owned(),
        site_url: "https://alliance.example".to_owned(),
    };
    let line = NoticeLine {
        person: "Zoé".to_owned(),
        message: "notice-reply",
        title: "Où ?".to_owned(),
        excerpt: "Là-bas.".to_owned(),
        only_in: None,
        path: "/p/1".to_owned(),
    };
    let subscription = Subscription {
        what: Unsubscribe::Topic(MailTopic::Written),
        community: None,
        path: "/mail/unsubscribe?key=1.written.abc".to_owned(),
        list: Some("weavers.alliance.example".to_owned()),
        thread: Some("thread-1".to_owned()),
    };
    let letter = notice::write(&to, &[line], &subscription);
    let address = "anais@hopital.example".parse().unwrap();
    let sent = mailer.send(
        &address,
        &to.name,
        &letter,
        "notice-1",
        Time::from_unix_millis(0),
    );
    sent.await.unwrap();
    let raw = through_mbox(&server.received());
    let message = MessageParser::default().parse(&raw[0]).unwrap();
    let post = header(&message, "List-Unsubscribe-Post");
    assert_eq!(post, "List-Unsubscribe=One-Click");
    assert_eq!(
        header(&message, "List-Unsubscribe"),
        "<https://alliance.example/mail/unsubscribe?key=1.written.abc>"
    );
    assert_eq!(message.subject(), Some("Re: Où ?"));
    let name = message
        .to()
        .and_then(|to| to.first())
        .and_then(|to| to.name());
    assert_eq!(name, Some("Anaïs"));
}

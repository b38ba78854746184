//! The mails of notices, and the digest.

use model::Lang;
use model::notice_mail::Unsubscribe;
use words::{message, text};

use crate::account::Recipient;
use crate::headers::MailHeaders;
use crate::mail_text::{Action, Item, MailText, Section};

/// Something that a mail tells of: what happened, and the beginning of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// Who did it.
    pub person: String,
    /// The key of the message that says what, as the page of notices has it.
    pub message: &'static str,
    /// What it is about; empty for nothing with a name.
    pub title: String,
    /// The beginning of the text, or the warning about its content; empty for none.
    pub excerpt: String,
    /// The only language that the text is in, where that is not the reader's.
    pub only_in: Option<Lang>,
    /// The path of the page that it leads to.
    pub path: String,
}

/// A thread in the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadLine {
    pub title: String,
    pub author: String,
    /// When it was begun, in the reader's zone.
    pub when: String,
    pub replies: i64,
    pub only_in: Option<Lang>,
    pub path: String,
}

/// The new threads of a community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunityLines {
    pub name: String,
    pub threads: Vec<ThreadLine>,
    /// How many more there are.
    pub more: usize,
    pub path: String,
}

/// What the digest tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DigestLines {
    pub questions: Vec<ThreadLine>,
    pub notices: Vec<NoticeLine>,
    /// How many more notices there are.
    pub more_notices: usize,
    pub communities: Vec<CommunityLines>,
}

/// Why somebody gets a mail, and how to get no more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub what: Unsubscribe,
    /// The name of the community whose new threads it is of.
    pub community: Option<String>,
    /// The path of the link that ends it.
    pub path: String,
    pub list: Option<String>,
    pub thread: Option<String>,
}

/// Writes the mail of some notices, or of a new thread, the newest last.
#[must_use]
pub fn write(to: &Recipient, lines: &[NoticeLine], subscription: &Subscription) -> MailText {
    let lang = to.lang;
    let items = lines.iter().map(|line| item(to, line));
    let section = Section {
        heading: String::new(),
        items: items.collect(),
        more: None,
    };
    let last = lines.last();
    let subject = match last.filter(|line| !line.title.is_empty()) {
        Some(line) if line.message == NEW_THREAD => line.title.clone(),
        // Mail programs group by this prefix, which is the same in every language (RFC 5322 §3.6.5).
        Some(line) => format!("Re: {}", line.title),
        None => last.map_or_else(String::new, |line| said(lang, line)),
    };
    let action = last.map(|line| Action {
        label: text(lang, "mail-notice-action").to_owned(),
        url: format!("{}{}", to.site_url, line.path),
    });
    MailText {
        action,
        ..mail_text(to, subject, vec![section], subscription)
    }
}

/// The message of a new thread, beside those of notices.
pub const NEW_THREAD: &str = "mail-new-thread";

/// Writes a digest.
#[must_use]
pub fn digest(to: &Recipient, lines: &DigestLines, subscription: &Subscription) -> MailText {
    let lang = to.lang;
    let threads = |threads: &[ThreadLine]| -> Vec<Item> {
        threads.iter().map(|line| thread_item(to, line)).collect()
    };
    let mut sections = Vec::new();
    if !lines.questions.is_empty() {
        sections.push(Section {
            heading: text(lang, "mail-digest-questions").to_owned(),
            items: threads(&lines.questions),
            more: None,
        });
    }
    if !lines.notices.is_empty() {
        sections.push(Section {
            heading: text(lang, "mail-digest-notices").to_owned(),
            items: lines.notices.iter().map(|line| item(to, line)).collect(),
            more: more(
                to,
                "mail-digest-more-notices",
                lines.more_notices,
                "/notices",
            ),
        });
    }
    for community in &lines.communities {
        sections.push(Section {
            heading: message(lang, "mail-digest-community")
                .arg("name", &community.name)
                .to_string(),
            items: threads(&community.threads),
            more: more(to, "mail-digest-more", community.more, &community.path),
        });
    }
    let subject = message(lang, "mail-digest-subject")
        .arg("site", &to.site)
        .to_string();
    MailText {
        action: Some(Action {
            label: message(lang, "mail-digest-action")
                .arg("site", &to.site)
                .to_string(),
            url: format!("{}/", to.site_url),
        }),
        ..mail_text(to, subject, sections, subscription)
    }
}

/// The link to what a section has no room for, if there is more.
fn more(to: &Recipient, key: &str, count: usize, path: &str) -> Option<Action> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    (count > 0).then(|| Action {
        label: message(to.lang, key).arg("count", count).to_string(),
        url: format!("{}{path}", to.site_url),
    })
}

fn mail_text(
    to: &Recipient,
    subject: String,
    sections: Vec<Section>,
    subscription: &Subscription,
) -> MailText {
    let lang = to.lang;
    let fill = |key: &str| {
        let said = message(lang, key)
            .arg("site", &to.site)
            .arg("name", &to.name);
        said.arg("handle", &to.handle).to_string()
    };
    let unsubscribe = format!("{}{}", to.site_url, subscription.path);
    MailText {
        lang,
        subject,
        greeting: fill("mail-greeting"),
        paragraphs: Vec::new(),
        sections,
        action: None,
        reason: reason(to, subscription),
        footer: vec![
            Action {
                label: text(lang, "mail-unsubscribe").to_owned(),
                url: unsubscribe.clone(),
            },
            Action {
                label: text(lang, "mail-choices").to_owned(),
                url: format!("{}/settings/notices", to.site_url),
            },
        ],
        site: to.site.clone(),
        site_url: to.site_url.clone(),
        headers: MailHeaders {
            list: subscription.list.clone(),
            thread: subscription.thread.clone(),
            unsubscribe: Some(unsubscribe),
            reply_to: None,
        },
    }
}

fn reason(to: &Recipient, subscription: &Subscription) -> String {
    let key = match subscription.what {
        Unsubscribe::Topic(topic) => format!("mail-reason-{topic}"),
        Unsubscribe::Community(_) => "mail-reason-one-community".to_owned(),
        Unsubscribe::Digest => "mail-reason-digest".to_owned(),
    };
    message(to.lang, &key)
        .arg("handle", &to.handle)
        .arg("site", &to.site)
        .arg(
            "community",
            subscription.community.as_deref().unwrap_or_default(),
        )
        .to_string()
}

fn said(lang: Lang, line: &NoticeLine) -> String {
    let key = match line.title.is_empty() {
        true => "mail-notice-line",
        false => "mail-notice-line-about",
    };
    message(lang, key)
        .arg("person", &line.person)
        .arg("what", text(lang, line.message))
        .arg("title", &line.title)
        .to_string()
}

fn item(to: &Recipient, line: &NoticeLine) -> Item {
    Item {
        text: said(to.lang, line),
        url: format!("{}{}", to.site_url, line.path),
        detail: with_language(to.lang, line.excerpt.clone(), line.only_in),
    }
}

fn thread_item(to: &Recipient, line: &ThreadLine) -> Item {
    let said = message(to.lang, "mail-digest-thread")
        .arg("person", &line.author)
        .arg("when", &line.when)
        .arg("count", line.replies)
        .to_string();
    Item {
        text: line.title.clone(),
        url: format!("{}{}", to.site_url, line.path),
        detail: with_language(to.lang, said, line.only_in),
    }
}

fn with_language(lang: Lang, said: String, only_in: Option<Lang>) -> String {
    let Some(only) = only_in else {
        return said;
    };
    let badge = match only {
        Lang::En => text(lang, "only-in-en"),
        Lang::Fr => text(lang, "only-in-fr"),
    };
    match said.is_empty() {
        true => badge.to_owned(),
        false => format!("{said} ({badge})"),
    }
}

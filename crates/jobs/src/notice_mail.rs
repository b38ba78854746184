//! Mails of notices and of new threads: each is read as its recipient just before it is sent.

use crate::NOT_SET_UP;
use crate::context::Context;
use ::mail::account::Recipient;
use ::mail::notice::{NEW_THREAD, NoticeLine, Subscription};
use ::mail::{MailError, MailText, notice};
use delivery::jobs::{Job, WaitsFor};
use domain::notice::mail::{MailResult, Preparation, ReadyMail};
use domain::{Tx, prose, secret};
use model::job::JobError;
use model::mail::MailFailureKind;
use model::name::or_handle;
use model::notice_mail::{EXCERPT_MAX, MailNewThread, MailTopic, SendNoticeMail, Unsubscribe};
use model::{ActorKind, FollowId, JobId, Lang, PostId, Site};
use query::notice::{NoticeTarget, NoticeView};
use query::notice_mail::{MailContent, NewThread};
use query::row::{Account, Actor, CommunityWithActor, Post};
use std::collections::HashSet;

impl Job<Context> for MailNewThread {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let post = self.post;
        let mut next = Some(FollowId(0));
        while let Some(after) = next {
            let mail = move |tx: &mut Tx<'_>| domain::notice::mail::mail_followers(tx, post, after);
            next = context.ops().write(mail).await?;
        }
        Ok(())
    }
}

impl Job<Context> for SendNoticeMail {
    const WAITS_FOR: WaitsFor = WaitsFor::NoticeMail;

    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let (mail, key) = (self.mail, secret::token());
        let begin = move |tx: &mut Tx<'_>| domain::notice::mail::begin(tx, mail, &key);
        let ready = match context.ops().write(begin).await? {
            Preparation::Ready(ready) => *ready,
            Preparation::Quiet(seconds) => return Err(JobError::Later(seconds)),
            Preparation::Pointless => return Ok(()),
        };
        let (reading, now) = (ready.clone(), context.ops().now());
        let read = move |db: &mut query::Db| query::notice_mail::content(db, now, &reading);
        let Some(content) = context.ops().store().read(read).await? else {
            finish(context, ready, MailResult::Pointless).await?;
            return Ok(());
        };
        let mail_text = mail_text(&site, &ready, &content);
        send(context, ready, &mail_text).await
    }
}

fn mail_text(site: &Site, ready: &ReadyMail, content: &MailContent) -> MailText {
    let lang = ready.account.lang;
    let new = content
        .thread
        .iter()
        .map(|thread| thread_line(lang, thread, &content.texts));
    let notices = content
        .notices
        .iter()
        .map(|view| notice_line(lang, view, &content.texts));
    let lines: Vec<NoticeLine> = new.chain(notices).collect();
    let community = content.community.as_ref();
    let topic = content
        .notices
        .first()
        .map(|view| MailTopic::of(view.notice.kind));
    let what = match (content.thread.as_ref(), community, topic) {
        (Some(_), Some(place), _) => Unsubscribe::Community(place.actor.id),
        (_, _, Some(topic)) => Unsubscribe::Topic(topic),
        (_, _, None) => Unsubscribe::Topic(MailTopic::Community),
    };
    let subscription = Subscription {
        what,
        community: community.map(|place| place.shown_name(lang)),
        path: ready.unsubscribe_path(what),
        list: community.map(|place| list_id(site, place)),
        thread: ready
            .mail
            .thread_id
            .map(|thread| format!("thread-{thread}")),
    };
    notice::write(
        &recipient(site, &ready.account, &ready.person),
        &lines,
        &subscription,
    )
}

/// Who receives a mail.
pub(crate) fn recipient(site: &Site, account: &Account, person: &Actor) -> Recipient {
    let lang = account.lang;
    Recipient {
        lang,
        name: name_of(person),
        handle: person.handle.clone(),
        site: site.name.read(lang).to_owned(),
        site_url: site.url.clone(),
    }
}

/// Sends a mail and records how that ended: after a failure it is tried again, or given up. Where too many go to the
/// domain of its address, it waits for its time.
pub(crate) async fn send(
    context: &Context,
    ready: ReadyMail,
    mail_text: &MailText,
) -> Result<(), JobError> {
    let (mailer, now) = (&context.mailer, context.ops().now());
    if let Err(seconds) = context
        .mail_pace
        .take(ready.to.domain(), ready.mail.id, now)
    {
        let wait = move |tx: &mut Tx<'_>| domain::notice::mail::wait(tx, ready.mail.id);
        context.ops().write(wait).await?;
        return Err(JobError::Later(seconds));
    }
    let message_id = format!("notice-{}", ready.mail.id);
    let person = name_of(&ready.person);
    let sent = mailer.send(&ready.to, &person, mail_text, &message_id, now);
    let (result, why) = match sent.await {
        Ok(()) => (MailResult::Sent, None),
        Err(MailError::NotConfigured) => (MailResult::Pointless, None),
        Err(error @ MailError::Refused(_)) => {
            let recipient = error.refuses_recipient();
            (MailResult::Refused { recipient }, None)
        }
        Err(error @ (MailError::Setting(_) | MailError::Unavailable(_))) => {
            let why = ready.to.hide_in(&error.to_string());
            (MailResult::Failed(MailFailureKind::of(&why)), Some(why))
        }
    };
    let again = finish(context, ready, result).await?;
    match why {
        Some(why) if again => Err(JobError::Failed(why)),
        Some(why) => {
            tracing::warn!(error = why, "mail of a notice given up");
            Ok(())
        }
        None => Ok(()),
    }
}

/// Records how a mail ended. Returns whether it is to be tried again.
async fn finish(context: &Context, ready: ReadyMail, result: MailResult) -> Result<bool, JobError> {
    let record = move |tx: &mut Tx<'_>| domain::notice::mail::finish(tx, &ready, &result);
    Ok(context.ops().write(record).await?)
}

/// The line of a notice, with the beginning of the text of its post where that is one of `texts`.
pub(crate) fn notice_line(lang: Lang, view: &NoticeView, texts: &HashSet<PostId>) -> NoticeLine {
    let (title, path, post) = match view.target() {
        NoticeTarget::Post { post, thread } => {
            let title = title_of(lang, thread, texts);
            (title, format!("/p/{}", post.id), Some(post))
        }
        NoticeTarget::Community { place, below } => {
            let path = format!("{}{below}", path_of(&place.actor));
            (place.shown_name(lang), path, None)
        }
        NoticeTarget::AboutPost { post, below } => {
            let title = words::text(lang, "notice-see-why").to_owned();
            (title, format!("/p/{}{below}", post.id), None)
        }
        NoticeTarget::ReportQueue => {
            let title = words::text(lang, "admin-reports").to_owned();
            (title, "/admin/reports".to_owned(), None)
        }
        NoticeTarget::WaitingAccounts => {
            let handle = format!("@{}", view.from.handle);
            (handle, "/admin/accounts?show=waiting".to_owned(), None)
        }
        NoticeTarget::Person => (String::new(), path_of(&view.from), None),
    };
    NoticeLine {
        person: full_name(&view.from),
        message: view.message(),
        title,
        excerpt: post
            .filter(|post| texts.contains(&post.id))
            .map(|post| excerpt(lang, post))
            .unwrap_or_default(),
        only_in: post.and_then(|post| post.html.only_in(lang)),
        path,
    }
}

fn thread_line(lang: Lang, thread: &NewThread, texts: &HashSet<PostId>) -> NoticeLine {
    let post = &thread.post;
    NoticeLine {
        person: full_name(&thread.author),
        message: NEW_THREAD,
        title: title_of(lang, post, texts),
        excerpt: match texts.contains(&post.id) {
            true => excerpt(lang, post),
            false => String::new(),
        },
        only_in: post.html.only_in(lang),
        path: format!("/p/{}", post.id),
    }
}

/// The beginning of a text; of one with a warning about its content, only that.
fn excerpt(lang: Lang, post: &Post) -> String {
    let (tag, html) = post.html.shown(lang).unwrap_or_default();
    match post.warning.get_or_first(tag) {
        Some(warning) => format!("{} {warning}", words::text(lang, "content-warning")),
        None => prose::excerpt(None, html, EXCERPT_MAX),
    }
}

/// The title of a thread; of one without, the first words where its text may be shown.
fn title_of(lang: Lang, thread: &Post, texts: &HashSet<PostId>) -> String {
    match thread.title.read(lang) {
        "" if !texts.contains(&thread.id) => words::text(lang, "mail-untitled").to_owned(),
        "" => excerpt(lang, thread).chars().take(80).collect(),
        title => title.to_owned(),
    }
}

/// The name of somebody, with the handle of who is not of here: anybody elsewhere can take the name of somebody here.
pub(crate) fn full_name(actor: &Actor) -> String {
    let name = name_of(actor);
    match actor.host.as_str() {
        "" => name,
        host => format!("{name} (@{}@{host})", actor.handle),
    }
}

/// The name of somebody, or the handle of who has none.
fn name_of(actor: &Actor) -> String {
    or_handle(&actor.name, &actor.handle)
}

fn path_of(actor: &Actor) -> String {
    actor_path(actor.kind == ActorKind::Group, &actor.handle, &actor.host)
}

/// The path of the page of a community or a person.
pub(crate) fn actor_path(is_community: bool, handle: &str, host: &str) -> String {
    let prefix = if is_community { "c" } else { "u" };
    let at = if host.is_empty() { "" } else { "@" };
    format!("/{prefix}/{handle}{at}{host}")
}

/// The id of the list of a community's mails: its name below the host that it is of.
fn list_id(site: &Site, place: &CommunityWithActor) -> String {
    let host = match place.actor.host.as_str() {
        "" => site.url.split("://").nth(1).unwrap_or_default(),
        host => host,
    };
    let host = host.split(':').next().unwrap_or_default();
    format!("{}.{host}", place.actor.handle)
}

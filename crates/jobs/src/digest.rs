//! The digest: queued at everybody's hour, read as its recipient, and sent where it has something to tell.

use crate::NOT_SET_UP;
use crate::context::Context;
use crate::notice_mail::{actor_path, full_name, notice_line, recipient, send};
use ::mail::notice::{self, CommunityLines, DigestLines, Subscription, ThreadLine};
use chrono_tz::Tz;
use delivery::jobs::{Job, WaitsFor};
use domain::{Tx, secret};
use model::job::JobError;
use model::notice_mail::{QueueDigests, SendDigest, Unsubscribe};
use model::{JobId, Lang, Site};
use query::discussion::ThreadCard;
use query::notice_mail::Digest;

impl Job<Context> for QueueDigests {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        if !context.mailer.is_configured() {
            return Ok(());
        }
        while context
            .ops()
            .write(domain::notice::digest::queue_due)
            .await?
        {}
        Ok(())
    }
}

impl Job<Context> for SendDigest {
    const WAITS_FOR: WaitsFor = WaitsFor::NoticeMail;

    async fn run(&self, context: &Context, id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let (job, now) = (self.clone(), context.ops().now());
        let read = move |db: &mut query::Db| query::notice_mail::digest(db, now, &job);
        let Some(digest) = context.ops().store().read(read).await? else {
            return Ok(());
        };
        let (job, key) = (self.clone(), secret::token());
        let begin = move |tx: &mut Tx<'_>| {
            domain::notice::digest::begin(tx, &job, SendDigest::mail(id), &key)
        };
        let Some(ready) = context.ops().write(begin).await? else {
            return Ok(());
        };
        let what = Unsubscribe::Digest;
        let subscription = Subscription {
            what,
            community: None,
            path: ready.unsubscribe_path(what),
            list: None,
            thread: None,
        };
        let recipient = recipient(&site, &ready.account, &ready.person);
        let lines = lines(&site, &digest);
        let mail_text = notice::digest(&recipient, &lines, &subscription);
        send(context, ready, &mail_text).await
    }
}

fn lines(site: &Site, digest: &Digest) -> DigestLines {
    let lang = digest.account.lang;
    let own = digest.account.zone.parse().ok();
    let zone: Tz = own.or_else(|| site.zone.parse().ok()).unwrap_or(Tz::UTC);
    let threads = |cards: &[ThreadCard]| -> Vec<ThreadLine> {
        cards
            .iter()
            .map(|card| thread_line(lang, zone, card))
            .collect()
    };
    let communities = digest.communities.iter().map(|one| {
        let community = &one.community;
        CommunityLines {
            name: community.shown_name(lang),
            threads: threads(&one.threads),
            more: one.more,
            path: actor_path(true, &community.handle, &community.host),
        }
    });
    DigestLines {
        questions: threads(&digest.questions),
        notices: digest
            .notices
            .iter()
            .map(|view| notice_line(lang, view, &digest.texts))
            .collect(),
        more_notices: digest.more_notices,
        communities: communities.collect(),
    }
}

fn thread_line(lang: Lang, zone: Tz, card: &ThreadCard) -> ThreadLine {
    let head = &card.head;
    ThreadLine {
        title: match head.title.read(lang) {
            "" => words::text(lang, "mail-untitled").to_owned(),
            title => title.to_owned(),
        },
        author: full_name(&card.author),
        when: words::moment(lang, head.published_at.utc(), zone),
        replies: i64::from(head.reply_count),
        only_in: head.title.only_in(lang),
        path: format!("/p/{}", head.id),
    }
}

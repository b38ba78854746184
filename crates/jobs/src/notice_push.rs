//! Push messages of notices and of new threads: each is read as its recipient just before it is sent. A message has
//! the name of the community and a path, and no word of a post: others see the screen of a phone.

use crate::NOT_SET_UP;
use crate::context::Context;
use crate::notice_mail::notice_line;
use crate::push_service::{PushFailure, PushMessage};
use delivery::jobs::{Job, WaitsFor};
use domain::Tx;
use domain::notice::push::{PushPreparation, PushResult, ReadyPush};
use model::job::JobError;
use model::notice_push::SendPush;
use model::{JobId, Site};
use query::notice_push::PushContent;
use std::collections::HashSet;

/// Seconds until a message is tried again whose recipient another one is on its way to.
const TURN_SECONDS: i64 = 2;

impl Job<Context> for SendPush {
    const WAITS_FOR: WaitsFor = WaitsFor::PushService;

    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let Some(site) = context.ops().site() else {
            return Err(NOT_SET_UP);
        };
        let push = self.push;
        let begin = move |tx: &mut Tx<'_>| domain::notice::push::begin(tx, push);
        let ready = match context.ops().write(begin).await? {
            PushPreparation::Ready(ready) => *ready,
            PushPreparation::Quiet(seconds) => return Err(JobError::Later(seconds)),
            PushPreparation::Pointless => return Ok(()),
        };
        let (reading, now) = (ready.clone(), context.ops().now());
        let read = move |db: &mut query::Db| {
            let content = query::notice_push::content(db, now, &reading)?;
            Ok::<_, domain::Error>((content, domain::notice::push::stored_key(db)?))
        };
        let (content, key) = context.ops().store().read(read).await?;
        let (Some(content), Some(key)) = (content, key) else {
            return finish(context, ready, PushResult::Pointless)
                .await
                .map(drop);
        };
        let message = PushMessage {
            key: &key,
            site: &site.url,
            payload: &payload(&site, &ready, &content),
            topic: ready.push.thread_id.map(|thread| format!("t{thread}")),
        };
        let Some(_turn) = context.push.turn(ready.account.actor_id) else {
            return Err(JobError::Later(TURN_SECONDS));
        };
        match context.push.send(&ready.browser, &message, now).await {
            Ok(()) => finish(context, ready, PushResult::Sent).await.map(drop),
            Err(failure) => record(context, ready, failure).await,
        }
    }
}

async fn finish(context: &Context, ready: ReadyPush, result: PushResult) -> Result<bool, JobError> {
    let record = move |tx: &mut Tx<'_>| domain::notice::push::finish(tx, &ready, result);
    Ok(context.ops().write(record).await?)
}

async fn record(context: &Context, ready: ReadyPush, failure: PushFailure) -> Result<(), JobError> {
    let PushFailure { kind, why, wait } = failure;
    let again = finish(context, ready, PushResult::Failed(kind)).await?;
    match (again, wait) {
        (true, Some(seconds)) => Err(JobError::Later(seconds)),
        (true, None) => Err(JobError::Failed(why)),
        (false, _) => {
            tracing::info!(error = why, %kind, "push message not delivered");
            Ok(())
        }
    }
}

/// What the service worker shows, as JSON: the keys `title`, `body`, `path`, `tag` and `lang`.
fn payload(site: &Site, ready: &ReadyPush, content: &PushContent) -> String {
    let lang = ready.account.lang;
    let title = match &content.community {
        Some(place) => place.shown_name(lang),
        None => site.name.read(lang).to_owned(),
    };
    let (message, path) = match (&content.notice, ready.push.thread_id) {
        (Some(view), _) => ("push-notice", notice_line(lang, view, &HashSet::new()).path),
        (None, Some(thread)) => ("push-new-thread", format!("/p/{thread}")),
        (None, None) => ("push-notice", "/notices".to_owned()),
    };
    let tag = match ready.push.thread_id {
        Some(thread) => format!("thread-{thread}"),
        None => format!("notice-{}", ready.push.notice_id),
    };
    serde_json::json!({
        "title": title,
        "body": words::text(lang, message),
        "path": path,
        "tag": tag,
        "lang": lang.as_str(),
    })
    .to_string()
}

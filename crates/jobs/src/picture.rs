//! Fetches remote actors' pictures, so that readers' browsers never ask the other server. An actor
//! whose picture cannot be had is shown without one.

use crate::context::Context;
use delivery::jobs::{Job, WaitsFor};
use domain::Outcome;
use media::MediaError;
use model::job::{FetchPicture, JobError};
use model::{ActorId, JobId};
use url::Url;

impl Job<Context> for FetchPicture {
    const WAITS_FOR: WaitsFor = WaitsFor::Peers;

    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let Ok(address) = Url::parse(&self.url) else {
            return Ok(());
        };
        if is_rejected(context, self.actor).await? {
            return Ok(());
        }
        let client = context.federation.client();
        let fetched = client
            .get_bytes(&address, media::MAX_BYTES, "image/*")
            .await;
        let bytes = match fetched {
            Ok((_, bytes)) => bytes,
            Err(error) if error.is_transient() => return Err(JobError::Failed(error.to_string())),
            Err(error) => {
                tracing::debug!(url = self.url, %error, "picture not fetched");
                return Ok(());
            }
        };
        let ops = context.ops();
        let blob = match context
            .media
            .store_picture(bytes, ops.now(), ops.id())
            .await
        {
            Ok(blob) => blob,
            Err(error @ (MediaError::Folder(_) | MediaError::Closed)) => {
                return Err(JobError::Failed(error.to_string()));
            }
            Err(
                error @ (MediaError::TooLarge
                | MediaError::NotAPicture
                | MediaError::Broken(_)
                | MediaError::NotFound),
            ) => {
                tracing::debug!(url = self.url, %error, "picture not usable");
                return Ok(());
            }
        };
        let (actor, url) = (self.actor, self.url.clone());
        ops.write(move |tx| domain::actor::show_fetched_picture(tx, actor, &url, &blob))
            .await?;
        Ok(())
    }
}

/// Whether a rule rejects pictures from the actor's server.
async fn is_rejected(context: &Context, actor: ActorId) -> Outcome<bool> {
    let policy = context.ops().policy();
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::raw::actor::by_id(db, actor)?) };
    let row = context.ops().store().read(read).await?;
    Ok(row.is_some_and(|row| policy.rejects_media(&row.host)))
}

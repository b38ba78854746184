//! Fetching a remote actor's picture, so that readers' browsers never ask the other server. One
//! that cannot be had is no fault: the actor is shown without.

use crate::body::{End, end};
use domain::Outcome;
use federation::seam::Federation;
use media::{Media, MediaError};
use model::ActorId;
use url::Url;

/// Fetches it, makes it safe and small, and shows it.
pub(crate) async fn fetch(fed: &Federation, media: &Media, actor: ActorId, url: &str) -> End {
    let Ok(address) = Url::parse(url) else {
        return End::Done;
    };
    match is_rejected(fed, actor).await {
        Ok(false) => {}
        Ok(true) => return End::Done,
        Err(fault) => return end(Err(fault)),
    }
    let bytes = match fed
        .client()
        .get_bytes(&address, media::MAX_BYTES, "image/*")
        .await
    {
        Ok((_, bytes)) => bytes,
        Err(why) if why.is_transient() => return End::Failed(why.to_string()),
        Err(why) => {
            tracing::debug!(url, %why, "a picture is left out");
            return End::Done;
        }
    };
    let (now, id) = (fed.ops().now(), fed.ops().id());
    let blob = match media.store_picture(bytes, now, id).await {
        Ok(blob) => blob,
        Err(why @ (MediaError::Folder(_) | MediaError::Closed)) => {
            return End::Failed(why.to_string());
        }
        Err(
            why @ (MediaError::TooLarge
            | MediaError::NotAPicture
            | MediaError::Broken(_)
            | MediaError::NotFound),
        ) => {
            tracing::debug!(url, %why, "a picture is left out");
            return End::Done;
        }
    };
    let url = url.to_owned();
    let shown = fed
        .ops()
        .write(move |tx| domain::actor::show_fetched_picture(tx, actor, &url, &blob))
        .await;
    end(shown)
}

/// A rule leaves the pictures of the actor's server out.
async fn is_rejected(fed: &Federation, actor: ActorId) -> Outcome<bool> {
    let policy = fed.ops().policy();
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::actor::by_id(db, actor)?) };
    let row = fed.store().read(read).await?;
    Ok(row.is_some_and(|row| policy.rejects_media(&row.host)))
}

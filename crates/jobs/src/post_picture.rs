//! Deletes files of pictures that nothing shows any more: the post was never published, or it or its
//! picture was removed.

use crate::context::Context;
use delivery::jobs::Job;
use domain::Outcome;
use model::JobId;
use model::job::{JobError, Payload};
use serde::{Deserialize, Serialize};

/// How long a file is kept for a post that is being written, in seconds.
const KEEP_SECONDS: i64 = 86_400;
/// Files whose use is looked up at once.
const CHUNK: usize = 200;

/// Deletes the files that no row names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeleteUnusedPictures;

impl Payload for DeleteUnusedPictures {
    const KIND: &'static str = "delete_unused_pictures";
}

impl Job<Context> for DeleteUnusedPictures {
    async fn run(&self, context: &Context, _id: JobId) -> Result<(), JobError> {
        let before = context.ops().now().plus_seconds(-KEEP_SECONDS);
        let media = &context.media;
        let failed = |error: media::MediaError| JobError::Failed(error.to_string());
        let files = media.stored_before(before).await.map_err(failed)?;
        for files in files.chunks(CHUNK) {
            let asked = files.to_vec();
            let read = move |db: &mut store::Db| -> Outcome<Vec<String>> {
                Ok(store::post::used_digests(db, &asked)?)
            };
            let used = context.ops().store().read(read).await?;
            for digest in files.iter().filter(|digest| !used.contains(digest)) {
                media.delete(digest, before).await.map_err(failed)?;
            }
        }
        Ok(())
    }
}

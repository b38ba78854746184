//! Stored pictures, served from our own origin. The bytes of an id never change.

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::Error;
use http::header;
use httpkit::App;
use media::{Media, MediaError};
use model::BlobId;

use super::path_param::PathParam;
use super::response::Page;

/// `GET /media/{id}`
pub async fn picture(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    PathParam(id): PathParam<BlobId>,
) -> Page {
    let read = move |db: &mut query::Db, _| query::site::picture(db, id);
    let blob = app.read(None, read).await?;
    let bytes = media
        .read(&blob.digest)
        .await
        .map_err(|error| match error {
            MediaError::NotFound => Error::not_found("picture"),
            other => Error::fault(other.to_string()),
        })?;
    let headers = [
        (header::CONTENT_TYPE, blob.media_type),
        (
            header::CACHE_CONTROL,
            "public, max-age=31536000, immutable".to_owned(),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

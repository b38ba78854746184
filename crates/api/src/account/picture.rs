//! The picture of the signed-in person.

use super::{MeDto, show};
use crate::ApiResult;
use crate::extract::{File, Query, Writer};
use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use domain::actor::Picture;
use domain::{Error, Outcome};
use httpkit::App;
use media::Media;
use model::Why;
use serde::Deserialize;
use utoipa::IntoParams;

/// The description of a picture.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Described {
    /// Alternative text.
    pub alt: String,
}

/// Sets the picture: the body is the file (PNG, JPEG, WebP or GIF, up to 8 MiB).
#[utoipa::path(put, path = "/me/picture", tag = "me", security(("oauth" = ["write:accounts"])), params(Described), request_body(content = Vec<u8>, content_type = "image/*"), responses((status = 200, body = MeDto), (status = 413), (status = 422)))]
pub async fn set_picture(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    writer: Writer,
    Query(described): Query<Described>,
    File(body): File,
) -> ApiResult<MeDto> {
    let picture = take_in(&app, &media, body, described.alt.trim()).await?;
    change(&app, writer, Some(picture)).await
}

/// Takes the picture away.
#[utoipa::path(delete, path = "/me/picture", tag = "me", security(("oauth" = ["write:accounts"])), responses((status = 200, body = MeDto)))]
pub async fn drop_picture(State(app): State<App>, writer: Writer) -> ApiResult<MeDto> {
    change(&app, writer, None).await
}

async fn change(app: &App, writer: Writer, picture: Option<Picture>) -> ApiResult<MeDto> {
    let me = writer.me;
    let id = me.id();
    app.ops()
        .write(move |tx| domain::account::set_picture(tx, id, picture.as_ref()))
        .await?;
    Ok(Json(show(app, me).await?))
}

/// One without words is refused before any work is done.
async fn take_in(app: &App, media: &Media, bytes: Bytes, alt: &str) -> Outcome<Picture> {
    if alt.is_empty() {
        return Err(Error::invalid("alt", Why::Required));
    }
    let kept = media.store_picture(bytes, app.ops().now(), app.ops().id());
    let blob = kept.await.map_err(|error| {
        let fault = || Error::fault(error.to_string());
        error.refusal("picture").map_or_else(fault, Error::from)
    })?;
    Ok(Picture {
        blob,
        alt: alt.to_owned(),
    })
}

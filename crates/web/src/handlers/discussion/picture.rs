//! Pictures of posts: read from a form, and served to those who may see their post.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use domain::post::{KeptPicture, NewPicture, Pictures};
use domain::{Error, Outcome};
use http::{HeaderMap, StatusCode, header};
use httpkit::App;
use media::{Media, MediaError};
use model::limits::ALT_MAX;
use model::refusal::Checks;
use model::{PostId, Why};

use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::FormPost;
use crate::handlers::page_request::{PageRequest, header_text};
use crate::handlers::response::Page;
use crate::views::discussion::PICTURE_SLOTS;

/// Seconds for which everybody may reuse a public picture without asking again. It is short, because a post
/// may be withheld later.
const PUBLIC_CACHE: &str = "public, max-age=300";
const PRIVATE_CACHE: &str = "private, no-store";

/// Reads the pictures of a form, and stores the files of those that were chosen. What is missing is said
/// before any file is decoded.
///
/// # Errors
/// `Invalid` with the fields at fault.
pub(super) async fn uploaded(media: &Media, posted: &FormPost) -> Outcome<Pictures> {
    let fields = &posted.fields;
    let mut checks = Checks::default();
    let mut pictures = Pictures::default();
    let mut chosen = Vec::new();
    for slot in &PICTURE_SLOTS {
        let (alt, file) = (fields.trimmed(slot.alt), posted.file(slot.file));
        match (fields.choice::<i32>(slot.number), file) {
            (Some(_), _) if fields.ticked(slot.remove) => {}
            (Some(number), _) => {
                checks.text(slot.alt, &alt, ALT_MAX);
                pictures.kept.push(KeptPicture { number, alt });
            }
            (None, Some(bytes)) => {
                checks.text(slot.alt, &alt, ALT_MAX);
                chosen.push((slot.file, bytes, alt));
            }
            (None, None) => {
                checks.that(alt.is_empty(), slot.file, Why::Required);
            }
        }
    }
    checks.done()?;
    for (field, bytes, alt) in chosen {
        let stored = media.store_post_picture(bytes.clone()).await;
        let file = stored.map_err(|error| {
            let fault = || Error::fault(error.to_string());
            error.refusal(field).map_or_else(fault, Error::from)
        })?;
        pictures.added.push(NewPicture { file, alt });
    }
    Ok(pictures)
}

/// Says at each file that was chosen that it must be chosen again.
pub(super) fn choose_again(f: &Frame, mut form: Form, posted: &FormPost) -> Form {
    for slot in &PICTURE_SLOTS {
        let lost = !form.has(slot.number) && posted.loses_file(slot.file, slot.alt);
        if lost && form.get(slot.file).error.is_none() {
            form.fault(slot.file, f.text("enter-picture-again"));
        }
    }
    form
}

/// `GET /p/{id}/pictures/{number}`
pub async fn picture(
    State(app): State<App>,
    Extension(media): Extension<Media>,
    Path((post, number)): Path<(String, String)>,
    headers: HeaderMap,
    request: PageRequest,
) -> Page {
    let named: Option<(PostId, i32)> = post.parse().ok().zip(number.parse().ok());
    let (post, number) = named.ok_or(Error::not_found("picture"))?;
    let read = move |db: &mut query::Db, reader| query::post::picture(db, reader, post, number);
    let found = app.read(request.reader(), read).await?;
    let file = found.picture.file;
    let etag = format!("\"{}\"", file.digest);
    let caching = if found.public {
        PUBLIC_CACHE
    } else {
        PRIVATE_CACHE
    };
    let caching = [
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::ETAG, etag.clone()),
    ];
    if header_text(&headers, header::IF_NONE_MATCH) == etag {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let bytes = media
        .read(&file.digest)
        .await
        .map_err(|error| match error {
            MediaError::NotFound => Error::not_found("picture"),
            other => Error::fault(other.to_string()),
        })?;
    let kind = [
        (header::CONTENT_TYPE, file.media_type.as_str()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((caching, kind, bytes).into_response())
}

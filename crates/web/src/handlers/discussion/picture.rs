//! Pictures of posts: read from a form, and served to those who may see their post.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use domain::post::{KeptPicture, NewPicture, Pictures};
use domain::{Error, Outcome};
use http::{HeaderMap, StatusCode, header};
use httpkit::compose::{Composed, TypedPost};
use httpkit::{App, compose};
use media::{Media, MediaError};
use model::limits::ALT_MAX;
use model::refusal::Checks;
use model::{PostId, Refusal, Why};

use crate::form::Form;
use crate::frame::Frame;
use crate::handlers::form_post::{FormPost, SignedInForm};
use crate::handlers::page_request::{PageRequest, header_text};
use crate::handlers::response::Page;
use crate::views::discussion::PICTURE_SLOTS;

/// Seconds for which everybody may reuse a public picture without asking again. It is short, because a post
/// may be withheld later.
const PUBLIC_CACHE: &str = "public, max-age=300";
const PRIVATE_CACHE: &str = "private, no-store";

/// Makes a draft of a form with pictures. What is wrong with the pictures and with the text is said together.
///
/// # Errors
/// `Invalid` with the fields at fault.
pub(super) async fn draft(
    app: &App,
    media: &Media,
    SignedInForm { posted, me }: &SignedInForm,
    typed: TypedPost,
    thread: bool,
) -> Outcome<Composed> {
    let (pictures, mut faults) = uploaded(media, posted).await?;
    let typed = TypedPost {
        pictures: faults.is_empty().then_some(pictures),
        ..typed
    };
    let composed = compose::draft(app, me.id(), typed).await?;
    if !faults.is_empty() {
        faults.also(composed.draft.checks(thread)).done()?;
    }
    Ok(composed)
}

/// Reads the pictures of a form, stores the files of those that were chosen, and notes what is wrong with any
/// of them.
async fn uploaded(media: &Media, posted: &FormPost) -> Outcome<(Pictures, Checks)> {
    let fields = &posted.fields;
    let mut faults = Checks::default();
    let mut pictures = Pictures::default();
    for slot in &PICTURE_SLOTS {
        let (alt, file) = (fields.trimmed(slot.alt), posted.file(slot.file));
        match (fields.choice::<i32>(slot.number), file) {
            (Some(_), _) if fields.ticked(slot.remove) => {}
            (Some(number), _) => {
                faults.text(slot.alt, &alt, ALT_MAX);
                pictures.kept.push(KeptPicture { number, alt });
            }
            (None, Some(bytes)) => {
                faults.text(slot.alt, &alt, ALT_MAX);
                match media.store_post_picture(bytes.clone()).await {
                    Ok(file) => pictures.added.push(NewPicture { file, alt }),
                    Err(error) => match error.refusal(slot.file) {
                        Some(Refusal::Invalid(errors)) => faults.add(errors),
                        _ => return Err(Error::fault(error.to_string())),
                    },
                }
            }
            (None, None) => {
                faults.that(alt.is_empty(), slot.file, Why::Required);
            }
        }
    }
    Ok((pictures, faults))
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

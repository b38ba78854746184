//! The body of a request that writes a post: JSON, or a form with the same JSON and the files of pictures.

use crate::dto::{NewPost, PictureText};
use crate::extract::{File, not_json, parsed, problem, unread};
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};
use domain::post::{KeptPicture, NewPicture, Pictures};
use domain::{Error, Outcome};
use http::{StatusCode, header};
use httpkit::ApiError;
use httpkit::compose::TypedPost;
use media::Media;
use model::limits::{ALT_MAX, PICTURES_MAX};
use model::refusal::Checks;
use model::{Refusal, Why};
use utoipa::ToSchema;

/// Largest JSON of a post, in bytes: texts in twelve languages.
const JSON_MAX: usize = 2 << 20;
/// Largest form of a post with pictures.
pub const POST_FORM_MAX: usize = PICTURES_MAX * media::MAX_BYTES + JSON_MAX;

/// A post with the files of its pictures.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes the form")]
pub struct NewPostForm {
    /// The post; `pictures` describes each of the files, in their order.
    post: NewPost,
    /// Files (PNG, JPEG, WebP or GIF, up to 8 MiB), four at most.
    #[schema(value_type = Vec<String>, format = Binary)]
    picture: Vec<Vec<u8>>,
}

/// A post as it was sent.
pub struct PostBody {
    post: NewPost,
    files: Vec<Bytes>,
}

impl<S: Send + Sync> FromRequest<S> for PostBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_form = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"));
        let (json, files) = if is_form {
            let form = Multipart::from_request(request, state).await;
            let form = form.map_err(|e| unread(e.status(), &e, &e.body_text()))?;
            read_form(form).await?
        } else {
            let File(json) = File::from_request(request, state).await?;
            (json, Vec::new())
        };
        if json.len() > JSON_MAX {
            return Err(refused(Refusal::TooLarge.into()));
        }
        let post = parsed(&json).map_err(|e| not_json(&e))?;
        Ok(Self { post, files })
    }
}

/// Reads the JSON and the files of a form.
async fn read_form(mut form: Multipart) -> Result<(Bytes, Vec<Bytes>), Response> {
    let (mut post, mut files) = (None, Vec::new());
    loop {
        let part = form.next_field().await;
        let part = part.map_err(|e| unread(e.status(), &e, &e.body_text()))?;
        let Some(part) = part else { break };
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await;
        let bytes = bytes.map_err(|e| unread(e.status(), &e, &e.body_text()))?;
        match name.as_str() {
            "post" => post = Some(bytes),
            "picture" if files.len() < PICTURES_MAX => files.push(bytes),
            "picture" => return Err(refused(Error::invalid("pictures", Why::TooLong))),
            _ => {}
        }
    }
    let missing = || problem(StatusCode::BAD_REQUEST, "body", "the form has no `post`");
    Ok((post.ok_or_else(missing)?, files))
}

fn refused(error: Error) -> Response {
    ApiError::from(error).into_response()
}

impl PostBody {
    /// Converts it to the input of a draft, and stores its files. `key` is the idempotency key of the
    /// request.
    ///
    /// # Errors
    /// `Invalid` with the fields at fault.
    pub async fn typed(mut self, media: &Media, key: &str) -> Result<TypedPost, ApiError> {
        let described = self.post.pictures.take();
        let typed = self.post.typed(key)?;
        Ok(TypedPost {
            pictures: pictures(media, described, self.files).await?,
            ..typed
        })
    }
}

/// The pictures of a post; `None` leaves those that it has. What is missing is said before any file is
/// decoded.
async fn pictures(
    media: &Media,
    described: Option<Vec<PictureText>>,
    files: Vec<Bytes>,
) -> Outcome<Option<Pictures>> {
    if described.is_none() && files.is_empty() {
        return Ok(None);
    }
    let (mut checks, mut pictures, mut alts) = (Checks::default(), Pictures::default(), Vec::new());
    for PictureText { alt, number } in described.unwrap_or_default() {
        let alt = alt.trim().to_owned();
        checks.text("picture_alt", &alt, ALT_MAX);
        match number {
            Some(number) => pictures.kept.push(KeptPicture { number, alt }),
            None => alts.push(alt),
        }
    }
    let count = pictures.kept.len() + alts.len();
    checks.that(count <= PICTURES_MAX, "pictures", Why::TooLong);
    // Each file has its text, and each text its file.
    checks.that(alts.len() >= files.len(), "picture_alt", Why::Required);
    checks.that(alts.len() <= files.len(), "picture", Why::Required);
    checks.done()?;
    for (bytes, alt) in files.into_iter().zip(alts) {
        let stored = media.store_post_picture(bytes).await;
        let file = stored.map_err(|error| {
            let fault = || Error::fault(error.to_string());
            error.refusal("picture").map_or_else(fault, Error::from)
        })?;
        pictures.added.push(NewPicture { file, alt });
    }
    Ok(Some(pictures))
}

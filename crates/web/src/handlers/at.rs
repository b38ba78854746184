//! The part of a path that names something. One that cannot name anything names nothing: 404.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use httpkit::App;
use model::Refusal;
use std::str::FromStr;

use super::answer::Fail;

/// An id, a handle or an address in a path.
pub struct At<T>(pub T);

impl<T: FromStr> FromRequestParts<App> for At<T> {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fail> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let named = path
            .ok()
            .filter(|Path(text)| !text.contains('\0'))
            .and_then(|Path(text)| text.parse().ok());
        named.map(Self).ok_or(Refusal::NotFound("page").into())
    }
}

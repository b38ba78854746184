//! The variable part of a path. One that cannot be parsed is answered with 404.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use httpkit::App;
use model::Refusal;
use std::str::FromStr;

use super::page_error::PageError;

/// An id, a handle or an address in a path.
pub struct PathParam<T>(pub T);

impl<T: FromStr> FromRequestParts<App> for PathParam<T> {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        let value = path
            .ok()
            .filter(|Path(text)| !text.contains('\0'))
            .and_then(|Path(text)| text.parse().ok());
        value.map(Self).ok_or(Refusal::NotFound("page").into())
    }
}

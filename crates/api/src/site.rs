//! The instance.

use crate::ApiResult;
use axum::Json;
use axum::extract::State;
use httpkit::{ApiError, App};
use model::{Bilingual, Site};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in English, French, or both.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct Text {
    /// English; absent or empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    /// French; absent or empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fr: String,
}

impl From<Bilingual> for Text {
    fn from(text: Bilingual) -> Self {
        Self {
            en: text.en,
            fr: text.fr,
        }
    }
}

impl From<&Text> for Bilingual {
    fn from(text: &Text) -> Self {
        Self::new(&text.en, &text.fr)
    }
}

/// The instance.
#[derive(Debug, Serialize, ToSchema)]
pub struct Instance {
    /// Public origin.
    pub url: String,
    /// The organization's name.
    pub name: Text,
    /// Who we are, in Markdown.
    pub description: Text,
    /// Languages of the interface.
    pub languages: Vec<String>,
    /// Who may register: open, approval, invitation or closed.
    pub registration: String,
    /// Version of Hedgerow.
    pub version: String,
}

impl From<&Site> for Instance {
    fn from(site: &Site) -> Self {
        Self {
            url: site.url.clone(),
            name: site.name.clone().into(),
            description: site.description.clone().into(),
            languages: site.languages.iter().map(ToString::to_string).collect(),
            registration: site.registration.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Shows the instance.
#[utoipa::path(get, path = "/instance", tag = "instance", responses((status = 200, body = Instance)))]
pub async fn show(State(app): State<App>) -> ApiResult<Instance> {
    let site = app.site().map_err(ApiError::from)?;
    Ok(Json(Instance::from(&*site)))
}

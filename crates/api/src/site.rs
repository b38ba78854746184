//! The instance.

use crate::ApiResult;
use axum::Json;
use axum::extract::State;
use httpkit::{ApiError, App};
use model::{LangText, Site};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A text in one or more languages: an object with a text under each language tag. Empty texts and
/// repeated tags are left out, and at most twelve languages are kept.
#[derive(Debug, Clone, Default, ToSchema)]
#[schema(value_type = BTreeMap<String, String>, example = json!({"en": "Weavers", "fr": "Tisserands"}))]
pub struct Text(pub LangText);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::<String, String>::deserialize(deserializer)?;
        let pairs = texts
            .iter()
            .map(|(tag, text)| (tag.as_str(), text.as_str()));
        Ok(Self(LangText::new(pairs)))
    }
}

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
            name: Text(site.name.clone()),
            description: Text(site.description.clone()),
            languages: site.languages.iter().map(ToString::to_string).collect(),
            registration: site.registration.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Shows the instance.
#[utoipa::path(get, path = "/instance", tag = "instance", security(()), responses((status = 200, body = Instance)))]
pub async fn show(State(app): State<App>) -> ApiResult<Instance> {
    let site = app.site().map_err(ApiError::from)?;
    Ok(Json(Instance::from(&*site)))
}

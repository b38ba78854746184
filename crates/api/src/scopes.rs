//! Which scopes a route needs: each names them once, in its description, and this reads them from there.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use httpkit::session::RouteScopes;
use model::oauth::Scope;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// The name of the security scheme in the description.
pub(crate) const SCHEME: &str = "oauth";

/// The scopes of every route, by method in capitals and path.
#[derive(Clone)]
pub(crate) struct ScopeTable(Arc<HashMap<(String, String), RouteScopes>>);

impl ScopeTable {
    /// Reads the description. A route that names none is missing, and refuses every token.
    pub(crate) fn of(description: &OpenApi) -> Self {
        let description = serde_json::to_value(description).unwrap_or_default();
        let mut table = HashMap::new();
        for (path, operations) in description
            .get("paths")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                if let Some(scopes) = scopes_of(operation) {
                    table.insert((method.to_uppercase(), path.clone()), scopes);
                }
            }
        }
        Self(Arc::new(table))
    }
}

/// The scopes of an operation, of which a token needs one; none where it is open and takes no token.
fn scopes_of(operation: &Value) -> Option<RouteScopes> {
    let ways = operation.get("security")?.as_array()?;
    let named = ways.iter().filter_map(|way| way.get(SCHEME)?.as_array());
    let scopes: Option<Vec<Scope>> = named
        .flatten()
        .map(|scope| Scope::named(scope.as_str()?))
        .collect();
    Some(RouteScopes(scopes?.into()))
}

/// Tells the extractor of tokens which scopes the route needs.
pub(crate) async fn add(
    State(table): State<ScopeTable>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = match request.method().as_str() {
        "HEAD" => "GET".to_owned(),
        other => other.to_owned(),
    };
    let path = request.extensions().get::<MatchedPath>();
    let path = path
        .map(|path| path.as_str().to_owned())
        .unwrap_or_default();
    if let Some(scopes) = table.0.get(&(method, path)).cloned() {
        request.extensions_mut().insert(scopes);
    }
    next.run(request).await
}

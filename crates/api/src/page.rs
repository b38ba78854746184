//! Lists: some items, and the cursor of the next page.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Most items a page may hold.
const LIMIT_MAX: i64 = 100;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, newest (or most recently active) first.
    pub items: Vec<T>,
    /// Send it back as `before` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// The `next` of the page before.
    pub before: Option<String>,
    /// How many items, 1–100; 30 where absent.
    pub limit: Option<i64>,
}

impl Paging {
    /// How many items.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(30).clamp(1, LIMIT_MAX)
    }
}

/// A page of rows that were asked for with one more than `limit`.
pub fn page<R, T>(
    rows: Vec<R>,
    limit: i64,
    cursor: impl Fn(&R) -> String,
    show: impl Fn(R) -> T,
) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let next = rows
        .get(limit.saturating_sub(1))
        .filter(|_| more)
        .map(cursor);
    Page {
        items: rows.into_iter().take(limit).map(show).collect(),
        next,
    }
}

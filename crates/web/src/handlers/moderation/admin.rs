//! The reports and appeals that administrators decide on.

use super::{appealed, reported};
use crate::handlers::admin::page;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, show};
use crate::handlers::show::community;
use crate::views::admin::AdminTab;
use crate::views::moderation::AdminReports;

/// `GET /admin/reports`
pub async fn reports(request: PageRequest) -> Page {
    let (f, counts, queue) = page(&request, query::moderation::instance_queue).await?;
    show(&AdminReports {
        tabs: counts.tabs(&f, AdminTab::Reports),
        reports: queue.reports.iter().map(|row| reported(&f, row)).collect(),
        appeals: queue.appeals.iter().map(|row| appealed(&f, row)).collect(),
        communities: queue
            .communities
            .iter()
            .map(|row| {
                let place = community::place(&row.place, f.lang);
                (place, row.count, row.since.utc())
            })
            .collect(),
        f,
    })
}

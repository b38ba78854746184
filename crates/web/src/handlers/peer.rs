//! The public page of limited servers.

use domain::Error;
use httpkit::peer;
use model::peer::policy::{Severity, obscured};
use query::row::PeerRule;

use super::page_request::PageRequest;
use super::response::{Page, show};
use crate::frame::Section;
use crate::views::peer::{LimitRow, Limits};

/// `GET /about/servers`: 404 where the admins do not publish the list.
pub async fn limits(request: PageRequest) -> Page {
    let rules = peer::published(request.app.ops()).await?;
    let rules = rules.ok_or(Error::not_found("page"))?;
    let of = |severity: Severity| {
        let rows = rules.iter().filter(|rule| rule.severity == severity);
        rows.map(row).collect()
    };
    show(&Limits {
        blocked: of(Severity::Block),
        silenced: of(Severity::Silence),
        f: request.framed(Section::Elsewhere).await?,
    })
}

fn row(rule: &PeerRule) -> LimitRow {
    LimitRow {
        domain: if rule.obscure {
            obscured(&rule.domain)
        } else {
            rule.domain.clone()
        },
        reason: rule.reason.clone(),
    }
}

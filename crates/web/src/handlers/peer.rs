//! What everybody may know of with whom this server exchanges.

use domain::Error;
use httpkit::peer;
use model::peer::policy::{Severity, obscured};
use store::row::PeerRule;

use super::answer::{Page, show};
use super::ask::Ask;
use crate::frame::Section;
use crate::views::peer::{LimitRow, Limits};

/// `GET /about/servers`: there is no such page where the admins do not publish the list.
pub async fn limits(ask: Ask) -> Page {
    let rules = peer::published(ask.app.ops()).await?;
    let rules = rules.ok_or(Error::not_found("page"))?;
    let of = |severity: Severity| {
        let rows = rules.iter().filter(|rule| rule.severity == severity);
        rows.map(row).collect()
    };
    show(&Limits {
        blocked: of(Severity::Block),
        silenced: of(Severity::Silence),
        f: ask.framed(Section::Elsewhere).await?,
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

//! Administration: overview, accounts, organizations, invitations, peers, queues, settings.

pub mod account;
pub mod account_page;
pub mod community;
pub mod erase;
pub mod info;
pub mod invitation;
pub mod organization;
pub mod peer;
pub mod queue;
pub mod rule;
pub mod site;

use domain::Outcome;
use model::AccountState;
use model::peer::PeerState;
use query::{Db, Reader};

use super::page_request::PageRequest;
use super::response::{Page, show};
use crate::frame::{Frame, Section};
use crate::views::admin::{AdminTab, Figure, Overview, admin_tabs};
use crate::views::parts::Tab;

/// The counts on the tabs: pending accounts and failed deliveries.
pub(super) struct Counts {
    waiting: i64,
    failed: i64,
    /// Deliveries that wait.
    queued: i64,
}

impl Counts {
    fn read(db: &mut Db) -> Outcome<Self> {
        let queue = query::queue::counts(db)?;
        Ok(Self {
            waiting: query::account::count(db, AccountState::Pending)?,
            failed: queue.deliveries_failed + queue.jobs_failed,
            queued: queue.deliveries_waiting,
        })
    }

    pub(super) fn tabs(&self, f: &Frame, here: AdminTab) -> Vec<Tab> {
        admin_tabs(f, here, self.waiting, self.failed)
    }
}

/// Reads an admin page: its rows and the counts of its tabs.
pub(super) async fn page<T, F>(request: &PageRequest, rows: F) -> Outcome<(Frame, Counts, T)>
where
    T: Send + 'static,
    F: FnOnce(&mut Db, Reader) -> Outcome<T> + Send + 'static,
{
    request.admin()?;
    let read = move |db: &mut Db, reader: Reader| Ok((Counts::read(db)?, rows(db, reader)?));
    let (f, (counts, rows)) = request.page(Section::Admin, read).await?;
    Ok((f, counts, rows))
}

struct OverviewRows {
    accounts: i64,
    communities: i64,
    threads: i64,
    peers: i64,
    parked: i64,
    database: &'static str,
    since: chrono::DateTime<chrono::Utc>,
}

fn overview_rows(db: &mut Db, reader: Reader) -> Outcome<OverviewRows> {
    let peers = query::site::peers(db)?;
    let parked = peers
        .iter()
        .filter(|(peer, _, _)| peer.state == PeerState::Parked);
    let counts = query::site::counts(db, reader.now)?;
    Ok(OverviewRows {
        accounts: counts.accounts,
        communities: counts.communities,
        threads: counts.threads,
        parked: i64::try_from(parked.count()).unwrap_or(0),
        peers: i64::try_from(peers.len()).unwrap_or(0),
        database: query::site::database(db),
        since: query::site::actor(db)?.created_at.utc(),
    })
}

/// The figures of the overview, with links.
fn figures(f: &Frame, counts: &Counts, rows: &OverviewRows) -> Vec<Figure> {
    let figure = |n: i64, key: &str, url: &str, care: bool| Figure {
        n,
        label: f.message(key).arg("count", n).to_string(),
        url: url.to_owned(),
        care: care && n > 0,
    };
    vec![
        figure(
            counts.waiting,
            "admin-figure-waiting",
            "/admin/accounts?show=waiting",
            true,
        ),
        figure(
            rows.accounts,
            "admin-figure-accounts",
            "/admin/accounts",
            false,
        ),
        figure(
            rows.communities,
            "admin-figure-communities",
            "/communities",
            false,
        ),
        figure(rows.threads, "admin-figure-threads", "/communities", false),
        figure(rows.peers, "admin-figure-peers", "/admin/peers", false),
        figure(
            rows.parked,
            "admin-figure-parked",
            "/admin/peers?show=parked",
            false,
        ),
        figure(
            counts.queued,
            "admin-figure-queue",
            "/admin/queue?show=waiting",
            false,
        ),
        figure(
            counts.failed,
            "admin-figure-failed",
            "/admin/queue?show=failed",
            true,
        ),
    ]
}

/// `GET /admin`
pub async fn overview(request: PageRequest) -> Page {
    let (f, counts, rows) = page(&request, overview_rows).await?;
    show(&Overview {
        tabs: counts.tabs(&f, AdminTab::Overview),
        figures: figures(&f, &counts, &rows),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: rows.database.to_owned(),
        public_url: request.site()?.url.clone(),
        since: rows.since,
        f,
    })
}

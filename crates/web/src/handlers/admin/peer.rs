//! The list of known peers.

use axum::extract::State;
use domain::Tx;
use domain::account::Principal;
use httpkit::{App, paging};
use model::PeerId;
use model::peer::PeerState;
use model::peer::policy::PeerStanding;
use query::peer::PeerView;

use super::{page, queue};
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::community;
use crate::views::admin::rule::parts;
use crate::views::admin::{AdminTab, FailedDelivery, Failure, PeerRow, PeerStatus, Peers};
use crate::views::parts::{Pager, Tab};

const PER_PAGE: usize = 100;
const SHOWN: [(&str, Option<PeerStatus>, &str); 4] = [
    ("all", None, "peers-filter-all"),
    ("failing", Some(PeerStatus::Failing), "peers-filter-failing"),
    ("parked", Some(PeerStatus::Parked), "peers-filter-parked"),
    ("blocked", Some(PeerStatus::Blocked), "rules-filter-block"),
];

/// `GET /admin/peers?show=all|failing|parked`
pub async fn list(request: PageRequest) -> Page {
    let wanted = request.q("show").unwrap_or("all");
    let known = SHOWN.into_iter().find(|(word, _, _)| *word == wanted);
    let (word, state, _) = known.unwrap_or(("all", None, ""));
    let before: PeerId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut query::Db, _| query::peer::list(db, before, PER_PAGE as i64);
    let (f, counts, rows) = page(&request, read).await?;
    let next = rows.last().filter(|_| rows.len() == PER_PAGE);
    let next = next.map(|view| format!("?show={word}&before={}", view.peer.id));
    let peers = rows.iter().map(|view| row(&f, view));
    show(&Peers {
        tabs: counts.tabs(&f, AdminTab::Peers),
        parts: parts(&f, false),
        filters: filters(&f, word),
        peers: peers
            .filter(|row| state.is_none_or(|state| row.state == state))
            .collect(),
        pager: Pager {
            next,
            ..Pager::default()
        },
        f,
    })
}

fn filters(f: &Frame, here: &str) -> Vec<Tab> {
    SHOWN
        .map(|(word, _, key)| {
            Tab::new(
                f.text(key),
                format!("/admin/peers?show={word}"),
                word == here,
            )
        })
        .to_vec()
}

fn row(f: &Frame, view: &PeerView) -> PeerRow {
    let peer = &view.peer;
    let state = match (peer.standing, peer.state, peer.failures) {
        (PeerStanding::Blocked, _, _) => PeerStatus::Blocked,
        (_, PeerState::Parked, _) => PeerStatus::Parked,
        (PeerStanding::Silenced, PeerState::Active, 0) => PeerStatus::Silenced,
        (_, PeerState::Active, 0) => PeerStatus::Normal,
        (_, PeerState::Active, _) => PeerStatus::Failing,
    };
    PeerRow {
        host: peer.host.clone(),
        software: community::software(peer),
        seen: peer.first_seen.utc(),
        last_contact: Some(peer.last_seen.utc()),
        failures: i64::from(peer.failures),
        last_failure: view.last_failure.as_ref().map(|last| FailedDelivery {
            what: queue::activity(f, &last.kind).to_owned(),
            at: last.at.utc(),
            failure: Failure::new(f, &last.why),
        }),
        retry_at: (state == PeerStatus::Failing).then(|| peer.retry_at.utc()),
        waiting: view.waiting,
        discarded: view.discarded,
        retry_url: format!("/admin/peers/{}/retry", peer.id),
        state,
    }
}

/// `POST /admin/peers/{id}/retry`
pub async fn retry(
    State(app): State<App>,
    PathParam(id): PathParam<PeerId>,
    signed_in: SignedInForm,
) -> Page {
    let by = Principal::Person(signed_in.me.id());
    let verb = move |tx: &mut Tx<'_>| domain::peer::retry(tx, by, id);
    app.ops().write(verb).await?;
    redirect_with_flash(&signed_in.posted.back("/admin/peers"), "retrying")
}

//! The list of known peers.

use axum::extract::State;
use domain::account::Principal;
use domain::{Outcome, Tx};
use httpkit::{App, paging};
use model::PeerId;
use model::peer::PeerState as Standing;
use model::peer::policy::Standing as Rule;
use store::Db;
use store::row::Peer;

use super::page;
use crate::frame::Frame;
use crate::handlers::form_post::SignedInForm;
use crate::handlers::page_request::PageRequest;
use crate::handlers::path_param::PathParam;
use crate::handlers::response::{Page, redirect_with_flash, show};
use crate::handlers::show::community;
use crate::views::admin::rule::parts;
use crate::views::admin::{AdminTab, PeerRow, PeerState, Peers};
use crate::views::parts::{Pager, Tab};

const PER_PAGE: usize = 100;
const SHOWN: [(&str, Option<PeerState>, &str); 4] = [
    ("all", None, "peers-filter-all"),
    ("failing", Some(PeerState::Slow), "peers-filter-failing"),
    ("parked", Some(PeerState::Parked), "peers-filter-parked"),
    ("blocked", Some(PeerState::Blocked), "rules-filter-block"),
];

/// `GET /admin/peers?show=all|failing|parked`
pub async fn list(request: PageRequest) -> Page {
    let asked = request.q("show").unwrap_or("all");
    let known = SHOWN.into_iter().find(|(word, _, _)| *word == asked);
    let (word, state, _) = known.unwrap_or(("all", None, ""));
    let before: PeerId = paging::read_id(request.q("before"));
    let rows = move |db: &mut Db| -> Outcome<Vec<(PeerId, PeerRow)>> {
        let rows = store::peer::list(db, before, PER_PAGE as i64)?;
        let ids: Vec<PeerId> = rows.iter().map(|(peer, _, _)| peer.id).collect();
        let given_up = store::peer::given_up::of(db, &ids)?;
        let of = |peer: &Peer| given_up.get(&peer.id).copied().unwrap_or(0);
        let rows = rows.iter();
        let rows = rows.map(|(peer, waiting, _)| (peer.id, row(peer, *waiting, of(peer))));
        Ok(rows.collect())
    };
    let (f, counts, rows) = page(&request, rows).await?;
    let next = rows.last().filter(|_| rows.len() == PER_PAGE);
    let next = next.map(|(id, _)| format!("?show={word}&before={id}"));
    let peers = rows.into_iter().map(|(_, row)| row);
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

fn row(peer: &Peer, waiting: i64, given_up: i64) -> PeerRow {
    let state = match (peer.standing, peer.state, peer.failures) {
        (Rule::Blocked, _, _) => PeerState::Blocked,
        (_, Standing::Parked, _) => PeerState::Parked,
        (Rule::Silenced, Standing::Active, 0) => PeerState::Silenced,
        (_, Standing::Active, 0) => PeerState::Fine,
        (_, Standing::Active, _) => PeerState::Slow,
    };
    PeerRow {
        host: peer.host.clone(),
        software: community::software(peer),
        seen: peer.first_seen.utc(),
        last_contact: Some(peer.last_seen.utc()),
        failures: i64::from(peer.failures),
        last_error: peer.last_error.clone(),
        retry_at: (state == PeerState::Slow).then(|| peer.retry_at.utc()),
        waiting,
        given_up,
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

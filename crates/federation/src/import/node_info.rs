//! Reads what other servers run from their NodeInfo: what is sent to them depends on it.

use crate::context::Federation;
use crate::failure::fetch_result;
use crate::fetch::FetchFailure;
use crate::json::without_nul;
use crate::json_format::PLAIN_JSON;
use client::same_origin_text;
use delivery::jobs::{Job, WaitsFor};
use domain::{Error, Outcome};
use model::job::{IdentifyPeer, JobError};
use model::{JobId, PeerId};
use store::row;
use url::Url;
use vocab::NodeInfo;

impl Job<Federation> for IdentifyPeer {
    const WAITS_FOR: WaitsFor = WaitsFor::Peers;

    async fn run(&self, fed: &Federation, _id: JobId) -> Result<(), JobError> {
        let id = self.actor;
        let read = move |db: &mut store::Db| -> Outcome<_> {
            store::raw::actor::by_id(db, id)?.ok_or(Error::not_found("actor"))
        };
        let actor = fed.store().read(read).await?;
        match node_info(fed, &actor).await {
            Err(failure @ FetchFailure::Domain(_)) => fetch_result(Err(failure)),
            Err(failure) => {
                tracing::debug!(host = actor.host, error = %failure, "no NodeInfo");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}

/// Reads the NodeInfo of an actor's server, once.
pub(super) async fn node_info(fed: &Federation, actor: &row::Actor) -> Result<(), FetchFailure> {
    let Some(peer) = unknown_software(fed, actor.peer_id).await? else {
        return Ok(());
    };
    let unfit = |_| FetchFailure::Unfit("the id is no URL");
    let own = Url::parse(&actor.ap_id).map_err(unfit)?;
    let well_known = own.join("/.well-known/nodeinfo").map_err(unfit)?;
    let links = fed
        .client()
        .get_json(&PLAIN_JSON, &well_known, None)
        .await?;
    let links: vocab::nodeinfo::Links = serde_json::from_value(links.body).unwrap_or_default();
    let at = links
        .best()
        .ok_or(FetchFailure::Unfit("no NodeInfo document"))?;
    if !same_origin_text(own.as_str(), at) {
        return Err(FetchFailure::Unfit("NodeInfo on another server"));
    }
    let at = Url::parse(at).map_err(unfit)?;
    let info = fed.client().get_json(&PLAIN_JSON, &at, None).await?;
    let info: NodeInfo = serde_json::from_value(without_nul(info.body)).unwrap_or_default();
    let (software, version) = info
        .runs()
        .ok_or(FetchFailure::Unfit("NodeInfo names no software"))?;
    let software = crate::text::one_line(&software, 60);
    let name = info
        .node_name()
        .map(|name| crate::text::one_line(name, 120));
    let name = name.filter(|name| !name.is_empty());
    let version = crate::text::one_line(version.unwrap_or_default(), 60);
    let write = move |tx: &mut domain::Tx<'_>| -> Outcome<()> {
        let name = name.as_deref();
        Ok(store::peer::set_node_info(
            tx.db, peer, name, &software, &version,
        )?)
    };
    fed.ops().write(write).await?;
    Ok(())
}

/// Returns the peer if its software is unknown.
async fn unknown_software(fed: &Federation, peer: Option<PeerId>) -> Outcome<Option<PeerId>> {
    let Some(id) = peer else { return Ok(None) };
    let read = move |db: &mut store::Db| -> Outcome<_> { Ok(store::peer::by_id(db, id)?) };
    let row = fed.store().read(read).await?;
    Ok(row
        .filter(|peer| peer.software.is_none())
        .map(|peer| peer.id))
}

//! `hedgerow key`: manages the keys of local actors.

use anyhow::bail;
use domain::{Error, Ops};
use model::ActorId;
use serde::Serialize;
use store::row;

use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum KeyCommand {
    /// Replace the keys of a local actor, for example after a leak; other servers are notified, or fetch
    /// the new key when a signature does not verify
    Rotate {
        /// Handle of a person or a community
        #[arg(required_unless_present = "instance")]
        handle: Option<String>,
        /// The instance actor, which signs fetches
        #[arg(long, conflicts_with = "handle")]
        instance: bool,
    },
}

/// An actor with new keys in the output.
#[derive(Debug, Serialize)]
struct RotatedKeys {
    id: ActorId,
    handle: String,
    url: String,
}

pub(super) async fn run(common: &CommonOptions, command: KeyCommand) -> anyhow::Result<()> {
    let (ops, out) = (database::open(common).await?, common.printer());
    let KeyCommand::Rotate { handle, .. } = command;
    let actor = find(&ops, handle.as_deref()).await?;
    let (id, keys) = (actor.id, domain::keys::generate()?);
    ops.write(move |tx| domain::actor::rotate_key(tx, id, &keys))
        .await?;
    let rotated = RotatedKeys {
        id,
        handle: actor.handle,
        url: actor.ap_id,
    };
    out.say(&rotated, |rotated| format!("New keys for {}", rotated.url));
    Ok(())
}

/// Finds a local actor by its handle, with or without `@` or `!`; without a handle the instance actor.
async fn find(ops: &Ops, handle: Option<&str>) -> anyhow::Result<row::Actor> {
    let plain = handle.map(|handle| handle.trim().trim_start_matches(['@', '!']).to_lowercase());
    let found = ops
        .store()
        .read(move |db| -> Result<_, Error> {
            Ok(match plain {
                Some(plain) => store::actor::by_address(db, &plain, "")?,
                None => store::raw::actor::instance(db)?,
            })
        })
        .await?;
    match found {
        Some(actor) => Ok(actor),
        None => bail!("there is nobody here called {}", handle.unwrap_or_default()),
    }
}

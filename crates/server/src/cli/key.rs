//! `hedgerow key`: the keys of our actors, from a shell.

use anyhow::bail;
use domain::{Error, Ops};
use model::ActorId;
use serde::Serialize;
use store::row;

use super::{Common, desk};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Give an actor of ours new keys, when the old ones may be known to somebody; other servers are
    /// told, or find out when a signature does not fit the key they hold
    Rotate {
        /// A person or a community
        #[arg(required_unless_present = "instance")]
        handle: Option<String>,
        /// The instance's own actor, which signs what we ask for
        #[arg(long, conflicts_with = "handle")]
        instance: bool,
    },
}

/// Whose keys are new, as it is printed.
#[derive(Debug, Serialize)]
struct Rotated {
    id: ActorId,
    handle: String,
    url: String,
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<()> {
    let (ops, out) = (desk::open(common).await?, common.printer());
    let Command::Rotate { handle, .. } = command;
    let actor = find(&ops, handle.as_deref()).await?;
    let (id, keys) = (actor.id, domain::keys::generate()?);
    ops.write(move |tx| domain::actor::rotate_key(tx, id, &keys))
        .await?;
    let rotated = Rotated {
        id,
        handle: actor.handle,
        url: actor.ap_id,
    };
    out.say(&rotated, |rotated| format!("New keys for {}", rotated.url));
    Ok(())
}

/// One of our actors by its handle, with or without its sigil; without a handle the instance's own.
async fn find(ops: &Ops, handle: Option<&str>) -> anyhow::Result<row::Actor> {
    let plain = handle.map(|handle| handle.trim().trim_start_matches(['@', '!']).to_lowercase());
    let found = ops
        .store()
        .read(move |db| -> Result<_, Error> {
            Ok(match plain {
                Some(plain) => store::actor::by_address(db, &plain, "")?,
                None => store::actor::instance(db)?,
            })
        })
        .await?;
    match found {
        Some(actor) => Ok(actor),
        None => bail!("there is nobody here called {}", handle.unwrap_or_default()),
    }
}

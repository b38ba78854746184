//! `hedgerow community`: what only an administrator can do for a community.

use domain::account::Principal;
use model::ActorKind;
use serde_json::json;

use super::account::find;
use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum CommunityCommand {
    /// Give a community without an active facilitator to a person, who then facilitates it
    Give {
        /// The community
        handle: String,
        /// The person
        user: String,
    },
}

pub(super) async fn run(common: &CommonOptions, command: CommunityCommand) -> anyhow::Result<()> {
    let (ops, out) = (database::open(common).await?, common.printer());
    let CommunityCommand::Give { handle, user } = command;
    let to = find(&ops, &user).await?;
    let named = handle.trim_start_matches('!').to_lowercase();
    let given = ops
        .write(move |tx| {
            let reader = model::access::Reader::system(tx.now);
            let place = store::actor::by_address(tx.db, reader, &named, "")?
                .filter(|actor| actor.kind == ActorKind::Group)
                .ok_or(domain::Error::not_found("community"))?;
            domain::community::give(tx, Principal::Operator, place.id, to)?;
            Ok(place)
        })
        .await?;
    let told = json!({ "community": given.handle, "facilitator": user });
    out.say(&told, |_| {
        format!("{user} now facilitates !{}", given.handle)
    });
    Ok(())
}

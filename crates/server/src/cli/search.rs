//! `hedgerow search`: builds the search index anew.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{CommonOptions, database};

#[derive(Debug, clap::Subcommand)]
pub(super) enum SearchCommand {
    /// Write the whole search index anew, also while the instance runs; searching works meanwhile
    Rebuild,
}

/// What was done, in the output.
#[derive(Debug, Serialize)]
struct Rebuilt {
    indexed: u64,
}

pub(super) async fn run(common: &CommonOptions, command: SearchCommand) -> anyhow::Result<()> {
    let SearchCommand::Rebuild = command;
    let (ops, out) = (database::open(common).await?, common.printer());
    let style = ProgressStyle::with_template("Indexing {bar:30} {pos} of {len} ({eta} left)")
        .unwrap_or_else(|_plain| ProgressStyle::default_bar());
    let bar = ProgressBar::new(0).with_style(style);
    let indexed = jobs::search::rebuild(&ops, |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })
    .await?;
    bar.finish_and_clear();
    out.say(&Rebuilt { indexed }, |done| {
        format!("Indexed {} posts, people and communities.", done.indexed)
    });
    Ok(())
}

//! `hedgerow config`: the file checked, and an example of it.

use serde_json::json;

use super::Common;
use super::print::line;
use crate::config::{Mistakes, example, load};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Name every mistake, with its key and its remedy
    Check,
    /// Print every key with its meaning and its default
    Example,
}

pub(super) fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Example => line(example().trim_end()),
        Command::Check => check(common)?,
    }
    Ok(())
}

fn check(common: &Common) -> Result<(), Mistakes> {
    let file = common.config.as_deref();
    match load(file) {
        Ok(config) => {
            let found = json!({
                "mistakes": [],
                "bind": config.server.bind,
                "database": hidden(&config.database_url()),
            });
            common.printer().say(&found, |_| match file {
                Some(file) => format!("{}: no mistakes.", file.display()),
                None => "No file was named: the defaults apply. Name one with --config.".to_owned(),
            });
            Ok(())
        }
        Err(found) if common.json => {
            let rows = found.0.iter().map(|m| {
                json!({ "file": m.file, "line": m.line, "key": m.key, "wrong": m.wrong, "remedy": m.remedy })
            });
            line(&json!({ "mistakes": rows.collect::<Vec<_>>() }).to_string());
            Err(found)
        }
        Err(found) => Err(found),
    }
}

/// A database's URL without its password.
fn hidden(url: &str) -> String {
    match url.split_once("://").zip(url.rsplit_once('@')) {
        Some(((scheme, _), (_, place))) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

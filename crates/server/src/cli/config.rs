//! `hedgerow config`: checks the configuration file, or prints an example.

use serde_json::{Value, json};

use super::CommonOptions;
use super::print::line;
use crate::config::{Mistakes, example, load};

#[derive(Debug, clap::Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every mistake with its key and its remedy
    Check,
    /// Print every key with its meaning and its default
    Example,
}

pub(super) fn run(common: &CommonOptions, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Example => line(example().trim_end()),
        ConfigCommand::Check => check(common)?,
    }
    Ok(())
}

fn check(common: &CommonOptions) -> anyhow::Result<()> {
    let file = common.config.as_deref();
    let checked = load(file).and_then(|config| config.check(file).map(|()| config));
    let config = checked.inspect_err(|mistakes| print_mistakes(common, mistakes))?;
    let found = json!({
        "mistakes": [],
        "bind": config.server.bind,
        "database": without_password(&config.database_url()),
    });
    common.printer().say(&found, |_| match file {
        Some(file) => format!("{}: no mistakes.", file.display()),
        None => "No file was named: the defaults apply. Name one with --config.".to_owned(),
    });
    Ok(())
}

/// Prints the mistakes for programs; people read them as an error.
fn print_mistakes(common: &CommonOptions, mistakes: &Mistakes) {
    if common.json {
        let rows = mistakes.0.iter().map(|m| {
            json!({ "file": m.file, "line": m.line, "key": m.key, "wrong": m.wrong, "remedy": m.remedy })
        });
        let rows: Vec<Value> = rows.collect();
        line(&json!({ "mistakes": rows }).to_string());
    }
}

/// Removes user and password from a database's URL.
fn without_password(url: &str) -> String {
    match url.split_once("://").zip(url.rsplit_once('@')) {
        Some(((scheme, _), (_, place))) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

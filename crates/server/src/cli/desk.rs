//! The desk: a command's way to the database, through the same door as everybody else's. It works
//! beside a running server, whose jobs pick up what a command leaves to do.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::{Ops, OpsConfig};
use model::SystemClock;
use model::id::IdMint;
use serde_json::json;
use store::{OpenOptions, Store};

use super::Common;
use crate::config::Config;

/// Few threads are enough for one command.
const READERS: usize = 1;
/// For how long a command has the number in its ids for itself. Few take as long; a command that took
/// longer would only share it by chance.
const NUMBER_SECONDS: i64 = 60;

/// Opens the database of an instance that is set up.
pub(super) async fn open(common: &Common) -> anyhow::Result<Ops> {
    let ops = open_new(&common.load()?, false).await?;
    if ops.site().is_none() {
        bail!(
            "this instance is not set up yet; run `hedgerow setup`, or open the address that `hedgerow serve` prints"
        );
    }
    Ok(ops)
}

/// Opens the database, up to date; with `create` it is made where it is missing.
pub(super) async fn open_new(config: &Config, create: bool) -> anyhow::Result<Ops> {
    let store = open_store(config, create)?;
    if create {
        store.migrate()?;
    } else if !store.pending_migrations()?.is_empty() {
        bail!("the database is not up to date; run `hedgerow migrate`");
    }
    let ops = Ops::new(OpsConfig {
        store,
        clock: Arc::new(SystemClock),
        ids: IdMint::random(),
        wake: Box::new(|| {}),
    });
    if let Err(why) = ops.hold_number(NUMBER_SECONDS).await {
        tracing::debug!(%why, "a number for the ids of this process");
    }
    ops.refresh_site().await?;
    Ok(ops)
}

fn open_store(config: &Config, create: bool) -> anyhow::Result<Store> {
    let options = OpenOptions {
        readers: READERS,
        create,
        ..OpenOptions::default()
    };
    Store::open(&config.database_url(), options)
        .context("name the right configuration with --config, or begin with `hedgerow serve`")
}

/// `hedgerow migrate`
pub(super) fn migrate(common: &Common) -> anyhow::Result<()> {
    let store = open_store(&common.load()?, true)?;
    let run = store.migrate()?;
    common.printer().say(&json!({ "migrated": run }), |_| {
        if run.is_empty() {
            "The database is up to date.".to_owned()
        } else {
            format!(
                "The database is up to date; {} migrations were run.",
                run.len()
            )
        }
    });
    Ok(())
}

/// A password from a file (`-` is standard input), without the line's end; without a file it is
/// asked for at the terminal, twice.
pub(super) fn password(file: Option<&Path>) -> anyhow::Result<String> {
    let Some(file) = file else {
        return ask();
    };
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).context("reading the password")?
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("reading the password from {}", file.display()))?
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn ask() -> anyhow::Result<String> {
    let remedy = "there is no terminal to ask for the password at; give --password-file FILE";
    let first = rpassword::prompt_password("Password: ").context(remedy)?;
    let second = rpassword::prompt_password("Once more: ").context(remedy)?;
    if first != second {
        bail!("the two are not the same");
    }
    Ok(first)
}

/// The hash of a password that was checked.
pub(super) fn hash(password: &str) -> anyhow::Result<String> {
    use domain::password::{Cost, check, hash};
    check("password", password).map_err(domain::Error::from)?;
    hash(password, Cost::Normal).context("the system has no randomness")
}

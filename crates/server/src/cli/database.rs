//! The database as commands use it, through [`Ops`] like every other front end. Commands work beside a
//! running server, which runs the jobs that they enqueue.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::{Ops, OpsConfig};
use model::SystemClock;
use model::id::IdMint;
use serde_json::json;
use store::{OpenOptions, Store};

use super::CommonOptions;
use crate::config::Config;

/// The number of reader connections; one is enough for a command.
const READERS: usize = 1;
/// The lease of the process number in the ids, in seconds. Few commands take as long; after that the
/// number is shared only by chance.
const NUMBER_SECONDS: i64 = 60;

/// Opens the database of an instance that is set up.
pub(super) async fn open(common: &CommonOptions) -> anyhow::Result<Ops> {
    let ops = open_new(&common.load()?, false).await?;
    if ops.site().is_none() {
        bail!(
            "this instance is not set up yet; run `hedgerow setup`, or open the address that `hedgerow serve` prints"
        );
    }
    Ok(ops)
}

/// Opens the database, and fails when migrations are pending. With `create` it creates and migrates the
/// database instead.
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
    if let Err(why) = ops.lease_number(NUMBER_SECONDS).await {
        tracing::debug!(%why, "no process number was leased");
    }
    ops.refresh_site().await?;
    Ok(ops)
}

pub(super) fn open_store(config: &Config, create: bool) -> anyhow::Result<Store> {
    let options = OpenOptions {
        readers: READERS,
        create,
        ..OpenOptions::default()
    };
    Store::open(&config.database_url(), options)
        .context("name the right configuration with --config, or begin with `hedgerow serve`")
}

/// Runs `hedgerow migrate`.
pub(super) fn migrate(common: &CommonOptions) -> anyhow::Result<()> {
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

/// Reads a password from a file (`-` is standard input) without the line break, or without a file prompts
/// for it twice.
pub(super) fn password(file: Option<&Path>) -> anyhow::Result<String> {
    let Some(file) = file else {
        return prompt();
    };
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin()).context("reading the password")?
    } else {
        std::fs::read_to_string(file)
            .with_context(|| format!("reading the password from {}", file.display()))?
    };
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn prompt() -> anyhow::Result<String> {
    let remedy = "there is no terminal to ask for the password at; give --password-file FILE";
    let first = rpassword::prompt_password("Password: ").context(remedy)?;
    let second = rpassword::prompt_password("Once more: ").context(remedy)?;
    if first != second {
        bail!("the two are not the same");
    }
    Ok(first)
}

/// Checks a password against the rules and hashes it.
pub(super) fn hash(password: &str) -> anyhow::Result<String> {
    use domain::password::{Cost, check, hash};
    check("password", password).map_err(domain::Error::from)?;
    hash(password, Cost::Normal).context("the system has no randomness")
}

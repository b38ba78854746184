//! `cargo xtask codegen`: writes the files that are made from the code; with `--check` it only compares.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, root};

/// A file and the server's command whose output it is.
const MADE: &[(&str, &[&str])] = &[("config/example.toml", &["config", "example"])];

/// How to go about it.
#[derive(Args)]
pub struct Options {
    /// Change nothing; fail when a file is not what the code would make
    #[arg(long)]
    check: bool,
}

/// Builds the server and writes or compares what it makes.
///
/// # Errors
/// When the build fails, or with `--check` a file differs.
pub fn command(options: &Options) -> Result<()> {
    root::build()?;
    if options.check { check() } else { write() }
}

fn write() -> Result<()> {
    for (path, args) in MADE {
        fs::write(root::repository().join(path), make(args)?)
            .with_context(|| format!("cannot write {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}

/// Compares each made file with what the built server makes now.
///
/// # Errors
/// Names the files that differ.
pub fn check() -> Result<()> {
    let mut stale = Vec::new();
    for (path, args) in MADE {
        let kept = fs::read_to_string(root::repository().join(path)).unwrap_or_default();
        if kept != make(args)? {
            stale.push(*path);
        }
    }
    if !stale.is_empty() {
        bail!(
            "{} is not what the code makes: run `cargo xtask codegen`",
            stale.join(", ")
        );
    }
    println!("{} made file(s) up to date", MADE.len());
    Ok(())
}

fn make(args: &[&str]) -> Result<String> {
    process::output(Command::new(root::hedgerow()).args(args))
}

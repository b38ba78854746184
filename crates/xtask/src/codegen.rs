//! `cargo xtask codegen`: writes the files that are generated from the code; with `--check` it only compares.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::compiler::Compiler;
use crate::{process, root};

/// Lists each generated file with the server's command that prints it.
const GENERATED: &[(&str, &[&str])] = &[("config/example.toml", &["config", "example"])];

/// Selects between writing the files and comparing them.
#[derive(Args)]
pub struct CodegenOptions {
    /// Change nothing; fail when a file differs from what the code generates
    #[arg(long)]
    check: bool,
}

/// Builds the server, then writes or compares the files.
///
/// # Errors
/// When the build fails, or with `--check` a file differs.
pub fn command(options: &CodegenOptions) -> Result<()> {
    Compiler::Rustc.build()?;
    if options.check { check() } else { write() }
}

fn write() -> Result<()> {
    for (path, args) in GENERATED {
        fs::write(root::repository().join(path), generate(args)?)
            .with_context(|| format!("cannot write {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}

/// Compares each generated file with the output of the built server.
///
/// # Errors
/// Names the files that differ.
pub fn check() -> Result<()> {
    let mut stale = Vec::new();
    for (path, args) in GENERATED {
        let kept = fs::read_to_string(root::repository().join(path)).unwrap_or_default();
        if kept != generate(args)? {
            stale.push(*path);
        }
    }
    if !stale.is_empty() {
        bail!(
            "{} differs from what the code generates: run `cargo xtask codegen`",
            stale.join(", ")
        );
    }
    println!("{} generated file(s) up to date", GENERATED.len());
    Ok(())
}

fn generate(args: &[&str]) -> Result<String> {
    process::output(Command::new(root::hedgerow()).args(args))
}

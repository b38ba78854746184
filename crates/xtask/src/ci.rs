//! `cargo xtask ci`: all that must hold before a change lands, the quick and likely failures first.
//! Order: what needs no build; clippy and docs, which share one check of the dependencies; the tests; what the server makes.

use std::process::ExitCode;

use anyhow::Result;

use crate::ledger::{Ledger, Tally};
use crate::{codegen, licences, process, programs, root, test, tidy};

/// Runs every step and prints the account of the run.
pub fn command() -> ExitCode {
    let mut ledger = Ledger::open();
    check(&mut ledger, "format", format);
    check(&mut ledger, "tidy", tidy::command);
    check(&mut ledger, "licences", licences::command);
    if ledger.is_clean() {
        check(&mut ledger, "clippy", clippy);
        check(&mut ledger, "docs", docs);
    }
    if ledger.is_clean() {
        test::run(&test::Options::default(), &mut ledger);
        check(&mut ledger, "codegen", codegen::check);
    }
    ledger.close()
}

fn check(ledger: &mut Ledger, name: &str, body: fn() -> Result<()>) {
    ledger.step(name, || body().map(|()| Tally::ONE));
}

fn format() -> Result<()> {
    process::run(root::cargo().args(["fmt", "--all", "--check"]))?;
    let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    process::run(root::cargo().args(fuzz))
}

fn clippy() -> Result<()> {
    let mut cargo = root::cargo();
    cargo.arg("clippy").args(root::WHOLE);
    cargo.args(["--lib", "--bins", "--tests", "--", "-D", "warnings"]);
    process::run(&mut cargo)
}

fn docs() -> Result<()> {
    let mut cargo = root::cargo();
    cargo.args(["doc", "--no-deps"]).args(root::WHOLE);
    process::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))?;
    if !root::repository().join("docs/book.toml").is_file() {
        return Ok(());
    }
    if programs::find("mdbook").is_none() {
        println!("mdbook is not installed: the book was not built");
        return Ok(());
    }
    process::run(root::mdbook().args(["build", "docs"]))
}

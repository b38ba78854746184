//! `cargo xtask ci`: all that must hold before a change lands, the quick and likely failures first.
//! Order: what needs no build; one build that lints; what is generated from it; the tests. With `--release` what
//! is published follows: dependencies, packages, and the drill that installs one.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::compiler::Compiler;
use crate::summary::{Counts, Summary};
use crate::{codegen, dependencies, dist, docs, process, root, test, tidy};

#[derive(Debug, Args)]
pub struct CiOptions {
    /// Then check the dependencies, package the program, and install it in a Debian of its own (as root)
    #[arg(long)]
    release: bool,
}

/// Runs every step and prints the summary.
pub fn command(options: &CiOptions) -> ExitCode {
    let mut summary = Summary::start();
    check(&mut summary, "format", format);
    check(&mut summary, "tidy", tidy::command);
    let compiler = Compiler::Clippy;
    if summary.is_clean() && test::build(compiler, &mut summary) {
        check(&mut summary, "docs", || docs::build(compiler));
        check(&mut summary, "codegen", codegen::check);
        test::run(&test::TestOptions::default(), compiler, &mut summary);
    }
    if options.release && summary.is_clean() {
        check(&mut summary, "dependencies", dependencies::command);
        // The tests' own program: a release build would take half of the whole run, and is not what is tried.
        let program = root::target().join("debug/hedgerow");
        let options = dist::DistOptions::drill(program);
        check(&mut summary, "packages", || dist::command(&options));
    }
    summary.finish()
}

fn check(summary: &mut Summary, name: &str, body: impl FnOnce() -> Result<()>) {
    summary.step(name, || body().map(|()| Counts::ONE_PASSED));
}

fn format() -> Result<()> {
    process::run(root::cargo().args(["fmt", "--all", "--check"]))?;
    let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    process::run(root::cargo().args(fuzz))
}

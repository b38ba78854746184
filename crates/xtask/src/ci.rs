//! `cargo xtask ci`: all that must hold before a change lands, the quick and likely failures first.
//! Order: what needs no build; one build that lints; what is generated from it; the tests.

use std::process::ExitCode;

use anyhow::Result;

use crate::compiler::Compiler;
use crate::summary::{Counts, Summary};
use crate::{codegen, docs, licences, process, root, test, tidy};

/// Runs every step and prints the summary.
pub fn command() -> ExitCode {
    let mut summary = Summary::start();
    check(&mut summary, "format", format);
    check(&mut summary, "tidy", tidy::command);
    check(&mut summary, "licences", licences::command);
    let compiler = Compiler::Clippy;
    if summary.is_clean() && test::build(compiler, &mut summary) {
        check(&mut summary, "docs", || docs::build(compiler));
        check(&mut summary, "codegen", codegen::check);
        test::run(&test::TestOptions::default(), compiler, &mut summary);
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

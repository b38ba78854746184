//! `cargo xtask`: everything that a contributor or a build machine does with this repository.
//! One module a command; `ledger` times the steps and counts, `process` runs programs, `root` knows the paths.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]
#![expect(
    clippy::print_stdout,
    reason = "a command line tool talks to its terminal"
)]

#[cfg(feature = "bench")]
mod bench;
mod browser;
mod ci;
mod codegen;
mod fuzz;
mod ledger;
mod licences;
mod postgres;
mod process;
mod programs;
#[cfg(not(feature = "bench"))]
mod rebuilt;
mod root;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
#[cfg(not(feature = "bench"))]
use rebuilt as bench;

/// Tests, checks and measures Hedgerow.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test: rules, both databases, federation, and stories in a real browser
    Test(test::Options),
    /// Run all that must hold before a change lands
    Ci,
    /// Measure the release build; never a test
    Bench(bench::Options),
    /// Try every parser of what strangers send with input that is made up
    Fuzz(fuzz::Options),
    /// Look for what the house rules forbid and no compiler sees
    Tidy,
    /// Write the files that are made from the code
    Codegen(codegen::Options),
    /// Check the licences and bans of deny.toml against what is built in
    Licences,
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Test(options) => return test::command(&options),
        Command::Ci => return ci::command(),
        Command::Bench(options) => bench::command(&options),
        Command::Fuzz(options) => fuzz::command(&options),
        Command::Tidy => tidy::command(),
        Command::Codegen(options) => codegen::command(&options),
        Command::Licences => licences::command(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

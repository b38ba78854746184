//! The command line: what there is to say, and how a command ends. Exit codes: 0 done, 1 refused or
//! failed, 2 wrong usage or a mistake in the configuration.

mod account;
mod config;
mod demo;
mod desk;
mod key;
mod peer;
mod print;
mod queue;
mod serve;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};

use crate::config::{Config, Mistakes, load};
use print::Printer;

/// A federated network-of-practice server.
#[derive(Debug, Parser)]
#[command(name = "hedgerow", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, clap::Args)]
struct Common {
    /// The configuration file; without it the defaults apply
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON for a script
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run three organizations on this machine, to click through
    Demo(demo::Options),
    /// Run the instance
    Serve(serve::Options),
    /// Set the instance up from a script
    Setup(setup::Options),
    /// Bring the database up to date
    Migrate,
    /// Check the configuration, or print an example
    #[command(subcommand)]
    Config(config::Command),
    /// Accounts: list, add, approve, suspend and so on
    #[command(subcommand)]
    User(account::Command),
    /// Other servers: list, show, try again
    #[command(subcommand)]
    Peer(peer::Command),
    /// What is on its way in and out, and what was set aside
    #[command(subcommand)]
    Queue(queue::Command),
    /// Keys with which our actors sign
    #[command(subcommand)]
    Key(key::Command),
}

impl Common {
    /// The configuration.
    fn load(&self) -> anyhow::Result<Config> {
        Ok(load(self.config.as_deref())?)
    }

    fn printer(&self) -> Printer {
        Printer::new(self.json)
    }
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { common, command } = Cli::parse();
    match run(&common, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Mistakes>() => {
            print::complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
        Err(error) => {
            print::complain(&format!("hedgerow: {}", in_words(&error)));
            ExitCode::FAILURE
        }
    }
}

fn run(common: &Common, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(options) => many_threads()?.block_on(demo::run(common, options)),
        Command::Serve(options) => many_threads()?.block_on(serve::run(common, &options)),
        Command::Setup(options) => one_thread()?.block_on(setup::run(common, options)),
        Command::Migrate => desk::migrate(common),
        Command::Config(command) => config::run(common, &command),
        Command::User(command) => one_thread()?.block_on(account::run(common, command)),
        Command::Peer(command) => one_thread()?.block_on(peer::run(common, command)),
        Command::Queue(command) => one_thread()?.block_on(queue::run(common, command)),
        Command::Key(command) => one_thread()?.block_on(key::run(common, command)),
    }
}

fn many_threads() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().context("starting the threads")
}

fn one_thread() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().context("starting the threads")
}

/// An error with its causes; a refusal in the words of the shell.
fn in_words(error: &anyhow::Error) -> String {
    match error.downcast_ref::<domain::Error>() {
        Some(domain::Error::Refused(refusal)) => refused(refusal),
        Some(domain::Error::Fault(_)) | None => format!("{error:#}"),
    }
}

fn refused(refusal: &model::Refusal) -> String {
    use model::refusal::{Refusal, Rule};
    match refusal {
        Refusal::NotAllowed(Rule::Setup) => "the instance is set up already".to_owned(),
        Refusal::NotAllowed(Rule::LastAdmin) => {
            "this is the last administrator; make another one first".to_owned()
        }
        Refusal::NotAllowed(Rule::ActiveAccount) => "the account is not active".to_owned(),
        Refusal::NotAllowed(_)
        | Refusal::NotFound(_)
        | Refusal::Invalid(_)
        | Refusal::Gone(_)
        | Refusal::TooMany { .. }
        | Refusal::Unreachable { .. }
        | Refusal::TooLarge => refusal.to_string(),
    }
}

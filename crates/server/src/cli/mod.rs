//! The command line. Exit codes: 0 success, 1 refused or failed, 2 wrong usage or a mistake in the
//! configuration.

mod account;
mod backup;
mod community;
mod config;
mod database;
mod demo;
mod doctor;
mod key;
mod mail;
mod manual;
mod peer;
mod print;
mod queue;
mod search;
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
    common: CommonOptions,
    #[command(subcommand)]
    command: Command,
}

/// The options that every command accepts.
#[derive(Debug, clap::Args)]
struct CommonOptions {
    /// The configuration file; without it the defaults apply
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON for a script
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run three example organizations on this machine
    Demo(demo::DemoOptions),
    /// Run the instance
    Serve(serve::ServeOptions),
    /// Set the instance up from a script
    Setup(setup::SetupOptions),
    /// Bring the database up to date
    Migrate,
    /// Write the database and the pictures into one file, also while the instance runs
    Backup(backup::BackupOptions),
    /// Put a backup in place, while the instance does not run
    Restore(backup::RestoreOptions),
    /// Check everything that this instance needs, and say what to do about what is missing
    Doctor,
    /// Check the configuration, or print an example
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Manage accounts: list, add, approve, suspend and others
    #[command(subcommand)]
    User(account::AccountCommand),
    /// Manage communities: give one without a facilitator to a person
    #[command(subcommand)]
    Community(community::CommunityCommand),
    /// Manage other servers: list, show, retry, block and others
    #[command(subcommand)]
    Peer(peer::PeerCommand),
    /// Show and retry deliveries, received activities and jobs
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// Test the mail server, and show the mails that wait or failed
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Build the search index anew
    #[command(subcommand)]
    Search(search::SearchCommand),
    /// Manage the keys of local actors
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Print the manual page, for packages
    #[command(hide = true)]
    Man,
    /// Print the completions of a shell, for packages
    #[command(hide = true)]
    Completions(manual::CompletionsOptions),
}

impl CommonOptions {
    /// Loads the configuration file.
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
    keep_private();
    match run(&common, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Mistakes>() => {
            print::error_line(&format!("{error:#}"));
            ExitCode::from(2)
        }
        Err(error) => {
            print::error_line(&format!("hedgerow: {}", message(&error)));
            ExitCode::FAILURE
        }
    }
}

/// Makes the files that are created from now on readable by nobody outside the user's group: the database
/// holds keys and hashes. A stricter mask stays.
fn keep_private() {
    use rustix::fs::Mode;
    use rustix::process::umask;
    let given = umask(Mode::RWXG | Mode::RWXO);
    umask(given | Mode::WGRP | Mode::RWXO);
}

fn run(common: &CommonOptions, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(options) => until_done(demo::run(common, options)),
        Command::Serve(options) => until_done(serve::run(common, &options)),
        Command::Setup(options) => single_thread_runtime()?.block_on(setup::run(common, options)),
        Command::Migrate => database::migrate(common),
        Command::Doctor => single_thread_runtime()?.block_on(doctor::run(common)),
        Command::Backup(options) => backup::create(common, &options),
        Command::Restore(options) => backup::restore(common, &options),
        // What sends mails starts tasks as soon as it is built.
        Command::Config(command) => {
            single_thread_runtime()?.block_on(async { config::run(common, &command) })
        }
        Command::User(command) => single_thread_runtime()?.block_on(account::run(common, command)),
        Command::Community(command) => {
            single_thread_runtime()?.block_on(community::run(common, command))
        }
        Command::Peer(command) => single_thread_runtime()?.block_on(peer::run(common, command)),
        Command::Mail(command) => single_thread_runtime()?.block_on(mail::run(common, command)),
        Command::Queue(command) => single_thread_runtime()?.block_on(queue::run(common, command)),
        Command::Search(command) => single_thread_runtime()?.block_on(search::run(common, command)),
        Command::Man => manual::man(),
        Command::Completions(options) => manual::completions(&options),
        Command::Key(command) => single_thread_runtime()?.block_on(key::run(common, command)),
    }
}

fn multi_thread_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().context("starting the threads")
}

/// Runs a server to its end. What still runs on a blocking thread then is not waited for.
fn until_done(server: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = multi_thread_runtime()?;
    let ended = runtime.block_on(server);
    runtime.shutdown_background();
    ended
}

fn single_thread_runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().context("starting the threads")
}

/// Formats an error with its causes, or a refusal.
fn message(error: &anyhow::Error) -> String {
    match error.downcast_ref::<domain::Error>() {
        Some(domain::Error::Refused(refusal)) => refusal_message(refusal),
        Some(domain::Error::Fault(_)) | None => format!("{error:#}"),
    }
}

fn refusal_message(refusal: &model::Refusal) -> String {
    use model::refusal::{Refusal, Rule};
    match refusal {
        Refusal::NotAllowed(Rule::Setup) => "the instance is set up already".to_owned(),
        Refusal::NotAllowed(Rule::LastAdmin) => {
            "this is the last administrator; make another one first".to_owned()
        }
        Refusal::NotAllowed(Rule::HasFacilitator) => {
            "the community has a facilitator, who gives its roles".to_owned()
        }
        Refusal::NotAllowed(Rule::ActiveAccount) => "the account is not active".to_owned(),
        Refusal::NotAllowed(Rule::PendingAccount) => {
            "the account does not wait for approval".to_owned()
        }
        Refusal::NotAllowed(_)
        | Refusal::NotFound(_)
        | Refusal::Invalid(_)
        | Refusal::Gone(_)
        | Refusal::TooMany { .. }
        | Refusal::Unreachable { .. }
        | Refusal::TooLarge => refusal.to_string(),
    }
}

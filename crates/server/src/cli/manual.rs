//! `hedgerow man` and `hedgerow completions`: what packages install beside the program, from the same
//! definitions as `--help`.

use std::io::Write as _;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsOptions {
    /// Whose completions: bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Prints the manual page.
pub(super) fn man() -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    print(&page)
}

/// Prints the completions of a shell.
pub(super) fn completions(options: &CompletionsOptions) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "hedgerow", &mut script);
    print(&script)
}

fn print(bytes: &[u8]) -> anyhow::Result<()> {
    std::io::stdout().write_all(bytes).context("writing")
}

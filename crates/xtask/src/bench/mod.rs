//! `cargo xtask bench`: measures the release build in its own process. It is never a test and never in `ci`.
//! A bench is a function that returns measures; this module runs the selected ones and prints the results.

mod api_client;
mod digest;
mod growth;
mod http;
mod idle;
mod inbox;
mod instance;
mod latency;
mod load;
mod machine;
mod mail_sink;
mod measure;
mod outbox;
mod pages;
mod sample;
mod search;
mod streams;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, root};

pub use measure::Measure;

/// An entry of the registry of benches.
pub struct Bench {
    /// Selects the bench on the command line.
    pub name: &'static str,
    /// Says in one line what is measured.
    pub about: &'static str,
    pub run: fn(&BenchContext) -> Result<Vec<Measure>>,
}

/// Lists every bench, in the order in which `bench` without a name runs them.
const BENCHES: &[Bench] = &[
    Bench {
        name: "latency",
        about: "from posting in a community to reading it on a following instance",
        run: latency::run,
    },
    Bench {
        name: "pages",
        about: "pages a second on 16 connections: 1,000 threads, 200 replies, guests and members",
        run: pages::run,
    },
    Bench {
        name: "inbox",
        about: "activities received a second: replies, likes and announcements, from 1 and 100 servers",
        run: inbox::run,
    },
    Bench {
        name: "growth",
        about: "what receiving, a community and home cost at 10³, 10⁴, 10⁵ posts; 10⁶ with --full",
        run: growth::run,
    },
    Bench {
        name: "search",
        about: "searching 10⁵ posts on 16 connections, on both databases; 10⁶ with --full",
        run: search::run,
    },
    Bench {
        name: "digest",
        about: "digests of 10,000 people who follow five communities each, over SMTP",
        run: digest::run,
    },
    Bench {
        name: "outbox",
        about: "activities sent a second: 50 threads to 100 servers, one thread to 10,000",
        run: outbox::run,
    },
    Bench {
        name: "streams",
        about: "memory of 2,000 open streams of notices on one process",
        run: streams::run,
    },
    Bench {
        name: "idle",
        about: "memory of an idle server, and how soon it answers after a start",
        run: idle::run,
    },
];

/// The binary to measure, and whether to run what takes long as well.
pub struct BenchContext {
    pub hedgerow: PathBuf,
    pub full: bool,
}

/// Selects the benches and the format of the results.
#[derive(Args)]
pub struct BenchOptions {
    /// Benches to run; all when none is given
    names: Vec<String>,
    /// Print one JSON object a line, and nothing else on stdout
    #[arg(long)]
    json: bool,
    /// Measure this binary and build nothing
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Run what takes long as well: growth up to a million posts
    #[arg(long)]
    full: bool,
    /// List the benches and stop
    #[arg(long)]
    list: bool,
}

/// Builds the release binary, runs the benches and prints their measures.
///
/// # Errors
/// When a name is unknown, the build fails, or a bench cannot finish.
pub fn command(options: &BenchOptions) -> Result<()> {
    if options.list {
        for bench in BENCHES {
            println!("{:<12} {}", bench.name, bench.about);
        }
        return Ok(());
    }
    if let Some(name) = options
        .names
        .iter()
        .find(|name| BENCHES.iter().all(|bench| bench.name != **name))
    {
        let known: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        bail!("no bench is called {name}; there are {}", known.join(", "));
    }
    let context = BenchContext {
        hedgerow: match &options.binary {
            Some(binary) => binary.canonicalize().context("--binary")?,
            None => build()?,
        },
        full: options.full,
    };
    for bench in BENCHES {
        if !options.names.is_empty() && !options.names.iter().any(|name| name == bench.name) {
            continue;
        }
        eprintln!("{}: {}", bench.name, bench.about);
        machine::warn_if_busy()?;
        let measures = (bench.run)(&context)?;
        if options.json {
            for measure in &measures {
                println!("{}", serde_json::to_string(measure)?);
            }
        } else {
            print!("{}", measure::table(&measures));
        }
    }
    Ok(())
}

/// Builds the server in the release profile; returns its path.
fn build() -> Result<PathBuf> {
    process::run(root::cargo().args([
        "build",
        "--release",
        "--package",
        "server",
        "--bin",
        "hedgerow",
        "--locked",
    ]))?;
    Ok(root::target().join("release").join("hedgerow"))
}

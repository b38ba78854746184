//! `hedgerow demo`: runs three organizations on this machine.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use super::CommonOptions;
use super::serve::stop_signal;
use crate::config::{Config, LogLevel};
use crate::demo::{Demo, DemoConfig};
use crate::log;

#[derive(Debug, clap::Args)]
pub(super) struct DemoOptions {
    /// Folder of the three databases; a second start resumes there
    #[arg(long, default_value = "demo", value_name = "DIR")]
    dir: PathBuf,
    /// First of three consecutive ports
    #[arg(long, default_value_t = 8081, value_parser = clap::value_parser!(u16).range(1..=65_533))]
    port: u16,
    /// Delete the data and start over
    #[arg(long)]
    fresh: bool,
}

pub(super) async fn run(common: &CommonOptions, options: DemoOptions) -> anyhow::Result<()> {
    let mut log = Config::default().log;
    log.level = LogLevel::warnings();
    log::start(&log);
    let stop = stop_signal()?;
    let config = DemoConfig {
        dir: options.dir,
        port: options.port,
        fresh: options.fresh,
    };
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template(
            "Three organizations get to know each other {bar:30} {percent}%",
        )
        .unwrap_or_else(|_plain| ProgressStyle::default_bar()),
    );
    let started = Demo::start(&config, |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    });
    tokio::pin!(stop);
    let demo = tokio::select! {
        started = started => started?,
        () = stop.as_mut() => return Ok(()),
    };
    bar.finish_and_clear();
    common
        .printer()
        .say(demo.report(), |report| report.in_words());
    stop.await;
    demo.shutdown().await;
    Ok(())
}

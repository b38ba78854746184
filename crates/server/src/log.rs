//! Logging to standard error as lines or JSON, set up once by the commands that run servers.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Sets up logging. A second call has no effect.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::builder().parse_lossy(log.level.to_string());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let _ = match log.format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
}

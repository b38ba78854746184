//! Logging to standard error as lines or JSON, set up once by the commands that run servers.

mod repeated;

use std::io::IsTerminal;

use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Log, LogFormat};
use repeated::RepeatedLines;

/// Sets up logging; repeated warnings are limited. A second call has no effect. Must be called within the
/// runtime.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::builder().parse_lossy(log.level.to_string());
    let lines = fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let repeated = RepeatedLines::default();
    let lines = match log.format {
        LogFormat::Text => lines
            .with_target(false)
            .with_filter(repeated.clone())
            .boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_filter(repeated.clone())
            .boxed(),
    };
    if tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .is_ok()
    {
        tokio::spawn(repeated.tell());
    }
}

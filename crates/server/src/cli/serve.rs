//! `hedgerow serve`: one instance, until Ctrl-C or SIGTERM.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Common;
use super::print::line;
use crate::config::Config;
use crate::instance::{Instance, InstanceConfig, offer_setup};
use crate::log;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Address and port to answer on, in place of the configuration's
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<SocketAddr>,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<()> {
    let mut config = common.load()?;
    if let Some(bind) = options.bind {
        config.server.bind = bind;
    }
    log::start(&config.log);
    let bind = config.server.bind;
    let listener = TcpListener::bind(bind)
        .await
        .with_context(|| format!("answering on {bind} (another port can be named with --bind)"))?;
    let stop = stop_signal()?;
    let addr = listener.local_addr().unwrap_or(bind);
    let near = address(&config, addr);
    let instance = Instance::start(InstanceConfig::new(config, vec![listener])).await?;
    match offer_setup(instance.ops()).await? {
        Some(key) => line(&format!(
            "Open {near}/setup?key={key} to set this instance up."
        )),
        None => {
            let site = instance.ops().site().map_or(near, |site| site.url.clone());
            line(&format!("{site} is answering on {addr}."));
        }
    }
    stop.await;
    tracing::info!("stopping");
    instance.shutdown().await;
    Ok(())
}

/// Where a browser on this machine finds an instance that has no name yet.
fn address(config: &Config, bound: SocketAddr) -> String {
    if let Some(url) = &config.server.public_url {
        return url.to_string();
    }
    if bound.ip().is_loopback() || bound.ip().is_unspecified() {
        format!("http://localhost:{}", bound.port())
    } else {
        format!("http://{bound}")
    }
}

/// Ends with the first Ctrl-C or SIGTERM after this call.
///
/// # Errors
/// When the system does not let signals be awaited.
pub(super) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("waiting for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

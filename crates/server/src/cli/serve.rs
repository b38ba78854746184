//! `hedgerow serve`: runs one instance until Ctrl-C or SIGTERM.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::CommonOptions;
use super::print::line;
use crate::config::{Config, Secret};
use crate::instance::{Instance, InstanceConfig, offer_setup};
use crate::log;
use crate::metrics::Metrics;

#[derive(Debug, clap::Args)]
pub(super) struct ServeOptions {
    /// Address and port to listen on, in place of the configuration's
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<SocketAddr>,
}

pub(super) async fn run(common: &CommonOptions, options: &ServeOptions) -> anyhow::Result<()> {
    let mut config = common.load()?;
    if let Some(bind) = options.bind {
        config.server.bind = bind;
    }
    log::start(&config.log);
    // Before anything is written.
    config.check(common.config.as_deref())?;
    let bind = config.server.bind;
    let listener = TcpListener::bind(bind)
        .await
        .with_context(|| format!("answering on {bind} (another port can be named with --bind)"))?;
    let stop = stop_signal()?;
    let addr = listener.local_addr().unwrap_or(bind);
    let local_url = address(&config, addr);
    let metrics = metrics(&config).await?;
    let mut parts = InstanceConfig::new(config, vec![listener]);
    parts.metrics = metrics;
    let instance = Instance::start(parts).await?;
    match offer_setup(instance.ops()).await? {
        Some(key) => line(&format!(
            "Open {local_url}/setup?key={key} to set this instance up."
        )),
        None => {
            let site = instance
                .ops()
                .site()
                .map_or(local_url, |site| site.url.clone());
            line(&format!("{site} is answering on {addr}."));
        }
    }
    stop.await;
    tracing::info!("shutting down");
    instance.shutdown().await;
    Ok(())
}

/// Starts the metrics where the configuration asks for them.
async fn metrics(config: &Config) -> anyhow::Result<Option<(Metrics, Option<TcpListener>)>> {
    let crate::config::Metrics { bind, token } = &config.metrics;
    if bind.is_none() && token.is_none() {
        return Ok(None);
    }
    let metrics = Metrics::start(token.as_ref().map(Secret::expose))?;
    let listener = match bind {
        Some(bind) => {
            let bound = TcpListener::bind(bind.0).await;
            Some(bound.with_context(|| format!("metrics.bind: answering on {bind}"))?)
        }
        None => None,
    };
    Ok(Some((metrics, listener)))
}

/// Returns a URL for a browser on this machine, while the instance has no public URL.
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

/// Returns a future that ends with the first Ctrl-C or SIGTERM after this call.
///
/// # Errors
/// When no signal handler can be installed.
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

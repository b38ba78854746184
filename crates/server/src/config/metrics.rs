//! The values of the section about metrics.

use std::fmt;
use std::net::SocketAddr;

use super::value::TextValue;

/// The address and the port of the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricsAddress(pub SocketAddr);

impl fmt::Display for MetricsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TextValue for MetricsAddress {
    const EXAMPLE: &'static str = "127.0.0.1:9464";

    fn from_text(text: &str) -> Result<Self, String> {
        SocketAddr::from_text(text).map(Self)
    }
}

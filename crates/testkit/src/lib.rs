//! Whole instances inside one process, a network between them, and hostile peers. Nothing is mocked:
//! real databases, and real HTTP on loopback. People, communities and drafts come from
//! `domain::testing`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may panic"
)]

mod barrier;
mod browser;
mod clock;
mod database;
mod dns;
mod engine;
mod event_stream;
mod flow;
mod hostile;
mod ingress;
mod instance;
mod keys;
mod mail_server;
mod manual_signature;
mod network;
mod oidc_provider;
mod peer;
mod person;
mod post_snapshot;
mod process;
mod push_service;
mod recorder;
mod request_log;
mod requests;
mod routes;

pub use barrier::Barrier;
pub use browser::{Browser, Visited};
pub use database::Database;
pub use engine::{Engine, on_postgres};
pub use event_stream::EventStream;
pub use federation::import::LookupResult;
pub use flow::Flow;
pub use hostile::{Hostile, PeerResponse, ReceivedRequest, SignedRequest};
pub use ingress::EndlessHead;
pub use instance::Instance;
pub use mail_server::{MAIL_USER, MailServer, ReceivedMail};
pub use network::Network;
pub use oidc_provider::OidcProvider;
pub use person::{Community, Person};
pub use post_snapshot::PostSnapshot;
pub use process::{Process, ResourceLimit};
pub use push_service::{PostedPush, PushBrowser, PushServer};
pub use request_log::LoggedRequest;
pub use requests::HttpResponse;
pub use routes::{Routes, form_key};

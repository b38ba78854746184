//! Integration tests: whole instances and real processes, and the architecture's rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod architecture;
mod backup;
mod crash;
mod federation;
mod leak;
mod linked;
mod mail;
mod migrations;
mod notice_mail;
mod notice_push;
mod notice_stream;
mod privacy;
mod search;
mod single_sign_on;
mod weight;

//! draft-cavage-http-signatures-12, which every server supports (FEDERATION.md). The signature must
//! cover the request target, the host, a date, and a body's digest. It is checked against the
//! configured host, so a request signed for another server is refused whatever its headers are.

mod parts;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub use parts::parameters;
pub(super) use sign::sign;
pub(super) use verify::read;

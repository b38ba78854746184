//! draft-cavage-http-signatures-12, which every server speaks (FEDERATION.md). The signature must
//! cover the request target, the host, a date, and with a body its digest; the host it is checked
//! against is the one we are configured as, so a request signed for another server never counts
//! here, whatever its headers say.

mod parts;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use parts::parameters;
pub(super) use sign::sign;
pub(super) use verify::read;

//! RFC 9421, HTTP Message Signatures. Refuses components that cannot be derived from a request, any
//! parameter of a component, and signatures that do not cover the method, the whole target, a time,
//! and a body's `Content-Digest`. The target's origin is the configured one.

mod base;
mod claim;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub(super) use claim::is_present;
pub(super) use sign::sign;
pub(super) use verify::read;

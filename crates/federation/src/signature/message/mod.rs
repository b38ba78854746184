//! RFC 9421, HTTP Message Signatures. Refuses components it cannot rebuild, any parameter of a
//! component, and signatures that leave out the method, a part of the target, the time, or the
//! body's `Content-Digest`. The target is taken to be ours, as we are configured.

mod base;
mod claim;
mod sign;
#[cfg(test)]
mod tests;
mod verify;

pub(super) use claim::is_there;
pub(super) use sign::sign;
pub(super) use verify::read;

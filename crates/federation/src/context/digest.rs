//! The digest of a set of followers: the XOR of the SHA-256 of each follower's id (FEP-8fcf).

use openssl::sha::sha256;
use std::fmt::{Display, Formatter, Result};

/// A digest that does not depend on the order; of an empty set, zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FollowersDigest([u8; 32]);

impl FollowersDigest {
    /// Returns the digest of ids, which must be distinct: two equal ones cancel each other.
    pub(crate) fn of<'i>(ids: impl IntoIterator<Item = &'i str>) -> Self {
        let mut digest = Self::default();
        for id in ids {
            digest.add(id);
        }
        digest
    }

    /// Adds a follower.
    pub(crate) fn add(&mut self, id: &str) {
        for (byte, other) in self.0.iter_mut().zip(sha256(id.as_bytes())) {
            *byte ^= other;
        }
    }

    /// Parses 64 hexadecimal digits, of either case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut digest = Self::default();
        for (place, byte) in digest.0.iter_mut().enumerate() {
            let digits = text.get(place * 2..place * 2 + 2)?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(digest)
    }
}

impl Display for FollowersDigest {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (halves, _) = self.0.as_chunks();
        halves
            .iter()
            .try_for_each(|half| write!(f, "{:032x}", u128::from_be_bytes(*half)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "https://testing.example.org/users/1";
    const TWO: &str = "https://testing.example.org/users/2";

    #[test]
    fn the_order_does_not_matter() {
        // The example of FEP-8fcf.
        let both = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f";
        assert_eq!(FollowersDigest::of([ONE, TWO]).to_string(), both);
        assert_eq!(FollowersDigest::of([TWO, ONE]).to_string(), both);
        assert_ne!(FollowersDigest::of([ONE]), FollowersDigest::of([TWO]));
    }

    #[test]
    fn the_empty_set_is_zeros() {
        assert_eq!(FollowersDigest::of([]).to_string(), "0".repeat(64));
    }

    #[test]
    fn a_digest_is_formatted_as_it_is_parsed() {
        let digest = FollowersDigest::of([ONE]);
        assert_eq!(FollowersDigest::parse(&digest.to_string()), Some(digest));
        let loud = digest.to_string().to_uppercase();
        assert_eq!(FollowersDigest::parse(&loud), Some(digest));
        for odd in ["", "0", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(FollowersDigest::parse(odd), None, "{odd}");
        }
    }
}

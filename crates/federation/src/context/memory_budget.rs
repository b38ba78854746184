//! The memory that inbox requests in progress may use, see [`MemoryBudget`]. A request without is
//! answered 503.

use model::memory_budget::MemoryBudget;

/// The most bytes that one part of a parsed JSON document takes: a map of one entry.
const MAX_PART_BYTES: usize = 350;

/// Returns the most bytes that a body takes once it is parsed.
pub(crate) fn max_parsed_bytes(body: &[u8]) -> usize {
    vocab::parts(body).min(vocab::MAX_PARTS) * MAX_PART_BYTES
}

#[derive(Debug)]
pub(crate) struct InboxBudgets {
    /// For bodies, and what is parsed from them.
    pub bodies: MemoryBudget,
    /// For those among them whose signer's key must be fetched first, which may take ten seconds: they
    /// must not displace requests of known signers.
    pub unknown_signers: MemoryBudget,
}

impl Default for InboxBudgets {
    fn default() -> Self {
        Self {
            bodies: MemoryBudget::new(128 << 20, 32 << 20),
            unknown_signers: MemoryBudget::new(32 << 20, 8 << 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_body_with_many_parts_needs_much_memory() {
        let many = format!("[{}]", vec![r#"{"":0}"#; 6_000].join(","));
        assert!(max_parsed_bytes(many.as_bytes()) > 100 * many.len());
    }
}

//! The SQL of the access rule against the rule itself.

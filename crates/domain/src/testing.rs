//! What tests of the verbs share.

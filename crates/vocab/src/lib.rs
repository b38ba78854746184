//! Hedgerow's vocab layer.

//! Hedgerow's testkit layer.

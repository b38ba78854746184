//! Hedgerow's domain layer.

//! Hedgerow's jobs layer.

//! Hedgerow's federation layer.

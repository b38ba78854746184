//! Hedgerow's api layer.

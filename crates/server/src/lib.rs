//! Hedgerow's server layer.

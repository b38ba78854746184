//! Hedgerow's web layer.

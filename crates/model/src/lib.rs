//! Hedgerow's model layer.

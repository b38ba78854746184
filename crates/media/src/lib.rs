//! Hedgerow's media layer.

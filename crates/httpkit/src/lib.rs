//! Hedgerow's httpkit layer.

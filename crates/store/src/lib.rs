//! Hedgerow's store layer.

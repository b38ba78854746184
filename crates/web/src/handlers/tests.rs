//! Whole requests through the routes.

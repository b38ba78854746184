//! Stories of the account room.

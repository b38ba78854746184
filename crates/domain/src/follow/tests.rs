//! Stories of the follow room.

//! Stories of the community room.

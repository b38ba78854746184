//! Stories of the discussion room.

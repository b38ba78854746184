//! Threads and replies: their rows, the pages made of them, and who has read how far.

mod read;
mod threads;
mod write;

pub use read::*;
pub use threads::*;
pub use write::*;

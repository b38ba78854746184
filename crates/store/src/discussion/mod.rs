//! Threads and replies: their rows, the pages made of them, and who has read how far.

mod browse;
mod read;
mod threads;
mod write;

pub use browse::{Browse, ThreadOrder, browse};
pub use read::*;
pub use threads::*;
pub use write::*;

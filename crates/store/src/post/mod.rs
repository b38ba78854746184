//! Posts: their rows, the lists and threads made of them, who has read how far, and where else they
//! are shown. What takes a [`model::access::Reader`] answers only what that reader may see.

mod details;
mod edit_pace;
mod list;
mod newest;
mod picture;
mod read;
mod read_mark;
pub mod recount;
mod share;
mod submission;
mod thread;
mod write;

pub use details::*;
pub use edit_pace::*;
pub use list::*;
pub use newest::*;
pub use picture::*;
pub use read::*;
pub use read_mark::*;
pub use share::*;
pub use submission::*;
pub use thread::*;
pub use write::*;

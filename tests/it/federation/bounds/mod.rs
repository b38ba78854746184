//! What strangers may use of this instance: memory, disk, and requests to others. Each test measures it.

mod disk;
mod memory;
mod requests;

/// The resident memory of this process, in bytes: instances run inside it.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

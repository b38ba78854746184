//! The binary `hedgerow`.

/// A page and a received activity each make some thousand small allocations, for which glibc's allocator
/// takes a fifth of the processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::main()
}

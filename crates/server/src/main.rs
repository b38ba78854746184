//! The binary `hedgerow`.

fn main() -> std::process::ExitCode {
    server::cli::main()
}

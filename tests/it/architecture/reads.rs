//! What is read without asking who reads.

use super::{code_lines, display, in_tests, rust_files};

/// What `query` reads without a reader (docs/decisions/0004-one-access-rule.md): rows that belong to what was filtered, and
/// ids that are asked for with a reader afterwards. Never a post.
#[test]
fn queries_read_no_content_without_a_reader() {
    let allowed = [
        "actor::by_id(",
        "actor::by_ap_id(",
        "actor::instance(",
        "actor::is_ours(",
        "community::by_id(",
        "community::by_ids(",
        "post::id_of(",
        // The id of a former text of a post that was read with a reader.
        "post::newest_revision(",
    ];
    for file in rust_files("crates/query/src") {
        if in_tests(&file) {
            continue;
        }
        for (number, line) in code_lines(&file) {
            for read in line.split("raw::").skip(1) {
                assert!(
                    allowed.iter().any(|known| read.starts_with(known)),
                    "{}:{number}: {read}",
                    display(&file)
                );
            }
            assert!(
                !line.contains("use store::raw"),
                "{}:{number}: write store::raw at the call",
                display(&file)
            );
        }
    }
}

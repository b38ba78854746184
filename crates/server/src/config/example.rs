//! The example file: every key with its meaning and its default, commented out.

use super::section::Section;
use super::{Database, Federation, Log, Server};

/// The whole example, ending in a line break.
#[must_use]
pub fn example() -> String {
    let mut out = String::from(
        "# Hedgerow's configuration. Every key may be left out; each stands here with its default, or
# where it has none with an example. Written by `hedgerow config example`; check yours with
# `hedgerow config check --config FILE`.
",
    );
    section::<Server>(&mut out, "server");
    section::<Database>(&mut out, "database");
    section::<Federation>(&mut out, "federation");
    section::<Log>(&mut out, "log");
    out
}

fn section<S: Section>(out: &mut String, name: &str) {
    out.push('\n');
    comment(out, S::ABOUT);
    out.push_str(&format!("[{name}]\n"));
    for key in S::keys() {
        out.push('\n');
        comment(out, key.about);
        out.push_str(&format!("#{} = {}\n", key.name, key.shown));
    }
}

/// Doc comments keep the blank after their slashes.
fn comment(out: &mut String, lines: &[&str]) {
    for line in lines {
        out.push_str(&format!("#{line}\n"));
    }
}

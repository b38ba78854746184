//! The example file: every key with its meaning and its default, as comments.

use super::section::Section;
use super::{Backup, Database, Federation, Log, Mail, Metrics, Oidc, Server};

/// Returns the example file.
#[must_use]
pub fn example() -> String {
    let mut out = String::from(
        "# Hedgerow's configuration. Every key is optional and is listed with its default, or with an example
# when it has none. `hedgerow config example` prints this file; `hedgerow config check --config FILE`
# checks yours.
",
    );
    section::<Server>(&mut out, "server");
    section::<Database>(&mut out, "database");
    section::<Federation>(&mut out, "federation");
    section::<Mail>(&mut out, "mail");
    // A comment, since an empty one would be a provider.
    head::<Oidc>(&mut out, "#[[oidc]]");
    section::<Backup>(&mut out, "backup");
    section::<Metrics>(&mut out, "metrics");
    section::<Log>(&mut out, "log");
    out
}

fn section<S: Section>(out: &mut String, name: &str) {
    head::<S>(out, &format!("[{name}]"));
}

fn head<S: Section>(out: &mut String, head: &str) {
    out.push('\n');
    comment(out, S::DESCRIPTION);
    out.push_str(&format!("{head}\n"));
    for key in S::keys() {
        out.push('\n');
        comment(out, key.description);
        out.push_str(&format!("#{} = {}\n", key.name, key.example));
    }
}

/// Writes comment lines. Doc comments include the space after their slashes.
fn comment(out: &mut String, lines: &[&str]) {
    for line in lines {
        out.push_str(&format!("#{line}\n"));
    }
}

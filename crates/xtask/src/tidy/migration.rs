//! Migrations: both databases have the same folders, each with `up.sql` and `down.sql`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Finding;

const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Checks the names below `migrations/`.
pub fn check(files: &[PathBuf], findings: &mut Vec<Finding>) {
    let mut folders: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for path in files {
        let names: Vec<&str> = path.iter().filter_map(|name| name.to_str()).collect();
        if let [top, engine, folder, file] = names[..]
            && top == "migrations"
        {
            folders.entry(folder).or_default().insert((engine, file));
        }
    }
    for (folder, found) in &folders {
        for engine in ENGINES {
            for file in ["up.sql", "down.sql"] {
                if !found.contains(&(engine, file)) {
                    let path = Path::new("migrations").join(engine).join(folder).join(file);
                    findings.push(Finding::new(
                        &path,
                        0,
                        "missing: both databases have the same migrations",
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_one_database_lacks_is_named() {
        let files = [
            "sqlite/1_site/up.sql",
            "sqlite/1_site/down.sql",
            "postgres/1_site/up.sql",
        ]
        .map(|path| Path::new("migrations").join(path));
        let mut findings = Vec::new();
        check(&files, &mut findings);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            findings[0].file,
            Path::new("migrations/postgres/1_site/down.sql")
        );
    }
}

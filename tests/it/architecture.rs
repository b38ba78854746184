//! Holds the house to its invariants (docs/ARCHITECTURE.md): who may depend on whom, what may appear where.
//! Reads files only. A rule that is in the way is changed here, in the open, with its reason in the commit.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Our crates and what each may depend on among them. Absent arrows are the architecture.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("vocab", &[]),
    ("store", &["model"]),
    ("domain", &["model", "store"]),
    ("media", &["model", "store"]),
    ("mail", &["model", "store"]),
    ("httpsig", &[]),
    ("client", &["httpsig"]),
    ("delivery", &["model", "store", "client", "httpsig"]),
    (
        "federation",
        &[
            "model", "vocab", "httpsig", "client", "delivery", "store", "domain",
        ],
    ),
    ("httpkit", &["model", "domain", "store"]),
    ("web", &["model", "httpkit", "domain", "store", "media"]),
    ("api", &["model", "httpkit", "domain", "store", "media"]),
    (
        "jobs",
        &[
            "model",
            "domain",
            "store",
            "delivery",
            "federation",
            "media",
            "mail",
        ],
    ),
    (
        "server",
        &[
            "model",
            "vocab",
            "store",
            "domain",
            "media",
            "mail",
            "httpsig",
            "client",
            "delivery",
            "federation",
            "httpkit",
            "web",
            "api",
            "jobs",
        ],
    ),
    (
        "testkit",
        &[
            "model",
            "vocab",
            "store",
            "domain",
            "media",
            "mail",
            "httpsig",
            "client",
            "delivery",
            "federation",
            "httpkit",
            "web",
            "api",
            "jobs",
            "server",
        ],
    ),
    // It fills and reads the databases of the instances it measures.
    ("xtask", &["model", "store"]),
];

/// Foreign crates that only some of ours may use.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("diesel", &["store", "model"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3-sys", &["store"]),
    ("pq-sys", &["store"]),
    ("activitypub_federation", &["vocab", "federation"]),
    ("askama", &["web", "mail"]),
    ("fluent-templates", &["web", "mail", "httpkit"]),
    ("lettre", &["mail"]),
    ("opendal", &["media"]),
    ("image", &["media"]),
    ("utoipa", &["api"]),
    ("reqwest", &["client", "testkit"]),
    (
        "axum",
        &["federation", "httpkit", "web", "api", "server", "testkit"],
    ),
    (
        "tokio",
        &[
            "store",
            "media",
            "mail",
            "client",
            "delivery",
            "federation",
            "httpkit",
            "web",
            "api",
            "jobs",
            "server",
            "testkit",
            "xtask",
        ],
    ),
];

/// The rooms: the same word in every layer.
const ROOMS: &[&str] = &[
    "account",
    "actor",
    "community",
    "follow",
    "membership",
    "discussion",
    "event",
    "resource",
    "network",
    "moderation",
    "notice",
    "search",
    "peer",
    "site",
];

/// Other words for a room, which would hide a part of it from `find . -path '*room*'`.
const ALIASES: &[(&str, &str)] = &[
    ("accounts", "account"),
    ("user", "account"),
    ("users", "account"),
    ("actors", "actor"),
    ("communities", "community"),
    ("group", "community"),
    ("groups", "community"),
    ("members", "membership"),
    ("memberships", "membership"),
    ("discussions", "discussion"),
    ("forum", "discussion"),
    ("topic", "discussion"),
    ("topics", "discussion"),
    ("posts", "discussion"),
    ("threads", "discussion"),
    ("events", "event"),
    ("calendar", "event"),
    ("resources", "resource"),
    ("library", "resource"),
    ("networks", "network"),
    ("notices", "notice"),
    ("notifications", "notice"),
    ("peers", "peer"),
    ("followers", "follow"),
    ("follows", "follow"),
    ("settings", "site"),
    ("instances", "peer"),
];

/// Module names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "misc", "manager"];

#[test]
fn our_crates_depend_downwards_only() {
    let known: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    for krate in crates() {
        let allowed = LAYERS
            .iter()
            .find(|(name, _)| *name == krate)
            .unwrap_or_else(|| panic!("say in LAYERS what {krate} may depend on"))
            .1;
        for dependency in dependencies(&krate) {
            let ours = known.contains(dependency.name.as_str());
            assert!(
                !ours || allowed.contains(&dependency.name.as_str()),
                "{krate} depends on {}, which it may not know",
                dependency.name
            );
        }
    }
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    for krate in crates() {
        for dependency in dependencies(&krate) {
            let Some((_, homes)) = ONLY_IN.iter().find(|(name, _)| *name == dependency.name) else {
                continue;
            };
            assert!(
                homes.contains(&krate.as_str()),
                "{krate} depends on {}, which only {homes:?} may use",
                dependency.name
            );
            assert!(
                !(krate == "model" && dependency.name == "diesel") || dependency.optional,
                "model knows diesel only behind its feature"
            );
        }
    }
}

#[test]
fn verbs_are_synchronous() {
    for file in rust_files("crates/domain/src") {
        if in_ops(&file) || in_tests(&file) {
            continue;
        }
        for (number, line) in code_lines(&file) {
            assert!(
                !line.contains("async ") && !line.contains(".await"),
                "{}:{number}: no await inside a verb: fetch first, then write",
                shown(&file)
            );
        }
    }
}

#[test]
fn there_is_one_door_for_change() {
    // A bench fills the database it measures: a million posts are not made by hand.
    let doors = [
        "crates/domain/src/ops",
        "crates/store/src",
        "crates/xtask/src/bench",
    ];
    for file in rust_files("crates") {
        if doors.iter().any(|door| shown(&file).starts_with(door)) {
            continue;
        }
        let code: String = code_lines(&file)
            .map(|(_, line)| line.split_whitespace().collect::<String>())
            .collect();
        for call in [
            "store.write(",
            "store().write(",
            "Store::write(",
            "store.queue_write(",
        ] {
            assert!(
                !code.contains(call),
                "{}: writes to the store itself; change goes through domain::Ops, a queue's own through store::queue",
                shown(&file)
            );
        }
    }
}

#[test]
fn activitystreams_is_known_to_the_seam_only() {
    let seam = ["vocab", "federation", "server", "testkit", "xtask"];
    for krate in crates()
        .iter()
        .filter(|name| !seam.contains(&name.as_str()))
    {
        for file in rust_files(&format!("crates/{krate}/src")) {
            for (number, line) in code_lines(&file) {
                for word in ["www.w3.org/ns/activitystreams", "application/ld+json"] {
                    assert!(
                        !line.contains(word),
                        "{}:{number}: {word} belongs to vocab and federation",
                        shown(&file)
                    );
                }
            }
        }
    }
}

#[test]
fn rooms_have_one_name() {
    for file in rust_files("crates") {
        let path = shown(&file);
        let Some((krate, inside)) = path
            .strip_prefix("crates/")
            .and_then(|rest| rest.split_once("/src/"))
        else {
            continue;
        };
        if krate == "xtask" || krate == "vocab" {
            continue;
        }
        for part in inside.trim_end_matches(".rs").split('/') {
            assert!(
                !EMPTY_NAMES.contains(&part),
                "{path}: {part} says nothing about what is inside"
            );
        }
        let first = inside.split('/').next().unwrap_or(inside);
        let first = first.trim_end_matches(".rs");
        if let Some((_, room)) = ALIASES.iter().find(|(alias, _)| *alias == first) {
            panic!("{path}: the room is called {room}");
        }
    }
}

/// What the verbs of all rooms use, where it fills a folder.
const SHARED: &[&str] = &["ops", "plan", "prose", "tests"];

#[test]
fn each_folder_of_verbs_is_a_room() {
    for entry in fs::read_dir(root().join("crates/domain/src")).expect("domain") {
        let entry = entry.expect("entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !SHARED.contains(&name.as_str()) {
            assert!(
                ROOMS.contains(&name.as_str()),
                "domain/{name} is not a room: put it in one, or add the word to ROOMS and to every layer"
            );
        }
    }
}

#[test]
fn every_module_says_what_it_is_and_stays_short() {
    for file in rust_files("crates").into_iter().chain(rust_files("tests")) {
        let text = fs::read_to_string(&file).expect("source");
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! ") && first.len() > 8,
            "{}: open with `//!`: what this room is, what it refuses",
            shown(&file)
        );
        let lines = text.lines().count();
        assert!(lines <= 600, "{}: {lines} lines", shown(&file));
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folders = |engine: &str| -> BTreeSet<String> {
        fs::read_dir(root().join("migrations").join(engine))
            .expect("migrations")
            .map(|entry| entry.expect("entry"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| {
                for way in ["up.sql", "down.sql"] {
                    let file = entry.path().join(way);
                    assert!(file.is_file(), "{} is missing", shown(&file));
                }
                entry.file_name().to_string_lossy().into_owned()
            })
            .collect()
    };
    assert_eq!(folders("sqlite"), folders("postgres"));
}

#[test]
fn testkit_is_a_dev_dependency_only() {
    for krate in crates() {
        for dependency in dependencies(&krate) {
            assert_ne!(dependency.name, "testkit", "{krate} ships testkit");
        }
    }
}

/// A line of a `[dependencies]` table.
struct Dependency {
    name: String,
    optional: bool,
}

/// What a crate's Cargo.toml names under `[dependencies]` and `[build-dependencies]`.
fn dependencies(krate: &str) -> Vec<Dependency> {
    let manifest = root().join("crates").join(krate).join("Cargo.toml");
    let text = fs::read_to_string(manifest).expect("Cargo.toml");
    let mut table = "";
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            table = line;
        } else if let Some((key, value)) = line.split_once('=')
            && matches!(table, "[dependencies]" | "[build-dependencies]")
        {
            found.push(Dependency {
                name: key.split('.').next().unwrap_or(key).trim().to_owned(),
                optional: value.contains("optional = true"),
            });
        }
    }
    found
}

fn crates() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("crates"))
        .expect("crates")
        .map(|entry| entry.expect("entry"))
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Every Rust file below a folder of the repository.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The lines of a file with their numbers, without comment lines.
fn code_lines(file: &Path) -> impl Iterator<Item = (usize, String)> {
    let text = fs::read_to_string(file).expect("source");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Stories of the verbs, and what they share.
fn in_tests(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.ends_with("testing.rs")
}

fn in_ops(file: &Path) -> bool {
    shown(file).starts_with("crates/domain/src/ops")
}

/// A path as people say it: from the top of the repository, with forward slashes.
fn shown(file: &Path) -> String {
    file.strip_prefix(root())
        .unwrap_or(file)
        .to_string_lossy()
        .replace('\\', "/")
}

fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

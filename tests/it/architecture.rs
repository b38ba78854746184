//! Checks the invariants of docs/ARCHITECTURE.md: which crate may depend on which, and what may appear where.
//! It reads files only. A rule that is in the way is changed here, with the reason in the commit.

mod federation;
mod reads;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the workspace and what each may depend on among them.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("words", &["model"]),
    ("vocab", &[]),
    ("store", &["model"]),
    ("domain", &["model", "store"]),
    ("media", &["model", "store"]),
    ("mail", &["model", "words", "store"]),
    ("query", &["model", "store", "domain"]),
    ("httpsig", &[]),
    ("client", &["httpsig"]),
    ("oidc", &["model", "client"]),
    ("delivery", &["model", "store", "client", "httpsig"]),
    (
        "federation",
        &[
            "model", "vocab", "httpsig", "client", "delivery", "store", "domain", "query",
        ],
    ),
    // Of the store it knows the handle and its error, see `front_ends_read_through_query`.
    ("backup", &["model", "store"]),
    // Of mail it knows whether it is sent, and the demo's.
    (
        "httpkit",
        &["model", "domain", "query", "store", "mail", "oidc"],
    ),
    (
        "web",
        &[
            "model", "words", "httpkit", "domain", "query", "media", "mail",
        ],
    ),
    ("api", &["model", "httpkit", "domain", "query", "media"]),
    (
        "jobs",
        &[
            "model",
            "words",
            "domain",
            "query",
            "store",
            "client",
            "delivery",
            "federation",
            "media",
            "mail",
            "backup",
        ],
    ),
    (
        "server",
        &[
            "model",
            "words",
            "vocab",
            "store",
            "domain",
            "query",
            "media",
            "mail",
            "httpsig",
            "client",
            "oidc",
            "delivery",
            "federation",
            "httpkit",
            "web",
            "api",
            "jobs",
            "backup",
        ],
    ),
    (
        "testkit",
        &[
            "model",
            "vocab",
            "store",
            "domain",
            "query",
            "media",
            "mail",
            "httpsig",
            "client",
            "oidc",
            "delivery",
            "federation",
            "httpkit",
            "web",
            "api",
            "jobs",
            "server",
        ],
    ),
    // Its benches fill and read the databases of the instances they measure.
    ("xtask", &["model", "store"]),
];

/// External crates that only some crates may use.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("diesel", &["store", "model"]),
    ("diesel_migrations", &["store"]),
    ("email_address", &["model"]),
    ("libsqlite3-sys", &["store"]),
    ("pq-sys", &["store"]),
    ("activitypub_federation", &["vocab", "federation"]),
    ("askama", &["web", "mail"]),
    ("ece", &["jobs", "testkit"]),
    ("fluent-templates", &["words"]),
    ("lettre", &["mail"]),
    ("opendal", &["media"]),
    ("image", &["media"]),
    ("metrics", &["delivery", "server"]),
    ("metrics-exporter-prometheus", &["server"]),
    ("webauthn-rs", &["httpkit"]),
    ("totp-rs", &["domain"]),
    ("qrcodegen", &["web"]),
    ("tar", &["backup"]),
    ("flate2", &["backup"]),
    ("utoipa", &["api"]),
    ("openidconnect", &["oidc"]),
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
            "oidc",
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

/// The names of rooms, which are the same in every layer.
const ROOMS: &[&str] = &[
    "account",
    "actor",
    "community",
    "follow",
    "membership",
    "post",
    "poll",
    "discussion",
    "event",
    "resource",
    "network",
    "moderation",
    "notice",
    "tag",
    "oauth",
    "organization",
    "search",
    "peer",
    "site",
];

/// Other names for a room, which `find . -path '*room*'` would not find.
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
    ("posts", "post"),
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

/// Module names that say nothing about the contents.
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "misc", "manager"];

#[test]
fn crates_depend_downwards_only() {
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
fn external_crates_are_used_only_where_allowed() {
    for krate in crates() {
        for dependency in dependencies(&krate) {
            let Some((_, allowed)) = ONLY_IN.iter().find(|(name, _)| *name == dependency.name)
            else {
                continue;
            };
            assert!(
                allowed.contains(&krate.as_str()),
                "{krate} depends on {}, which only {allowed:?} may use",
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
                display(&file)
            );
        }
    }
}

#[test]
fn only_ops_and_the_queues_write() {
    // A bench fills the database that it measures.
    let writers = [
        "crates/domain/src/ops",
        "crates/store/src",
        "crates/xtask/src/bench",
    ];
    for file in rust_files("crates") {
        if writers
            .iter()
            .any(|writer| display(&file).starts_with(writer))
        {
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
                display(&file)
            );
        }
    }
}

#[test]
fn front_ends_read_through_query() {
    for krate in ["web", "api"] {
        for file in rust_files(&format!("crates/{krate}/src")) {
            if in_tests(&file) {
                continue;
            }
            for (number, line) in code_lines(&file) {
                assert!(
                    !names(&line, "store"),
                    "{}:{number}: pages and answers read through query, which knows who may see what",
                    display(&file)
                );
            }
        }
    }
    for file in rust_files("crates/httpkit/src") {
        for (number, line) in code_lines(&file) {
            let known = [
                "store::StoreError",
                "store::{Store, StoreError}",
                "store::Store;",
            ];
            assert!(
                !names(&line, "store") || known.iter().any(|name| line.contains(name)),
                "{}:{number}: httpkit knows the handle of the store and its error, no query",
                display(&file)
            );
        }
    }
}

#[test]
fn reads_without_a_viewer_stay_behind_the_access_rule() {
    let behind = [
        "store",
        "domain",
        "federation",
        "delivery",
        "jobs",
        "query",
        "backup",
        "server",
        "testkit",
        "xtask",
    ];
    for krate in crates() {
        if behind.contains(&krate.as_str()) {
            continue;
        }
        for file in rust_files(&format!("crates/{krate}/src")) {
            if in_tests(&file) {
                continue;
            }
            for (number, line) in code_lines(&file) {
                assert!(
                    !line.contains("store::raw"),
                    "{}:{number}: store::raw asks nobody who reads; use query",
                    display(&file)
                );
            }
        }
    }
}

/// Whether a line of code names a crate: `store::…`, or `use store;`.
fn names(line: &str, krate: &str) -> bool {
    let path = format!("{krate}::");
    line.match_indices(&path).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    })
}

#[test]
fn activitystreams_is_known_to_vocab_and_federation_only() {
    let allowed_in = ["vocab", "federation", "server", "testkit", "xtask"];
    for krate in crates()
        .iter()
        .filter(|name| !allowed_in.contains(&name.as_str()))
    {
        for file in rust_files(&format!("crates/{krate}/src")) {
            for (number, line) in code_lines(&file) {
                for word in ["www.w3.org/ns/activitystreams", "application/ld+json"] {
                    assert!(
                        !line.contains(word),
                        "{}:{number}: {word} belongs to vocab and federation",
                        display(&file)
                    );
                }
            }
        }
    }
}

#[test]
fn rooms_have_one_name() {
    for file in rust_files("crates") {
        let path = display(&file);
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

/// Folders that the verbs of all rooms use.
const SHARED: &[&str] = &["access", "listeners", "ops", "prose", "tests"];

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
fn every_module_has_a_description_and_stays_short() {
    for file in rust_files("crates").into_iter().chain(rust_files("tests")) {
        let text = fs::read_to_string(&file).expect("source");
        let first = text.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("//! ") && first.len() > 8,
            "{}: open with `//!`: what it contains, what it refuses",
            display(&file)
        );
        let lines = text.lines().count();
        assert!(lines <= 600, "{}: {lines} lines", display(&file));
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
                    assert!(file.is_file(), "{} is missing", display(&file));
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

/// An entry of a `[dependencies]` table.
struct Dependency {
    name: String,
    optional: bool,
}

/// Reads the `[dependencies]` and `[build-dependencies]` of a crate.
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

/// Lists every Rust file below a folder of the repository.
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

/// Iterates over the lines of a file with their numbers, without comments.
fn code_lines(file: &Path) -> impl Iterator<Item = (usize, String)> {
    let text = fs::read_to_string(file).expect("source");
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Returns whether a file has tests, or what they share.
fn in_tests(file: &Path) -> bool {
    file.ends_with("tests.rs")
        || file.ends_with("testing.rs")
        || file.components().any(|part| part.as_os_str() == "tests")
}

fn in_ops(file: &Path) -> bool {
    display(file).starts_with("crates/domain/src/ops")
}

/// Formats a path relative to the repository, with forward slashes.
fn display(file: &Path) -> String {
    file.strip_prefix(root())
        .unwrap_or(file)
        .to_string_lossy()
        .replace('\\', "/")
}

fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

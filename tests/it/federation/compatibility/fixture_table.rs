//! A table of a software's activities, each with its outcome and the rendering of its object afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The activities of a software, in the order in which they are sent.
pub(super) struct FixtureTable {
    /// Documents that its servers serve; each must be fetched.
    pub served: &'static [&'static str],
    /// Actors that Ann follows from the start.
    pub followed: &'static [&'static str],
    pub lines: &'static [FixtureLine],
    /// Documents that Ann looks up at the end, the post to check, and its rendering.
    pub looked: &'static [(&'static str, &'static str, &'static str)],
    /// Documents that are not fetched, and why.
    pub unasked: &'static [(&'static str, &'static str)],
}

/// One activity with its expected outcome.
pub(super) struct FixtureLine {
    /// The name of the fixture.
    pub file: &'static str,
    /// The actor that signs. A community that signs another actor's activity announces it.
    pub from: &'static str,
    /// Replacements of texts in the fixture, such as local ids for remote ones.
    pub instead: &'static [(&'static str, &'static str)],
    /// A change on the sender's server before: a document, its key, and the new JSON.
    pub meanwhile: Option<(&'static str, &'static str, &'static str)>,
    /// The expected outcome.
    pub ends: &'static str,
    /// A post or an actor to check, and its rendering. Every applied activity has a visible result.
    pub looks: Option<(&'static str, &'static str)>,
}

impl FixtureTable {
    /// Finds the line of a fixture.
    pub(super) fn line(&self, file: &str) -> &FixtureLine {
        self.lines.iter().find(|line| line.file == file).unwrap()
    }
}

/// Builds a line without replacements.
pub(super) const fn line(
    file: &'static str,
    from: &'static str,
    ends: &'static str,
) -> FixtureLine {
    FixtureLine {
        file,
        from,
        instead: &[],
        meanwhile: None,
        ends,
        looks: None,
    }
}

impl FixtureLine {
    pub(super) const fn looks(self, at: &'static str, like: &'static str) -> Self {
        Self {
            looks: Some((at, like)),
            ..self
        }
    }

    pub(super) const fn with(self, instead: &'static [(&'static str, &'static str)]) -> Self {
        Self { instead, ..self }
    }

    pub(super) const fn meanwhile(
        self,
        file: &'static str,
        key: &'static str,
        json: &'static str,
    ) -> Self {
        Self {
            meanwhile: Some((file, key, json)),
            ..self
        }
    }
}

/// The ids of local actors and posts in the fixtures.
pub(super) const WEAVERS: &str = "https://alpha.example/c/weavers";
pub(super) const ANN: &str = "https://alpha.example/u/ann";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Lists every fixture as `software/name`. The objects of `pasture` belong to no software; another test sends
/// them.
pub(super) fn fixtures() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for software in fs::read_dir(folder()).unwrap() {
        let software = software.unwrap();
        if software.file_name() == "pasture" {
            continue;
        }
        for file in fs::read_dir(software.path()).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "json") {
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                names.insert(format!("{}/{stem}", software.file_name().to_string_lossy()));
            }
        }
    }
    names
}

/// Reads the text of a fixture.
pub(super) fn words(file: &str) -> String {
    let path = folder().join(format!("{file}.json"));
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{file}: {e}"))
}

//! A table of what a software sends: each activity, how it ends, and how what it is about looks
//! here afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// What a software sends, in the order it is sent.
pub(super) struct Table {
    /// Documents its servers answer with; each has to be asked for.
    pub served: &'static [&'static str],
    /// Those whom Ann follows from the start.
    pub followed: &'static [&'static str],
    /// What is sent.
    pub lines: &'static [Line],
    /// Documents that Ann looks up at last, the post to look at then, and how it looks.
    pub looked: &'static [(&'static str, &'static str, &'static str)],
    /// Documents that nobody asks for, and why.
    pub unasked: &'static [(&'static str, &'static str)],
}

/// One activity, and what comes of it.
pub(super) struct Line {
    /// The fixture.
    pub file: &'static str,
    /// The actor that signs. A community that signs what somebody else did announces it.
    pub from: &'static str,
    /// Other words in the fixture's place: names of ours in place of other servers'.
    pub instead: &'static [(&'static str, &'static str)],
    /// What its server has changed by then: a document, its key, and the JSON that stands there.
    pub meanwhile: Option<(&'static str, &'static str, &'static str)>,
    /// How it ends.
    pub ends: &'static str,
    /// A post or an actor to look at then, and how it looks. What is done can be seen.
    pub looks: Option<(&'static str, &'static str)>,
}

impl Table {
    /// The line of a fixture.
    pub(super) fn line(&self, file: &str) -> &Line {
        self.lines.iter().find(|line| line.file == file).unwrap()
    }
}

/// A line without other words.
pub(super) const fn line(file: &'static str, from: &'static str, ends: &'static str) -> Line {
    Line {
        file,
        from,
        instead: &[],
        meanwhile: None,
        ends,
        looks: None,
    }
}

impl Line {
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

/// Ours, as the fixtures name them.
pub(super) const WEAVERS: &str = "https://alpha.example/c/weavers";
pub(super) const ANN: &str = "https://alpha.example/u/ann";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every fixture of a software, as `software/name`. The objects of `pasture` are nobody's in
/// particular; they are sent in a story of their own.
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

/// The words of a fixture.
pub(super) fn words(file: &str) -> String {
    let path = folder().join(format!("{file}.json"));
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{file}: {e}"))
}

//! The seeds of each target: the documents of `tests/fixtures`, the texts within them, and the files of
//! `fuzz/seeds` for what no document contains (signatures, lists).

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::folder;
use crate::root;

/// Copies a target's seeds to its corpus, beside those of earlier runs; returns how many.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(target: &str) -> Result<usize> {
    let corpus = folder("corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let seeds = collect(target)?;
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(corpus.join(format!("seed-{number}")), seed)?;
    }
    Ok(seeds.len())
}

/// Collects a target's seeds from its own folder and from the fixtures.
fn collect(target: &str) -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    let own = folder("seeds").join(target);
    if own.is_dir() {
        for file in sorted_files(&own)? {
            seeds.push(fs::read(file)?);
        }
    }
    for document in documents()? {
        add_seeds(target, &document, &mut seeds);
    }
    seeds.sort();
    seeds.dedup();
    Ok(seeds)
}

/// Reads every recorded document; an example of a variation is merged into a Note first.
fn documents() -> Result<Vec<Value>> {
    let mut documents = Vec::new();
    for software in sorted_files(&root::repository().join("tests/fixtures"))? {
        if !software.is_dir() {
            continue;
        }
        for file in sorted_files(&software)? {
            let Ok(document) = serde_json::from_slice::<Value>(&fs::read(&file)?) else {
                continue;
            };
            match document.get("examples").and_then(Value::as_array) {
                Some(examples) => documents.extend(examples.iter().map(merge_into_note)),
                None => documents.push(document),
            }
        }
    }
    Ok(documents)
}

fn merge_into_note(example: &Value) -> Value {
    let mut note = json!({
        "id": "https://a.test/1", "type": "Note", "attributedTo": "https://a.test/u/ann",
        "to": ["as:Public"], "content": "text",
    });
    if let (Some(note), Some(example)) = (note.as_object_mut(), example.as_object()) {
        note.extend(example.clone());
    }
    json!({ "id": "https://a.test/2", "type": "Create", "actor": "https://a.test/u/ann", "object": note })
}

/// Adds the parts of a document that a target reads.
fn add_seeds(target: &str, document: &Value, seeds: &mut Vec<Vec<u8>>) {
    let has = |keys: &[&str]| keys.iter().any(|key| document.get(key).is_some());
    let fits = match target {
        "activity" => has(&["type"]),
        "actor" => has(&["inbox", "orderedItems"]),
        "webfinger" => has(&["subject"]),
        "nodeinfo" => has(&["software"]),
        "html" | "markdown" => {
            let key = if target == "html" {
                "content"
            } else {
                "source"
            };
            texts(document, key, seeds);
            false
        }
        _ => false,
    };
    if fits {
        seeds.push(document.to_string().into_bytes());
    }
}

/// Adds the texts under a key, at any depth.
fn texts(value: &Value, under: &str, seeds: &mut Vec<Vec<u8>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| texts(one, under, seeds)),
        Value::Object(map) => {
            for (key, value) in map {
                let text = value.get("content").unwrap_or(value).as_str();
                match text {
                    Some(text) if key == under => seeds.push(text.as_bytes().to_vec()),
                    _ => texts(value, under, seeds),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn sorted_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let read = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = read
        .map(|file| Ok(file?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_seeds() {
        for target in super::super::targets().unwrap() {
            assert!(!collect(&target).unwrap().is_empty(), "{target}");
        }
        assert!(
            collect("activity").unwrap().len() > 200,
            "the variations are there"
        );
    }
}

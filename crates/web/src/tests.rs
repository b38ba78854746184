//! Checks of every page: well-formed, one `h1`, labels, both languages, nothing inline.
//! `gallery` (ignored) writes them all to a folder, to be looked at.

pub(crate) mod markup;

use std::path::Path;

use askama::Template;

use model::Lang;
use words::LANGS;

/// Renders a sample and checks it as a page.
pub(crate) fn check(name: &str, view: &impl Template) {
    let html = view.render().unwrap();
    keep(name, &html);
    markup::check_page(name, &html);
}

/// Checks a sample in both languages; `make` builds it.
pub(crate) fn check_both<V: Template>(name: &str, make: impl Fn(Lang) -> V) {
    for lang in LANGS {
        check(&format!("{name}.{lang}"), &make(lang));
    }
}

/// Writes the page to the folder in `GALLERY`, to be looked at.
fn keep(name: &str, html: &str) {
    if let Some(folder) = std::env::var_os("GALLERY") {
        std::fs::write(Path::new(&folder).join(format!("{name}.html")), html).unwrap();
    }
}

/// `GALLERY=folder cargo test -p web -- --include-ignored` writes every sample page and what it
/// links to; serve the folder and look.
#[test]
#[ignore = "for the eye: writes files where GALLERY points"]
fn gallery() {
    let Some(folder) = std::env::var_os("GALLERY") else {
        return;
    };
    let folder = Path::new(&folder);
    let write = |url: &str, body: &[u8]| {
        let path = folder.join(url.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, body).unwrap();
    };
    for asset in [
        &*crate::assets::STYLE,
        &*crate::assets::SCRIPT,
        &*crate::assets::ICONS,
        &*crate::assets::MARK,
    ] {
        write(&asset.url, asset.body());
    }
    for handle in ["safer-supply", "weavers", "alliance"] {
        let svg = crate::leaf::pattern(&format!("{handle}@alliance.example"));
        write(&format!("/c/{handle}/leaf.svg"), svg.as_bytes());
    }
}

#[test]
fn every_message_a_template_names_exists() {
    let known: std::collections::BTreeSet<&str> = words::keys(Lang::En).collect();
    let mut missing = Vec::new();
    visit(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("templates")
            .as_path(),
        &mut |path, text| {
            for call in ["f.text(\"", "f.message(\"", "text(*lang, \""] {
                for piece in text.split(call).skip(1) {
                    let key = piece.split('"').next().unwrap_or_default();
                    if !known.contains(key) {
                        missing.push(format!("{}: {key}", path.display()));
                    }
                }
            }
        },
    );
    assert!(missing.is_empty(), "{missing:#?}");
}

fn visit(folder: &Path, see: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, see);
        } else {
            see(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

//! Style, scripts and icons, embedded in the binary and served under names with a hash of their
//! content, so that browsers cache them for ever.
//!
//! The style is concatenated from small files (one cascade layer each), and so is the script
//! (independent modules): two requests for any page.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const CSS: &[&str] = &[
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/frame.css"),
    include_str!("../assets/css/parts.css"),
    include_str!("../assets/css/form.css"),
    include_str!("../assets/css/community.css"),
    include_str!("../assets/css/discussion.css"),
    include_str!("../assets/css/pages.css"),
    include_str!("../assets/css/print.css"),
];

const SCRIPTS: &[&str] = &[
    include_str!("../assets/js/time.js"),
    include_str!("../assets/js/form.js"),
    include_str!("../assets/js/compose.js"),
    include_str!("../assets/js/draft.js"),
    include_str!("../assets/js/keys.js"),
    include_str!("../assets/js/copy.js"),
    include_str!("../assets/js/suggest.js"),
];

/// One embedded file: where it is served and what it holds.
#[derive(Debug)]
pub struct Asset {
    /// Its address, hash included, e.g. `/assets/style.1f2e3d4c.css`.
    pub url: String,
    mime: &'static str,
    body: Bytes,
}

impl Asset {
    fn new(stem: &str, extension: &str, mime: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let hash = fingerprint(&body);
        Self {
            url: format!("/assets/{stem}.{hash:08x}.{extension}"),
            mime,
            body,
        }
    }

    /// What is served.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// The style sheet of every page.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text: String = CSS.iter().map(|file| squeeze(file)).collect();
    let text = text.replace(ICONS_PATH, &ICONS.url);
    Asset::new("style", "css", "text/css; charset=utf-8", text)
});

/// The script of every page. Each module keeps its own scope: a block.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text: String = SCRIPTS
        .iter()
        .map(|file| format!("{{\n{}}}\n", trim(file)))
        .collect();
    Asset::new("hedgerow", "js", "text/javascript; charset=utf-8", text)
});

/// The script of the editor, which a page loads when a text is first focused.
pub static EDITOR: LazyLock<Asset> = LazyLock::new(|| {
    let text = trim(include_str!("../assets/js/editor.js"));
    Asset::new("editor", "js", "text/javascript; charset=utf-8", text)
});

/// The script of the pages that ask for a passkey.
pub static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    let text = trim(include_str!("../assets/js/passkey.js"));
    Asset::new("passkey", "js", "text/javascript; charset=utf-8", text)
});

/// The script of every page of a member, which keeps the number of their notices current.
pub static LIVE: LazyLock<Asset> = LazyLock::new(|| {
    let text = trim(include_str!("../assets/js/live.js"));
    Asset::new("live", "js", "text/javascript; charset=utf-8", text)
});

/// The script of the page on which push messages are turned on.
pub static PUSH: LazyLock<Asset> = LazyLock::new(|| {
    let text = trim(include_str!("../assets/js/push.js"));
    Asset::new("push", "js", "text/javascript; charset=utf-8", text)
});

/// The service worker, which is served at an address without a hash. `ICON` in it is the address of an icon.
pub static SERVICE_WORKER: LazyLock<String> = LazyLock::new(|| {
    let [icon, ..] = &*APP_ICONS;
    trim(include_str!("../assets/js/sw.js")).replace("ICON", &icon.url)
});

/// How the style sheets name [`ICONS`].
const ICONS_PATH: &str = "/assets/icons.svg";

/// The icons, one `<symbol>` each. Shown as a picture, the file is those of a post's actions, as masks of
/// the style sheet: markup at each of fifty posts would be a sixth of the page.
pub static ICONS: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../assets/icons.svg").to_owned();
    Asset::new("icons", "svg", "image/svg+xml", text)
});

/// The mark shown in a browser's tab.
pub static MARK: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../assets/mark.svg").to_owned();
    Asset::new("mark", "svg", "image/svg+xml", text)
});

/// A PNG of the mark.
fn png(stem: &str, bytes: &'static [u8]) -> Asset {
    Asset::new(stem, "png", "image/png", bytes)
}

/// The picture that other sites show beside a link: 1200 by 630.
pub static PREVIEW: LazyLock<Asset> =
    LazyLock::new(|| png("preview", include_bytes!("../assets/img/preview.png")));

/// The icon of a home screen on Apple's phones: 180 by 180.
pub static TOUCH_ICON: LazyLock<Asset> = LazyLock::new(|| {
    png(
        "touch",
        include_bytes!("../assets/img/apple-touch-icon.png"),
    )
});

/// The icons of an installed site: 192 by 192, 512 by 512, and 512 by 512 with room to be cut to any form.
pub static APP_ICONS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        png("icon-192", include_bytes!("../assets/img/icon-192.png")),
        png("icon-512", include_bytes!("../assets/img/icon-512.png")),
        png(
            "icon-mask",
            include_bytes!("../assets/img/icon-maskable.png"),
        ),
    ]
});

/// The mark for software that asks for `/favicon.ico` only: 16, 32 and 48 pixels.
pub const FAVICON: &[u8] = include_bytes!("../assets/img/favicon.ico");

/// Serves `/assets/{name}`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let all: [&Asset; 10] = [
        &STYLE,
        &SCRIPT,
        &EDITOR,
        &PASSKEY,
        &LIVE,
        &PUSH,
        &ICONS,
        &MARK,
        &PREVIEW,
        &TOUCH_ICON,
    ];
    let found = all
        .into_iter()
        .chain(APP_ICONS.iter())
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(name.as_str()));
    match found {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            asset.body.clone(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// FNV-1a, folded to 32 bits: it only has to differ when the content does.
fn fingerprint(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

/// Drops the comments and spaces of a style sheet that only people need: the files stay readable,
/// the page light.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let mut out: String = out.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    for (wide, narrow) in [
        (": ", ":"),
        ("; ", ";"),
        (", ", ","),
        (" {", "{"),
        ("{ ", "{"),
        (" }", "}"),
        ("} ", "}"),
        (" > ", ">"),
    ] {
        out = out.replace(wide, narrow);
    }
    out.trim().to_owned() + "\n"
}

/// Drops a script's comment lines and indentation; its line ends stay, they may end statements.
fn trim(script: &str) -> String {
    script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_keeps_its_rules_and_loses_its_comments() {
        assert_eq!(
            squeeze("/* a */\na > b {\n  color: red;\n}\n"),
            "a>b{color:red;}\n"
        );
        let style = String::from_utf8(STYLE.body.to_vec()).unwrap();
        assert!(!style.contains("/*"));
        assert_eq!(style.matches('{').count(), style.matches('}').count());
        assert!(style.contains(&ICONS.url) && !style.contains(ICONS_PATH));
    }

    #[test]
    fn style_and_script_leave_room_for_the_page() {
        let weight = |assets: &[&LazyLock<Asset>]| -> usize {
            assets.iter().map(|asset| asset.body.len()).sum()
        };
        let page = weight(&[&STYLE, &SCRIPT]);
        assert!(page < 60_000, "{page} bytes");
        let all = page + weight(&[&EDITOR, &PASSKEY, &LIVE, &PUSH]);
        assert!(all <= 70_000, "{all} bytes with what some pages load");
    }

    #[tokio::test]
    async fn an_asset_is_kept_for_ever_and_a_stale_name_is_gone() {
        let name = STYLE.url.trim_start_matches("/assets/").to_owned();
        let fresh = serve(Path(name)).await;
        assert_eq!(fresh.status(), StatusCode::OK);
        let kept = fresh.headers().get(header::CACHE_CONTROL).unwrap();
        assert!(kept.to_str().unwrap().contains("immutable"));
        let stale = serve(Path("style.00000000.css".into())).await;
        assert_eq!(stale.status(), StatusCode::NOT_FOUND);
    }
}

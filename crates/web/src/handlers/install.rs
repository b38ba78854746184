//! What a browser needs to put the site on a home screen, and the redirects of well-known addresses.

use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::json;

use super::page_request::PageRequest;
use super::response::{Page, redirect};
use crate::assets::{APP_ICONS, FAVICON, SERVICE_WORKER};
use crate::frame::Section;

/// A day: these change with the software only.
const A_DAY: &str = "public, max-age=86400";

/// `GET /manifest.webmanifest?lang=…`
pub async fn manifest(request: PageRequest) -> Page {
    let f = request.framed(Section::Elsewhere).await?;
    let forms = [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ];
    let icons = APP_ICONS.iter().zip(forms);
    let icons: Vec<_> = icons
        .map(|(icon, (sizes, purpose))| {
            json!({"src": icon.url, "sizes": sizes, "type": "image/png", "purpose": purpose})
        })
        .collect();
    let manifest = json!({
        "id": "/",
        "name": f.site.name,
        "short_name": f.site.name,
        "lang": f.lang.as_str(),
        "start_url": "/",
        "scope": "/",
        // The site has no Back button of its own.
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#2c6a4b",
        "icons": icons,
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, A_DAY),
    ];
    Ok((headers, manifest.to_string()).into_response())
}

/// `GET /favicon.ico`
pub async fn favicon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/vnd.microsoft.icon"),
        (header::CACHE_CONTROL, A_DAY),
    ];
    (headers, FAVICON).into_response()
}

/// `GET /sw.js`: what shows push messages while no page is open. It loads nothing.
pub async fn service_worker() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    (headers, SERVICE_WORKER.as_str()).into_response()
}

/// `GET /settings`
pub async fn settings() -> Response {
    redirect("/settings/profile")
}

/// `GET /.well-known/change-password`: where password managers lead people.
pub async fn change_password() -> Response {
    redirect("/settings/password")
}

//! The pages on which the organization says what holds on its site, and what crawlers may read.

use axum::response::{IntoResponse, Response};
use domain::Error;
use http::header;
use model::InfoPage;

use super::page_request::PageRequest;
use super::path_param::PathParam;
use super::response::{Page, show};
use super::show::prose;
use crate::frame::{LinkPreview, Section};
use crate::views::info::{Info, page_url};

/// `GET /about`
pub async fn about(request: PageRequest) -> Page {
    page(request, InfoPage::About).await
}

/// `GET /about/{page}`
pub async fn other(PathParam(which): PathParam<String>, request: PageRequest) -> Page {
    let which: Option<InfoPage> = which.parse().ok();
    let which = which.filter(|which| *which != InfoPage::About);
    page(request, which.ok_or(Error::not_found("page"))?).await
}

async fn page(request: PageRequest, which: InfoPage) -> Page {
    let read = move |db: &mut query::Db, _| query::site::page(db, which);
    let (f, text) = request.page(Section::Elsewhere, read).await?;
    let (lang, md) = match text.shown(f.lang) {
        Some((tag, md)) => (tag.to_owned(), md.to_owned()),
        None => {
            let text = words::page(f.lang, which, &f.site.name, &f.site.host);
            (f.lang.to_string(), text)
        }
    };
    let title = f.text(&format!("page-{which}"));
    let html = prose::html(&md, "page-", 2, f.lang);
    let description_html = match which {
        InfoPage::About => {
            let description = &request.site()?.description;
            prose::html(description.read(f.lang), "about-", 2, f.lang)
        }
        InfoPage::Privacy | InfoPage::Conduct | InfoPage::Accessibility | InfoPage::Contact => {
            String::new()
        }
    };
    let summary = match prose::excerpt(&description_html) {
        summary if summary.is_empty() => prose::excerpt(&html),
        summary => summary,
    };
    let f = f.previewed(LinkPreview::new(title, summary, &page_url(which)));
    show(&Info {
        title,
        lang,
        only_in: text.only_in(f.lang),
        html,
        edit_url: f
            .me
            .as_ref()
            .filter(|me| me.admin)
            .map(|_| format!("/admin/pages/{which}")),
        description_html,
        others: InfoPage::ALL
            .iter()
            .map(|other| {
                let label = f.text(&format!("page-{other}"));
                crate::views::parts::Tab::new(label, page_url(*other), *other == which)
            })
            .collect(),
        f,
    })
}

/// What crawlers leave alone: forms, searches, what is somebody's own, and the pictures of people. Pages that
/// are not to be found say so themselves, which crawlers only read where they may come.
const ROBOTS: &str = "User-agent: *
Disallow: /admin
Disallow: /api
Disallow: /authorize_interaction
Disallow: /complete
Disallow: /media/
Disallow: /notices
Disallow: /search
Disallow: /settings
Disallow: /sign-in
Disallow: /sign-up
Disallow: /*/follow-from
";

/// `GET /robots.txt`
pub async fn robots() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, ROBOTS).into_response()
}

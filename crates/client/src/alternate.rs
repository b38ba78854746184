//! Finds the other form of a page that it links: `rel="alternate"` with a media type, in a `Link` header (RFC 8288) or
//! in the head of the HTML.

use super::error::FetchError;
use super::fetch::JsonFormat;
use super::origin::without_fragment;
use super::{Client, body};
use http::HeaderMap;
use http::header::LINK;
use mime::Mime;
use url::Url;

/// The bytes of a page that are read, in which its head is.
const HEAD_MAX: usize = 256 * 1024;

impl Client {
    /// Fetches a page, and returns the address of its form in a format that it links, if any.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn alternate(
        &self,
        url: &Url,
        format: &'static JsonFormat,
    ) -> Result<Option<Url>, FetchError> {
        self.count_document()?;
        self.within_timeout(self.find_alternate(&without_fragment(url), format))
            .await
    }

    async fn find_alternate(
        &self,
        url: &Url,
        format: &JsonFormat,
    ) -> Result<Option<Url>, FetchError> {
        let mut page = self
            .get_following_redirect(url, format.accept, None)
            .await?;
        let mut found = in_headers(page.response.headers(), format);
        let is_html = body::media_type(&page.response).is_some_and(|mime| {
            matches!(mime.essence_str(), "text/html" | "application/xhtml+xml")
        });
        if found.is_none() && is_html {
            let head = body::beginning(&mut page.response, HEAD_MAX).await?;
            found = in_html(&String::from_utf8_lossy(&head), format);
        }
        Ok(found.and_then(|href| page.url.join(&href).ok()))
    }
}

/// Returns the target of the first matching link of the headers.
fn in_headers(headers: &HeaderMap, format: &JsonFormat) -> Option<String> {
    let lines = headers.get_all(LINK).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut links = lines.flat_map(|line| line.split('<').skip(1));
    links.find_map(|link| {
        let (target, parameters) = link.split_once('>')?;
        matches(parameters, ';', format).then(|| target.trim().to_owned())
    })
}

/// Returns the target of the first matching `link` element of HTML.
fn in_html(html: &str, format: &JsonFormat) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let mut at = 0;
    while let Some(start) = lower.get(at..)?.find("<link") {
        let start = at + start + "<link".len();
        let end = start + lower.get(start..)?.find('>')?;
        let attributes = html.get(start..end)?;
        if matches(attributes, ' ', format) {
            let href = value(attributes, "href", ' ')?;
            return Some(href.replace("&amp;", "&").replace("&#038;", "&"));
        }
        at = end;
    }
    None
}

/// Whether the parameters of a link say that it is an alternate in the format.
fn matches(parameters: &str, separator: char, format: &JsonFormat) -> bool {
    let rel = value(parameters, "rel", separator).unwrap_or_default();
    let media_type = value(parameters, "type", separator).unwrap_or_default();
    let media_type: Option<Mime> = media_type.replace("&quot;", "\"").parse().ok();
    rel.split_whitespace()
        .any(|rel| rel.eq_ignore_ascii_case("alternate"))
        && media_type.is_some_and(|mime| (format.accepts)(&mime))
}

/// Returns the value of a parameter or an attribute, which may be quoted.
fn value(text: &str, name: &str, separator: char) -> Option<String> {
    let is_separator = |c: char| c == separator || c.is_whitespace();
    let lower = text.to_ascii_lowercase();
    let starts = lower.match_indices(name).map(|(start, _)| start);
    for start in starts {
        let begins = lower.get(..start)?.ends_with(is_separator);
        let rest = text.get(start + name.len()..)?.trim_start();
        let Some(rest) = rest.strip_prefix('=').filter(|_| begins) else {
            continue;
        };
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => rest.get(1..)?.split(quote).next(),
            None => rest.split(|c: char| is_separator(c) || c == ',').next(),
        };
        return value.map(str::to_owned);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::DOCUMENT;

    #[test]
    fn links_are_found_in_headers() {
        let of = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(LINK, line.parse().unwrap());
            }
            in_headers(&headers, &DOCUMENT)
        };
        let feed = "<https://a.test/feed/>; rel=\"alternate\"; type=\"application/rss+xml\"";
        let form = "<https://a.test/?p=41>; rel=\"alternate\"; type=\"application/activity+json\"";
        assert_eq!(of(&[feed, form]).unwrap(), "https://a.test/?p=41");
        assert_eq!(
            of(&["</feed>; rel=alternate; type=text/xml, </?p=41>; type=application/activity+json; rel=alternate"]).unwrap(),
            "/?p=41"
        );
        assert_eq!(of(&[feed]), None);
        assert_eq!(of(&["<https://a.test/?p=41>; rel=shortlink"]), None);
        assert_eq!(of(&["<", "<>", ";;;", "rel=alternate"]), None);
    }

    #[test]
    fn links_are_found_in_html() {
        let of = |html: &str| in_html(html, &DOCUMENT);
        let form = "/?p=41&x=1";
        for html in [
            "<link rel=\"alternate\" type=\"application/activity+json\" href=\"/?p=41&amp;x=1\">",
            "<head><LINK title='a' HREF='/?p=41&#038;x=1' type='application/activity+json' Rel='Alternate' /></head>",
            "<link rel=stylesheet href=/a.css><link rel=alternate type=application/activity+json href=/?p=41&x=1>",
            "<link\n rel=\"alternate me\"\n type=\"application/activity+json\"\n href=\"/?p=41&amp;x=1\"\n>",
        ] {
            assert_eq!(of(html).as_deref(), Some(form), "{html}");
        }
        for html in [
            "",
            "<link",
            "<link rel=alternate type=text/html href=/x>",
            "<link rel=canonical type=application/activity+json href=/x>",
            "<link rel=alternate type=application/activity+json>",
        ] {
            assert_eq!(of(html), None, "{html}");
        }
    }
}

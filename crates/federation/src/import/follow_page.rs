//! Where somebody with an account on another server follows an actor: the page that their server names for it.

use crate::context::Federation;
use crate::fetch::FetchFailure;
use crate::fetch::webfinger::{schemes, webfinger};
use crate::identity::{ID_MAX, Query};
use client::FetchError;
use model::Address;
use url::Url;
use vocab::Jrd;
use vocab::webfinger::{REL_INTENT_FOLLOW, REL_SUBSCRIBE};

/// Reads what somebody typed as where their account is: their address, their server, or a page of it. Of a
/// server alone it is the server's own account (FEP-d556).
#[must_use]
pub fn home_account(typed: &str) -> Option<Address> {
    let text = typed.trim().trim_end_matches('/');
    let host = match Query::parse(text) {
        Some(Query::Url(url)) => match (url.host_str()?, url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        },
        Some(query) => return query.address().cloned(),
        None => text.to_lowercase(),
    };
    let bare = host.split(':').next()?;
    let named = bare.contains('.') || bare == "localhost";
    let account = Query::parse(&format!("{bare}@{host}")).filter(|_| named)?;
    account.address().cloned()
}

/// The page on which the owner of an account follows the actor with the id `object`: that of an intent
/// (FEP-3b86), of a subscription, or where Mastodon has it.
///
/// # Errors
/// [`FetchFailure`] where the server refuses connections or is refused; not where it knows no such account.
pub async fn follow_page(
    fed: &Federation,
    account: &Address,
    object: &str,
) -> Result<Url, FetchFailure> {
    if fed.ops().policy().refuses(&account.host).is_some() {
        return Err(FetchFailure::refused(&account.host));
    }
    let urls = fed.urls()?;
    let allow_http = fed.client().guard().allow_http;
    let jrd = match webfinger(fed, account).await {
        Ok(jrd) => jrd,
        Err(
            failure @ FetchFailure::Client(
                FetchError::Unreachable(_) | FetchError::Timeout | FetchError::Blocked(_),
            ),
        ) => return Err(failure),
        Err(_) => Jrd::default(),
    };
    let scheme = schemes(fed.client().guard(), &account.host).first();
    let common = format!(
        "{}://{}/authorize_interaction?uri={{uri}}",
        scheme.unwrap_or(&"https"),
        account.host
    );
    let offered = [REL_INTENT_FOLLOW, REL_SUBSCRIBE]
        .into_iter()
        .filter_map(|rel| template(&jrd, rel));
    offered
        .chain([common.as_str()])
        .filter_map(|template| expand(template, object, allow_http))
        .find(|url| url.as_str().len() <= ID_MAX && !urls.is_ours(url.as_str()))
        .ok_or(FetchFailure::Unfit("no address to follow at"))
}

/// The first template of a relation; some servers write it as `href`.
fn template<'a>(jrd: &'a Jrd, rel: &str) -> Option<&'a str> {
    let named = |of: &Option<String>| of.as_ref().is_some_and(|of| of.eq_ignore_ascii_case(rel));
    let link = jrd.links.iter().find(|link| named(&link.rel))?;
    link.template.as_deref().or(link.href.as_deref())
}

/// Fills a template. Only what leads to a web page counts, over https unless the settings allow http.
fn expand(template: &str, object: &str, allow_http: bool) -> Option<Url> {
    if !template.contains("{uri}") && !template.contains("{object}") {
        return None;
    }
    let encoded: String = url::form_urlencoded::byte_serialize(object.as_bytes()).collect();
    let filled = template
        .replace("{uri}", &encoded)
        .replace("{object}", &encoded)
        .replace("{on-success}", "")
        .replace("{on-cancel}", "");
    let url = Url::parse(&filled).ok()?;
    let secure = url.scheme() == "https" || (allow_http && url.scheme() == "http");
    let plain = url.has_host() && url.username().is_empty() && url.password().is_none();
    (secure && plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_type_their_server_or_their_address() {
        let shown = |typed: &str| home_account(typed).map(|account| account.to_string());
        for (typed, expected) in [
            ("mastodon.example", "mastodon.example@mastodon.example"),
            (" Mastodon.Example/ ", "mastodon.example@mastodon.example"),
            (
                "https://lemmy.example/c/knitting",
                "lemmy.example@lemmy.example",
            ),
            ("@ann@mastodon.example", "ann@mastodon.example"),
            ("ann@mastodon.example", "ann@mastodon.example"),
            ("localhost:9020", "localhost@localhost:9020"),
        ] {
            assert_eq!(shown(typed).as_deref(), Some(expected), "{typed}");
        }
        for typed in [
            "",
            "mastodon",
            "my server",
            "https://",
            "a.b/c d",
            "javascript:alert(1)",
        ] {
            assert_eq!(shown(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_template_leads_to_a_web_page_or_nowhere() {
        let object = "https://alpha.test/c/weavers?a=1&b";
        let filled = |template: &str| expand(template, object, false).map(String::from);
        assert_eq!(
            filled("https://m.example/intents/follow?object={object}&on-success={on-success}"),
            Some(
                "https://m.example/intents/follow?object=https%3A%2F%2Falpha.test%2Fc%2Fweavers%3Fa%3D1%26b&on-success="
                    .to_owned()
            )
        );
        for bad in [
            "https://m.example/",
            "http://m.example/?uri={uri}",
            "javascript:alert('{uri}')",
            "data:text/html,{uri}",
            "https://user@m.example/?uri={uri}",
            "/authorize?uri={uri}",
        ] {
            assert_eq!(filled(bad), None, "{bad}");
        }
    }
}

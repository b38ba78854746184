//! The Content-Security-Policy of pages.

use http::HeaderValue;
use std::sync::LazyLock;

static USUAL: LazyLock<HeaderValue> = LazyLock::new(|| page_policy(""));

/// The policy of most pages: their forms lead to this server only.
#[must_use]
pub fn usual_policy() -> HeaderValue {
    USUAL.clone()
}

/// The policy of a page: same origin only, nothing inline, in no frame. `target` is where its forms may lead
/// besides this server; empty for most pages.
#[must_use]
pub fn page_policy(target: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; \
         connect-src 'self'; form-action 'self' {target}; base-uri 'none'; frame-ancestors 'none'; \
         manifest-src 'self'"
    );
    let policy = policy.replace(" ;", ";");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_cannot_add_directives() {
        let usual = page_policy("");
        assert!(
            usual
                .to_str()
                .unwrap()
                .contains("form-action 'self'; base-uri")
        );
        let wider = page_policy("https://app.example");
        assert!(
            wider
                .to_str()
                .unwrap()
                .contains("form-action 'self' https://app.example;")
        );
        assert_eq!(page_policy("x\n"), "default-src 'none'");
    }
}

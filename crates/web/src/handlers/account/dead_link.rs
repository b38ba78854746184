//! Answers a link that cannot be used: 410, with why, probably, and what to do.

use domain::{Outcome, secret};
use http::StatusCode;
use model::mail::MailLinkKind;

use super::sign_in_link::not_stored;
use crate::frame::Section;
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, show_with_status};
use crate::views::account::mail::forgotten_form;
use crate::views::account::{DeadLink, DeadLinkReason, LinkPurpose};

/// Shows why the link with this key cannot be used.
pub async fn show(request: &PageRequest, link: LinkPurpose, key: &str) -> Page {
    let reason = reason(request, link, key).await?;
    let mut f = request.framed(Section::Me).await?;
    // Also in answer to a form, whose address has no key.
    f.here = format!("{}?key={}", link.path(), shown_key(key));
    let asks = link.leads_to_password() && request.app.mailer().is_configured();
    let form = asks.then(|| forgotten_form(&f));
    let page = DeadLink {
        f: match &form {
            Some(form) => f.sending(form),
            None => f,
        },
        link,
        reason,
        form,
    };
    show_with_status(StatusCode::GONE, &page).map(not_stored)
}

/// The part of a key that can be in the address of a page.
fn shown_key(key: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    key.chars().filter(fits).take(100).collect()
}

async fn reason(request: &PageRequest, link: LinkPurpose, key: &str) -> Outcome<DeadLinkReason> {
    if !secret::is_token(key) {
        return Ok(DeadLinkReason::Incomplete);
    }
    let digest = secret::digest(key);
    let kind: Option<MailLinkKind> = match link {
        LinkPurpose::SignIn => None,
        LinkPurpose::Mail(kind) => Some(kind),
    };
    let read =
        request.read(move |db, reader| query::account::link_has_expired(db, reader, kind, &digest));
    Ok(match read.await? {
        true => DeadLinkReason::Expired,
        false => DeadLinkReason::Used,
    })
}

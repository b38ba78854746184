//! The error of a handler, and the page that shows it.
//!
//! A [`PageError`] travels as an extension of the response to the middleware of pages, which has it rendered by
//! [`error_page`] in the reader's language, with the text that was typed.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use domain::Error;
use http::request::Parts;
use http::{Method, StatusCode};
use httpkit::App;
use model::Refusal;
use model::refusal::Rule;
use std::sync::Arc;

use super::form_post::{SIGN_IN_CODE, SIGN_IN_HANDLE, SIGN_IN_PASSWORD};
use super::page_request::PageRequest;
use super::response::{minutes, redirect, show_with_status, sign_in_path, wait, with_retry_after};
use crate::form::Form;
use crate::frame::{Frame, Section, TypedForm};
use crate::views::account::{SIGN_IN_PREFIX, code_field, sign_in_with_form};
use crate::views::error::{ErrorKind, ErrorPage, SavedForm};
use crate::views::setup::SetupClosed;

/// An error of a handler, with the form that failed.
#[derive(Debug)]
pub struct PageError {
    cause: Cause,
    form: Option<SavedForm>,
    /// The name with which a guest would sign in together with the form, and why that was refused.
    sign_in: Option<Box<(String, Option<Error>)>>,
}

/// Why a request got no answer of its handler.
#[derive(Debug)]
enum Cause {
    Error(Error),
    /// It was not handled in time.
    TimedOut,
    /// Only the language was switched on the page of an earlier error.
    Kept,
}

impl PageError {
    /// Keeps the submitted form, so that nothing typed is lost.
    pub fn with_form(error: Error, form: SavedForm) -> Self {
        Self {
            cause: Cause::Error(error),
            form: Some(form),
            sign_in: None,
        }
    }

    /// The form of an earlier error, to be shown in another language.
    pub fn kept(form: SavedForm) -> Self {
        Self {
            cause: Cause::Kept,
            form: Some(form),
            sign_in: None,
        }
    }

    /// A request that was not handled in time, with its form as far as it was read.
    pub fn timed_out(form: Option<SavedForm>) -> Self {
        Self {
            cause: Cause::TimedOut,
            form,
            sign_in: None,
        }
    }

    /// Keeps a form, as far as it could be read.
    #[must_use]
    pub fn keeping(self, form: Option<SavedForm>) -> Self {
        Self { form, ..self }
    }

    /// Offers no form to be sent again: for a form whose password would be missing from it.
    #[must_use]
    pub fn without_form(mut self) -> Self {
        self.form = None;
        self
    }

    /// Adds the name with which a guest would sign in together with the form, and why that was refused.
    #[must_use]
    pub fn signing_in(mut self, name: &str, error: Option<Error>) -> Self {
        self.sign_in = Some(Box::new((name.to_owned(), error)));
        self
    }

    /// After how many seconds to try again, where the request or the sign-in with it came too often.
    fn retry_after(&self) -> Option<u64> {
        let sign_in = self.sign_in.as_deref().and_then(|(_, why)| why.as_ref());
        let request = match &self.cause {
            Cause::Error(error) => Some(error),
            Cause::TimedOut | Cause::Kept => None,
        };
        match sign_in.or(request) {
            Some(Error::Refused(Refusal::TooMany { retry_after })) => Some(*retry_after),
            Some(_) | None => None,
        }
    }

    /// A request body that cannot be parsed.
    pub fn unreadable() -> Self {
        Self::from(Refusal::Invalid(Vec::new()))
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self {
            cause: Cause::Error(error),
            form: None,
            sign_in: None,
        }
    }
}

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        Self::from(Error::from(refusal))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Renders an error as a page.
pub async fn error_page(app: &App, parts: &mut Parts, fail: &PageError) -> Response {
    let Ok(request) = PageRequest::from_request_parts(parts, app).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let reading = matches!(parts.method, Method::GET | Method::HEAD);
    match &fail.cause {
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::Setup)))
            if request.site().is_err() =>
        {
            let view = SetupClosed {
                f: request.bare(),
                done: false,
            };
            return show_with_status(StatusCode::SERVICE_UNAVAILABLE, &view).unwrap_or_default();
        }
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SecondFactor))) if reading => {
            return redirect("/settings/second-factor");
        }
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn))) if reading => {
            return redirect(&sign_in_path(&request.here()));
        }
        Cause::Error(Error::Refused(_) | Error::Fault(_)) | Cause::TimedOut | Cause::Kept => {}
    }
    let mut f = match request.framed(Section::Elsewhere).await {
        Ok(f) => f,
        Err(_) => request.bare(),
    };
    if !reading {
        // A form's URL may have no page to GET: without a form, the language switch leads home.
        f.here = "/".to_owned();
        f.typed_form = fail.form.as_ref().map(|form| TypedForm {
            action: form.action.clone(),
            redraw: "kept",
            at: "",
        });
    }
    let kind = shown_kind(&request, fail, &f);
    // Never 401, for which browsers open a password dialog.
    let status = match fail.retry_after() {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::from_u16(kind.status()).unwrap_or_default(),
    };
    let view = ErrorPage {
        sign_in: sign_in_fields(&f, fail),
        sign_in_url: sign_in_url(&request, fail, reading),
        saved_form: fail.form.clone(),
        kind,
        f,
    };
    let response = show_with_status(status, &view).unwrap_or_else(|_| status.into_response());
    match fail.retry_after() {
        Some(seconds) => with_retry_after(response, seconds),
        None => response,
    }
}

fn shown_kind(request: &PageRequest, fail: &PageError, f: &Frame) -> ErrorKind {
    match &fail.cause {
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn)))
            if fail.form.is_some() =>
        {
            ErrorKind::SessionEnded
        }
        Cause::Error(error) => error_kind(request, error, f),
        Cause::TimedOut => ErrorKind::TimedOut,
        Cause::Kept => ErrorKind::Kept,
    }
}

/// The fields to sign in and send the kept form in one step, where the session has ended.
fn sign_in_fields(f: &Frame, fail: &PageError) -> Option<Form> {
    let ended = matches!(
        fail.cause,
        Cause::Error(Error::Refused(Refusal::NotAllowed(Rule::SignedIn)))
    );
    fail.form.as_ref().filter(|_| ended)?;
    let mut form = sign_in_with_form(f);
    if let Some((name, error)) = fail.sign_in.as_deref() {
        form.set(SIGN_IN_HANDLE, name);
        if let Some(error) = error {
            if asks_for_code(error) {
                form = form.with(code_field(f, SIGN_IN_CODE));
            }
            mark_sign_in(f, &mut form, error);
        }
    }
    Some(form)
}

/// Whether the password was right, and a code is needed as well.
fn asks_for_code(error: &Error) -> bool {
    match error {
        Error::Refused(Refusal::Invalid(errors)) => {
            errors.iter().any(|error| error.field == "code")
        }
        Error::Refused(_) | Error::Fault(_) => false,
    }
}

/// Says in the fields of [`sign_in_with_form`] why signing in failed.
fn mark_sign_in(f: &Frame, form: &mut Form, error: &Error) {
    match error {
        Error::Refused(Refusal::Invalid(errors)) => {
            for error in errors {
                let name = format!("{SIGN_IN_PREFIX}{}", error.field);
                let missing = form
                    .missing(&name)
                    .filter(|_| error.why == model::Why::Required);
                let why = missing.unwrap_or_else(|| field_error(f, error.field, error.why));
                form.fault(&name, why);
            }
        }
        Error::Refused(Refusal::TooMany { retry_after }) => {
            form.fault = Some(wait(f, *retry_after));
        }
        Error::Refused(Refusal::NotAllowed(rule)) => {
            form.fault(SIGN_IN_PASSWORD, f.text(&format!("rule-{}", rule.code())));
        }
        Error::Refused(_) | Error::Fault(_) => {
            form.fault(SIGN_IN_PASSWORD, f.text("why-sign-in"));
        }
    }
}

/// The sign-in page, where signing in may help and the page has no fields for it.
fn sign_in_url(request: &PageRequest, fail: &PageError, reading: bool) -> Option<String> {
    let rule = matches!(
        fail.cause,
        Cause::Error(Error::Refused(Refusal::NotAllowed(_)))
    ) && fail.form.is_none();
    let back = if reading {
        request.here()
    } else {
        "/".to_owned()
    };
    (rule && request.me.is_none()).then(|| sign_in_path(&back))
}

/// Maps an error to what the page says. A fault is logged here, once, with a reference that the
/// page shows.
fn error_kind(request: &PageRequest, error: &Error, f: &Frame) -> ErrorKind {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        Error::Fault(fault) => {
            let reference = format!("{:x}", request.app.ops().id::<i64>());
            tracing::error!(%fault, reference, path = request.path, "request failed");
            return if fault.is_unavailable() {
                ErrorKind::Unavailable(reference)
            } else {
                ErrorKind::Fault(reference)
            };
        }
    };
    match refusal {
        Refusal::NotFound(_) => ErrorKind::NotFound,
        Refusal::NotAllowed(Rule::FormKey) => ErrorKind::Expired,
        Refusal::NotAllowed(rule) => {
            let words = f.text(&format!("rule-{}", rule.code()));
            ErrorKind::NotAllowed(Some(words.to_owned()))
        }
        Refusal::Invalid(_) => ErrorKind::Unreadable,
        Refusal::Gone("actor") => ErrorKind::GoneActor,
        Refusal::Gone("community") => ErrorKind::GoneCommunity,
        Refusal::Gone(_) => ErrorKind::Gone,
        Refusal::TooMany { retry_after } => ErrorKind::TooMany(minutes(*retry_after)),
        Refusal::Unreachable { host } => ErrorKind::Unreachable(host.clone()),
        Refusal::TooLarge => ErrorKind::TooLarge,
    }
}

/// The message for a refused field.
pub fn field_error(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("password", Why::Mismatch) => f.text("why-sign-in"),
        ("password", Why::NotAChoice) => f.text("why-password-sso"),
        ("password", Why::TooShort) => f.text("why-password-short"),
        ("password", Why::TooLong) => f.text("why-password-long"),
        ("code", Why::Required) => f.text("enter-code"),
        ("code", Why::Mismatch) => f.text("why-code"),
        ("code", Why::Expired) => f.text("why-code-expired"),
        ("passkey", Why::Expired) => f.text("why-passkey-expired"),
        ("passkey", Why::Taken) => f.text("why-passkey-taken"),
        ("passkey", Why::TooLong) => f.text("why-passkeys-many"),
        ("passkey", Why::NotAChoice) => f.text("why-passkey-host"),
        ("passkey", Why::Reserved) => f.text("why-passkey-sso"),
        ("passkey", _) => f.text("why-passkey"),
        ("current", Why::Mismatch) => f.text("why-password-wrong"),
        ("handle", Why::Characters) => f.text("why-handle"),
        ("handle", Why::TooShort) => f.text("why-handle-short"),
        ("handle", Why::TooLong) => f.text("why-handle-long"),
        ("handle", Why::Taken) => f.text("why-handle-taken"),
        ("handle", Why::Reserved) => f.text("why-handle-reserved"),
        ("handle", Why::Malformed) => f.text("why-sign-in-name"),
        ("handle", Why::Mismatch) => f.text("why-sign-in-elsewhere"),
        ("title" | "title2", Why::TooLong) => f.text("why-title-long"),
        ("body" | "body2", Why::TooLong) => f.text("why-body-long"),
        ("address", Why::Malformed | Why::TooLong) => f.text("why-address"),
        ("address", Why::Characters) => f.text("why-address-letters"),
        ("address", Why::Taken) => f.text("why-address-taken"),
        ("kind", Why::NotAChoice) => f.text("why-kind"),
        ("lang", Why::NotAChoice) => f.text("why-lang"),
        ("zone", Why::NotAChoice) => f.text("why-zone"),
        ("url", Why::Malformed) => f.text("why-url"),
        ("invitation", Why::Expired) => f.text("why-invitation"),
        ("list", Why::TooLong) => f.text("why-list-long"),
        ("list", Why::Characters) => f.text("why-list-text"),
        ("list", Why::Malformed) => f.text("why-list-columns"),
        ("server", Why::Malformed) => f.text("why-server"),
        ("domain", Why::Malformed) => f.text("why-domain"),
        ("domain", Why::Reserved) => f.text("why-domain-ours"),
        ("picture" | "picture1" | "picture2" | "picture3" | "picture4", Why::TooLong) => {
            f.text("why-picture-large")
        }
        ("picture" | "picture1" | "picture2" | "picture3" | "picture4", Why::Malformed) => {
            f.text("why-picture")
        }
        ("known" | "new_home", Why::Unknown) => f.text("why-moving-unknown"),
        ("known" | "new_home", Why::NotAChoice) => f.text("why-moving-kind"),
        ("known", Why::TooLong) => f.text("why-moving-many"),
        ("new_home", Why::Mismatch) => f.text("why-moving-mismatch"),
        ("tag_en" | "tag_fr" | "tag_list" | "tags", _) => tag_error(f, field, why),
        (field, _) if ABOUT_FIELDS.contains(&field) => about_error(f, field, why),
        ("choices" | "choices2" | "choice" | "places" | "ends", _) => poll_error(f, field, why),
        ("quiet_from" | "quiet_to", Why::Unknown) => f.text("why-quiet-half"),
        ("quiet_to", Why::Mismatch) => f.text("why-quiet-same"),
        _ => words::text(f.lang, &format!("why-{}", why.code())),
    }
}

/// The fields of organizations, and of the stage and timeline of a community.
const ABOUT_FIELDS: &[&str] = &[
    "affiliation",
    "organization_en",
    "ror",
    "site",
    "domains",
    "opens_on",
    "on_day",
    "purposes",
    "milestone_en",
];

/// The message for what is wrong with an organization, the choice of one, or the stage or timeline of a community.
fn about_error(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("affiliation", Why::Required | Why::NotAChoice) => f.text("enter-organization"),
        ("affiliation", Why::TooLong) => f.text("why-affiliations-many"),
        ("organization_en", Why::Stale) => f.text("why-organization-stale"),
        ("organization_en", Why::Taken) => f.text("why-organization-taken"),
        ("ror", Why::Malformed) => f.text("why-ror"),
        ("ror", Why::Taken) => f.text("why-ror-taken"),
        ("site", Why::Malformed) => f.text("why-site"),
        ("domains", Why::Malformed) => f.text("why-domains"),
        ("opens_on" | "on_day", Why::Malformed) => f.text("why-day"),
        ("purposes", Why::Required) => f.text("enter-purposes"),
        ("milestone_en", Why::TooLong) => f.text("why-milestone-long"),
        (_, why) => words::text(f.lang, &format!("why-{}", why.code())),
    }
}

/// The message for a refused poll or vote.
fn poll_error(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("choices", Why::TooShort) => f.text("why-choices-few"),
        ("choices", Why::TooLong) => f.text("why-choices-many"),
        ("choices", Why::Taken) => f.text("why-choices-same"),
        ("choices2", Why::Mismatch) => f.text("why-choices2"),
        ("choices", Why::Malformed) => f.text("why-choices-text"),
        ("places", _) => f.text("why-places"),
        ("choice", Why::Required) => f.text("why-choice-none"),
        ("choice", Why::TooLong) => f.text("why-choice-many"),
        ("choice", Why::Taken) => f.text("why-choice-same"),
        ("choice", _) => f.text("why-choice-gone"),
        ("ends", Why::Settled) => f.text("why-ends-over"),
        ("ends", _) => f.text("why-ends"),
        (_, why) => words::text(f.lang, &format!("why-{}", why.code())),
    }
}

/// The message for a refused tag, or choice of tags.
fn tag_error(f: &Frame, field: &str, why: model::Why) -> &'static str {
    use model::Why;
    match (field, why) {
        ("tag_list", _) => f.text("why-tag-list"),
        ("tags", Why::TooLong) => f.text("why-tags-many"),
        ("tags", _) => f.text("why-tags-gone"),
        (_, Why::TooLong) => f.text("why-tag-long"),
        (_, Why::Taken) => f.text("why-tag-taken"),
        (_, Why::Stale) => f.text("why-tag-stale"),
        _ => f.text("why-tag-letters"),
    }
}

//! What the page with a form says after a refusal: its fields with what was typed, and the errors beside them.

use askama::Template;
use model::refusal::FieldError;
use model::{Lang, Why};

use super::page_error::field_error;
use super::response::{self, Page};
use crate::form::Form;
use crate::frame::Frame;

/// The errors of a submitted form.
pub struct FieldErrors<'s> {
    pub(super) errors: Vec<FieldError>,
    /// The seconds to wait, where a rate limit refused the form.
    pub(super) retry_after: Option<u64>,
    pub(super) typed: &'s [(String, String)],
}

impl FieldErrors<'_> {
    /// Whether a field is among those at fault.
    pub fn names(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }

    /// Fills the form with the submitted values and adds the errors.
    pub fn show_on(&self, f: &Frame, mut form: Form) -> Form {
        form.fill(self.typed);
        for error in &self.errors {
            let name = name_on_form(f, error);
            let missing = || form.missing(name).filter(|_| error.why == Why::Required);
            let message = missing().unwrap_or_else(|| field_error(f, name, error.why));
            form.fault(name, message);
        }
        if let Some(seconds) = self.retry_after {
            form.fault = Some(response::wait(f, seconds));
        }
        form
    }

    /// Fills another form of the page with what the language switch sent of it, which has the field `name`
    /// always.
    pub fn show_along(&self, form: &mut Form, name: &str) {
        if self.typed.iter().any(|(field, _)| field == name) {
            form.fill(self.typed);
        }
    }

    /// Renders the page with the form again: 422, or 429 with `Retry-After`.
    pub fn respond(&self, view: &impl Template) -> Page {
        match self.retry_after {
            Some(seconds) => response::show_too_many(view, seconds),
            None => response::show_invalid(view),
        }
    }
}

/// Maps field names of verbs to those of forms. What is missing in both languages is asked for in
/// the reader's.
fn name_on_form(f: &Frame, error: &FieldError) -> &'static str {
    match error.field {
        "name_en" if error.why == Why::Required && f.lang == Lang::Fr => "name_fr",
        "space_en" if error.why == Why::Required && f.lang == Lang::Fr => "space_fr",
        "purpose_en" if error.why == Why::Required && f.lang == Lang::Fr => "purpose_fr",
        "tag_en" if error.why == Why::Required && f.lang == Lang::Fr => "tag_fr",
        "invite" => "invitation",
        "request" => "reason",
        "second_title" => "title2",
        "second_body" => "body2",
        "second_warning" => "warning2",
        "second_lang" => "lang",
        "token_name" => "name",
        // Said of the whole form: nobody can see the field.
        "revision" => "form",
        other => other,
    }
}

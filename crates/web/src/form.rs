//! Forms: fields that keep submitted values, show errors beside the input, and list them above.
//!
//! A handler builds the form of a page, `fill`s it with what was posted and marks each refusal with
//! `fault`; the template places the fields by name.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::frame::Frame;
use model::{Lang, LangText};

/// The kind of a form field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    Search,
    Url,
    Email,
    Password,
    File,
    Hidden,
    /// A check box; posted as `on`.
    Check,
    /// Plain or Markdown text over this many rows.
    Area {
        rows: u8,
        markdown: bool,
    },
    Select(Vec<Choice>),
    /// One of a few, each with an explanation.
    Radios(Vec<Choice>),
    /// Any of a few; posted as one pair for each.
    Checks(Vec<Choice>),
    /// What is to be done on another page before; `None` once it is. Nothing is posted.
    Before(Option<String>),
}

impl Kind {
    const fn has_choices(&self) -> bool {
        matches!(self, Self::Select(_) | Self::Radios(_) | Self::Checks(_))
    }
}

/// Whether options have explanations, and so stand below each other.
#[must_use]
pub fn are_explained(choices: &[Choice]) -> bool {
    choices.iter().any(|choice| choice.hint.is_some())
}

/// One option of a `Select`, `Radios` or `Checks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: Option<String>,
    pub chosen: bool,
    /// Language of the label, where it is not the page's.
    pub lang: Option<Lang>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: None,
            chosen: false,
            lang: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn lang(mut self, lang: Lang) -> Self {
        self.lang = Some(lang);
        self
    }
}

/// One labelled field. `id` is `f-{name}`; hint and error are tied to it by `aria-describedby`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/field.html")]
pub struct Field {
    pub name: String,
    pub label: String,
    pub hint: Option<String>,
    pub value: String,
    pub error: Option<String>,
    pub kind: Kind,
    pub required: bool,
    /// What is said where it is empty and must not be: "Enter a title".
    pub missing: Option<&'static str>,
    /// Said after the label, in the reader's language: "optional".
    pub optional: Option<&'static str>,
    pub autocomplete: Option<&'static str>,
    /// Language of what is typed, where the field asks for one.
    pub lang: Option<Lang>,
    /// Shown inside the frame of the box, before what is typed (`@`, `!`).
    pub prefix: Option<&'static str>,
    /// … and after it (`@alliance.example`).
    pub suffix: Option<String>,
    pub max: Option<usize>,
    /// Words of the Markdown preview: (Write, Preview).
    pub preview: Option<(&'static str, &'static str)>,
    /// Says what may be uploaded, e.g. `image/png,image/jpeg`.
    pub accept: Option<&'static str>,
    /// What tells it from fields of the same label in the summary of errors: "Picture 2".
    pub group: Option<String>,
}

impl HtmlSafe for Field {}

impl Field {
    pub fn new(name: &str, kind: Kind, label: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            label: label.into(),
            hint: None,
            value: String::new(),
            error: None,
            kind,
            required: false,
            missing: None,
            optional: None,
            autocomplete: None,
            lang: None,
            prefix: None,
            suffix: None,
            max: None,
            preview: None,
            accept: None,
            group: None,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.set(&value.into());
        self
    }

    /// The field must be filled in; `missing` is said where it is not.
    #[must_use]
    pub fn required(mut self, missing: &'static str) -> Self {
        self.required = true;
        self.missing(missing)
    }

    /// What is said where this and its counterparts in other languages are all empty.
    #[must_use]
    pub fn missing(mut self, missing: &'static str) -> Self {
        self.missing = Some(missing);
        self
    }

    /// Says so after the label.
    #[must_use]
    pub fn optional(self, f: &Frame) -> Self {
        self.note(f.text("form-optional"))
    }

    /// Says after the label when the field is needed.
    #[must_use]
    pub fn note(mut self, note: &'static str) -> Self {
        self.optional = Some(note);
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    #[must_use]
    pub fn lang(mut self, lang: Lang) -> Self {
        self.lang = Some(lang);
        self
    }

    #[must_use]
    pub fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = Some(prefix);
        self
    }

    #[must_use]
    pub fn suffix(mut self, suffix: impl Into<String>) -> Self {
        self.suffix = Some(suffix.into());
        self
    }

    #[must_use]
    pub fn max(mut self, characters: usize) -> Self {
        self.max = Some(characters);
        self
    }

    /// Names its group in the summary of errors.
    #[must_use]
    pub fn group(mut self, name: String) -> Self {
        self.group = Some(name);
        self
    }

    #[must_use]
    pub fn accept(mut self, types: &'static str) -> Self {
        self.accept = Some(types);
        self
    }

    /// A Markdown area whose text can be previewed.
    #[must_use]
    pub fn previewed(mut self, f: &Frame) -> Self {
        self.preview = Some((f.text("form-write"), f.text("form-preview")));
        self
    }

    /// Sets the value, or chooses the options it names (separated by spaces for `Checks`).
    pub fn set(&mut self, value: &str) {
        match &mut self.kind {
            Kind::Select(choices) | Kind::Radios(choices) => {
                for choice in choices {
                    choice.chosen = choice.value == value;
                }
            }
            Kind::Checks(choices) => {
                for choice in choices {
                    choice.chosen = value.split(' ').any(|v| v == choice.value);
                }
            }
            Kind::Text
            | Kind::Search
            | Kind::Url
            | Kind::Email
            | Kind::Password
            | Kind::File
            | Kind::Hidden
            | Kind::Check
            | Kind::Area { .. }
            | Kind::Before(_) => {}
        }
        value.clone_into(&mut self.value);
    }

    /// The `id` of the box.
    #[must_use]
    pub fn id(&self) -> String {
        format!("f-{}", self.name)
    }

    /// The `type` of a one-line box.
    fn input_type(&self) -> &'static str {
        match self.kind {
            Kind::Search => "search",
            Kind::Url => "url",
            Kind::Email => "email",
            Kind::Password => "password",
            Kind::File => "file",
            Kind::Hidden => "hidden",
            Kind::Check => "checkbox",
            Kind::Text
            | Kind::Area { .. }
            | Kind::Select(_)
            | Kind::Radios(_)
            | Kind::Checks(_)
            | Kind::Before(_) => "text",
        }
    }

    /// ` aria-describedby="…"` and ` aria-invalid`, as far as there is something to say.
    fn described(&self) -> Described<'_> {
        Described(self)
    }

    fn checked(&self) -> bool {
        self.value == "on"
    }
}

/// The attributes that tie a box to its hint and error.
struct Described<'a>(&'a Field);

impl std::fmt::Display for Described<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = self.0;
        let name = &field.name;
        match (field.error.is_some(), field.hint.is_some()) {
            (true, true) => write!(
                out,
                r#" aria-invalid="true" aria-describedby="e-{name} h-{name}""#
            ),
            (true, false) => write!(out, r#" aria-invalid="true" aria-describedby="e-{name}""#),
            (false, true) => write!(out, r#" aria-describedby="h-{name}""#),
            (false, false) => Ok(()),
        }
    }
}

impl HtmlSafe for Described<'_> {}

/// The fields of one form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Where it is posted.
    pub action: String,
    pub fields: Vec<Field>,
    /// An error of the whole form.
    pub fault: Option<String>,
}

impl Form {
    pub fn new(action: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            ..Self::default()
        }
    }

    #[must_use]
    pub fn with(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    #[must_use]
    pub fn with_all(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// The field of this name. An unknown name renders an input without a label, which the test of the
    /// page refuses.
    #[must_use]
    pub fn get(&self, name: &str) -> Field {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .cloned()
            .unwrap_or_else(|| Field::new(name, Kind::Text, ""))
    }

    /// The fields `{name}_en` and `{name}_fr`, in the order of the form.
    #[must_use]
    pub fn in_both(&self, name: &str) -> Vec<&Field> {
        let both: Vec<String> = Lang::ALL
            .iter()
            .map(|lang| format!("{name}_{lang}"))
            .collect();
        let fields = self.fields.iter();
        fields.filter(|field| both.contains(&field.name)).collect()
    }

    /// "Error: " before the title of a page whose form has errors; empty otherwise.
    #[must_use]
    pub fn title_prefix(&self, f: &Frame) -> String {
        if self.faulty() {
            format!("{} ", f.text("title-error"))
        } else {
            String::new()
        }
    }

    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// The current value of a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map_or("", |field| field.value.as_str())
    }

    /// What is said where a field is empty and must not be.
    #[must_use]
    pub fn missing(&self, name: &str) -> Option<&'static str> {
        let field = self.fields.iter().find(|field| field.name == name);
        field.and_then(|field| field.missing)
    }

    /// Sets one field; nothing when there is none of that name.
    pub fn set(&mut self, name: &str, value: &str) {
        if let Some(field) = self.fields.iter_mut().find(|field| field.name == name) {
            field.set(value);
        }
    }

    /// Chooses an option of a field, and offers it where it is not offered yet.
    pub fn choose(&mut self, name: &str, value: &str) {
        let offered = |field: &Field| match &field.kind {
            Kind::Select(choices) => choices.iter().any(|choice| choice.value == value),
            Kind::Text
            | Kind::Search
            | Kind::Url
            | Kind::Email
            | Kind::Password
            | Kind::File
            | Kind::Hidden
            | Kind::Check
            | Kind::Area { .. }
            | Kind::Radios(_)
            | Kind::Checks(_)
            | Kind::Before(_) => true,
        };
        if !self
            .fields
            .iter()
            .any(|field| field.name == name && offered(field))
        {
            self.offer(name, value, value);
        }
        self.set(name, value);
    }

    /// Whether the owner of an account shows by its password that it is them.
    #[must_use]
    pub fn asks_for_password(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| field.name == "current" && matches!(field.kind, Kind::Password))
    }

    /// Whether something is to be done on another page before the form can be sent.
    #[must_use]
    pub fn waits(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| matches!(field.kind, Kind::Before(Some(_))))
    }

    /// Adds an option to the choice of a field.
    pub fn offer(&mut self, name: &str, value: &str, label: &str) {
        let field = self.fields.iter_mut().find(|field| field.name == name);
        if let Some(Kind::Select(choices)) = field.map(|field| &mut field.kind) {
            choices.push(Choice::new(value, label));
        }
    }

    /// Writes a text into the fields `{name}_en` and `{name}_fr`.
    pub fn set_lang_text(&mut self, name: &str, text: &LangText) {
        for lang in Lang::ALL {
            let shown = text.in_lang(*lang).unwrap_or_default();
            self.set(&format!("{name}_{lang}"), shown);
        }
    }

    /// Fills in the submitted values, except passwords and files.
    pub fn fill(&mut self, posted: &[(String, String)]) {
        for field in &mut self.fields {
            if field.kind == Kind::Password || field.kind == Kind::File {
                continue;
            }
            let values: Vec<&str> = posted
                .iter()
                .filter(|(name, _)| *name == field.name)
                .map(|(_, value)| value.as_str())
                .collect();
            field.set(&values.join(" "));
        }
    }

    /// Whether what was submitted is what the form shows: nobody has typed or chosen anything.
    #[must_use]
    pub fn is_untouched(&self, posted: &[(String, String)]) -> bool {
        let mut filled = self.clone();
        filled.fill(posted);
        let pairs = self.fields.iter().zip(&filled.fields);
        let mut shown = pairs.filter(|(field, _)| field.kind != Kind::Hidden);
        // What is chosen stands in the kind, what is typed in the value, which a choice has only once it is sent.
        shown.all(|(field, posted)| {
            field.kind == posted.kind && (field.kind.has_choices() || field.value == posted.value)
        })
    }

    /// Marks an error of a field, or of the form when no field has that name.
    pub fn fault(&mut self, name: &str, message: impl Into<String>) {
        let message = message.into();
        match self.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.error = Some(message),
            None => self.fault = Some(message),
        }
    }

    #[must_use]
    pub fn faulty(&self) -> bool {
        self.fault.is_some() || self.fields.iter().any(|field| field.error.is_some())
    }

    /// The fields with errors, for the summary.
    #[must_use]
    pub fn faults(&self) -> Vec<&Field> {
        self.fields.iter().filter(|f| f.error.is_some()).collect()
    }
}

#[cfg(test)]
mod tests;

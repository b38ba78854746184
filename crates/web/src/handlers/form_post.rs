//! Extractors of submitted forms. Handlers take forms only through [`FormPost`] or [`SignedInForm`],
//! which refuse requests from other sites' pages and forms without the sender's CSRF key.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use domain::{Error, Outcome};
use http::{HeaderMap, StatusCode, header};
use httpkit::rate_limits::RateLimit;
use httpkit::session::{self, NewSignIn, SignIn};
use httpkit::{App, Me, body, client, known_browser, single_sign_on};
use model::refusal::Rule;
use model::{Lang, LangText, Refusal};
use std::error::Error as StdError;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use super::FORM_MAX;
use super::field_errors::FieldErrors;
use super::page_error::PageError;
use super::page_request::{self, PageRequest};
use super::response;
use crate::form::Form;
use crate::frame::FORM_OWNER;
use crate::views::error::{LOST_FILE, SavedForm};

/// Fields that are never sent back: secrets, the CSRF key, and what concerns one request only.
const SECRET: &[&str] = &[
    "csrf",
    "password",
    "current",
    REDRAW,
    SIGN_IN_HANDLE,
    SIGN_IN_PASSWORD,
    SIGN_IN_CODE,
    "code",
    "credential",
];
/// Most fields of a form, files included. Ours have two dozen at most.
const FIELDS_MAX: usize = 200;
/// The field of the language switch, where a form is sent along: `form` or `kept`.
const REDRAW: &str = "redraw";
/// The fields with which a guest signs in together with the form that needs it.
pub const SIGN_IN_HANDLE: &str = "sign_in_handle";
pub const SIGN_IN_PASSWORD: &str = "sign_in_password";
pub const SIGN_IN_CODE: &str = "sign_in_code";

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The value of a field; empty where it is absent.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The value of a field without surrounding white space.
    pub fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// A text from the fields `{name}_en` and `{name}_fr`; what it said before in other languages
    /// stays.
    pub fn lang_text(&self, name: &str, before: &LangText) -> LangText {
        Lang::ALL.iter().fold(before.clone(), |text, lang| {
            text.with(*lang, self.get(&format!("{name}_{lang}")))
        })
    }

    /// All values of a field that parse.
    pub fn all<T: FromStr>(&self, name: &str) -> Vec<T> {
        let chosen = self.0.iter().filter(|(key, _)| key == name);
        chosen.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// The chosen interface languages, as tags.
    pub fn languages(&self) -> Vec<String> {
        let chosen = self.all::<Lang>("languages");
        chosen.iter().map(Lang::to_string).collect()
    }

    /// The value of a field, parsed; `None` where it does not parse.
    pub fn choice<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }

    /// Whether a check box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name) == "on"
    }

    fn saved(&self, action: &str) -> SavedForm {
        let fields = self.0.iter();
        SavedForm {
            action: action.to_owned(),
            fields: fields
                .filter(|(name, value)| !SECRET.contains(&name.as_str()) && !value.is_empty())
                .cloned()
                .collect(),
        }
    }
}

/// The form of a request that is being handled, for the page that says that it took too long. An
/// extension of the request.
#[derive(Debug, Clone, Default)]
pub struct FormInProgress(Arc<OnceLock<SavedForm>>);

impl FormInProgress {
    /// The form, once its body was read.
    pub fn saved(&self) -> Option<SavedForm> {
        self.0.get().cloned()
    }
}

/// The sign-in by the request itself, see [`SignedInForm`]. An extension of the request.
#[derive(Debug, Clone, Default)]
pub struct OpenedSession(Arc<OnceLock<NewSignIn>>);

impl OpenedSession {
    /// The sign-in, once a session was opened.
    pub fn sign_in(&self) -> Option<&NewSignIn> {
        self.0.get()
    }
}

/// A form that guests may submit as well.
pub struct FormPost {
    pub request: PageRequest,
    pub fields: Fields,
    /// The uploaded files with the names of their fields, without empty ones.
    pub files: Vec<(String, Bytes)>,
    /// The `User-Agent` header.
    pub agent: String,
    /// The proof of a browser that has signed in before, see [`known_browser`].
    pub browser_proof: String,
    /// The token of a sign-in with a provider, see [`single_sign_on`].
    pub sso_cookie: String,
    back: Option<String>,
}

/// A form of a signed-in person. Each counts against [`RateLimit::Write`]. Where the session has ended,
/// the answer asks for the password, and the form comes again with it: it signs in and is handled.
pub struct SignedInForm {
    pub posted: FormPost,
    pub me: Me,
}

/// A [`SignedInForm`] that administrators also send before they have the second factor that the site wants of
/// them: the forms that set it up, and the one that signs out.
pub struct FactorlessForm(pub SignedInForm);

impl FromRequest<App> for FormPost {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (page, request) = check_head(request, app).await?;
        let posted = read_form(page, request, app).await?;
        posted.check_redraw().await?;
        Ok(posted)
    }
}

impl FromRequest<App> for FactorlessForm {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let (page, request) = check_head(request, app).await?;
        let Some(me) = page.me.clone() else {
            return sign_in_with_form(page, request, app).await.map(Self);
        };
        let posted = read_form(page, request, app).await?;
        posted.check_redraw().await?;
        match app.limits().count_actor(RateLimit::Write, me.id()) {
            Ok(()) => Ok(Self(SignedInForm { posted, me })),
            Err(refusal) => Err(posted.fail(refusal)),
        }
    }
}

impl FromRequest<App> for SignedInForm {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let FactorlessForm(form) = FactorlessForm::from_request(request, app).await?;
        match form.me.require_factor() {
            Ok(()) => Ok(form),
            Err(refusal) => Err(form.posted.fail(refusal)),
        }
    }
}

/// Checks what is known of a form before its body is read: which page sent it, and who. The body may
/// be long only for a member.
async fn check_head(request: Request, app: &App) -> Result<(PageRequest, Request), PageError> {
    let (mut parts, body) = request.into_parts();
    let page = PageRequest::from_request_parts(&mut parts, app).await?;
    let site = app.ops().site();
    // The fields of another site's form are not kept: they must not be one click from being sent.
    if !client::same_site(&parts.headers, site.as_ref().map(|site| site.url.as_str())) {
        return Err(Refusal::NotAllowed(Rule::FormKey).into());
    }
    if page.me.is_some() {
        body::allow_member(&parts);
    }
    Ok((page, Request::from_parts(parts, body)))
}

/// Reads a guest's form, as far as it may be, so that the page can give the text back; signs them in
/// where it has a password.
async fn sign_in_with_form(
    page: PageRequest,
    request: Request,
    app: &App,
) -> Result<SignedInForm, PageError> {
    let refusal = Refusal::NotAllowed(Rule::SignedIn);
    let opened = request.extensions().get::<OpenedSession>().cloned();
    let Ok(mut posted) = read_form(page, request, app).await else {
        return Err(refusal.into());
    };
    let files = posted.files.drain(..).map(|(name, _)| name);
    let lost = files.map(|name| (LOST_FILE.to_owned(), name));
    posted.fields.0.extend(lost);
    let is_asked = posted
        .fields
        .0
        .iter()
        .any(|(key, _)| key == SIGN_IN_PASSWORD);
    let password = posted.fields.get(SIGN_IN_PASSWORD);
    let name = posted.fields.get(SIGN_IN_HANDLE);
    if !is_asked || posted.switches_language() {
        return Err(posted.fail(refusal).signing_in(name, None));
    }
    let attempt = session::SignInAttempt {
        ip: posted.request.ip,
        name,
        password,
        agent: &posted.agent,
        browser_proof: &posted.browser_proof,
        sso_cookie: &posted.sso_cookie,
    };
    let signed_in = match in_one_step(app, &posted, attempt).await {
        Ok(signed_in) => signed_in,
        Err(error) => return Err(posted.fail(refusal).signing_in(name, Some(error))),
    };
    let Some(me) = session::owner(app, &signed_in.token).await? else {
        return Err(posted.fail(refusal));
    };
    if let Some(OpenedSession(cell)) = opened {
        cell.get_or_init(|| signed_in);
    }
    posted.request.lang = Lang::from_tag(me.account.lang.as_str()).unwrap_or(posted.request.lang);
    posted.request.me = Some(me.clone());
    let owner = posted.fields.get(FORM_OWNER);
    if !owner.is_empty() && owner.trim_start_matches('@') != me.actor.handle {
        // Somebody else wrote it, on the same device: nothing is done in another name unseen.
        return Err(posted.fail(Refusal::NotAllowed(Rule::FormKey)));
    }
    if !posted.fields.get(LOST_FILE).is_empty() {
        // The form is shown again, to choose the files again.
        let redraw = (REDRAW.to_owned(), "form".to_owned());
        posted.fields.0.push(redraw);
    }
    Ok(SignedInForm { posted, me })
}

/// Signs in with the password and, where the account has one, the second factor of the form.
async fn in_one_step(
    app: &App,
    posted: &FormPost,
    attempt: session::SignInAttempt<'_>,
) -> Outcome<NewSignIn> {
    match session::sign_in(app, attempt).await? {
        SignIn::Done(signed_in) => Ok(signed_in),
        SignIn::SecondStep(step) => {
            let attempt = session::SecondStepAttempt {
                ip: posted.request.ip,
                step: &step,
                code: posted.fields.get(SIGN_IN_CODE),
                answer: None,
                agent: &posted.agent,
            };
            session::second_step(app, attempt).await
        }
    }
}

/// Reads the body, and checks the key of a member's form.
async fn read_form(page: PageRequest, request: Request, app: &App) -> Result<FormPost, PageError> {
    let back = referer(request.headers());
    let agent = page_request::header_text(request.headers(), header::USER_AGENT).to_owned();
    let https = app.ops().site().is_some_and(|site| site.is_https());
    let browser_proof = known_browser::read(request.headers(), https);
    let sso_cookie = single_sign_on::read_cookie(request.headers(), https).to_owned();
    let in_progress = request.extensions().get::<FormInProgress>().cloned();
    let mut fields = Fields::default();
    let files = match read(request, app, page.me.is_none(), &mut fields).await {
        Ok(files) => files,
        Err(error) => {
            // What a member typed before a file that is too large is not lost.
            let key = fields.get("csrf");
            let is_theirs = page
                .me
                .as_ref()
                .is_some_and(|me| me.check_form_key(key).is_ok());
            let saved = is_theirs.then(|| fields.saved(&page.path));
            return Err(error.keeping(saved));
        }
    };
    if let Some(FormInProgress(form)) = in_progress {
        form.get_or_init(|| fields.saved(&page.path));
    }
    let posted = FormPost {
        request: page,
        fields,
        files,
        agent,
        browser_proof,
        sso_cookie,
        back,
    };
    match &posted.request.me {
        Some(me) => match me.check_form_key(posted.fields.get("csrf")) {
            Ok(()) => Ok(posted),
            Err(refusal) => Err(posted.fail(refusal)),
        },
        None => Ok(posted),
    }
}

/// The uploaded files of a form.
type Files = Vec<(String, Bytes)>;

/// Reads fields and files of a body, URL-encoded or multipart. After an error, the fields have what was read
/// before it.
async fn read(
    request: Request,
    app: &App,
    guest: bool,
    fields: &mut Fields,
) -> Result<Files, PageError> {
    let kind = page_request::header_text(request.headers(), header::CONTENT_TYPE);
    if kind.starts_with("multipart/form-data") {
        return read_parts(request, app, guest, fields).await;
    }
    let body = Bytes::from_request(request, app).await;
    let body = body.map_err(|error| unread(error.status(), &error))?;
    let separators = body.iter().filter(|byte| **byte == b'&').count();
    if body.len() > FORM_MAX || separators >= FIELDS_MAX {
        return Err(Refusal::TooLarge.into());
    }
    fields.0 = page_request::pairs(&body);
    Ok(Vec::new())
}

/// Reads a multipart body. Files are too long for a guest; what was typed before them is read all the same.
async fn read_parts(
    request: Request,
    app: &App,
    guest: bool,
    fields: &mut Fields,
) -> Result<Files, PageError> {
    let parts = Multipart::from_request(request, app).await;
    let mut parts = parts.map_err(|error| unread(error.status(), &error))?;
    let mut files = Vec::new();
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|error| unread(error.status(), &error))?
    {
        if fields.0.len() + files.len() == FIELDS_MAX {
            return Err(Refusal::TooLarge.into());
        }
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = match part.bytes().await {
            Ok(bytes) => bytes,
            Err(_) if guest && is_file => {
                fields.0.push((LOST_FILE.to_owned(), name));
                break;
            }
            Err(error) => return Err(unread(error.status(), &error)),
        };
        if !is_file {
            let text = String::from_utf8_lossy(&bytes);
            fields.0.push((name, page_request::without_nul(&text)));
        } else if !bytes.is_empty() {
            files.push((name, bytes));
        }
    }
    Ok(files)
}

fn unread(status: StatusCode, error: &(dyn StdError + 'static)) -> PageError {
    match body::refusal(error) {
        Some(refusal) => PageError::from(refusal),
        None if status == StatusCode::PAYLOAD_TOO_LARGE => PageError::from(Refusal::TooLarge),
        None => PageError::unreadable(),
    }
}

/// The path of the page with the form, from `Referer`. Only the path is used, whatever the host.
fn referer(headers: &HeaderMap) -> Option<String> {
    let url = url::Url::parse(page_request::header_text(headers, header::REFERER)).ok()?;
    let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
    let path = format!("{}{query}", url.path());
    response::local_path(&path).map(str::to_owned)
}

impl FormPost {
    /// Answers the language switch of a page that says that a form was kept; writes down the language
    /// where a form was sent along with the switch.
    async fn check_redraw(&self) -> Result<(), PageError> {
        let redraw = self.fields.get(REDRAW);
        if redraw.is_empty() {
            return Ok(());
        }
        self.request.set_lang(self.request.lang).await?;
        if redraw == "kept" {
            return Err(PageError::kept(self.fields.saved(&self.request.path)));
        }
        Ok(())
    }

    /// Does what the form is for; nothing where it was sent along with the language switch: then the
    /// error names no field, and the page is shown again with what was typed.
    ///
    /// # Errors
    /// Those of `act`; `Invalid`.
    pub async fn attempt<T>(&self, act: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        if self.switches_language() {
            Err(Refusal::Invalid(Vec::new()).into())
        } else {
            act.await
        }
    }

    /// Whether the form was only sent along with the language switch.
    pub fn switches_language(&self) -> bool {
        !self.fields.get(REDRAW).is_empty()
    }

    /// Whether a form was sent along with the language switch although nobody has typed into it: the page on
    /// which it stands among other things is better read at its own address.
    pub fn switches_language_only(&self, form: &Form) -> bool {
        self.switches_language() && self.files.is_empty() && form.is_untouched(&self.fields.0)
    }

    /// Whether a file was chosen in a field and is lost when the form is shown again, since browsers send no
    /// file back: in this request, or in an earlier one whose page the language switch shows again, as its
    /// description tells.
    pub fn loses_file(&self, field: &str, description: &str) -> bool {
        let described = !self.fields.trimmed(description).is_empty();
        let mut fields = self.fields.0.iter();
        let was_lost = fields.any(|(name, value)| name == LOST_FILE && value == field);
        self.file(field).is_some() || was_lost || (described && self.switches_language())
    }

    /// The file that was chosen in a field.
    pub fn file(&self, field: &str) -> Option<&Bytes> {
        let found = self.files.iter().find(|(name, _)| name == field);
        found.map(|(_, bytes)| bytes)
    }

    /// An error that keeps the form.
    pub fn fail(&self, error: impl Into<Error>) -> PageError {
        PageError::with_form(error.into(), self.fields.saved(&self.request.path))
    }

    /// What the page with the form says of a refusal: the fields at fault of an `Invalid` one, and when to try
    /// again after `TooMany`.
    ///
    /// # Errors
    /// Any other error, with the form kept.
    pub fn field_errors(&self, error: Error) -> Result<FieldErrors<'_>, PageError> {
        match error {
            Error::Refused(Refusal::Invalid(errors)) => Ok(FieldErrors {
                errors,
                retry_after: None,
                typed: &self.fields.0,
            }),
            Error::Refused(Refusal::TooMany { retry_after }) => Ok(FieldErrors {
                errors: Vec::new(),
                retry_after: Some(retry_after),
                typed: &self.fields.0,
            }),
            other @ (Error::Refused(_) | Error::Fault(_)) => Err(self.fail(other)),
        }
    }

    /// The page with the form, or `otherwise`.
    pub fn back(&self, otherwise: &str) -> String {
        self.back.clone().unwrap_or_else(|| otherwise.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(encoded: &str) -> Fields {
        Fields(page_request::pairs(encoded.as_bytes()))
    }

    #[test]
    fn a_choice_of_several_arrives_whole() {
        let posted = fields("languages=en&name=Ann+B%C3%A9&languages=fr&languages=xx&all=on");
        assert_eq!(posted.languages(), ["en", "fr"]);
        assert_eq!(posted.get("name"), "Ann Bé");
        assert!(posted.ticked("all") && !posted.ticked("none"));
        assert_eq!(posted.get("absent"), "");
        assert_eq!(fields("name=A%00nn").get("name"), "Ann");
    }

    #[test]
    fn secrets_are_not_sent_back() {
        let saved =
            fields("csrf=k&password=heron&current=owl&body=Long+words&to=").saved("/p/1/reply");
        assert_eq!(saved.fields, [("body".to_owned(), "Long words".to_owned())]);
    }

    #[test]
    fn a_form_leads_back_to_its_page_without_its_host() {
        let mut headers = HeaderMap::new();
        assert_eq!(referer(&headers), None);
        headers.insert(
            header::REFERER,
            "https://a.test/c/w?page=2#x".parse().unwrap(),
        );
        assert_eq!(referer(&headers).as_deref(), Some("/c/w?page=2"));
        headers.insert(
            header::REFERER,
            "https://a.test//evil.test".parse().unwrap(),
        );
        assert_eq!(referer(&headers), None);
    }
}

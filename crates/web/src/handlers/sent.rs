//! What a form sends. No handler takes a form but through [`Sent`] or [`Signed`], which refuse
//! what another site's page sent and what does not carry the sender's key.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use domain::Error;
use http::{HeaderMap, StatusCode, header};
use httpkit::limits::Act;
use httpkit::{App, Me, guest};
use model::refusal::{FieldError, Rule};
use model::{Lang, Refusal};
use std::str::FromStr;

use super::answer::{self, Fail};
use super::ask::{self, Ask};
use crate::form::Form;
use crate::frame::Frame;
use crate::views::error::Kept;

/// Fields that are never given back: secrets, and the key of the form.
const SECRET: &[&str] = &["csrf", "password", "current"];

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// A field's text; empty where it was not sent.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// A field's text, without the blanks around it.
    pub fn trimmed(&self, name: &str) -> String {
        self.get(name).trim().to_owned()
    }

    /// Everything chosen under a name.
    pub fn all<T: FromStr>(&self, name: &str) -> Vec<T> {
        let chosen = self.0.iter().filter(|(key, _)| key == name);
        chosen.filter_map(|(_, value)| value.parse().ok()).collect()
    }

    /// The interface languages chosen, as tags.
    pub fn languages(&self) -> Vec<String> {
        let chosen = self.all::<Lang>("languages");
        chosen.iter().map(Lang::to_string).collect()
    }

    /// A choice among words; `None` for none of them.
    pub fn choice<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }

    /// A box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name) == "on"
    }

    fn kept(&self, action: &str) -> Kept {
        let fields = self.0.iter();
        Kept {
            action: action.to_owned(),
            fields: fields
                .filter(|(name, value)| !SECRET.contains(&name.as_str()) && !value.is_empty())
                .cloned()
                .collect(),
        }
    }
}

/// A form anyone may send.
pub struct Sent {
    /// Who, from where.
    pub ask: Ask,
    /// What was typed.
    pub fields: Fields,
    /// The file that was chosen, where there is one.
    pub file: Option<Bytes>,
    /// What the browser calls itself.
    pub agent: String,
    back: Option<String>,
}

/// A form of somebody signed in. Each counts as one act of writing.
pub struct Signed {
    /// The form.
    pub sent: Sent,
    /// Who sent it.
    pub me: Me,
}

impl FromRequest<App> for Sent {
    type Rejection = Fail;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fail> {
        let (mut parts, body) = request.into_parts();
        let ask = Ask::from_request_parts(&mut parts, app).await?;
        let site = app.ops().site();
        // Nothing is kept of another site's form: sending it again must not be one click away.
        if !guest::same_site(&parts.headers, site.as_ref().map(|site| site.url.as_str())) {
            return Err(Refusal::NotAllowed(Rule::FormKey).into());
        }
        let back = referer(&parts.headers);
        let agent = ask::text(&parts.headers, header::USER_AGENT).to_owned();
        let (fields, file) = read(Request::from_parts(parts, body), app).await?;
        let sent = Self {
            ask,
            fields,
            file,
            agent,
            back,
        };
        match &sent.ask.me {
            Some(me) => match me.check_form_key(sent.fields.get("csrf")) {
                Ok(()) => Ok(sent),
                Err(refusal) => Err(sent.fail(refusal)),
            },
            None => Ok(sent),
        }
    }
}

impl FromRequest<App> for Signed {
    type Rejection = Fail;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fail> {
        let sent = Sent::from_request(request, app).await?;
        let me = match sent.ask.me() {
            Ok(me) => me.clone(),
            Err(refusal) => return Err(sent.fail(refusal)),
        };
        match app.limits().count_actor(Act::Write, me.id()) {
            Ok(()) => Ok(Self { sent, me }),
            Err(refusal) => Err(sent.fail(refusal)),
        }
    }
}

/// Fields and file of a body, whichever way a browser wrote it.
async fn read(request: Request, app: &App) -> Result<(Fields, Option<Bytes>), Fail> {
    let kind = ask::text(request.headers(), header::CONTENT_TYPE);
    if kind.starts_with("multipart/form-data") {
        return read_parts(request, app).await;
    }
    let body = Bytes::from_request(request, app).await;
    let body = body.map_err(|error| unread(error.status()))?;
    Ok((Fields(ask::pairs(&body)), None))
}

async fn read_parts(request: Request, app: &App) -> Result<(Fields, Option<Bytes>), Fail> {
    let parts = Multipart::from_request(request, app).await;
    let mut parts = parts.map_err(|error| unread(error.status()))?;
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|error| unread(error.status()))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(|error| unread(error.status()))?;
        if !is_file {
            let text = String::from_utf8_lossy(&bytes);
            fields.push((name, ask::without_nul(&text)));
        } else if !bytes.is_empty() {
            file = Some(bytes);
        }
    }
    Ok((Fields(fields), file))
}

fn unread(status: StatusCode) -> Fail {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Fail::from(Refusal::TooLarge)
    } else {
        Fail::unreadable()
    }
}

/// The page the form was on. We tell browsers to name it to ourselves only, so it is ours.
fn referer(headers: &HeaderMap) -> Option<String> {
    let url = url::Url::parse(ask::text(headers, header::REFERER)).ok()?;
    let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
    let path = format!("{}{query}", url.path());
    answer::local_path(&path).map(str::to_owned)
}

impl Sent {
    /// A failure that keeps what was typed.
    pub fn fail(&self, error: impl Into<Error>) -> Fail {
        Fail::keeping(error.into(), self.fields.kept(&self.ask.path))
    }

    /// What is wrong with the fields, to be marked in the form; any other error fails, and keeps
    /// what was typed.
    ///
    /// # Errors
    /// Everything but `Invalid`.
    pub fn faults(&self, error: Error) -> Result<Faults<'_>, Fail> {
        match error {
            Error::Refused(Refusal::Invalid(errors)) => Ok(Faults {
                errors,
                typed: &self.fields.0,
            }),
            other @ (Error::Refused(_) | Error::Fault(_)) => Err(self.fail(other)),
        }
    }

    /// The page the form was on, else `otherwise`.
    pub fn back(&self, otherwise: &str) -> String {
        self.back.clone().unwrap_or_else(|| otherwise.to_owned())
    }
}

/// What is wrong with a form that was sent.
pub struct Faults<'s> {
    errors: Vec<FieldError>,
    typed: &'s [(String, String)],
}

impl Faults<'_> {
    /// The form with what was typed and what is wrong with it.
    pub fn mark(&self, f: &Frame, mut form: Form) -> Form {
        form.fill(self.typed);
        for error in &self.errors {
            let name = name_on_form(error.field);
            form.fault(name, answer::why(f, name, error.why));
        }
        form
    }
}

/// What the verbs call otherwise than the forms do.
fn name_on_form(field: &str) -> &str {
    match field {
        "invite" => "invitation",
        "request" => "reason",
        "second_title" => "title2",
        "second_body" => "body2",
        "second_lang" => "lang",
        "token_name" => "name",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(encoded: &str) -> Fields {
        Fields(ask::pairs(encoded.as_bytes()))
    }

    #[test]
    fn a_choice_of_several_arrives_whole() {
        let sent = fields("languages=en&name=Ann+B%C3%A9&languages=fr&languages=xx&all=on");
        assert_eq!(sent.languages(), ["en", "fr"]);
        assert_eq!(sent.get("name"), "Ann Bé");
        assert!(sent.ticked("all") && !sent.ticked("none"));
        assert_eq!(sent.get("absent"), "");
        assert_eq!(fields("name=A%00nn").get("name"), "Ann");
    }

    #[test]
    fn secrets_are_not_given_back() {
        let kept =
            fields("csrf=k&password=heron&current=owl&body=Long+words&to=").kept("/p/1/reply");
        assert_eq!(kept.fields, [("body".to_owned(), "Long words".to_owned())]);
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

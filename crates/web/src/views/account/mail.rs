//! Pages about the e-mail address, and those that links in mails open.

use askama::Template;
use httpkit::single_sign_on::OwnerProof;
use mail::KeptMail;
use model::mail::MailLinkKind;

use super::{new_password, owner_field};
use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::Tab;

/// `/settings/mail`
#[derive(Debug, Template)]
#[template(path = "account/address.html")]
pub struct AddressPage {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    /// Whether this server sends mail at all.
    pub sends_mail: bool,
    /// The confirmed address; empty: none.
    pub address: String,
    /// An address that waits to be confirmed; empty: none.
    pub pending: String,
    /// Where the mails can be read, in the demo.
    pub demo_inbox: Option<String>,
    pub form: Form,
}

/// The fields `address current`.
#[must_use]
pub fn address_form(f: &Frame, proof: OwnerProof) -> Form {
    Form::new("/settings/mail")
        .with(address_field(f).hint(f.text("address-new-hint")))
        .with(owner_field(f, proof, "/settings/mail"))
}

/// An address that mails go to.
#[must_use]
pub fn address_field(f: &Frame) -> Field {
    optional_address_field(f).required(f.text("enter-mail-address"))
}

/// The same where it may be left out.
#[must_use]
pub fn optional_address_field(f: &Frame) -> Field {
    Field::new("address", Kind::Email, f.text("account-address"))
        .autocomplete("email")
        .max(model::mail::ADDRESS_MAX)
}

/// `/mail/confirm` and `/mail/cancel`: a link of a mail, which the form uses.
#[derive(Debug, Template)]
#[template(path = "account/mail_link.html")]
pub struct LinkPage {
    pub f: Frame,
    pub kind: MailLinkKind,
    pub address: String,
    pub form: Form,
}

impl LinkPage {
    /// The key of one of its messages.
    fn key(&self, part: &str) -> String {
        format!("mail-link-{}-{part}", self.kind)
    }
}

/// The hidden `key`.
#[must_use]
pub fn link_form(kind: MailLinkKind, key: &str) -> Form {
    Form::new(kind.path()).with(Field::new("key", Kind::Hidden, "").value(key))
}

/// `/forgotten-password`
#[derive(Debug, Template)]
#[template(path = "account/forgotten.html")]
pub struct Forgotten {
    /// Whether nobody but administrators has a password.
    pub only_admins: bool,
    pub f: Frame,
    /// Whether this server sends mail at all.
    pub sends_mail: bool,
    pub form: Form,
}

/// The field `account`: a username or an address.
#[must_use]
pub fn forgotten_form(f: &Frame) -> Form {
    Form::new("/forgotten-password").with(
        Field::new("account", Kind::Text, f.text("sign-in-name"))
            .autocomplete("username")
            .max(model::mail::ADDRESS_MAX)
            .required(f.text("enter-sign-in-name")),
    )
}

/// The answer to `/forgotten-password`, whether there is such an account or not.
#[derive(Debug, Template)]
#[template(path = "account/forgotten_sent.html")]
pub struct ForgottenSent {
    pub f: Frame,
}

/// `/reset-password`, where a link of a mail leads.
#[derive(Debug, Template)]
#[template(path = "account/reset.html")]
pub struct ResetPassword {
    pub f: Frame,
    pub form: Form,
}

/// The fields `password` and the hidden `key`.
#[must_use]
pub fn reset_form(f: &Frame, key: &str, identities: &[String]) -> Form {
    let form = Form::new(MailLinkKind::Reset.path())
        .with(Field::new("key", Kind::Hidden, "").value(key))
        .with(new_password(f, "password", f.text("password-new")));
    if identities.is_empty() {
        return form;
    }
    let names = words::list(f.lang, identities);
    let label = f
        .message("reset-disconnect")
        .arg("names", names)
        .to_string();
    form.with(Field::new("disconnect", Kind::Check, &label).hint(f.text("reset-disconnect-hint")))
}

/// `/demo/mail/{handle}`
#[derive(Debug, Template)]
#[template(path = "account/demo_mail.html")]
pub struct DemoMail {
    pub f: Frame,
    pub handle: String,
    /// Newest first.
    pub mails: Vec<KeptMail>,
}

#[cfg(test)]
mod tests;

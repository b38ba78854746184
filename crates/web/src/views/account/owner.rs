//! How the owner of an account shows that it is them, before what matters is changed.

use askama::Template;
use httpkit::single_sign_on::OwnerProof;

use super::ProviderButtons;
use crate::form::{Field, Kind};
use crate::frame::Frame;

/// `/settings/confirm`: the owner, who has no password, goes to a provider.
#[derive(Debug, Template)]
#[template(path = "account/confirm_owner.html")]
pub struct ConfirmOwner {
    pub f: Frame,
    /// Those with which the account is connected.
    pub providers: ProviderButtons,
    /// Whether they can choose a password instead.
    pub may_have_password: bool,
    pub back: String,
}

/// The address of the page that leads to a provider, and then back to `next`.
#[must_use]
pub fn confirm_owner_url(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("/settings/confirm?{query}")
}

/// The field `current`: the password, or the way to a provider and back to `page`.
#[must_use]
pub fn owner_field(f: &Frame, proof: OwnerProof, page: &str) -> Field {
    match proof {
        OwnerProof::Password => Field::new("current", Kind::Password, f.text("password-current"))
            .autocomplete("current-password")
            .required(f.text("enter-current")),
        OwnerProof::Provider { is_done: true } => {
            Field::new("current", Kind::Before(None), f.text("owner-confirmed"))
        }
        OwnerProof::Provider { is_done: false } => {
            let way = Kind::Before(Some(confirm_owner_url(page)));
            let field = Field::new("current", way, f.text("owner-confirm"));
            field
                .hint(f.text("owner-confirm-hint"))
                .required(f.text("owner-confirm-first"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Section;
    use crate::tests::check_both;
    use crate::views::account::ProviderButton;
    use crate::views::parts::samples::member;

    #[test]
    fn the_page_is_whole_in_both_languages() {
        for (connected, may_have_password) in [(true, true), (false, true), (false, false)] {
            check_both("confirm owner", |lang| {
                let button = ProviderButton {
                    text: "Sign in with Larchmere".to_owned(),
                    action: "/settings/confirm/institution".to_owned(),
                };
                ConfirmOwner {
                    f: member(lang, Section::Me),
                    providers: ProviderButtons {
                        all: connected.then_some(button).into_iter().collect(),
                        fields: vec![("next", "/settings/mail".to_owned())],
                    },
                    may_have_password,
                    back: "/settings/mail".to_owned(),
                }
            });
        }
    }
}

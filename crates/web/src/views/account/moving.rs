//! Moving: the other addresses of a person or a community of ours, and leaving for another one.

use askama::Template;
use httpkit::single_sign_on::OwnerProof;

use super::owner_field;
use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::{Person, Tab};

/// `/settings/moving/{handle}`, of oneself or of a community one facilitates.
#[derive(Debug, Template)]
#[template(path = "account/moving.html")]
pub struct Moving {
    pub f: Frame,
    /// Those of the settings; none for a community.
    pub tabs: Vec<Tab>,
    /// The community that moves: (name, address of its page); `None` for oneself.
    pub community: Option<(String, String)>,
    /// The address here, as one types it elsewhere: `ann@alpha.test`.
    pub address: String,
    /// Where its forms are posted, but for what is appended.
    pub url: String,
    /// Both forms of the page.
    pub form: Form,
    /// The other addresses.
    pub others: Vec<OtherAddress>,
    /// The new address after a move.
    pub moved: Option<Person>,
}

/// Another address of somebody.
#[derive(Debug, Clone)]
pub struct OtherAddress {
    pub person: Person,
    /// Where taking it away is posted.
    pub drop_url: String,
}

/// The page on which somebody of ours moves.
#[must_use]
pub fn moving_url(handle: &str) -> String {
    format!("/settings/moving/{handle}")
}

/// The fields of both forms: `known`, and `new_home current`.
#[must_use]
pub fn moving_form(f: &Frame, proof: OwnerProof, handle: &str) -> Form {
    let address = |name: &str, key: &str, missing: &str| {
        Field::new(name, Kind::Text, f.text(key))
            .hint(f.text(&format!("{key}-hint")))
            .autocomplete("off")
            .max(500)
            .required(f.text(missing))
    };
    Form::new(moving_url(handle))
        .with(address("known", "moving-other-address", "enter-known"))
        .with(address("new_home", "moving-new", "enter-new-home"))
        .with(owner_field(f, proof, &moving_url(handle)))
}

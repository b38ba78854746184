//! Following from an account on another server.

use askama::Template;

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;

/// `/c/{handle}/follow-from`
#[derive(Debug, Template)]
#[template(path = "follow_from/form.html")]
pub struct FollowFrom {
    pub f: Frame,
    /// Of whom is to be followed.
    pub name: String,
    /// Its page.
    pub url: String,
    pub form: Form,
    pub sign_in_url: String,
}

/// The page that leads to the other server. A form may not, by the content security policy.
#[derive(Debug, Template)]
#[template(path = "follow_from/leaving.html")]
pub struct Leaving {
    pub f: Frame,
    pub host: String,
    /// An http or https URL.
    pub url: String,
}

/// The field `server`: the server or the address of somebody's account.
#[must_use]
pub fn server_form(f: &Frame, action: &str) -> Form {
    Form::new(action).with(
        Field::new("server", Kind::Text, f.text("follow-from-server"))
            .hint(f.text("follow-from-server-hint"))
            .max(200)
            .required(f.text("why-server")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::check_both;
    use crate::views::parts::samples::visitor;
    use model::Lang;

    impl FollowFrom {
        pub(crate) fn sample(lang: Lang) -> Self {
            let f = visitor(lang);
            Self {
                name: "Safer supply".into(),
                url: "/c/safer-supply".into(),
                form: server_form(&f, "/c/safer-supply/follow-from"),
                sign_in_url: "/sign-in?next=/c/safer-supply&then=follow".into(),
                f,
            }
        }
    }

    impl Leaving {
        pub(crate) fn sample(lang: Lang) -> Self {
            Self {
                f: visitor(lang),
                host: "mastodon.example".into(),
                url: "https://mastodon.example/authorize_interaction?uri=a".into(),
            }
        }
    }

    #[test]
    fn following_from_another_server() {
        check_both("follow-from", FollowFrom::sample);
        check_both("leaving", Leaving::sample);
    }
}

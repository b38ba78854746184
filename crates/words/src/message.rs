//! Messages by key, with named arguments.

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::fmt;

use fluent_templates::fluent_bundle::FluentValue;
use model::Lang;

use crate::bundle;

/// Shown for a key that does not exist; the tests of every page look for its brackets.
const MISSING: &str = "⟦missing message⟧";

/// Returns the message `key`, which takes no arguments.
#[must_use]
pub fn text(lang: impl Borrow<Lang>, key: &str) -> &'static str {
    bundle::plain(*lang.borrow(), key).unwrap_or_else(|| missing(key))
}

/// Starts the message `key`; [`Message::arg`] gives it its arguments.
#[must_use]
pub fn message(lang: impl Borrow<Lang>, key: &str) -> Message<'_> {
    Message {
        lang: *lang.borrow(),
        key,
        args: HashMap::new(),
    }
}

fn missing(key: &str) -> &'static str {
    tracing::error!(key, "a message is missing");
    MISSING
}

/// A message with its arguments, formatted when it is displayed.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    lang: Lang,
    key: &'a str,
    args: HashMap<Cow<'static, str>, FluentValue<'static>>,
}

impl Message<'_> {
    /// Sets the argument `$name`. A number chooses the plural form, and is printed as readers of
    /// the language write it.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Argument) -> Self {
        self.args.insert(Cow::Borrowed(name), value.to_value());
        self
    }
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match bundle::formatted(self.lang, self.key, &self.args) {
            Some(message) => out.write_str(&message),
            None => out.write_str(missing(self.key)),
        }
    }
}

/// What can be an argument of a message, by value or by reference: templates pass references.
pub trait Argument {
    /// The value as Fluent takes it.
    fn to_value(&self) -> FluentValue<'static>;
}

impl Argument for str {
    fn to_value(&self) -> FluentValue<'static> {
        FluentValue::from(self.to_owned())
    }
}

impl Argument for String {
    fn to_value(&self) -> FluentValue<'static> {
        FluentValue::from(self.clone())
    }
}

impl Argument for i64 {
    fn to_value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl Argument for usize {
    fn to_value(&self) -> FluentValue<'static> {
        FluentValue::from(*self)
    }
}

impl<T: Argument + ?Sized> Argument for &T {
    fn to_value(&self) -> FluentValue<'static> {
        (**self).to_value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_the_plural_rules_of_each_language() {
        let replies = |lang, n: i64| message(lang, "count-replies").arg("count", n).to_string();
        assert_eq!(replies(Lang::En, 1), "1 reply");
        assert_eq!(replies(Lang::En, 0), "0 replies");
        assert_eq!(replies(Lang::Fr, 0), "0 réponse");
        assert_eq!(replies(Lang::Fr, 1180), "1\u{202f}180 réponses");
    }

    #[test]
    fn arguments_are_named() {
        let page = message(Lang::En, "pager-at")
            .arg("pages", 1200_usize)
            .arg("page", 2_i64);
        assert_eq!(page.to_string(), "Page 2 of 1,200");
        let form = message(Lang::Fr, "edit-of").arg("name", "Ann & Bea");
        assert_eq!(form.to_string(), "Modifier Ann & Bea");
    }

    #[test]
    fn a_missing_message_is_marked() {
        assert_eq!(text(Lang::En, "no-such-key"), MISSING);
        assert_eq!(message(Lang::Fr, "no-such-key").to_string(), MISSING);
    }
}

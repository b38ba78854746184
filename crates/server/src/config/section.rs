//! A section of the file, declared once: its struct, its defaults, its reading, and the words about
//! it in the example all come from the same lines.

use toml::de::DeValue;

/// A key as the example shows it.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it means, line by line.
    pub(super) about: &'static [&'static str],
    /// Its default, or where it has none an example, as TOML.
    pub(super) shown: String,
}

/// Why a value does not fit, and what to write in its place.
pub(super) struct Unfit {
    pub(super) why: String,
    pub(super) remedy: &'static str,
}

/// A table of the file.
pub(super) trait Section: Default {
    /// What it is about, line by line.
    const ABOUT: &'static [&'static str];
    /// The names of its keys.
    const NAMES: &'static [&'static str];
    /// Its keys with their defaults.
    fn keys() -> Vec<Key>;
    /// Reads one key; `None` where there is no such key.
    fn set(&mut self, key: &str, value: &DeValue<'_>) -> Option<Result<(), Unfit>>;
}

macro_rules! section {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $field:ident: $type:ty = $default:expr, remedy $remedy:literal;
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::config::section::Section for $name {
            const ABOUT: &'static [&'static str] = &[$($about,)*];
            const NAMES: &'static [&'static str] = &[$(stringify!($field),)*];

            fn keys() -> Vec<$crate::config::section::Key> {
                let default = Self::default();
                vec![$($crate::config::section::Key {
                    name: stringify!($field),
                    about: &[$($doc,)*],
                    shown: $crate::config::value::Value::shown(&default.$field),
                },)*]
            }

            fn set(
                &mut self,
                key: &str,
                value: &toml::de::DeValue<'_>,
            ) -> Option<Result<(), $crate::config::section::Unfit>> {
                match key {
                    $(stringify!($field) => Some(
                        <$type as $crate::config::value::Value>::read(value)
                            .map(|read| self.$field = read)
                            .map_err(|why| $crate::config::section::Unfit { why, remedy: $remedy }),
                    ),)*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use section;

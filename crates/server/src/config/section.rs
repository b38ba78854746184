//! Declares a section of the file: its struct, its defaults, its parser and its description in the example
//! come from the same lines.

use toml::de::DeValue;

/// A key in the example file.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// The lines of the description.
    pub(super) description: &'static [&'static str],
    /// The default as TOML, or an example when there is none.
    pub(super) example: String,
}

/// The reason why a value is invalid, and what to write instead.
pub(super) struct InvalidValue {
    pub(super) why: String,
    pub(super) remedy: &'static str,
}

/// A section of the file.
pub(super) trait Section: Default {
    /// The lines of the description.
    const DESCRIPTION: &'static [&'static str];
    /// Lists the names of the keys.
    const NAMES: &'static [&'static str];
    /// Lists the keys with their defaults.
    fn keys() -> Vec<Key>;
    /// Sets one key; returns `None` when there is no such key.
    fn set(&mut self, key: &str, value: &DeValue<'_>) -> Option<Result<(), InvalidValue>>;
}

macro_rules! section {
    (
        $(#[doc = $description:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $field:ident: $type:ty = $default:expr, remedy $remedy:literal;
            )*
        }
    ) => {
        $(#[doc = $description])*
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
            const DESCRIPTION: &'static [&'static str] = &[$($description,)*];
            const NAMES: &'static [&'static str] = &[$(stringify!($field),)*];

            fn keys() -> Vec<$crate::config::section::Key> {
                let default = Self::default();
                vec![$($crate::config::section::Key {
                    name: stringify!($field),
                    description: &[$($doc,)*],
                    example: $crate::config::value::Value::example(&default.$field, $remedy),
                },)*]
            }

            fn set(
                &mut self,
                key: &str,
                value: &toml::de::DeValue<'_>,
            ) -> Option<Result<(), $crate::config::section::InvalidValue>> {
                match key {
                    $(stringify!($field) => Some(
                        <$type as $crate::config::value::Value>::read(value)
                            .map(|read| self.$field = read)
                            .map_err(|why| $crate::config::section::InvalidValue { why, remedy: $remedy }),
                    ),)*
                    _ => None,
                }
            }
        }
    };
}

pub(super) use section;

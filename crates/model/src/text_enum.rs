//! Enums that are represented as words in the database, in JSON and on the command line.

/// The error for a word that names no variant.
#[derive(Debug, Clone, thiserror::Error)]
#[error("unknown {what}: {word:?}")]
pub struct UnknownWord {
    /// The name of the enum.
    pub what: &'static str,
    /// The unknown word.
    pub word: String,
}

/// Declares an enum whose variants are stored and serialized as words. With `labelled "prefix"`, each
/// variant also names the message that is its label in the interface: `prefix-word`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident labelled $prefix:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $crate::text_enum! { $(#[$doc])* $name { $($(#[$vdoc])* $variant = $word,)* } }
        impl $name {
            /// Returns the key of the message that is the variant's label.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $($name::$variant => concat!($prefix, "-", $word),)* }
            }
        }
    };
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Lists the variants in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];
            /// Returns the variant's word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::text_enum::UnknownWord;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok($name::$variant),)*
                    other => Err($crate::text_enum::UnknownWord { what: stringify!($name), word: other.to_owned() }),
                }
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let s = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                s.parse().map_err(serde::de::Error::custom)
            }
        }
        #[cfg(feature = "diesel")]
        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                self.as_str().to_sql(out)
            }
        }
        #[cfg(feature = "diesel")]
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok(String::from_sql(bytes)?.parse()?)
            }
        }
    };
}

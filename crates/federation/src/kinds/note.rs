//! Note: a reply; of microblogs also a thread, which calls its community by a mention.

use super::post_type::PostType;
use vocab::Object;

pub(crate) struct Note;

impl PostType for Note {
    fn types(&self) -> &'static [&'static str] {
        &["Note"]
    }

    /// Microblogs send it as the `summary`, whether or not they call the post sensitive.
    fn warning<'o>(&self, object: &'o Object) -> Option<&'o str> {
        let first = || object.summary_map.first().map(|(_, warning)| warning);
        object.summary.as_deref().or_else(first)
    }

    fn has_abstract(&self) -> bool {
        false
    }

    /// Mastodon can address in no other way.
    fn addresses_by_mention(&self) -> bool {
        true
    }
}

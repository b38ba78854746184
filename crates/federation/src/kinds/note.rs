//! Note: a reply; of microblogs also a thread, which calls its community by a mention.

use super::post_type::PostType;
use crate::text::one_line;
use domain::prose;
use model::limits::TITLE_MAX;
use vocab::Object;

pub(crate) struct Note;

impl PostType for Note {
    fn types(&self) -> &'static [&'static str] {
        &["Note"]
    }

    /// Its warning about the content: some write it in HTML, most as plain text.
    fn lead(&self, object: &Object) -> Option<String> {
        let warning = object.summary.as_deref()?;
        Some(one_line(&prose::plain(warning, TITLE_MAX), TITLE_MAX))
    }

    fn has_abstract(&self) -> bool {
        false
    }

    /// Mastodon can address in no other way.
    fn addresses_by_mention(&self) -> bool {
        true
    }
}

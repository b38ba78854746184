//! The types of post we know: one line for each.

use super::event::Event;
use super::media::Media;
use super::note::Note;
use super::page::Page;
use super::question::Question;

use super::post_type::PostType;
use model::PostKind;

const POST_TYPES: &[&dyn PostType] = &[&Note, &Page, &Question, &Event, &Media];

/// The type of post that a word in `type` names.
pub(crate) fn post_type(word: &str) -> Option<&'static dyn PostType> {
    let known = POST_TYPES.iter().copied();
    known
        .into_iter()
        .find(|known| known.types().contains(&word))
}

/// The type that a post of ours is sent as. Events of our own are to come.
pub(crate) fn rendered_as(kind: PostKind, is_thread: bool) -> &'static dyn PostType {
    if !is_thread {
        return &Note;
    }
    match kind {
        PostKind::Discussion
        | PostKind::Question
        | PostKind::Tip
        | PostKind::Story
        | PostKind::Announcement
        | PostKind::Event => &Page,
        PostKind::Poll => &Question,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_one_type() {
        let words: Vec<&str> = POST_TYPES.iter().flat_map(|t| t.types()).copied().collect();
        for word in &words {
            assert!(post_type(word).is_some());
            assert_eq!(words.iter().filter(|other| *other == word).count(), 1);
        }
        assert!(post_type("Person").is_none() && post_type("Tombstone").is_none());
    }
}

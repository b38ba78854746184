//! The pictures of a post: as shown below its text, and their fields in its form.

use model::limits::ALT_MAX;

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;

/// A picture of a post.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its number within the post.
    pub number: i32,
    pub url: String,
    pub alt: String,
    /// Language of the alternative text, empty when unknown.
    pub lang: String,
    pub width: i32,
    pub height: i32,
}

/// The names of the fields of one picture in a form. Either it is chosen (`file`, `alt`), or the post has it
/// already (`number`, `alt`, `remove`).
#[derive(Debug, Clone, Copy)]
pub struct PictureSlot {
    pub file: &'static str,
    pub alt: &'static str,
    pub number: &'static str,
    pub remove: &'static str,
}

macro_rules! slot {
    ($name:literal) => {
        PictureSlot {
            file: $name,
            alt: concat!($name, "_alt"),
            number: concat!($name, "_number"),
            remove: concat!($name, "_remove"),
        }
    };
}

/// As many as a post can have ([`model::limits::PICTURES_MAX`]).
pub const PICTURE_SLOTS: [PictureSlot; model::limits::PICTURES_MAX] = [
    slot!("picture1"),
    slot!("picture2"),
    slot!("picture3"),
    slot!("picture4"),
];

/// Adds the fields for the pictures that a post has, and empty ones for those that may be added. The label of
/// a hidden `number` is the address of its picture.
#[must_use]
pub fn with_pictures(f: &Frame, form: Form, pictures: &[Picture]) -> Form {
    let slots = PICTURE_SLOTS.iter().enumerate();
    slots.fold(form, |form, (place, slot)| match pictures.get(place) {
        Some(picture) => form
            .with(
                Field::new(slot.number, Kind::Hidden, picture.url.as_str())
                    .value(picture.number.to_string()),
            )
            .with(alt_field(f, slot, place).value(picture.alt.as_str()))
            .with(Field::new(
                slot.remove,
                Kind::Check,
                f.text("profile-picture-remove"),
            )),
        None => form
            .with(
                Field::new(slot.file, Kind::File, f.text("profile-picture-choose"))
                    .accept("image/png,image/jpeg,image/webp,image/gif")
                    .missing(f.text("enter-picture"))
                    .group(slot_name(f, place)),
            )
            .with(alt_field(f, slot, place)),
    })
}

fn alt_field(f: &Frame, slot: &PictureSlot, place: usize) -> Field {
    Field::new(slot.alt, Kind::Text, f.text("profile-picture-alt"))
        .max(ALT_MAX)
        .missing(f.text("enter-picture-alt"))
        .group(slot_name(f, place))
}

/// "Picture 2", for the slot at `place`.
fn slot_name(f: &Frame, place: usize) -> String {
    let number = place + 1;
    f.message("compose-picture")
        .arg("number", number)
        .to_string()
}

/// Whether a form has a picture, or something was typed or is wrong in the fields for one.
#[must_use]
pub fn has_pictures(form: &Form) -> bool {
    PICTURE_SLOTS.iter().any(|slot| {
        form.has(slot.number)
            || !form.value(slot.alt).is_empty()
            || [slot.file, slot.alt]
                .iter()
                .any(|name| form.get(name).error.is_some())
    })
}

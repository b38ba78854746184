//! What stands below the text of a peer's post: links to what is attached to it, to its picture and to the post
//! that it quotes. Pure.

use super::languages::entry;
use super::verified_object::VerifiedObject;
use crate::text::{escape, one_line};
use model::limits::TITLE_MAX;
use vocab::{Attachment, Object, Tag};

/// Attachments listed.
const ATTACHMENTS_MAX: usize = 20;
/// The longest address shown as the text of its link, in characters.
const ADDRESS_MAX: usize = 100;

/// Returns the links as HTML; empty where there is nothing to link. `text` is the post's text in HTML, in the language
/// `lang`: what it links already is not linked again.
pub(super) fn attached(post: &VerifiedObject, lang: &str, text: &str) -> String {
    let object = &post.object;
    let mut links: Vec<String> = Vec::new();
    links.extend(object.attachment.iter().filter_map(|one| link(one, lang)));
    links.extend(picture(object, text).and_then(|one| link(&one, lang)));
    links.truncate(ATTACHMENTS_MAX);
    let mut html = quote(post, text).unwrap_or_default();
    if !links.is_empty() {
        html.push_str(&format!("<ul>{}</ul>", links.concat()));
    }
    html
}

/// Returns an object's picture, unless it only illustrates what is attached: Lemmy's and PieFed's is the
/// thumbnail of a link or a picture there.
fn picture(object: &Object, text: &str) -> Option<Attachment> {
    let image = object.image.as_ref()?;
    let illustrates = object.attachment.iter().any(|attachment| {
        matches!(attachment.kind.as_str(), "Link" | "Image")
            || attachment.address() == Some(image.url.as_str())
    });
    let picture = Attachment {
        kind: "Image".to_owned(),
        name: image.name.clone(),
        name_map: image.name_map.clone(),
        ..Attachment::link(&image.url)
    };
    (!illustrates && !has_address(text, &image.url)).then_some(picture)
}

/// Returns the link to the post that is quoted. Software that is not able to show quotes shows the link that
/// Misskey and Mastodon put into the text.
fn quote(post: &VerifiedObject, text: &str) -> Option<String> {
    let tagged = post.object.tag.iter().find(|tag| is_object_link(tag));
    let tagged = tagged.and_then(|tag| tag.href.as_deref());
    let quoted = post.quoted.as_deref().or(tagged)?;
    if !is_web(quoted) || has_address(text, quoted) {
        return None;
    }
    let label = one_line(quoted, ADDRESS_MAX);
    Some(format!(
        "<p>RE: <a href=\"{}\">{}</a></p>",
        escape(quoted),
        escape(&label)
    ))
}

/// Whether a tag links an ActivityPub object (FEP-e232).
fn is_object_link(tag: &Tag) -> bool {
    let media_type = tag.media_type.as_deref().unwrap_or_default();
    tag.kind == "Link"
        && (media_type.starts_with("application/activity+json")
            || media_type.starts_with("application/ld+json"))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether a text in HTML has an address, in a link or in words.
fn has_address(text: &str, url: &str) -> bool {
    text.contains(url) || text.contains(&escape(url))
}

/// Returns the link to what is attached, with its alternative text in the language of the post's text where it has one.
fn link(attachment: &Attachment, lang: &str) -> Option<String> {
    let at = attachment.address()?;
    if attachment.kind == "PropertyValue" || !is_web(at) {
        return None;
    }
    let in_language = entry(&attachment.name_map, lang);
    let label = in_language.or(attachment.label());
    let label = label.map(|label| one_line(label, TITLE_MAX));
    let label = label
        .filter(|label| !label.is_empty())
        .unwrap_or_else(|| one_line(at, ADDRESS_MAX));
    Some(format!(
        "<li><a href=\"{}\">{}</a></li>",
        escape(at),
        escape(&label)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn of(more: &Value) -> String {
        let mut page =
            json!({"type": "Page", "id": "https://a.test/1", "attributedTo": "https://a.test/u"});
        for (key, value) in more.as_object().unwrap() {
            page[key] = value.clone();
        }
        let post = VerifiedObject::read(&page).unwrap();
        attached(&post, "en", post.object.text().unwrap_or_default())
    }

    #[test]
    fn an_alternative_text_is_in_the_language_of_the_text() {
        let page = json!({
            "type": "Page", "id": "https://a.test/1", "attributedTo": "https://a.test/u",
            "attachment": [{
                "type": "Image", "url": "https://x.test/i.png", "name": "A loom",
                "nameMap": {"fr": "Un métier", "fr-CA": "Un métier d’ici", "de": "Ein Webstuhl"},
            }],
        });
        let post = VerifiedObject::read(&page).unwrap();
        for (lang, label) in [
            ("fr", "Un métier"),
            ("de", "Ein Webstuhl"),
            ("en", "A loom"),
        ] {
            let html = attached(&post, lang, "");
            assert!(html.contains(&format!(">{label}</a>")), "{lang}: {html}");
        }
    }

    #[test]
    fn a_picture_is_a_link_whatever_their_shape() {
        let picture = "<ul><li><a href=\"https://x.test/i.png\">A loom</a></li></ul>";
        let bare = "<ul><li><a href=\"https://x.test/i.png\">https://x.test/i.png</a></li></ul>";
        let at = "https://x.test/i.png";
        for (page, expected) in [
            (
                json!({"image": {"type": "Image", "url": at, "name": "A loom"}}),
                picture,
            ),
            (
                json!({"image": {"type": "Image", "url": at, "summary": "A loom"}}),
                picture,
            ),
            (
                json!({"image": [{"type": "Image", "url": [{"type": "Link", "href": at}], "name": "A loom"}]}),
                picture,
            ),
            (
                json!({"image": {"type": "Image", "href": at, "name": "A loom"}}),
                picture,
            ),
            (json!({"image": at}), bare),
            (json!({"image": [at]}), bare),
        ] {
            assert_eq!(of(&page), expected, "{page}");
        }
    }

    #[test]
    fn attachments_are_links_whatever_their_shape() {
        let picture = "<ul><li><a href=\"https://x.test/i.png\">A loom</a></li></ul>";
        let bare = "<ul><li><a href=\"https://x.test/i.png\">https://x.test/i.png</a></li></ul>";
        let at = "https://x.test/i.png";
        for (page, expected) in [
            (json!({"attachment": at}), bare),
            (json!({"attachment": [at, 5, null, "", {}]}), bare),
            (
                json!({"attachment": {"type": "Document", "url": at, "name": "A loom"}}),
                picture,
            ),
            (
                json!({"attachment": [{"type": "Image", "url": at, "summary": "A loom"}]}),
                picture,
            ),
            (
                json!({"attachment": [{"type": "Image", "url": at, "name": " ", "summary": "A loom"}]}),
                picture,
            ),
            (
                json!({"attachment": [{"type": "Image", "url": [{"href": at}], "name": "A loom"}]}),
                picture,
            ),
            (
                json!({"attachment": [{"type": "Image", "href": [{"href": at}]}]}),
                bare,
            ),
            (
                json!({"attachment": [{"type": "Image", "url": {"type": "Link", "href": at}}]}),
                bare,
            ),
            (
                json!({"attachment": [{"type": "Image", "url": at, "name": "A loom"}], "image": "https://x.test/small.png"}),
                picture,
            ),
            (
                json!({"image": "javascript:alert(1)", "attachment": ["data:text/html,x"]}),
                "",
            ),
            (
                json!({"image": at, "content": "<img src=\"https://x.test/i.png\">"}),
                "",
            ),
        ] {
            assert_eq!(of(&page), expected, "{page}");
        }
    }

    #[test]
    fn a_quoted_post_is_linked_once() {
        let at = "https://x.test/1";
        let link = "<p>RE: <a href=\"https://x.test/1\">https://x.test/1</a></p>";
        for page in [
            json!({"quote": at}),
            json!({"quote": {"type": "Note", "id": at}}),
            json!({"quoteUrl": at, "quoteUri": "https://x.test/2"}),
            json!({"_misskey_quote": at}),
            json!({"quoteUri": at}),
            json!({"tag": [{"type": "Link", "href": at, "mediaType": "application/activity+json"}]}),
        ] {
            assert_eq!(of(&page), link, "{page}");
        }
        for page in [
            json!({"quote": "javascript:alert(1)"}),
            json!({"quote": null, "quoteUrl": 5}),
            json!({"quote": at, "content": "<p>RE: <a href=\"https://x.test/1\">x</a></p>"}),
            json!({"tag": [{"type": "Link", "href": at, "mediaType": "text/html"}]}),
        ] {
            assert_eq!(of(&page), "", "{page}");
        }
    }
}

//! Samples of the pages of tags.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::parts::samples::{member, say, supply, tag_links};

fn row(lang: Lang, id: i64, link: TagLink) -> TagRow {
    TagRow {
        other: (id == 1).then(|| (lang.other(), say(lang, "Quart <de> nuit", "Night <shift>"))),
        slug: "night-shift".into(),
        threads: id - 1,
        edit_url: format!("/c/safer-supply/tags/{id}/edit"),
        remove_url: format!("/c/safer-supply/tags/{id}/remove"),
        link,
    }
}

impl Tags {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let form = tag_form(&f, "/c/safer-supply/tags");
        Self {
            place: supply(lang),
            tags: (1..)
                .zip(tag_links(lang, 2))
                .map(|(id, link)| row(lang, id, link))
                .collect(),
            f: f.sending(&form),
            form,
        }
    }

    fn refused(lang: Lang) -> Self {
        let mut page = Self::sample(lang);
        page.tags.clear();
        page.form.set("tag_en", "Night <shift>");
        page.form.fault("tag_en", page.f.text("why-tag-taken"));
        page.form.fault("tag_list", page.f.text("why-tag-list"));
        page
    }
}

impl EditTag {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let form = tag_form(&f, "/c/safer-supply/tags/1/edit")
            .with(Field::new("revision", Kind::Hidden, "").value("1"));
        Self {
            place: supply(lang),
            name: "Night <shift>".into(),
            back_url: "/c/safer-supply/tags".into(),
            f: f.sending(&form),
            form,
        }
    }
}

impl RemoveTag {
    fn sample(lang: Lang) -> Self {
        Self {
            place: supply(lang),
            name: "Night <shift>".into(),
            threads: 3,
            action: "/c/safer-supply/tags/1/remove".into(),
            back_url: "/c/safer-supply/tags".into(),
            f: member(lang, Section::Communities),
        }
    }
}

impl ThreadTags {
    fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Elsewhere);
        let choices: Vec<_> = tag_links(lang, 2)
            .into_iter()
            .enumerate()
            .map(|(id, link)| (id.to_string(), link, id == 0))
            .collect();
        let mut form = Form::new("/p/1/tags").with(tags_field(&f, &choices));
        form.fault("tags", f.text("why-tags-many"));
        Self {
            place: supply(lang),
            back_url: "/p/1".into(),
            f: f.sending(&form),
            form,
        }
    }
}

#[test]
fn the_pages_of_tags_are_sound() {
    check_both("tags", Tags::sample);
    check_both("tags-refused", Tags::refused);
    check_both("tag-edit", EditTag::sample);
    check_both("tag-remove", RemoveTag::sample);
    check_both("thread-tags", ThreadTags::sample);
}

#[test]
fn what_is_removed_is_counted_in_words() {
    for (threads, en, fr) in [
        (0, "No discussion has this tag", "Aucune discussion"),
        (1, "1 discussion has this tag", "1 discussion porte"),
        (2, "2 discussions have this tag", "2 discussions portent"),
    ] {
        for (lang, expected) in [(Lang::En, en), (Lang::Fr, fr)] {
            let page = RemoveTag {
                threads,
                ..RemoveTag::sample(lang)
            };
            let html = page.render().unwrap();
            assert!(html.contains(expected), "{html}");
        }
    }
}

//! Samples of what can go wrong.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{member, visitor};
use model::Lang;

impl TroublePage {
    pub(crate) fn sample(lang: Lang, trouble: Trouble) -> Self {
        Self {
            f: visitor(lang),
            trouble,
            kept: None,
            sign_in_url: None,
        }
    }
}

#[test]
fn troubles() {
    let all = [
        Trouble::NotFound,
        Trouble::NotAllowed(None),
        Trouble::NotAllowed(Some("Only its author may edit a post.".into())),
        Trouble::Gone,
        Trouble::TooMany(1),
        Trouble::Fault("7f3a9c".into()),
        Trouble::Unavailable("7f3a9d".into()),
        Trouble::Expired,
        Trouble::Unreadable,
        Trouble::TooLarge,
        Trouble::Unreachable("faculty.example".into()),
    ];
    for trouble in all {
        check_both(&format!("error-{}", trouble.status()), |lang| {
            TroublePage::sample(lang, trouble.clone())
        });
    }
}

#[test]
fn an_expired_form_gives_back_what_was_typed() {
    for lang in words::LANGS {
        let mut page = TroublePage::sample(lang, Trouble::Expired);
        page.f = member(lang, Section::Elsewhere);
        page.kept = Some(Kept {
            action: "/p/1/reply".into(),
            fields: vec![
                ("to".into(), "4".into()),
                ("body".into(), "We have moved nine people since 2023.\n\nThree things held in all of them, and </textarea> did not.".into()),
            ],
        });
        check(&format!("error-expired.{lang}"), &page);
        let html = page.render().unwrap();
        assert!(html.contains(r#"<input type="hidden" name="to" value="4">"#));
        assert!(html.contains("We have moved nine people since 2023."));
    }
}

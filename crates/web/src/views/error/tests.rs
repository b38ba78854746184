//! Samples of error pages.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{member, visitor};
use model::Lang;

impl ErrorPage {
    pub(crate) fn sample(lang: Lang, kind: ErrorKind) -> Self {
        Self {
            f: visitor(lang),
            kind,
            saved_form: None,
            sign_in: None,
            sign_in_url: None,
        }
    }
}

#[test]
fn every_error_has_a_page() {
    let all = [
        ErrorKind::NotFound,
        ErrorKind::NotAllowed(None),
        ErrorKind::NotAllowed(Some("Only its author may edit a post.".into())),
        ErrorKind::Gone,
        ErrorKind::GoneActor,
        ErrorKind::GoneCommunity,
        ErrorKind::TooMany(1),
        ErrorKind::SessionEnded,
        ErrorKind::Fault("7f3a9c".into()),
        ErrorKind::Unavailable("7f3a9d".into()),
        ErrorKind::TimedOut,
        ErrorKind::Expired,
        ErrorKind::Unreadable,
        ErrorKind::IncompleteLink,
        ErrorKind::TooLarge,
        ErrorKind::Unreachable("faculty.example".into()),
        ErrorKind::Kept,
    ];
    for kind in all {
        check_both(kind.key(), |lang| ErrorPage::sample(lang, kind.clone()));
    }
}

#[test]
fn an_expired_form_gives_back_what_was_typed() {
    for lang in words::LANGS {
        let mut page = ErrorPage::sample(lang, ErrorKind::Expired);
        page.f = member(lang, Section::Elsewhere);
        page.saved_form = Some(SavedForm {
            action: "/p/1/reply".into(),
            fields: vec![
                ("to".into(), "4".into()),
                ("title".into(), "Nine people".into()),
                ("title2".into(), "Neuf personnes".into()),
                ("warning".into(), "A death".into()),
                ("body".into(), "We have moved nine people since 2023.\n\nThree things held in all of them, and </textarea> did not.".into()),
            ],
        });
        check(&format!("error-expired.{lang}"), &page);
        let html = page.render().unwrap();
        assert!(html.contains(r#"<input type="hidden" name="to" value="4">"#));
        assert!(html.contains("We have moved nine people since 2023."));
        for label in [
            "compose-title",
            "compose-title2",
            "compose-body",
            "compose-warning",
        ] {
            let label = page.f.text(label);
            assert!(
                html.contains(&format!(">{label}</label>")),
                "{label}: {html}"
            );
        }
        page.kind = ErrorKind::SessionEnded;
        page.f = visitor(lang);
        page.sign_in = Some(crate::views::account::sign_in_with_form(&page.f));
        check(&format!("error-session-ended.{lang}"), &page);
    }
}

//! Samples of the pages about mails of notices.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::account::{SettingsTab, settings_tabs};
use crate::views::parts::samples::{member, visitor};
use model::{ActorId, LangText};

fn sample(lang: Lang, is_admin: bool) -> NoticeSettings {
    let mut f = member(lang, Section::Me);
    f.here = "/settings/notices".to_owned();
    if let Some(me) = f.me.as_mut().filter(|_| is_admin) {
        me.refused_address = Some("ines@alliance.example".to_owned());
    }
    let community = FollowedCommunity {
        id: ActorId(7),
        handle: "weavers".to_owned(),
        host: String::new(),
        name: LangText::single("en", "Weavers"),
        actor_name: String::new(),
        colour: 1,
        accepted: true,
        unread: 0,
    };
    let shown = ChoicesShown {
        is_admin,
        choices: &Choices::default(),
        hours: MailHours {
            quiet: is_admin.then_some((21, 6)),
            ..MailHours::default()
        },
        communities: &[community],
        push: Some(&PushChoices::default()),
    };
    let mut form = notices_form(&f, &shown);
    if is_admin {
        form.fault("hour", f.text("why-not-a-choice"));
    }
    let mails = ["mail-state-sent", "mail-state-refused"].into_iter();
    let at = f.now;
    NoticeSettings {
        tabs: settings_tabs(&f, SettingsTab::Notices),
        sends_mail: true,
        has_address: is_admin,
        communities: vec![community_field(ActorId(7))],
        push: PushPanel {
            key: Some("BKeyOfThisServer".to_owned()),
            is_on: is_admin,
            browsers: is_admin.then_some(2),
        },
        mails: mails
            .map(|state| MailRow {
                what: f.text("mail-topic-written"),
                way: f.text("way-mail"),
                state: f.text(state),
                failed: state == "mail-state-refused",
                why: Some(f.text("mail-failure-refused")),
                at,
            })
            .filter(|_| is_admin)
            .collect(),
        form,
        f,
    }
}

#[test]
fn the_choices_are_whole_in_both_languages() {
    for is_admin in [true, false] {
        check_both(&format!("settings-notices-{is_admin}"), |lang| {
            sample(lang, is_admin)
        });
    }
    check_both("settings-notices-no-mail", |lang| NoticeSettings {
        sends_mail: false,
        push: PushPanel {
            key: None,
            is_on: false,
            browsers: None,
        },
        ..sample(lang, false)
    });
}

#[test]
fn the_link_that_unsubscribes_is_whole_in_both_languages() {
    for (what, done) in [
        (Some("mail-topic-written"), false),
        (Some("mail-topic-digest"), true),
        (None, false),
    ] {
        check_both(&format!("unsubscribe-{done}-{}", what.is_some()), |lang| {
            let f = visitor(lang);
            UnsubscribePage {
                what: what.map(|key| f.text(key).to_owned()),
                done,
                action: "/mail/unsubscribe?key=7.written.aGVyb24".to_owned(),
                f,
            }
        });
    }
}

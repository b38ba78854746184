//! Samples of the pages of accounts in Admin.

use super::*;
use crate::frame::Section;
use crate::tests::check_both;
use crate::views::admin::{AdminTab, admin_tabs};
use crate::views::parts::samples::{amira, before, member, pager, person, sam, say};
use model::Lang;

fn frame(lang: Lang) -> Frame {
    member(lang, Section::Admin)
}

impl Accounts {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let at = |may: bool, way: &str| may.then(|| format!("/admin/accounts/1/{way}"));
        let row = |person, state, reason: Option<String>, mine| AccountRow {
            person,
            page_url: "/admin/accounts/1".into(),
            state,
            admin: mine,
            since: before(9000),
            last_seen: (state == AccountState::Active).then(|| before(70)),
            address: Some(("ann@example.org".to_owned(), false)),
            reason,
            approve_url: at(state == AccountState::Pending, "approve"),
            refuse_url: at(state == AccountState::Pending, "refuse"),
            suspend_url: at(state == AccountState::Active && !mine, "suspend"),
            restore_url: at(state == AccountState::Suspended, "restore"),
            promote_url: at(state == AccountState::Active && !mine, "promote"),
            demote_url: at(mine, "demote"),
            link_url: at(state == AccountState::Active && !mine, "sign-in-link"),
        };
        Self {
            tabs: admin_tabs(&f, AdminTab::Accounts, 2, 3),
            filters: ["all", "waiting", "suspended"]
                .map(|name| {
                    Tab::new(
                        f.text(&format!("accounts-filter-{name}")),
                        format!("?show={name}"),
                        name == "all",
                    )
                })
                .to_vec(),
            accounts: vec![
                row(
                    person("Ines Marchetti", "ines", None, ""),
                    AccountState::Pending,
                    Some(say(
                        lang,
                        "I coordinate the Riverside clinics and read along already.",
                        "Je coordonne les cliniques Riverside et je vous lis déjà.",
                    )),
                    false,
                ),
                row(
                    person("Mireille Roy", "mireille", None, ""),
                    AccountState::Active,
                    None,
                    true,
                ),
                row(amira(lang), AccountState::Active, None, false),
                row(sam(lang), AccountState::Suspended, None, false),
            ],
            pager: pager(),
            shown: "all",
            text: String::new(),
            f,
        }
    }
}

impl AccountDetails {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let action = |label, by: Option<&str>, reason: &str| ActionRow {
            label,
            by: by.map(Into::into),
            reason: reason.into(),
            at: before(500),
        };
        let session = |device: &str, current| SessionRow {
            device: device.into(),
            last_seen: before(5),
            since: before(9_000),
            current,
            end_url: "1".into(),
        };
        let adverts = say(lang, "Posts adverts", "Publie de la publicité");
        Self {
            tabs: admin_tabs(&f, AdminTab::Accounts, 2, 3),
            account: Accounts::sample(lang).accounts.remove(2),
            own: false,
            last_admin: false,
            sessions: vec![
                session("Firefox, Linux", false),
                session("Safari, iPhone", false),
            ],
            sign_out_url: "/admin/accounts/1/sign-out".into(),
            identities: vec!["ann@larchmere.example".into()],
            disconnect_url: "/admin/accounts/1/disconnect".into(),
            link_until: Some(before(-900)),
            new_link: Some(NewLink {
                url: "https://alliance.example/sign-in/link?key=aGVyb24".into(),
                until: before(-1_440),
            }),
            history: vec![
                action("admin-action-restored", None, ""),
                action("admin-action-suspended", Some("Mireille Roy"), &adverts),
            ],
            f,
        }
    }
}

impl AskAccount {
    fn sample(lang: Lang, question: AccountQuestion) -> Self {
        let f = frame(lang);
        let mut form = question_form(&f, question, "/admin/accounts/1");
        form.fault("reason", f.text("enter-admin-reason"));
        Self {
            tabs: admin_tabs(&f, AdminTab::Accounts, 2, 3),
            account: Accounts::sample(lang).accounts.remove(0),
            question,
            form,
            f,
        }
    }
}

#[test]
fn accounts() {
    check_both("admin-accounts", Accounts::sample);
    check_both("admin-account", AccountDetails::sample);
    for (name, row) in [("admin-account-waiting", 0), ("admin-account-suspended", 3)] {
        check_both(name, |lang| {
            let mut details = AccountDetails::sample(lang);
            details.account = Accounts::sample(lang).accounts.remove(row);
            details.new_link = None;
            details.sessions.clear();
            details
        });
    }
    for (name, question) in [
        ("admin-ask-refuse", AccountQuestion::Refuse),
        ("admin-ask-suspend", AccountQuestion::Suspend),
        ("admin-ask-promote", AccountQuestion::Promote),
        ("admin-ask-demote", AccountQuestion::Demote),
        ("admin-ask-disconnect", AccountQuestion::Disconnect),
    ] {
        check_both(name, |lang| AskAccount::sample(lang, question));
    }
}

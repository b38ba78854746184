//! Samples of the admin pages.

use super::erase::{AskErase, ErasableRow, Erase, ask_erase_form, erase_form};
use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{before, member, pager, sam, say};
use model::peer::policy::{Mode, Severity};
use model::{Lang, PostId};

fn frame(lang: Lang) -> Frame {
    member(lang, Section::Admin)
}

impl Overview {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let figure = |n, key, url: &str, care| Figure {
            n,
            label: f.message(key).arg("count", n).to_string(),
            url: url.into(),
            care,
        };
        Self {
            tabs: admin_tabs(&f, AdminTab::Overview, 2, 3),
            figures: vec![
                figure(
                    2,
                    "admin-figure-waiting",
                    "/admin/accounts?show=waiting",
                    true,
                ),
                figure(412, "admin-figure-accounts", "/admin/accounts", false),
                figure(9, "admin-figure-communities", "/communities", false),
                figure(1042, "admin-figure-threads", "/communities", false),
                figure(63, "admin-figure-peers", "/admin/peers", false),
                figure(1, "admin-figure-parked", "/admin/peers?show=parked", false),
                figure(17, "admin-figure-queue", "/admin/queue?show=waiting", false),
                figure(3, "admin-figure-failed", "/admin/queue?show=failed", true),
            ],
            version: "0.1.0".into(),
            database: "SQLite".into(),
            public_url: "https://alliance.example".into(),
            since: before(900_000),
            f,
        }
    }
}

impl Erase {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        Self {
            tabs: admin_tabs(&f, AdminTab::Overview, 2, 3),
            form: erase_form(&f),
            f,
        }
    }
}

impl AskErase {
    fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        Self {
            tabs: admin_tabs(&f, AdminTab::Overview, 2, 3),
            row: ErasableRow {
                author: sam(lang),
                kind: model::PostKind::Question.label(),
                is_reply: false,
                community: Some("Safer supply".into()),
                excerpt: "Who has the keys? Ask Ms <Doe>.".into(),
                lang: "en".into(),
                published: before(9000),
                pictures: 2,
                replies: 3,
                address: "https://faculty.example/p/914".into(),
            },
            reason: "A court order".into(),
            form: ask_erase_form(
                "https://faculty.example/p/914",
                "A court order",
                PostId(914),
            ),
            f,
        }
    }
}

impl WithoutFacilitator {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let choice = Choice::new("1", "Weavers (!weavers)");
        Self {
            tabs: admin_tabs(&f, AdminTab::Communities, 2, 3),
            communities: vec![PlaceLink {
                name: "Weavers".into(),
                url: "/c/weavers".into(),
                host: None,
                colour: 1,
            }],
            form: give_form(&f, vec![choice]),
            f,
        }
    }
}

impl Invitations {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let row = |code: &str, left| InvitationRow {
            code: code.into(),
            url: format!("https://alliance.example/sign-up?invitation={code}"),
            by: "Mireille Roy".into(),
            left,
            expires: before(-40_000),
            withdraw_url: "/admin/invitations/1/withdraw".into(),
        };
        Self {
            tabs: admin_tabs(&f, AdminTab::Invitations, 2, 3),
            invitations: vec![row("heron-7f2c", 9), row("otter-91aa", 1)],
            form: invitation_form(&f),
            f,
        }
    }
}

impl Peers {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let row = |host: &str, software: Option<&str>, state, failures| PeerRow {
            host: host.into(),
            software: software.map(Into::into),
            state,
            seen: before(90_000),
            last_contact: (failures < 40).then(|| before(20 * (failures + 1))),
            failures,
            last_failure: (failures > 0).then(|| FailedDelivery {
                what: f.text("delivery-create").into(),
                at: before(failures),
                failure: Failure::new(&f, "503 Service Unavailable"),
            }),
            retry_at: None,
            waiting: failures * 7,
            discarded: failures,
            retry_url: "/admin/peers/1/retry".into(),
        };
        Self {
            tabs: admin_tabs(&f, AdminTab::Peers, 2, 3),
            parts: rule::parts(&f, false),
            filters: vec![
                Tab::new(f.text("peers-filter-all"), "?", true),
                Tab::new(f.text("peers-filter-failing"), "?show=failing", false).count(1),
            ],
            peers: vec![
                row(
                    "faculty.example",
                    Some("Hedgerow 0.1.0"),
                    PeerStatus::Normal,
                    0,
                ),
                row(
                    "forum.nodebb.example",
                    Some("NodeBB 4.6.1"),
                    PeerStatus::Failing,
                    3,
                ),
                row(
                    "a-very-long-name-of-a-server.department.university.example",
                    None,
                    PeerStatus::Parked,
                    41,
                ),
            ],
            pager: pager(),
            f,
        }
    }
}

impl rule::Rules {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let row = |domain: &str, severity, reason: &str, note: &str| rule::RuleRow {
            domain: domain.into(),
            severity,
            reject_media: severity == Severity::Noop,
            reject_reports: severity == Severity::Block,
            reason: reason.into(),
            note: note.into(),
            since: before(90_000),
            edit_url: format!("/admin/peers/rules?domain={domain}#typed"),
            lift_url: format!("/admin/peers/rules/{domain}/lift"),
        };
        let reason = say(lang, "They advertise.", "Ils font de la publicité.");
        let mut form = rule::rule_form(&f);
        form.set("domain", "nonsense");
        form.fault("domain", f.text("why-domain"));
        Self {
            tabs: admin_tabs(&f, AdminTab::Peers, 2, 3),
            parts: rule::parts(&f, true),
            mode: Mode::Open,
            filters: vec![
                Tab::new(f.text("rules-filter-all"), "?show=all", true).count(4),
                Tab::new(f.text("rules-filter-block"), "?show=block", false).count(1),
            ],
            rules: vec![
                row("spam.example", Severity::Block, &reason, ""),
                row("loud.example", Severity::Silence, "", "2026-03, <M. Roy>"),
                row("plain.example", Severity::Noop, "", ""),
                row(
                    "a-very-long-name-of-a-server.department.university.example",
                    Severity::Allow,
                    "",
                    "",
                ),
            ],
            any: true,
            pager: pager(),
            editing: false,
            policy: rule::policy_form(&f),
            rule: form,
            ending: None,
            list: rule::list_form(&f),
            imported: Some(rule::Lists {
                written: 1042,
                unused: 3,
                named: vec![rule::UnusedRow {
                    line: 7,
                    text: "not a <domain>".into(),
                    why: f.text("list-unused-domain").into(),
                }],
                more: 2,
            }),
            f,
        }
    }
}

impl Queue {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let row = |what: &str, to: Option<&str>, failed, reason: &str| QueueRow {
            what: what.into(),
            to: to.map(Into::into),
            made: before(44),
            attempts: 3,
            failed,
            reason: (!reason.is_empty()).then(|| Failure::new(&f, reason)),
            next_at: (!failed).then(|| before(-12)),
            retry_url: Some("/admin/queue/1/retry".into()),
        };
        Self {
            tabs: admin_tabs(&f, AdminTab::Queue, 2, 3),
            filters: vec![
                Tab::new(f.text("queue-filter-all"), "?", true),
                Tab::new(f.text("queue-filter-failed"), "?show=failed", false).count(3),
            ],
            intro: "17 deliveries are waiting.".into(),
            days: ["queue-mail-days", "queue-push-days"]
                .map(|key| DayTable {
                    caption: f.text(key),
                    rows: vec![MailDayRow {
                        day: before(60),
                        sent: 812,
                        refused: 3,
                        given_up: 0,
                    }],
                })
                .to_vec(),
            rows: vec![
                row(
                    "Announce(Create(Page))",
                    Some("lemmy.example"),
                    true,
                    "400 Bad Request: couldnt_find_community",
                ),
                row(
                    "Create(Note)",
                    Some("forum.nodebb.example"),
                    false,
                    "connect: timed out",
                ),
                row("fetch-outbox", None, false, ""),
            ],
            pager: pager(),
            retry_all_url: Some("/admin/queue/retry-all".into()),
            f,
        }
    }
}

impl Settings {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = frame(lang);
        let mut form = settings_form(&f);
        form.set("name_en", "Alliance for Community Health");
        form.set("registration", "approval");
        Self {
            tabs: admin_tabs(&f, AdminTab::Settings, 2, 3),
            form,
            public_url: "https://alliance.example".into(),
            pages: vec![Tab::new(f.text("page-about"), "/admin/pages/about", false)],
            f,
        }
    }
}

#[test]
fn administration() {
    check_both("admin", Overview::sample);
    check_both("admin-communities", WithoutFacilitator::sample);
    check_both("admin-erase", Erase::sample);
    check_both("admin-erase-ask", AskErase::sample);
    check_both("admin-invitations", Invitations::sample);
    check_both("admin-peers", Peers::sample);
    check_both("admin-rules", rule::Rules::sample);
    check_both("admin-queue", Queue::sample);
    check_both("admin-settings", Settings::sample);
    let mut asking = rule::Rules::sample(Lang::Fr);
    let sure = Field::new("sure", Kind::Hidden, "").value("spam.example");
    asking.rule = rule::rule_form(&asking.f).with(sure);
    asking.ending = Some(rule::Ending {
        domain: "spam.example".into(),
        ours: 1,
        theirs: 14,
    });
    check("admin-rules-ending", &asking);
    let mut calm = Queue::sample(Lang::Fr);
    calm.rows.clear();
    calm.retry_all_url = None;
    check("admin-queue-calm", &calm);
}

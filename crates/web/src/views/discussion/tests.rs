//! Samples of threads and forms.

use super::*;
use crate::frame::Section;
use crate::tests::{check, check_both};
use crate::views::parts::samples::{
    amira, before, educators, jo, luc, member, pager, sam, say, supply, tag_links, visitor,
};
use crate::views::tag::tags_field;

fn post(id: i64, depth: u8, author: Person, minutes: i64, html: String) -> Post {
    Post {
        id,
        depth,
        author,
        published: before(minutes),
        edited: None,
        body_html: html,
        warning: None,
        pictures: Vec::new(),
        read_on: None,
        lang: String::new(),
        like: Like {
            count: 5,
            mine: false,
            url: Some(format!("/p/{id}/like")),
        },
        permalink: format!("/p/{id}"),
        reply_url: Some(format!("?to={id}#compose")),
        edit_url: None,
        delete_url: None,
        report_url: Some(format!("/p/{id}/report")),
        moderate_url: None,
        removed_for: None,
        appeal_url: None,
        held: None,
        in_reply_to: None,
        accepted: false,
        accept_url: None,
        unread: false,
        origin_url: None,
        deleted: None,
        removed: false,
        undelivered: None,
        flash: None,
    }
}

/// A picture with a description.
fn picture(lang: Lang) -> Picture {
    Picture {
        number: 2,
        url: "/p/1/pictures/2?v=0123456789ab".into(),
        alt: say(lang, "A <hand-drawn> map", "Un plan <dessiné>"),
        lang: lang.to_string(),
        width: 1_600,
        height: 900,
    }
}

/// A choice of two tags, one of them chosen.
fn tags_sample(f: &Frame) -> Field {
    let links = tag_links(f.lang, 2).into_iter();
    let choices: Vec<_> = links
        .enumerate()
        .map(|(id, link)| (id.to_string(), link, id == 0))
        .collect();
    tags_field(f, &choices)
}

impl Thread {
    #[expect(clippy::too_many_lines, reason = "a list of facts")]
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        let p = |en: &str, fr: &str| say(lang, en, fr);
        let mut root = post(
            1,
            0,
            luc(lang),
            60 * 26,
            p(
                "<p>Two of our clients now live closer to a partner clinic. We want the change of site to feel like one service. What has worked for you, and what would you not do again?</p>",
                "<p>Deux personnes que nous suivons habitent maintenant plus près d’une clinique partenaire. Nous voulons que le changement de site se vive comme un seul service. Qu’est-ce qui a marché chez vous, et que ne referiez-vous pas?</p>",
            ),
        );
        root.pictures = vec![picture(lang)];
        root.like.count = 11;
        root.origin_url = Some("https://association.example/p/7".into());
        let mut first = post(
            2,
            0,
            amira(lang),
            60 * 25,
            p(
                "<p>We have moved nine people since 2023. Three things held in all of them:</p><ul><li>the two teams meet with the client before the change, not after;</li><li>one page in the client’s own words travels with the file;</li><li>one named person can be called in the first two weeks.</li></ul><p>The sheet is at <a href=\"https://alliance.example/p/12\">change of site, version 3</a>. Ask <a href=\"/u/jo@faculty.example\">@jo</a> about the course.</p>",
                "<p>Nous avons accompagné neuf personnes depuis 2023. Trois choses ont tenu chaque fois :</p><ul><li>les deux équipes rencontrent la personne avant le changement, pas après;</li><li>une page dans ses propres mots suit le dossier;</li><li>une personne nommée répond au téléphone les deux premières semaines.</li></ul>",
            ),
        );
        first.like = Like {
            count: 24,
            mine: true,
            url: Some("/p/2/like".into()),
        };
        first.accepted = true;
        first.accept_url = Some("/p/2/unaccept".into());
        first.edited = Some((before(60 * 20), "/p/2/history".into()));
        let mut second = post(
            3,
            1,
            jo(lang),
            340,
            p(
                "<blockquote><p>one page in the client’s own words</p></blockquote><p>Seconded. We made it part of our spring course, and students now write theirs with a client.</p>",
                "<blockquote><p>une page dans ses propres mots</p></blockquote><p>Oui. Nous l’avons mise dans notre cours du printemps, et les étudiantes écrivent maintenant la leur avec une personne suivie.</p>",
            ),
        );
        second.unread = true;
        second.accept_url = Some("/p/3/accept".into());
        let mut mine = post(
            4,
            2,
            sam(lang),
            100,
            p(
                "<p>Could we see one?</p>",
                "<p>Pourrait-on en voir une?</p>",
            ),
        );
        mine.edit_url = Some("/p/4/edit".into());
        mine.delete_url = Some("/p/4/delete".into());
        mine.like.count = 0;
        mine.undelivered = Some(("post-waiting", "association.example".into()));
        mine.flash = Some(Flash {
            text: p("Your reply is posted.", "Réponse publiée."),
            good: true,
            offers_mail: false,
            at: Some(4),
        });
        let mut flat = post(
            5,
            2,
            jo(lang),
            12,
            say(
                lang.other(),
                "<p>Yes, next week, with the student’s leave.</p>",
                "<p>Oui, la semaine prochaine, si l’étudiante le veut bien.</p>",
            ),
        );
        flat.lang = lang.other().to_string();
        flat.in_reply_to = Some(("Sam Kowalski".into(), "#p4".into()));
        let mut gone = post(6, 0, sam(lang), 11, String::new());
        gone.deleted = Some(before(9));
        let mut form = reply_form(&f, "/p/1/reply", "4");
        form.set("body", "");
        let once = Field::new("once", Kind::Hidden, "").value("0nce");
        let form = with_pictures(&f, form, &[]).with(once);
        Self {
            place: supply(lang),
            in_community: true,
            space: None,
            title: p(
                "Moving a client’s file between sites: what has your team learned?",
                "Transférer un dossier d’un site à l’autre : qu’a appris votre équipe?",
            ),
            lang: lang.to_string(),
            kind: PostKind::Question,
            details: Vec::new(),
            poll: None,
            tags: tag_links(lang, 2),
            tags_form: Some(Form::new("/p/1/tags").with(tags_sample(&f))),
            root,
            answers: vec![first.clone()],
            replies: vec![first, second, mine, flat, gone],
            locked: false,
            reply_count: 17,
            organizations: 5,
            notify: None,
            url: "/p/1".into(),
            new: Some((3, "#p3".into())),
            pager: pager(),
            only_in: None,
            other_language: Some((lang.other(), "/p/1?text=other".into())),
            reply: Some(Reply {
                form,
                to: Some((
                    "Sam Kowalski".into(),
                    p("Could we see one?", "Pourrait-on en voir une?"),
                )),
                back_url: "/p/4".into(),
                cancel_url: "/p/1#compose".into(),
            }),
            sign_in_url: None,
            f,
        }
    }
}

impl Compose {
    pub(crate) fn sample(lang: Lang) -> Self {
        let f = member(lang, Section::Communities);
        Self {
            place: supply(lang),
            form: thread_form(
                &f,
                "/c/safer-supply/new",
                PostKind::Question,
                PostKind::COMPOSED,
            ),
            purpose: ComposePurpose::Ask,
            back_url: "/c/safer-supply".into(),
            conflict: None,
            poll_url: Some("/c/safer-supply/new?kind=poll".into()),
            is_settled: false,
            f,
        }
    }
}

impl Delete {
    pub(crate) fn sample(lang: Lang) -> Self {
        let thread = Thread::sample(lang);
        Self {
            title: Some(thread.title),
            post: thread.root,
            place: thread.place,
            replies: 17,
            action: "/p/1/delete".into(),
            back_url: "/p/1".into(),
            f: thread.f,
        }
    }
}

impl History {
    pub(crate) fn sample(lang: Lang) -> Self {
        let version = |minutes, en: &str, fr: &str, current: bool| Version {
            at: before(minutes),
            title: Some(say(lang, "Moving a file", "Transférer un dossier")),
            body_html: say(lang, en, fr),
            warning: None,
            read_on: (!current).then(|| "/p/1/history?version=7".into()),
            lang: lang.to_string(),
            current,
        };
        Self {
            f: member(lang, Section::Communities),
            place: supply(lang),
            author: luc(lang),
            versions: vec![
                version(
                    30,
                    "<p>What has worked for you?</p>",
                    "<p>Qu’est-ce qui a marché?</p>",
                    true,
                ),
                version(
                    300,
                    "<p>What works?</p>",
                    "<p>Qu’est-ce qui marche?</p>",
                    false,
                ),
                version(900, "<p>Any ideas?</p>", "<p>Des idées?</p>", false),
            ],
            pager: pager(),
            back_url: "/p/1".into(),
        }
    }
}

#[test]
fn threads() {
    check_both("thread", Thread::sample);
    let mut event = Thread::sample(Lang::Fr);
    event.kind = PostKind::Event;
    event.details = vec![Detail {
        label: event.f.text("event-when"),
        values: vec![
            DetailValue::Text("22 novembre 2026, 15\u{a0}h\u{a0}30 UTC+1".into()),
            DetailValue::Period(event.f.period(before(0), None)),
        ],
    }];
    check("thread-event", &event);
    let mut quiet = Thread::sample(Lang::En);
    quiet.f = visitor(Lang::En);
    quiet.replies.clear();
    quiet.reply_count = 0;
    quiet.pager = Pager::default();
    quiet.reply = None;
    quiet.sign_in_url = Some("/sign-in?next=/p/1".into());
    check("thread-quiet", &quiet);
}

#[test]
fn what_became_of_a_post() {
    check_both("thread-withheld", |lang| {
        let mut thread = Thread::sample(lang);
        thread.notify = Some(ThreadNotify::Watch);
        thread.answers.clear();
        thread.only_in = Some(lang.other());
        let replies = &mut thread.replies;
        replies[0].accepted = false;
        replies[0].read_on = Some("/p/1?page=1&whole=2#p2".into());
        replies[0].pictures = vec![picture(lang)];
        replies[1].removed = true;
        replies[2].undelivered = Some(("post-not-accepted", "association.example".into()));
        thread
    });
    check_both("thread-personal", |lang| {
        let mut thread = Thread::sample(lang);
        thread.place = PlaceLink {
            name: luc(lang).name,
            url: luc(lang).url,
            ..educators(lang)
        };
        thread.in_community = false;
        thread.kind = PostKind::Discussion;
        thread.answers.clear();
        thread.replies.clear();
        thread.reply_count = 0;
        thread.new = None;
        thread.notify = Some(ThreadNotify::Mute);
        thread
    });
}

#[test]
fn writing() {
    check_both("compose", Compose::sample);
    check_both("delete", Delete::sample);
    check_both("history", History::sample);
    let mut edit = Compose::sample(Lang::Fr);
    edit.purpose = ComposePurpose::EditReply;
    edit.place = educators(Lang::Fr);
    let form = edit_reply_form(&edit.f, "/p/3/edit");
    edit.form = with_pictures(&edit.f, form, &[picture(Lang::Fr)]);
    check("compose-edit-reply", &edit);
    let mut share = Compose::sample(Lang::En);
    share.purpose = ComposePurpose::Share;
    share.form.set("title2", "Un titre");
    share.form.fault("body", "Say a few words.");
    check("compose-share", &share);
}

#[test]
fn fifty_replies_stay_a_light_page() {
    let mut long = Thread::sample(Lang::En);
    let reply = long.replies[1].clone();
    long.replies = (0..50)
        .map(|i| Post {
            id: 100 + i,
            ..reply.clone()
        })
        .collect();
    let html = long.render().unwrap();
    assert!(html.len() < 80_000, "{} bytes", html.len());
}

#[test]
fn what_is_typed_cannot_become_markup() {
    let mut thread = Thread::sample(Lang::En);
    thread.title = "<img src=x onerror=alert(1)>".into();
    thread.root.author.name = "\"><script>".into();
    check("thread-hostile", &thread);
    assert!(!thread.render().unwrap().contains("<script>"));
}

#[test]
fn text_and_pictures_stand_behind_a_warning() {
    for (lang, label) in [
        (Lang::En, "Content warning:"),
        (Lang::Fr, "Avertissement\u{a0}:"),
    ] {
        let mut thread = Thread::sample(lang);
        thread.root.warning = Some("Death & <grief>".into());
        check("thread-warning", &thread);
        let html = thread.render().unwrap();
        let (_, fold) = html
            .split_once("<details class=\"content-warning\">")
            .unwrap();
        let (fold, after) = fold.split_once("</details>").unwrap();
        let summary = format!(
            "<summary>{label} <span dir=\"auto\">Death &#38; &#60;grief&#62;</span></summary>"
        );
        assert!(fold.starts_with(&summary), "{fold}");
        assert!(fold.contains(&thread.root.body_html) && fold.contains("loading=\"lazy\""));
        assert!(!after.contains(&thread.root.pictures[0].url));
    }
}

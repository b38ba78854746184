//! The list of notices: replies, mentions, follows.

use axum::extract::State;
use domain::{Outcome, Tx};
use http::Method;
use httpkit::{App, paging};
use model::notice::NoticeKind;
use model::{ActorId, NoticeId, PostState};
use query::notice::{NoticeGroup, NoticeTarget};
use query::{Db, Reader};

use super::form_post::SignedInForm;
use super::page_request::PageRequest;
use super::response::{Page, redirect_with_flash, show};
use super::show::{actor, community, discussion};
use crate::frame::{Frame, Section};
use crate::views::notice::{Notice, Notices};
use crate::views::parts::Pager;

/// Lines of a page, and notices read for it: many may be of one discussion, which is one line.
const PAGE: (usize, i64) = (40, 1000);

/// `GET /notices`
pub async fn list(State(app): State<App>, method: Method, request: PageRequest) -> Page {
    let me = request.me()?.id();
    let before: NoticeId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db, reader: Reader| {
        let page = query::notice::page(db, me, reader.now, before, PAGE)?;
        let given_up = query::notice_mail::was_given_up(db, me, reader.now)?;
        Ok((page, given_up))
    };
    let (f, (page, mail_given_up)) = request.page(Section::Notices, read).await?;
    if method == Method::GET {
        see_told(&app, me, &page.groups).await?;
    }
    show(&Notices {
        mail_given_up,
        notices: page.groups.iter().map(|group| line(&f, group)).collect(),
        pager: Pager {
            next: page.next.map(|before| format!("?before={before}")),
            ..Pager::default()
        },
        f,
    })
}

/// Of what leads to no post, the list is all there is to read: it is seen, the older notices of the same
/// line with the newest.
async fn see_told(app: &App, me: ActorId, shown: &[NoticeGroup]) -> Outcome<()> {
    let is_told = |group: &&NoticeGroup| {
        let target = group.newest.target();
        let is_told = matches!(
            target,
            NoticeTarget::Person
                | NoticeTarget::AboutPost { .. }
                | NoticeTarget::Community { below: "", .. }
        );
        group.new && is_told
    };
    let told = shown.iter().filter(is_told);
    let told: Vec<NoticeId> = told.flat_map(|group| group.ids.clone()).collect();
    if told.is_empty() {
        return Ok(());
    }
    let verb = move |tx: &mut Tx<'_>| domain::notice::see_some(tx, me, &told);
    app.ops().write(verb).await
}

/// One line of the list.
pub(super) fn line(f: &Frame, group: &NoticeGroup) -> Notice {
    let view = &group.newest;
    let count = group.ids.len();
    let person = actor::person(&view.from);
    let subject = match view.target() {
        NoticeTarget::Post { post, thread } => {
            let title = discussion::title(f, thread, f.lang);
            let lang = discussion::title_lang(thread, f.lang).to_owned();
            // Where nothing is new, to what the line quotes.
            let url = if count > 1 && group.new {
                format!("/p/{}?new", thread.id)
            } else {
                format!("/p/{}", post.id)
            };
            Some((title, lang, url))
        }
        NoticeTarget::Community { place, below } => {
            let (name, lang) = community::name(place, f.lang);
            Some((name, lang, format!("{}{below}", actor::url(&place.actor))))
        }
        NoticeTarget::AboutPost { post, below } => {
            let label = f.text("notice-see-why").to_owned();
            Some((label, String::new(), format!("/p/{}{below}", post.id)))
        }
        NoticeTarget::ReportQueue => {
            let label = f.text("admin-reports").to_owned();
            Some((label, String::new(), "/admin/reports".to_owned()))
        }
        NoticeTarget::WaitingAccounts => {
            let handle = person.handle.clone();
            let url = "/admin/accounts?show=waiting".to_owned();
            Some((handle, String::new(), url))
        }
        NoticeTarget::Person => None,
    };
    let words = view
        .post
        .as_ref()
        .filter(|post| post.state != PostState::Tombstone);
    let kind = view.notice.kind;
    let is_reply = matches!(kind, NoticeKind::Reply | NoticeKind::Watched);
    let others = i64::try_from(group.others).unwrap_or(0);
    Notice {
        others,
        replies: (is_reply && count > 1).then(|| i64::try_from(count).unwrap_or(0)),
        icon: view.notice.kind.icon(),
        person,
        message: match others {
            0 => view.message().to_owned(),
            _ => format!("{}-many", view.message()),
        },
        subject,
        excerpt: words.map(|post| {
            let lang = discussion::text(post, f.lang).lang.to_owned();
            (discussion::excerpt(post, f.lang), lang)
        }),
        at: view.notice.created_at.utc(),
        unread: group.new,
    }
}

/// `POST /notices/seen`
pub async fn see(State(app): State<App>, signed_in: SignedInForm) -> Page {
    let me = signed_in.me.id();
    let newest = move |db: &mut Db, reader: Reader| query::notice::newest(db, me, reader.now);
    if let Some(newest) = signed_in.posted.request.read(newest).await? {
        let verb = move |tx: &mut Tx<'_>| domain::notice::see(tx, me, newest);
        app.ops().write(verb).await?;
    }
    redirect_with_flash("/notices", "seen")
}

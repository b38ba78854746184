//! The frame of every page: the organization, the reader, the language, the navigation. Every view
//! holds one as `f`, and gets its messages, dates and icons from it.

mod mail;
mod moments;
mod preview;

pub use preview::LinkPreview;

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{DateTime, SecondsFormat, Utc};
use model::{Lang, PostKind};
use words::{Count, Message, Tz};

use crate::assets::{EDITOR, ICONS, LIVE, MARK, PASSKEY, PUSH, SCRIPT, STYLE, TOUCH_ICON};
use crate::form::Form;

/// The organization whose server this is.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its name in the reader's language.
    pub name: String,
    /// The public origin, without a trailing slash; empty before the setup.
    pub url: String,
    /// Host (and port, if any) as people write it after `@`.
    pub host: String,
    /// Where the source of this server is offered, as its licence asks; empty where the
    /// configuration names no place (`server.source_url`).
    pub source_url: String,
    /// The limited servers are shown to everybody.
    pub limits: bool,
    /// True while the public address is `localhost`: the page says so.
    pub trial: bool,
    /// Whether signing up is possible at all (by whatever way).
    pub open: bool,
    /// The time zone of pages, unless a person has chosen another.
    pub zone: Tz,
}

/// The entry of the main navigation that is marked as current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Home,
    Communities,
    People,
    Search,
    Notices,
    Me,
    Admin,
    Elsewhere,
}

/// The signed-in reader.
#[derive(Debug, Clone)]
pub struct Me {
    pub name: String,
    /// `@ann`, as shown beside the name.
    pub handle: String,
    /// My own page.
    pub url: String,
    /// Address of my picture, served by this instance.
    pub avatar: Option<String>,
    pub admin: bool,
    /// Whether mail can be sent to me.
    pub has_address: bool,
    /// My e-mail address, where the mail server refuses it.
    pub refused_address: Option<String>,
    /// Accounts waiting for approval, shown to administrators.
    pub waiting: i64,
    /// Invitations to communities that wait for me.
    pub invitations: i64,
}

/// One of my communities, in the rail.
#[derive(Debug, Clone)]
pub struct RailPlace {
    pub name: String,
    pub url: String,
    /// Its number in the palette.
    pub colour: u8,
    /// Threads with something new.
    pub unread: i64,
    /// True on this community's own pages.
    pub here: bool,
}

/// A confirmation shown once: inside the post that it is about, else at the top of the page.
#[derive(Debug, Clone)]
pub struct Flash {
    pub text: String,
    pub good: bool,
    /// The reader has just begun to follow a community, and may choose how often to be told of it.
    pub offers_mail: bool,
    /// The post that it is about.
    pub at: Option<i64>,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Frame {
    pub lang: Lang,
    /// The time zone the reader has chosen.
    pub own_zone: Option<Tz>,
    pub now: DateTime<Utc>,
    pub site: Site,
    pub section: Section,
    /// Path and query of this page without `lang`, for the language switch.
    pub here: String,
    /// The address names the language.
    pub lang_in_address: bool,
    pub me: Option<Me>,
    /// Notices not yet seen.
    pub notices: i64,
    pub places: Vec<RailPlace>,
    /// The CSRF key of forms; empty only where no form can be.
    pub csrf: String,
    pub flash: Option<Flash>,
    /// Whether the page has no navigation: the setup, and errors without any data.
    pub bare: bool,
    /// Whether search engines are asked to leave the page out.
    pub noindex: bool,
    /// What other sites are told of the page, where it is one to link to.
    pub preview: Option<LinkPreview>,
    /// The form that the language switch sends along, so that what was typed stays.
    pub typed_form: Option<TypedForm>,
    /// Whether the page shows a secret that nobody sees again: it has no language switch, which would leave it.
    pub shown_once: bool,
}

/// The form with `id="typed"` on a page.
#[derive(Debug, Clone)]
pub struct TypedForm {
    /// Where it is posted.
    pub action: String,
    /// What the answer to the language switch is: `form`, the same page, or `kept`, what was typed.
    pub redraw: &'static str,
    /// The id of the part of the page with the form, where that is not its top; empty elsewhere.
    pub at: &'static str,
}

impl Frame {
    /// The message `key`, which takes no arguments, in the reader's language.
    #[must_use]
    pub fn text(&self, key: &str) -> &'static str {
        words::text(self.lang, key)
    }

    /// The message `key`, for named arguments: `f.message("pager-at").arg("page", 2)`.
    #[must_use]
    pub fn message<'k>(&self, key: &'k str) -> Message<'k> {
        words::message(self.lang, key)
    }

    /// How many follow somebody or something; of what is on another server, only those here are known.
    #[must_use]
    pub fn followers(&self, count: impl Borrow<i64>, elsewhere: bool) -> String {
        let key = match elsewhere {
            true => "count-followers-here",
            false => "count-followers",
        };
        self.message(key).arg("count", *count.borrow()).to_string()
    }

    /// A whole number as the reader writes it.
    #[must_use]
    pub fn number(&self, n: impl Count) -> String {
        words::number(self.lang, n)
    }

    /// The time zone of the dates on the page. Where the reader has chosen none, the script converts
    /// them to the browser's.
    fn zone(&self) -> Tz {
        self.own_zone.unwrap_or(self.site.zone)
    }

    /// An icon of the set, hidden from assistive technology: a word always stands beside it.
    #[must_use]
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// `!name@host`, which may break before the host.
    #[must_use]
    pub fn address(&self, address: impl AsRef<str>) -> AddressText {
        AddressText(
            address
                .as_ref()
                .chars()
                .filter(|c| !matches!(c, '<' | '>' | '&' | '"'))
                .collect(),
        )
    }

    /// The label of a thread's kind.
    #[must_use]
    pub fn kind(&self, kind: impl Borrow<PostKind>) -> Kind {
        let kind = *kind.borrow();
        Kind {
            kind,
            icon: kind.icon().map(Icon),
            label: self.text(kind.label()),
        }
    }

    /// "In French only": the badge of what is not in the reader's language.
    #[must_use]
    pub fn only_in(&self, lang: impl Borrow<Lang>) -> &'static str {
        match lang.borrow() {
            Lang::En => self.text("only-in-en"),
            Lang::Fr => self.text("only-in-fr"),
        }
    }

    /// Both languages, the reader's first: the order of the fields of a form.
    #[must_use]
    pub fn langs(&self) -> [Lang; 2] {
        [self.lang, self.lang.other()]
    }

    /// Has the language switch send a form along.
    #[must_use]
    pub fn sending(mut self, form: &Form) -> Self {
        self.typed_form = Some(TypedForm {
            action: form.action.clone(),
            redraw: "form",
            at: "",
        });
        self
    }

    /// Shows what is shown only this once.
    #[must_use]
    pub fn showing_once(mut self) -> Self {
        self.shown_once = true;
        self
    }

    /// Like [`Frame::sending`], for a form further down, in the part of the page with the id `at`.
    #[must_use]
    pub fn sending_at(self, form: &Form, at: &'static str) -> Self {
        let mut f = self.sending(form);
        if let Some(typed) = &mut f.typed_form {
            typed.at = at;
        }
        f
    }

    /// The attributes of the button that switches to a language.
    #[must_use]
    pub fn switch_button(&self, lang: impl Borrow<Lang>) -> SwitchButton<'_> {
        SwitchButton {
            f: self,
            lang: *lang.borrow(),
        }
    }

    /// The URL of this page in another language.
    #[must_use]
    pub fn switch(&self, lang: impl Borrow<Lang>) -> String {
        let joint = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.here, lang.borrow())
    }

    #[must_use]
    pub fn at(&self, section: Section) -> bool {
        self.section == section
    }

    /// Whether the page belongs to a community in the navigation.
    #[must_use]
    pub fn in_place(&self) -> bool {
        self.places.iter().any(|place| place.here)
    }

    #[must_use]
    pub fn style(&self) -> &'static str {
        &STYLE.url
    }

    #[must_use]
    pub fn script(&self) -> &'static str {
        &SCRIPT.url
    }

    /// The script of the editor, loaded when a text is first focused.
    #[must_use]
    pub fn editor_script(&self) -> &'static str {
        &EDITOR.url
    }

    /// The script of the pages that ask for a passkey.
    #[must_use]
    pub fn passkey_script(&self) -> &'static str {
        &PASSKEY.url
    }

    /// The script that keeps the number of notices current.
    #[must_use]
    pub fn live_script(&self) -> &'static str {
        &LIVE.url
    }

    /// The script of the page on which push messages are turned on.
    #[must_use]
    pub fn push_script(&self) -> &'static str {
        &PUSH.url
    }

    /// Whose drafts a form keeps on the device; nobody's for a guest.
    #[must_use]
    pub fn draft_owner(&self) -> &str {
        self.me.as_ref().map_or("", |me| me.handle.as_str())
    }

    #[must_use]
    pub fn logo(&self) -> &'static str {
        &MARK.url
    }

    /// The icon of a home screen.
    #[must_use]
    pub fn touch_icon(&self) -> &'static str {
        &TOUCH_ICON.url
    }

    /// The hidden fields of every form: the CSRF key, and for a member whose form it is.
    #[must_use]
    pub fn token(&self) -> Token<'_> {
        Token {
            csrf: &self.csrf,
            owner: self.me.as_ref().map(|me| me.handle.as_str()),
        }
    }

    /// The attributes of a text that somebody wrote: its direction, and `lang` where it is in another
    /// language than the page.
    #[must_use]
    pub fn speaks(&self, lang: &str) -> Speaks {
        let same = Lang::from_tag(lang) == Some(self.lang);
        let known = lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        Speaks((!same && known && !lang.is_empty()).then(|| lang.to_owned()))
    }
}

/// The attributes of a button of the language switch: it posts to `/language`, or the page's form to
/// its own address with the language.
#[derive(Debug)]
pub struct SwitchButton<'a> {
    f: &'a Frame,
    lang: Lang,
}

impl fmt::Display for SwitchButton<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lang = self.lang;
        match &self.f.typed_form {
            Some(form) => write!(
                out,
                r#"form="typed" formnovalidate name="redraw" value="{}" formaction="{}{}lang={lang}{}{}""#,
                form.redraw,
                Escaped(&form.action),
                if form.action.contains('?') {
                    "&amp;"
                } else {
                    "?"
                },
                if form.at.is_empty() { "" } else { "#" },
                form.at
            ),
            None => {
                let next: String =
                    url::form_urlencoded::byte_serialize(self.f.here.as_bytes()).collect();
                write!(
                    out,
                    r#"form="action" name="lang" value="{lang}" formaction="/language?next={next}""#
                )
            }
        }
    }
}

impl HtmlSafe for SwitchButton<'_> {}

/// A path, as the value of an attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '"' => out.write_str("%22"),
            '<' => out.write_str("%3C"),
            '>' => out.write_str("%3E"),
            '&' => out.write_str("&amp;"),
            c => write!(out, "{c}"),
        })
    }
}

/// A `<time>` element.
#[derive(Debug, Clone)]
pub struct Stamp {
    at: DateTime<Utc>,
    text: String,
    form: StampForm,
}

/// What a `<time>` element shows; the script converts it to the browser's time zone.
#[derive(Debug, Clone)]
enum StampForm {
    /// How long ago, with the minute as its tooltip.
    Ago(String),
    Minute,
    Day,
}

impl fmt::Display for Stamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = &self.text;
        match &self.form {
            StampForm::Ago(title) => write!(
                out,
                r#"<time datetime="{iso}" title="{title}">{text}</time>"#
            ),
            StampForm::Minute => {
                write!(out, r#"<time datetime="{iso}" data-minute>{text}</time>"#)
            }
            StampForm::Day => write!(out, r#"<time datetime="{iso}" data-day>{text}</time>"#),
        }
    }
}

impl HtmlSafe for Stamp {}

/// A `<time>` element from one time to another; the script converts it to the browser's time zone.
#[derive(Debug, Clone)]
pub struct Period {
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    pub text: String,
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let iso = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let until = self.until.map(iso).unwrap_or_default();
        let (from, text) = (iso(self.from), &self.text);
        write!(
            out,
            r#"<time datetime="{from}" data-until="{until}">{text}</time>"#
        )
    }
}

impl HtmlSafe for Period {}

/// The coloured label of a thread's kind.
#[derive(Debug)]
pub struct Kind {
    kind: PostKind,
    icon: Option<Icon>,
    label: &'static str,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, r#"<span class="kind kind-{}">"#, self.kind)?;
        if let Some(icon) = &self.icon {
            write!(out, "{icon}")?;
        }
        write!(out, "{}</span>", self.label)
    }
}

impl HtmlSafe for Kind {}

/// A reference into the icon file.
#[derive(Debug)]
pub struct Icon(pub &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            r##"<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>"##,
            ICONS.url, self.0
        )
    }
}

impl HtmlSafe for Icon {}

/// An address that may break before its host only.
#[derive(Debug)]
pub struct AddressText(String);

impl fmt::Display for AddressText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sigil, rest) = self
            .0
            .split_at(self.0.find(char::is_alphanumeric).unwrap_or(0));
        match rest.split_once('@') {
            Some((name, host)) => write!(out, "{sigil}{name}<wbr>@{host}"),
            None => write!(out, "{sigil}{rest}"),
        }
    }
}

impl HtmlSafe for AddressText {}

/// The hidden field with the CSRF key.
#[derive(Debug)]
pub struct Token<'a> {
    csrf: &'a str,
    owner: Option<&'a str>,
}

/// The hidden field with the handle of whoever a form was made for, so that another person who signs in on the
/// page of an ended session does not send it unseen.
pub const FORM_OWNER: &str = "by";

impl fmt::Display for Token<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |text: &str| -> String {
            text.chars()
                .filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | '&'))
                .collect()
        };
        let csrf = plain(self.csrf);
        write!(out, r#"<input type="hidden" name="csrf" value="{csrf}">"#)?;
        let Some(owner) = self.owner.map(plain) else {
            return Ok(());
        };
        write!(
            out,
            r#"<input type="hidden" name="{FORM_OWNER}" value="{owner}">"#
        )
    }
}

impl HtmlSafe for Token<'_> {}

/// The attributes of a text that somebody wrote.
#[derive(Debug)]
pub struct Speaks(Option<String>);

impl fmt::Display for Speaks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(r#" dir="auto""#)?;
        match &self.0 {
            Some(lang) => write!(out, r#" lang="{lang}""#),
            None => Ok(()),
        }
    }
}

impl HtmlSafe for Speaks {}

//! Communities: the list, founding and editing one, and the pages every community has: its front
//! (domain, community, practice), discussions, people and about.

pub mod contact;
pub mod stage;

use askama::Template;
use chrono::{DateTime, Utc};

use crate::form::{Field, Form, Kind};
use crate::frame::Frame;
use crate::views::account::languages_field;
use crate::views::community::contact::ContactLine;
use crate::views::community::stage::MilestoneLine;
use crate::views::parts::{Empty, Follow, Pager, Person, PlaceLink, Tab, ThreadRow, Tile, tile};
use crate::views::search::SelectOption;
use model::community::{COLOURS, Stage};
use model::limits::{CHARTER_TEXT_MAX, COMMUNITY_NAME_MAX, PURPOSE_MAX};
use model::{Lang, MemberRole};

/// A community's card in a list.
#[derive(Debug, Clone)]
pub struct CommunityCard {
    pub name: String,
    /// Language of the name, empty when unknown.
    pub lang: String,
    pub purpose: String,
    /// Language of the purpose, empty when unknown.
    pub purpose_lang: String,
    /// The language its description is in, where the reader's is missing.
    pub only_in: Option<Lang>,
    pub url: String,
    pub host: Option<String>,
    pub colour: u8,
    /// Its picture, shown instead of its initials.
    pub picture: Option<String>,
    /// Followers as far as this server knows.
    pub followers: i64,
    pub threads: i64,
    /// Time of the last post.
    pub last_at: Option<DateTime<Utc>>,
    /// The languages it works in: `English, Français`.
    pub languages: String,
    pub following: bool,
    pub pending: bool,
    pub unread: i64,
    /// Where it is not active.
    pub stage: Option<Stage>,
}

impl CommunityCard {
    /// Its mark.
    #[must_use]
    pub fn tile(&self) -> Tile {
        tile(&self.name, self.picture.clone())
    }
}

/// `/communities`
#[derive(Debug, Template)]
#[template(path = "community/list.html")]
pub struct CommunityList {
    pub f: Frame,
    /// All, here, elsewhere, mine.
    pub filters: Vec<Tab>,
    /// What narrows the list; `None` for the reader's own.
    pub narrow: Option<NarrowForm>,
    pub communities: Vec<CommunityCard>,
    pub pager: Pager,
    /// Why nothing is listed, when nothing is.
    pub empty: Option<Empty>,
}

/// The form that narrows the list of communities.
#[derive(Debug, Clone)]
pub struct NarrowForm {
    /// The word of the tab.
    pub tab: &'static str,
    /// It is open, as something narrows the list.
    pub open: bool,
    pub stages: Vec<SelectOption>,
    pub purposes: Vec<SelectOption>,
}

/// The header of every page of a community.
#[derive(Debug, Clone)]
pub struct Head {
    pub name: String,
    pub lang: String,
    /// The language its description is in, where the reader's is missing.
    pub only_in: Option<Lang>,
    /// One sentence.
    pub purpose: String,
    /// Language of the purpose, empty when unknown.
    pub purpose_lang: String,
    pub url: String,
    /// `!weavers@alpha.test`, as others type it.
    pub handle: String,
    pub host: Option<String>,
    /// Name of the organization that hosts it, where it is remote and known.
    pub host_name: Option<String>,
    /// Its page at home, when it is remote.
    pub origin_url: Option<String>,
    pub colour: u8,
    /// URL of the banner, see [`crate::leaf::pattern`].
    pub leaf_url: String,
    pub followers: i64,
    pub languages: String,
    /// Where it is not active.
    pub stage: Option<Stage>,
    /// The day on which it opens, where it is planned; empty where that is not known.
    pub opens_on: String,
    /// It is for members on its own server only.
    pub private: bool,
    pub follow: Follow,
    /// The reader knows it: a phone shows less of what it says of itself.
    pub compact: bool,
    pub tabs: Vec<Tab>,
    /// Starting a thread as a question; `None` where the reader cannot write here.
    pub ask_url: Option<String>,
    /// Starting a thread to share something.
    pub share_url: Option<String>,
    /// Joining it, as far as that is offered.
    pub join: JoinState,
    /// How many requests to join wait for the reader, and where; `None` for who does not decide on them.
    pub waiting: Option<(i64, String)>,
    /// How many posts wait for the reader, who moderates it, and where.
    pub moderation: Option<(i64, String)>,
    /// For those who may change it.
    pub edit_url: Option<String>,
    /// Where the reader, who has just begun to follow it, chooses how often to be told of it.
    pub mail_url: Option<String>,
    /// The new address after a move.
    pub moved: Option<PlaceLink>,
    /// The time since when its server has been unreachable.
    pub silent_since: Option<DateTime<Utc>>,
}

/// What the header offers of joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinState {
    /// Nothing: it is of another server, or takes nobody in by themselves.
    No,
    /// The address of the page, and whether one joins there at once.
    Offered { url: String, at_once: bool },
    /// A request waits, on this page.
    Pending(String),
    /// The reader is a member, in this role.
    Member { url: String, role: MemberRole },
}

/// How often somebody who follows a community is told of new discussions in it: the word of a `Rhythm`, and its
/// message.
pub const MAIL_CHOICES: [(&str, &str); 4] = [
    ("at-once", "follow-mail-at-once"),
    ("daily", "follow-mail-daily"),
    ("weekly", "follow-mail-weekly"),
    ("never", "follow-mail-never"),
];

/// The current page of a community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommunityTab {
    Front,
    Discussions,
    People,
    About,
}

/// The tabs of a community at `url`.
#[must_use]
pub fn community_tabs(f: &Frame, url: &str, here: CommunityTab) -> Vec<Tab> {
    [
        (CommunityTab::Front, "tab-front", ""),
        (CommunityTab::Discussions, "tab-discussions", "/discussions"),
        (CommunityTab::People, "tab-people", "/people"),
        (CommunityTab::About, "tab-about", "/about"),
    ]
    .map(|(tab, key, path)| Tab::new(f.text(key), format!("{url}{path}"), tab == here))
    .to_vec()
}

/// A text of a community's charter.
#[derive(Debug, Clone)]
pub struct CharterText {
    /// Sanitized markup; empty where its people have not written it yet.
    pub html: String,
    /// Language of the text, empty when unknown.
    pub lang: String,
}

/// `/c/{handle}`: what it cares about, who it is, what it does; and what is being said.
#[derive(Debug, Template)]
#[template(path = "community/front.html")]
pub struct Front {
    pub f: Frame,
    pub c: Head,
    pub domain: CharterText,
    pub community: CharterText,
    pub practice: CharterText,
    /// What it shows first.
    pub pinned: Vec<ThreadRow>,
    pub latest: Vec<ThreadRow>,
    pub facilitators: Vec<Person>,
    /// The reader follows it: they are shown what is said first, and its texts closed.
    pub followed: bool,
    /// The whole text of a remote community that has no three parts.
    pub summary: Option<CharterText>,
    /// Whether its recent threads are still being fetched.
    pub fetching: bool,
}

/// The icon, title, question and text of one of the three parts.
type Part<'c> = (&'static str, &'static str, &'static str, &'c CharterText);

impl Front {
    fn parts(&self) -> [Part<'_>; 3] {
        [
            ("target", "dcp-domain", "dcp-domain-asks", &self.domain),
            (
                "people",
                "dcp-community",
                "dcp-community-asks",
                &self.community,
            ),
            (
                "practice",
                "dcp-practice",
                "dcp-practice-asks",
                &self.practice,
            ),
        ]
    }
}

/// `/c/{handle}/discussions`
#[derive(Debug, Template)]
#[template(path = "community/discussions.html")]
pub struct Discussions {
    pub f: Frame,
    pub c: Head,
    /// By kind, and unread.
    pub filters: Vec<Tab>,
    /// By space.
    pub space_filters: Vec<Tab>,
    /// By tag.
    pub tag_filters: Vec<Tab>,
    /// Latest reply first, newest thread first, most replies first.
    pub sorts: Vec<Tab>,
    pub threads: Vec<ThreadRow>,
    pub pager: Pager,
    pub empty: Option<Empty>,
    /// The action of "mark all as seen", when something is unread.
    pub seen_url: Option<String>,
}

/// A person of a community.
#[derive(Debug, Clone)]
pub struct MemberRow {
    pub person: Person,
    pub facilitator: bool,
    pub since: DateTime<Utc>,
}

/// A member in the list of members.
#[derive(Debug, Clone)]
pub struct RoleRow {
    pub person: Person,
    pub role: MemberRole,
    pub since: DateTime<Utc>,
    /// Where a facilitator changes the role.
    pub change_url: Option<String>,
}

/// `/c/{handle}/people`
#[derive(Debug, Template)]
#[template(path = "community/people.html")]
pub struct People {
    pub f: Frame,
    pub c: Head,
    pub facilitators: Vec<Person>,
    /// The members, in their roles; empty where the reader is not told who they are.
    pub members: Vec<RoleRow>,
    /// Where the reader invites, if they may.
    pub invitations_url: Option<String>,
    /// The next page of members.
    pub more_members: Option<String>,
    /// Whether the reader is told who follows it.
    pub named: bool,
    pub followers: Vec<MemberRow>,
    /// Followers on other servers that are not listed.
    pub elsewhere: i64,
    pub pager: Pager,
}

/// `/c/{handle}/about`
#[derive(Debug, Template)]
#[template(path = "community/about.html")]
pub struct About {
    pub f: Frame,
    pub c: Head,
    pub started: Option<DateTime<Utc>>,
    pub founder: Option<Person>,
    pub threads: i64,
    /// What its people come together for, in words; empty where that is not known.
    pub purposes: String,
    /// Whom visitors can write to.
    pub contacts: Vec<ContactLine>,
    /// What has happened to it, the latest first.
    pub timeline: Vec<MilestoneLine>,
    /// How many organizations its followers are from; 0 where that is not known.
    pub organizations: i64,
    /// Name and purpose in the other language: (language, name, purpose).
    pub other: Option<(Lang, String, String)>,
    /// The actor's address.
    pub ap_id: String,
    /// What its server runs, when it is remote: `NodeBB 4.6`.
    pub software: Option<String>,
}

/// `/communities/new` and `/c/{handle}/edit`
#[derive(Debug, Template)]
#[template(path = "community/edit.html")]
pub struct Edit {
    pub f: Frame,
    pub form: Form,
    /// The colour it has, where it can be changed.
    pub colour: Option<u32>,
    /// The community being edited: (name, address); `None` when founding.
    pub editing: Option<(String, String)>,
    /// Communities that are like the one being founded, whose founder is asked to look at them first.
    pub similar: Vec<CommunityCard>,
    /// What else facilitators keep: (key of the words, address); none when founding.
    pub pages: Vec<(&'static str, String)>,
}

impl Edit {
    /// The colours to choose from: (number, key of the name).
    fn colours() -> impl Iterator<Item = (u32, String)> {
        (0..COLOURS).map(|n| (n, format!("colour-{n}")))
    }
}

/// The fields of a community: `handle purposes` (only when founding), `name_en name_fr purpose_en
/// purpose_fr domain_en domain_fr community_en community_fr practice_en practice_fr languages`.
#[must_use]
pub fn community_form(f: &Frame, action: &str, founding: bool) -> Form {
    let lines = |name: &str, missing: &str, max: usize| {
        let line = |lang| bilingual_line(f, name, lang, max).missing(f.text(missing));
        f.langs().map(line)
    };
    let names = lines("name", "enter-name-any", COMMUNITY_NAME_MAX);
    let mut form = Form::new(action).with_all(names);
    if founding {
        form = form.with(short_name_field(f));
        form = form.with(stage::purposes_field(f, &[]));
    }
    if !founding {
        form = form.with(pace_field(f));
    }
    form = form.with_all(lines("purpose", "enter-purpose-any", PURPOSE_MAX));
    for part in ["domain", "community", "practice"] {
        form = form.with_all(f.langs().map(|lang| bilingual_area(f, part, lang)));
    }
    form.with(
        languages_field(f, "languages", "start-community-languages")
            .missing(f.text("enter-languages")),
    )
}

/// How much one person of another server may post within an hour.
fn pace_field(f: &Frame) -> Field {
    Field::new(
        "posts_per_hour",
        Kind::Text,
        f.text("community-posts-per-hour"),
    )
    .hint(f.text("community-posts-per-hour-hint"))
    .max(5)
    .missing(f.text("enter-number"))
}

/// The handle of a new community, shown with the host that completes its address.
fn short_name_field(f: &Frame) -> Field {
    Field::new("handle", Kind::Text, f.text("start-community-handle"))
        .hint(f.text("start-community-handle-hint"))
        .prefix("!")
        .suffix(format!("@{}", f.site.host))
        .autocomplete("off")
        .max(30)
        .required(f.text("enter-short-name"))
}

fn bilingual_line(f: &Frame, name: &str, lang: Lang, max: usize) -> Field {
    Field::new(
        &format!("{name}_{}", lang.as_str()),
        Kind::Text,
        f.text(&format!("start-community-{name}-{}", lang.as_str())),
    )
    .lang(lang)
    .max(max)
}

fn bilingual_area(f: &Frame, part: &str, lang: Lang) -> Field {
    Field::new(
        &format!("{part}_{}", lang.as_str()),
        Kind::Area {
            rows: 4,
            markdown: true,
        },
        f.text(&format!("start-community-{part}-{}", lang.as_str())),
    )
    .lang(lang)
    .max(CHARTER_TEXT_MAX)
}

#[cfg(test)]
mod tests;

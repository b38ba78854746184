//! The list of communities: local ones, known remote ones, and those the reader follows.

use domain::Outcome;
use httpkit::paging;
use model::ActorId;
use model::community::{Purpose, Stage};
use query::account::FrameRows;
use query::community::Narrow;
use query::row::CommunityWithActor;
use query::{Db, Reader};

use crate::frame::{Frame, Section};
use crate::handlers::page_request::PageRequest;
use crate::handlers::response::{Page, show};
use crate::handlers::show::community::{FollowStates, card};
use crate::views::community::{CommunityList, NarrowForm};
use crate::views::parts::{Empty, Pager, Tab};
use crate::views::search::SelectOption;

const PER_PAGE: usize = 30;

#[derive(Clone, Copy, PartialEq, Eq)]
enum CommunityFilter {
    Here,
    Elsewhere,
    Mine,
}

impl CommunityFilter {
    fn read(word: Option<&str>) -> Self {
        match word {
            Some("elsewhere") => Self::Elsewhere,
            Some("mine") => Self::Mine,
            Some(_) | None => Self::Here,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Elsewhere => "elsewhere",
            Self::Mine => "mine",
        }
    }
}

struct CommunityListRows {
    places: Vec<CommunityWithActor>,
    follow_states: FollowStates,
}

/// `GET /communities?show=here|elsewhere|mine&stage=…&purpose=…`
pub async fn list(request: PageRequest) -> Page {
    let which = CommunityFilter::read(request.q("show"));
    if which == CommunityFilter::Mine {
        request.me()?;
    }
    let narrow = Narrow {
        stage: request.q("stage").and_then(|word| word.parse().ok()),
        purpose: request.q("purpose").and_then(|word| word.parse().ok()),
    };
    let before: ActorId = paging::read_id(request.q("before"))?;
    let read = move |db: &mut Db,
                     reader: Reader,
                     frame_rows: &FrameRows|
          -> Outcome<CommunityListRows> {
        let limit = PER_PAGE as i64;
        Ok(CommunityListRows {
            places: match which {
                CommunityFilter::Here | CommunityFilter::Elsewhere => {
                    let local = which == CommunityFilter::Here;
                    query::community::list(db, reader, local, narrow, before, limit)?
                }
                CommunityFilter::Mine => query::community::followed(db, &frame_rows.communities)?,
            },
            follow_states: FollowStates::of(frame_rows),
        })
    };
    let (f, rows) = request
        .page_with_frame_rows(Section::Communities, read)
        .await?;
    let paged = which != CommunityFilter::Mine && rows.places.len() == PER_PAGE;
    let next = rows.places.last().filter(|_| paged);
    let cards = rows.places.iter();
    show(&CommunityList {
        filters: filters(&f, which),
        communities: cards
            .map(|place| card(place, f.lang, &rows.follow_states))
            .collect(),
        pager: Pager {
            next: next.map(|place| {
                let (stage, purpose) = words(narrow);
                let tab = which.word();
                format!(
                    "?show={tab}&stage={stage}&purpose={purpose}&before={}",
                    place.id()
                )
            }),
            ..Pager::default()
        },
        empty: rows.places.is_empty().then(|| empty(&f, which, narrow)),
        narrow: (which != CommunityFilter::Mine).then(|| narrow_form(&f, which, narrow)),
        f,
    })
}

fn filters(f: &Frame, which: CommunityFilter) -> Vec<Tab> {
    let tab = |one: CommunityFilter, key: &str| {
        Tab::new(
            f.text(key),
            format!("/communities?show={}", one.word()),
            one == which,
        )
    };
    let mut tabs = vec![
        tab(CommunityFilter::Here, "communities-filter-here"),
        tab(CommunityFilter::Elsewhere, "communities-filter-elsewhere"),
    ];
    if f.me.is_some() {
        tabs.push(tab(CommunityFilter::Mine, "communities-filter-mine"));
    }
    tabs
}

/// The words of what narrows the list, as an address has them.
fn words(narrow: Narrow) -> (&'static str, &'static str) {
    (
        narrow.stage.map_or("", Stage::as_str),
        narrow.purpose.map_or("", Purpose::as_str),
    )
}

fn narrow_form(f: &Frame, which: CommunityFilter, narrow: Narrow) -> NarrowForm {
    let (stage, purpose) = words(narrow);
    let option = |value: &str, label: &str, chosen: &str| SelectOption {
        value: value.to_owned(),
        label: f.text(label).to_owned(),
        chosen: value == chosen,
    };
    let stages = Stage::ALL.iter();
    let purposes = Purpose::ALL.iter();
    NarrowForm {
        tab: which.word(),
        open: narrow != Narrow::default(),
        stages: std::iter::once(option("", "stage-any", stage))
            .chain(stages.map(|one| option(one.as_str(), one.label(), stage)))
            .collect(),
        purposes: std::iter::once(option("", "purpose-any", purpose))
            .chain(purposes.map(|one| option(one.as_str(), one.label(), purpose)))
            .collect(),
    }
}

fn empty(f: &Frame, which: CommunityFilter, narrow: Narrow) -> Empty {
    let see_all = || {
        Some((
            f.text("communities-see").to_owned(),
            "/communities".to_owned(),
        ))
    };
    let (title, text, example, action) = match which {
        _ if narrow != Narrow::default() => (
            "communities-none-such",
            "communities-none-such-text",
            None,
            see_all(),
        ),
        CommunityFilter::Here => (
            "communities-none",
            "communities-none-text",
            Some(f.text("communities-none-example").to_owned()),
            f.me.is_some().then(|| {
                (
                    f.text("start-community").to_owned(),
                    "/communities/new".to_owned(),
                )
            }),
        ),
        CommunityFilter::Elsewhere => (
            "communities-none-elsewhere",
            "communities-none-elsewhere-text",
            None,
            None,
        ),
        CommunityFilter::Mine => (
            "communities-none-mine",
            "communities-none-mine-text",
            None,
            see_all(),
        ),
    };
    Empty {
        icon: "communities",
        title: f.text(title).to_owned(),
        text: f.text(text).to_owned(),
        example,
        action,
    }
}

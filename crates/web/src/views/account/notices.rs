//! What somebody is told by mail, and the page of the link that ends it.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::notice::mail::Choices;
use domain::notice::push::PushChoices;
use model::Lang;
use model::notice_mail::{MailHours, MailTopic, Rhythm};
use query::row::FollowedCommunity;

use crate::form::{Choice, Field, Form, Kind};
use crate::frame::Frame;
use crate::views::parts::Tab;

/// `/settings/notices`: how often somebody is told of what by mail, when, and what became of the newest mails.
#[derive(Debug, Template)]
#[template(path = "account/notices.html")]
pub struct NoticeSettings {
    pub f: Frame,
    pub tabs: Vec<Tab>,
    pub form: Form,
    /// Whether this server sends mail at all.
    pub sends_mail: bool,
    /// Whether there is a confirmed address.
    pub has_address: bool,
    /// The names of the fields of communities.
    pub communities: Vec<String>,
    /// The push messages of this browser.
    pub push: PushPanel,
    /// The newest first.
    pub mails: Vec<MailRow>,
}

/// Whether this browser gets push messages.
#[derive(Debug, Clone)]
pub struct PushPanel {
    /// The key that a browser is given; `None` where this server sends none.
    pub key: Option<String>,
    pub is_on: bool,
    /// In how many browsers messages are turned on, where this is not the only one.
    pub browsers: Option<i64>,
}

/// A mail or push message, and what has become of it.
#[derive(Debug, Clone)]
pub struct MailRow {
    pub what: &'static str,
    /// How it is sent.
    pub way: &'static str,
    pub state: &'static str,
    /// Whether it did not arrive.
    pub failed: bool,
    /// Why it waits or did not arrive.
    pub why: Option<&'static str>,
    pub at: DateTime<Utc>,
}

/// The topics that somebody chooses of, in the order of the page.
pub fn topics(is_admin: bool) -> impl Iterator<Item = MailTopic> {
    let all = [
        MailTopic::Written,
        MailTopic::Watched,
        MailTopic::Followers,
        MailTopic::Approval,
        MailTopic::Community,
    ];
    let shown = move |topic: &MailTopic| is_admin || *topic != MailTopic::Approval;
    all.into_iter().filter(shown)
}

/// The name of the field of a community.
#[must_use]
pub fn community_field(id: model::ActorId) -> String {
    format!("community-{id}")
}

/// What the form of choices shows.
pub struct ChoicesShown<'a> {
    pub is_admin: bool,
    pub choices: &'a Choices,
    pub hours: MailHours,
    pub communities: &'a [FollowedCommunity],
    /// What is told by push, where this server sends such messages.
    pub push: Option<&'a PushChoices>,
}

/// The fields `written watched followers approval community`, `community-ID` for each community, and `hour weekday
/// quiet_from quiet_to`; for push messages `push`, `push_topics` and `push_communities`.
#[must_use]
pub fn notices_form(f: &Frame, shown: &ChoicesShown<'_>) -> Form {
    let topics = topics(shown.is_admin).map(|topic| {
        let field = Field::new(topic.as_str(), rhythms(f, false), f.text(topic.label()));
        let field = match topic {
            MailTopic::Written => field.hint(f.text("mail-topic-written-hint")),
            MailTopic::Watched
            | MailTopic::Followers
            | MailTopic::Approval
            | MailTopic::Community => field,
        };
        field.value(shown.choices.of(topic).as_str())
    });
    let communities = shown.communities.iter().map(|one| {
        let own = shown.choices.own_of(one.id);
        Field::new(
            &community_field(one.id),
            rhythms(f, true),
            one.shown_name(f.lang),
        )
        .value(own.map_or("", Rhythm::as_str))
    });
    let form = Form::new("/settings/notices")
        .with_all(topics)
        .with_all(communities)
        .with_all(hour_fields(f, shown.hours));
    match shown.push {
        Some(choices) => form.with_all(push_fields(f, shown, choices)),
        None => form,
    }
}

/// The topics of which somebody is told by push, but for new discussions, which are chosen by community.
pub fn push_topics(is_admin: bool) -> impl Iterator<Item = MailTopic> {
    topics(is_admin).filter(|topic| *topic != MailTopic::Community)
}

fn push_fields(f: &Frame, shown: &ChoicesShown<'_>, choices: &PushChoices) -> Vec<Field> {
    let all = push_topics(shown.is_admin);
    let all = all.map(|topic| Choice::new(topic.as_str(), f.text(topic.label())));
    let wanted = push_topics(shown.is_admin).filter(|topic| choices.of(*topic));
    let wanted: Vec<&str> = wanted.map(MailTopic::as_str).collect();
    let topics = Field::new(
        "push_topics",
        Kind::Checks(all.collect()),
        f.text("push-topics"),
    )
    .value(wanted.join(" "));
    let places = shown.communities.iter();
    let all: Vec<Choice> = places
        .clone()
        .map(|one| Choice::new(one.id.to_string(), one.shown_name(f.lang)))
        .collect();
    let wanted = places.filter(|one| choices.of_community(one.id));
    let wanted: Vec<String> = wanted.map(|one| one.id.to_string()).collect();
    let has_communities = !all.is_empty();
    let communities = Field::new(
        "push_communities",
        Kind::Checks(all),
        f.text("mail-topic-community"),
    )
    .value(wanted.join(" "));
    let marker = Field::new("push", Kind::Hidden, "").value("shown");
    let communities = has_communities.then_some(communities);
    [Some(marker), Some(topics), communities]
        .into_iter()
        .flatten()
        .collect()
}

fn rhythms(f: &Frame, inherits: bool) -> Kind {
    let inherited = inherits.then(|| Choice::new("", f.text("notice-mail-as-above")));
    let all = Rhythm::ALL.iter();
    let all = all.map(|rhythm| Choice::new(rhythm.as_str(), f.text(rhythm.label())));
    Kind::Select(inherited.into_iter().chain(all).collect())
}

fn hour_fields(f: &Frame, hours: MailHours) -> [Field; 4] {
    let zone = words::zone_name(f.lang, f.own_zone.unwrap_or(f.site.zone));
    let zone = f
        .message("notice-mail-hour-hint")
        .arg("zone", zone)
        .to_string();
    let weekdays = (1..=7_u32).map(|day| {
        let label = f.text(&format!("weekday-{day}"));
        Choice::new(day.to_string(), label)
    });
    let quiet = |name: &str, key: &str, hour: Option<u32>| {
        let none = Choice::new("", f.text("notice-mail-no-quiet"));
        let all = std::iter::once(none).chain(hour_choices(f.lang)).collect();
        let value = hour.map(|hour| hour.to_string()).unwrap_or_default();
        Field::new(name, Kind::Select(all), f.text(key)).value(value)
    };
    [
        Field::new(
            "hour",
            Kind::Select(hour_choices(f.lang).collect()),
            f.text("notice-mail-hour"),
        )
        .hint(zone)
        .value(hours.hour.to_string()),
        Field::new(
            "weekday",
            Kind::Select(weekdays.collect()),
            f.text("notice-mail-weekday"),
        )
        .value(hours.weekday.to_string()),
        quiet(
            "quiet_from",
            "notice-mail-quiet-from",
            hours.quiet.map(|(from, _)| from),
        ),
        quiet(
            "quiet_to",
            "notice-mail-quiet-to",
            hours.quiet.map(|(_, to)| to),
        ),
    ]
}

/// The hours of a day: `07:00`, `7 h`.
fn hour_choices(lang: Lang) -> impl Iterator<Item = Choice> {
    (0..24).map(move |hour| {
        let label = match lang {
            Lang::En => format!("{hour:02}:00"),
            Lang::Fr => format!("{hour}\u{a0}h"),
        };
        Choice::new(hour.to_string(), label)
    })
}

/// `/mail/unsubscribe`: a link of a mail, which the form uses. Without `what` it cannot be used.
#[derive(Debug, Template)]
#[template(path = "account/unsubscribe.html")]
pub struct UnsubscribePage {
    pub f: Frame,
    /// What it ends, in the reader's language.
    pub what: Option<String>,
    /// Whether it has ended.
    pub done: bool,
    /// Where the form is posted.
    pub action: String,
}

impl UnsubscribePage {
    fn title(&self) -> &'static str {
        match (&self.what, self.done) {
            (None, _) => "unsubscribe-dead-title",
            (Some(_), false) => "unsubscribe-title",
            (Some(_), true) => "unsubscribe-done-title",
        }
    }
}

#[cfg(test)]
mod tests;

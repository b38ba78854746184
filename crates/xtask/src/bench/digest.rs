//! What the digest costs: 10,000 people who follow five communities each, all due at once, over real SMTP.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use model::id::IdMint;
use model::notice_mail::{MailHours, MailTopic, QueueDigests, Rhythm};
use model::{ActorId, Clock, FollowId, JobId, SystemClock, Time};
use store::{Db, StoreError, row};

use super::inbox::run::InboxFixture;
use super::instance::BenchInstance;
use super::mail_sink::MailSink;
use super::{BenchContext, Measure};

/// People who get a digest.
const PEOPLE: usize = 10_000;
/// People written in one transaction.
const CHUNK: usize = 500;
const COMMUNITIES: usize = 5;
/// New threads in each community.
const THREADS: usize = 20;
/// Threads begun by one person; less than the rate limit allows at once.
const THREADS_EACH: usize = 20;
/// Limits the wait for all mails.
const TIMEOUT: Duration = Duration::from_secs(900);
/// The interval at which memory is read.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
const DAY: i64 = 86_400;

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started or filled, or mails do not come.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let sink = MailSink::start()?;
    let mut instance = BenchInstance::set_up(context, "digest")?;
    instance.send_mail_to(sink.address())?;
    let reader = instance.add_person("reader", "Reader")?;
    let count = (COMMUNITIES * THREADS).div_ceil(THREADS_EACH);
    let people = (0..count).map(|n| instance.add_person(&format!("writer-{n}"), "Writer"));
    let people: Vec<_> = people.collect::<Result<_>>()?;
    instance.start()?;
    let mut connection = instance.site.connect()?;
    let names: Vec<String> = (0..COMMUNITIES).map(|n| format!("practice-{n}")).collect();
    let mut threads = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let person = people.get(n).context("there are no writers")?;
        person.create_community(&mut connection, name)?;
        for number in 0..THREADS {
            let title = format!("What we leave out, part {number}");
            threads.push(person.start_thread(&mut connection, name, &title)?.ap_id);
        }
    }
    drop(connection);
    instance.settle()?;
    let fixture = InboxFixture::with_instance(instance, &[], threads)?;
    fill(&fixture, &reader.handle, &names)?;
    let before = fixture.instance.rss_mb()?;
    let cpu = fixture.instance.cpu()?;
    let began = Instant::now();
    fixture.write(queue)?;
    let mut peak: f64 = before;
    while sink.count() < PEOPLE {
        let mails = sink.count();
        ensure!(began.elapsed() < TIMEOUT, "{mails} mails of {PEOPLE}");
        thread::sleep(POLL_INTERVAL);
        peak = peak.max(fixture.instance.rss_mb()?);
    }
    let elapsed = began.elapsed();
    let spent = fixture.instance.cpu()?.saturating_sub(cpu);
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let each = spent.as_secs_f64() * 1e6 / PEOPLE as f64;
    eprintln!("  {PEOPLE} digests: {each:.0} µs each, memory {before:.0} MB before");
    Ok(vec![Measure {
        bench: "digest",
        case: format!("{PEOPLE} people, {COMMUNITIES} communities each"),
        unit: "s",
        value: Some(elapsed.as_secs_f64()),
        cpu_us_per_unit: Some(each),
        rss_mb: Some(peak),
        n: u64::try_from(PEOPLE).ok(),
        ..Measure::default()
    }])
}

fn queue(db: &mut Db) -> Result<(), StoreError> {
    let now = SystemClock.now();
    let id: JobId = IdMint::new(253).next(now);
    store::queue::jobs::insert(db, id, &QueueDigests, now, now)?;
    Ok(())
}

/// Writes people like a first one, who follow the communities and whose digest is due.
fn fill(fixture: &InboxFixture<'_>, first: &str, communities: &[String]) -> Result<()> {
    let url = fixture.instance.site.url();
    let id = |handle: &String| format!("{url}/c/{handle}");
    let (name, known): (_, Vec<String>) = (first.to_owned(), communities.iter().map(id).collect());
    let read = move |db: &mut Db| {
        let member = store::account::by_handle(db, &name)?;
        Ok((member, store::raw::actor::by_ap_ids(db, &known)?))
    };
    let (member, places) = fixture.write(read)?;
    let template = member.context("the first person is not there")?;
    ensure!(places.len() == COMMUNITIES, "the communities are not there");
    // They followed before the threads were begun, which are new to them.
    let (ids, follow_ids) = (IdMint::new(254), IdMint::new(252));
    for from in (0..PEOPLE).step_by(CHUNK) {
        let now = SystemClock.now();
        let people: Vec<DigestReader> = (from..from + CHUNK)
            .map(|n| DigestReader::new(&template, (&ids, &follow_ids), now, (n, &url), &places))
            .collect();
        fixture.write(move |db| people.iter().try_for_each(|person| person.insert(db)))?;
    }
    Ok(())
}

/// The rows of somebody who gets a digest.
struct DigestReader {
    actor: row::Actor,
    account: row::Account,
    follows: Vec<row::Follow>,
    setting: row::MailSetting,
}

impl DigestReader {
    fn new(
        (account, actor): &(row::Account, row::Actor),
        (ids, follow_ids): (&IdMint, &IdMint),
        now: Time,
        (n, url): (usize, &str),
        places: &[row::Actor],
    ) -> Self {
        let id: ActorId = ids.next(now);
        let follow = |place: &row::Actor| {
            let follow: FollowId = follow_ids.next(now.plus_seconds(-DAY));
            row::Follow {
                id: follow,
                follower_id: id,
                target_id: place.id,
                ap_id: format!("{url}/follows/{follow}"),
                accepted: true,
                asked_at: now,
            }
        };
        let ap_id = format!("{url}/u/member-{n}");
        Self {
            actor: row::Actor {
                id,
                handle: format!("member-{n}"),
                url: ap_id.clone(),
                inbox: format!("{ap_id}/inbox"),
                delivery_inbox: format!("{ap_id}/inbox"),
                outbox: Some(format!("{ap_id}/outbox")),
                followers_url: Some(format!("{ap_id}/followers")),
                ap_id,
                ..actor.clone()
            },
            account: row::Account {
                actor_id: id,
                address: format!("member-{n}@example.org"),
                ..account.clone()
            },
            follows: places.iter().map(follow).collect(),
            setting: row::MailSetting::new(
                id,
                MailHours::default(),
                now.plus_seconds(-DAY),
                now.plus_seconds(-1),
            ),
        }
    }

    fn insert(&self, db: &mut Db) -> Result<(), StoreError> {
        store::actor::insert(db, &self.actor)?;
        store::account::insert(db, &self.account)?;
        for follow in &self.follows {
            store::follow::insert(db, follow)?;
        }
        let choice = row::MailChoice {
            account_id: self.actor.id,
            topic: MailTopic::Community,
            community_id: None,
            rhythm: Rhythm::Daily,
        };
        store::notice_mail::put_choice(db, &choice)?;
        Ok(store::notice_mail::put_setting(db, &self.setting)?)
    }
}

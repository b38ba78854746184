//! Outgoing deliveries: threads posted in a community whose followers are on many servers. Each thread
//! causes two activities to each server (an Announce of the Create, and one of its id), each signed
//! separately. The followers are written into the database before the server starts; everything after
//! that is the server's own work, from the request that posts to the recorded outcome of the last delivery.

mod sink;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use model::access::Reader;
use model::peer::DeliveryState;
use model::{ActorId, ActorKind, ActorState, Clock, FollowId, PeerId, SeenBy, SystemClock, Time};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use store::{Db, OpenOptions, Store, StoreError, row};
use tokio::runtime::Builder;

use super::api_client::ApiUser;
use super::instance::{BenchInstance, own_cpu};
use super::{BenchContext, Measure};
use sink::Sink;

/// The interval at which received requests and the server's memory are read.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Limits the wait for all deliveries.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Followers written in one transaction.
const CHUNK: usize = 500;
/// Activities that one thread causes to each inbox.
const ACTIVITIES_PER_THREAD: usize = 2;

const COMMUNITY: &str = "handover";

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started, or an inbox gets more or less than it should.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let limit = signing()?;
    let signature = limit.cpu_us_per_unit;
    let mut measures = vec![limit];
    for (secure, threads, inboxes) in [(false, 50, 100), (true, 50, 100), (false, 1, 10_000)] {
        let measured = deliver(context, secure, threads, inboxes)?;
        let measure = Measure {
            // The goal: a delivery costs at most twice its signature.
            limit_us_per_unit: signature.map(|us| us * 2.0),
            ..measured
        };
        eprintln!(
            "  {}: {:.0}/s, {:.0} µs, {:.0} MB",
            measure.case,
            measure.value.unwrap_or_default(),
            measure.cpu_us_per_unit.unwrap_or_default(),
            measure.rss_mb.unwrap_or_default()
        );
        measures.push(measure);
    }
    Ok(measures)
}

/// Posts threads in a community with one follower on each of `inboxes` servers, and measures the deliveries.
fn deliver(
    context: &BenchContext,
    secure: bool,
    threads: usize,
    inboxes: usize,
) -> Result<Measure> {
    let mut instance = BenchInstance::set_up(context, "outbox")?;
    let sink = if secure {
        Sink::secure(inboxes, &instance.trust())?
    } else {
        Sink::plain()?
    };
    let author = instance.add_person("author", "Author")?;
    instance.start()?;
    author.create_community(&mut instance.site.connect()?, COMMUNITY)?;
    instance.stop()?;
    follow(&instance, &sink, inboxes)?;
    instance.start()?;
    instance.settle()?;

    let (cpu, started) = (instance.cpu()?, Instant::now());
    post(&instance, &author, threads)?;
    let wanted = u64::try_from(threads * ACTIVITIES_PER_THREAD * inboxes)?;
    let mut rss_mb = 0.0_f64;
    while sink.count().0 < wanted {
        let count = sink.count();
        ensure!(
            started.elapsed() < TIMEOUT,
            "{count:?} of {wanted} deliveries have arrived"
        );
        rss_mb = rss_mb.max(instance.rss_mb()?);
        thread::sleep(POLL_INTERVAL);
    }
    let elapsed = started.elapsed();
    instance.settle()?;
    let spent = instance.cpu()?.saturating_sub(cpu);
    let each = u64::try_from(threads * ACTIVITIES_PER_THREAD)?;
    let (all, fewest, most) = sink.count();
    ensure!(
        (all, fewest, most) == (wanted, each, each) && sink.hosts() == inboxes,
        "{all} of {wanted} deliveries have arrived, between {fewest} and {most} at each of {} hosts",
        sink.hosts()
    );
    ensure!(
        unfinished(&instance)? == 0,
        "some deliveries are not recorded as delivered"
    );
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let count = wanted as f64;
    Ok(Measure {
        bench: "outbox",
        case: format!("{}, {threads} threads to {inboxes} inboxes", sink.scheme()),
        unit: "deliveries/s",
        value: Some(count / elapsed.as_secs_f64()),
        cpu_us_per_unit: Some(spent.as_secs_f64() * 1e6 / count),
        rss_mb: Some(rss_mb.max(instance.rss_mb()?)),
        n: Some(wanted),
        ..Measure::default()
    })
}

fn post(instance: &BenchInstance, author: &ApiUser, threads: usize) -> Result<()> {
    let mut connection = instance.site.connect()?;
    for n in 0..threads {
        author.start_thread(&mut connection, COMMUNITY, &format!("Thread {n}"))?;
    }
    Ok(())
}

/// Runs a closure with the instance's database.
fn with_store<T>(
    instance: &BenchInstance,
    run: impl AsyncFnOnce(&Store) -> Result<T>,
) -> Result<T> {
    let options = OpenOptions {
        readers: 1,
        create: false,
        ..OpenOptions::default()
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(&instance.database_url(), options)?;
        let answer = run(&store).await;
        store.close().await;
        answer
    })
}

/// Counts the deliveries that wait or have failed.
fn unfinished(instance: &BenchInstance) -> Result<i64> {
    with_store(instance, async |store| {
        let read = |db: &mut Db| -> Result<i64, StoreError> {
            let unfinished = store::queue::delivery::count(db, DeliveryState::Waiting)?;
            Ok(unfinished + store::queue::delivery::count(db, DeliveryState::Failed)?)
        };
        Ok(store.read(read).await?)
    })
}

/// Inserts a follower of the community on each of the sink's hosts.
fn follow(instance: &BenchInstance, sink: &Sink, inboxes: usize) -> Result<()> {
    with_store(instance, async |store| {
        let reader = Reader::system(SystemClock.now());
        let find = move |db: &mut Db| -> Result<_, StoreError> {
            Ok(store::actor::by_address(db, reader, COMMUNITY, "")?)
        };
        let community = store.read(find).await?.context("there is no community")?;
        let numbers: Vec<usize> = (0..inboxes).collect();
        for chunk in numbers.chunks(CHUNK) {
            let hosts = chunk.iter().map(|n| (*n, sink.host(*n)));
            let hosts: Vec<(usize, String)> = hosts.collect();
            let (target, scheme) = (community.id, sink.scheme());
            let write = move |db: &mut Db| -> Result<(), StoreError> {
                for (number, host) in &hosts {
                    add_follower(db, target, *number, (scheme, host))?;
                }
                Ok(())
            };
            store.write(write).await?;
        }
        Ok(())
    })
}

fn add_follower(
    db: &mut Db,
    target: ActorId,
    number: usize,
    (scheme, host): (&str, &str),
) -> Result<(), StoreError> {
    // Less than every generated id.
    let id = i64::try_from(number).unwrap_or(i64::MAX) + 1_000;
    let now = Time::from_unix_millis(1_798_761_600_000);
    let peer = store::peer::get_or_insert(db, PeerId(id), host, now)?;
    let at = |path: &str| format!("{scheme}://{host}{path}");
    store::actor::insert(
        db,
        &row::Actor {
            id: ActorId(id),
            kind: ActorKind::Person,
            peer_id: Some(peer),
            handle: "pat".to_owned(),
            host: host.to_owned(),
            state: ActorState::Active,
            ap_id: at("/u/pat"),
            url: at("/u/pat"),
            inbox: at("/u/pat/inbox"),
            delivery_inbox: at("/inbox"),
            outbox: None,
            followers_url: Some(at("/u/pat/followers")),
            moderators_url: None,
            name: "Pat".to_owned(),
            summary_md: String::new(),
            summary_html: String::new(),
            pronouns: String::new(),
            job_title: String::new(),
            organization: String::new(),
            languages: String::new(),
            picture_id: None,
            picture_url: None,
            picture_alt: String::new(),
            indexable: false,
            show_follows: false,
            key_id: None,
            key_pem: None,
            created_at: now,
            updated_at: now,
            fetched_at: Some(now),
            follower_count: 0,
            post_count: 0,
            moved_to: None,
            seen_by: SeenBy::CoMembers,
        },
    )?;
    add_follow(db, id, target, at("/follows/1"), now)
}

fn add_follow(
    db: &mut Db,
    id: i64,
    target: ActorId,
    ap_id: String,
    now: Time,
) -> Result<(), StoreError> {
    let follow = row::Follow {
        id: FollowId(id),
        follower_id: ActorId(id),
        target_id: target,
        ap_id,
        accepted: true,
        asked_at: now,
    };
    store::follow::insert(db, &follow)?;
    Ok(())
}

/// Measures openssl alone on one processor: the least that a delivery can cost.
fn signing() -> Result<Measure> {
    let key = PKey::from_rsa(Rsa::generate(2_048)?)?;
    let (cpu, mut count) = (own_cpu()?, 0_u32);
    while own_cpu()?.saturating_sub(cpu) < Duration::from_secs(1) {
        for _ in 0..20 {
            let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
            signer.sign_oneshot_to_vec(&[b'x'; 300])?;
            count += 1;
        }
    }
    let elapsed = own_cpu()?.saturating_sub(cpu).as_secs_f64();
    Ok(Measure {
        bench: "outbox",
        case: "openssl alone, RSA-2048".to_owned(),
        unit: "signatures/s",
        value: Some(f64::from(count) / elapsed),
        cpu_us_per_unit: Some(elapsed * 1e6 / f64::from(count)),
        n: Some(u64::from(count)),
        ..Measure::default()
    })
}

//! What open pages cost: 2,000 streams of notices on one process, each of another member, and how long a stop
//! takes while they are open.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{ActorId, Clock, SessionId, SystemClock};
use openssl::sha::sha256;
use store::{Db, OpenOptions, Store, StoreError, row};

use super::instance::BenchInstance;
use super::sample::ms;
use super::{BenchContext, Measure};

const STREAMS: i64 = 2_000;
/// The first id of the members, less than every generated one.
const FIRST: i64 = 1_000;
const IDLE: Duration = Duration::from_secs(60);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the bench.
///
/// # Errors
/// When the instance cannot be started, or a stream is refused.
pub fn run(context: &BenchContext) -> Result<Vec<Measure>> {
    let mut instance = BenchInstance::set_up(context, "streams")?;
    instance.add_person("reader", "Reader")?;
    add_members(&instance)?;
    instance.start()?;
    instance.settle()?;
    let before = instance.rss_mb()?;
    let began = Instant::now();
    let mut open = Vec::new();
    for number in 0..STREAMS {
        open.push(open_stream(&instance, number)?);
    }
    let opening = began.elapsed();
    instance.settle()?;
    let cpu = instance.cpu()?;
    thread::sleep(IDLE);
    let spent = instance.cpu()?.saturating_sub(cpu);
    let rss = instance.rss_mb()?;
    let began = Instant::now();
    instance.stop()?;
    let stopping = began.elapsed();
    drop(open);
    let n = u64::try_from(STREAMS).ok();
    let measure = |case: &str, unit, value| Measure {
        bench: "streams",
        case: case.to_owned(),
        unit,
        value: Some(value),
        n,
        ..Measure::default()
    };
    Ok(vec![
        measure("memory before", "MB", before),
        Measure {
            cpu_us_per_unit: Some(ms(spent) * 1e3 / IDLE.as_secs_f64()),
            rss_mb: Some(rss),
            ..measure("memory with all streams open, after a minute", "MB", rss)
        },
        measure("opening all of them, one by one", "ms", ms(opening)),
        measure("stop with all of them open", "ms", ms(stopping)),
    ])
}

fn token(number: i64) -> String {
    format!("session-of-member-{number}")
}

/// Opens a member's stream and reads its first event.
fn open_stream(instance: &BenchInstance, number: i64) -> Result<BufReader<TcpStream>> {
    let mut stream = TcpStream::connect(instance.site.socket())?;
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    let request = format!(
        "GET /notices/stream HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nCookie: hedgerow={}\r\n\r\n",
        instance.site.host(),
        token(number)
    );
    stream.write_all(request.as_bytes())?;
    let mut lines = BufReader::with_capacity(1 << 10, stream);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    ensure!(line.contains(" 200 "), "stream {number}: {line}");
    while !line.starts_with("data:") {
        line.clear();
        ensure!(lines.read_line(&mut line)? > 0, "stream {number} ended");
    }
    Ok(lines)
}

/// Writes accounts that are like the reader's, each with a session.
fn add_members(instance: &BenchInstance) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let store = Store::open(&instance.database_url(), OpenOptions::default())?;
        let read = |db: &mut Db| Ok::<_, StoreError>(store::account::by_handle(db, "reader")?);
        let (account, actor) = store.read(read).await?.context("the reader")?;
        for from in (0..STREAMS).step_by(500) {
            let (account, actor) = (account.clone(), actor.clone());
            let write = move |db: &mut Db| -> Result<(), StoreError> {
                for number in from..from + 500 {
                    add_member(db, &account, &actor, number)?;
                }
                Ok(())
            };
            store.write(write).await?;
        }
        Ok(())
    })
}

fn add_member(
    db: &mut Db,
    account: &row::Account,
    actor: &row::Actor,
    number: i64,
) -> Result<(), StoreError> {
    let id = ActorId(FIRST + number);
    let now = SystemClock.now();
    let ap_id = format!("{}{number}", actor.ap_id);
    let person = row::Actor {
        id,
        handle: format!("{}{number}", actor.handle),
        url: ap_id.clone(),
        ap_id,
        ..actor.clone()
    };
    store::actor::insert(db, &person)?;
    let member = row::Account {
        actor_id: id,
        ..account.clone()
    };
    store::account::insert(db, &member)?;
    let session = row::Session {
        id: SessionId(FIRST + number),
        actor_id: id,
        token_hash: URL_SAFE_NO_PAD.encode(sha256(token(number).as_bytes())),
        agent: "bench".to_owned(),
        created_at: now,
        seen_at: now,
        oidc_subject: String::new(),
        oidc_session: String::new(),
        confirmed_at: None,
        only_connects: false,
    };
    store::account::insert_session(db, &session)?;
    Ok(())
}

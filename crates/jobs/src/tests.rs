//! The registry against what `model` knows of jobs.

use crate::context::Context;
use crate::push_service::PushService;
use crate::registry;
use client::{Client, ClientConfig, Guard};
use delivery::jobs::Schedule;
use domain::{Ops, OpsConfig};
use federation::context::Federation;
use media::Media;
use model::id::IdMint;
use model::job::NewJob;
use model::{Clock, SystemClock};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::testing::Fresh;

fn instance() -> (Context, Fresh) {
    let store = store::testing::sqlite();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ops = Ops::new(OpsConfig {
        store: store.clone(),
        clock: Arc::clone(&clock),
        ids: IdMint::random(),
        wake: Box::new(|| {}),
    });
    let now = Arc::new(move || clock.now().utc());
    let client = Client::new(ClientConfig::new(Guard::default(), "test", now)).unwrap();
    let folder = std::env::temp_dir().join(format!("hedgerow-jobs-{}", std::process::id()));
    let context = Context {
        federation: Federation::new(ops, client.clone()),
        media: Media::open(&folder).unwrap(),
        mailer: ::mail::Mailer::default(),
        mail_pace: crate::mail_pace::MailPace::new(std::num::NonZeroU16::MIN),
        push: PushService::new(client),
        backup_plan: None,
    };
    (context, store)
}

#[tokio::test]
async fn each_kind_of_job_is_registered_once() {
    let (context, _store) = instance();
    let kinds: Vec<&str> = registry::jobs(&context).kinds().collect();
    let once: BTreeSet<&str> = kinds.iter().copied().collect();
    assert_eq!(once.len(), kinds.len(), "{kinds:?}");
    for kind in NewJob::KINDS {
        assert!(once.contains(kind), "{kind} has no body");
    }
    let schedules = registry::schedules(None, || chrono_tz::Tz::UTC);
    let scheduled: BTreeSet<&str> = schedules.iter().map(Schedule::kind).collect();
    assert_eq!(scheduled.len(), schedules.len());
    assert!(scheduled.is_subset(&once), "{scheduled:?}");
}

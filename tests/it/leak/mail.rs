//! The same for mails: whatever is queued, neither the mails of notices and new threads nor the digest tell anybody of
//! posts that they may not see.

use super::hidden::MARKER;
use super::viewer::Viewer;
use super::{Hidden, Story};
use domain::Tx;
use domain::account::Principal;
use domain::notice::mail::NewChoices;
use model::notice_mail::{MailHours, MailNewThread, MailState, MailTopic, Rhythm, SendNoticeMail};
use model::{ActorId, MailId, NoticeId, PostId};
use store::{SqlError, row};
use testkit::{Instance, MailServer};

const DAY: i64 = 86_400;

/// Gives somebody an address, and has new threads told in a rhythm.
async fn wants_mail(alpha: &Instance, who: ActorId, rhythm: Rhythm) {
    let address = format!("{who}@example.org").parse().unwrap();
    let choices = NewChoices {
        topics: vec![
            (MailTopic::Community, rhythm),
            (MailTopic::Written, Rhythm::AtOnce),
        ],
        communities: Vec::new(),
        hours: MailHours::default(),
    };
    let verb = move |tx: &mut Tx<'_>| {
        domain::account::set_zone(tx, who, "UTC")?;
        domain::account::assign_address(tx, Principal::Operator, who, &address)?;
        domain::notice::mail::choose(tx, who, &choices)
    };
    alpha.ops().write(verb).await.unwrap();
}

/// Queues a mail of every notice about a hidden post, and of each as a new thread.
fn queue(tx: &mut Tx<'_>, posts: &[PostId], recipients: &[ActorId]) -> Result<(), SqlError> {
    for post in posts {
        for (number, who) in (1..).zip(recipients) {
            let mail: MailId = tx.id();
            let row = row::NoticeMail {
                id: mail,
                account_id: *who,
                topic: MailTopic::Written.to_string(),
                thread_id: Some(*post),
                first_notice: NoticeId(post.0 * 10 + number),
                state: MailState::Queued,
                failure: String::new(),
                created_at: tx.now,
                changed_at: tx.now,
            };
            store::notice_mail::insert(tx.db, &row)?;
            store::queue::jobs::insert(tx.db, tx.id(), &SendNoticeMail { mail }, tx.now, tx.now)?;
        }
        let job = MailNewThread { post: *post };
        store::queue::jobs::insert(tx.db, tx.id(), &job, tx.now, tx.now)?;
    }
    Ok(())
}

impl Hidden {
    fn post_ids(&self) -> Vec<PostId> {
        let ids = self.posts().into_iter().map(|id| id.parse().unwrap());
        ids.map(PostId).collect()
    }
}

#[tokio::test]
async fn no_mail_tells_of_what_its_reader_may_not_see() {
    let server = MailServer::start();
    let story = Story::sending_mail(&server).await;
    let alpha = &story.alpha;
    let mut viewers = Viewer::all(&story).await;
    story.mia.follow("!weavers@alpha.test").await;
    viewers.push(Viewer::person("allowed", &story.mia).await);
    story.net.settle().await;
    story.net.stop_clock();
    let accounts: Vec<ActorId> = viewers.iter().filter_map(|viewer| viewer.id).collect();
    let rhythms = [Rhythm::AtOnce, Rhythm::Daily].into_iter().cycle();
    for (who, rhythm) in accounts.iter().zip(rhythms) {
        wants_mail(alpha, *who, rhythm).await;
    }
    story.hidden.insert(alpha, &viewers).await;
    let posts = story.hidden.post_ids();
    let verb = move |tx: &mut Tx<'_>| Ok(queue(tx, &posts, &accounts)?);
    alpha.ops().write(verb).await.unwrap();
    for _ in 0..3 {
        story.net.advance(DAY);
        story.net.settle().await;
    }
    let told = server.received().into_iter();
    let told = told.filter(|mail| format!("{mail:?}").contains(MARKER));
    let mut told: Vec<String> = told.map(|mail| mail.to).collect();
    told.dedup();
    let allowed = format!("{}@example.org", story.mia.id());
    assert_eq!(told, [allowed], "the member of its space alone");
}

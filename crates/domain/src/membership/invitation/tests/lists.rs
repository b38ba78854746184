//! Lists of people to invite.

use super::*;
use model::invitation::list::{ListRow, RowProblem};

store::both! {
    async fn a_list_is_shown_confirmed_and_queued_once(store: Store) {
        let story = Story::begin(store).await;
        let (ann, bob, weavers) = (story.ann, story.bob, story.weavers);
        story.invites(ann, "known@mill.example").await.unwrap();
        let row = |number: usize, address: &str, problem| ListRow {
            number,
            name: String::new(),
            address: address.to_owned(),
            lang: Lang::En,
            words: String::new(),
            problem,
        };
        let mut rows: Vec<ListRow> = (2..252)
            .map(|n| row(n, &format!("p{n}@mill.example"), None))
            .collect();
        rows.push(row(252, "known@mill.example", None));
        rows.push(row(253, "no address", Some(RowProblem::Address)));
        let by_bob = story.does(move |tx| begin_list(tx, bob, weavers)).await;
        assert!(refused(&by_bob, Rule::Facilitator));
        let id = story.does(move |tx| {
            let id = begin_list(tx, ann, weavers)?;
            add_list_rows(tx, ann, weavers, id, &rows)?;
            Ok(id)
        }).await.unwrap();
        let early = story.does(move |tx| confirm_list(tx, ann, weavers, id)).await;
        assert!(refused(&early, Rule::Decided), "the upload is not over");
        story.does(move |tx| finish_list(tx, ann, weavers, id)).await.unwrap();
        let counts = story.reads(move |db| Ok(store::invitation::problem_counts(db, id)?)).await;
        assert_eq!(counts, (250, 2));
        let faults = story.reads(move |db| {
            Ok(store::invitation::rows_after(db, id, 0, Some(true), 9)?)
        }).await;
        assert_eq!(faults[0].problem, "invited");
        assert_eq!(story.queued().await, 1, "nothing is sent before it is confirmed");
        story.does(move |tx| confirm_list(tx, ann, weavers, id)).await.unwrap();
        let again = story.does(move |tx| confirm_list(tx, ann, weavers, id)).await;
        assert!(refused(&again, Rule::Decided));
        let mut steps = 0;
        while story.does(move |tx| queue_list(tx, id)).await.unwrap() == ListProgress::More {
            steps += 1;
        }
        assert_eq!((steps, story.queued().await), (3, 251));
        assert_eq!(story.does(move |tx| queue_list(tx, id)).await.unwrap(), ListProgress::Done);
    }

    async fn a_community_sends_only_so_many_a_day(store: Store) {
        let story = Story::begin(store).await;
        let (ann, weavers) = (story.ann, story.weavers);
        let rows: Vec<ListRow> = (1..=1_100)
            .map(|number| ListRow {
                number,
                name: String::new(),
                address: format!("p{number}@mill.example"),
                lang: Lang::En,
                words: String::new(),
                problem: None,
            })
            .collect();
        let id = story.does(move |tx| begin_list(tx, ann, weavers)).await.unwrap();
        for chunk in rows.chunks(LIST_CHUNK) {
            let chunk: std::sync::Arc<[ListRow]> = chunk.into();
            story.does(move |tx| add_list_rows(tx, ann, weavers, id, &chunk)).await.unwrap();
        }
        story.does(move |tx| {
            finish_list(tx, ann, weavers, id)?;
            confirm_list(tx, ann, weavers, id)
        }).await.unwrap();
        let step = || story.does(move |tx| queue_list(tx, id));
        for _ in 0..10 {
            assert_eq!(step().await.unwrap(), ListProgress::More);
        }
        assert_eq!(step().await.unwrap(), ListProgress::Wait(3_600));
        assert!(too_often(&story.invites(ann, "one.more@mill.example").await));
        story.world.clock.pass(86_401);
        assert_eq!(step().await.unwrap(), ListProgress::More);
        assert_eq!(step().await.unwrap(), ListProgress::Done);
    }
}

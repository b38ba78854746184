//! Tests of communities.

use super::*;
use crate::testing::{World, charter};
use model::Refusal;
use model::job::SendActor;
use store::Store;

store::both! {
    async fn the_founder_facilitates_and_follows(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let (facilitators, follow, group) = world.ops.store().read(move |db| -> Outcome<_> {
            Ok((
                store::community::members(db, crate::testing::reader(None), id, &[MemberRole::Facilitator], 9)?,
                store::follow::between(db, ann, id)?,
                store::raw::actor::by_id(db, id)?,
            ))
        }).await.unwrap();
        assert!(facilitators.iter().map(|(_, actor)| actor.id).eq([ann]));
        assert!(follow.unwrap().accepted);
        let group = group.unwrap();
        assert_eq!((group.ap_id.as_str(), group.follower_count), ("https://alpha.test/c/weavers", 1));
    }

    async fn a_community_needs_a_name_a_purpose_and_a_language(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let handle = Handle::parse("weavers").unwrap();
        let key = crate::testing::key();
        let refused = world.ops
            .write(move |tx| found(tx, ann, &handle, &Charter::default(), &key))
            .await.unwrap_err();
        let Error::Refused(Refusal::Invalid(fields)) = refused else { panic!("{refused}") };
        let named: Vec<_> = fields.iter().map(|f| f.field).collect();
        assert_eq!(named, ["name_en", "purpose_en", "languages"]);
    }

    async fn only_facilitators_describe_it_anew(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let new = charter("The weavers");
        let by_bea = { let new = new.clone(); world.ops.write(move |tx| describe(tx, bea, id, &new)).await };
        assert!(matches!(by_bea, Err(Error::Refused(Refusal::NotAllowed(Rule::Facilitator)))));
        world.ops.write(move |tx| describe(tx, ann, id, &new)).await.unwrap();
        assert!(world.jobs().await.unwrap().contains(&SendActor::new(id).into()));
    }

    async fn each_gets_a_colour_that_no_other_has_until_its_facilitator_chooses(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let mut ids = Vec::new();
        for name in ["weavers", "dyers", "spinners"] {
            ids.push(world.community(ann, name).await.unwrap());
        }
        let (weavers, spinners) = (ids[0], ids[2]);
        let by_bea = world.ops.write(move |tx| set_colour(tx, bea, weavers, 9)).await;
        assert!(matches!(by_bea, Err(Error::Refused(Refusal::NotAllowed(Rule::Facilitator)))));
        let none = world.ops.write(move |tx| set_colour(tx, ann, weavers, 24)).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::Invalid(_)))));
        world.ops.write(move |tx| set_colour(tx, ann, weavers, 9)).await.unwrap();
        let new = charter("The spinners");
        world.ops.write(move |tx| describe(tx, ann, spinners, &new)).await.unwrap();
        ids.push(world.community(ann, "knitters").await.unwrap());
        let read = move |db: &mut store::Db| Ok::<_, Error>(store::raw::community::by_ids(db, &ids)?);
        let mut rows: Vec<_> = world.ops.store().read(read).await.unwrap().into_values().collect();
        rows.sort_by_key(store::community::CommunityWithActor::id);
        let colours: Vec<i32> = rows.iter().map(|row| row.community.colour).collect();
        assert_eq!(colours, [9, 1, 2, 0], "the newest has what the first has left");
    }

    async fn one_that_nobody_can_look_after_is_given_to_somebody(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let give_by = |by: Principal| move |tx: &mut Tx<'_>| give(tx, by, id, bea);
        let rule = |outcome: Outcome<()>| match outcome {
            Err(Error::Refused(Refusal::NotAllowed(rule))) => rule,
            other => panic!("{other:?}"),
        };
        let refused = world.ops.write(give_by(Principal::Operator)).await;
        assert_eq!(rule(refused), Rule::HasFacilitator);
        let suspend = move |tx: &mut Tx<'_>| crate::account::suspend(tx, Principal::Operator, ann, "Posts adverts");
        world.ops.write(suspend).await.unwrap();
        let by_bea = world.ops.write(give_by(Principal::Person(bea))).await;
        assert_eq!(rule(by_bea), Rule::Admin);
        world.ops.write(give_by(Principal::Person(world.admin))).await.unwrap();
        let new = charter("The weavers");
        world.ops.write(move |tx| describe(tx, bea, id, &new)).await.unwrap();
        let again = world.ops.write(give_by(Principal::Operator)).await;
        assert_eq!(rule(again), Rule::HasFacilitator);
        assert!(world.jobs().await.unwrap().contains(&SendActor::new(id).into()));
    }

    async fn a_planned_community_opens_and_an_archived_one_is_read_only(store: Store) {
        use model::community::{MilestoneKind, Stage};
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let set = async |by: ActorId, to: Stage, day: &'static str| {
            world.ops.write(move |tx| stage::set_stage(tx, by, id, to, day)).await
        };
        let join = async || {
            let answers = ["", "", "To weave"].map(str::to_owned);
            world.ops.write(move |tx| crate::membership::ask(tx, bea, id, &answers)).await
        };
        let rule = |outcome: Outcome<()>| match outcome {
            Err(Error::Refused(Refusal::NotAllowed(rule))) => Some(rule),
            Err(Error::Refused(_) | Error::Fault(_)) | Ok(()) => None,
        };
        assert_eq!(rule(set(bea, Stage::Planned, "").await), Some(Rule::Facilitator));
        assert!(set(ann, Stage::Planned, "2027-02-30").await.is_err(), "no such day");
        set(ann, Stage::Planned, "2027-01-15").await.unwrap();
        assert_eq!(rule(join().await.map(drop)), Some(Rule::Planned));
        assert_eq!(rule(world.thread(bea, id, "Early").await.map(drop)), Some(Rule::Planned));
        world.thread(ann, id, "Prepared").await.unwrap();

        set(ann, Stage::Active, "2027-01-15").await.unwrap();
        let post = world.thread(bea, id, "Open").await.unwrap();
        join().await.unwrap();
        set(ann, Stage::Archived, "").await.unwrap();
        for by in [ann, bea] {
            assert_eq!(rule(world.reply(by, post, "Late").await.map(drop)), Some(Rule::Archived));
        }
        set(ann, Stage::Active, "").await.unwrap();
        world.reply(bea, post, "Again").await.unwrap();

        let read = move |db: &mut store::Db| -> Outcome<_> {
            let place = store::raw::community::by_id(db, id)?.unwrap();
            Ok((place.community.opens_on, store::community::milestone::of_community(db, id, 9)?))
        };
        let (opens_on, timeline) = world.ops.store().read(read).await.unwrap();
        assert_eq!(opens_on, "", "the day belongs to a planned one");
        let words: Vec<&str> = timeline.iter().map(|row| row.word.as_str()).collect();
        assert_eq!(words, ["active", "archived", "active", "planned"]);
        assert!(timeline.iter().all(|row| row.kind == MilestoneKind::Stage));
    }

    async fn purposes_names_and_milestones_make_a_timeline(store: Store) {
        use model::community::{MilestoneKind, Purpose, Purposes};
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let both = Purposes::new(&[Purpose::Act, Purpose::Learn, Purpose::Act]);
        let write = move |tx: &mut Tx<'_>| {
            stage::set_purposes(tx, ann, id, &both)?;
            stage::set_purposes(tx, ann, id, &both)?;
            describe(tx, ann, id, &charter("The weavers"))?;
            stage::add_milestone(tx, ann, id, "2021-09-14", &LangText::single("fr", "Début"))
        };
        let own = world.ops.write(write).await.unwrap();
        let none = world.ops.write(move |tx| stage::set_purposes(tx, ann, id, &Purposes::default())).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::Invalid(_)))));
        let read = move |db: &mut store::Db| -> Outcome<_> {
            let place = store::raw::community::by_id(db, id)?.unwrap();
            Ok((place.community.purposes, store::community::milestone::of_community(db, id, 9)?))
        };
        let (purposes, timeline) = world.ops.store().read(read).await.unwrap();
        assert_eq!(purposes, "learn act", "a new description leaves them");
        let kinds: Vec<MilestoneKind> = timeline.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [MilestoneKind::Name, MilestoneKind::Purposes, MilestoneKind::Own]);
        for milestone in timeline.iter().map(|row| row.id).collect::<Vec<_>>() {
            let remove = move |tx: &mut Tx<'_>| stage::remove_milestone(tx, ann, id, milestone);
            world.ops.write(remove).await.unwrap();
        }
        let (_, left) = world.ops.store().read(read).await.unwrap();
        assert_eq!(left.len(), 2, "what was recorded stays");
        assert!(left.iter().all(|row| row.id != own));
    }

    async fn visitors_write_to_contacts_whose_addresses_nobody_sees(store: Store) {
        use model::community::contact::{CONTACT_PER_DAY, Contact, ContactLetter, SendContactMessage};
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let bea = world.person("bea").await.unwrap();
        let id = world.community(ann, "weavers").await.unwrap();
        let contacts = |count: usize| {
            let one = Contact {
                name: "Ann".into(),
                about: LangText::single("en", "Joining"),
                address: "ann@mill.example".parse().unwrap(),
                lang: model::Lang::Fr,
            };
            vec![one; count]
        };
        for (by, count, good) in [(bea, 1, false), (ann, 5, false), (ann, 2, true)] {
            let set = move |tx: &mut Tx<'_>| contact::set(tx, by, id, &contacts(count));
            assert_eq!(world.ops.write(set).await.is_ok(), good, "{count}");
        }
        let write = async |to: i32, text: &'static str| {
            let letter = ContactLetter {
                name: "Zoe".into(),
                address: "zoe@example.org".parse().unwrap(),
                text: text.into(),
            };
            world.ops.write(move |tx| contact::write(tx, id, to, &letter)).await
        };
        assert!(write(3, "Hello").await.is_err(), "there is no third");
        assert!(write(1, " ").await.is_err());
        let message = write(2, "When do you meet?").await.unwrap();
        let job = SendContactMessage { message };
        assert!(world.jobs().await.unwrap().contains(&job.clone().into()));
        let addressed = async || {
            let job = job.clone();
            world.ops.write(move |tx| contact::address(tx, &job)).await.unwrap()
        };
        let mail = addressed().await.unwrap();
        assert_eq!((mail.to.to_string(), mail.from.to_string()), ("ann@mill.example".into(), "zoe@example.org".into()));
        world.ops.write(move |tx| contact::mailed(tx, message)).await.unwrap();
        assert!(addressed().await.is_none(), "what was mailed is forgotten");
        for _ in 1..CONTACT_PER_DAY {
            write(1, "Hello").await.unwrap();
        }
        let flood = write(1, "Hello").await;
        assert!(matches!(flood, Err(Error::Refused(Refusal::TooMany { .. }))), "{flood:?}");
        world.clock.pass(86_401);
        write(1, "Hello").await.unwrap();
    }
}

//! The list of organizations, who belongs to them, and whom communities admit for it.

use super::*;
use crate::testing::World;
use model::Refusal;
use model::membership::JoinPolicy;
use model::refusal::Rule;
use store::Store;

fn mill() -> NewOrganization {
    NewOrganization {
        name: LangText::new([("en", "Old Mill"), ("fr", "Vieux Moulin")]),
        place: "Larchmere".into(),
        ror: "https://ror.org/03yrm5c26".into(),
        site: "https://mill.example/about".into(),
        domains: "mill.example\n*.west.example".into(),
    }
}

fn fields<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(&'static str, Why)> {
    match outcome {
        Err(Error::Refused(Refusal::Invalid(fields))) => fields
            .iter()
            .map(|field| (field.field, field.why))
            .collect(),
        other => panic!("{other:?}"),
    }
}

async fn list(world: &World, new: NewOrganization) -> Outcome<OrganizationId> {
    let by = world.admin;
    world.ops.write(move |tx| add(tx, by, &new)).await
}

async fn one(world: &World, id: OrganizationId) -> row::Organization {
    let read = move |db: &mut Db| -> Outcome<_> { Ok(store::organization::by_id(db, id)?) };
    world.ops.store().read(read).await.unwrap().unwrap()
}

/// Gives somebody a confirmed address.
async fn confirm(world: &World, who: ActorId, address: &str) {
    let address: MailAddress = address.parse().unwrap();
    let verb = move |tx: &mut Tx<'_>| -> Outcome<()> {
        Ok(store::account::mail::set_addresses(
            tx.db,
            who,
            Some(&address),
            None,
        )?)
    };
    world.ops.write(verb).await.unwrap();
}

store::both! {
    async fn administrators_keep_the_list(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let by_ann = world.ops.write(move |tx| add(tx, ann, &mill())).await;
        assert!(matches!(by_ann, Err(Error::Refused(Refusal::NotAllowed(Rule::Admin)))));
        let id = list(&world, mill()).await.unwrap();
        let row = one(&world, id).await;
        assert_eq!((row.slug.as_str(), row.ror.as_str()), ("old-mill", "03yrm5c26"));
        assert_eq!(row.domains, "mill.example *.west.example");

        let again = NewOrganization { name: LangText::single("fr", "VIEUX moulin"), ..mill() };
        assert_eq!(
            fields(list(&world, again).await),
            [("organization_en", Why::Taken), ("ror", Why::Taken)]
        );
        let (by, began) = (world.admin, row.updated_at);
        let other = || NewOrganization { name: LangText::single("en", "New Mill"), ..mill() };
        world.ops.write(move |tx| change(tx, by, id, &other(), Some(began))).await.unwrap();
        let late = world.ops.write(move |tx| change(tx, by, id, &mill(), Some(began))).await;
        assert_eq!(fields(late), [("organization_en", Why::Stale)]);
        let row = one(&world, id).await;
        assert_eq!((row.slug.as_str(), row.name.read(Lang::En)), ("old-mill", "New Mill"));
        // Another of the former name has another address.
        let second = NewOrganization { ror: String::new(), ..mill() };
        let second = list(&world, second).await.unwrap();
        assert_eq!(one(&world, second).await.slug, format!("old-mill-{second}"));
    }

    async fn what_is_mistyped_is_named(store: Store) {
        let world = World::new(store).await.unwrap();
        let bad = NewOrganization {
            name: LangText::single("fr", &"é".repeat(ORGANIZATION_NAME_MAX + 1)),
            place: "x".repeat(PLACE_MAX + 1),
            ror: "03yrm5c27".into(),
            site: "javascript:alert(1)".into(),
            domains: "mill.example".into(),
        };
        assert_eq!(
            fields(list(&world, bad).await),
            [
                ("organization_fr", Why::TooLong),
                ("place", Why::TooLong),
                ("ror", Why::Malformed),
                ("site", Why::Malformed),
            ]
        );
        let none = NewOrganization::default();
        assert_eq!(fields(list(&world, none).await), [("organization_en", Why::Required)]);
        let domains = NewOrganization { domains: "mill".into(), ..mill() };
        assert_eq!(fields(list(&world, domains).await), [("domains", Why::Malformed)]);
    }

    async fn people_say_where_they_belong_and_their_address_confirms_it(store: Store) {
        let world = World::new(store).await.unwrap();
        let ann = world.person("ann").await.unwrap();
        let id = list(&world, mill()).await.unwrap();
        assert!(!world.ops.write(move |tx| join(tx, ann, Some(id))).await.unwrap());
        confirm(&world, ann, "ann@north.west.example").await;
        // Twice changes nothing.
        assert!(world.ops.write(move |tx| join(tx, ann, Some(id))).await.unwrap());
        let count = move |db: &mut Db| -> Outcome<_> { Ok(store::organization::count_people(db, id)?) };
        assert_eq!(world.ops.store().read(count).await.unwrap(), 1);

        let none = world.ops.write(move |tx| join(tx, ann, None)).await;
        assert_eq!(fields(none), [("affiliation", Why::Required)]);
        let unknown = world.ops.write(move |tx| join(tx, ann, Some(OrganizationId(1)))).await;
        assert_eq!(fields(unknown), [("affiliation", Why::NotAChoice)]);
        for number in 1..=AFFILIATIONS_MAX {
            let name = LangText::single("en", &format!("Loom {number}"));
            let id = list(&world, NewOrganization { name, ..NewOrganization::default() }).await.unwrap();
            let joined = world.ops.write(move |tx| join(tx, ann, Some(id))).await;
            assert_eq!(joined.is_ok(), number < AFFILIATIONS_MAX, "{joined:?}");
        }
        world.ops.write(move |tx| leave(tx, ann, id)).await.unwrap();
        assert_eq!(world.ops.store().read(count).await.unwrap(), 0);
    }

    async fn a_community_admits_the_people_of_an_organization_while_it_is_listed(store: Store) {
        let world = World::new(store).await.unwrap();
        let mut people = Vec::new();
        for name in ["ann", "bea", "cleo"] {
            people.push(world.person(name).await.unwrap());
        }
        let [ann, bea, cleo] = people[..] else { panic!("three people") };
        let weavers = world.community(ann, "weavers").await.unwrap();
        let id = list(&world, mill()).await.unwrap();
        let by_bea = world.ops.write(move |tx| set_eligible(tx, bea, weavers, &[id])).await;
        assert!(matches!(by_bea, Err(Error::Refused(Refusal::NotAllowed(Rule::Facilitator)))));
        let unknown = world.ops.write(move |tx| set_eligible(tx, ann, weavers, &[OrganizationId(1)])).await;
        assert_eq!(fields(unknown), [("organizations", Why::NotAChoice)]);
        let choose = move |tx: &mut Tx<'_>| {
            set_eligible(tx, ann, weavers, &[id, id])?;
            crate::membership::set_form(tx, ann, weavers, JoinPolicy::Eligibility, &[])
        };
        world.ops.write(choose).await.unwrap();
        let role = |who: ActorId| {
            let read = move |db: &mut Db| -> Outcome<_> {
                Ok(store::membership::membership(db, weavers, who)?.map(|row| row.role))
            };
            world.ops.store().read(read)
        };
        for (who, address) in [(bea, "bea@mill.example"), (cleo, "cleo@mill.example.evil.example")] {
            confirm(&world, who, address).await;
            // Who is not admitted is asked the usual questions.
            let _asked = world.ops.write(move |tx| crate::membership::ask(tx, who, weavers, &[])).await;
        }
        assert!(role(bea).await.unwrap().is_some());
        assert!(role(cleo).await.unwrap().is_none());

        let by = world.admin;
        world.ops.write(move |tx| remove(tx, by, id)).await.unwrap();
        assert!(role(bea).await.unwrap().is_some(), "members stay");
        confirm(&world, cleo, "cleo@mill.example").await;
        let _asked = world.ops.write(move |tx| crate::membership::ask(tx, cleo, weavers, &[])).await;
        assert!(role(cleo).await.unwrap().is_none());
    }
}

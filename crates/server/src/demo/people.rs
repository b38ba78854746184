//! The first day: each organization is set up, its people come, found their communities, and begin
//! to follow each other across the three.

use std::collections::HashMap;

use anyhow::Context;
use domain::account::{self, NewAccount, Principal, Profile};
use domain::community::{contact, stage};
use domain::oauth::OwnToken;
use domain::organization::NewOrganization;
use domain::password::{Cost, hash};
use domain::site::{SetUp, set_up};
use domain::{community, follow, membership, organization, secret};
use httpkit::RemoteObject;
use httpkit::compose::render;
use model::community::contact::Contact;
use model::community::{Charter, Purposes, Stage};
use model::mail::MailAddress;
use model::oauth::Scopes;
use model::{AccountState, ActorId, Handle, Lang, Registration, SeenBy, Site, SiteRole};

use super::content::{self, Address, Follow};
use super::keys::Keys;
use super::report::{ReportAccount, ReportCommunity, ReportInstance};
use super::world::{DemoServer, World};

/// Everybody's password.
pub(super) const PASSWORD: &str = "hedgerow-demo";

/// How many keys the people and communities of an organization need, with its own.
pub(super) fn keys_needed(organization: &content::Organization) -> usize {
    1 + organization.people.len() + organization.communities.len()
}

/// Sets an organization up: its people and its communities. Answers who can sign in.
pub(super) async fn settle_in(
    world: &World,
    place: &DemoServer,
    keys: &Keys,
) -> anyhow::Result<ReportInstance> {
    let organization = &place.content;
    let password = hash(PASSWORD, Cost::Least).context("the system has no randomness")?;
    let mut people: Vec<&content::Person> = organization.people.iter().collect();
    people.sort_by_key(|person| !person.admin);
    let mut accounts = Vec::new();
    let mut ids = HashMap::new();
    for person in people {
        let id = if person.admin {
            found_site(place, person, &password, keys).await?
        } else {
            arrive(place, person, &password, keys).await?
        };
        introduce(world, place, person, id).await?;
        ids.insert(person.handle.as_str(), id);
        accounts.push(sign_in(place, person, id).await?);
    }
    list_organizations(place, &ids).await?;
    let mut communities = Vec::new();
    for community in &organization.communities {
        communities.push(found(world, place, community, keys).await?);
    }
    Ok(ReportInstance {
        name: organization.name.read(Lang::En).to_owned(),
        url: place.url(),
        accounts,
        communities,
    })
}

/// Lists the organizations, and lets people say that they belong to them.
async fn list_organizations(
    place: &DemoServer,
    ids: &HashMap<&str, ActorId>,
) -> anyhow::Result<()> {
    let id_of = |handle: &str| ids.get(handle).copied().context(format!("no {handle}"));
    let admin = place.content.people.iter().find(|person| person.admin);
    let by = id_of(&admin.context("nobody administers it")?.handle)?;
    for listed in &place.content.organizations {
        let new = NewOrganization {
            name: listed.name.clone(),
            place: listed.place.clone(),
            ..NewOrganization::default()
        };
        let people: anyhow::Result<Vec<ActorId>> =
            listed.people.iter().map(|handle| id_of(handle)).collect();
        let people = people?;
        let list = move |tx: &mut domain::Tx<'_>| {
            let id = organization::add(tx, by, &new)?;
            for who in &people {
                organization::join(tx, *who, Some(id))?;
            }
            Ok::<_, domain::Error>(())
        };
        place.ops().write(list).await?;
    }
    Ok(())
}

async fn found_site(
    place: &DemoServer,
    admin: &content::Person,
    password: &str,
    keys: &Keys,
) -> anyhow::Result<ActorId> {
    let set = SetUp {
        site: Site {
            url: place.url(),
            name: place.content.name.clone(),
            description: place.content.description.clone(),
            languages: vec![Lang::En, Lang::Fr],
            registration: Registration::Open,
            zone: "America/Toronto".to_owned(),
            admins_need_second_factor: false,
        },
        admin: handle(&admin.handle)?,
        admin_name: admin.name.clone(),
        password: password.to_owned(),
        address: None,
        lang: reads(admin),
        keys: [keys.next().await?, keys.next().await?],
    };
    let id = place.ops().write(move |tx| set_up(tx, &set)).await?;
    place.ops().refresh_site().await?;
    Ok(id)
}

async fn arrive(
    place: &DemoServer,
    person: &content::Person,
    password: &str,
    keys: &Keys,
) -> anyhow::Result<ActorId> {
    let new = NewAccount {
        handle: handle(&person.handle)?,
        name: person.name.clone(),
        password: Some(password.to_owned()),
        address: None,
        lang: reads(person),
        request: String::new(),
        key: keys.next().await?,
    };
    let arrive = move |tx: &mut domain::Tx<'_>| {
        account::create(tx, &new, SiteRole::Member, AccountState::Active)
    };
    Ok(place.ops().write(arrive).await?)
}

async fn introduce(
    world: &World,
    place: &DemoServer,
    person: &content::Person,
    id: ActorId,
) -> anyhow::Result<()> {
    let profile = Profile {
        name: person.name.clone(),
        pronouns: person.pronouns.clone(),
        job_title: person.role.clone(),
        organization: person.organization.clone(),
        languages: person.languages.iter().map(ToString::to_string).collect(),
        biography: render(world.text(&person.bio), Vec::new()).await?,
        seen_by: Some(person.seen_by.unwrap_or(SeenBy::Everyone)),
        region: Some(person.region.clone()),
        ask: Some(person.ask.clone()),
        systems: Some(person.systems.clone()),
        ..Profile::default()
    };
    let address: Option<MailAddress> = format!("{}@{}.example", person.handle, place.content.slug)
        .parse()
        .ok();
    let introduce = move |tx: &mut domain::Tx<'_>| {
        if let Some(address) = &address {
            account::assign_address(tx, Principal::Operator, id, address)?;
        }
        account::set_profile(tx, id, &profile)
    };
    Ok(place.ops().write(introduce).await?)
}

async fn sign_in(
    place: &DemoServer,
    person: &content::Person,
    id: ActorId,
) -> anyhow::Result<ReportAccount> {
    let token = secret::token();
    let own = OwnToken {
        token_hash: secret::digest(&token),
        name: "Demo".to_owned(),
        scopes: Scopes::all(),
        expires_at: None,
    };
    let make = move |tx: &mut domain::Tx<'_>| domain::oauth::make_own_token(tx, id, &own);
    place.ops().write(make).await?;
    Ok(ReportAccount {
        handle: person.handle.clone(),
        password: PASSWORD.to_owned(),
        token,
        name: person.name.clone(),
        admin: person.admin,
    })
}

async fn found(
    world: &World,
    place: &DemoServer,
    community: &content::Community,
    keys: &Keys,
) -> anyhow::Result<ReportCommunity> {
    let by = world.person(&community.facilitator).await?;
    let charter = Charter {
        name: community.name.clone(),
        purpose: community.purpose.clone(),
        domain: community.domain.clone(),
        community: community.who.clone(),
        practice: community.practice.clone(),
        languages: community
            .languages
            .iter()
            .map(ToString::to_string)
            .collect(),
        purposes: Purposes::new(&community.purposes),
        stage: Stage::Active,
    };
    let (handle, key) = (handle(&community.handle)?, keys.next().await?);
    let found = move |tx: &mut domain::Tx<'_>| community::found(tx, by, &handle, &charter, &key);
    let id = place.ops().write(found).await?;
    tell_history(place, community, (by, id)).await?;
    for request in &community.requests {
        join(world, place, request, (by, id)).await?;
    }
    for invited in &community.invited {
        let who = world.person(invited).await?;
        let invite = move |tx: &mut domain::Tx<'_>| membership::invite(tx, by, id, who);
        place.ops().write(invite).await?;
    }
    Ok(ReportCommunity {
        handle: community.handle.clone(),
        name: community.name.read(Lang::En).to_owned(),
        url: format!("{}/c/{}", place.url(), community.handle),
    })
}

/// Names the contacts of a community, writes its timeline, and announces one that is planned.
async fn tell_history(
    place: &DemoServer,
    community: &content::Community,
    (by, id): (ActorId, ActorId),
) -> anyhow::Result<()> {
    let (milestones, opens_on) = (community.milestones.clone(), community.opens_on.clone());
    let contact = |one: &content::Contact| -> anyhow::Result<Contact> {
        Ok(Contact {
            name: one.name.clone(),
            about: one.about.clone(),
            address: one.address.parse::<MailAddress>()?,
            lang: one.lang,
        })
    };
    let contacts: anyhow::Result<Vec<Contact>> = community.contacts.iter().map(contact).collect();
    let contacts = contacts?;
    let tell = move |tx: &mut domain::Tx<'_>| {
        contact::set(tx, by, id, &contacts)?;
        for one in &milestones {
            stage::add_milestone(tx, by, id, &one.day, &one.text)?;
        }
        match &opens_on {
            Some(day) => stage::set_stage(tx, by, id, Stage::Planned, day),
            None => Ok(()),
        }
    };
    Ok(place.ops().write(tell).await?)
}

/// Somebody asks to join, and is accepted or waits.
async fn join(
    world: &World,
    place: &DemoServer,
    request: &content::JoinRequest,
    (facilitator, community): (ActorId, ActorId),
) -> anyhow::Result<()> {
    let who = world.person(&request.by).await?;
    let (answers, accepted) = (request.answers.clone(), request.accepted);
    let join = move |tx: &mut domain::Tx<'_>| {
        membership::ask(tx, who, community, &answers)?;
        let asked = store::membership::of_actor(tx.db, community, who)?;
        match asked.filter(|_| accepted) {
            Some(asked) => membership::accept(tx, facilitator, asked.id, ""),
            None => Ok(()),
        }
    };
    Ok(place.ops().write(join).await?)
}

/// Everybody of an organization follows whom and what they are interested in, as by the search box.
pub(super) async fn follow_all(world: &World, place: &DemoServer) -> anyhow::Result<()> {
    for person in &place.content.people {
        let me = Address {
            handle: person.handle.clone(),
            organization: place.content.slug.clone(),
        };
        let me = world.person(&me).await?;
        for wish in &person.follows {
            let target = look_up(world, place, wish).await?;
            place
                .ops()
                .write(move |tx| follow::follow(tx, me, target))
                .await?;
        }
    }
    Ok(())
}

async fn look_up(world: &World, place: &DemoServer, wish: &Follow) -> anyhow::Result<ActorId> {
    let (sigil, address) = match wish {
        Follow::Community(_) => ('!', wish.address()),
        Follow::Person(_) => ('@', wish.address()),
    };
    let host = &world.home(address)?.host;
    let typed = format!("{sigil}{}@{host}", address.handle);
    match place.instance.app().remote().look_up(&typed).await {
        Ok(RemoteObject::Actor(id)) => Ok(id),
        Ok(RemoteObject::Post(_)) => anyhow::bail!("{typed} is a post"),
        Err(refusal) => Err(refusal).with_context(|| format!("looking up {typed}")),
    }
}

fn handle(text: &str) -> anyhow::Result<Handle> {
    Handle::parse(text).map_err(|why| anyhow::anyhow!("{text}: {why:?}"))
}

/// The language the person reads the interface in.
fn reads(person: &content::Person) -> Lang {
    person.languages.first().copied().unwrap_or(Lang::En)
}

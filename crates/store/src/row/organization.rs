//! Organizations, who belongs to them, and which communities admit their people.

use crate::schema::{affiliation, eligible_organization, organization};
use diesel::prelude::*;
use model::{ActorId, LangText, OrganizationId, Time};

/// An organization that administrators have listed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organization, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: String,
    pub name: LangText,
    /// Lower case and without accents, in all languages.
    pub folded: String,
    pub place: String,
    /// Nine characters; empty where it has no id.
    pub ror: String,
    pub site: String,
    /// The stored form of `model::invitation::domains::MailDomains`.
    pub domains: String,
    pub updated_at: Time,
}

/// That somebody says they belong to an organization.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = affiliation, treat_none_as_default_value = false)]
pub struct Affiliation {
    pub actor_id: ActorId,
    pub organization_id: OrganizationId,
    pub since: Time,
}

/// An organization whose people a community admits at once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = eligible_organization, treat_none_as_default_value = false)]
pub struct EligibleOrganization {
    pub community_id: ActorId,
    pub organization_id: OrganizationId,
}

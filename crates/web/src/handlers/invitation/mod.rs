//! Invitations to a community of ours: by mail, by links and by lists; what waits for the reader; and what links open.

mod admitted;
mod invited;
mod link;
mod list;
mod mine;
mod sent;

pub use admitted::{act as join_by_link, page as opened_link};
pub use invited::{act as answer_invitation, page as opened_invitation};
pub use link::{list as links, make as make_link, revoke as revoke_link};
pub use list::{decide as decide_list, form as list_form, preview as list_preview, upload};
pub use mine::{answer as answer_mine, list as mine};
pub use sent::{change as change_invitation, invite, list as sent};

use domain::{Outcome, Tx};
use model::ActorId;
use model::notice_mail::Rhythm;
use query::row::CommunityWithActor;

use crate::frame::Frame;
use crate::handlers::form_post::Fields;
use crate::handlers::show::actor;
use crate::views::parts::Tab;

/// Where invitations are sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Mail,
    Link,
    List,
}

fn invitations_url(place: &CommunityWithActor) -> String {
    format!("{}/invitations", actor::url(&place.actor))
}

/// The ways in which facilitators invite.
fn tabs(f: &Frame, place: &CommunityWithActor, here: Way) -> Vec<Tab> {
    let base = invitations_url(place);
    let tab = |way: Way, key: &str, below: &str| {
        Tab::new(f.text(key), format!("{base}{below}"), way == here)
    };
    vec![
        tab(Way::Mail, "invitations-by-mail", ""),
        tab(Way::Link, "invitations-by-link", "/links"),
        tab(Way::List, "invitations-by-list", "/lists"),
    ]
}

/// Stores how much somebody who has just joined wants to hear, where the form says it.
///
/// # Errors
/// Faults, and as the verb.
pub fn choose_rhythm(
    tx: &mut Tx<'_>,
    who: ActorId,
    community: ActorId,
    rhythm: Option<Rhythm>,
) -> Outcome<()> {
    match rhythm {
        Some(rhythm) => domain::notice::mail::choose_for_community(tx, who, community, rhythm),
        None => Ok(()),
    }
}

/// How much somebody wants to hear, as the form says.
pub fn typed_rhythm(fields: &Fields) -> Option<Rhythm> {
    fields.choice("rhythm")
}

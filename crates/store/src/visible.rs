//! Who may see what, as SQL: the `See` of `model::access::may`. Every list, count and look-up that
//! answers a person or a peer filters by one of these; a test compares them with the rule itself.
//!
//! Blocked peers and suspended actors are read once a statement, by an index, and nearly always
//! there are none.

use crate::fragment::{Predicate, SqlText, predicate};
use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use model::ActorId;
use model::access::{Reader, Viewer};

/// A row of a table with a nullable `peer_id` is ours, or of a peer that is not blocked.
macro_rules! not_blocked {
    ($table:literal) => {
        concat!(
            "(",
            $table,
            ".peer_id IS NULL OR ",
            $table,
            ".peer_id NOT IN (SELECT id FROM peer WHERE standing = 'blocked'))"
        )
    };
}

/// A row of a table with a nullable `peer_id` is ours, or of a peer that is neither silenced nor blocked.
macro_rules! not_limited {
    ($table:literal) => {
        concat!(
            "(",
            $table,
            ".peer_id IS NULL OR ",
            $table,
            ".peer_id NOT IN (SELECT id FROM peer WHERE standing IN ('silenced', 'blocked')))"
        )
    };
}

/// A post, by its alias, that its peer and its author do not withhold.
macro_rules! shown_row {
    ($post:literal) => {
        concat!(
            not_blocked!($post),
            " AND ",
            $post,
            ".author_id NOT IN (SELECT id FROM actor WHERE state = 'suspended')"
        )
    };
}

/// A post, by its alias, that guests are shown: of a silenced peer only in a community of ours.
macro_rules! shown_to_guests {
    ($post:literal) => {
        concat!(
            shown_row!($post),
            " AND (",
            not_limited!($post),
            " OR EXISTS (SELECT 1 FROM actor home WHERE home.id = ",
            $post,
            ".community_id AND home.peer_id IS NULL))"
        )
    };
}

/// States that everybody sees.
macro_rules! public_state {
    ($post:literal) => {
        concat!($post, ".state IN ('live', 'tombstone')")
    };
}

/// States that the viewer, `?1`, sees.
macro_rules! viewer_state {
    ($post:literal) => {
        concat!(
            "(",
            public_state!($post),
            " OR ",
            $post,
            ".author_id = ?1 OR (",
            $post,
            ".state IN ('held', 'hidden') AND EXISTS (SELECT 1 FROM membership m \
             WHERE m.community_id = ",
            $post,
            ".community_id AND m.actor_id = ?1 AND m.role IN ('moderator', 'facilitator'))))"
        )
    };
}

/// A post, by its alias, that its peer and its author do not withhold, and that was not removed.
macro_rules! counted {
    ($post:literal) => {
        concat!(shown_row!($post), " AND ", $post, ".state = 'live'")
    };
}

/// An actor, by its alias, of no blocked peer, neither suspended nor waiting for approval.
macro_rules! shown_actor {
    ($actor:literal) => {
        concat!(
            not_blocked!($actor),
            " AND ",
            $actor,
            ".state NOT IN ('suspended', 'pending')"
        )
    };
}

/// A post, by its alias, that guests see, its place aside.
macro_rules! guest_sees {
    ($post:literal) => {
        concat!(shown_to_guests!($post), " AND ", public_state!($post))
    };
}

/// A post, by its alias, that the viewer sees, its place aside.
macro_rules! viewer_sees {
    ($post:literal) => {
        concat!(shown_row!($post), " AND ", viewer_state!($post))
    };
}

/// The first post, `root`, of the thread of a `post`, as far as the viewer sees what is in it: one's
/// own reply also where whoever began the thread is withheld.
macro_rules! viewer_sees_root {
    () => {
        concat!(
            viewer_state!("root"),
            " AND (post.author_id = ?1 OR (",
            shown_row!("root"),
            "))"
        )
    };
}

/// The space of `post`, `s`, and its community, `c`, with conditions on them.
macro_rules! in_space {
    ($shown:expr, $access:expr) => {
        concat!(
            "(post.space_id IS NULL OR EXISTS (SELECT 1 FROM space s \
             JOIN actor c ON c.id = s.community_id WHERE s.id = post.space_id \
             AND c.state NOT IN ('suspended', 'pending') AND ",
            $shown,
            " AND ",
            $access,
            "))"
        )
    };
}

/// Spaces that everybody reads.
macro_rules! open_space {
    () => {
        in_space!(not_limited!("c"), "s.access = 'open'")
    };
}

/// Spaces that the viewer reads, at the time `?2`.
macro_rules! readable_space {
    () => {
        in_space!(
            not_blocked!("c"),
            "(s.access = 'open' OR (NOT EXISTS (SELECT 1 FROM community_ban b \
                 WHERE b.community_id = s.community_id AND b.actor_id = ?1 \
                 AND (b.until IS NULL OR b.until > ?2)) AND (\
             (s.access = 'members' AND EXISTS (SELECT 1 FROM membership m \
                 WHERE m.community_id = s.community_id AND m.actor_id = ?1)) \
             OR (s.access = 'private' AND EXISTS (SELECT 1 FROM space_member m \
                 WHERE m.space_id = s.id AND m.actor_id = ?1)) \
             OR EXISTS (SELECT 1 FROM post_grant g WHERE g.post_id = post.root_id \
                 AND g.actor_id = ?1 AND g.until > ?2))))"
        )
    };
}

/// The first post of a reply's thread is shown, by a condition on `root`.
macro_rules! in_thread {
    ($shown:expr) => {
        concat!(
            "(post.parent_id IS NULL OR EXISTS (SELECT 1 FROM post root \
             WHERE root.id = post.root_id AND ",
            $shown,
            "))"
        )
    };
}

/// The access rule for one kind of row, as SQL for whoever asks: guests and peers see what is open, a
/// person what is theirs too, the system everything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule<O, P> {
    viewer: Viewer,
    open: Predicate<O>,
    person: Predicate<P>,
}

/// A post, by its alias, whose author and community let it be found, or that the viewer, `?1`, wrote or
/// follows them.
macro_rules! consented {
    ($post:literal) => {
        concat!(
            "(NOT EXISTS (SELECT 1 FROM actor a WHERE a.id IN (",
            $post,
            ".author_id, ",
            $post,
            ".community_id) AND a.indexable = FALSE) OR ",
            $post,
            ".author_id = ?1 OR EXISTS (SELECT 1 FROM follow WHERE follow.follower_id = ?1 \
             AND follow.target_id IN (",
            $post,
            ".author_id, ",
            $post,
            ".community_id)))"
        )
    };
}

/// A rule's condition for one viewer, see [`for_viewer`].
pub(crate) enum ForViewer<O, P, S> {
    Open(Predicate<O>),
    Person(Predicate<P>),
    System(Predicate<S>),
}

impl<O: SqlText, P: SqlText> Rule<O, P> {
    const fn new(reader: Reader, open: Predicate<O>, person: Predicate<P>) -> Self {
        let person = match reader.viewer {
            Viewer::Person(id) => person.bind(id, reader.now),
            Viewer::Guest | Viewer::Peer(_) | Viewer::System => person,
        };
        Self {
            viewer: reader.viewer,
            open,
            person,
        }
    }

    /// The condition for the viewer.
    pub(crate) fn of_viewer(self) -> ForViewer<O, P, impl SqlText> {
        match self.viewer {
            Viewer::Guest | Viewer::Peer(_) => ForViewer::Open(self.open),
            Viewer::Person(_) => ForViewer::Person(self.person),
            Viewer::System => ForViewer::System(predicate!("1 = 1")),
        }
    }
}

/// `for_viewer!(rule, p => body)`: runs `body` with `p` the rule's condition for the viewer. The body is
/// compiled for each kind of viewer, so that the statement in it is found by its type: for statements
/// that pages or received activities run often. Elsewhere a query takes the rule itself.
macro_rules! for_viewer {
    ($rule:expr, $p:ident => $body:expr) => {
        match $rule.of_viewer() {
            $crate::visible::ForViewer::Open($p) => $body,
            $crate::visible::ForViewer::Person($p) => $body,
            $crate::visible::ForViewer::System($p) => $body,
        }
    };
}
pub(crate) use for_viewer;

macro_rules! rule {
    ($reader:expr, $open:expr, $person:expr $(,)?) => {
        Rule::new($reader, predicate!($open), predicate!($person))
    };
}

impl<O, P> QueryId for Rule<O, P> {
    type QueryId = ();
    // Which text it is depends on the viewer: statements are told apart by the SQL they end up in.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<O, P> Expression for Rule<O, P> {
    type SqlType = Bool;
}

impl<O, P, From> SelectableExpression<From> for Rule<O, P> where Self: AppearsOnTable<From> {}
impl<O, P, From> AppearsOnTable<From> for Rule<O, P> where Self: Expression {}

impl<O, P, Group> ValidGrouping<Group> for Rule<O, P> {
    type IsAggregate = is_aggregate::Never;
}

impl<O, P, DB> QueryFragment<DB> for Rule<O, P>
where
    DB: Backend,
    Predicate<O>: QueryFragment<DB>,
    Predicate<P>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match self.viewer {
            Viewer::Guest | Viewer::Peer(_) => self.open.walk_ast(out),
            Viewer::Person(_) => self.person.walk_ast(out),
            Viewer::System => {
                out.push_sql("1 = 1");
                Ok(())
            }
        }
    }
}

/// A post of a thread that was found visible before: its row alone decides.
pub(crate) fn reply(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(reader, guest_sees!("post"), viewer_sees!("post"))
}

/// The first post of a thread: its row and its place decide.
pub(crate) fn thread(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(
        reader,
        concat!(guest_sees!("post"), " AND ", open_space!()),
        concat!(viewer_sees!("post"), " AND ", readable_space!()),
    )
}

/// Any post: its row, its thread and its place decide.
pub(crate) fn post(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(
        reader,
        concat!(
            guest_sees!("post"),
            " AND ",
            in_thread!(guest_sees!("root")),
            " AND ",
            open_space!()
        ),
        concat!(
            viewer_sees!("post"),
            " AND ",
            in_thread!(viewer_sees_root!()),
            " AND ",
            readable_space!()
        ),
    )
}

/// A post `r` that counters count: withheld by nobody, and live.
pub(crate) const COUNTED_R: &str = counted!("r");

/// An actor `r` whose likes counters count.
pub(crate) const SHOWN_ACTOR_R: &str = shown_actor!("r");

/// A post `q` that its peer and its author do not withhold, for queries written by hand.
pub(crate) const SHOWN_Q: &str = shown_row!("q");

/// An actor that its own page answers for, if only with a refusal: of no blocked peer, and for
/// guests of no silenced one.
pub(crate) fn known_actor(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(reader, not_limited!("actor"), not_blocked!("actor"))
}

/// An actor that lists of actors show: of no blocked peer, neither suspended nor waiting for approval;
/// to guests none of a silenced peer.
pub(crate) fn actor(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(
        reader,
        concat!(shown_actor!("actor"), " AND ", not_limited!("actor")),
        shown_actor!("actor"),
    )
}

/// A notice whose cause and post are shown to whoever is told.
pub(crate) fn notice(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(
        reader,
        "1 = 0",
        concat!(
            "EXISTS (SELECT 1 FROM actor WHERE actor.id = notice.from_id AND ",
            not_blocked!("actor"),
            " AND actor.state <> 'suspended') \
             AND (notice.post_id IS NULL OR EXISTS (SELECT 1 FROM post \
             WHERE post.id = notice.post_id AND ",
            viewer_sees!("post"),
            " AND ",
            in_thread!(viewer_sees_root!()),
            " AND ",
            readable_space!(),
            "))"
        ),
    )
}

/// A post that lists of the whole instance show as well: public, and not of a silenced peer unless
/// the viewer follows its author or its community.
pub(crate) fn listed_post(reader: Reader) -> Predicate<impl SqlText> {
    let id = reader.viewer.person().unwrap_or(ActorId(0));
    predicate!(concat!(
        "post.audience = 'public' AND (",
        not_limited!("post"),
        " OR EXISTS (SELECT 1 FROM follow WHERE follow.follower_id = ?1 \
             AND follow.target_id IN (post.author_id, post.community_id)))",
    ))
    .bind(id, reader.now)
}

/// An actor that lists of the whole instance show as well: not of a silenced peer unless the viewer
/// follows it.
pub(crate) fn listed_actor(reader: Reader) -> Predicate<impl SqlText> {
    let id = reader.viewer.person().unwrap_or(ActorId(0));
    predicate!(concat!(
        "(",
        not_limited!("actor"),
        " OR EXISTS (SELECT 1 FROM follow WHERE follow.follower_id = ?1 \
             AND follow.target_id = actor.id))",
    ))
    .bind(id, reader.now)
}

/// A post that searching finds as well: its author and its community, and whoever began its thread, let
/// it be found (FEP-5feb), and its thread is listed too; or the viewer wrote it or follows them.
pub(crate) fn searchable_post(reader: Reader) -> Predicate<impl SqlText> {
    let id = reader.viewer.person().unwrap_or(ActorId(0));
    predicate!(concat!(
        "(post.author_id = ?1 OR (",
        consented!("post"),
        " AND ",
        in_thread!(concat!("root.audience = 'public' AND ", consented!("root"))),
        "))"
    ))
    .bind_viewer(id)
}

/// An actor of which the viewer, `?1`, sees at the time `?2` what it says of itself: as it chose, see
/// [`model::SeenBy`].
macro_rules! seen_actor {
    () => {
        "(actor.seen_by = 'everyone' OR actor.id = ?1 \
          OR (actor.seen_by = 'instance' AND EXISTS (SELECT 1 FROM account v \
              WHERE v.actor_id = ?1 AND v.state = 'active')) \
          OR EXISTS (SELECT 1 FROM membership theirs \
              JOIN membership mine ON mine.community_id = theirs.community_id \
              WHERE theirs.actor_id = actor.id AND mine.actor_id = ?1 \
              AND NOT EXISTS (SELECT 1 FROM community_ban b \
                  WHERE b.community_id = mine.community_id AND b.actor_id = ?1 \
                  AND (b.until IS NULL OR b.until > ?2))))"
    };
}

/// An actor whose profile the viewer sees in full.
pub(crate) fn profile(reader: Reader) -> Rule<impl SqlText, impl SqlText> {
    rule!(reader, "actor.seen_by = 'everyone'", seen_actor!())
}

/// An actor that the viewer finds in lists of the whole instance and by searching: its profile is shown to them, or they
/// follow it.
pub(crate) fn findable_actor(reader: Reader) -> Predicate<impl SqlText> {
    let id = reader.viewer.person().unwrap_or(ActorId(0));
    predicate!(concat!(
        "(",
        seen_actor!(),
        " OR EXISTS (SELECT 1 FROM follow WHERE follow.follower_id = ?1 \
             AND follow.target_id = actor.id))",
    ))
    .bind(id, reader.now)
}

#[cfg(test)]
mod tests;

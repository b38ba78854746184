//! On which database the instances of a story stand.

use std::cell::Cell;

/// Which database an instance stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own on the tests' server.
    Postgres,
}

thread_local! {
    /// Where nothing else is said. A story runs on the one thread of its test.
    static OF_THIS_STORY: Cell<Engine> = const { Cell::new(Engine::Sqlite) };
}

impl Engine {
    /// Where this story's instances stand, unless it says otherwise.
    pub(crate) fn of_this_story() -> Self {
        OF_THIS_STORY.get()
    }
}

/// Tells a story once more, with every instance on PostgreSQL; where there is none, it is left out.
pub fn on_postgres(story: fn()) {
    /// Puts the next story of this thread back where it was, however this one ends.
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            OF_THIS_STORY.set(Engine::Sqlite);
        }
    }
    if store::testing::has_postgres() {
        let _back = Back;
        OF_THIS_STORY.set(Engine::Postgres);
        story();
    }
}

/// Tells stories of this module once more, in a module `postgres`, with every instance there.
#[macro_export]
macro_rules! on_postgres_too {
    ($($story:ident)+) => {
        mod postgres {
            $(#[test]
            fn $story() {
                $crate::on_postgres(super::$story);
            })+
        }
    };
}

//! The database engine of the instances of a test.

use std::cell::Cell;

/// The database engine of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own on the test server.
    Postgres,
}

thread_local! {
    /// The default engine. A test runs on one thread.
    static DEFAULT: Cell<Engine> = const { Cell::new(Engine::Sqlite) };
}

impl Engine {
    /// Returns the default engine of the current test.
    pub(crate) fn default_of_test() -> Self {
        DEFAULT.get()
    }
}

/// Runs a test with every instance on PostgreSQL; skips it where there is none.
pub fn on_postgres(test: fn()) {
    /// Restores the default engine for the next test of this thread.
    struct Back;
    impl Drop for Back {
        fn drop(&mut self) {
            DEFAULT.set(Engine::Sqlite);
        }
    }
    if store::testing::has_postgres() {
        let _back = Back;
        DEFAULT.set(Engine::Postgres);
        test();
    }
}

/// Runs tests of this module again with every instance on PostgreSQL, in a module `postgres`.
#[macro_export]
macro_rules! on_postgres_too {
    ($($test:ident)+) => {
        mod postgres {
            $(#[test]
            fn $test() {
                $crate::on_postgres(super::$test);
            })+
        }
    };
}

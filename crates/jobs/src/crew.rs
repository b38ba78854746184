//! Those at work in a loop: how many more may begin, whose leases to renew, who has finished.

use std::collections::HashMap;
use std::hash::Hash;
use tokio::task::{Id, JoinSet};

/// Tasks under their rows' ids.
pub(crate) struct Crew<I, T> {
    size: usize,
    tasks: JoinSet<T>,
    at_work: HashMap<Id, I>,
}

impl<I: Copy + Eq + Hash, T: Send + 'static> Crew<I, T> {
    /// At most `size` at a time.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            size,
            tasks: JoinSet::new(),
            at_work: HashMap::new(),
        }
    }

    /// How many more may begin.
    pub(crate) fn free(&self) -> usize {
        self.size.saturating_sub(self.tasks.len())
    }

    /// Nobody is at work.
    pub(crate) fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many are at work.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// What is at work.
    pub(crate) fn ids(&self) -> Vec<I> {
        self.at_work.values().copied().collect()
    }

    /// Begins.
    pub(crate) fn begin(&mut self, id: I, work: impl Future<Output = T> + Send + 'static) {
        let task = self.tasks.spawn(work).id();
        self.at_work.insert(task, id);
    }

    /// The next to finish: its id, and what it answers, or the words of its panic. Waits for ever
    /// where nobody is at work.
    pub(crate) async fn next(&mut self) -> (I, Result<T, String>) {
        loop {
            let Some(joined) = self.tasks.join_next_with_id().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (task, answer) = match joined {
                Ok((task, answer)) => (task, Ok(answer)),
                Err(error) => (error.id(), Err(error.to_string())),
            };
            if let Some(id) = self.at_work.remove(&task) {
                return (id, answer);
            }
        }
    }

    /// Those that have finished by now, the first given.
    pub(crate) async fn finished(
        &mut self,
        first: (I, Result<T, String>),
    ) -> Vec<(I, Result<T, String>)> {
        let mut all = vec![first];
        while !self.tasks.is_empty() {
            tokio::select! {
                biased;
                one = self.next() => all.push(one),
                () = std::future::ready(()) => break,
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_task_only() {
        let mut crew: Crew<i32, i32> = Crew::new(2);
        crew.begin(1, async { panic!("oh") });
        crew.begin(2, async { 20 });
        assert_eq!((crew.free(), crew.len()), (0, 2));
        let first = crew.next().await;
        let mut all = crew.finished(first).await;
        while !crew.is_idle() {
            all.push(crew.next().await);
        }
        all.sort_by_key(|(id, _)| *id);
        assert!(all[0].1.as_ref().is_err_and(|why| why.contains("panic")));
        assert_eq!(all[1], (2, Ok(20)));
        assert_eq!(crew.free(), 2);
    }
}

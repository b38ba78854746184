//! The running tasks of a loop: how many more may start, and which have finished.

use std::collections::HashMap;
use std::hash::Hash;
use tokio::task::{Id, JoinSet};

/// Tasks by the ids of their rows. Dropping the pool aborts them.
pub struct TaskPool<I, T> {
    max_size: usize,
    tasks: JoinSet<T>,
    ids: HashMap<Id, I>,
}

impl<I: Copy + Eq + Hash, T: Send + 'static> TaskPool<I, T> {
    /// Creates a pool for at most `max_size` tasks.
    #[must_use]
    pub fn new(max_size: usize) -> Self {
        Self {
            max_size,
            tasks: JoinSet::new(),
            ids: HashMap::new(),
        }
    }

    /// Returns how many more tasks may start.
    #[must_use]
    pub fn free(&self) -> usize {
        self.max_size.saturating_sub(self.tasks.len())
    }

    /// Whether no task is running.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Returns the number of running tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Returns the ids of the running tasks.
    #[must_use]
    pub fn ids(&self) -> Vec<I> {
        self.ids.values().copied().collect()
    }

    /// Starts a task.
    pub fn spawn(&mut self, id: I, work: impl Future<Output = T> + Send + 'static) {
        let task = self.tasks.spawn(work).id();
        self.ids.insert(task, id);
    }

    /// Waits for the next task to finish; returns its id, and its result or the message of its panic.
    /// Waits for ever while no task is running.
    pub async fn next(&mut self) -> (I, Result<T, String>) {
        loop {
            let Some(joined) = self.tasks.join_next_with_id().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (task, result) = match joined {
                Ok((task, result)) => (task, Ok(result)),
                Err(error) => (error.id(), Err(error.to_string())),
            };
            if let Some(id) = self.ids.remove(&task) {
                return (id, result);
            }
        }
    }

    /// Returns all tasks that have finished by now, after the given first one.
    pub async fn finished(&mut self, first: (I, Result<T, String>)) -> Vec<(I, Result<T, String>)> {
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
        let mut pool: TaskPool<i32, i32> = TaskPool::new(2);
        pool.spawn(1, async { panic!("oh") });
        pool.spawn(2, async { 20 });
        assert_eq!((pool.free(), pool.len()), (0, 2));
        let first = pool.next().await;
        let mut all = pool.finished(first).await;
        while !pool.is_empty() {
            all.push(pool.next().await);
        }
        all.sort_by_key(|(id, _)| *id);
        assert!(all[0].1.as_ref().is_err_and(|why| why.contains("panic")));
        assert_eq!(all[1], (2, Ok(20)));
        assert_eq!(pool.free(), 2);
    }
}

//! The running tasks of a loop, under the ids of their rows, whose leases are renewed meanwhile.

use std::collections::HashMap;
use std::hash::Hash;
use tokio::task::{Id, JoinSet};

/// A bounded set of running tasks.
pub struct TaskPool<I, T> {
    size: usize,
    tasks: JoinSet<T>,
    running: HashMap<Id, I>,
}

impl<I: Copy + Eq + Hash, T: Send + 'static> TaskPool<I, T> {
    /// A pool of at most `size` tasks.
    pub fn new(size: usize) -> Self {
        Self {
            size,
            tasks: JoinSet::new(),
            running: HashMap::new(),
        }
    }

    /// How many more tasks it takes.
    pub fn free(&self) -> usize {
        self.size.saturating_sub(self.tasks.len())
    }

    /// Whether no task is running.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// How many tasks are running.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// The ids of the running tasks.
    pub fn ids(&self) -> Vec<I> {
        self.running.values().copied().collect()
    }

    /// Spawns a task.
    pub fn begin(&mut self, id: I, work: impl Future<Output = T> + Send + 'static) {
        let task = self.tasks.spawn(work).id();
        self.running.insert(task, id);
    }

    /// Waits for the next task to finish. Returns its id and its result, or the message of its panic.
    /// Waits for ever where none is running.
    pub async fn next(&mut self) -> (I, Result<T, String>) {
        loop {
            let Some(joined) = self.tasks.join_next_with_id().await else {
                std::future::pending::<()>().await;
                continue;
            };
            let (task, answer) = match joined {
                Ok((task, answer)) => (task, Ok(answer)),
                Err(error) => (error.id(), Err(error.to_string())),
            };
            if let Some(id) = self.running.remove(&task) {
                return (id, answer);
            }
        }
    }

    /// Returns all tasks that have finished by now, beginning with `first`.
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
        pool.begin(1, async { panic!("oh") });
        pool.begin(2, async { 20 });
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

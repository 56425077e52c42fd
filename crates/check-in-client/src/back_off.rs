//! When to ask again: later each time, never all at once, and no sooner than the server wants.

use std::time::Duration;

use rand::RngExt;
use tokio::time::{Instant, sleep};

use crate::Trouble;

/// How long to wait before the same is asked again.
#[derive(Debug, Clone, Copy)]
pub struct BackOff {
    /// The first wait; each one after it is twice as long.
    pub shortest: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// When to give up. A phone never does while it has something to hand in.
    pub give_up_after: Option<Duration>,
}

impl Default for BackOff {
    /// From half a second to a minute, for ever.
    fn default() -> Self {
        Self { shortest: Duration::from_millis(500), longest: Duration::from_mins(1), give_up_after: None }
    }
}

/// The waits between the attempts at one thing.
#[derive(Debug)]
pub struct Waits {
    back_off: BackOff,
    next: Duration,
    since: Instant,
}

impl BackOff {
    /// Begins: the first attempt is made at once.
    #[must_use]
    pub fn begin(self) -> Waits {
        Waits { back_off: self, next: self.shortest, since: Instant::now() }
    }
}

impl Waits {
    /// Waits until it is time for the next attempt; returns the trouble where there should be none.
    pub async fn after(&mut self, trouble: Trouble) -> Result<(), Trouble> {
        let is_over = self.back_off.give_up_after.is_some_and(|limit| self.since.elapsed() >= limit);
        if is_over || !trouble.is_passing() {
            return Err(trouble);
        }
        sleep(self.next_wait(&trouble)).await;
        Ok(())
    }

    /// How long to wait now.
    ///
    /// A third of it is left to chance, so that the phones of a hall whose network is back do not come as one.
    fn next_wait(&mut self, trouble: &Trouble) -> Duration {
        let wanted = match trouble {
            Trouble::Later { after: Some(after), .. } => *after,
            _ => Duration::ZERO,
        };
        let wait = self.next.mul_f64(rand::rng().random_range(0.67..1.0));
        self.next = (self.next * 2).min(self.back_off.longest);
        wait.max(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(after: Option<Duration>) -> Trouble {
        Trouble::Later { code: "RATE_LIMITED".to_owned(), message: String::new(), after }
    }

    fn waits(give_up_after: Option<Duration>) -> Waits {
        BackOff { give_up_after, ..BackOff::default() }.begin()
    }

    #[test]
    fn each_wait_is_longer_and_none_is_shorter_than_the_server_wants() {
        let mut waits = waits(None);
        let took: Vec<Duration> = (0..9).map(|_| waits.next_wait(&later(None))).collect();
        assert!(took[..7].is_sorted(), "{took:?}");
        assert!(took.iter().all(|wait| *wait <= Duration::from_mins(1)), "{took:?}");
        let wanted = Duration::from_mins(9);
        assert_eq!(waits.next_wait(&later(Some(wanted))), wanted);
    }

    #[tokio::test]
    async fn a_refusal_is_not_waited_for_and_patience_has_an_end() {
        assert!(waits(None).after(Trouble::Unauthenticated).await.is_err());
        assert!(waits(Some(Duration::ZERO)).after(later(None)).await.is_err());
    }
}

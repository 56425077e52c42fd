//! Slows down who tries passwords and codes: by account and address, by address, and by account.
//!
//! Each server counts by itself and forgets when it stops. What is counted is what was typed, so that nothing tells
//! whether there is such an account.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use hemicycle_domain::account::{Attempts, Patience};
use moka::sync::Cache;

/// How many accounts and addresses are remembered.
const REMEMBERED: u64 = 100_000;
/// The longest name that is remembered, in characters; addresses are not longer.
const LONGEST_NAME: usize = 254;

/// Where attempts come from: an address, or the network of one where everyone has many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place(Option<IpAddr>);

impl Place {
    fn of(address: Option<IpAddr>) -> Self {
        Self(address.map(|address| match address {
            IpAddr::V4(_) => address,
            // A provider gives each of its customers at least the last 64 bits.
            IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
        }))
    }
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    AccountFrom(String, Place),
    Account(String),
    From(Place),
}

impl Counted {
    fn patience(&self) -> &'static Patience {
        match self {
            Self::AccountFrom(..) => &Patience::WITH_ACCOUNT_FROM_ADDRESS,
            Self::Account(_) => &Patience::WITH_ACCOUNT,
            Self::From(_) => &Patience::WITH_ADDRESS,
        }
    }
}

/// One who tries.
#[derive(Debug, Clone)]
pub(crate) struct Trier {
    name: String,
    place: Place,
}

impl Trier {
    /// Whoever tries to be this, from there.
    pub(crate) fn new(name: &str, address: Option<IpAddr>) -> Self {
        let name = name.trim().to_lowercase().chars().take(LONGEST_NAME).collect();
        Self { name, place: Place::of(address) }
    }
}

/// Counts attempts.
pub(crate) struct Throttle {
    attempts: Cache<Counted, Attempts>,
    /// Held while several counts are read and written.
    turn: Mutex<()>,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self { attempts: Cache::new(REMEMBERED), turn: Mutex::default() }
    }

    /// Whether so many try this account, from everywhere, that it matters who is known to it.
    pub(crate) fn is_beset(&self, trier: &Trier, now: DateTime<Utc>) -> bool {
        self.wait_for(&Counted::Account(trier.name.clone()), now).is_some()
    }

    /// Lets one attempt be made, which counts as wrong until [`Self::was_right`] is told; else says how long to wait.
    ///
    /// Whoever is known to the account does not wait for what others try.
    pub(crate) fn attempt(&self, trier: &Trier, is_known: bool, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted = vec![
            Counted::AccountFrom(trier.name.clone(), trier.place),
            Counted::From(trier.place),
            Counted::Account(trier.name.clone()),
        ];
        if is_known {
            counted.pop();
        }
        if let Some(wait) = counted.iter().filter_map(|counted| self.wait_for(counted, now)).max() {
            return Err(wait);
        }
        for counted in counted {
            let attempts = self.attempts.get(&counted).unwrap_or_else(|| Attempts::none(now));
            let next = attempts.and_one(counted.patience(), now);
            self.attempts.insert(counted, next);
        }
        Ok(())
    }

    /// Takes the last attempt back: it was right.
    pub(crate) fn was_right(&self, trier: &Trier) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.attempts.invalidate(&Counted::AccountFrom(trier.name.clone(), trier.place));
        for counted in [Counted::From(trier.place), Counted::Account(trier.name.clone())] {
            if let Some(attempts) = self.attempts.get(&counted) {
                self.attempts.insert(counted, attempts.but_one());
            }
        }
    }

    fn wait_for(&self, counted: &Counted, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.attempts.get(counted)?.wait(counted.patience(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(last: u8) -> Trier {
        Trier::new("someone@example.org", Some(IpAddr::from([203, 0, 113, last])))
    }

    fn tries(throttle: &Throttle, trier: &Trier, count: usize, now: DateTime<Utc>) -> usize {
        (0..count).filter(|_| throttle.attempt(trier, false, now).is_ok()).count()
    }

    #[test]
    fn who_tries_from_one_place_waits_and_others_do_not() {
        let (throttle, now) = (Throttle::new(), DateTime::UNIX_EPOCH);
        assert_eq!(tries(&throttle, &from(1), 1_000, now), 6);
        assert_eq!(tries(&throttle, &from(2), 1, now), 1);
        let other = Trier::new("other@example.org", Some(IpAddr::from([203, 0, 113, 1])));
        assert_eq!(tries(&throttle, &other, 1, now), 1);
    }

    #[test]
    fn who_tries_many_accounts_from_one_place_waits() {
        let (throttle, now) = (Throttle::new(), DateTime::UNIX_EPOCH);
        let names = (0..1_000).map(|number| format!("{number}@example.org"));
        let address = Some(IpAddr::from([203, 0, 113, 1]));
        let let_in =
            names.filter(|name| throttle.attempt(&Trier::new(name, address), false, now).is_ok()).count();
        assert_eq!(let_in, 51);
    }

    #[test]
    fn who_is_known_does_not_wait_for_what_others_try_from_many_places() {
        let (throttle, now) = (Throttle::new(), DateTime::UNIX_EPOCH);
        for last in 1..=60 {
            let _ = throttle.attempt(&from(last), false, now);
        }
        assert!(throttle.is_beset(&from(200), now));
        let wait = throttle.attempt(&from(200), false, now).unwrap_err();
        assert!(throttle.attempt(&from(200), true, now).is_ok());
        assert!(throttle.attempt(&from(201), false, now + wait).is_ok(), "nobody waits for ever");
    }

    #[test]
    fn a_right_attempt_does_not_count_and_does_not_whiten_the_place() {
        let (throttle, now) = (Throttle::new(), DateTime::UNIX_EPOCH);
        for _ in 0..1_000 {
            throttle.attempt(&from(1), false, now).unwrap();
            throttle.was_right(&from(1));
        }
        for number in 0..50 {
            let other = Trier::new(&format!("{number}@example.org"), Some(IpAddr::from([203, 0, 113, 1])));
            throttle.attempt(&other, false, now).unwrap();
        }
        throttle.attempt(&from(1), false, now).unwrap();
        throttle.was_right(&from(1));
        throttle.attempt(&from(1), false, now).unwrap();
        assert!(throttle.attempt(&from(1), false, now).is_err());
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_place() {
        let place = |text: &str| Place::of(text.parse().ok());
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}

//! Slows down who tries passwords and codes: by account and address, by address, and by account.
//!
//! Wrong attempts are counted in the database, so that it does not matter which server is tried; attempts that are
//! still being looked at, at this server alone. What is counted is what was typed, so that nothing tells whether there
//! is such an account, and the database knows it by a digest under a key that is drawn from the secret of the settings.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use hemicycle_domain::account::{Attempts, Patience};
use hemicycle_persistence::{AttemptDigest, Failure, Store};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The longest name that is counted, in characters; addresses are not longer.
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
#[derive(Debug, Clone, Copy)]
enum Counted<'a> {
    AccountFrom(&'a str, Place),
    Account(&'a str),
    From(Place),
}

impl Counted<'_> {
    fn patience(self) -> &'static Patience {
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
    store: Store,
    key: Hkdf<Sha256>,
    /// How many attempts this server is looking at, by what they are counted by.
    pending: Mutex<HashMap<AttemptDigest, u32>>,
}

impl Throttle {
    /// Counts in this store, under a key that is drawn from this secret.
    pub(crate) fn new(store: Store, secret: &SecretString) -> Self {
        let key = Hkdf::new(None, secret.expose_secret().as_bytes());
        Self { store, key, pending: Mutex::default() }
    }

    /// Lets one attempt be made, whose outcome is to be told; else says how long to wait.
    ///
    /// Whoever is known to the account does not wait for what others try. Whether that is so is asked only where so many
    /// try the account, from everywhere, that it matters.
    pub(crate) async fn attempt(
        &self,
        trier: &Trier,
        is_known: impl Future<Output = Result<bool, Failure>>,
        now: DateTime<Utc>,
    ) -> Result<Result<Attempt<'_>, TimeDelta>, Failure> {
        let account_from = self.weigh(Counted::AccountFrom(&trier.name, trier.place));
        let from = self.weigh(Counted::From(trier.place));
        let account = self.weigh(Counted::Account(&trier.name));
        // Before the database is asked, so that of many attempts at once each sees those before it.
        let mut attempt = Attempt { throttle: self, weights: vec![account_from, from, account] };
        attempt.enter();
        let digests: Vec<AttemptDigest> =
            attempt.weights.iter().map(|weight| weight.digest.clone()).collect();
        let known = self.store.attempts(&digests).await?;
        for weight in &mut attempt.weights {
            weight.wrong = known.get(&weight.digest).copied();
        }
        let is_beset = attempt.weights[2].wait(now).is_some();
        if is_beset && is_known.await? {
            attempt.leave_crowd();
        }
        match attempt.weights.iter().filter_map(|weight| weight.wait(now)).max() {
            Some(wait) => Ok(Err(wait)),
            None => Ok(Ok(attempt)),
        }
    }

    fn weigh(&self, counted: Counted<'_>) -> Weight {
        let text = match counted {
            Counted::AccountFrom(name, place) => format!("account from\0{name}\0{:?}", place.0),
            Counted::Account(name) => format!("account\0{name}"),
            Counted::From(place) => format!("from\0{:?}", place.0),
        };
        let mut digest = [0_u8; 32];
        self.key
            .expand_multi_info(&[b"hemicycle throttle 1\0", text.as_bytes()], &mut digest)
            .expect("thirty-two bytes can be drawn");
        let digest = AttemptDigest(HEXLOWER.encode(&digest));
        Weight { digest, patience: counted.patience(), wrong: None, ahead: 0 }
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<AttemptDigest, u32>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One thing by which an attempt is counted.
struct Weight {
    digest: AttemptDigest,
    patience: &'static Patience,
    /// The wrong attempts before it, at whichever server.
    wrong: Option<Attempts>,
    /// How many were being looked at here when it came.
    ahead: u32,
}

impl Weight {
    /// How long there is to wait, where all that are being looked at were wrong.
    fn wait(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let known = self.wrong.unwrap_or_else(|| Attempts::none(now));
        let all = (0..self.ahead).fold(known, |attempts, _| attempts.and_one(self.patience, now));
        all.wait(self.patience, now)
    }
}

/// An attempt that is being looked at. Whose outcome is never told is not counted: nobody learnt anything by it.
#[must_use = "an attempt whose outcome is not told does not count"]
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    /// By account and place, by place, and by account, the last of which is missing for whoever is known to it.
    weights: Vec<Weight>,
}

impl Attempt<'_> {
    /// It was right: what was tried before from the same place with the same account is forgotten.
    pub(crate) async fn was_right(self) -> Result<(), Failure> {
        match &self.weights[0] {
            Weight { digest, wrong: Some(_), .. } => self.throttle.store.forget_attempts(digest).await,
            // Nothing is written where nothing was wrong.
            Weight { wrong: None, .. } => Ok(()),
        }
    }

    /// It was wrong. Who tried is told once it is counted.
    pub(crate) async fn was_wrong(self, now: DateTime<Utc>) -> Result<(), Failure> {
        let by: BTreeMap<AttemptDigest, &Patience> =
            self.weights.iter().map(|weight| (weight.digest.clone(), weight.patience)).collect();
        self.throttle.store.count_attempt(&by, now).await
    }

    fn enter(&mut self) {
        let mut pending = self.throttle.pending();
        for weight in &mut self.weights {
            let count = pending.entry(weight.digest.clone()).or_default();
            weight.ahead = *count;
            *count += 1;
        }
    }

    /// Takes it out of what everybody tries with the account.
    fn leave_crowd(&mut self) {
        if let Some(weight) = self.weights.pop() {
            release(&mut self.throttle.pending(), &weight.digest);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut pending = self.throttle.pending();
        self.weights.iter().for_each(|weight| release(&mut pending, &weight.digest));
    }
}

fn release(pending: &mut HashMap<AttemptDigest, u32>, digest: &AttemptDigest) {
    if let Some(count) = pending.get_mut(digest) {
        *count -= 1;
        if *count == 0 {
            pending.remove(digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use hemicycle_persistence::StoreSettings;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// A throttle in front of an empty database, which goes with the folder.
    async fn throttle() -> (Throttle, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("throttle.db").display());
        let store = Store::open_and_migrate(&StoreSettings::at(&url)).await.unwrap();
        (Throttle::new(store, &SecretString::from("a secret of the tests")), folder)
    }

    fn from(last: u8) -> Trier {
        Trier::new("someone@example.org", Some(IpAddr::from([203, 0, 113, last])))
    }

    async fn begin<'a>(
        throttle: &'a Throttle,
        trier: &Trier,
        is_known: bool,
        now: DateTime<Utc>,
    ) -> Result<Attempt<'a>, TimeDelta> {
        throttle.attempt(trier, ready(Ok(is_known)), now).await.unwrap()
    }

    /// Tries once and is wrong, if it is let.
    async fn fail(
        throttle: &Throttle,
        trier: &Trier,
        is_known: bool,
        now: DateTime<Utc>,
    ) -> Result<(), TimeDelta> {
        begin(throttle, trier, is_known, now).await?.was_wrong(now).await.unwrap();
        Ok(())
    }

    async fn tries(throttle: &Throttle, trier: &Trier, count: usize) -> usize {
        let mut let_in = 0;
        for _ in 0..count {
            let_in += usize::from(fail(throttle, trier, false, NOW).await.is_ok());
        }
        let_in
    }

    #[tokio::test]
    async fn who_tries_from_one_place_waits_and_others_do_not() {
        let (throttle, _folder) = throttle().await;
        assert_eq!(tries(&throttle, &from(1), 30).await, 6);
        assert_eq!(tries(&throttle, &from(2), 1).await, 1);
        let other = Trier::new("other@example.org", Some(IpAddr::from([203, 0, 113, 1])));
        assert_eq!(tries(&throttle, &other, 1).await, 1);
    }

    #[tokio::test]
    async fn attempts_at_the_same_moment_are_as_many_as_one_after_the_other() {
        let (throttle, _folder) = throttle().await;
        let mut open = Vec::new();
        for _ in 0..30 {
            open.extend(begin(&throttle, &from(1), false, NOW).await);
        }
        assert_eq!(open.len(), 6);
        // Whose outcome nobody heard of is not counted.
        open.clear();
        assert!(throttle.pending().is_empty());
        assert_eq!(tries(&throttle, &from(1), 30).await, 6);
    }

    #[tokio::test]
    async fn who_tries_many_accounts_from_one_place_waits() {
        let (throttle, _folder) = throttle().await;
        let address = Some(IpAddr::from([203, 0, 113, 1]));
        let mut let_in = 0;
        for number in 0..60 {
            let trier = Trier::new(&format!("{number}@example.org"), address);
            let_in += tries(&throttle, &trier, 1).await;
        }
        assert_eq!(let_in, 51);
    }

    #[tokio::test]
    async fn who_is_known_does_not_wait_for_what_others_try_from_many_places() {
        let (throttle, _folder) = throttle().await;
        for last in 1..=60 {
            let _ = fail(&throttle, &from(last), false, NOW).await;
        }
        let wait = fail(&throttle, &from(200), false, NOW).await.unwrap_err();
        assert!(fail(&throttle, &from(200), true, NOW).await.is_ok());
        assert!(fail(&throttle, &from(201), false, NOW + wait).await.is_ok(), "nobody waits for ever");
    }

    #[tokio::test]
    async fn a_right_attempt_does_not_count_and_does_not_whiten_the_place() {
        let (throttle, _folder) = throttle().await;
        for _ in 0..100 {
            begin(&throttle, &from(1), false, NOW).await.unwrap().was_right().await.unwrap();
        }
        for number in 0..51 {
            let other = Trier::new(&format!("{number}@example.org"), Some(IpAddr::from([203, 0, 113, 1])));
            assert_eq!(tries(&throttle, &other, 1).await, 1);
        }
        assert!(fail(&throttle, &from(1), false, NOW).await.is_err());
        let (place, second) = (from(1), NOW + TimeDelta::seconds(1));
        begin(&throttle, &place, false, second).await.unwrap().was_right().await.unwrap();
        fail(&throttle, &place, false, second).await.unwrap();
        assert!(fail(&throttle, &place, false, second).await.is_err());
    }

    #[tokio::test]
    async fn a_right_attempt_costs_one_question_and_where_nothing_was_wrong_no_write() {
        let (throttle, _folder) = throttle().await;
        let cost = async || {
            let before = throttle.store.statements();
            begin(&throttle, &from(1), false, NOW).await.unwrap().was_right().await.unwrap();
            throttle.store.statements() - before
        };
        assert_eq!(cost().await, 1);
        fail(&throttle, &from(1), false, NOW).await.unwrap();
        assert_eq!(cost().await, 2);
        assert_eq!(cost().await, 1);
    }

    #[tokio::test]
    async fn another_secret_counts_by_other_digests() {
        let (throttle, _folder) = throttle().await;
        let other = Throttle::new(throttle.store.clone(), &SecretString::from("another secret"));
        assert_eq!(tries(&throttle, &from(1), 30).await, 6);
        assert_eq!(tries(&other, &from(1), 30).await, 6);
        let weight = throttle.weigh(Counted::Account("someone@example.org"));
        assert!(weight.digest.0.len() == 64 && !weight.digest.0.contains("someone"));
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_place() {
        let place = |text: &str| Place::of(text.parse().ok());
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}

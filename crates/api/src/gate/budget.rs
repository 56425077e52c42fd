//! What a caller may spend: a budget of cost that refills steadily, one for each principal.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use hemicycle_domain::{
    access::Actor,
    id::{AccountId, DeviceId, ServiceAccountId},
};

use super::refusal::Refused;
use crate::graphql::ErrorCode;

/// A budget: how much can be spent at once, and how fast it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The most that can be spent at once.
    pub capacity: NonZeroU32,
    /// How much comes back each second.
    pub per_second: NonZeroU32,
}

impl Budget {
    /// How long it takes until all of it is there again.
    fn full_in(self, remaining: u32) -> TimeDelta {
        let spent = f64::from(self.capacity.get().saturating_sub(remaining));
        let full_in = Duration::from_secs_f64(spent / f64::from(self.per_second.get()));
        TimeDelta::from_std(full_in).unwrap_or_default()
    }

    /// What is left of it where so much would be there after this wait.
    fn left_before(self, wait: Duration, wanted: NonZeroU32) -> u32 {
        let coming = wait.as_millis().saturating_mul(u128::from(self.per_second.get())).div_ceil(1_000);
        wanted.get().saturating_sub(u32::try_from(coming).unwrap_or(u32::MAX))
    }
}

/// The budgets of the kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    /// Of one address that has not signed in.
    pub anonymous: Budget,
    /// Of one account, from wherever it asks.
    pub account: Budget,
    /// Of one device, from wherever it asks.
    pub device: Budget,
    /// Of one service account, from wherever it asks.
    pub service_account: Budget,
}

impl Default for Budgets {
    fn default() -> Self {
        let budget = |capacity, per_second| Budget {
            capacity: NonZeroU32::new(capacity).unwrap_or(NonZeroU32::MIN),
            per_second: NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN),
        };
        Self {
            anonymous: budget(20_000, 500),
            account: budget(200_000, 5_000),
            device: budget(100_000, 2_000),
            service_account: budget(400_000, 5_000),
        }
    }
}

/// What an operation costs, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) requested: u64,
    pub(crate) maximum: u64,
    pub(crate) remaining: u64,
    pub(crate) reset_at: DateTime<Utc>,
}

impl Charge {
    /// The charge as it stands in `extensions.cost`.
    pub(crate) fn to_value(self) -> async_graphql::Value {
        async_graphql::value!({
            "requested": self.requested,
            "maximum": self.maximum,
            "remaining": self.remaining,
            "resetAt": self.reset_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        })
    }
}

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Payer {
    Address(Option<IpAddr>),
    Account(AccountId),
    Device(DeviceId),
    ServiceAccount(ServiceAccountId),
}

type Limiter = RateLimiter<Payer, DefaultKeyedStateStore<Payer>, DefaultClock, StateInformationMiddleware>;

/// The accounts of what each principal has spent.
pub(super) struct Ledger {
    budgets: Budgets,
    anonymous: Limiter,
    account: Limiter,
    device: Limiter,
    service_account: Limiter,
    clock: DefaultClock,
}

/// How many payers are remembered before those with a full budget are forgotten.
const MANY: usize = 10_000;

impl Ledger {
    pub(super) fn new(budgets: Budgets) -> Self {
        let limiter = |budget: Budget| {
            let period = Duration::from_secs(1) / budget.per_second.get();
            let quota = Quota::with_period(period.max(Duration::from_nanos(1)))
                .expect("the period is longer than nothing")
                .allow_burst(budget.capacity);
            RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>()
        };
        Self {
            budgets,
            anonymous: limiter(budgets.anonymous),
            account: limiter(budgets.account),
            device: limiter(budgets.device),
            service_account: limiter(budgets.service_account),
            clock: DefaultClock::default(),
        }
    }

    /// Takes the cost of an operation from whoever asks for it; the system pays nothing.
    pub(super) fn charge(
        &self,
        actor: &Actor,
        address: Option<IpAddr>,
        requested: u64,
        maximum: u64,
        now: DateTime<Utc>,
    ) -> Result<Charge, Refused> {
        let (limiter, budget, payer) = match actor {
            Actor::System { .. } => {
                return Ok(Charge { requested, maximum, remaining: u64::MAX, reset_at: now });
            }
            Actor::Anonymous => (&self.anonymous, self.budgets.anonymous, Payer::Address(address)),
            Actor::Account { id, .. } => (&self.account, self.budgets.account, Payer::Account(*id)),
            Actor::Device { id, .. } => (&self.device, self.budgets.device, Payer::Device(*id)),
            Actor::ServiceAccount { id, .. } => {
                (&self.service_account, self.budgets.service_account, Payer::ServiceAccount(*id))
            }
        };
        if limiter.len() > MANY {
            limiter.retain_recent();
        }
        let largest = maximum.min(u64::from(budget.capacity.get()));
        let is_payable = requested <= largest;
        // Asking for what no budget could pay costs something too.
        let cost = u32::try_from(requested).ok().filter(|_| is_payable).and_then(NonZeroU32::new);
        let Taken { remaining, wait } = self.take(limiter, budget, &payer, cost.unwrap_or(NonZeroU32::MIN));
        let reset_at = now + budget.full_in(remaining);
        let charge = Charge { requested, maximum, remaining: u64::from(remaining), reset_at };
        let refused = |code, message| Refused { charge: Some(charge), ..Refused::one(code, message) };
        match wait {
            _ if requested > maximum => Err(refused(
                ErrorCode::CostExceeded,
                format!(
                    "the operation costs {requested}, which is more than {maximum}: ask for less at a time"
                ),
            )),
            _ if !is_payable => Err(refused(
                ErrorCode::CostExceeded,
                format!(
                    "the operation costs {requested}, and the whole budget is {largest}: ask for less at a time"
                ),
            )),
            Some(wait) => {
                let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
                let message = format!("the budget is spent: try again in {seconds} seconds");
                Err(Refused { retry_after: Some(seconds), ..refused(ErrorCode::RateLimited, message) })
            }
            None => Ok(charge),
        }
    }

    /// Takes from a budget what is not more than the whole of it.
    fn take(&self, limiter: &Limiter, budget: Budget, payer: &Payer, cost: NonZeroU32) -> Taken {
        match limiter.check_key_n(payer, cost) {
            Ok(Ok(state)) => Taken { remaining: state.remaining_burst_capacity(), wait: None },
            Ok(Err(too_early)) => {
                let wait = too_early.wait_time_from(self.clock.now());
                Taken { remaining: budget.left_before(wait, cost), wait: Some(wait) }
            }
            Err(_) => Taken { remaining: 0, wait: Some(Duration::ZERO) },
        }
    }
}

/// What became of taking from a budget.
struct Taken {
    remaining: u32,
    /// How long it takes until there is enough, where nothing was taken.
    wait: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(capacity: u32) -> Ledger {
        let budget = Budget { capacity: capacity.try_into().unwrap(), per_second: NonZeroU32::MIN };
        Ledger::new(Budgets { anonymous: budget, account: budget, device: budget, service_account: budget })
    }

    fn spend(ledger: &Ledger, address: u8, cost: u64) -> Result<u64, (ErrorCode, bool)> {
        let address = Some(IpAddr::from([127, 0, 0, address]));
        let charged = ledger.charge(&Actor::Anonymous, address, cost, 1_000, DateTime::UNIX_EPOCH);
        charged
            .map(|charge| charge.remaining)
            .map_err(|refused| (refused.code, refused.retry_after.is_some()))
    }

    #[test]
    fn what_is_spent_is_gone_for_this_principal_alone() {
        let ledger = ledger(100);
        assert_eq!(spend(&ledger, 1, 60), Ok(40));
        assert_eq!(spend(&ledger, 1, 60), Err((ErrorCode::RateLimited, true)));
        assert_eq!(spend(&ledger, 2, 60), Ok(40));
        assert_eq!(spend(&ledger, 1, 40), Ok(0));
    }

    #[test]
    fn what_no_budget_could_pay_is_refused_without_a_time_to_wait() {
        let ledger = ledger(100);
        assert_eq!(spend(&ledger, 1, 101), Err((ErrorCode::CostExceeded, false)));
        assert_eq!(spend(&ledger, 1, 1_001), Err((ErrorCode::CostExceeded, false)));
        // Each cost 1.
        assert_eq!(spend(&ledger, 1, 98), Ok(0));
    }

    #[test]
    fn a_refusal_says_what_was_asked_for_and_what_is_left() {
        let ledger = ledger(100);
        assert_eq!(spend(&ledger, 1, 70), Ok(30));
        for (cost, code, remaining) in
            [(60, ErrorCode::RateLimited, 30), (2_000, ErrorCode::CostExceeded, 29)]
        {
            let address = Some(IpAddr::from([127, 0, 0, 1]));
            let charged = ledger.charge(&Actor::Anonymous, address, cost, 1_000, DateTime::UNIX_EPOCH);
            let refused = charged.expect_err("it is too much");
            let charge = refused.charge.expect("it tells what is left");
            assert_eq!((refused.code, charge.requested, charge.remaining), (code, cost, remaining));
            assert_eq!(charge.reset_at.timestamp().unsigned_abs(), 100 - remaining);
        }
    }

    #[test]
    fn what_was_spent_comes_back() {
        let budget = Budget { capacity: NonZeroU32::MIN, per_second: 1_000.try_into().unwrap() };
        let ledger = Ledger::new(Budgets {
            anonymous: budget,
            account: budget,
            device: budget,
            service_account: budget,
        });
        assert_eq!(spend(&ledger, 1, 1), Ok(0));
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while spend(&ledger, 1, 1).is_err() {
            assert!(std::time::Instant::now() < deadline, "nothing comes back");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn the_program_itself_pays_nothing() {
        let ledger = ledger(1);
        let actor = Actor::System { reason: "test" };
        assert!(ledger.charge(&actor, None, 5_000, 1_000, DateTime::UNIX_EPOCH).is_ok());
    }
}

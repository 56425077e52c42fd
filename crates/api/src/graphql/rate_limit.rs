//! What an operation cost, and what is left of the budget of whoever asks.

use async_graphql::{Context, Object, SimpleObject};

use super::scalar::DateTime;
use crate::gate::Charge;

/// What this operation cost, and what is left of the budget. The same stands in `extensions.cost` of every answer.
#[derive(SimpleObject)]
pub(crate) struct RateLimit {
    /// What this operation cost.
    cost: i32,
    /// The most that one operation may cost.
    maximum: i32,
    /// What is left of the budget after this operation.
    remaining: i32,
    /// When the budget is full again, if nothing more is spent.
    reset_at: DateTime,
}

#[derive(Default)]
pub(crate) struct RateLimitQuery;

#[Object]
impl RateLimitQuery {
    /// What this operation cost, and what is left of the budget of whoever asks.
    async fn rate_limit(&self, ctx: &Context<'_>) -> Option<RateLimit> {
        let charge = ctx.data_opt::<Charge>()?;
        let shown = |amount: u64| i32::try_from(amount).unwrap_or(i32::MAX);
        Some(RateLimit {
            cost: shown(charge.requested),
            maximum: shown(charge.maximum),
            remaining: shown(charge.remaining),
            reset_at: charge.reset_at.into(),
        })
    }
}

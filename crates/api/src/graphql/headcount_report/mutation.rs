//! Mutations of headcount reports: report, correct, withdraw.

use async_graphql::{Context, Object};
use hemicycle_domain::text::Passage;

use super::{
    input::{CorrectHeadcountInput, ReportHeadcountInput, WithdrawHeadcountInput},
    object::HeadcountReport,
};
use crate::graphql::{context::ContextExt, error::Nullable, id, input::idempotency, payload::payload};

payload! {
    /// The outcome of `reportHeadcount`.
    ReportHeadcountPayload {
        /// The new report.
        headcount_report: HeadcountReport
    }
}

payload! {
    /// The outcome of `correctHeadcount`.
    CorrectHeadcountPayload {
        /// The report as it is now.
        headcount_report: HeadcountReport
    }
}

payload! {
    /// The outcome of `withdrawHeadcount`.
    WithdrawHeadcountPayload {
        /// The report as it is now.
        headcount_report: HeadcountReport
    }
}

#[derive(Default)]
pub struct HeadcountReportMutation;

#[Object]
impl HeadcountReportMutation {
    /// Records a figure that a source gives of an event. Others of the same event stay beside it.
    async fn report_headcount(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The figure.")] input: ReportHeadcountInput,
    ) -> Nullable<ReportHeadcountPayload> {
        let reported = ctx.write(async |work| {
            let once = idempotency("reportHeadcount", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_headcount_report(id).await;
            }
            let report = work.report_headcount(input.parse()?).await?;
            work.remember(once, report.id).await?;
            Ok(report)
        });
        ReportHeadcountPayload::from_outcome(reported.await, HeadcountReport)
    }

    /// Corrects a report: what was recorded is not what the source says.
    async fn correct_headcount(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectHeadcountInput,
    ) -> Nullable<CorrectHeadcountPayload> {
        let corrected = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.correct_headcount(id, version, input.parse()?).await
        });
        CorrectHeadcountPayload::from_outcome(corrected.await, HeadcountReport)
    }

    /// Withdraws a report: it stays readable with the reason, and nothing counts it.
    async fn withdraw_headcount(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The report and the reason.")] input: WithdrawHeadcountInput,
    ) -> Nullable<WithdrawHeadcountPayload> {
        let withdrawn = ctx.write(async |work| {
            let reason = Passage::parse("reason", &input.reason)?;
            work.withdraw_headcount(id::parse("id", &input.id)?, input.expected_version, reason).await
        });
        WithdrawHeadcountPayload::from_outcome(withdrawn.await, HeadcountReport)
    }
}

//! The program as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use hemicycle_domain::{program, text::Passage};
use hemicycle_persistence::EventsOf;

use super::parts::{
    CascadeLevel, DayRule, ParticipantCategory, ProgramBasis, ProgramPartner, ProgramRole, Stage,
};
use crate::graphql::{
    connection::{Connection, cost, page},
    context::ContextExt,
    date::Dates,
    error::{ApiError, Nullable, nullable},
    event::{self, Event, EventOrder, EventWhere},
    id,
    input::order,
    name::{self, Name},
    partner::Partner,
    rows::Rows,
    scalar::{CountryCode, DateTime, LanguageTag},
    source::{Citation, citations},
    text::LocalizedText,
};

/// A program: who leads what kind of training where, in which stages and levels, and on what basis.
pub(crate) struct Program(pub(crate) Arc<program::Program>);

/// A program: who leads what kind of training where, in which stages and levels, and on what basis.
#[Object]
impl Program {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Its name in the first of these languages that there is.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.plan.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// All its names.
    async fn names(&self) -> Vec<Name> {
        name::all(&self.0.plan.names)
    }

    /// The institution that leads it; null where none is named.
    async fn lead(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let lead = self.0.plan.lead?;
        nullable(ctx.reading().map(|reading| reading.find_partner(lead).map(Partner)))
    }

    /// The other institutions and their roles. Empty where none is named.
    #[graphql(complexity = "5 * child_complexity")]
    async fn partners(
        &self,
        #[graphql(desc = "Only these roles.")] roles: Option<Vec<ProgramRole>>,
    ) -> Vec<ProgramPartner> {
        let wanted = |partner: &&program::ProgramPartner| {
            roles.as_ref().is_none_or(|roles| roles.contains(&partner.role.into()))
        };
        self.0.plan.partners.iter().filter(wanted).copied().map(ProgramPartner).collect()
    }

    /// The countries it runs in.
    async fn countries(&self) -> Vec<CountryCode> {
        self.0.plan.countries.iter().copied().map(Into::into).collect()
    }

    /// When it began; null where unknown.
    async fn began(&self) -> Option<Dates> {
        self.0.plan.began.clone().map(Dates)
    }

    /// When it ended; null while it goes on, or where unknown.
    async fn ended(&self) -> Option<Dates> {
        self.0.plan.ended.clone().map(Dates)
    }

    /// What it is for; null where unknown.
    async fn purpose(&self) -> Option<LocalizedText> {
        self.0.plan.purpose.clone().map(LocalizedText)
    }

    /// Its stages by number; empty where none is known.
    #[graphql(complexity = "5 * child_complexity")]
    async fn stages(&self) -> Vec<Stage> {
        self.0.plan.stages.iter().cloned().map(Stage).collect()
    }

    /// The levels of its cascade by number, from those who are trained first; empty where it has none.
    #[graphql(complexity = "5 * child_complexity")]
    async fn cascade_levels(&self) -> Vec<CascadeLevel> {
        self.0.plan.cascade_levels.iter().cloned().map(CascadeLevel).collect()
    }

    /// The kinds of people it counts apart, by code.
    #[graphql(complexity = "5 * child_complexity")]
    async fn categories(&self) -> Vec<ParticipantCategory> {
        let categories = self.0.categories.iter().cloned();
        categories.map(|category| ParticipantCategory { program: Arc::clone(&self.0), category }).collect()
    }

    /// What it rests on: agreements, concepts, mandates, frameworks. Empty where unknown.
    #[graphql(complexity = "5 * child_complexity")]
    async fn bases(&self) -> Vec<ProgramBasis> {
        let bases = self.0.bases.iter().cloned();
        bases.map(|basis| ProgramBasis { program: Arc::clone(&self.0), basis }).collect()
    }

    /// Its events; `where: { stage: 2 }` are those of a stage.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which of its events.")] filter: Option<EventWhere>,
        #[graphql(desc = "In which order; one field at most. Default: by first day, descending.")]
        order_by: Option<Vec<EventOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Event>, ApiError> {
        let own = EventsOf::Program(self.0.id);
        Box::pin(event::list_of(ctx, own, filter, order(order_by)?, page(first, after, last, before)?)).await
    }

    /// How much of a day someone has to attend at its events so that it counts; the common rule where it set none.
    async fn day_rule(&self) -> DayRule {
        self.0.day_rule().into()
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.plan.note.as_ref().map(Passage::as_str)
    }

    /// The sources it rests on, with how each was read.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        citations(ctx, self.0.id).await
    }

    /// Whether it is archived: kept, and no longer offered.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }
}

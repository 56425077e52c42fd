//! The audit trail for those who read it: rows with their seals, and the head of the chain.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    audit::{Head, TrailEntry, TrailFilter, TrailTest},
    id::{EventId, RecordKind},
    page::Direction,
    problem::{Fault, Invalid},
    text::Line,
};
use uuid::Uuid;

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, order},
    scalar::{DateTime, Json},
};

/// A row of the audit trail: something that was done.
pub(crate) struct AuditEntry(TrailEntry);

/// A row of the audit trail: something that was done. What is personal in it is marked and not told.
#[Object]
impl AuditEntry {
    /// The number of the row. Numbers rise; some are missing where a write was given up.
    async fn number(&self) -> String {
        self.0.entry.sequence.to_string()
    }

    /// When it was done.
    async fn at(&self) -> DateTime {
        self.0.entry.at.into()
    }

    /// Who did it: `account:`, `device:` or `service_account:` with an identifier, or `system:` with what the program was about.
    async fn actor(&self) -> Option<&str> {
        self.0.entry.actor.as_deref()
    }

    /// The global id of who did it; null where it was the program itself.
    async fn actor_id(&self) -> Option<ID> {
        let (kind, uuid) = self.0.entry.actor.as_deref()?.split_once(':')?;
        Some(id::write(RecordKind::from_word(kind)?, uuid.parse().ok()?))
    }

    /// For whom it was done, where that is not who did it.
    async fn on_behalf_of(&self) -> Option<&str> {
        self.0.entry.on_behalf_of.as_deref()
    }

    /// The id of the request in which it was done, as the answer bore it in `X-Request-Id`; null where there was none.
    async fn request_id(&self) -> Option<&str> {
        self.0.entry.request.as_deref()
    }

    /// What was done, such as `event.cancel`.
    async fn action(&self) -> &str {
        &self.0.entry.action
    }

    /// To what kind of record, such as `event`.
    async fn subject_kind(&self) -> &str {
        &self.0.entry.subject_kind
    }

    /// To which record: its global id.
    async fn subject_id(&self) -> Option<ID> {
        let kind = RecordKind::from_word(&self.0.entry.subject_kind)?;
        Some(id::write(kind, self.0.entry.subject))
    }

    /// The global id of the event to which it belongs; null where it belongs to none.
    async fn event_id(&self) -> Option<ID> {
        self.0.entry.event.map(|event| id::write(RecordKind::Event, event))
    }

    /// The record before, as it was stored; `[personal]` stands for what is personal.
    async fn before(&self) -> Option<Json> {
        self.0.entry.before.as_ref().map(|before| Json(before.value()))
    }

    /// The record after; `[personal, changed]` stands for what is personal and was changed.
    async fn after(&self) -> Option<Json> {
        self.0.entry.after.as_ref().map(|after| Json(after.value()))
    }

    /// Whether the personal part of the row was blanked, because the person was anonymised since.
    async fn is_blanked(&self) -> bool {
        self.0.is_blanked
    }

    /// The seal that chains the row to those before; null for the few rows that are not sealed yet.
    async fn seal(&self) -> Option<AuditSeal> {
        self.0.seal.map(AuditSeal::new)
    }
}

/// A link of the chain.
#[derive(SimpleObject)]
pub(crate) struct AuditSeal {
    /// The place in the chain; the first is 1.
    position: String,
    /// The SHA-256 hash over the row and the hash before, in hexadecimal digits.
    hash: String,
}

impl AuditSeal {
    fn new(head: Head) -> Self {
        Self { position: head.position.to_string(), hash: head.hash.to_string() }
    }
}

/// The end of the chain. Note down `head`: later, `hemicycle audit verify --head` proves that nothing before it was
/// touched.
#[derive(SimpleObject)]
pub(crate) struct AuditHead {
    /// The position and the hash of the last seal, as `position:hash`.
    head: String,
    /// How many rows are not sealed yet.
    unsealed: i32,
}

/// A condition on rows of the audit trail; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct AuditEntryWhere {
    /// By the account, device or service account that acted.
    pub actor: Option<IdFilter>,
    /// By what was done, such as `event.cancel`.
    pub action: Option<OneOf<String>>,
    /// By the record to which it was done, of any kind.
    pub subject: Option<IdFilter>,
    /// By event.
    pub event: Option<IdFilter>,
    /// By the id of the request.
    pub request: Option<OneOf<String>>,
    /// At this moment or later.
    pub from: Option<DateTime>,
    /// Before this moment.
    pub before: Option<DateTime>,
    /// All of these hold.
    pub and: Option<Vec<AuditEntryWhere>>,
    /// One of these holds.
    pub or: Option<Vec<AuditEntryWhere>>,
    /// This does not hold.
    pub not: Option<Box<AuditEntryWhere>>,
}

impl AuditEntryWhere {
    fn parse(self) -> Result<TrailFilter, Invalid> {
        let mut tests = Tests::new();
        for ids in any_ids("actor", self.actor.as_ref())? {
            let may_act = |(kind, _): &(RecordKind, Uuid)| {
                matches!(kind, RecordKind::Account | RecordKind::Device | RecordKind::ServiceAccount)
            };
            if !ids.iter().all(may_act) {
                let reason = "the id of a record that does not act".to_owned();
                return Err(Invalid::new("actor", Fault::Malformed { reason }));
            }
            tests.when(Some(ids), |ids| Ok(TrailTest::Actors(ids)))?;
        }
        for ids in any_ids("subject", self.subject.as_ref())? {
            let ids = ids.into_iter().map(|(_, id)| id).collect();
            tests.when(Some(ids), |ids| Ok(TrailTest::Subjects(ids)))?;
        }
        let text = |text: &String| Ok(Line::parse("text", text)?.as_str().to_owned());
        tests.words("action", self.action.as_ref(), text, TrailTest::Actions)?;
        tests.words("request", self.request.as_ref(), text, TrailTest::Requests)?;
        tests.ids("event", self.event.as_ref(), |ids: Vec<EventId>| {
            TrailTest::Events(ids.into_iter().map(hemicycle_domain::id::Id::uuid).collect())
        })?;
        tests.when(self.from, |moment| Ok(TrailTest::From(moment.instant("from")?)))?;
        tests.when(self.before, |moment| Ok(TrailTest::Before(moment.instant("before")?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// The most ids in one operator.
const MOST_IDS: usize = 200;

/// Reads the ids of any kind of each operator.
fn any_ids(field: &str, filter: Option<&IdFilter>) -> Result<Vec<Vec<(RecordKind, Uuid)>>, Invalid> {
    let mut operators = Vec::new();
    let Some(filter) = filter else { return Ok(operators) };
    if let Some(one) = &filter.eq {
        operators.push(vec![id::read("eq", one).map_err(|fault| fault.within(field))?]);
    }
    if let Some(all) = &filter.one_of {
        if all.len() > MOST_IDS {
            let fault = Fault::TooMany { actual: all.len(), maximum: MOST_IDS };
            return Err(Invalid::new("in", fault).within(field));
        }
        let all = all.iter().enumerate();
        let all = all.map(|(index, one)| {
            id::read(&index.to_string(), one).map_err(|fault| fault.within("in").within(field))
        });
        operators.push(all.collect::<Result<_, _>>()?);
    }
    Ok(operators)
}

/// What rows of the audit trail are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditEntryOrderField {
    /// The number of the row, which rises with time.
    Number,
}

/// An order of rows of the audit trail.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct AuditEntryOrder {
    /// What to order by.
    pub field: AuditEntryOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Descending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Lists rows of the audit trail, the newest first; empty for those who may not read it.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which rows.")] that: Option<AuditEntryWhere>,
        #[graphql(desc = "In which order; at most one entry. By default the newest come first.")]
        order_by: Option<Vec<AuditEntryOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>, ApiError> {
        let filter = that.unwrap_or_default().parse().map_err(|fault| fault.within("where"))?;
        let direction = match order(order_by)? {
            None => Direction::Descending,
            Some(AuditEntryOrder { field: AuditEntryOrderField::Number, direction }) => direction.into(),
        };
        let page = page(first, after, last, before)?;
        let rows = ctx.reading()?.list_trail(&filter, direction, &page).await?;
        Ok(connection(rows, AuditEntry, move |reading| {
            let filter = filter.clone();
            async move { reading.count_trail(&filter).await }
        }))
    }

    /// The end of the chain, for an auditor to note down; null for those who may not read the trail.
    async fn audit_head(&self, ctx: &Context<'_>) -> Nullable<AuditHead> {
        let found = async {
            let found = ctx.reading()?.find_trail_head().await?;
            Ok::<_, ApiError>(found.map(|(head, tail)| AuditHead {
                head: head.to_string(),
                unsealed: i32::try_from(tail.rows).unwrap_or(i32::MAX),
            }))
        };
        nullable(found.await)
    }
}

//! Documents: what is known about them, how they are listed, recorded and changed.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, MaybeUndefined, Object};
use hemicycle_domain::{
    filter::Filter,
    id::SourceId,
    language::Language,
    page::Direction,
    problem::Invalid,
    source::{self, Address, Description, SourceChange, SourceFilter, SourceTest},
    text::{Line, Passage},
};

use crate::graphql::{
    connection::{Connection, PeriodInput, connection, cost, page},
    context::ContextExt,
    date::{Dates, ImpreciseDateInput, dates, dates_opt},
    error::{ApiError, Nullable, nullable},
    id,
    input::{IdFilter, OneOf, OrderDirection, Tests, change, idempotency, order, period, search_words},
    loader::loader,
    partner::Partner,
    payload::payload,
    scalar::{DateTime, LanguageTag, Url},
    text::passage_opt,
};

/// A document that records rest on.
#[derive(Clone)]
pub(crate) struct Source(pub(crate) Arc<source::Source>);

loader!(SourceId => Arc<source::Source>, |reading, keys| reading.find_sources(keys));

/// A document that records rest on.
#[Object]
impl Source {
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

    /// What it is called in the files: a file name, a register number, a title.
    async fn document(&self) -> Option<&str> {
        self.0.description.document.as_ref().map(Line::as_str)
    }

    /// Its headline.
    async fn headline(&self) -> Option<&str> {
        self.0.description.headline.as_ref().map(Line::as_str)
    }

    /// Where it can be read.
    async fn address(&self) -> Option<Url> {
        self.0.description.address.as_ref().map(|address| Url(address.as_str().to_owned()))
    }

    /// The language it is written in; null where unknown.
    async fn language(&self) -> Option<LanguageTag> {
        self.0.description.language.as_ref().map(Into::into)
    }

    /// The institution that published it; null where unknown.
    async fn publisher(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let publisher = self.0.description.publisher?;
        nullable(ctx.reading().map(|reading| reading.find_partner(publisher).map(Partner)))
    }

    /// The publisher in the words of the document.
    async fn publisher_as_written(&self) -> Option<&str> {
        self.0.description.publisher_as_written.as_ref().map(Line::as_str)
    }

    /// When it was published; null where unknown.
    async fn published(&self) -> Option<Dates> {
        self.0.description.published.clone().map(Dates)
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.description.note.as_ref().map(Passage::as_str)
    }
}

/// A condition on sources; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct SourceWhere {
    /// By id.
    pub id: Option<IdFilter>,
    /// By language, compared as a whole: `uz` does not find `uz-Cyrl`.
    pub language: Option<OneOf<LanguageTag>>,
    /// By publisher.
    pub publisher: Option<IdFilter>,
    /// Can have been published on a day of this period; one without any date of publication does not pass.
    pub published_during: Option<PeriodInput>,
    /// Has these words in its name or headline, in either script; each may be cut short. At least two letters.
    pub named: Option<String>,
    /// All of these hold.
    pub and: Option<Vec<SourceWhere>>,
    /// At least one of these holds.
    pub or: Option<Vec<SourceWhere>>,
    /// This does not hold.
    pub not: Option<Box<SourceWhere>>,
}

impl SourceWhere {
    fn parse(self) -> Result<SourceFilter, Invalid> {
        let mut tests = Tests::new();
        tests.ids("id", self.id.as_ref(), SourceTest::Ids)?;
        tests.words(
            "language",
            self.language.as_ref(),
            |tag| Language::parse("language", &tag.0),
            SourceTest::Languages,
        )?;
        tests.ids("publisher", self.publisher.as_ref(), SourceTest::Publishers)?;
        tests.when(self.published_during, |days| {
            let (from, until) = period("publishedDuring", &days)?;
            Ok(SourceTest::PublishedDuring { from, until })
        })?;
        tests.when(self.named, |text| Ok(SourceTest::Named(search_words("named", &text)?)))?;
        tests.nested(self.and, self.or, self.not, Self::parse)?;
        Ok(tests.all())
    }
}

/// What sources are ordered by.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "source::SourceOrderField")]
pub(crate) enum SourceOrderField {
    /// When the record was made.
    CreatedAt,
}

/// An order of sources; the id breaks ties.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct SourceOrder {
    /// What to order by.
    pub field: SourceOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Ascending")]
    pub direction: OrderDirection,
}

#[derive(Default)]
pub struct SourceQuery;

#[Object]
impl SourceQuery {
    /// Finds a source by its id.
    async fn source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the source.")] id: ID,
    ) -> Nullable<Source> {
        let found = async {
            let id = id::parse::<SourceId>("id", &id)?;
            Ok::<_, ApiError>(ctx.find_now(id).await?.map(Source))
        };
        nullable(found.await)
    }

    /// Lists sources.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which sources.")] filter: Option<SourceWhere>,
        #[graphql(desc = "In which order; one field at most. Default: the newest record first.")]
        order_by: Option<Vec<SourceOrder>>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Source>, ApiError> {
        let filter = filter.unwrap_or_default().parse()?.bounded()?;
        let default = (source::SourceOrderField::CreatedAt, Direction::Descending);
        let by = order(order_by)?.map_or(default, |order| (order.field.into(), order.direction.into()));
        let page = page(first, after, last, before)?;
        let reading = ctx.reading()?;
        let rows = Box::pin(reading.list_sources(&filter, by, &page)).await?;
        Ok(connection(rows, Source, move |reading| {
            let filter = Filter::clone(&filter);
            async move { reading.count_sources(&filter).await }
        }))
    }
}

/// A document to be recorded; at least its name, its headline or its address.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateSourceInput {
    /// What it is called in the files: a file name, a register number, a title.
    pub document: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Where it can be read.
    pub address: Option<Url>,
    /// The language it is written in.
    pub language: Option<LanguageTag>,
    /// The institution that published it.
    pub publisher_id: Option<ID>,
    /// The publisher in the words of the document.
    pub publisher_as_written: Option<String>,
    /// When it was published.
    pub published: Option<ImpreciseDateInput>,
    /// The officer's note.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

impl CreateSourceInput {
    fn parse(&self) -> Result<Description, Invalid> {
        let line = |field: &str, text: Option<&String>| text.map(|text| Line::parse(field, text)).transpose();
        let language = self.language.as_ref().map(|tag| Language::parse("language", &tag.0));
        Ok(Description {
            document: line("document", self.document.as_ref())?,
            headline: line("headline", self.headline.as_ref())?,
            address: self.address.as_ref().map(|url| Address::parse("address", &url.0)).transpose()?,
            language: language.transpose()?,
            publisher: self.publisher_id.as_ref().map(|id| id::parse("publisherId", id)).transpose()?,
            publisher_as_written: line("publisherAsWritten", self.publisher_as_written.as_ref())?,
            published: dates_opt("published", self.published.as_ref())?,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

/// What to change about a source; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateSourceInput {
    /// The source.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another name; null removes it.
    pub document: MaybeUndefined<String>,
    /// Another headline; null removes it.
    pub headline: MaybeUndefined<String>,
    /// Another address; null removes it.
    pub address: MaybeUndefined<Url>,
    /// Another language; null makes it unknown.
    pub language: MaybeUndefined<LanguageTag>,
    /// Another publisher; null makes it unknown.
    pub publisher_id: MaybeUndefined<ID>,
    /// Another wording of the publisher; null removes it.
    pub publisher_as_written: MaybeUndefined<String>,
    /// Another date of publication; null makes it unknown.
    pub published: MaybeUndefined<ImpreciseDateInput>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
}

impl UpdateSourceInput {
    fn parse(self) -> Result<SourceChange, Invalid> {
        let line = |field: &'static str, text| change(text, |text: String| Line::parse(field, &text));
        Ok(SourceChange {
            document: line("document", self.document)?,
            headline: line("headline", self.headline)?,
            address: change(self.address, |url| Address::parse("address", &url.0))?,
            language: change(self.language, |tag| Language::parse("language", &tag.0))?,
            publisher: change(self.publisher_id, |id| id::parse("publisherId", &id))?,
            publisher_as_written: line("publisherAsWritten", self.publisher_as_written)?,
            published: change(self.published, |date| dates("published", &date))?,
            note: change(self.note, |note| Passage::parse("note", &note))?,
        })
    }
}

payload! {
    /// The outcome of `createSource`.
    CreateSourcePayload {
        /// The new source.
        source: Source
    }
}

payload! {
    /// The outcome of `updateSource`.
    UpdateSourcePayload {
        /// The source as it is now.
        source: Source
    }
}

#[derive(Default)]
pub struct SourceMutation;

#[Object]
impl SourceMutation {
    /// Records a document. It takes the right to cite sources anywhere.
    async fn create_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: CreateSourceInput,
    ) -> Nullable<CreateSourcePayload> {
        let created = ctx.write(async |work| {
            let once = idempotency("createSource", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_source(id).await;
            }
            let source = work.create_source(input.parse()?).await?;
            work.remember(once, source.id).await?;
            Ok(source)
        });
        CreateSourcePayload::from_outcome(created.await, Source)
    }

    /// Changes what is recorded about a document. It takes the right over its publisher, else over the platform.
    async fn update_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: UpdateSourceInput,
    ) -> Nullable<UpdateSourcePayload> {
        let updated = ctx.write(async |work| {
            let (id, version) = (id::parse("id", &input.id)?, input.expected_version);
            work.update_source(id, version, input.parse()?).await
        });
        UpdateSourcePayload::from_outcome(updated.await, Source)
    }
}

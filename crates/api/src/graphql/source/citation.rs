//! Citations: which source a record rests on, for which of its fields, and how an unclear wording was read.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use hemicycle_domain::{
    problem::Invalid,
    source::{self, FieldName, NewCitation, RecordRef},
    text::Passage,
};

use super::Source;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    input::idempotency,
    loader::loader,
    payload::payload,
    rows::Rows,
    scalar::DateTime,
    text::passage_opt,
};

/// How a record is known from its source.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "source::CitationCertainty")]
pub(crate) enum CitationCertainty {
    /// The source says so.
    Stated,
    /// It follows from the source and from something else.
    Inferred,
    /// The wording can be read in more than one way.
    Disputed,
}

/// A place where a record cites a source. An unclear wording stands here with the reading that was chosen.
pub(crate) struct Citation(source::Citation);

/// A place where a record cites a source. An unclear wording stands here with the reading that was chosen.
#[Object]
impl Citation {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// The source.
    async fn source(&self, ctx: &Context<'_>) -> Nullable<Source> {
        nullable(ctx.load(self.0.source).await.map(|source| source.map(Source)))
    }

    /// The global id of the record that cites; `node` finds it.
    async fn subject_id(&self) -> ID {
        id::write(self.0.subject.kind, self.0.subject.id)
    }

    /// The field it speaks for, such as `dates`; null where it speaks for the whole record.
    async fn field(&self) -> Option<&str> {
        self.0.field.as_ref().map(FieldName::as_str)
    }

    /// How the record is known from the source.
    async fn certainty(&self) -> CitationCertainty {
        self.0.certainty.into()
    }

    /// The words of the source.
    async fn wording(&self) -> Option<&str> {
        self.0.wording.as_ref().map(Passage::as_str)
    }

    /// How they were read. A later officer can remove the citation and cite anew.
    async fn reading(&self) -> Option<&str> {
        self.0.reading.as_ref().map(Passage::as_str)
    }

    /// The officer's note: what is unclear, and why it was read so.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_ref().map(Passage::as_str)
    }
}

loader!(RecordRef => Vec<source::Citation>, |reading, keys| reading.citations_of(keys));

/// The citations of a record that the caller sees, oldest first; of many records they are fetched at once.
pub(crate) async fn citations(
    ctx: &Context<'_>,
    record: impl Into<RecordRef>,
) -> Result<Rows<Citation>, ApiError> {
    let citations = ctx.load(record.into()).await?.unwrap_or_default();
    Ok(citations.into_iter().map(Citation).collect())
}

/// A source to be cited for a record.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CiteSourceInput {
    /// The source.
    pub source_id: ID,
    /// The record that rests on it: a territory, a partner, an agreement, a program, an event, a person and so on.
    pub subject_id: ID,
    /// The field it speaks for, spelt as in this schema, such as `dates`.
    pub field: Option<String>,
    /// How the record is known from the source.
    #[graphql(default_with = "CitationCertainty::Stated")]
    pub certainty: CitationCertainty,
    /// The words of the source.
    pub wording: Option<String>,
    /// How they were read; this or the note is needed unless the source says it plainly.
    pub reading: Option<String>,
    /// The officer's note: what is unclear, and why it was read so.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

impl CiteSourceInput {
    fn parse(&self) -> Result<NewCitation, Invalid> {
        let (kind, subject) = id::read("subjectId", &self.subject_id)?;
        Ok(NewCitation {
            source: id::parse("sourceId", &self.source_id)?,
            subject: RecordRef { kind, id: subject },
            field: self.field.as_ref().map(|name| FieldName::parse("field", name)).transpose()?,
            certainty: self.certainty.into(),
            wording: passage_opt("wording", self.wording.as_ref())?,
            reading: passage_opt("reading", self.reading.as_ref())?,
            note: passage_opt("note", self.note.as_ref())?,
        })
    }
}

/// A citation to be removed.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RemoveCitationInput {
    /// The citation.
    pub id: ID,
}

payload! {
    /// The outcome of `citeSource`.
    CiteSourcePayload {
        /// The new citation.
        citation: Citation
    }
}

payload! {
    /// The outcome of `removeCitation`.
    RemoveCitationPayload {
        /// The citation as it was.
        citation: Citation
    }
}

#[derive(Default)]
pub struct CitationMutation;

#[Object]
impl CitationMutation {
    /// Cites a source for a record. It takes the right to cite sources where that record stands.
    async fn cite_source(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The source and the record.")] input: CiteSourceInput,
    ) -> Nullable<CiteSourcePayload> {
        let cited = ctx.write(async |work| {
            let once = idempotency("citeSource", input.idempotency_key.as_ref(), &input)?;
            if let Some(id) = work.repeated(once.as_ref()).await? {
                return work.load_citation(id).await;
            }
            let citation = work.cite_source(input.parse()?).await?;
            work.remember(once, citation.id).await?;
            Ok(citation)
        });
        CiteSourcePayload::from_outcome(cited.await, Citation)
    }

    /// Removes a citation; what it said stays in the audit trail.
    async fn remove_citation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The citation.")] input: RemoveCitationInput,
    ) -> Nullable<RemoveCitationPayload> {
        let removed = ctx.write(async |work| work.remove_citation(id::parse("id", &input.id)?).await);
        RemoveCitationPayload::from_outcome(removed.await, Citation)
    }
}

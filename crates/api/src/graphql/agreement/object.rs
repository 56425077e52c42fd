//! The agreement as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use hemicycle_domain::{
    agreement,
    id::AgreementId,
    text::{Line, Passage},
};

use crate::graphql::{
    context::ContextExt,
    date::Dates,
    error::{ApiError, Nullable, nullable},
    id,
    loader::loader,
    name::{self, Name},
    partner::Partner,
    program::Program,
    rows::Rows,
    scalar::LanguageTag,
    source::{Citation, citations},
    text::LocalizedText,
};

/// What kind of agreement it is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "agreement::AgreementKind")]
pub(crate) enum AgreementKind {
    /// An agreement to work together, of two or more parties.
    CooperationAgreement,
    /// A memorandum of understanding.
    Memorandum,
    /// A protocol.
    Protocol,
    /// Any other.
    Other,
}

/// What a party is to an agreement.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "agreement::PartyRole", name = "AgreementPartyRole")]
pub(crate) enum PartyRole {
    /// It is a party like any other.
    Party,
    /// It is the party from which the agreement came.
    Initiator,
    /// It is the party that keeps the document.
    Depositary,
    /// It answers for what the others promised.
    Guarantor,
    /// It signed to witness that the others did.
    Witness,
}

/// A party to an agreement and its role.
pub(crate) struct Party(agreement::Party);

/// A party to an agreement and its role.
#[Object(name = "AgreementParty")]
impl Party {
    /// What it is to the agreement.
    async fn role(&self) -> PartyRole {
        self.0.role.into()
    }

    /// The institution.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable(ctx.reading().map(|reading| reading.find_partner(self.0.partner).map(Partner)))
    }
}

/// Who signed an agreement, as the document or its source names them.
pub(crate) struct Signatory(agreement::Signatory);

/// Who signed an agreement, as the document or its source names them.
#[Object]
impl Signatory {
    /// The name as written.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The position in which the signature was given; null where not stated.
    async fn position(&self) -> Option<LocalizedText> {
        self.0.position.clone().map(LocalizedText)
    }

    /// The party signed for; null where not stated.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let partner = self.0.partner?;
        nullable(ctx.reading().map(|reading| reading.find_partner(partner).map(Partner)))
    }
}

/// An agreement between partners: who signed what with whom, when, and for what purpose.
pub(crate) struct Agreement(pub(crate) Arc<agreement::Agreement>);

loader!(AgreementId => Arc<agreement::Agreement>, |reading, keys| reading.find_agreements(keys));

/// An agreement between partners: who signed what with whom, when, and for what purpose.
#[Object]
impl Agreement {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What kind of agreement it is.
    async fn kind(&self) -> AgreementKind {
        self.0.terms.kind.into()
    }

    /// Its title in the first of these languages that there is.
    async fn title(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.terms.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// All its names and titles.
    async fn names(&self) -> Vec<Name> {
        name::all(&self.0.terms.names)
    }

    /// When it was signed; null where it is unsigned or nothing is known of the day.
    async fn signed(&self) -> Option<Dates> {
        self.0.terms.signed.clone().map(Dates)
    }

    /// From when on it holds; null where not stated.
    async fn effective(&self) -> Option<Dates> {
        self.0.terms.effective.clone().map(Dates)
    }

    /// Until when it holds; null where not stated.
    async fn valid_until(&self) -> Option<Dates> {
        self.0.terms.valid_until.clone().map(Dates)
    }

    /// Where it was signed; null where unknown.
    async fn place(&self) -> Option<&str> {
        self.0.terms.place.as_ref().map(Line::as_str)
    }

    /// Who signed it; null where unknown.
    async fn signatories(&self) -> Option<Vec<Signatory>> {
        let signatories = self.0.terms.signatories.as_ref()?;
        Some(signatories.iter().cloned().map(Signatory).collect())
    }

    /// What it is for; empty where unknown.
    async fn purposes(&self) -> Vec<LocalizedText> {
        self.0.terms.purposes.iter().cloned().map(LocalizedText).collect()
    }

    /// Its parties and their roles, in the order in which they were recorded.
    #[graphql(complexity = "5 * child_complexity")]
    async fn parties(
        &self,
        #[graphql(desc = "Only these roles.")] roles: Option<Vec<PartyRole>>,
    ) -> Vec<Party> {
        let wanted =
            |party: &&agreement::Party| roles.as_ref().is_none_or(|roles| roles.contains(&party.role.into()));
        self.0.parties.iter().filter(wanted).copied().map(Party).collect()
    }

    /// The programs that rest on it, oldest record first.
    #[graphql(complexity = "5 * child_complexity")]
    async fn programs(&self, ctx: &Context<'_>) -> Result<Rows<Program>, ApiError> {
        Ok(ctx.reading()?.programs_resting_on(self.0.id).into_iter().map(Program).collect())
    }

    /// The officer's note.
    async fn note(&self) -> Option<&str> {
        self.0.terms.note.as_ref().map(Passage::as_str)
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

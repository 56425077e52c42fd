//! Inputs by which agreements are recorded and changed, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use hemicycle_domain::{
    agreement::{self, AgreementChange, AgreementTerms, NewAgreement},
    problem::Invalid,
    text::{Line, Passage},
};

use super::object::{AgreementKind, PartyRole};
use crate::graphql::{
    date::{ImpreciseDateInput, dates, dates_opt},
    id,
    input::change,
    name::{self, NameInput},
    text::{TranslationInput, passage_opt, text_opt, texts},
};

/// A party to an agreement and its role.
#[derive(InputObject, Debug, Clone)]
#[graphql(name = "AgreementPartyInput")]
pub(crate) struct PartyInput {
    /// The institution.
    pub partner_id: ID,
    /// What it is to the agreement.
    #[graphql(default_with = "PartyRole::Party")]
    pub role: PartyRole,
}

/// Who signed an agreement.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct SignatoryInput {
    /// The name as written; at most 500 characters.
    pub name: String,
    /// The position in which the signature was given.
    pub position: Option<Vec<TranslationInput>>,
    /// The party signed for.
    pub partner_id: Option<ID>,
}

/// An agreement to be recorded. What its sources leave open is left out.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateAgreementInput {
    /// What kind of agreement it is.
    pub kind: AgreementKind,
    /// Its names and titles; at least one.
    pub names: Vec<NameInput>,
    /// Its parties; at least two different ones.
    pub parties: Vec<PartyInput>,
    /// When it was signed.
    pub signed: Option<ImpreciseDateInput>,
    /// From when on it holds.
    pub effective: Option<ImpreciseDateInput>,
    /// Until when it holds.
    pub valid_until: Option<ImpreciseDateInput>,
    /// Where it was signed.
    pub place: Option<String>,
    /// Who signed it; absent or null where unknown.
    pub signatories: Option<Vec<SignatoryInput>>,
    /// What it is for, each in one or more languages.
    #[graphql(default)]
    pub purposes: Vec<Vec<TranslationInput>>,
    /// The officer's note.
    pub note: Option<String>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about an agreement; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateAgreementInput {
    /// The agreement.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// Another kind.
    pub kind: Option<AgreementKind>,
    /// New names in place of all old ones.
    pub names: Option<Vec<NameInput>>,
    /// Other parties in place of all old ones; at least two different ones.
    pub parties: Option<Vec<PartyInput>>,
    /// Another day of signing; null makes it unknown.
    pub signed: MaybeUndefined<ImpreciseDateInput>,
    /// Another beginning; null makes it unknown.
    pub effective: MaybeUndefined<ImpreciseDateInput>,
    /// Another end; null makes it unknown.
    pub valid_until: MaybeUndefined<ImpreciseDateInput>,
    /// Another place; null makes it unknown.
    pub place: MaybeUndefined<String>,
    /// Other signatories in place of all old ones; null makes them unknown.
    pub signatories: MaybeUndefined<Vec<SignatoryInput>>,
    /// Other purposes in place of all old ones.
    pub purposes: Option<Vec<Vec<TranslationInput>>>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
    /// Archives the agreement, or restores it.
    pub is_archived: Option<bool>,
}

impl CreateAgreementInput {
    pub(super) fn parse(&self) -> Result<NewAgreement, Invalid> {
        Ok(NewAgreement {
            terms: AgreementTerms {
                kind: self.kind.into(),
                names: name::parse(&self.names)?,
                signed: dates_opt("signed", self.signed.as_ref())?,
                effective: dates_opt("effective", self.effective.as_ref())?,
                valid_until: dates_opt("validUntil", self.valid_until.as_ref())?,
                place: self.place.as_ref().map(|place| Line::parse("place", place)).transpose()?,
                signatories: self.signatories.as_deref().map(signatories).transpose()?,
                purposes: texts("purposes", &self.purposes)?,
                note: passage_opt("note", self.note.as_ref())?,
            },
            parties: parties(&self.parties)?,
        })
    }
}

impl UpdateAgreementInput {
    pub(super) fn parse(self) -> Result<AgreementChange, Invalid> {
        Ok(AgreementChange {
            kind: self.kind.map(Into::into),
            names: self.names.as_deref().map(name::parse).transpose()?,
            signed: change(self.signed, |input| dates("signed", &input))?,
            effective: change(self.effective, |input| dates("effective", &input))?,
            valid_until: change(self.valid_until, |input| dates("validUntil", &input))?,
            place: change(self.place, |place| Line::parse("place", &place))?,
            signatories: change(self.signatories, |all| signatories(&all))?,
            purposes: self.purposes.as_deref().map(|all| texts("purposes", all)).transpose()?,
            parties: self.parties.as_deref().map(parties).transpose()?,
            note: change(self.note, |note| Passage::parse("note", &note))?,
            is_archived: self.is_archived,
        })
    }
}

fn parties(all: &[PartyInput]) -> Result<Vec<agreement::Party>, Invalid> {
    let parties = all.iter().enumerate().map(|(index, input)| {
        let partner =
            id::parse("partnerId", &input.partner_id).map_err(|e| e.within(index).within("parties"))?;
        Ok(agreement::Party { partner, role: input.role.into() })
    });
    parties.collect()
}

fn signatories(all: &[SignatoryInput]) -> Result<Vec<agreement::Signatory>, Invalid> {
    let read = |input: &SignatoryInput| {
        Ok(agreement::Signatory {
            name: Line::parse("name", &input.name)?,
            position: text_opt("position", input.position.as_ref())?,
            partner: input.partner_id.as_ref().map(|id| id::parse("partnerId", id)).transpose()?,
        })
    };
    let signatories = all.iter().enumerate();
    signatories
        .map(|(index, one)| read(one).map_err(|e: Invalid| e.within(index).within("signatories")))
        .collect()
}

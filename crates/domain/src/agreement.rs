//! Agreements: what partners signed with one another, who signed in what role, and for what purpose.
//!
//! Concepts, mandates and frameworks have no parties and no signature: they are bases of a `program`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    access::{Subject, Whereabouts, actions},
    filter::Filter,
    id::{AgreementId, PartnerId},
    imprecise_date::EventDates,
    name::Names,
    page::Direction,
    problem::{Fault, Invalid, Problem},
    text::{Line, LocalizedText, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What kind of agreement it is.
    pub enum AgreementKind {
        /// An agreement to work together, of two or more parties.
        CooperationAgreement = "cooperation_agreement",
        /// A memorandum of understanding.
        Memorandum = "memorandum",
        /// A protocol.
        Protocol = "protocol",
        /// Any other.
        Other = "other",
    }
}

vocabulary! {
    /// What a party is to an agreement.
    pub enum PartyRole {
        /// It is a party like any other.
        Party = "party",
        /// It is the party from which the agreement came.
        Initiator = "initiator",
        /// It is the party that keeps the document.
        Depositary = "depositary",
        /// It answers for what the others promised.
        Guarantor = "guarantor",
        /// It signed to witness that the others did.
        Witness = "witness",
    }
}

/// A party to an agreement and its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The institution.
    pub partner: PartnerId,
    /// What it is to the agreement.
    pub role: PartyRole,
}

/// Who signed, as the document or its source names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// The name as written.
    pub name: Line,
    /// The position in which the signature was given, where stated.
    pub position: Option<LocalizedText>,
    /// The party signed for, where stated.
    pub partner: Option<PartnerId>,
}

/// What an agreement says, beside its parties: shared by the record and the commands on it.
///
/// Whatever its sources leave open is absent.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementTerms {
    /// What kind of agreement it is.
    pub kind: AgreementKind,
    /// Its names and titles; the first may be a descriptive one where the document's own is unknown.
    pub names: Names,
    /// When it was signed; none where it is unsigned or nothing is known of the day.
    pub signed: Option<EventDates>,
    /// From when on it holds, where that is stated.
    pub effective: Option<EventDates>,
    /// Until when it holds, where that is stated.
    pub valid_until: Option<EventDates>,
    /// Where it was signed.
    pub place: Option<Line>,
    /// Who signed it; none where unknown.
    pub signatories: Option<Vec<Signatory>>,
    /// What it is for; empty where unknown.
    pub purposes: Vec<LocalizedText>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// An agreement between partners.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Its identifier.
    pub id: AgreementId,
    /// How often it was changed.
    pub version: i64,
    /// What it says.
    pub terms: AgreementTerms,
    /// Its parties, at least two when it is recorded.
    pub parties: Vec<Party>,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Where it stands for access: all its parties with their parents, and the countries of the parties.
    pub whereabouts: Whereabouts,
}

impl Subject for Agreement {
    type Id = AgreementId;

    fn id(&self) -> AgreementId {
        self.id
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Agreement;
    /// Records an agreement, changes it, archives or restores it.
    Edit "edit" => EditAgreements;
}

/// A command: an agreement to be recorded.
#[derive(Debug, Clone)]
pub struct NewAgreement {
    /// What it says.
    pub terms: AgreementTerms,
    /// Its parties.
    pub parties: Vec<Party>,
}

/// A command: what to change about an agreement. `None` leaves a field as it is; an inner `None` removes it.
#[derive(Debug, Clone, Default)]
pub struct AgreementChange {
    /// Another kind.
    pub kind: Option<AgreementKind>,
    /// New names in place of all old ones.
    pub names: Option<Names>,
    /// Another day of signing.
    pub signed: Option<Option<EventDates>>,
    /// Another beginning.
    pub effective: Option<Option<EventDates>>,
    /// Another end.
    pub valid_until: Option<Option<EventDates>>,
    /// Another place.
    pub place: Option<Option<Line>>,
    /// Other signatories in place of all old ones; the inner `None` makes them unknown.
    pub signatories: Option<Option<Vec<Signatory>>>,
    /// Other purposes in place of all old ones.
    pub purposes: Option<Vec<LocalizedText>>,
    /// Other parties in place of all old ones.
    pub parties: Option<Vec<Party>>,
    /// Another note.
    pub note: Option<Option<Passage>>,
    /// Archives (`true`) or restores (`false`).
    pub is_archived: Option<bool>,
}

impl NewAgreement {
    /// Accepts the command, or names the field that it fails on.
    pub fn checked(self) -> Result<Self, Invalid> {
        check_parties(&self.parties)?;
        check_terms(&self.terms, &self.parties)?;
        Ok(self)
    }
}

impl Agreement {
    /// The fewest parties an agreement can have.
    pub const MINIMUM_PARTIES: usize = 2;
    /// The most entries in any of its lists.
    pub const MAXIMUM: usize = 200;

    /// Decides what the agreement looks like after a change; its whereabouts are left to the store.
    pub fn changed(&self, change: AgreementChange) -> Result<Self, Problem> {
        if self.is_archived && change.is_archived != Some(false) {
            return Err(Problem::Archived);
        }
        let mut next = self.clone();
        next.version += 1;
        next.terms.kind = change.kind.unwrap_or(next.terms.kind);
        next.terms.names = change.names.unwrap_or(next.terms.names);
        next.terms.signed = change.signed.unwrap_or(next.terms.signed);
        next.terms.effective = change.effective.unwrap_or(next.terms.effective);
        next.terms.valid_until = change.valid_until.unwrap_or(next.terms.valid_until);
        next.terms.place = change.place.unwrap_or(next.terms.place);
        next.terms.signatories = change.signatories.unwrap_or(next.terms.signatories);
        next.terms.purposes = change.purposes.unwrap_or(next.terms.purposes);
        next.terms.note = change.note.unwrap_or(next.terms.note);
        next.is_archived = change.is_archived.unwrap_or(next.is_archived);
        if let Some(parties) = change.parties {
            // Only a new list is counted: a merge of two parties may have left an old one with a single entry.
            check_parties(&parties)?;
            next.parties = parties;
        }
        check_terms(&next.terms, &next.parties)?;
        Ok(next)
    }
}

/// One test on agreements.
#[derive(Debug, Clone, PartialEq)]
pub enum AgreementTest {
    /// Is one of these.
    Ids(Vec<AgreementId>),
    /// Is of one of these kinds.
    Kinds(Vec<AgreementKind>),
    /// Has this institution among its parties.
    Party(PartnerId),
    /// Can have been signed on a day of this period; either end may be open.
    ///
    /// An agreement of whose signing no day is known does not pass; one with a day known in part passes
    /// if any day it can have been signed on lies in the period.
    SignedDuring {
        /// The first day of the period.
        from: Option<NaiveDate>,
        /// The last day of the period.
        until: Option<NaiveDate>,
    },
    /// Is archived or not.
    Archived(bool),
    /// Has, for each of these folded words, a name with a word that begins with it.
    Named(Vec<String>),
}

/// A condition on agreements.
pub type AgreementFilter = Filter<AgreementTest>;

vocabulary! {
    /// What agreements are ordered by.
    pub enum AgreementOrderField {
        /// The first day it can have been signed on; unknown days come last in ascending order.
        SignedOn = "signed_on",
        /// When the record was made.
        CreatedAt = "created_at",
    }
}

/// An order of agreements.
pub type AgreementOrder = (AgreementOrderField, Direction);

fn check_parties(parties: &[Party]) -> Result<(), Invalid> {
    check_length("parties", parties.len())?;
    for (index, party) in parties.iter().enumerate() {
        if parties[..index].iter().any(|other| other.partner == party.partner) {
            return Err(Invalid::new("partnerId", Fault::Repeated).within(index).within("parties"));
        }
    }
    if parties.len() < Agreement::MINIMUM_PARTIES {
        let reason = format!("an agreement has at least {} different parties", Agreement::MINIMUM_PARTIES);
        return Err(Invalid::new("parties", Fault::Malformed { reason }));
    }
    Ok(())
}

fn check_terms(terms: &AgreementTerms, parties: &[Party]) -> Result<(), Invalid> {
    check_length("purposes", terms.purposes.len())?;
    let signatories = terms.signatories.as_deref().unwrap_or_default();
    check_length("signatories", signatories.len())?;
    for (index, signatory) in signatories.iter().enumerate() {
        let is_party = |partner| parties.iter().any(|party| party.partner == partner);
        if signatory.partner.is_some_and(|partner| !is_party(partner)) {
            let reason = "the institution signed for is not a party to the agreement".to_owned();
            return Err(Invalid::new("partnerId", Fault::Malformed { reason })
                .within(index)
                .within("signatories"));
        }
    }
    let over = terms.valid_until.as_ref().and_then(EventDates::latest);
    for (what, begun) in [("signed", &terms.signed), ("in force", &terms.effective)] {
        if let (Some(over), Some(begun)) = (over, begun.as_ref().and_then(EventDates::earliest))
            && over < begun
        {
            let reason = format!("it would be over on {over}, before it was {what} on {begun}");
            return Err(Invalid::new("validUntil", Fault::Malformed { reason }));
        }
    }
    Ok(())
}

fn check_length(field: &str, actual: usize) -> Result<(), Invalid> {
    let maximum = Agreement::MAXIMUM;
    if actual > maximum { Err(Invalid::new(field, Fault::TooMany { actual, maximum })) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{language::Language, name::Name, name::NameKind};
    use uuid::Uuid;

    fn partner(n: u128) -> PartnerId {
        Uuid::from_u128(n).into()
    }

    fn parties(ids: &[u128]) -> Vec<Party> {
        ids.iter().map(|n| Party { partner: partner(*n), role: PartyRole::Party }).collect()
    }

    fn on(date: &str) -> EventDates {
        EventDates::stated(date.parse().unwrap())
    }

    fn terms() -> AgreementTerms {
        let name = Name {
            text: Line::parse("text", "Cooperation agreement").unwrap(),
            language: Language::parse("language", "en").unwrap(),
            kind: NameKind::AsWritten,
            valid_from: None,
            valid_until: None,
        };
        AgreementTerms {
            kind: AgreementKind::CooperationAgreement,
            names: Names::parse(vec![name]).unwrap(),
            signed: Some(on("2021-04-27")),
            effective: None,
            valid_until: None,
            place: None,
            signatories: None,
            purposes: Vec::new(),
            note: None,
        }
    }

    fn refused(terms: AgreementTerms, parties: Vec<Party>) -> Invalid {
        NewAgreement { terms, parties }.checked().unwrap_err()
    }

    #[test]
    fn an_agreement_has_at_least_two_different_parties() {
        assert!(NewAgreement { terms: terms(), parties: parties(&[1, 2]) }.checked().is_ok());
        assert_eq!(refused(terms(), parties(&[1])).path, ["parties"]);
        assert_eq!(refused(terms(), parties(&[1, 1])).path, ["parties", "1", "partnerId"]);
    }

    #[test]
    fn one_signs_only_for_a_party() {
        let name = Line::parse("name", "A. Karimov").unwrap();
        let signatory = |n| Some(vec![Signatory { name, position: None, partner: Some(partner(n)) }]);
        let terms = AgreementTerms { signatories: signatory(3), ..terms() };
        assert_eq!(refused(terms, parties(&[1, 2])).path, ["signatories", "0", "partnerId"]);
    }

    #[test]
    fn an_agreement_is_not_over_before_it_was_signed_or_in_force() {
        let over = |until| AgreementTerms { valid_until: Some(on(until)), ..terms() };
        assert_eq!(refused(over("2021-03"), parties(&[1, 2])).path, ["validUntil"]);
        assert!(NewAgreement { terms: over("2021-04"), parties: parties(&[1, 2]) }.checked().is_ok());
        let late = AgreementTerms { effective: Some(on("2023")), ..over("2022") };
        assert_eq!(refused(late, parties(&[1, 2])).path, ["validUntil"]);
    }

    #[test]
    fn an_archived_agreement_is_restored_before_it_is_changed() {
        let agreement = Agreement {
            id: Uuid::from_u128(9).into(),
            version: 1,
            terms: terms(),
            parties: parties(&[1, 2]),
            is_archived: true,
            whereabouts: Whereabouts::default(),
        };
        let another_kind = AgreementChange { kind: Some(AgreementKind::Protocol), ..Default::default() };
        assert_eq!(agreement.changed(another_kind.clone()), Err(Problem::Archived));
        let restored =
            agreement.changed(AgreementChange { is_archived: Some(false), ..another_kind }).unwrap();
        assert_eq!((restored.terms.kind, restored.version), (AgreementKind::Protocol, 2));
    }
}

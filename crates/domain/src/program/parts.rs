//! The parts of a program: partners with roles, stages, cascade levels, participant categories, bases.

use crate::{
    id::{AgreementId, ParticipantCategoryId, PartnerId, ProgramBasisId},
    imprecise_date::EventDates,
    problem::{Fault, Invalid},
    text::{LocalizedText, Passage},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What an institution is to a program. The lead is not among them: it is a field of the program.
    pub enum ProgramRole {
        /// Takes part in running it.
        Partner = "partner",
        /// Trains its trainers.
        TrainerOfTrainers = "trainer_of_trainers",
        /// Approved it, or the document it rests on.
        Approver = "approver",
        /// Pays.
        Funder = "funder",
        /// Opens its house to it.
        Host = "host",
        /// Carries it out.
        Implementer = "implementer",
    }
}

vocabulary! {
    /// What kind of document or understanding a program rests on.
    pub enum BasisKind {
        /// An agreement, which has parties and a signature.
        Agreement = "agreement",
        /// A concept that somebody approved.
        Concept = "concept",
        /// A task that somebody was given: an address, a law, a decree.
        Mandate = "mandate",
        /// A framework of cooperation without a signed document.
        Framework = "framework",
    }
}

/// An institution's role in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramPartner {
    /// The institution.
    pub partner: PartnerId,
    /// What it is to the program.
    pub role: ProgramRole,
}

/// A numbered stage of a program.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its number within the program, 1 to 99.
    pub number: i32,
    /// What happens in it; none where it is known by its number alone.
    pub description: Option<LocalizedText>,
    /// When it is.
    pub dates: Option<EventDates>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// A level of a program's cascade: those who are trained, and then train the next.
#[derive(Debug, Clone, PartialEq)]
pub struct CascadeLevel {
    /// Its number within the program, 1 to 99; the first level is trained first.
    pub number: i32,
    /// Who they are.
    pub name: LocalizedText,
    /// The institution at which they are trained.
    pub trained_at: Option<PartnerId>,
    /// How many people the level has in the whole program; none where unknown, which is not zero.
    pub people_total: Option<i32>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// The code by which a program knows a participant category: `regional-trainer`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryCode(String);

impl CategoryCode {
    /// The longest code, in characters.
    pub const MAXIMUM: usize = 60;

    /// Accepts a code for the named field: lower-case letters of ASCII, digits, single hyphens between them.
    pub fn parse(field: &str, code: &str) -> Result<Self, Invalid> {
        if code.is_empty() {
            return Err(Invalid::new(field, Fault::Empty));
        }
        let actual = code.chars().count();
        if actual > Self::MAXIMUM {
            return Err(Invalid::new(field, Fault::TooLong { actual, maximum: Self::MAXIMUM }));
        }
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        if code.split('-').all(is_word) {
            Ok(Self(code.to_owned()))
        } else {
            let reason = "not a code such as \"regional-trainer\"".to_owned();
            Err(Invalid::new(field, Fault::Malformed { reason }))
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A kind of people that a program counts apart.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantCategory {
    /// Its identifier.
    pub id: ParticipantCategoryId,
    /// Its code, unique within the program.
    pub code: CategoryCode,
    /// What it is called.
    pub name: LocalizedText,
    /// The cascade level its people belong to, where they belong to one.
    pub cascade_level: Option<i32>,
}

/// A participant category as a command gives it; the code says which one is meant.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryDraft {
    /// Its code, unique within the program.
    pub code: CategoryCode,
    /// What it is called.
    pub name: LocalizedText,
    /// The cascade level its people belong to.
    pub cascade_level: Option<i32>,
}

/// What is known of the document or understanding that a program rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounds {
    /// What kind of basis it is.
    pub kind: BasisKind,
    /// The agreement, of a basis of that kind and of no other.
    pub agreement: Option<AgreementId>,
    /// Who approved, issued or offers it; an agreement has parties instead.
    pub issuer: Option<PartnerId>,
    /// What it is called.
    pub title: Option<LocalizedText>,
    /// When it was approved or issued.
    pub dates: Option<EventDates>,
    /// The officer's note.
    pub note: Option<Passage>,
}

/// Something that a program rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// Its identifier, by which sources are cited for it.
    pub id: ProgramBasisId,
    /// What is known of it.
    pub grounds: Grounds,
}

/// A basis as a command gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct BasisDraft {
    /// Which of the program's bases it stands for; none adds one.
    pub id: Option<ProgramBasisId>,
    /// What is known of it.
    pub grounds: Grounds,
}

impl Grounds {
    /// Refuses an agreement in a basis of another kind, its absence, and a document without title and issuer.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        let malformed =
            |field, reason: &str| Err(Invalid::new(field, Fault::Malformed { reason: reason.to_owned() }));
        match (self.kind, self.agreement) {
            (BasisKind::Agreement, None) => {
                malformed("agreementId", "a basis of the kind agreement names the agreement")
            }
            (BasisKind::Agreement, Some(_)) if self.issuer.is_some() => {
                Err(Invalid::new("issuerId", Fault::Excludes { other: "agreementId" }))
            }
            (BasisKind::Concept | BasisKind::Mandate | BasisKind::Framework, Some(_)) => {
                malformed("agreementId", "only a basis of the kind agreement names one")
            }
            (BasisKind::Concept | BasisKind::Mandate | BasisKind::Framework, None)
                if self.issuer.is_none() && self.title.is_none() =>
            {
                malformed("title", "a basis without an agreement has a title, an issuer or both")
            }
            _ => Ok(()),
        }
    }
}

//! Walk-ins as devices hand them in, with a batch of scans: each read by itself, and nobody turned away for what the
//! operator got wrong beside the name.

use async_graphql::{InputObject, SimpleObject};
use hemicycle_domain::{
    account::EmailAddress,
    check_in::{self, ScanReason},
    country::CountryCode,
    language::Language,
    name::NameKind,
    participant::{Disability, NewParticipant, PersonName, PersonNames, PersonalData, PhoneNumber},
    problem::{Fault, Invalid},
    registration::{RegistrationDetails, RegistrationRole},
    text::Line,
    walk_in::{LeftOut, NewWalkIn},
};
use hemicycle_persistence::{RecordedWalkIn, Stray};

use super::object::WalkIn;
use crate::graphql::{
    check_in::{ScanFlag, ScanOutcome, ScanReason as Reason},
    id,
    part::{self, Unreadable, cut, global, text, word},
    scalar::{ScanPart, Uuid},
};

/// Someone who came without being on a list, taken in by a device without a network. Every part is taken as it comes: the
/// walk-in needs an identifier, an event and a name; any other part that cannot be read is left out of the registration
/// and kept in the note about the person.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct WalkInInput {
    /// The identifier that the device made for the walk-in: a UUID, best of version 7. It lives for ever.
    pub walk_in_id: Option<ScanPart>,
    /// The global id of the event.
    pub event_id: Option<ScanPart>,
    /// The name as the person gives it; at most 500 characters.
    pub name: Option<ScanPart>,
    /// The language of the name, by its BCP 47 tag; left out where it is unknown.
    pub language: Option<ScanPart>,
    /// The e-mail address, if given.
    pub email: Option<ScanPart>,
    /// The telephone number in international form, if given.
    pub phone: Option<ScanPart>,
    /// What the person is there, a word of `RegistrationRole`; left out for `PARTICIPANT`.
    pub role: Option<ScanPart>,
    /// The global id of the participant category, one of the event's program.
    pub category_id: Option<ScanPart>,
    /// The global id of the institution represented.
    pub partner_id: Option<ScanPart>,
    /// The country represented, by its ISO 3166-1 alpha-2 code; told from the institution where it is left out.
    pub country: Option<ScanPart>,
}

/// What became of one walk-in.
#[derive(SimpleObject)]
pub(crate) struct WalkInResult {
    /// The identifier as it came; null where none did.
    walk_in_id: Option<String>,
    /// What became of it, in the words of scans.
    outcome: ScanOutcome,
    /// Why it was rejected; null otherwise.
    reason: Option<Reason>,
    /// What is wrong, in English; null where nothing is.
    message: Option<String>,
    /// The part at fault, the first of several; null where none is. Of a walk-in that was taken it was left out.
    path: Option<String>,
    /// What is amiss with it; empty where nothing is.
    flags: Vec<ScanFlag>,
    /// The walk-in as it is kept; null where it is not.
    walk_in: Option<WalkIn>,
}

impl WalkInInput {
    /// Reads the walk-in.
    pub(crate) fn read(&self) -> Result<NewWalkIn, Unreadable> {
        let needed = |field: &str| Invalid::new(field, Fault::Empty);
        let id = text(self.walk_in_id.as_ref()).ok_or_else(|| needed("walkInId"))?;
        let event = global("eventId", self.event_id.as_ref())?.ok_or_else(|| needed("eventId"))?;
        let mut left_out = Vec::new();
        let person = NewParticipant {
            names: self.names(&mut left_out)?,
            personal: self.contacts(&mut left_out),
            disability: Disability::default(),
            home_partner: None,
            position: None,
            territory: None,
            country: None,
        };
        let details = self.details(&mut left_out);
        Ok(NewWalkIn { id: Uuid(id).uuid("walkInId")?.into(), event, person, details, left_out })
    }

    fn names(&self, left_out: &mut Vec<LeftOut>) -> Result<PersonNames, Invalid> {
        let given = text(self.name.as_ref()).ok_or_else(|| Invalid::new("name", Fault::Empty))?;
        // A name that was pasted in may have a line break in it.
        let name = Line::parse("name", &given.replace(char::is_control, " "))?;
        let language = read(self.language.as_ref(), left_out, |text| Language::parse("language", text));
        let language = language.map_or_else(|| Language::parse("language", UNKNOWN_LANGUAGE), Ok)?;
        PersonNames::parse(vec![PersonName::as_written(name, language, NameKind::AsWritten)])
    }

    fn contacts(&self, left_out: &mut Vec<LeftOut>) -> PersonalData {
        PersonalData {
            email: read(self.email.as_ref(), left_out, |text| EmailAddress::parse("email", text)),
            phone: read(self.phone.as_ref(), left_out, |text| PhoneNumber::parse("phone", text)),
            ..PersonalData::default()
        }
    }

    fn details(&self, left_out: &mut Vec<LeftOut>) -> RegistrationDetails {
        let role = read(self.role.as_ref(), left_out, |_| {
            let role = word("role", self.role.as_ref(), RegistrationRole::from_word)?;
            role.ok_or_else(|| Invalid::new("role", Fault::Empty))
        });
        RegistrationDetails {
            category: read(self.category_id.as_ref(), left_out, |id| id::parse("categoryId", &id.into())),
            partner: read(self.partner_id.as_ref(), left_out, |id| id::parse("partnerId", &id.into())),
            country: read(self.country.as_ref(), left_out, |text| CountryCode::parse("country", text)),
            ..RegistrationDetails::in_role(role.unwrap_or(RegistrationRole::Participant))
        }
    }

    /// What is kept of the walk-in where it can never be one.
    pub(crate) fn stray(&self, reason: ScanReason, sent_by: &str) -> Stray {
        let parts = [
            ("walkInId", &self.walk_in_id),
            ("eventId", &self.event_id),
            ("role", &self.role),
            ("categoryId", &self.category_id),
            ("partnerId", &self.partner_id),
            ("country", &self.country),
            ("language", &self.language),
            ("email", &self.email),
            ("phone", &self.phone),
            ("name", &self.name),
        ];
        part::stray(reason, &part::body(parts), sent_by)
    }

    fn result(&self, outcome: check_in::ScanOutcome) -> WalkInResult {
        WalkInResult {
            walk_in_id: text(self.walk_in_id.as_ref()).map(|id| cut(&id, 100)),
            outcome: outcome.into(),
            reason: None,
            message: None,
            path: None,
            flags: Vec::new(),
            walk_in: None,
        }
    }

    /// Says that the walk-in cannot be read.
    pub(crate) fn unreadable(&self, unreadable: &Unreadable) -> WalkInResult {
        let result = self.result(check_in::ScanOutcome::RejectedFinal);
        WalkInResult { reason: Some(unreadable.reason.into()), ..result.blaming(&unreadable.invalid) }
    }

    /// Says what became of the walk-in.
    pub(crate) fn recorded(&self, recorded: RecordedWalkIn) -> WalkInResult {
        use check_in::ScanOutcome::{Accepted, AcceptedFlagged, RejectedFinal, Replay};
        match recorded {
            RecordedWalkIn::Rejected(reason) => {
                WalkInResult { reason: Some(reason.into()), ..self.result(RejectedFinal) }
            }
            RecordedWalkIn::Kept { walk_in, left_out, is_replay } => {
                let outcome = match (is_replay, walk_in.flags.is_empty()) {
                    (true, _) => Replay,
                    (false, true) => Accepted,
                    (false, false) => AcceptedFlagged,
                };
                let result = self.result(outcome);
                let result = match left_out.first() {
                    Some(left_out) => result.blaming(&left_out.invalid),
                    None => result,
                };
                let flags = walk_in.flags.iter().copied().map(Into::into).collect();
                WalkInResult { flags, walk_in: Some(WalkIn(*walk_in)), ..result }
            }
        }
    }
}

impl WalkInResult {
    /// Why the walk-in was rejected for good, if it was.
    pub(crate) fn rejection(&self) -> Option<ScanReason> {
        self.reason.map(Into::into)
    }

    fn blaming(self, invalid: &Invalid) -> Self {
        let path = invalid.path.join(".");
        Self { message: Some(format!("{path} {}", invalid.fault)), path: Some(path), ..self }
    }
}

/// The language of a name of which nobody said in which it is.
const UNKNOWN_LANGUAGE: &str = "und";

/// Reads a part that can be left out; where it cannot be read, it is.
fn read<T>(
    part: Option<&ScanPart>,
    left_out: &mut Vec<LeftOut>,
    read: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<T> {
    let text = text(part).filter(|text| !text.trim().is_empty())?;
    match read(&text) {
        Ok(value) => Some(value),
        Err(invalid) => {
            left_out.push(LeftOut { text: cut(&text, LONGEST_LEFT_OUT), invalid });
            None
        }
    }
}

/// How much is kept of a part that was left out, in characters.
const LONGEST_LEFT_OUT: usize = 500;

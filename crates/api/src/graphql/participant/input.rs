//! Inputs by which people are added, changed and merged, and how they are read.

use async_graphql::{ID, InputObject, MaybeUndefined};
use hemicycle_domain::{
    account::EmailAddress,
    participant::{
        AccessNeeds, Disability, DisabilityChange, NewParticipant, ParticipantChange, PersonalData,
        PersonalDataChange, PhoneNumber,
    },
    problem::{Fault, Invalid},
    text::{Line, Passage},
};

use super::{
    name::{self, PersonNameInput},
    object::{DisabilityAnswer, Sex},
};
use crate::graphql::{
    id,
    input::change,
    scalar::CountryCode,
    text::{TranslationInput, passage_opt, text, text_opt},
};

/// A person who is added while being registered at an event. Leave out what is not known.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct NewPersonInput {
    /// The forms of the name; at least one.
    pub names: Vec<PersonNameInput>,
    /// The sex, where it is stated or told by a source.
    pub sex: Option<Sex>,
    /// What the sex is known from, such as a pronoun in a text.
    pub sex_basis: Option<String>,
    /// The year of birth, from 1900.
    pub birth_year: Option<i32>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number in international form, such as `+998 71 239 15 63`.
    pub phone: Option<String>,
    /// What the person answered when asked whether they have a disability; nobody has to answer.
    pub disability: Option<DisabilityAnswer>,
    /// What the person needs to take part, in their own words; at most 1,000 characters.
    pub access_needs: Option<String>,
    /// Your note.
    pub note: Option<String>,
    /// The institution the person is at home with.
    pub home_partner_id: Option<ID>,
    /// The position now.
    pub position: Option<Vec<TranslationInput>>,
    /// The territory the person serves in now.
    pub territory_id: Option<ID>,
    /// The country the person belongs to; told from the territory or the institution where it is left out.
    pub country: Option<CountryCode>,
}

/// A person to be added. Leave out what is not known.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateParticipantInput {
    /// The forms of the name; at least one.
    pub names: Vec<PersonNameInput>,
    /// The sex, where it is stated or told by a source.
    pub sex: Option<Sex>,
    /// What the sex is known from, such as a pronoun in a text.
    pub sex_basis: Option<String>,
    /// The year of birth, from 1900.
    pub birth_year: Option<i32>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number in international form, such as `+998 71 239 15 63`.
    pub phone: Option<String>,
    /// What the person answered when asked whether they have a disability; nobody has to answer.
    pub disability: Option<DisabilityAnswer>,
    /// What the person needs to take part, in their own words; at most 1,000 characters.
    pub access_needs: Option<String>,
    /// Your note.
    pub note: Option<String>,
    /// The institution the person is at home with.
    pub home_partner_id: Option<ID>,
    /// The position now.
    pub position: Option<Vec<TranslationInput>>,
    /// The territory the person serves in now.
    pub territory_id: Option<ID>,
    /// The country the person belongs to; told from the territory or the institution where it is left out.
    pub country: Option<CountryCode>,
    /// A key of your making: the same command with the same key is done once, however often it is sent.
    pub idempotency_key: Option<String>,
}

/// What to change about a person; what is absent stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct UpdateParticipantInput {
    /// The participant.
    pub id: ID,
    /// The version you read; if the record has another by now, nothing is changed.
    pub expected_version: Option<i64>,
    /// New names in place of all old ones.
    pub names: Option<Vec<PersonNameInput>>,
    /// Another sex; null makes it unknown.
    pub sex: MaybeUndefined<Sex>,
    /// Another basis for it; null removes it.
    pub sex_basis: MaybeUndefined<String>,
    /// Another year of birth; null makes it unknown.
    pub birth_year: MaybeUndefined<i32>,
    /// Another e-mail address; null removes it.
    pub email: MaybeUndefined<String>,
    /// Another telephone number; null removes it.
    pub phone: MaybeUndefined<String>,
    /// Another answer to the question for disabilities; null makes it unknown.
    pub disability: MaybeUndefined<DisabilityAnswer>,
    /// Other needs, at most 1,000 characters; null removes them.
    pub access_needs: MaybeUndefined<String>,
    /// Another note; null removes it.
    pub note: MaybeUndefined<String>,
    /// Another home institution; null removes it.
    pub home_partner_id: MaybeUndefined<ID>,
    /// Another position; null makes it unknown.
    pub position: MaybeUndefined<Vec<TranslationInput>>,
    /// Another territory; null makes it unknown.
    pub territory_id: MaybeUndefined<ID>,
    /// Another country; null leaves it to the territory or the institution.
    pub country: MaybeUndefined<CountryCode>,
    /// Archives the record, or restores it.
    pub is_archived: Option<bool>,
}

/// Two records that are one person.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct MergeParticipantsInput {
    /// The record that ends.
    pub from_id: ID,
    /// The record that takes over its names, what it does not know itself, and all registrations.
    pub into_id: ID,
}

impl NewPersonInput {
    pub(crate) fn parse(&self) -> Result<NewParticipant, Invalid> {
        let personal = PersonalData {
            sex: self.sex.map(Into::into),
            sex_basis: self.sex_basis.as_ref().map(|basis| Line::parse("sexBasis", basis)).transpose()?,
            birth_year: self.birth_year.map(birth_year).transpose()?,
            email: self.email.as_ref().map(|email| EmailAddress::parse("email", email)).transpose()?,
            phone: self.phone.as_ref().map(|phone| PhoneNumber::parse("phone", phone)).transpose()?,
            note: passage_opt("note", self.note.as_ref())?,
        };
        let needs = self.access_needs.as_ref();
        Ok(NewParticipant {
            names: name::parse(&self.names)?,
            personal,
            disability: Disability {
                answer: self.disability.map(Into::into),
                needs: needs.map(|needs| AccessNeeds::parse("accessNeeds", needs)).transpose()?,
            },
            home_partner: self
                .home_partner_id
                .as_ref()
                .map(|id| id::parse("homePartnerId", id))
                .transpose()?,
            position: text_opt("position", self.position.as_ref())?,
            territory: self.territory_id.as_ref().map(|id| id::parse("territoryId", id)).transpose()?,
            country: self.country.as_ref().map(|code| code.country("country")).transpose()?,
        })
    }
}

impl CreateParticipantInput {
    pub(super) fn parse(self) -> Result<NewParticipant, Invalid> {
        let person = NewPersonInput {
            names: self.names,
            sex: self.sex,
            sex_basis: self.sex_basis,
            birth_year: self.birth_year,
            email: self.email,
            phone: self.phone,
            disability: self.disability,
            access_needs: self.access_needs,
            note: self.note,
            home_partner_id: self.home_partner_id,
            position: self.position,
            territory_id: self.territory_id,
            country: self.country,
        };
        person.parse()
    }
}

impl UpdateParticipantInput {
    pub(super) fn parse(self) -> Result<ParticipantChange, Invalid> {
        let personal = PersonalDataChange {
            sex: change(self.sex, |sex| Ok(sex.into()))?,
            sex_basis: change(self.sex_basis, |basis| Line::parse("sexBasis", &basis))?,
            birth_year: change(self.birth_year, birth_year)?,
            email: change(self.email, |email| EmailAddress::parse("email", &email))?,
            phone: change(self.phone, |phone| PhoneNumber::parse("phone", &phone))?,
            note: change(self.note, |note| Passage::parse("note", &note))?,
        };
        let disability = DisabilityChange {
            answer: change(self.disability, |answer| Ok(answer.into()))?,
            needs: change(self.access_needs, |needs| AccessNeeds::parse("accessNeeds", &needs))?,
        };
        Ok(ParticipantChange {
            names: self.names.as_deref().map(name::parse).transpose()?,
            personal,
            disability,
            home_partner: change(self.home_partner_id, |id| id::parse("homePartnerId", &id))?,
            position: change(self.position, |translations| text("position", &translations))?,
            territory: change(self.territory_id, |id| id::parse("territoryId", &id))?,
            country: change(self.country, |code| code.country("country"))?,
            is_archived: self.is_archived,
        })
    }
}

/// Reads a year; whether it can be one of birth is decided by the domain.
fn birth_year(year: i32) -> Result<i16, Invalid> {
    let (minimum, maximum) = (i64::from(PersonalData::EARLIEST_BIRTH), i64::from(i16::MAX));
    let fault = Fault::OutOfRange { actual: year.into(), minimum, maximum };
    i16::try_from(year).map_err(|_| Invalid::new("birthYear", fault))
}

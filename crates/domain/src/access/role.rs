//! The roles: what a caller is to a place, how one comes to be it, and at which kinds of place.
//!
//! What each of them may do there stands in `table.rs`.

use super::{Place, PlaceKind, words::described};

described! {
    /// What a caller is to a place.
    pub enum Role {
        /// Runs the platform: reference data, partners, accounts; sees everything.
        PlatformAdministrator = "platform_administrator",
        /// Runs programs for an international office: their figures, no personal data.
        InternationalProgramOfficer = "international_program_officer",
        /// Coordinates the work in one country.
        CountryCoordinator = "country_coordinator",
        /// Runs an institution that hosts events, with its branches.
        PartnerAdministrator = "partner_administrator",
        /// Runs events: timetable, roster, check-in, figures.
        EventManager = "event_manager",
        /// Trains or speaks at an event.
        Trainer = "trainer",
        /// Checks people in at the door.
        CheckInOperator = "check_in_operator",
        /// Reads figures, and nobody's name.
        Analyst = "analyst",
        /// Reads what is published.
        Viewer = "viewer",
        /// Is a person whom the records are about.
        Participant = "participant",
        /// Reads the audit trail, and nobody's personal data.
        Auditor = "auditor",
        /// Is a system of an institution: it carries, of all this, what its scopes name.
        ServiceAccount = "service_account",
        /// Is a phone at the doors of its events.
        Device = "device",
    }
}

/// How a caller comes to be what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bestowal {
    /// An account is granted the role at a place, and it can be taken back.
    Granted,
    /// It follows from the records about the person whose account it is.
    Derived,
    /// It is a principal of its own, never an account.
    Principal,
}

impl Role {
    /// How a caller comes to be this.
    #[must_use]
    pub const fn bestowal(self) -> Bestowal {
        match self {
            Self::PlatformAdministrator
            | Self::InternationalProgramOfficer
            | Self::CountryCoordinator
            | Self::PartnerAdministrator
            | Self::EventManager
            | Self::CheckInOperator
            | Self::Analyst
            | Self::Viewer
            | Self::Auditor => Bestowal::Granted,
            Self::Trainer | Self::Participant => Bestowal::Derived,
            Self::ServiceAccount | Self::Device => Bestowal::Principal,
        }
    }

    /// The kinds of place at which a caller can be this.
    #[must_use]
    pub const fn places(self) -> &'static [PlaceKind] {
        use PlaceKind as At;
        match self {
            Self::PlatformAdministrator | Self::Auditor => &[At::Platform],
            Self::InternationalProgramOfficer => &[At::Platform, At::Program],
            Self::CountryCoordinator => &[At::Country],
            Self::PartnerAdministrator => &[At::Partner],
            Self::EventManager | Self::CheckInOperator => &[At::Partner, At::Program, At::Event],
            Self::Analyst | Self::Viewer | Self::ServiceAccount => {
                &[At::Platform, At::Country, At::Partner, At::Program, At::Event]
            }
            Self::Trainer => &[At::Served],
            Self::Participant => &[At::Own],
            Self::Device => &[At::Event],
        }
    }

    /// Whether an account can be granted the role at this place; a platform role held at one event would mean nothing.
    #[must_use]
    pub fn is_held_at(self, place: Place) -> bool {
        matches!(self.bestowal(), Bestowal::Granted) && self.places().contains(&place.kind())
    }

    /// The letter that stands for the role in the table; each has its own.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::PlatformAdministrator => 'A',
            Self::InternationalProgramOfficer => 'O',
            Self::CountryCoordinator => 'C',
            Self::PartnerAdministrator => 'P',
            Self::EventManager => 'M',
            Self::Trainer => 'T',
            Self::CheckInOperator => 'K',
            Self::Analyst => 'F',
            Self::Viewer => 'V',
            Self::Participant => 'I',
            Self::Auditor => 'U',
            Self::ServiceAccount => 'S',
            Self::Device => 'D',
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::access::Capability;

    #[test]
    fn each_role_has_a_letter_of_its_own() {
        let letters: BTreeSet<char> = Role::ALL.iter().map(|role| role.letter()).collect();
        assert_eq!(letters.len(), Role::ALL.len());
    }

    #[test]
    fn no_account_is_granted_what_follows_from_records_or_what_is_no_account() {
        let places = [Place::Platform, Place::Event(uuid::Uuid::nil().into())];
        for role in Role::ALL.iter().filter(|role| role.bestowal() != Bestowal::Granted) {
            assert!(places.iter().all(|place| !role.is_held_at(*place)), "{role}");
        }
    }

    #[test]
    fn figures_and_audit_give_nobodys_personal_data_away() {
        let personal = [
            Capability::SeePeople,
            Capability::SeeContacts,
            Capability::SeeDemographics,
            Capability::SeeDisabilities,
            Capability::SeeResults,
            Capability::SeeNotes,
        ];
        let impersonal = [Role::InternationalProgramOfficer, Role::Analyst, Role::Viewer, Role::Auditor];
        for role in impersonal {
            assert!(personal.iter().all(|capability| !role.may(*capability)), "{role}");
        }
    }

    #[test]
    fn whoever_reads_anything_of_a_person_sees_the_person() {
        for role in Role::ALL.iter().filter(|role| !role.may(Capability::SeePeople)) {
            for capability in [Capability::SeeContacts, Capability::SeeNotes, Capability::SeeResults] {
                assert!(!role.may(capability), "{role}: {capability}");
            }
        }
    }
}

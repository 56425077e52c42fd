//! The roles, the capabilities, and the one table between them.

use super::Place;
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What an account is to a place.
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
        /// Checks people in at the door.
        CheckInOperator = "check_in_operator",
        /// A phone at the doors of its events; it has this role by its enrolment, and nobody is granted it.
        Device = "device",
        /// Reads what is published.
        Viewer = "viewer",
    }
}

vocabulary! {
    /// One thing that a role may do at its place.
    pub enum Capability {
        /// Reads partners, programs, agreements, territories and events that are past the draft; anywhere.
        SeePublished = "see_published",
        /// Reads events that are still drafts.
        SeeDrafts = "see_drafts",
        /// Reads the names, roles and attendance of the people in events.
        SeePeople = "see_people",
        /// Reads contacts, birth years and sex of people.
        SeePersonalData = "see_personal_data",
        /// Reads counts and reach statistics.
        SeeFigures = "see_figures",
        /// Adds and changes territories.
        EditTerritories = "edit_territories",
        /// Adds and changes partners.
        EditPartners = "edit_partners",
        /// Merges two partner records into one.
        MergePartners = "merge_partners",
        /// Records agreements and changes them.
        EditAgreements = "edit_agreements",
        /// Sets up programs and changes them.
        EditPrograms = "edit_programs",
        /// Plans events, changes them and moves them through their life cycle.
        EditEvents = "edit_events",
        /// Registers people, forms delegations, cancels registrations.
        EditRegistrations = "edit_registrations",
        /// Checks people in and undoes it.
        CheckIn = "check_in",
        /// Reports headcounts.
        ReportHeadcounts = "report_headcounts",
        /// Records sources and cites them.
        CiteSources = "cite_sources",
        /// Prepares devices for the doors of events, gives out their codes, revokes them.
        ManageDevices = "manage_devices",
        /// Opens accounts, grants and revokes roles.
        ManageAccounts = "manage_accounts",
    }
}

impl Role {
    /// Whether the role can be held at a place of this kind; a platform role held at one event would mean nothing.
    #[must_use]
    pub const fn is_held_at(self, place: Place) -> bool {
        match (self, place) {
            (Self::PlatformAdministrator, Place::Platform)
            | (Self::InternationalProgramOfficer, Place::Platform | Place::Program(_))
            | (Self::CountryCoordinator, Place::Country(_))
            | (Self::PartnerAdministrator, Place::Partner(_))
            | (
                Self::EventManager | Self::CheckInOperator,
                Place::Partner(_) | Place::Program(_) | Place::Event(_),
            )
            | (
                Self::Viewer,
                Place::Platform | Place::Country(_) | Place::Partner(_) | Place::Program(_) | Place::Event(_),
            ) => true,
            (
                Self::PlatformAdministrator,
                Place::Country(_) | Place::Partner(_) | Place::Program(_) | Place::Event(_),
            )
            | (Self::InternationalProgramOfficer, Place::Country(_) | Place::Partner(_) | Place::Event(_))
            | (
                Self::CountryCoordinator,
                Place::Platform | Place::Partner(_) | Place::Program(_) | Place::Event(_),
            )
            | (
                Self::PartnerAdministrator,
                Place::Platform | Place::Country(_) | Place::Program(_) | Place::Event(_),
            )
            | (Self::EventManager | Self::CheckInOperator, Place::Platform | Place::Country(_))
            | (
                Self::Device,
                Place::Platform | Place::Country(_) | Place::Partner(_) | Place::Program(_) | Place::Event(_),
            ) => false,
        }
    }

    /// The table: whether the role carries the capability at the place where it is held.
    ///
    /// There is no wildcard, so that a new role or a new capability stops the build until it is answered.
    #[must_use]
    #[expect(clippy::too_many_lines, clippy::match_same_arms, reason = "one table, read role by role")]
    pub const fn may(self, capability: Capability) -> bool {
        use Capability as C;
        match (self, capability) {
            (
                Self::PlatformAdministrator
                | Self::InternationalProgramOfficer
                | Self::CountryCoordinator
                | Self::PartnerAdministrator
                | Self::EventManager
                | Self::CheckInOperator
                | Self::Device
                | Self::Viewer,
                C::SeePublished,
            ) => true,

            (
                Self::PlatformAdministrator,
                C::SeeDrafts
                | C::SeePeople
                | C::SeePersonalData
                | C::SeeFigures
                | C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::EditRegistrations
                | C::CheckIn
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices
                | C::ManageAccounts,
            ) => true,

            (
                Self::InternationalProgramOfficer,
                C::SeeDrafts
                | C::SeeFigures
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::ReportHeadcounts
                | C::CiteSources,
            ) => true,
            (
                Self::InternationalProgramOfficer,
                C::SeePeople
                | C::SeePersonalData
                | C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditRegistrations
                | C::CheckIn
                | C::ManageDevices
                | C::ManageAccounts,
            ) => false,

            (
                Self::CountryCoordinator,
                C::SeeDrafts
                | C::SeePeople
                | C::SeeFigures
                | C::EditTerritories
                | C::EditPartners
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::EditRegistrations
                | C::CheckIn
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices,
            ) => true,
            (Self::CountryCoordinator, C::SeePersonalData | C::MergePartners | C::ManageAccounts) => false,

            (
                Self::PartnerAdministrator,
                C::SeeDrafts
                | C::SeePeople
                | C::SeePersonalData
                | C::SeeFigures
                | C::EditPartners
                | C::EditEvents
                | C::EditRegistrations
                | C::CheckIn
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices
                | C::ManageAccounts,
            ) => true,
            (
                Self::PartnerAdministrator,
                C::EditTerritories | C::MergePartners | C::EditAgreements | C::EditPrograms,
            ) => false,

            (
                Self::EventManager,
                C::SeeDrafts
                | C::SeePeople
                | C::SeePersonalData
                | C::SeeFigures
                | C::EditEvents
                | C::EditRegistrations
                | C::CheckIn
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices,
            ) => true,
            (
                Self::EventManager,
                C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditAgreements
                | C::EditPrograms
                | C::ManageAccounts,
            ) => false,

            (Self::CheckInOperator, C::SeeDrafts | C::SeePeople | C::CheckIn) => true,
            (
                Self::CheckInOperator,
                C::SeePersonalData
                | C::SeeFigures
                | C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::EditRegistrations
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices
                | C::ManageAccounts,
            ) => false,

            (Self::Device, C::SeePeople | C::CheckIn) => true,
            (
                Self::Device,
                C::SeeDrafts
                | C::SeePersonalData
                | C::SeeFigures
                | C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::EditRegistrations
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices
                | C::ManageAccounts,
            ) => false,

            (
                Self::Viewer,
                C::SeeDrafts
                | C::SeePeople
                | C::SeePersonalData
                | C::SeeFigures
                | C::EditTerritories
                | C::EditPartners
                | C::MergePartners
                | C::EditAgreements
                | C::EditPrograms
                | C::EditEvents
                | C::EditRegistrations
                | C::CheckIn
                | C::ReportHeadcounts
                | C::CiteSources
                | C::ManageDevices
                | C::ManageAccounts,
            ) => false,
        }
    }
}

//! The one table: which role carries which capability at the places where it is held.
//!
//! The compiler reads it too: a capability without a row, and a role without a column or with a letter in another's
//! column, stop the build.

use super::{Capability, Role, Tie};

macro_rules! table {
    ($($capability:ident $answers:literal)+) => {
        /// The letters of the roles that carry the capability, each in its column; `-` for those that do not.
        const fn answers(capability: Capability) -> &'static [u8] {
            match capability { $(Capability::$capability => $answers.as_bytes(),)+ }
        }
    };
}

table! {
    //                      administrator of the platform
    //                      | international program officer
    //                      | | coordinator of a country
    //                      | | | administrator of a partner
    //                      | | | | manager of events
    //                      | | | | | trainer
    //                      | | | | | | check-in operator
    //                      | | | | | | | analyst
    //                      | | | | | | | | viewer
    //                      | | | | | | | | | participant, of the own data
    //                      | | | | | | | | | | auditor
    //                      | | | | | | | | | | | service account
    //                      | | | | | | | | | | | | device
    SeePublished           "A O C P M T K F V I U S D"
    SeeDrafts              "A O C P M T K - - - - S -"
    SeeFigures             "A O C P M T - F - - - S -"
    SeePeople              "A - C P M T K - - I - S D"
    SeeContacts            "A - - P M - - - - I - S -"
    SeeDemographics        "A - - P M - - - - I - S -"
    SeeDisabilities        "A - - P M - - - - I - - -"
    SeeResults             "A - - P M T - - - I - S -"
    SeeNotes               "A - - P M - - - - - - - -"
    EditTerritories        "A - C - - - - - - - - - -"
    EditPartners           "A - C P - - - - - - - - -"
    MergePartners          "A - - - - - - - - - - - -"
    EditAgreements         "A O C - - - - - - - - - -"
    EditPrograms           "A O C - - - - - - - - - -"
    EditEvents             "A O C P M - - - - - - S -"
    EditRegistrations      "A - C P M - - - - - - S -"
    CheckIn                "A - C P M - K - - - - - D"
    ReviewScans            "A - C P M - - - - - - - -"
    ManageDevices          "A - C P M - - - - - - - -"
    ReportHeadcounts       "A O C P M - - - - - - S -"
    CiteSources            "A O C P M - - - - - - - -"
    ManageAccounts         "A - - P - - - - - - - - -"
    LinkAccounts           "A - - - - - - - - - - - -"
    ManageServiceAccounts  "A - - P - - - - - - - - -"
    ReadAudit              "A - - - - - - - - - U - -"
    BreakTheGlass          "- O C - - - - - - - - - -"
    ExportPersonalData     "A - - P - - - - - I - - -"
    ErasePersonalData      "A - - P - - - - - - - - -"
}

impl Role {
    /// Whether the role carries the capability at the places where it is held.
    #[must_use]
    pub const fn may(self, capability: Capability) -> bool {
        answers(capability)[column(self)] != b'-'
    }
}

impl Capability {
    /// By what else than running it an institution reaches what its people may with this capability.
    ///
    /// Whoever organises an event with others sees it coming, its figures, and the people it sent itself; whoever pays
    /// for it sees its figures.
    #[must_use]
    pub const fn ties(self) -> &'static [Tie] {
        match self {
            Self::SeeDrafts => &[Tie::Organiser],
            Self::SeeFigures => &[Tie::Organiser, Tie::Funder],
            Self::SeePeople => &[Tie::Nominator],
            Self::SeePublished
            | Self::SeeContacts
            | Self::SeeDemographics
            | Self::SeeDisabilities
            | Self::SeeResults
            | Self::SeeNotes
            | Self::EditTerritories
            | Self::EditPartners
            | Self::MergePartners
            | Self::EditAgreements
            | Self::EditPrograms
            | Self::EditEvents
            | Self::EditRegistrations
            | Self::CheckIn
            | Self::ReviewScans
            | Self::ManageDevices
            | Self::ReportHeadcounts
            | Self::CiteSources
            | Self::ManageAccounts
            | Self::LinkAccounts
            | Self::ManageServiceAccounts
            | Self::ReadAudit
            | Self::BreakTheGlass
            | Self::ExportPersonalData
            | Self::ErasePersonalData => &[],
        }
    }
}

/// Where the answer of a role stands in a row: the roles in their order, a blank between them.
const fn column(role: Role) -> usize {
    2 * role as usize
}

const _: () = {
    let mut row = 0;
    while row < Capability::ALL.len() {
        let answers = answers(Capability::ALL[row]);
        assert!(
            answers.len() + 1 == 2 * Role::ALL.len(),
            "a row of the access table needs an answer for each role"
        );
        let mut place = 0;
        while place < Role::ALL.len() {
            let role = Role::ALL[place];
            let answer = answers[column(role)];
            assert!(
                answer == b'-' || answer as char == role.letter(),
                "an answer in the access table is neither `-` nor the letter of the role whose column it is"
            );
            place += 1;
        }
        row += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_role_by_role() {
        let holders = |capability| Role::ALL.iter().filter(move |role| role.may(capability));
        assert!(holders(Capability::MergePartners).eq(&[Role::PlatformAdministrator]));
        assert!(
            holders(Capability::BreakTheGlass)
                .eq(&[Role::InternationalProgramOfficer, Role::CountryCoordinator])
        );
        let device = Capability::ALL.iter().filter(|capability| Role::Device.may(**capability));
        assert!(device.eq(&[Capability::SeePublished, Capability::SeePeople, Capability::CheckIn]));
    }
}

//! The scopes of service accounts: what each of them names, of what the role may carry.
//!
//! Their words are those of OAuth: a client asks for them by `scope`, with blanks between them.

use super::{Capability, words::described};

described! {
    /// A part of what a service account may be given, by name.
    pub enum ServiceScope {
        /// Reads what is published: partners, programs, agreements, territories, sources, and events past the draft.
        EventsRead = "events:read",
        /// Reads drafts of events, too.
        DraftsRead = "drafts:read",
        /// Reads counts of people and counted reach, without anybody's name.
        ReachRead = "reach:read",
        /// Reads the names, positions, roles, registrations and attendance of people.
        RegistrationsRead = "registrations:read",
        /// Reads the e-mail addresses and telephone numbers of people, beside their registrations.
        ContactsRead = "contacts:read",
        /// Reads the sex and the birth years of people, beside their registrations.
        DemographicsRead = "demographics:read",
        /// Reads the test results of people, beside their registrations.
        ResultsRead = "results:read",
        /// Plans events, changes them and moves them through their life cycle.
        EventsWrite = "events:write",
        /// Registers people, forms delegations, cancels registrations.
        RegistrationsWrite = "registrations:write",
        /// Reports headcounts.
        HeadcountsWrite = "headcounts:write",
    }
}

impl ServiceScope {
    /// The capabilities that the scope names. Each brings what it is of no use without: what is published, and the
    /// people whose contacts are read.
    #[must_use]
    pub const fn capabilities(self) -> &'static [Capability] {
        use Capability as C;
        match self {
            Self::EventsRead => &[C::SeePublished],
            Self::DraftsRead => &[C::SeePublished, C::SeeDrafts],
            Self::ReachRead => &[C::SeePublished, C::SeeFigures],
            Self::RegistrationsRead => &[C::SeePublished, C::SeePeople],
            Self::ContactsRead => &[C::SeePublished, C::SeePeople, C::SeeContacts],
            Self::DemographicsRead => &[C::SeePublished, C::SeePeople, C::SeeDemographics],
            Self::ResultsRead => &[C::SeePublished, C::SeePeople, C::SeeResults],
            Self::EventsWrite => &[C::SeePublished, C::SeeDrafts, C::EditEvents],
            Self::RegistrationsWrite => &[C::SeePublished, C::SeePeople, C::EditRegistrations],
            Self::HeadcountsWrite => &[C::SeePublished, C::SeeFigures, C::ReportHeadcounts],
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of scopes, small enough to be copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ServiceScopes(u16);

impl ServiceScopes {
    /// Reads scopes with blanks between them, as OAuth writes them; none if one of them is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(' ').filter(|word| !word.is_empty()).map(ServiceScope::from_word).collect()
    }

    /// The scopes, in the order of their list.
    pub fn iter(self) -> impl Iterator<Item = ServiceScope> {
        ServiceScope::ALL.iter().copied().filter(move |scope| self.0 & scope.bit() != 0)
    }

    /// Whether it has no scope.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of its scopes are among those.
    #[must_use]
    pub const fn are_among(self, those: Self) -> bool {
        self.0 & !those.0 == 0
    }

    /// The scopes that both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The capabilities that its scopes name, each once.
    pub fn capabilities(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.iter().copied().filter(move |capability| self.name(*capability))
    }

    /// Whether one of its scopes names the capability.
    #[must_use]
    pub fn name(self, capability: Capability) -> bool {
        self.iter().any(|scope| scope.capabilities().contains(&capability))
    }
}

impl FromIterator<ServiceScope> for ServiceScopes {
    fn from_iter<I: IntoIterator<Item = ServiceScope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}

/// As OAuth writes them, with blanks between them.
impl std::fmt::Display for ServiceScopes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(formatter, "{blank}{scope}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Role;

    fn all() -> ServiceScopes {
        ServiceScope::ALL.iter().copied().collect()
    }

    #[test]
    fn the_scopes_name_all_that_the_role_may_carry_and_nothing_else() {
        for capability in Capability::ALL {
            assert_eq!(all().name(*capability), Role::ServiceAccount.may(*capability), "{capability}");
        }
    }

    #[test]
    fn who_administers_the_platform_can_give_every_scope() {
        for capability in all().capabilities() {
            assert!(Role::PlatformAdministrator.may(capability), "{capability}");
        }
    }

    #[test]
    fn personal_data_are_read_by_the_scope_that_names_them_alone() {
        use Capability as C;
        for (capability, scopes) in [
            (C::SeeContacts, vec![ServiceScope::ContactsRead]),
            (C::SeeDemographics, vec![ServiceScope::DemographicsRead]),
            (C::SeeResults, vec![ServiceScope::ResultsRead]),
            (C::SeeDisabilities, vec![]),
            (C::SeeNotes, vec![]),
        ] {
            let naming = ServiceScope::ALL.iter().filter(|scope| scope.capabilities().contains(&capability));
            assert!(naming.eq(&scopes), "{capability}");
        }
        for scope in [ServiceScope::EventsRead, ServiceScope::DraftsRead, ServiceScope::ReachRead] {
            assert!(!scope.capabilities().contains(&C::SeePeople), "{scope}");
        }
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for text in ["", "events:read", "events:read reach:read contacts:read"] {
            assert_eq!(ServiceScopes::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            ServiceScopes::parse("reach:read  events:read"),
            ServiceScopes::parse("events:read reach:read")
        );
        for wrong in ["reach", "REACH:READ", "reach:read,events:read", "reach:read\tevents:read"] {
            assert_eq!(ServiceScopes::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_narrower_set_is_among_a_wider_one() {
        let [one, both] =
            ["reach:read", "reach:read events:read"].map(|text| ServiceScopes::parse(text).unwrap());
        assert!(one.are_among(both) && !both.are_among(one));
        assert_eq!(one.and(both), one);
    }
}

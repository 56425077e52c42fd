//! The actor: who a request comes from, with what it may do where.

use super::{Capability, Place, Role, Scope, ServiceScopes, Whereabouts};
use chrono::{DateTime, Utc};

use crate::{
    device::{Duty, EnrolmentId},
    glass_break::OpenGlass,
    id::{AccountId, CheckpointId, DeviceId, EventId, ParticipantId, ServiceAccountId},
};

/// A role held at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grant {
    /// What the holder is.
    pub role: Role,
    /// Where.
    pub place: Place,
}

/// Who acts. A request becomes an actor once, at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has signed in.
    Anonymous,
    /// A signed-in account with its grants.
    Account {
        /// The account.
        id: AccountId,
        /// Its roles and where they hold.
        grants: Vec<Grant>,
        /// Whose account it is, where that person is among the participants: what follows from their records.
        person: Option<ParticipantId>,
        /// What is open to it for a time, beside what its roles carry.
        glass: Vec<OpenGlass>,
    },
    /// A phone at the doors of its events.
    Device {
        /// The device.
        id: DeviceId,
        /// The enrolment whose token it holds.
        enrolment: EnrolmentId,
        /// The events that it serves, in the order of their ids.
        events: Vec<EventId>,
        /// The checkpoints where it may stand; empty for all of its events.
        checkpoints: Vec<CheckpointId>,
        /// How this moment stands to its window.
        duty: Duty,
    },
    /// A system of an institution.
    ServiceAccount {
        /// The service account.
        id: ServiceAccountId,
        /// What it may: those of its scopes that its token names.
        scopes: ServiceScopes,
        /// Where.
        places: Vec<Place>,
    },
    /// The program itself, for work that no request asked for; the reason is logged.
    System {
        /// What the work is.
        reason: &'static str,
    },
}

impl Actor {
    /// What the actor has a capability over.
    #[must_use]
    pub fn scope(&self, capability: Capability) -> Scope {
        match self {
            Self::Anonymous => Scope::default(),
            Self::System { .. } => Scope::everything(),
            Self::Account { grants, person, glass, .. } => {
                let granted =
                    grants.iter().filter(|grant| grant.role.may(capability)).map(|grant| grant.place);
                let opened = glass.iter().filter(|open| open.opens(capability)).map(|open| open.place.into());
                let derived = |role: Role| person.filter(|_| role.may(capability)).into_iter().collect();
                Scope {
                    ties: capability.ties(),
                    trainers: derived(Role::Trainer),
                    people: derived(Role::Participant),
                    ..granted.chain(opened).collect()
                }
            }
            Self::Device { events, duty, .. } => {
                let serves = duty.leaves(capability) && Role::Device.may(capability);
                events.iter().filter(|_| serves).map(|event| Place::Event(*event)).collect()
            }
            Self::ServiceAccount { scopes, places, .. } => {
                let may = scopes.name(capability) && Role::ServiceAccount.may(capability);
                Scope { ties: capability.ties(), ..places.iter().filter(|_| may).copied().collect() }
            }
        }
    }

    /// The same actor at this moment, where something that was open to it is over by now; none where it is as it was.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Option<Self> {
        match self {
            Self::Account { id, grants, person, glass } if glass.iter().any(|open| open.until <= now) => {
                let glass = glass.iter().filter(|open| now < open.until).cloned().collect();
                Some(Self::Account { id: *id, grants: grants.clone(), person: *person, glass })
            }
            _ => None,
        }
    }

    /// What is open to the actor for a time.
    #[must_use]
    pub fn glass(&self) -> &[OpenGlass] {
        match self {
            Self::Account { glass, .. } => glass,
            _ => &[],
        }
    }

    /// Whether the actor has a capability over something that stands there.
    #[must_use]
    pub fn may(&self, capability: Capability, whereabouts: &Whereabouts) -> bool {
        self.scope(capability).covers(whereabouts)
    }

    /// Whether nobody has signed in.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous)
    }

    /// The account behind the actor, if it is one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(*id),
            Self::Anonymous | Self::Device { .. } | Self::ServiceAccount { .. } | Self::System { .. } => None,
        }
    }

    /// The device behind the actor, if it is one.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Device { id, .. } => Some(*id),
            Self::Anonymous | Self::Account { .. } | Self::ServiceAccount { .. } | Self::System { .. } => {
                None
            }
        }
    }

    /// The service account behind the actor, if it is one.
    #[must_use]
    pub fn service_account(&self) -> Option<ServiceAccountId> {
        match self {
            Self::ServiceAccount { id, .. } => Some(*id),
            Self::Anonymous | Self::Account { .. } | Self::Device { .. } | Self::System { .. } => None,
        }
    }

    /// Whether what is published is to be seen wherever it stands; a device sees its own events alone.
    #[must_use]
    pub fn sees_published_everywhere(&self) -> bool {
        match self {
            Self::Anonymous | Self::Device { .. } => false,
            Self::ServiceAccount { scopes, .. } => scopes.name(Capability::SeePublished),
            Self::Account { .. } | Self::System { .. } => true,
        }
    }
}

impl Duty {
    /// Whether a device has its capability at such a moment.
    fn leaves(self, capability: Capability) -> bool {
        match self {
            Self::Ahead => false,
            Self::On => true,
            Self::Over => capability == Capability::CheckIn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{access::Shares, country::CountryCode, id::PartnerId};
    use uuid::Uuid;

    fn account(grants: Vec<Grant>, person: Option<ParticipantId>) -> Actor {
        Actor::Account { id: Uuid::from_u128(9).into(), grants, person, glass: Vec::new() }
    }

    fn partner(n: u128) -> PartnerId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn a_device_serves_its_own_events_while_it_is_on_duty() {
        let device = |duty| Actor::Device {
            id: Uuid::from_u128(1).into(),
            enrolment: EnrolmentId(Uuid::from_u128(2)),
            events: vec![Uuid::from_u128(7).into()],
            checkpoints: Vec::new(),
            duty,
        };
        let at = |event: u128| Whereabouts {
            countries: vec![CountryCode::parse("country", "UZ").unwrap()],
            partners: vec![partner(1)],
            program: Some(Uuid::from_u128(3).into()),
            event: Some(Uuid::from_u128(event).into()),
            shares: Shares::default(),
        };
        let had = |duty, event| -> Vec<Capability> {
            let actor = device(duty);
            for capability in Capability::ALL {
                assert_eq!(actor.may(*capability, &at(event)), actor.scope(*capability).covers(&at(event)));
            }
            Capability::ALL.iter().copied().filter(|one| actor.may(*one, &at(event))).collect()
        };
        assert_eq!(had(Duty::On, 7), [Capability::SeePublished, Capability::SeePeople, Capability::CheckIn]);
        assert_eq!(had(Duty::Over, 7), [Capability::CheckIn]);
        assert_eq!(had(Duty::Ahead, 7), []);
        assert_eq!(had(Duty::On, 8), []);
    }

    #[test]
    fn a_service_account_carries_what_its_scopes_name_where_it_was_given_a_place() {
        let of = |scopes: &str| Actor::ServiceAccount {
            id: Uuid::from_u128(4).into(),
            scopes: ServiceScopes::parse(scopes).unwrap(),
            places: vec![Place::Partner(partner(1))],
        };
        let at = |id| Whereabouts { partners: vec![id], ..Whereabouts::default() };
        let had = |scopes, id| -> Vec<Capability> {
            Capability::ALL.iter().copied().filter(|one| of(scopes).may(*one, &at(id))).collect()
        };
        assert_eq!(had("reach:read", partner(1)), [Capability::SeePublished, Capability::SeeFigures]);
        assert_eq!(had("reach:read contacts:read", partner(2)), []);
        assert_eq!(had("", partner(1)), []);
        assert!(of("events:read").sees_published_everywhere());
        assert!(!of("").sees_published_everywhere());
        // As with the people of the institution: a part in an event opens its figures.
        let funded = Shares { funders: vec![partner(1)], ..Shares::default() };
        let funded = Whereabouts { partners: vec![partner(2)], shares: funded, ..Whereabouts::default() };
        assert!(of("reach:read").may(Capability::SeeFigures, &funded));
        assert!(!of("contacts:read").may(Capability::SeeContacts, &funded));
    }

    #[test]
    fn a_host_runs_its_own_events_and_no_one_elses() {
        let grants = vec![Grant { role: Role::PartnerAdministrator, place: Place::Partner(partner(1)) }];
        let actor = account(grants, None);
        let hosted_by = |id| Whereabouts { partners: vec![id], ..Whereabouts::default() };
        assert!(actor.may(Capability::SeePeople, &hosted_by(partner(1))));
        assert!(!actor.may(Capability::SeePeople, &hosted_by(partner(2))));
    }

    #[test]
    fn a_part_in_an_event_opens_figures_and_ones_own_people() {
        use Capability::{EditEvents, SeeContacts, SeeDrafts, SeeFigures, SeePeople};
        let grants = vec![Grant { role: Role::PartnerAdministrator, place: Place::Partner(partner(1)) }];
        let actor = account(grants, None);
        let shared = |shares| Whereabouts { partners: vec![partner(2)], shares, ..Whereabouts::default() };
        let organised = Shares { organisers: vec![partner(1)], ..Shares::default() };
        let funded = Shares { funders: vec![partner(1)], ..Shares::default() };
        let own = Shares { nominators: vec![partner(1)], ..organised.clone() };
        let sent_only = Shares { nominators: vec![partner(1)], ..Shares::default() };
        for (shares, opens) in [
            (organised, vec![SeeDrafts, SeeFigures]),
            (funded, vec![SeeFigures]),
            (own, vec![SeeDrafts, SeeFigures, SeePeople]),
            (sent_only, vec![]),
        ] {
            let at = shared(shares);
            for capability in [SeeDrafts, SeeFigures, SeePeople, SeeContacts, EditEvents] {
                assert_eq!(actor.may(capability, &at), opens.contains(&capability), "{capability}: {at:?}");
            }
        }
    }

    #[test]
    fn a_person_sees_the_own_records_and_a_trainer_the_people_trained() {
        let [one, other] = [1, 2].map(|n| ParticipantId::from(Uuid::from_u128(n)));
        let actor = account(Vec::new(), Some(one));
        let about = |person| Whereabouts {
            shares: Shares { person: Some(person), ..Shares::default() },
            ..Whereabouts::default()
        };
        assert!(actor.may(Capability::SeeContacts, &about(one)));
        assert!(!actor.may(Capability::SeePeople, &about(other)));
        let mut trained = about(other);
        trained.shares.trainers = vec![one];
        assert!(actor.may(Capability::SeePeople, &trained));
        assert!(!actor.may(Capability::SeeContacts, &trained));
    }

    #[test]
    fn a_part_in_a_record_opens_nothing_that_changes_it() {
        use Capability as C;
        for capability in Capability::ALL {
            let only_reads = matches!(capability, C::SeeDrafts | C::SeeFigures | C::SeePeople);
            assert_eq!(!capability.ties().is_empty(), only_reads, "{capability}");
        }
    }

    #[test]
    fn an_anonymous_caller_may_nothing() {
        for capability in Capability::ALL {
            assert!(Actor::Anonymous.scope(*capability).is_empty());
        }
    }
}

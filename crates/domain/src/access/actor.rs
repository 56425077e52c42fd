//! The actor: who a request comes from, with what it may do where.

use super::{Capability, Place, Role, Scope, Whereabouts};
use crate::{
    device::{Duty, EnrolmentId},
    id::{AccountId, CheckpointId, DeviceId, EventId},
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
    /// The program itself, for work that no request asked for; the reason is logged.
    System {
        /// What the work is.
        reason: &'static str,
    },
}

impl Actor {
    /// The places where the actor has a capability.
    #[must_use]
    pub fn scope(&self, capability: Capability) -> Scope {
        match self {
            Self::Anonymous => Scope::default(),
            Self::System { .. } => Scope::everything(),
            Self::Account { grants, .. } => {
                grants.iter().filter(|grant| grant.role.may(capability)).map(|grant| grant.place).collect()
            }
            Self::Device { events, duty, .. } => {
                let serves = duty.leaves(capability) && Role::Device.may(capability);
                events.iter().filter(|_| serves).map(|event| Place::Event(*event)).collect()
            }
        }
    }

    /// Whether the actor has a capability over something that stands there.
    #[must_use]
    pub fn may(&self, capability: Capability, whereabouts: &Whereabouts) -> bool {
        match self {
            Self::Anonymous => false,
            Self::System { .. } => true,
            Self::Account { grants, .. } => {
                grants.iter().any(|grant| grant.role.may(capability) && grant.place.covers(whereabouts))
            }
            Self::Device { events, duty, .. } => {
                duty.leaves(capability)
                    && Role::Device.may(capability)
                    && events.iter().any(|event| Place::Event(*event).covers(whereabouts))
            }
        }
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
            Self::Anonymous | Self::Device { .. } | Self::System { .. } => None,
        }
    }

    /// The device behind the actor, if it is one.
    #[must_use]
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Device { id, .. } => Some(*id),
            Self::Anonymous | Self::Account { .. } | Self::System { .. } => None,
        }
    }

    /// Whether what is published is to be seen wherever it stands; a device sees its own events alone.
    #[must_use]
    pub fn sees_published_everywhere(&self) -> bool {
        match self {
            Self::Anonymous | Self::Device { .. } => false,
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
    use crate::{
        country::CountryCode,
        id::{EventId, PartnerId},
    };
    use uuid::Uuid;

    fn partner(n: u128) -> PartnerId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn a_scope_and_a_permission_agree_for_every_role_and_capability() {
        let country = CountryCode::parse("country", "UZ").unwrap();
        let event: EventId = Uuid::from_u128(7).into();
        let at = Whereabouts {
            countries: vec![country],
            partners: vec![partner(1)],
            program: None,
            event: Some(event),
        };
        let places = [
            Place::Platform,
            Place::Country(country),
            Place::Partner(partner(1)),
            Place::Partner(partner(2)),
            Place::Event(event),
        ];
        for role in Role::ALL {
            for place in places {
                let actor = Actor::Account {
                    id: Uuid::from_u128(9).into(),
                    grants: vec![Grant { role: *role, place }],
                };
                for capability in Capability::ALL {
                    assert_eq!(
                        actor.may(*capability, &at),
                        actor.scope(*capability).covers(&at),
                        "{role} at {place:?}: {capability}"
                    );
                }
            }
        }
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
    fn a_host_runs_its_own_events_and_no_one_elses() {
        let grants = vec![Grant { role: Role::PartnerAdministrator, place: Place::Partner(partner(1)) }];
        let actor = Actor::Account { id: Uuid::from_u128(9).into(), grants };
        let hosted_by = |id| Whereabouts { partners: vec![id], ..Whereabouts::default() };
        assert!(actor.may(Capability::SeePeople, &hosted_by(partner(1))));
        assert!(!actor.may(Capability::SeePeople, &hosted_by(partner(2))));
    }

    #[test]
    fn an_anonymous_caller_may_nothing() {
        for capability in Capability::ALL {
            assert!(Actor::Anonymous.scope(*capability).is_empty());
        }
    }
}

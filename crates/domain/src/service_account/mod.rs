//! Service accounts: systems of an institution that sign in by themselves, with named scopes at named places.
//!
//! A service account is a principal of its own, not a person. How its secrets and its tokens are made belongs to `api`.

mod secret;

pub use secret::{
    ClientSecret, LONGEST_OVERLAP, LONGEST_SECRET, USUAL_OVERLAP, USUAL_SECRET, Uses, overlap, secret_end,
};

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::{
    access::{Actor, Capability, Place, Refusal, Role, ServiceScopes, Subject, Whereabouts, actions, permit},
    id::{ClientSecretId, RecordKind, ServiceAccountId},
    problem::{Fault, Invalid, ProblemCode},
    text::{Line, Passage},
};

/// What a service account is to be: shared by the record and the commands on it.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceAccountPlan {
    /// What its people call it, such as the system that it is.
    pub name: Line,
    /// What it may.
    pub scopes: ServiceScopes,
    /// Where; at least one place, each once.
    pub places: Vec<Place>,
}

/// A system of an institution that signs in by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceAccount {
    /// Its identifier, by which it signs in.
    pub id: ServiceAccountId,
    /// How often it was changed; that it was used is no change.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// What it is to be.
    pub plan: ServiceAccountPlan,
    /// Its secrets, the oldest first; those that ended stay for some time.
    pub secrets: Vec<ClientSecret>,
    /// Why it may do nothing any more, if it was revoked.
    pub revoked: Option<Revoked>,
}

/// That a service account was revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: Passage,
}

/// A place that a service account has or is to have: what giving it something there is asked of.
#[derive(Debug, Clone)]
pub struct Giving {
    /// The service account.
    pub account: ServiceAccountId,
    /// Where the place stands.
    pub whereabouts: Whereabouts,
}

impl Subject for Giving {
    type Id = ServiceAccountId;

    fn id(&self) -> ServiceAccountId {
        self.account
    }

    fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }
}

actions! {
    on Giving;
    /// Opens, changes or revokes a service account that has this place.
    Administer "administer" => ManageServiceAccounts;
}

/// Refuses to give these scopes at a place to whoever could not do there what they name: nobody gives what they do not
/// have, and who holds a secret has what it opens.
pub fn check_giving(actor: &Actor, scopes: ServiceScopes, giving: &Giving) -> Result<(), Refusal> {
    permit::<Administer>(actor, giving)?;
    match scopes.capabilities().find(|capability| !actor.may(*capability, &giving.whereabouts)) {
        None => Ok(()),
        Some(capability) => Err(lacking(capability)),
    }
}

fn lacking(capability: Capability) -> Refusal {
    Refusal { verb: "give such a scope to", subject: RecordKind::ServiceAccount, capability }
}

impl ServiceAccountPlan {
    /// The most places of one service account.
    pub const MOST_PLACES: usize = 50;

    /// Accepts the plan, or names the field that it fails on.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        if self.scopes.is_empty() {
            return Err(Invalid::new("scopes", Fault::Empty));
        }
        if self.places.is_empty() {
            return Err(Invalid::new("places", Fault::Empty));
        }
        let actual = self.places.len();
        if actual > Self::MOST_PLACES {
            return Err(Invalid::new("places", Fault::TooMany { actual, maximum: Self::MOST_PLACES }));
        }
        let is_held = |place: &Place| Role::ServiceAccount.places().contains(&place.kind());
        if let Some(index) = self.places.iter().position(|place| !is_held(place)) {
            let reason = "a service account has no such place".to_owned();
            return Err(Invalid::new("placeKind", Fault::Malformed { reason })
                .within(index)
                .within("places"));
        }
        self.places.sort_unstable();
        self.places.dedup();
        Ok(self)
    }
}

/// A command: what is to change of a service account. What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ServiceAccountChange {
    /// What its people call it.
    pub name: Option<Line>,
    /// What it may.
    pub scopes: Option<ServiceScopes>,
    /// Where.
    pub places: Option<Vec<Place>>,
}

/// Why a command about a service account is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ServiceAccountRefusal {
    /// It was revoked.
    #[error("the service account was revoked; open a new one")]
    Revoked,
    /// Two secrets are good already.
    #[error("two secrets are good at this moment: withdraw one of them, or wait until the older one ends")]
    TwoSecrets,
}

impl ServiceAccountRefusal {
    /// The entry of the closed list that this refusal falls under.
    #[must_use]
    pub fn code(self) -> ProblemCode {
        match self {
            Self::Revoked | Self::TwoSecrets => ProblemCode::IllegalStep,
        }
    }
}

impl ServiceAccount {
    /// What it looks like after a change.
    pub fn changed(&self, change: ServiceAccountChange) -> Result<Self, Invalid> {
        let ServiceAccountPlan { name, scopes, places } = self.plan.clone();
        let plan = ServiceAccountPlan {
            name: change.name.unwrap_or(name),
            scopes: change.scopes.unwrap_or(scopes),
            places: change.places.unwrap_or(places),
        };
        Ok(Self { plan: plan.checked()?, version: self.version + 1, ..self.clone() })
    }

    /// Refuses whatever is to be done with one that was revoked.
    pub fn check_in_use(&self) -> Result<(), ServiceAccountRefusal> {
        if self.revoked.is_some() { Err(ServiceAccountRefusal::Revoked) } else { Ok(()) }
    }

    /// What it looks like with one secret more; the one that is good until now goes on until `former_until`, and no
    /// longer than it would have.
    pub fn with_secret(
        &self,
        secret: ClientSecret,
        former_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self, ServiceAccountRefusal> {
        self.check_in_use()?;
        if self.secrets.iter().filter(|known| known.is_good(now)).count() > 1 {
            return Err(ServiceAccountRefusal::TwoSecrets);
        }
        let mut next = Self { version: self.version + 1, ..self.clone() };
        for known in next.secrets.iter_mut().filter(|known| known.is_good(now)) {
            known.expires_at = known.expires_at.min(former_until);
        }
        next.secrets.push(secret);
        Ok(next)
    }

    /// What it looks like once a secret is withdrawn; one that ended before stays as it was. None where it has no such
    /// secret.
    #[must_use]
    pub fn without_secret(&self, id: ClientSecretId, now: DateTime<Utc>) -> Option<Self> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        let secret = next.secrets.iter_mut().find(|secret| secret.id == id)?;
        secret.withdrawn_at = secret.withdrawn_at.or(Some(now));
        Some(next)
    }

    /// What it looks like once it is revoked; one that was revoked before stays as it was.
    #[must_use]
    pub fn revoked(&self, reason: Passage, now: DateTime<Utc>) -> Self {
        let revoked = self.revoked.clone().or(Some(Revoked { at: now, reason }));
        Self { revoked, version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::{access::Grant, id::PartnerId};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn partner(n: u128) -> PartnerId {
        Uuid::from_u128(n).into()
    }

    fn secret(n: u128, until: DateTime<Utc>) -> ClientSecret {
        ClientSecret {
            id: Uuid::from_u128(n).into(),
            created_at: START,
            expires_at: until,
            withdrawn_at: None,
            last_used_at: None,
        }
    }

    fn account() -> ServiceAccount {
        let plan = ServiceAccountPlan {
            name: Line::parse("name", "Statistics of the office").unwrap(),
            scopes: ServiceScopes::parse("reach:read").unwrap(),
            places: vec![Place::Partner(partner(1))],
        };
        ServiceAccount {
            id: Uuid::from_u128(1).into(),
            version: 1,
            created_at: START,
            plan,
            secrets: vec![secret(1, START + TimeDelta::days(90))],
            revoked: None,
        }
    }

    #[test]
    fn a_second_secret_is_good_while_the_first_one_goes_on_until_its_stated_end() {
        let overlap = START + TimeDelta::days(7);
        let both = account().with_secret(secret(2, START + TimeDelta::days(90)), overlap, START).unwrap();
        let good = |at: DateTime<Utc>| both.secrets.iter().filter(|secret| secret.is_good(at)).count();
        assert_eq!(good(START), 2);
        assert_eq!(good(overlap - TimeDelta::seconds(1)), 2);
        assert_eq!(good(overlap), 1);
        let third = || both.with_secret(secret(3, START + TimeDelta::days(90)), overlap, START);
        assert_eq!(third(), Err(ServiceAccountRefusal::TwoSecrets));
        let without = both.without_secret(both.secrets[0].id, START).unwrap();
        assert!(without.with_secret(secret(3, START + TimeDelta::days(90)), overlap, START).is_ok());
    }

    #[test]
    fn an_overlap_lengthens_nothing() {
        let beyond = START + TimeDelta::days(100);
        let both = account().with_secret(secret(2, beyond), beyond, START).unwrap();
        assert_eq!(both.secrets[0].expires_at, START + TimeDelta::days(90));
    }

    #[test]
    fn one_that_was_revoked_is_given_no_secret() {
        let reason = Passage::parse("reason", "The system was switched off.").unwrap();
        let revoked = account().revoked(reason.clone(), START);
        let given = revoked.with_secret(secret(2, START + TimeDelta::days(1)), START, START);
        assert_eq!(given, Err(ServiceAccountRefusal::Revoked));
        let again = revoked.revoked(reason, START + TimeDelta::days(1));
        assert_eq!(again.revoked, revoked.revoked);
    }

    #[test]
    fn nobody_gives_what_they_do_not_have() {
        let grants = vec![Grant { role: Role::PartnerAdministrator, place: Place::Partner(partner(1)) }];
        let actor = Actor::Account { id: Uuid::from_u128(9).into(), grants, person: None, glass: Vec::new() };
        let at = |partner| Giving {
            account: Uuid::from_u128(1).into(),
            whereabouts: Whereabouts { partners: vec![partner], ..Whereabouts::default() },
        };
        let scopes = ServiceScopes::parse("contacts:read events:write").unwrap();
        assert_eq!(check_giving(&actor, scopes, &at(partner(1))), Ok(()));
        assert!(check_giving(&actor, scopes, &at(partner(2))).is_err());
        let analyst = Grant { role: Role::Analyst, place: Place::Partner(partner(1)) };
        let actor = Actor::Account {
            id: Uuid::from_u128(9).into(),
            grants: vec![analyst],
            person: None,
            glass: Vec::new(),
        };
        assert!(check_giving(&actor, ServiceScopes::parse("reach:read").unwrap(), &at(partner(1))).is_err());
    }

    #[test]
    fn a_plan_names_the_field_that_it_fails_on() {
        let path = |change: ServiceAccountChange| account().changed(change).unwrap_err().path;
        let none = ServiceAccountChange { scopes: Some(ServiceScopes::default()), ..Default::default() };
        assert_eq!(path(none), ["scopes"]);
        let none = ServiceAccountChange { places: Some(Vec::new()), ..Default::default() };
        assert_eq!(path(none), ["places"]);
        let place = Place::Partner(partner(1));
        let twice = ServiceAccountChange { places: Some(vec![place, place]), ..Default::default() };
        assert_eq!(account().changed(twice).unwrap().plan.places, [place]);
    }
}

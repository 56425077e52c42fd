//! Reference data held in the process: territories, partners and programs, some ten thousand rows, and the keys of badges.
//!
//! A screen that names the host and the territory of fifty events asks the database for none of them.
//! What a caller may see of it is decided like everything else, by the record's whereabouts.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::Whereabouts,
    badge::KeptKey,
    country::CountryCode,
    id::{BadgeKeyId, ParticipantCategoryId, PartnerId, ProgramId, RecordKind, TerritoryId},
    partner::Partner,
    program::Program,
    territory::Territory,
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{badge, fault::StoreFault, notice::Notice, partner, program, territory};

/// The reference data as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    territories: HashMap<TerritoryId, Arc<Territory>>,
    territory_codes: HashMap<String, TerritoryId>,
    /// The territories that have others below them.
    divided: HashSet<TerritoryId>,
    partners: HashMap<PartnerId, Arc<Partner>>,
    branches: HashMap<PartnerId, Vec<PartnerId>>,
    programs: HashMap<ProgramId, Arc<Program>>,
    categories: HashMap<ParticipantCategoryId, ProgramId>,
    badge_keys: HashMap<BadgeKeyId, KeptKey>,
}

/// A record of the reference data that is new or has changed.
#[derive(Debug, Clone)]
pub(crate) enum Renewed {
    Territory(Territory),
    Partner(Partner),
    Program(Box<Program>),
    BadgeKey(KeptKey),
}

/// Reads what changes have made new of the reference data, a fixed number of statements a kind.
pub(crate) async fn renewed_by(
    connection: &impl ConnectionTrait,
    changes: &[Notice],
) -> Result<Vec<Renewed>, StoreFault> {
    let of = |kind: RecordKind| -> Vec<Uuid> {
        let subjects =
            changes.iter().filter(|change| change.subject_kind == kind).map(|change| change.subject_id);
        subjects.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut renewed = Vec::new();
    let territories = of(RecordKind::Territory);
    if !territories.is_empty() {
        renewed
            .extend(territory::load_some(connection, territories).await?.into_iter().map(Renewed::Territory));
    }
    let partners = of(RecordKind::Partner);
    if !partners.is_empty() {
        renewed.extend(partner::load_some(connection, partners).await?.into_iter().map(Renewed::Partner));
    }
    let programs = of(RecordKind::Program);
    if !programs.is_empty() {
        let programs = program::load_some(connection, programs).await?;
        renewed.extend(programs.into_iter().map(|program| Renewed::Program(Box::new(program))));
    }
    let keys = of(RecordKind::BadgeKey);
    if !keys.is_empty() {
        renewed.extend(badge::load_some(connection, keys).await?.into_iter().map(Renewed::BadgeKey));
    }
    Ok(renewed)
}

impl Reference {
    /// Reads all of it from the database.
    pub(crate) async fn load(connection: &impl ConnectionTrait) -> Result<Self, StoreFault> {
        let mut reference = Self::default();
        for territory in territory::load_all(connection).await? {
            reference.apply(Renewed::Territory(territory));
        }
        for partner in partner::load_all(connection).await? {
            reference.apply(Renewed::Partner(partner));
        }
        reference.settle_partners();
        for program in program::load_all(connection).await? {
            reference.apply(Renewed::Program(Box::new(program)));
        }
        for key in badge::load_all(connection).await? {
            reference.apply(Renewed::BadgeKey(key));
        }
        Ok(reference)
    }

    /// Takes in a record that is new or has changed.
    ///
    /// The follower of the feed reads a record and brings it some moments later: a change of this process may have come
    /// in meanwhile, and what is older than that is passed over.
    pub(crate) fn apply(&mut self, renewed: Renewed) {
        if self.is_outdated(&renewed) {
            return;
        }
        match renewed {
            Renewed::Territory(territory) => {
                self.territory_codes.insert(territory.code.as_str().to_owned(), territory.id);
                self.divided.extend(territory.parent);
                self.territories.insert(territory.id, Arc::new(territory));
            }
            Renewed::Partner(partner) => {
                if let Some(parent) = self.partners.get(&partner.id).and_then(|known| known.parent)
                    && let Some(branches) = self.branches.get_mut(&parent)
                {
                    branches.retain(|branch| *branch != partner.id);
                }
                if let Some(parent) = partner.parent {
                    self.branches.entry(parent).or_default().push(partner.id);
                }
                let id = partner.id;
                self.partners.insert(id, Arc::new(partner));
                let branches = self.branches_of(id);
                for branch in &branches {
                    self.settle_partner(*branch);
                }
                self.settle_programs_led_by(&branches);
            }
            Renewed::Program(mut program) => {
                program.whereabouts = self.whereabouts_of_program(&program);
                if let Some(before) = self.programs.get(&program.id) {
                    for category in &before.categories {
                        self.categories.remove(&category.id);
                    }
                }
                self.categories.extend(program.categories.iter().map(|category| (category.id, program.id)));
                self.programs.insert(program.id, Arc::from(program));
            }
            Renewed::BadgeKey(key) => drop(self.badge_keys.insert(key.id, key)),
        }
    }

    /// Whether a newer version of the record is known.
    fn is_outdated(&self, renewed: &Renewed) -> bool {
        let (known, version) = match renewed {
            Renewed::Territory(territory) => {
                (self.territories.get(&territory.id).map(|known| known.version), territory.version)
            }
            Renewed::Partner(partner) => {
                (self.partners.get(&partner.id).map(|known| known.version), partner.version)
            }
            Renewed::Program(program) => {
                (self.programs.get(&program.id).map(|known| known.version), program.version)
            }
            // A key has no versions: it is retired, and for an earlier day by a later rotation.
            Renewed::BadgeKey(key) => {
                let known = self.badge_keys.get(&key.id).and_then(|known| known.read_until);
                return known.is_some_and(|known| key.read_until.is_none_or(|until| until > known));
            }
        };
        known.is_some_and(|known| known > version)
    }

    /// The territory with this id.
    #[must_use]
    pub fn territory(&self, id: TerritoryId) -> Option<&Arc<Territory>> {
        self.territories.get(&id)
    }

    /// Whether a territory has others below it.
    pub(crate) fn is_divided(&self, id: TerritoryId) -> bool {
        self.divided.contains(&id)
    }

    /// All territories, in no order.
    pub(crate) fn all_territories(&self) -> impl Iterator<Item = &Arc<Territory>> {
        self.territories.values()
    }

    /// The territory with this code.
    #[must_use]
    pub fn territory_by_code(&self, code: &str) -> Option<&Arc<Territory>> {
        self.territory_codes.get(code).and_then(|id| self.territories.get(id))
    }

    /// The partner with this id.
    #[must_use]
    pub fn partner(&self, id: PartnerId) -> Option<&Arc<Partner>> {
        self.partners.get(&id)
    }

    /// All partners, merged ones too, in no order.
    pub fn partners(&self) -> impl Iterator<Item = &Arc<Partner>> {
        self.partners.values()
    }

    /// The partner and all its parents, nearest first.
    #[must_use]
    pub fn partner_with_parents(&self, id: PartnerId) -> Vec<PartnerId> {
        let mut chain = vec![id];
        let mut next = self.partners.get(&id).and_then(|partner| partner.parent);
        while let Some(parent) = next
            && !chain.contains(&parent)
        {
            chain.push(parent);
            next = self.partners.get(&parent).and_then(|partner| partner.parent);
        }
        chain
    }

    /// The partner and all its branches, at any depth.
    #[must_use]
    pub fn branches_of(&self, id: PartnerId) -> Vec<PartnerId> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(partner) = found.get(next).copied() {
            for branch in self.branches.get(&partner).into_iter().flatten() {
                if !found.contains(branch) {
                    found.push(*branch);
                }
            }
            next += 1;
        }
        found
    }

    /// The program with this id.
    #[must_use]
    pub fn program(&self, id: ProgramId) -> Option<&Arc<Program>> {
        self.programs.get(&id)
    }

    /// The program that has this participant category.
    #[must_use]
    pub fn program_of_category(&self, id: ParticipantCategoryId) -> Option<&Arc<Program>> {
        self.categories.get(&id).and_then(|program| self.programs.get(program))
    }

    /// All programs, in no order.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<Program>> {
        self.programs.values()
    }

    /// The keys whose badges are read at this moment, the newest first.
    #[must_use]
    pub fn badge_keys(&self, now: DateTime<Utc>) -> Vec<KeptKey> {
        let mut keys: Vec<_> = self.badge_keys.values().filter(|key| key.is_read(now)).cloned().collect();
        keys.sort_unstable_by_key(|key| std::cmp::Reverse((key.signs(), key.created_at, key.id)));
        keys
    }

    /// The country of a territory.
    #[must_use]
    pub fn country_of(&self, territory: TerritoryId) -> Option<CountryCode> {
        self.territory(territory).map(|territory| territory.country)
    }

    /// Where something run by this partner stands: the partner, its parents, its country.
    #[must_use]
    pub fn whereabouts_of_partner(&self, id: PartnerId) -> Whereabouts {
        let nationality = self.partners.get(&id).and_then(|partner| partner.seat.nationality());
        Whereabouts {
            countries: nationality.into_iter().collect(),
            partners: self.partner_with_parents(id),
            ..Whereabouts::default()
        }
    }

    /// Where something that these partners run together stands: all of them, their parents, their countries.
    #[must_use]
    pub fn whereabouts_of_partners(&self, ids: &[PartnerId]) -> Whereabouts {
        let mut together = Whereabouts::default();
        for id in ids {
            let one = self.whereabouts_of_partner(*id);
            together.countries.extend(one.countries);
            together.partners.extend(one.partners);
        }
        together.countries.sort_unstable();
        together.countries.dedup();
        together.partners.sort_unstable();
        together.partners.dedup();
        together
    }

    /// Where a program stands: itself, its countries, its lead with all parents.
    #[must_use]
    pub fn whereabouts_of_program(&self, program: &Program) -> Whereabouts {
        Whereabouts {
            countries: program.plan.countries.clone(),
            partners: program.plan.lead.map(|lead| self.partner_with_parents(lead)).unwrap_or_default(),
            program: Some(program.id),
            ..Whereabouts::default()
        }
    }

    fn settle_programs_led_by(&mut self, partners: &[PartnerId]) {
        let is_led = |program: &&Arc<Program>| program.plan.lead.is_some_and(|lead| partners.contains(&lead));
        let led: Vec<Program> =
            self.programs.values().filter(is_led).map(|led| Program::clone(led)).collect();
        for program in led {
            self.apply(Renewed::Program(Box::new(program)));
        }
    }

    fn settle_partners(&mut self) {
        let ids: Vec<PartnerId> = self.partners.keys().copied().collect();
        for id in ids {
            self.settle_partner(id);
        }
    }

    fn settle_partner(&mut self, id: PartnerId) {
        let whereabouts = self.whereabouts_of_partner(id);
        if let Some(partner) = self.partners.get_mut(&id)
            && partner.whereabouts != whereabouts
        {
            Arc::make_mut(partner).whereabouts = whereabouts;
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use hemicycle_domain::{
        badge::BadgeSecret,
        partner::{PartnerKind, Seat},
    };

    use serde_json::json;

    use super::*;

    fn partner(version: i64, merged_into: Option<u128>) -> Partner {
        Partner {
            id: Uuid::from_u128(1).into(),
            version,
            kind: PartnerKind::Academy,
            seat: Seat::International(None),
            territory: None,
            parent: None,
            names: serde_json::from_value(
                json!([{ "text": "Academy", "language": "en", "kind": "official" }]),
            )
            .unwrap(),
            note: None,
            is_archived: false,
            merged_into: merged_into.map(|id| Uuid::from_u128(id).into()),
            whereabouts: Whereabouts::default(),
        }
    }

    fn key(read_until: Option<i64>) -> KeptKey {
        KeptKey {
            id: Uuid::from_u128(1).into(),
            key: BadgeSecret::from_seed(&[1; 32]).key(),
            sealed: "sealed secret".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
            read_until: read_until.map(at),
        }
    }

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    #[test]
    fn a_partner_read_before_a_change_and_brought_after_it_is_passed_over() {
        let mut reference = Reference::default();
        for (version, merged_into) in [(2, Some(2)), (3, Some(3)), (2, Some(2))] {
            reference.apply(Renewed::Partner(partner(version, merged_into)));
        }
        let known = reference.partner(Uuid::from_u128(1).into()).unwrap();
        assert_eq!(known.merged_into, Some(Uuid::from_u128(3).into()));
    }

    #[test]
    fn a_key_that_is_retired_stays_so() {
        let mut reference = Reference::default();
        for read_until in [None, Some(9), None, Some(5), Some(9)] {
            reference.apply(Renewed::BadgeKey(key(read_until)));
        }
        assert_eq!((reference.badge_keys(at(4)).len(), reference.badge_keys(at(5)).len()), (1, 0));
    }
}

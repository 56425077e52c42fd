//! What is read for a manifest: the line of a person with the badge, and the place of a change.

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    manifest::{ManifestEntry, Revocation},
    participant::PersonNames,
    registration::{RegistrationRole, RegistrationStatus},
};
use sea_orm::{
    JoinType, QueryTrait, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, SimpleExpr},
    sqlx::types::Json,
};

use crate::{
    change::row as change, fault::StoreFault, feed::Cursor, json::from_word, participant,
    read_model::read_model, registration::registration_row,
};

const BADGE: &str = "badge";

/// A registration at the door.
pub(super) struct Registered {
    pub(super) id: Uuid,
    pub(super) created_at: DateTime<Utc>,
    role: String,
    category_id: Option<Uuid>,
    is_delegation_head: bool,
    status: String,
}

/// A person at the door.
struct Person {
    names: Json<PersonNames>,
}

/// What happened to the badges of a registration, where anything did.
struct Badge {
    serial: i32,
    revoked_at: Option<DateTime<Utc>>,
}

/// A line of the manifest.
pub(super) struct Line {
    pub(super) registration: Registered,
    person: Person,
    badge: Option<Badge>,
}

/// Where a change stands, and whom it is about.
pub(super) struct Changed {
    transaction_id: i64,
    sequence: i64,
    pub(super) subject_id: Uuid,
}

read_model!(
    Registered, registration_row::Entity =>
    id, created_at, role, category_id, is_delegation_head, status,
);
read_model!(Person, participant::Entity => names);
read_model!(Badge, BADGE => serial, revoked_at);
read_model!(Line = registration: Registered, person: Person, badge: Option<Badge>);
read_model!(Changed, change::Entity => transaction_id, sequence, subject_id);

/// Joins the person and the badge to registrations.
pub(super) fn join(select: &mut Select<registration_row::Entity>) {
    use registration_row::{Column, Entity};
    let person = Expr::col((participant::Entity, participant::Column::Id))
        .eq(Expr::col((Entity, Column::ParticipantId)));
    let badge = Expr::col((BADGE, "registration_id")).eq(Expr::col((Entity, Column::Id)));
    let query = QueryTrait::query(select);
    query.join(JoinType::InnerJoin, participant::Entity, person);
    query.join(JoinType::LeftJoin, BADGE, badge);
}

/// That something happened to the badges of a registration.
pub(super) fn has_badge() -> SimpleExpr {
    Expr::col((BADGE, "registration_id")).is_not_null()
}

impl Changed {
    /// Its place in the feed.
    pub(super) fn place(&self) -> Cursor {
        Cursor { transaction: self.transaction_id, sequence: self.sequence }
    }
}

impl Line {
    /// Whether the registration stands.
    pub(super) fn stands(&self) -> bool {
        self.registration.status == RegistrationStatus::Registered.as_str()
    }

    /// The person as a device knows them.
    pub(super) fn into_entry(self) -> Result<ManifestEntry, StoreFault> {
        let first_good_serial = self.first_good_serial();
        let Registered { id, role, category_id, is_delegation_head, .. } = self.registration;
        Ok(ManifestEntry {
            registration: id.into(),
            names: self.person.names.0,
            role: from_word("registration", "role", &role, RegistrationRole::from_word)?,
            category: category_id.map(Into::into),
            is_delegation_head,
            first_good_serial,
        })
    }

    /// What is not good of the person's badges; none where all are.
    pub(super) fn to_revocation(&self) -> Option<Revocation> {
        // One that is parked is not expected, and its badge is as good as its registration.
        let is_cancelled = self.registration.status == RegistrationStatus::Cancelled.as_str();
        let first_good_serial = self.first_good_serial();
        (is_cancelled || first_good_serial > 1).then(|| Revocation {
            registration: self.registration.id.into(),
            is_cancelled,
            first_good_serial,
        })
    }

    fn first_good_serial(&self) -> i32 {
        self.badge.as_ref().map_or(1, |badge| badge.serial + i32::from(badge.revoked_at.is_some()))
    }
}

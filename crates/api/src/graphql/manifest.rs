//! The manifest: what a device at the door holds of an event, so that it works without a network.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use data_encoding::HEXLOWER;
use hemicycle_domain::{
    access::Actor,
    id::{CheckpointId, EventId, Id},
    manifest::{self, PageSize},
};
use hemicycle_persistence::ManifestPage;

use super::{
    checkpoint::Checkpoint,
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::EventStatus,
    id,
    program::DayRule,
    registration::RegistrationRole,
    scalar::{DateTime, TimeZone, Uuid},
};

/// How much of people's names the devices of an event hold.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "manifest::ManifestNames")]
pub(crate) enum ManifestNames {
    /// The whole name.
    Full,
    /// The first letters alone.
    Initials,
    /// Nothing: people are known by their badges.
    Nothing,
}

/// Why someone is no longer in a manifest.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "manifest::RemovalReason")]
pub(crate) enum ManifestRemovalReason {
    /// The registration was cancelled.
    Cancelled,
    /// There is no such registration at the event any more.
    Gone,
}

/// What a device shows of the event at whose door it stands.
#[derive(SimpleObject)]
pub(crate) struct ManifestEvent {
    /// The global id.
    id: ID,
    /// The UUID of the event: its last eight bytes stand on the badges of the event.
    uuid: Uuid,
    /// How often the event was changed.
    version: i64,
    /// Its title, in the first language of `Accept-Language` that it has.
    title: String,
    /// Where it is in its life.
    status: EventStatus,
    /// When it starts; null where it has no exact times.
    starts_at: Option<DateTime>,
    /// When it ends; null where it has no exact times.
    ends_at: Option<DateTime>,
    /// The zone in which its days are counted; null where it has no exact times.
    time_zone: Option<TimeZone>,
    /// How much of people's names the device holds.
    names: ManifestNames,
    /// How much of a day someone has to attend so that it counts.
    day_rule: DayRule,
}

/// One person who is expected.
#[derive(SimpleObject)]
pub(crate) struct ManifestEntry {
    /// The global id of the registration.
    registration_id: ID,
    /// The UUID of the registration, as it stands on its badge.
    registration_uuid: Uuid,
    /// The name, as much of it as the event lets its devices hold, in the first language of `Accept-Language` that the
    /// person's names have; null where it lets them hold nothing.
    name: Option<String>,
    /// What the person is at the event.
    role: RegistrationRole,
    /// The global id of the participant category.
    category_id: Option<ID>,
    /// Whether the person heads a delegation.
    is_delegation_head: bool,
    /// The first serial of the person's badge that is good: those below it were revoked or replaced.
    first_good_serial: i32,
}

/// Someone who is expected no longer.
#[derive(SimpleObject)]
pub(crate) struct ManifestRemoval {
    /// The global id of the registration.
    registration_id: ID,
    /// The UUID of the registration, as it stands on its badge.
    registration_uuid: Uuid,
    /// Why.
    reason: ManifestRemovalReason,
}

/// A key that badges are verified with.
#[derive(SimpleObject)]
pub(crate) struct ManifestKey {
    /// The name of the key as it stands on badges: the first four bytes of the public key, in hexadecimal digits.
    name: String,
    /// The public key (Ed25519) in hexadecimal digits.
    public_key: String,
    /// Until when badges of this key are read; null while it signs.
    read_until: Option<DateTime>,
}

/// A page of a manifest. Take its pages one after the other: put in what is in `entries`, take out what is in
/// `removed`, keep `cursor`.
pub(crate) struct CheckInManifest(ManifestPage);

/// A page of a manifest. Take its pages one after the other: put in what is in `entries`, take out what is in
/// `removed`, keep `cursor`.
#[Object]
impl CheckInManifest {
    /// The event.
    async fn event(&self, ctx: &Context<'_>) -> ManifestEvent {
        let event = &self.0.event;
        let timetable = event.timetable;
        ManifestEvent {
            id: id::global_id(event.id),
            uuid: event.id.uuid().into(),
            version: event.version,
            title: event.names.display(&ctx.request().languages).to_owned(),
            status: event.status.into(),
            starts_at: timetable.map(|timetable| timetable.starts_at.into()),
            ends_at: timetable.map(|timetable| timetable.ends_at.into()),
            time_zone: timetable.map(|timetable| TimeZone(timetable.zone.name().to_owned())),
            names: event.manifest_names.into(),
            day_rule: self.0.day_rule.into(),
        }
    }

    /// People who are expected: new since the cursor, or changed, each as they are now.
    async fn entries(&self, ctx: &Context<'_>) -> Vec<ManifestEntry> {
        let (shows, languages) = (self.0.event.manifest_names, &ctx.request().languages);
        let entries = self.0.entries.iter().map(|entry| ManifestEntry {
            registration_id: id::global_id(entry.registration),
            registration_uuid: entry.registration.uuid().into(),
            name: shows.shown(&entry.names, languages),
            role: entry.role.into(),
            category_id: entry.category.map(id::global_id),
            is_delegation_head: entry.is_delegation_head,
            first_good_serial: entry.first_good_serial,
        });
        entries.collect()
    }

    /// Those who are expected no longer. Some of them the device may never have had.
    async fn removed(&self) -> Vec<ManifestRemoval> {
        let removed = self.0.removed.iter().map(|(registration, reason)| ManifestRemoval {
            registration_id: id::global_id(*registration),
            registration_uuid: registration.uuid().into(),
            reason: (*reason).into(),
        });
        removed.collect()
    }

    /// The keys that badges are verified with, the newest first: those that are there now, in place of all that the
    /// device has.
    async fn keys(&self, ctx: &Context<'_>) -> Result<Vec<ManifestKey>, ApiError> {
        let keys = ctx.reading()?.badge_keys(ctx.now());
        let keys = keys.iter().map(|kept| ManifestKey {
            name: kept.key.id().to_string(),
            public_key: HEXLOWER.encode(kept.key.bytes()),
            read_until: kept.read_until.map(Into::into),
        });
        Ok(keys.collect())
    }

    /// The checkpoints of the event where the device may stand, with their rules: those that are there now, in place of
    /// all that the device has.
    async fn checkpoints(&self, ctx: &Context<'_>) -> Result<Vec<Checkpoint>, ApiError> {
        let event = self.0.event.id;
        let found = ctx.reading()?.checkpoints_of_events(&[event]).await?.remove(&event).unwrap_or_default();
        let may_stand_at = |checkpoint: &CheckpointId| match &*ctx.request().actor {
            Actor::Device { checkpoints, .. } => checkpoints.is_empty() || checkpoints.contains(checkpoint),
            _ => true,
        };
        Ok(found.into_iter().filter(|found| may_stand_at(&found.id)).map(Checkpoint).collect())
    }

    /// Where to go on, at once or later: give it as `after`. Null where the device has to begin anew.
    async fn cursor(&self) -> Option<&str> {
        self.0.cursor.as_deref()
    }

    /// Whether there is more to be read at once.
    async fn has_more(&self) -> bool {
        self.0.has_more
    }

    /// Whether the device has to drop what it holds of the event's people and to begin anew, without a cursor: the
    /// cursor is too old or of another kind, or the event lets its devices hold other names now.
    async fn requires_full_resync(&self) -> bool {
        self.0.cursor.is_none()
    }
}

/// What is not good any more, or is good again, of a person's badges.
#[derive(SimpleObject)]
pub(crate) struct BadgeRevocation {
    /// The global id of the registration.
    registration_id: ID,
    /// The UUID of the registration, as it stands on its badge.
    registration_uuid: Uuid,
    /// Whether the registration does not stand any more, and none of its badges is good.
    is_cancelled: bool,
    /// The first serial of the badge that is good: those below it were revoked or replaced.
    first_good_serial: i32,
}

/// A page of revocations. Take its pages one after the other: the last word on a registration counts.
#[derive(SimpleObject)]
pub(crate) struct CheckInRevocations {
    /// What is not good any more.
    revocations: Vec<BadgeRevocation>,
    /// Where to go on, at once or later: give it as `after`. Null where the device has to begin anew.
    cursor: Option<String>,
    /// Whether there is more to be read at once.
    has_more: bool,
    /// Whether the device has to begin anew, without a cursor.
    requires_full_resync: bool,
}

#[derive(Default)]
pub struct ManifestQuery;

#[Object]
impl ManifestQuery {
    /// What a device holds of an event's people: all who are expected, page by page, then what has changed since. Null
    /// where the caller does not stand at its doors.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn check_in_manifest(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
        #[graphql(desc = "The cursor of the page before, of now or of days ago; left out at the beginning.")]
        after: Option<String>,
        #[graphql(desc = "How many people or changes at once, at most 500. Default 200.")] first: Option<i32>,
    ) -> Nullable<CheckInManifest> {
        let found = async {
            let event: EventId = id::parse("eventId", &event_id)?;
            let size = PageSize::parse(first)?;
            let page = ctx.reading()?.check_in_manifest(event, after.as_deref(), size).await?;
            Ok::<_, ApiError>(page.map(CheckInManifest))
        };
        nullable(found.await)
    }

    /// Which badges of an event are not good: a small feed of its own, to be read before the manifest. Null where the
    /// caller does not stand at its doors.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn check_in_revocations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the event.")] event_id: ID,
        #[graphql(desc = "The cursor of the page before, of now or of days ago; left out at the beginning.")]
        after: Option<String>,
        #[graphql(desc = "How many at once, at most 500. Default 200.")] first: Option<i32>,
    ) -> Nullable<CheckInRevocations> {
        let found = async {
            let event: EventId = id::parse("eventId", &event_id)?;
            let size = PageSize::parse(first)?;
            let page = ctx.reading()?.check_in_revocations(event, after.as_deref(), size).await?;
            Ok::<_, ApiError>(page.map(|page| CheckInRevocations {
                revocations: page.revocations.iter().map(revocation).collect(),
                requires_full_resync: page.cursor.is_none(),
                cursor: page.cursor,
                has_more: page.has_more,
            }))
        };
        nullable(found.await)
    }
}

fn revocation(revocation: &manifest::Revocation) -> BadgeRevocation {
    BadgeRevocation {
        registration_id: id::global_id(revocation.registration),
        registration_uuid: revocation.registration.uuid().into(),
        is_cancelled: revocation.is_cancelled,
        first_good_serial: revocation.first_good_serial,
    }
}

/// What a page costs: its people, each with what is selected of them.
fn page_cost(first: Option<i32>, child_complexity: usize) -> usize {
    let rows = PageSize::parse(first).map_or(1, PageSize::rows);
    rows.saturating_mul(child_complexity).saturating_div(2).max(1)
}

//! Manifests: the people of an event as a snapshot in pages, then as changes since; and the revocations alone.
//!
//! The place in the change feed is taken before the first page is read, so that whatever changes meanwhile comes after
//! the last one. What has changed is told as it is now, not as it was: to hear of it twice does no harm, and every
//! order of pages and changes leaves the device with the same people.

mod cursor;
mod row;

use std::collections::HashMap;

use hemicycle_domain::{
    access::Capability,
    check_in::DayRule,
    event::Event,
    id::{EventId, Id, ParticipantId, RecordKind, RegistrationId},
    manifest::{ManifestEntry, PageSize, RemovalReason, Revocation},
};
use sea_orm::{
    DbBackend, QueryFilter, QueryOrder, QuerySelect, Select,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait},
};

use self::{
    cursor::{Feed, Position},
    row::{Changed, Line, has_badge, join},
};
use crate::{
    change::{Change, row as change},
    dialect::{is_one_of, settled},
    event as event_store,
    fault::Failure,
    feed,
    read_model::all_of,
    reading::Reading,
    registration::registration_row,
    scope::facts,
    work::Work,
};

/// Whether a device that had this cursor of an event had been told of a change: that of either feed tells it. While a
/// snapshot is being read, what changed before it began may stand on a page that has not come.
pub(crate) fn has_heard_of(cursor: &str, event: EventId, change: feed::Cursor) -> bool {
    Position::read(cursor).is_ok_and(|position| {
        position.is_of(event) && position.after().is_none() && position.place() >= change
    })
}

/// A page of a manifest: some of its people, and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct ManifestPage {
    /// The event.
    pub event: Event,
    /// The rule by which days at the event count.
    pub day_rule: DayRule,
    /// People who are expected: new to the device, or changed.
    pub entries: Vec<ManifestEntry>,
    /// Those who are expected no longer.
    pub removed: Vec<(RegistrationId, RemovalReason)>,
    /// Where to go on, now or later. None where the device has to begin anew, and nothing was read.
    pub cursor: Option<String>,
    /// Whether there is more to be read at once.
    pub has_more: bool,
}

/// A page of revocations.
#[derive(Debug, Clone, PartialEq)]
pub struct RevocationPage {
    /// What is not good any more, or is good again.
    pub revocations: Vec<Revocation>,
    /// Where to go on, now or later. None where the device has to begin anew, and nothing was read.
    pub cursor: Option<String>,
    /// Whether there is more to be read at once.
    pub has_more: bool,
}

/// Some lines of an event, and where to go on.
struct Slice {
    lines: Vec<Line>,
    /// The registrations that changed and are not at the event any more.
    gone: Vec<RegistrationId>,
    next: Position,
    has_more: bool,
}

impl Reading {
    /// Reads people of an event for the door: all of them in pages, then what has changed since.
    ///
    /// None for an event at whose door the actor does not stand.
    pub async fn check_in_manifest(
        &self,
        event: EventId,
        after: Option<&str>,
        size: PageSize,
    ) -> Result<Option<ManifestPage>, Failure> {
        let after = after.map(Position::read).transpose()?;
        let Some(event) = self.find_event_at_door(event).await? else { return Ok(None) };
        let mut page = ManifestPage {
            day_rule: self.reference.day_rule_of(&event),
            event,
            entries: Vec::new(),
            removed: Vec::new(),
            cursor: None,
            has_more: false,
        };
        let Some(slice) = self.slice(Feed::Roster, &page.event, after, size).await? else {
            return Ok(Some(page));
        };
        page.removed = slice.gone.into_iter().map(|id| (id, RemovalReason::Gone)).collect();
        for line in slice.lines {
            if line.stands() {
                page.entries.push(line.into_entry()?);
            } else {
                page.removed.push((line.registration.id.into(), RemovalReason::Cancelled));
            }
        }
        page.cursor = Some(slice.next.write());
        page.has_more = slice.has_more;
        Ok(Some(page))
    }

    /// Reads which badges of an event are not good: all of them in pages, then what has changed since.
    ///
    /// None for an event at whose door the actor does not stand.
    pub async fn check_in_revocations(
        &self,
        event: EventId,
        after: Option<&str>,
        size: PageSize,
    ) -> Result<Option<RevocationPage>, Failure> {
        let after = after.map(Position::read).transpose()?;
        let Some(event) = self.find_event_at_door(event).await? else { return Ok(None) };
        let mut page = RevocationPage { revocations: Vec::new(), cursor: None, has_more: false };
        let Some(slice) = self.slice(Feed::Revocations, &event, after, size).await? else {
            return Ok(Some(page));
        };
        let gone = |registration| Revocation { registration, is_cancelled: true, first_good_serial: 1 };
        page.revocations = slice.gone.into_iter().map(gone).collect();
        page.revocations.extend(slice.lines.iter().filter_map(Line::to_revocation));
        page.cursor = Some(slice.next.write());
        page.has_more = slice.has_more;
        Ok(Some(page))
    }

    /// Finds an event where the actor checks people in and sees them.
    async fn find_event_at_door(&self, id: EventId) -> Result<Option<Event>, Failure> {
        let sight = self.sight();
        let select = self
            .select::<event_store::Entity>()
            .filter(Expr::col((event_store::Entity, event_store::Column::Id)).eq(id.uuid()))
            .filter(event_store::within(&sight, Capability::CheckIn))
            .filter(event_store::within(&sight, Capability::SeePeople));
        let rows = all_of(self.store.feed_source(), select).await?;
        let event = rows.into_iter().next().map(|row| event_store::row::to_event(row, &self.reference));
        Ok(event.transpose()?)
    }

    /// Reads the next lines; none where the cursor leads nowhere any more.
    ///
    /// Nothing of it is read from a replica: what a device was told not to have changed it never asks for again.
    async fn slice(
        &self,
        feed: Feed,
        event: &Event,
        after: Option<Position>,
        size: PageSize,
    ) -> Result<Option<Slice>, Failure> {
        let position = match after {
            None => {
                let since = feed::end(self.store.feed_source()).await?;
                Position::start(feed, event.id, event.manifest_names, since)
            }
            Some(position) if !position.belongs_to(feed, event.id, event.manifest_names) => return Ok(None),
            Some(position) => position,
        };
        if after.is_none() || position.after().is_some() {
            return Ok(Some(self.snapshot(feed, event.id, position, size).await?));
        }
        if !self.is_in_feed(position.place()).await? {
            return Ok(None);
        }
        Ok(Some(self.delta(feed, event.id, position, size).await?))
    }

    /// The next lines of the snapshot. The changes since it began always follow.
    async fn snapshot(
        &self,
        feed: Feed,
        event: EventId,
        position: Position,
        size: PageSize,
    ) -> Result<Slice, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let mut select = self.select::<Entity>().filter(COLUMN.event_id.eq(event.uuid()));
        join(&mut select);
        select = match feed {
            Feed::Roster => select.filter(registration_row::stands()),
            Feed::Revocations => select.filter(has_badge().or(registration_row::is_kept().not())),
        };
        if let Some((at, id)) = position.after() {
            let place =
                Expr::tuple([Expr::col((Entity, Column::CreatedAt)), Expr::col((Entity, Column::Id))]);
            select = select.filter(place.gt(Expr::tuple([Expr::val(at), Expr::val(id)])));
        }
        let wanted = size.rows();
        let select = select.order_by_asc(COLUMN.created_at).order_by_asc(COLUMN.id).limit(wanted as u64);
        let lines: Vec<Line> = all_of(self.store.feed_source(), select).await?;
        let next = match lines.last() {
            Some(last) if lines.len() == wanted => {
                position.within((last.registration.created_at, last.registration.id))
            }
            _ => position.past_snapshot(),
        };
        Ok(Slice { lines, gone: Vec::new(), next, has_more: true })
    }

    /// What the next changes have left.
    async fn delta(
        &self,
        feed: Feed,
        event: EventId,
        position: Position,
        size: PageSize,
    ) -> Result<Slice, Failure> {
        let wanted = size.rows();
        let changes = changes_after(self.backend(), feed, event, position.place()).limit(wanted as u64);
        let changes: Vec<Changed> = all_of(self.store.feed_source(), changes).await?;
        let Some(last) = changes.last() else {
            return Ok(Slice { lines: Vec::new(), gone: Vec::new(), next: position, has_more: false });
        };
        let (next, has_more) = (position.past(last.place()), changes.len() == wanted);
        let mut ids: Vec<Uuid> = changes.iter().map(|change| change.subject_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut lines = self.lines_of(event, &ids).await?;
        // In the order in which they changed first, so that the answer does not depend on the database.
        let mut found: Vec<Line> = Vec::with_capacity(lines.len());
        let mut gone = Vec::new();
        for id in ids {
            match lines.remove(&id) {
                Some(line) => found.push(line),
                None => gone.push(id.into()),
            }
        }
        Ok(Slice { lines: found, gone, next, has_more })
    }

    async fn lines_of(&self, event: EventId, ids: &[Uuid]) -> Result<HashMap<Uuid, Line>, Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let wanted = is_one_of(self.backend(), (Entity, Column::Id), ids.iter().copied());
        let mut select: Select<Entity> =
            self.select::<Entity>().filter(COLUMN.event_id.eq(event.uuid())).filter(wanted);
        join(&mut select);
        let lines: Vec<Line> = all_of(self.store.feed_source(), select).await?;
        Ok(lines.into_iter().map(|line| (line.registration.id, line)).collect())
    }

    /// Whether a change that a cursor names is still there. The place before the first change always is.
    async fn is_in_feed(&self, place: feed::Cursor) -> Result<bool, Failure> {
        if place == feed::Cursor::default() {
            return Ok(true);
        }
        let select = facts::<change::Entity>()
            .filter(change::COLUMN.sequence.eq(place.sequence))
            .filter(change::COLUMN.transaction_id.eq(place.transaction))
            .limit(1);
        let rows: Vec<Changed> = all_of(self.store.feed_source(), select).await?;
        Ok(!rows.is_empty())
    }
}

impl Work {
    /// Writes into the change feed of each event of a person that something changed which its doors show: the feed of
    /// an event has the changes of its registrations, and those of a person belong to none.
    pub(crate) async fn tell_doors_of_person(&mut self, person: ParticipantId) -> Result<(), Failure> {
        use registration_row::{COLUMN, Column, Entity};
        let rows: Vec<(Uuid, Uuid)> = facts::<Entity>()
            .select_only()
            .columns([Column::Id, Column::EventId])
            .filter(COLUMN.participant_id.eq(person.uuid()))
            .filter(registration_row::stands())
            .order_by_asc(COLUMN.id)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let changes = rows.into_iter().map(|(registration, event)| Change {
            action: "registration.rename".to_owned(),
            subject_kind: RecordKind::Registration,
            subject_id: registration,
            event: Some(event.into()),
            before: None,
            after: None,
        });
        self.record_all(changes.collect()).await
    }
}

/// The changes of an event's registrations.
const OF_REGISTRATIONS: &str = "\"change\".\"subject_kind\" = 'registration'";
/// Those after which badges are not good any more, or others are.
const THAT_REVOKE: &str = "\"change\".\"action\" IN \
     ('badge.reissue', 'badge.revoke', 'registration.cancel', 'registration.merge')";

/// The changes of an event's registrations after a place of the feed, those that are settled.
///
/// How many scans came meanwhile does not matter, nor, for the revocations, what else happened to the registrations: each
/// feed has an index that holds its own changes alone.
fn changes_after(
    backend: DbBackend,
    feed: Feed,
    event: EventId,
    place: feed::Cursor,
) -> Select<change::Entity> {
    let column = |column| Expr::col((change::Entity, column));
    let at = Expr::tuple([column(change::Column::TransactionId), column(change::Column::Sequence)]);
    // No parameters: an index is one of rows of which its condition is known to hold.
    let mut select = facts::<change::Entity>()
        .filter(change::COLUMN.event_id.eq(event.uuid()))
        .filter(Expr::cust(OF_REGISTRATIONS));
    if feed == Feed::Revocations {
        select = select.filter(Expr::cust(THAT_REVOKE));
    }
    select
        .filter(at.gt(Expr::tuple([Expr::val(place.transaction), Expr::val(place.sequence)])))
        .filter(settled(backend))
        .order_by_asc(change::Column::TransactionId)
        .order_by_asc(change::Column::Sequence)
}

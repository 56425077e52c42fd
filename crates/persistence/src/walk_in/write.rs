//! Verbs on walk-ins: register one while someone waits, and say who it was.

use std::{collections::BTreeSet, sync::Arc};

use hemicycle_domain::{
    access::{Permit, permit},
    event,
    id::{EventId, Id, ParticipantId, RecordKind, WalkInId},
    problem::{Fault, Invalid},
    registration,
    text::Passage,
    walk_in::{NewWalkIn, WalkIn},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::LockType};

use super::{
    row::{COLUMN, Entity, Model},
    to_row, to_walk_in,
};
use crate::{fault::Failure, registration::RosterEntry, scope::facts, work::Work};

impl Work {
    /// Registers a person who stands at the door and is on no list. The same walk-in again answers as before.
    ///
    /// It takes the right to check people in: whoever stands at the door need not edit registrations.
    pub async fn register_walk_in(&mut self, new: NewWalkIn) -> Result<(WalkIn, Arc<RosterEntry>), Failure> {
        let event = self.load_event(new.event).await?;
        let permit = permit::<event::CheckIn>(&self.actor, &event)?;
        // Of two that come at once under one identifier, the second finds the first.
        self.wait_for_walk_ins(&[new.id]).await?;
        let known = facts::<Entity>().filter(COLUMN.id.eq(new.id.uuid())).one(&self.transaction).await?;
        if let Some(row) = known {
            let walk_in = to_walk_in(&row)?;
            walk_in.check_repeated(&new)?;
            let entry = self.load_roster_entry(walk_in.registration).await?;
            return Ok((walk_in, entry));
        }
        registration::check_open(&event)?;
        let fingerprint = Some(new.fingerprint());
        let (person, personal) = self.new_participant(new.person)?;
        let person = self.insert_participant(person, &personal).await?;
        let entry = self.enter(&event, &permit, person, new.details).await?;
        let walk_in = WalkIn {
            id: new.id,
            event: permit.id(),
            registration: entry.registration.id,
            participant: entry.participant.id,
            made_at: self.now,
            flags: Vec::new(),
            fingerprint,
            settlement: None,
        };
        let row = to_row(&walk_in).into_active_model().insert(&self.transaction).await?;
        self.record("walk_in.register", walk_in.id, Some(permit.id()), None, Some(&row)).await?;
        self.attach_waiting_scans(std::slice::from_ref(&walk_in)).await?;
        Ok((walk_in, entry))
    }

    /// Says that a walk-in is a person nobody knew before: the provisional person stays as they are.
    pub async fn confirm_walk_in(&mut self, id: WalkInId, reason: Passage) -> Result<WalkIn, Failure> {
        self.wait_for_walk_ins(&[id]).await?;
        let (before, walk_in) = self.load_walk_in(id).await?;
        let permit = self.permit_to_settle(&walk_in).await?;
        let next = walk_in.settled(None, reason.clone(), self.now)?;
        self.accept_scans_of(&walk_in, &reason).await?;
        self.accept_late(&walk_in).await?;
        self.keep_walk_in("walk_in.confirm", permit.id(), &before, &next).await?;
        Ok(next)
    }

    /// Says that a walk-in is a known person: the registration becomes theirs, with all that was seen of it. Said again,
    /// it changes nothing.
    ///
    /// The record of the known person is not changed, so it takes no right to edit it; names and contacts that were
    /// written at the door stay with the provisional record, which is archived. Where the known person is registered at
    /// the event already, that registration goes on: what was seen of the walk-in becomes facts of it, and the walk-in's
    /// own ends as merged.
    pub async fn merge_walk_in(
        &mut self,
        id: WalkInId,
        known: ParticipantId,
        reason: Passage,
    ) -> Result<WalkIn, Failure> {
        // Scans that name it come before this, or find whom it turned out to be.
        self.wait_for_walk_ins(&[id]).await?;
        let (before, walk_in) = self.load_walk_in(id).await?;
        let permit = self.permit_to_settle(&walk_in).await?;
        if walk_in.is_settled_as(known) {
            return Ok(walk_in);
        }
        let known = self.load_participant(known).await.map_err(|failure| match failure {
            Failure::NotFound(_) => Failure::from(Invalid::new("participantId", Fault::NotFound)),
            other => other,
        })?;
        let people = [walk_in.participant, known.id];
        self.lock_people(&people).await?;
        self.lock_registrations_of(&people).await?;
        // Read again, now that nobody else can change it.
        let known = self.load_participant(known.id).await?;
        known.check_in_use(None)?;
        let next = walk_in.settled(Some(known.id), reason.clone(), self.now)?;
        let registration = walk_in.registration;
        let kept = self.find_kept_registration(walk_in.event, known.id).await?;
        if let Some(into) = kept {
            if walk_in.is_late() {
                self.attach_waiting_scans(std::slice::from_ref(&walk_in)).await?;
            }
            self.merge_registrations(registration, into, &reason).await?;
            self.accept_registration(into).await?;
        } else {
            self.accept_scans_of(&walk_in, &reason).await?;
            self.accept_late(&walk_in).await?;
        }
        self.merge_provisional(walk_in.participant, &known).await?;
        self.keep_walk_in("walk_in.merge", permit.id(), &before, &next).await?;
        if kept.is_none() {
            // Who follows the event hears that the registration is another person's now.
            self.record::<_, Model>("registration.repoint", registration, Some(permit.id()), None, None)
                .await?;
        }
        Ok(next)
    }

    /// Who the walk-in is settles what was flagged about its scans because nobody knew.
    async fn accept_scans_of(&mut self, walk_in: &WalkIn, reason: &Passage) -> Result<(), Failure> {
        self.lock_registrations(&BTreeSet::from([walk_in.registration.uuid()])).await?;
        let scans = self.scans_that_count_for(walk_in.registration).await?;
        let accepted = scans.into_iter().filter_map(|(row, scan)| {
            let scan = scan.settled_with_walk_in(self.decided(reason))?;
            Some((row, scan))
        });
        let accepted = accepted.collect();
        self.keep_resolutions("check_in.resolve", accepted).await
    }

    /// Lets a late walk-in count, with the scans that waited for it alone; its row of the roster is locked.
    async fn accept_late(&mut self, walk_in: &WalkIn) -> Result<(), Failure> {
        if !walk_in.is_late() {
            return Ok(());
        }
        self.accept_registration(walk_in.registration).await?;
        self.attach_waiting_scans(std::slice::from_ref(walk_in)).await
    }

    /// Permits to say who a walk-in is: whoever may change the people of the event, while they change or it came late.
    async fn permit_to_settle(&self, walk_in: &WalkIn) -> Result<Permit<event::Register>, Failure> {
        let event = self.load_event(walk_in.event).await?;
        let permit = permit::<event::Register>(&self.actor, &event)?;
        walk_in.check_open(&event)?;
        Ok(permit)
    }

    /// Loads a walk-in that the actor sees, and keeps it from changing until the work ends.
    async fn load_walk_in(&self, id: WalkInId) -> Result<(Model, WalkIn), Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid())).lock(LockType::NoKeyUpdate);
        let row = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::WalkIn))?;
        let walk_in = to_walk_in(&row)?;
        Ok((row, walk_in))
    }

    async fn keep_walk_in(
        &mut self,
        action: &'static str,
        event: EventId,
        before: &Model,
        next: &WalkIn,
    ) -> Result<(), Failure> {
        let row = to_row(next).into_active_model().reset_all().update(&self.transaction).await?;
        self.record(action, next.id, Some(event), Some(before), Some(&row)).await
    }
}

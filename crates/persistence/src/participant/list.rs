//! Questions about participants: one, many, a page, a count; and their personal data, apart.

use std::{collections::HashMap, sync::Arc};

use hemicycle_domain::{
    access::{Capability, Scope},
    country::CountryCode,
    filter::Filter,
    id::{EventId, Id, ParticipantId, RecordKind},
    page::{Page, PageRequest},
    participant::{
        Disclosed, Participant, ParticipantFilter, ParticipantOrder, ParticipantOrderField, ParticipantTest,
        PersonalDataKind,
    },
};
use sea_orm::{
    Condition, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr},
};

use super::{
    few_known_within, known_within,
    row::{COLUMN, Column, Entity, PersonRow, PersonalRow, to_participant, to_personal_data},
};
use crate::{
    dialect::is_one_of,
    event,
    fault::Failure,
    keyset::{Key, Keyset},
    read_model::read_model,
    reading::Reading,
    registration::{self, registration_row},
    scope::{condition, facts},
    search, territory,
};

/// The name under which the record that was asked for stands beside the one that answers.
const ASKED: &str = "asked";

/// A person, and the id that was asked for.
struct Asked {
    id: AskedId,
    person: PersonRow,
}

/// The id that was asked for.
struct AskedId {
    id: Uuid,
}

read_model!(AskedId, ASKED => id);
read_model!(Asked = id: AskedId, person: PersonRow);

/// Of how many events an actor sees the people whose people are not gathered at once.
const MANY_EVENTS: u64 = 100;

/// How many who share a contact are looked at.
const MOST_WITH_CONTACT: u64 = 10;

impl Reading {
    /// Finds a participant; one that was merged answers with the one it was merged into.
    pub async fn find_participant(&self, id: ParticipantId) -> Result<Option<Arc<Participant>>, Failure> {
        Ok(self.find_participants(&[id]).await?.remove(&id))
    }

    /// Finds participants by the ids asked for; one that was merged answers with the one it was merged into.
    ///
    /// Those that do not exist or are not to be seen are missing from the answer.
    pub async fn find_participants(
        &self,
        ids: &[ParticipantId],
    ) -> Result<HashMap<ParticipantId, Arc<Participant>>, Failure> {
        let asked = is_one_of(self.backend(), (ASKED, Column::Id), ids.iter().map(|id| id.uuid()));
        let stands_for =
            Func::coalesce([Expr::col((ASKED, Column::MergedIntoId)), Expr::col((ASKED, Column::Id))]);
        let mut select = self.select::<Entity>().filter(asked);
        let answers = Expr::col((Entity, Column::Id)).eq(stands_for);
        QueryTrait::query(&mut select).join_as(JoinType::InnerJoin, Entity, ASKED, answers);
        let rows: Vec<Asked> = self.all_as(select).await?;
        self.note_showing(rows.iter().map(|row| row.person.id.into())).await?;
        rows.into_iter()
            .map(|row| Ok((row.id.id.into(), Arc::new(to_participant(row.person, &self.reference)?))))
            .collect()
    }

    /// Finds the personal data of participants, each kind of those over whom the actor has the capability to see it.
    ///
    /// Of whoever is missing from the answer the actor may see none. It takes a statement for each set of places at
    /// which the actor may see different kinds: one for almost everybody.
    pub async fn personal_data_of_participants(
        &self,
        ids: &[ParticipantId],
    ) -> Result<HashMap<ParticipantId, Disclosed>, Failure> {
        let sight = self.sight();
        let mut alike: Vec<(Scope, Vec<PersonalDataKind>)> = Vec::new();
        for kind in PersonalDataKind::ALL {
            let scope = sight.scope(kind.capability());
            match alike.iter_mut().find(|(known, _)| *known == scope) {
                Some((_, kinds)) => kinds.push(*kind),
                None => alike.push((scope, vec![*kind])),
            }
        }
        let mut found: HashMap<ParticipantId, Disclosed> = HashMap::new();
        for (scope, kinds) in alike {
            if scope.is_empty() {
                continue;
            }
            let asked = is_one_of(self.backend(), (Entity, Column::Id), ids.iter().map(|id| id.uuid()));
            let within = known_within(&sight, kinds[0].capability());
            let rows: Vec<PersonalRow> =
                self.all_as(self.select::<Entity>().filter(asked).filter(within)).await?;
            for row in rows {
                found.entry(row.id.into()).or_default().show(&to_personal_data(&row)?, kinds.iter().copied());
            }
        }
        let mut read: Vec<ParticipantId> = found.keys().copied().collect();
        read.sort_unstable();
        self.note_reading_of(&read).await?;
        Ok(found)
    }

    /// Finds the others who have the e-mail address or the telephone number of a participant, among those whose contacts
    /// the actor may see.
    pub(crate) async fn participants_with_contact_of(
        &self,
        id: ParticipantId,
    ) -> Result<Vec<Arc<Participant>>, Failure> {
        // What was written at the door is compared and not shown: it takes no right to see it.
        let person = facts::<Entity>().filter(COLUMN.id.eq(id.uuid()));
        let Some(person) = person.one(self.connection()).await? else { return Ok(Vec::new()) };
        let same = |column: Column, value: &Option<String>| {
            value.as_ref().map(|value| Expr::col((Entity, column)).eq(value.as_str()))
        };
        let contacts = [same(Column::Email, &person.email), same(Column::Phone, &person.phone)];
        let mut contacts = contacts.into_iter().flatten();
        let Some(first) = contacts.next() else { return Ok(Vec::new()) };
        let select = self
            .select::<Entity>()
            .filter(contacts.fold(first, SimpleExpr::or))
            .filter(COLUMN.merged_into_id.is_null())
            .filter(COLUMN.archived_at.is_null())
            .filter(known_within(&self.sight(), Capability::SeeContacts))
            .order_by_asc(COLUMN.id)
            .limit(MOST_WITH_CONTACT);
        let rows: Vec<PersonRow> = self.all_as(select).await?;
        rows.into_iter().map(|row| Ok(Arc::new(to_participant(row, &self.reference)?))).collect()
    }

    /// Lists participants.
    pub async fn list_participants(
        &self,
        filter: &ParticipantFilter,
        order: ParticipantOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<Participant>>, Failure> {
        let nearby = self.find_people_nearby(filter, order, page).await?;
        let Page { rows, has_previous, has_next } = if let Some(page) = nearby {
            page
        } else {
            let select = self.select::<Entity>().filter(self.participants_that(filter));
            keyset(order).page(self.connection(), select, page).await?
        };
        self.note_showing(rows.iter().map(|(_, row)| row.id.into())).await?;
        let rows = rows
            .into_iter()
            .map(|(cursor, row)| Ok((cursor, Arc::new(to_participant(row, &self.reference)?))))
            .collect::<Result<_, Failure>>()?;
        Ok(Page { rows, has_previous, has_next })
    }

    /// Finds a page of people for an actor who sees those of many events: they stand close together in any order, and to
    /// gather them first would take longer the more there are.
    async fn find_people_nearby(
        &self,
        filter: &ParticipantFilter,
        order: ParticipantOrder,
        page: &PageRequest,
    ) -> Result<Option<Page<PersonRow>>, Failure> {
        let sight = self.sight();
        let is_gathered = few_known_within(&sight, Capability::SeePeople).is_some() && !names_people(filter);
        if !is_gathered || !self.sees_people_of_many_events().await? {
            return Ok(None);
        }
        let own = condition(filter, &|test| self.participant_that(test)).add(COLUMN.merged_into_id.is_null());
        let known = known_within(&sight, Capability::SeePeople);
        keyset(order).page_nearby(self.connection(), facts::<Entity>().filter(own), known, page).await
    }

    async fn sees_people_of_many_events(&self) -> Result<bool, Failure> {
        let last = Query::select()
            .expr(Expr::val(1))
            .from(event::Entity)
            .cond_where(event::within(&self.sight(), Capability::SeePeople))
            .limit(1)
            .offset(MANY_EVENTS - 1)
            .to_owned();
        Ok(self.connection().query_one(&last).await?.is_some())
    }

    /// Counts participants.
    pub async fn count_participants(&self, filter: &ParticipantFilter) -> Result<u64, Failure> {
        let select = self.select::<Entity>().filter(self.participants_that(filter));
        Ok(select.count(self.connection()).await?)
    }

    fn participants_that(&self, filter: &ParticipantFilter) -> Condition {
        let few = few_known_within(&self.sight(), Capability::SeePeople).filter(|_| !names_people(filter));
        let own = condition(filter, &|test| match (test, &few) {
            (ParticipantTest::Named(terms), None) => {
                search::gathered_by(self.backend(), RecordKind::Participant, Column::Id, terms)
            }
            _ => self.participant_that(test),
        });
        // A merged record lives on in the one it was merged into.
        let own = own.add(COLUMN.merged_into_id.is_null());
        match few {
            Some(few) => own.add(COLUMN.id.in_subquery(few)),
            None => own,
        }
    }

    fn participant_that(&self, test: &ParticipantTest) -> SimpleExpr {
        match test {
            ParticipantTest::Ids(ids) => {
                is_one_of(self.backend(), (Entity, Column::Id), ids.iter().map(|id| id.uuid()))
            }
            ParticipantTest::HomePartner(partner) => {
                let branches = self.reference.branches_of(*partner);
                let branches = branches.into_iter().map(Id::uuid);
                is_one_of(self.backend(), (Entity, Column::HomePartnerId), branches)
            }
            ParticipantTest::Countries(countries) => {
                COLUMN.country.is_in(countries.iter().map(CountryCode::as_str))
            }
            ParticipantTest::TerritoryWithin(id) => match self.reference.territory(*id) {
                Some(root) => COLUMN.territory_id.in_subquery(territory::within(root)),
                None => Expr::val(false),
            },
            ParticipantTest::RegisteredAt(event) => COLUMN.id.in_subquery(self.registered_at(*event)),
            ParticipantTest::Archived(true) => COLUMN.archived_at.is_not_null(),
            ParticipantTest::Archived(false) => COLUMN.archived_at.is_null(),
            ParticipantTest::Named(terms) => {
                search::found_by(self.backend(), RecordKind::Participant, Column::Id, terms)
            }
        }
    }

    /// Selects who is registered at an event, of those whose registration the actor sees.
    fn registered_at(&self, event: EventId) -> SelectStatement {
        use registration_row::{Column, Entity};
        Query::select()
            .column((Entity, Column::ParticipantId))
            .from(Entity)
            .and_where(Expr::col((Entity, Column::EventId)).eq(event.uuid()))
            .and_where(registration_row::stands())
            .cond_where(self.sight().about(Capability::SeePeople, registration::columns()))
            .to_owned()
    }
}

/// Whether a filter leads to its people by itself.
fn names_people(filter: &ParticipantFilter) -> bool {
    match filter {
        Filter::Is(test) => matches!(test, ParticipantTest::Ids(_) | ParticipantTest::RegisteredAt(_)),
        Filter::All(parts) => parts.iter().any(names_people),
        Filter::Any(_) | Filter::Not(_) => false,
    }
}

fn keyset((field, direction): ParticipantOrder) -> Keyset<Entity, PersonRow> {
    match field {
        ParticipantOrderField::Name => Keyset {
            name: "participant.name",
            column: Column::SortName,
            id: Column::Id,
            direction,
            position: |row| (Key::Text(row.sort_name.clone()), row.id),
        },
        ParticipantOrderField::CreatedAt => Keyset {
            name: "participant.created_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |row| (Key::At(row.created_at), row.id),
        },
    }
}

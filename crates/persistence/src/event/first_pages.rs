//! The first pages of many lists of events at once, so that a list of lists does not ask once for each.
//!
//! What comes after a first page, and whatever is filtered or ordered otherwise, is asked of `list.rs`.

use std::{collections::HashMap, sync::Arc};

use hemicycle_domain::{
    event::{Event, EventOrderField},
    id::{EventId, Id, ProgramId},
    page::{Direction, Page},
};
use sea_orm::{Condition, Order, prelude::Uuid};

use super::{
    list::keyset,
    row::{
        event::{COLUMN, Column, Entity, Model},
        to_event,
    },
};
use crate::{
    fault::Failure,
    read_model::all,
    reading::Reading,
    scope::{FirstOfEach, select_first_of_each},
};

/// What a list of events belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventsOf {
    /// The events of a program that are not archived.
    Program(ProgramId),
    /// The events that belong to an event.
    Event(EventId),
}

impl Reading {
    /// Finds the first pages of many lists of events, each the latest first; an empty list is missing from the
    /// answer. Their cursors go on in [`Reading::list_events`] by the first day, descending.
    pub async fn first_pages_of_events(
        &self,
        lists: &[EventsOf],
        size: u32,
    ) -> Result<HashMap<EventsOf, Page<Arc<Event>>>, Failure> {
        let programs = lists.iter().filter_map(|list| match list {
            EventsOf::Program(program) => Some(program.uuid()),
            EventsOf::Event(_) => None,
        });
        let parents = lists.iter().filter_map(|list| match list {
            EventsOf::Event(parent) => Some(parent.uuid()),
            EventsOf::Program(_) => None,
        });
        let mut pages = HashMap::new();
        let listed = Condition::all().add(COLUMN.archived_at.is_null());
        self.add_first_pages(&mut pages, listed, Column::ProgramId, programs.collect(), size, |row| {
            row.program_id.map(|program| EventsOf::Program(program.into()))
        })
        .await?;
        self.add_first_pages(
            &mut pages,
            Condition::all(),
            Column::ParentId,
            parents.collect(),
            size,
            |row| row.parent_id.map(|parent| EventsOf::Event(parent.into())),
        )
        .await?;
        Ok(pages)
    }

    async fn add_first_pages(
        &self,
        pages: &mut HashMap<EventsOf, Page<Arc<Event>>>,
        that: Condition,
        owner: Column,
        owners: Vec<Uuid>,
        size: u32,
        list_of: fn(&Model) -> Option<EventsOf>,
    ) -> Result<(), Failure> {
        if owners.is_empty() {
            return Ok(());
        }
        let first = FirstOfEach::<Entity> {
            owner,
            owners,
            that,
            order: [Column::SortDate, Column::Id],
            direction: Order::Desc,
            // One more tells whether there are more.
            count: u64::from(size) + 1,
        };
        let mut select = select_first_of_each(&self.sight(), first);
        select.order_by((Entity, Column::SortDate), Order::Desc).order_by((Entity, Column::Id), Order::Desc);
        let rows: Vec<Model> = all(self.connection(), select).await?;
        let keyset = keyset((EventOrderField::StartsOn, Direction::Descending));
        for row in rows {
            let Some(list) = list_of(&row) else { continue };
            let page = pages.entry(list).or_default();
            if page.rows.len() < size as usize {
                page.rows.push((keyset.cursor(&row), Arc::new(to_event(row, &self.reference)?)));
            } else {
                page.has_next = true;
            }
        }
        Ok(())
    }
}

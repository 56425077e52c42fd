//! The first pages of many lists of events at once, so that a list of lists does not ask once for each.
//!
//! What comes after a first page, and whatever is filtered or ordered otherwise, is asked of `list.rs`.

use std::{collections::HashMap, sync::Arc};

use hemicycle_domain::{
    event::{Event, EventOrderField},
    id::{EventId, Id, ProgramId},
    page::{Direction, Page},
};
use sea_orm::{
    Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, Func, Query, WindowStatement},
};

use super::{
    list::keyset,
    row::{
        event::{COLUMN, Column, Entity, Model},
        to_event,
    },
};
use crate::{dialect::is_one_of, fault::Failure, reading::Reading};

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
        let select = self.select::<Entity>().filter(COLUMN.archived_at.is_null());
        self.add_first_pages(&mut pages, select, Column::ProgramId, programs.collect(), size, |row| {
            row.program_id.map(|program| EventsOf::Program(program.into()))
        })
        .await?;
        let select = self.select::<Entity>();
        self.add_first_pages(&mut pages, select, Column::ParentId, parents.collect(), size, |row| {
            row.parent_id.map(|parent| EventsOf::Event(parent.into()))
        })
        .await?;
        Ok(pages)
    }

    async fn add_first_pages(
        &self,
        pages: &mut HashMap<EventsOf, Page<Arc<Event>>>,
        select: Select<Entity>,
        owner: Column,
        owners: Vec<Uuid>,
        size: u32,
        list_of: fn(&Model) -> Option<EventsOf>,
    ) -> Result<(), Failure> {
        if owners.is_empty() {
            return Ok(());
        }
        // The owners stand outside too, so that the rows are looked for where they can be.
        let select = select.filter(is_one_of(self.backend(), (Entity, owner), owners));
        let place = WindowStatement::partition_by((Entity, owner))
            .order_by((Entity, Column::SortDate), Order::Desc)
            .order_by((Entity, Column::Id), Order::Desc)
            .to_owned();
        let mut numbered = select.clone().select_only().column(Column::Id);
        QueryTrait::query(&mut numbered).expr_window_as(Func::cust("ROW_NUMBER"), place, "place");
        let first = Query::select()
            .column(("numbered", Column::Id))
            .from_subquery(numbered.into_query(), "numbered")
            // One more tells whether there are more.
            .and_where(Expr::col(("numbered", "place")).lte(i64::from(size) + 1))
            .to_owned();
        let rows = select
            .filter(COLUMN.id.in_subquery(first))
            .order_by_desc(COLUMN.sort_date)
            .order_by_desc(COLUMN.id)
            .all(self.connection())
            .await?;
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

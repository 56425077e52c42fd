//! Questions about programs: one, a page, a count, those that rest on an agreement.

use std::sync::Arc;

use hemicycle_domain::{
    country::CountryCode,
    id::{AgreementId, Id, ParticipantCategoryId, ProgramBasisId, ProgramId, RecordKind},
    page::{Page, PageRequest},
    program::{Program, ProgramFilter, ProgramOrder, ProgramOrderField, ProgramTest},
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter,
    sea_query::{ExprTrait, Query, SelectStatement, SimpleExpr},
};

use super::row::{
    basis, cascade_level, country, partner,
    program::{COLUMN, Column, Entity},
};
use crate::{
    dialect::is_one_of,
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::{Scoped, Sight, condition, everything},
    search,
};

impl Scoped for Entity {
    /// Programs are public to everyone who signs in; their events and people are not for that.
    fn visible(_: &Sight<'_>) -> Condition {
        everything()
    }
}

impl Reading {
    /// Finds a program.
    #[must_use]
    pub fn find_program(&self, id: ProgramId) -> Option<Arc<Program>> {
        self.reference.program(id).cloned()
    }

    /// Finds the program that has a participant category.
    #[must_use]
    pub fn find_program_of_category(&self, id: ParticipantCategoryId) -> Option<Arc<Program>> {
        self.reference.program_of_category(id).cloned()
    }

    /// Finds the program that rests on something by the id of that basis.
    #[must_use]
    pub fn find_program_of_basis(&self, id: ProgramBasisId) -> Option<Arc<Program>> {
        self.reference.programs().find(|program| program.basis(id).is_some()).cloned()
    }

    /// Finds the programs that rest on an agreement, oldest first.
    #[must_use]
    pub fn programs_resting_on(&self, agreement: AgreementId) -> Vec<Arc<Program>> {
        let rests = |program: &&Arc<Program>| {
            program.bases.iter().any(|basis| basis.grounds.agreement == Some(agreement))
        };
        let mut found: Vec<_> = self.reference.programs().filter(rests).cloned().collect();
        found.sort_unstable_by_key(|program| program.id);
        found
    }

    /// Lists programs.
    pub async fn list_programs(
        &self,
        filter: &ProgramFilter,
        order: ProgramOrder,
        page: &PageRequest,
    ) -> Result<Page<Arc<Program>>, Failure> {
        let select = self.select::<Entity>().filter(self.programs_that(filter));
        let rows = keyset(order).page(self.connection(), select, page).await?;
        let Page { rows, has_previous, has_next } = rows.map(|row| self.find_program(row.id.into()));
        let rows = rows.into_iter().filter_map(|(cursor, program)| Some((cursor, program?))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts programs.
    pub async fn count_programs(&self, filter: &ProgramFilter) -> Result<u64, Failure> {
        Ok(self.select::<Entity>().filter(self.programs_that(filter)).count(self.connection()).await?)
    }

    fn programs_that(&self, filter: &ProgramFilter) -> Condition {
        condition(filter, &|test| match test {
            ProgramTest::Ids(ids) => is_one_of(self.backend(), Column::Id, ids.iter().map(|id| id.uuid())),
            ProgramTest::Countries(countries) => {
                let codes = countries.iter().map(CountryCode::as_str);
                let within = country::COLUMN.country.is_in(codes);
                COLUMN.id.in_subquery(programs_of(country::Column::ProgramId, within))
            }
            ProgramTest::Lead(id) => COLUMN.lead_partner_id.eq(id.uuid()),
            ProgramTest::Involves(id) => {
                let has_role = partner::COLUMN.partner_id.eq(id.uuid());
                let trains = cascade_level::COLUMN.trained_at_id.eq(id.uuid());
                let issued = basis::COLUMN.issuer_id.eq(id.uuid());
                COLUMN
                    .lead_partner_id
                    .eq(id.uuid())
                    .or(COLUMN.id.in_subquery(programs_of(partner::Column::ProgramId, has_role)))
                    .or(COLUMN.id.in_subquery(programs_of(cascade_level::Column::ProgramId, trains)))
                    .or(COLUMN.id.in_subquery(programs_of(basis::Column::ProgramId, issued)))
            }
            ProgramTest::RestsOn(id) => {
                let on_it = basis::COLUMN.agreement_id.eq(id.uuid());
                COLUMN.id.in_subquery(programs_of(basis::Column::ProgramId, on_it))
            }
            ProgramTest::Archived(true) => COLUMN.archived_at.is_not_null(),
            ProgramTest::Archived(false) => COLUMN.archived_at.is_null(),
            ProgramTest::Named(terms) => {
                search::found_by(self.backend(), RecordKind::Program, Column::Id, terms)
            }
        })
    }
}

/// Selects the ids of the programs that have such a part.
fn programs_of<C>(program: C, is_such: SimpleExpr) -> SelectStatement
where
    C: ColumnTrait,
    C::EntityName: EntityTrait,
{
    Query::select().column(program).from(C::EntityName::default()).and_where(is_such).to_owned()
}

fn keyset((field, direction): ProgramOrder) -> Keyset<Entity> {
    match field {
        ProgramOrderField::Name => Keyset {
            name: "program.name",
            column: Column::SortName,
            id: Column::Id,
            direction,
            position: |row| (Key::Text(row.sort_name.clone()), row.id),
        },
        ProgramOrderField::CreatedAt => Keyset {
            name: "program.created_at",
            column: Column::CreatedAt,
            id: Column::Id,
            direction,
            position: |row| (Key::At(row.created_at), row.id),
        },
    }
}

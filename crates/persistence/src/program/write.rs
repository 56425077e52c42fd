//! Verbs on programs: set up and change, each with all lists of the program.

use std::{collections::BTreeSet, sync::Arc};

use hemicycle_domain::{
    access::{Whereabouts, permit},
    id::{Id, ParticipantCategoryId, ProgramId, RecordKind},
    problem::{Fault, Invalid, Problem},
    program::{self, NewProgram, Program, ProgramChange, ProgramUses},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, JsonValue, ModelTrait, QueryFilter,
    QuerySelect,
    prelude::Uuid,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::row::{
    Rows, basis, cascade_level, category, country, partner,
    program::{COLUMN, Entity},
    stage, to_rows,
};
use crate::{
    dialect::is_one_of,
    event::row::event,
    fault::Failure,
    headcount_report::row as headcount_report,
    reference::Renewed,
    registration::registration_row as registration,
    scope::facts,
    search,
    work::{Work, new_uuid},
};

impl Work {
    /// Sets up a program. It takes the right to edit programs in one of its countries or over its lead.
    pub async fn create_program(&mut self, new: NewProgram) -> Result<Arc<Program>, Failure> {
        let now = self.now;
        let (plan, categories, bases) = new.checked(&mut || new_uuid(now))?;
        let mut program = Program {
            id: self.new_id(),
            version: 1,
            created_at: self.now,
            plan,
            categories,
            bases,
            is_archived: false,
            whereabouts: Whereabouts::default(),
        };
        program.whereabouts = self.reference.whereabouts_of_program(&program);
        self.check_program_references(&program).await?;
        let permit = permit::<program::Edit>(&self.actor, &program)?;
        let rows = to_rows(&program, None);
        rows.program.clone().into_active_model().insert(&self.transaction).await?;
        self.replace_parts(permit.id(), &rows.without_parts(), &rows).await?;
        self.keep_program("program.create", program, None, &rows).await
    }

    /// Changes a program, archives or restores it.
    ///
    /// It takes the right to edit programs where it stood and where it stands afterwards.
    pub async fn update_program(
        &mut self,
        id: ProgramId,
        expected_version: Option<i64>,
        change: ProgramChange,
    ) -> Result<Arc<Program>, Failure> {
        let select = self.select::<Entity>().filter(COLUMN.id.eq(id.uuid()));
        let row = select.one(&self.transaction).await?.ok_or(Failure::NotFound(RecordKind::Program))?;
        let mut programs = super::load_some(&self.transaction, vec![id.uuid()]).await?;
        let mut before = programs.pop().ok_or(Failure::NotFound(RecordKind::Program))?;
        before.whereabouts = self.reference.whereabouts_of_program(&before);
        permit::<program::Edit>(&self.actor, &before)?;
        Problem::check_version(expected_version, before.version)?;
        let uses = self.uses_of_program(&before, &change).await?;
        let now = self.now;
        let mut next = before.changed(change, &uses, &mut || new_uuid(now))?;
        next.whereabouts = self.reference.whereabouts_of_program(&next);
        self.check_program_references(&next).await?;
        let permit = permit::<program::Edit>(&self.actor, &next)?;
        let archived_at = if next.is_archived { row.archived_at.or(Some(self.now)) } else { None };
        let (rows_before, rows) = (to_rows(&before, row.archived_at), to_rows(&next, archived_at));
        rows.program.clone().into_active_model().reset_all().update(&self.transaction).await?;
        self.replace_parts(permit.id(), &rows_before, &rows).await?;
        if next.day_rule() != before.day_rule() {
            self.fold_events_anew(permit.id()).await?;
        }
        self.keep_program("program.update", next, Some(&rows_before), &rows).await
    }

    /// Loads a program, as this work has it.
    pub fn load_program(&self, id: ProgramId) -> Result<Arc<Program>, Failure> {
        self.reference.program(id).cloned().ok_or(Failure::NotFound(RecordKind::Program))
    }

    async fn keep_program(
        &mut self,
        action: &'static str,
        program: Program,
        before: Option<&Rows>,
        after: &Rows,
    ) -> Result<Arc<Program>, Failure> {
        search::index_terms(&self.transaction, program.id, program.plan.names.search_terms()).await?;
        self.record(action, program.id, None, before, Some(after)).await?;
        let id = program.id;
        self.renew(Renewed::Program(Box::new(program)));
        self.load_program(id)
    }

    /// Refuses a reference to a program that does not exist.
    pub(crate) fn check_program(&self, field: &str, program: Option<ProgramId>) -> Result<(), Failure> {
        match program {
            Some(id) if self.reference.program(id).is_none() => {
                Err(Invalid::new(field, Fault::NotFound).into())
            }
            _ => Ok(()),
        }
    }

    /// Refuses references to partners and agreements that do not exist.
    async fn check_program_references(&self, program: &Program) -> Result<(), Failure> {
        self.check_partner("leadId", program.plan.lead)?;
        let not_found = |field: &str, index: usize, list: &str| {
            Invalid::new(field, Fault::NotFound).within(index).within(list)
        };
        for (index, partner) in program.plan.partners.iter().enumerate() {
            self.check_partner("partnerId", Some(partner.partner))
                .map_err(|_| not_found("partnerId", index, "partners"))?;
        }
        for (index, level) in program.plan.cascade_levels.iter().enumerate() {
            self.check_partner("trainedAtId", level.trained_at)
                .map_err(|_| not_found("trainedAtId", index, "cascadeLevels"))?;
        }
        for (index, basis) in program.bases.iter().enumerate() {
            self.check_partner("issuerId", basis.grounds.issuer)
                .map_err(|_| not_found("issuerId", index, "bases"))?;
        }
        let agreements = program.bases.iter().filter_map(|basis| basis.grounds.agreement);
        let known = self.known_agreements(agreements).await?;
        let is_unknown = |agreement| !known.contains(&agreement);
        match program.bases.iter().position(|basis| basis.grounds.agreement.is_some_and(is_unknown)) {
            Some(index) => Err(not_found("agreementId", index, "bases").into()),
            None => Ok(()),
        }
    }

    /// Reads which parts of a program other records refer to, as far as the change may take them away.
    async fn uses_of_program(
        &self,
        program: &Program,
        change: &ProgramChange,
    ) -> Result<ProgramUses, Failure> {
        let mut uses = ProgramUses::default();
        if change.stages.is_some() {
            uses.stages = self.numbers_in_events(program.id, event::Column::Stage).await?;
        }
        if change.cascade_levels.is_some() {
            uses.cascade_levels = self.numbers_in_events(program.id, event::Column::CascadeLevel).await?;
        }
        if let Some(drafts) = &change.categories {
            let leaving = program.categories.iter();
            let leaving = leaving.filter(|category| drafts.iter().all(|draft| draft.code != category.code));
            uses.categories = self.used_categories(leaving.map(|category| category.id).collect()).await?;
        }
        Ok(uses)
    }

    /// Finds which of these categories people are registered or counted in.
    async fn used_categories(
        &self,
        categories: Vec<ParticipantCategoryId>,
    ) -> Result<BTreeSet<ParticipantCategoryId>, Failure> {
        if categories.is_empty() {
            return Ok(BTreeSet::new());
        }
        let registered = facts::<registration::Entity>()
            .select_only()
            .column(registration::Column::CategoryId)
            .distinct()
            .filter(is_one_of(
                self.backend(),
                registration::Column::CategoryId,
                categories.iter().map(|id| id.uuid()),
            ));
        let registered: Vec<Uuid> = registered.into_tuple().all(&self.transaction).await?;
        let mut used: BTreeSet<_> = registered.into_iter().map(Into::into).collect();
        // A breakdown is a document; the ids stand somewhere inside.
        let written = Expr::col(headcount_report::Column::Breakdown).cast_as("text");
        let any = categories.iter().map(|id| written.clone().like(format!("%{id}%")));
        let counted = facts::<headcount_report::Entity>()
            .select_only()
            .column(headcount_report::Column::Breakdown)
            .filter(any.reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(false)));
        let counted: Vec<JsonValue> = counted.into_tuple().all(&self.transaction).await?;
        let counted = counted.iter().map(JsonValue::to_string).collect::<String>();
        used.extend(categories.into_iter().filter(|id| counted.contains(&id.to_string())));
        Ok(used)
    }

    async fn numbers_in_events(
        &self,
        program: ProgramId,
        column: event::Column,
    ) -> Result<BTreeSet<i32>, Failure> {
        let select = facts::<event::Entity>()
            .select_only()
            .column(column)
            .distinct()
            .filter(event::COLUMN.program_id.eq(program.uuid()))
            .filter(column.is_not_null());
        Ok(select.into_tuple::<i32>().all(&self.transaction).await?.into_iter().collect())
    }

    /// Writes the parts of a program that differ from those before.
    async fn replace_parts(&self, id: ProgramId, before: &Rows, after: &Rows) -> Result<(), Failure> {
        self.replace(country::Column::ProgramId, id, &before.countries, &after.countries).await?;
        self.replace(partner::Column::ProgramId, id, &before.partners, &after.partners).await?;
        self.replace(stage::Column::ProgramId, id, &before.stages, &after.stages).await?;
        self.replace(cascade_level::Column::ProgramId, id, &before.cascade_levels, &after.cascade_levels)
            .await?;
        self.replace(basis::Column::ProgramId, id, &before.bases, &after.bases).await?;
        self.replace_categories(&before.categories, &after.categories).await
    }

    /// Takes away all parts of a kind and writes the new ones, if they differ.
    #[expect(clippy::disallowed_methods, reason = "parts change with the program that was permitted")]
    async fn replace<C, M, A>(
        &self,
        program: C,
        id: ProgramId,
        before: &[M],
        after: &[M],
    ) -> Result<(), Failure>
    where
        C: ColumnTrait,
        C::EntityName: EntityTrait<Model = M, ActiveModel = A>,
        M: ModelTrait + IntoActiveModel<A> + PartialEq,
        A: ActiveModelTrait<Entity = C::EntityName>,
    {
        if before == after {
            return Ok(());
        }
        if !before.is_empty() {
            let old = C::EntityName::delete_many().filter(program.eq(id.uuid()));
            old.exec(&self.transaction).await?;
        }
        if !after.is_empty() {
            let rows = after.iter().cloned().map(IntoActiveModel::into_active_model);
            C::EntityName::insert_many(rows).exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }

    /// Writes the categories; those that stay keep their rows, because registrations refer to them.
    #[expect(clippy::disallowed_methods, reason = "parts change with the program that was permitted")]
    async fn replace_categories(
        &self,
        before: &[category::Model],
        after: &[category::Model],
    ) -> Result<(), Failure> {
        let gone = before.iter().map(|row| row.id).filter(|id| after.iter().all(|row| row.id != *id));
        let gone: Vec<Uuid> = gone.collect();
        if !gone.is_empty() {
            let old = category::Entity::delete_many();
            let old = old.filter(is_one_of(self.backend(), category::Column::Id, gone));
            old.exec(&self.transaction).await?;
        }
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).cloned().collect();
        if !new.is_empty() {
            let rows = new.into_iter().map(IntoActiveModel::into_active_model);
            let known = OnConflict::column(category::Column::Id)
                .update_columns([category::Column::Name, category::Column::CascadeLevel])
                .to_owned();
            let insert = category::Entity::insert_many(rows).on_conflict(known);
            insert.exec_without_returning(&self.transaction).await?;
        }
        Ok(())
    }
}

//! Reading whole programs for the reference data: one statement per table, however many programs there are.

use std::collections::HashMap;

use hemicycle_domain::{
    access::Whereabouts,
    country::CountryCode,
    program::{
        Basis, BasisKind, CascadeLevel, CategoryCode, Grounds, ParticipantCategory, Program, ProgramPartner,
        ProgramPlan, ProgramRole, Stage,
    },
    text::Passage,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select, prelude::Uuid};

use super::row::{basis, cascade_level, category, country, partner, program, stage};
use crate::{
    dialect::is_one_of,
    fault::StoreFault,
    json::{from_json, from_json_opt, from_word, parsed},
    scope::facts,
};

/// Reads all programs for the reference data, which then fills in their whereabouts.
pub(crate) async fn load_all(connection: &impl ConnectionTrait) -> Result<Vec<Program>, StoreFault> {
    Loader { connection, ids: None }.load().await
}

/// Reads the programs with these ids.
pub(crate) async fn load_some(
    connection: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<Vec<Program>, StoreFault> {
    Loader { connection, ids: Some(ids) }.load().await
}

struct Loader<'a, C> {
    connection: &'a C,
    /// Which programs; all of them where none is named.
    ids: Option<Vec<Uuid>>,
}

impl<C: ConnectionTrait> Loader<'_, C> {
    async fn load(&self) -> Result<Vec<Program>, StoreFault> {
        let rows = self.of(program::Column::Id).all(self.connection).await?;
        let mut countries = self.countries().await?;
        let mut partners = self.partners().await?;
        let mut stages = self.stages().await?;
        let mut cascade_levels = self.cascade_levels().await?;
        let mut categories = self.categories().await?;
        let mut bases = self.bases().await?;
        rows.into_iter()
            .map(|row| {
                const TABLE: &str = "program";
                let id = row.id;
                Ok(Program {
                    id: id.into(),
                    version: row.version,
                    created_at: row.created_at,
                    plan: ProgramPlan {
                        names: from_json(TABLE, "names", row.names)?,
                        lead: row.lead_partner_id.map(Into::into),
                        partners: partners.remove(&id).unwrap_or_default(),
                        countries: countries.remove(&id).unwrap_or_default(),
                        began: from_json_opt(TABLE, "began", row.began)?,
                        ended: from_json_opt(TABLE, "ended", row.ended)?,
                        purpose: from_json_opt(TABLE, "purpose", row.purpose)?,
                        stages: stages.remove(&id).unwrap_or_default(),
                        cascade_levels: cascade_levels.remove(&id).unwrap_or_default(),
                        day_rule: from_json_opt(TABLE, "day_rule", row.day_rule)?,
                        note: note(TABLE, row.note.as_deref())?,
                    },
                    categories: categories.remove(&id).unwrap_or_default(),
                    bases: bases.remove(&id).unwrap_or_default(),
                    is_archived: row.archived_at.is_some(),
                    whereabouts: Whereabouts::default(),
                })
            })
            .collect()
    }

    /// Selects the rows of a table that belong to the programs, by the column that names them.
    fn of<Column: ColumnTrait>(&self, column: Column) -> Select<Column::EntityName>
    where
        Column::EntityName: EntityTrait,
    {
        let select = facts::<Column::EntityName>();
        match &self.ids {
            Some(ids) => {
                let backend = self.connection.get_database_backend();
                select.filter(is_one_of(backend, column, ids.iter().copied()))
            }
            None => select,
        }
    }

    async fn countries(&self) -> Result<HashMap<Uuid, Vec<CountryCode>>, StoreFault> {
        let select = self.of(country::Column::ProgramId).order_by_asc(country::COLUMN.country);
        grouped(select.all(self.connection).await?, |row| {
            let country = CountryCode::parse("country", &row.country);
            Ok((row.program_id, parsed("program_country", "country", country)?))
        })
    }

    async fn partners(&self) -> Result<HashMap<Uuid, Vec<ProgramPartner>>, StoreFault> {
        let select = self.of(partner::Column::ProgramId).order_by_asc(partner::COLUMN.partner_id);
        let mut partners = grouped(select.all(self.connection).await?, |row| {
            let role = from_word("program_partner", "role", &row.role, ProgramRole::from_word)?;
            Ok((row.program_id, ProgramPartner { partner: row.partner_id.into(), role }))
        })?;
        for roles in partners.values_mut() {
            roles.sort_by_key(|partner| partner.role);
        }
        Ok(partners)
    }

    async fn stages(&self) -> Result<HashMap<Uuid, Vec<Stage>>, StoreFault> {
        const TABLE: &str = "program_stage";
        let select = self.of(stage::Column::ProgramId).order_by_asc(stage::COLUMN.number);
        grouped(select.all(self.connection).await?, |row| {
            let stage = Stage {
                number: row.number,
                description: from_json_opt(TABLE, "description", row.description)?,
                dates: from_json_opt(TABLE, "dates", row.dates)?,
                note: note(TABLE, row.note.as_deref())?,
            };
            Ok((row.program_id, stage))
        })
    }

    async fn cascade_levels(&self) -> Result<HashMap<Uuid, Vec<CascadeLevel>>, StoreFault> {
        const TABLE: &str = "cascade_level";
        let select = self.of(cascade_level::Column::ProgramId).order_by_asc(cascade_level::COLUMN.number);
        grouped(select.all(self.connection).await?, |row| {
            let level = CascadeLevel {
                number: row.number,
                name: from_json(TABLE, "name", row.name)?,
                trained_at: row.trained_at_id.map(Into::into),
                people_total: row.people_total,
                note: note(TABLE, row.note.as_deref())?,
            };
            Ok((row.program_id, level))
        })
    }

    async fn categories(&self) -> Result<HashMap<Uuid, Vec<ParticipantCategory>>, StoreFault> {
        const TABLE: &str = "participant_category";
        let select = self.of(category::Column::ProgramId);
        let mut categories = grouped(select.all(self.connection).await?, |row| {
            let category = ParticipantCategory {
                id: row.id.into(),
                code: parsed(TABLE, "code", CategoryCode::parse("code", &row.code))?,
                name: from_json(TABLE, "name", row.name)?,
                cascade_level: row.cascade_level,
            };
            Ok((row.program_id, category))
        })?;
        // The databases may sort by a locale; the domain's order is byte by byte.
        for codes in categories.values_mut() {
            codes.sort_by(|a, b| a.code.cmp(&b.code));
        }
        Ok(categories)
    }

    async fn bases(&self) -> Result<HashMap<Uuid, Vec<Basis>>, StoreFault> {
        const TABLE: &str = "program_basis";
        let select = self.of(basis::Column::ProgramId).order_by_asc(basis::COLUMN.position);
        grouped(select.all(self.connection).await?, |row| {
            let grounds = Grounds {
                kind: from_word(TABLE, "kind", &row.kind, BasisKind::from_word)?,
                agreement: row.agreement_id.map(Into::into),
                issuer: row.issuer_id.map(Into::into),
                title: from_json_opt(TABLE, "title", row.title)?,
                dates: from_json_opt(TABLE, "dates", row.dates)?,
                note: note(TABLE, row.note.as_deref())?,
            };
            Ok((row.program_id, Basis { id: row.id.into(), grounds }))
        })
    }
}

/// Puts what rows hold under the program each belongs to, in the order of the rows.
fn grouped<R, T>(
    rows: Vec<R>,
    make: impl Fn(R) -> Result<(Uuid, T), StoreFault>,
) -> Result<HashMap<Uuid, Vec<T>>, StoreFault> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        let (program, part) = make(row)?;
        groups.entry(program).or_default().push(part);
    }
    Ok(groups)
}

fn note(table: &'static str, note: Option<&str>) -> Result<Option<Passage>, StoreFault> {
    parsed(table, "note", note.map(|note| Passage::parse("note", note)).transpose())
}

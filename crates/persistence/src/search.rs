//! The words that search looks in: written with each record, and the condition that finds its bearer.

use hemicycle_domain::id::{Id, RecordKind};
use sea_orm::{
    ActiveValue, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use crate::dialect::begins_with;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_term")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub term: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}

/// Makes a record findable by these folded words and no others.
#[expect(clippy::disallowed_methods, reason = "search terms are derived rows without a scope of their own")]
pub(crate) async fn index_terms<I: Id>(
    connection: &impl ConnectionTrait,
    id: I,
    terms: Vec<String>,
) -> Result<(), DbErr> {
    Entity::delete_many().filter(COLUMN.subject_id.eq(id.uuid())).exec(connection).await?;
    let rows: Vec<ActiveModel> = terms
        .into_iter()
        .map(|term| ActiveModel {
            subject_kind: ActiveValue::Set(I::KIND.as_str().to_owned()),
            term: ActiveValue::Set(term),
            subject_id: ActiveValue::Set(id.uuid()),
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// The condition that the record of this kind with this id has, for each word, a name with a word that begins so.
pub(crate) fn found_by<C: ColumnTrait>(kind: RecordKind, id: C, terms: &[String]) -> SimpleExpr {
    let found = terms.iter().map(|term| {
        let bearers = Query::select()
            .column(Column::SubjectId)
            .from(Entity)
            .and_where(Expr::col((Entity, Column::SubjectKind)).eq(kind.as_str()))
            .and_where(begins_with((Entity, Column::Term), term))
            .to_owned();
        id.in_subquery(bearers)
    });
    found.reduce(ExprTrait::and).unwrap_or_else(|| Expr::val(false).into())
}

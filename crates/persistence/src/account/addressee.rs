//! Whom mail can be sent to: accounts by their ids, and those who administer institutions; and what accounts are called.

use std::collections::HashMap;

use hemicycle_domain::{
    access::Role,
    account::{Addressee, EmailAddress},
    id::{AccountId, Id, PartnerId},
    text::Line,
};
use sea_orm::{
    ConnectionTrait, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{account, enabled, grant};
use crate::{
    dialect::is_one_of,
    fault::{Failure, StoreFault},
    json::parsed,
    scope::facts,
};

/// The most administrators that are told of one thing.
const MOST_TOLD: u64 = 500;

/// Those of these accounts that are not disabled.
pub(crate) async fn addressees(
    connection: &impl ConnectionTrait,
    accounts: &[AccountId],
) -> Result<Vec<Addressee>, Failure> {
    let backend = connection.get_database_backend();
    let ids = accounts.iter().map(|account| account.uuid());
    read(connection, enabled().filter(is_one_of(backend, account::Column::Id, ids))).await
}

/// Those who administer one of these institutions, at most 500 of them: accounts that are not disabled and that have
/// accepted their invitation.
pub(crate) async fn administrators_of(
    connection: &impl ConnectionTrait,
    partners: Vec<PartnerId>,
) -> Result<Vec<Addressee>, Failure> {
    let backend = connection.get_database_backend();
    let holders = Query::select()
        .column(grant::Column::AccountId)
        .from(grant::Entity)
        .and_where(Expr::col(grant::Column::RevokedAt).is_null())
        .and_where(Expr::col(grant::Column::Role).eq(Role::PartnerAdministrator.as_str()))
        .and_where(is_one_of(backend, grant::Column::PartnerId, partners.into_iter().map(Id::uuid)))
        .to_owned();
    let select = enabled()
        .filter(account::COLUMN.password_hash.ne(""))
        .filter(account::Column::Id.in_subquery(holders))
        .order_by_asc(account::COLUMN.id)
        .limit(MOST_TOLD);
    let found = read(connection, select).await?;
    if found.len() as u64 == MOST_TOLD {
        tracing::warn!(told = MOST_TOLD, "more administrators than are told of one thing");
    }
    Ok(found)
}

/// What these accounts are called, disabled ones too.
pub(crate) async fn display_names(
    connection: &impl ConnectionTrait,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<HashMap<AccountId, Line>, Failure> {
    let ids =
        is_one_of(connection.get_database_backend(), account::Column::Id, accounts.into_iter().map(Id::uuid));
    let names = facts::<account::Entity>()
        .select_only()
        .columns([account::Column::Id, account::Column::DisplayName])
        .filter(ids)
        .into_tuple::<(Uuid, String)>()
        .all(connection)
        .await?;
    let to_name = |(id, name): (Uuid, String)| {
        Ok((id.into(), parsed("account", "display_name", Line::parse("displayName", &name))?))
    };
    names.into_iter().map(to_name).collect()
}

pub(super) fn to_addressee(row: &account::Model) -> Result<Addressee, StoreFault> {
    Ok(Addressee {
        account: row.id.into(),
        email: parsed("account", "email", EmailAddress::parse("email", &row.email))?,
        display_name: parsed("account", "display_name", Line::parse("displayName", &row.display_name))?,
    })
}

async fn read(
    connection: &impl ConnectionTrait,
    select: Select<account::Entity>,
) -> Result<Vec<Addressee>, Failure> {
    let rows = select.all(connection).await?;
    Ok(rows.iter().map(to_addressee).collect::<Result<_, _>>()?)
}

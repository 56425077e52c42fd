//! Questions about service accounts.

use std::collections::HashMap;

use hemicycle_domain::{
    id::{Id, ServiceAccountId},
    page::{Direction, Page, PageRequest},
    service_account::ServiceAccount,
};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, entity::prelude::*};

use super::row::{place, secret, service_account, to_service_account};
use crate::{
    dialect::is_one_of,
    fault::Failure,
    keyset::{Key, Keyset},
    reading::Reading,
    scope::facts,
};

impl Reading {
    /// Finds a service account.
    pub async fn find_service_account(
        &self,
        id: ServiceAccountId,
    ) -> Result<Option<ServiceAccount>, Failure> {
        let select =
            self.select::<service_account::Entity>().filter(service_account::COLUMN.id.eq(id.uuid()));
        let rows = self.all(select).await?;
        Ok(self.with_what_they_have(rows).await?.pop())
    }

    /// Lists service accounts, revoked ones too, the oldest first.
    pub async fn list_service_accounts(&self, page: &PageRequest) -> Result<Page<ServiceAccount>, Failure> {
        let keyset = Keyset {
            name: "service_account.created_at",
            column: service_account::Column::CreatedAt,
            id: service_account::Column::Id,
            direction: Direction::Ascending,
            position: |row: &service_account::Model| (Key::At(row.created_at), row.id),
        };
        let select = self.select::<service_account::Entity>();
        let Page { rows, has_previous, has_next } = keyset.page(self.connection(), select, page).await?;
        let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let rows = cursors.into_iter().zip(self.with_what_they_have(rows).await?).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// Counts service accounts, revoked ones too.
    pub async fn count_service_accounts(&self) -> Result<u64, Failure> {
        Ok(self.select::<service_account::Entity>().count(self.connection()).await?)
    }

    /// Adds places and secrets to service accounts that the actor sees, in a statement for each.
    async fn with_what_they_have(
        &self,
        rows: Vec<service_account::Model>,
    ) -> Result<Vec<ServiceAccount>, Failure> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids = || rows.iter().map(|row| row.id);
        let select = facts::<place::Entity>().filter(is_one_of(
            self.backend(),
            place::Column::ServiceAccountId,
            ids(),
        ));
        let mut places: HashMap<Uuid, Vec<place::Model>> = HashMap::new();
        for place in self.all(select).await? {
            places.entry(place.service_account_id).or_default().push(place);
        }
        let select = facts::<secret::Entity>()
            .filter(is_one_of(self.backend(), secret::Column::ServiceAccountId, ids()))
            .order_by_asc(secret::COLUMN.created_at)
            .order_by_asc(secret::COLUMN.id);
        let mut secrets: HashMap<Uuid, Vec<secret::Model>> = HashMap::new();
        for secret in self.all(select).await? {
            secrets.entry(secret.service_account_id).or_default().push(secret);
        }
        let whole = rows.iter().map(|row| {
            let places = places.remove(&row.id).unwrap_or_default();
            let secrets = secrets.remove(&row.id).unwrap_or_default();
            Ok(to_service_account(row, &places, &secrets)?)
        });
        whole.collect()
    }
}

//! Accounts that are disabled, and enabled again.

use hemicycle_domain::{
    access::permit,
    account::{self, Account, AccountRefusal, Granting, LinkKind, SessionEnd},
    id::{AccountId, Id},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel, QueryFilter};

use super::row::account as account_row;
use crate::{fault::Failure, scope::facts, work::Work};

impl Work {
    /// Disables an account that one manages wholly, and is not one's own: its sessions end, and nothing that was sent
    /// or given to it lets it in. To disable it twice changes nothing.
    pub async fn disable_account(&mut self, id: AccountId) -> Result<Account, Failure> {
        let found = self.load_wholly_managed_account(id).await?;
        if self.actor.account() == Some(id) {
            return Err(AccountRefusal::OwnAccount.into());
        }
        if found.is_disabled {
            return Ok(found);
        }
        self.set_disabled(id, "account.disable", true).await?;
        for kind in LinkKind::ALL {
            self.spend_links(id, *kind).await?;
        }
        self.spend_challenges(id).await?;
        self.end_all_sessions(id, None, SessionEnd::Disabled).await?;
        self.load_account(id).await
    }

    /// Lets an account that one manages wholly sign in again. To enable it twice changes nothing.
    pub async fn enable_account(&mut self, id: AccountId) -> Result<Account, Failure> {
        let found = self.load_wholly_managed_account(id).await?;
        if !found.is_disabled {
            return Ok(found);
        }
        self.set_disabled(id, "account.enable", false).await?;
        self.load_account(id).await
    }

    /// Loads an account over all of whose roles one may decide: who manages the accounts of one institution has no say
    /// over someone who holds a role elsewhere, too.
    pub(super) async fn load_wholly_managed_account(&self, id: AccountId) -> Result<Account, Failure> {
        self.load_managed_account(id).await?;
        let found = self.load_account(id).await?;
        permit::<account::Manage>(&self.actor, &found)?;
        for (_, grant) in &found.grants {
            let granting = Granting { account: id, whereabouts: self.whereabouts_of(grant.place).await? };
            permit::<account::ManageAt>(&self.actor, &granting)?;
        }
        Ok(found)
    }

    async fn set_disabled(
        &mut self,
        id: AccountId,
        action: &'static str,
        is_disabled: bool,
    ) -> Result<(), Failure> {
        let select = facts::<account_row::Entity>().filter(account_row::COLUMN.id.eq(id.uuid()));
        let before = select.one(&self.transaction).await?.ok_or(Failure::NotFound(AccountId::KIND))?;
        let mut row = before.clone().into_active_model();
        row.version = Set(before.version + 1);
        row.disabled_at = Set(is_disabled.then_some(self.now));
        let row = row.update(&self.transaction).await?;
        self.record(action, id, None, Some(&before), Some(&row)).await
    }
}

//! Signing in and staying signed in: the facts that `api` checks a password or a token against.
//!
//! These are the only questions that are asked before there is an actor.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use hemicycle_domain::{
    access::{Actor, Grant},
    account::{AccountRefusal, EmailAddress, PasswordHash, Refresh, RefreshToken, SESSION_LENGTH},
    id::{AccountId, Id},
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, Query},
};

use super::row::{account, grant, refresh_token, to_grant};
use crate::{
    dialect::{is_one_of, write_transaction},
    fault::Failure,
    scope::facts,
    store::Store,
    work::new_uuid,
};

/// What is needed to check a password.
#[derive(Debug, Clone)]
pub struct SignInFacts {
    /// The account.
    pub account: AccountId,
    /// The hash that the password must match.
    pub password: PasswordHash,
}

/// A refresh token as the store sees it: its hash, and nothing that could be presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionToken {
    /// The hash of the token.
    pub hash: String,
}

/// A session: what begins with a password and goes on, token by token, until it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(pub Uuid);

impl Store {
    /// Finds what a password is checked against; none for an unknown address or a disabled account.
    pub async fn sign_in_facts(&self, email: &EmailAddress) -> Result<Option<SignInFacts>, Failure> {
        let select = facts::<account::Entity>()
            .filter(account::COLUMN.email.eq(email.as_str()))
            .filter(account::COLUMN.disabled_at.is_null());
        let row = select.one(self.readers().keys()).await?;
        Ok(row.map(|row| SignInFacts { account: row.id.into(), password: PasswordHash(row.password_hash) }))
    }

    /// Reads who an account is now: its grants as of this moment. None if it is gone or disabled.
    ///
    /// The answer is kept in the process until a change of the account comes through the feed, a minute at most.
    pub async fn find_actor(&self, id: AccountId) -> Result<Option<Arc<Actor>>, Failure> {
        if let Some(actor) = self.actors().get(&id) {
            return Ok(Some(actor));
        }
        let actor = self.read_actor(id).await?.map(Arc::new);
        if let Some(actor) = &actor {
            self.actors().insert(id, Arc::clone(actor));
        }
        Ok(actor)
    }

    async fn read_actor(&self, id: AccountId) -> Result<Option<Actor>, Failure> {
        // Not from a replica: it could give back rights that were just taken, to be kept for a minute.
        let rows = facts::<account::Entity>()
            .filter(account::COLUMN.id.eq(id.uuid()))
            .filter(account::COLUMN.disabled_at.is_null())
            .limit(1)
            .all(self.feed_source())
            .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let grants = facts::<grant::Entity>()
            .filter(grant::COLUMN.account_id.eq(id.uuid()))
            .filter(grant::COLUMN.revoked_at.is_null())
            .order_by_asc(grant::COLUMN.id)
            .all(self.feed_source())
            .await?;
        let grants = grants.iter().map(to_grant).collect::<Result<Vec<Grant>, _>>()?;
        Ok(Some(Actor::Account { id, grants }))
    }

    /// Starts a session for an account whose password was right.
    pub async fn open_session(
        &self,
        account: AccountId,
        token: SessionToken,
        now: DateTime<Utc>,
    ) -> Result<SessionId, Failure> {
        let session = SessionId(new_uuid(now));
        insert_token(self.writer(), account, session, token, now).await?;
        Ok(session)
    }

    /// Exchanges a refresh token for the next one of its session.
    ///
    /// A token that was exchanged before ends the session for everyone who holds it.
    pub async fn rotate_session(
        &self,
        presented: &SessionToken,
        next: SessionToken,
        now: DateTime<Utc>,
    ) -> Result<(AccountId, SessionId), Failure> {
        let transaction = self.writer().begin_with_options(write_transaction()).await?;
        let select =
            facts::<refresh_token::Entity>().filter(refresh_token::COLUMN.token_hash.eq(&presented.hash));
        let row = select.one(&transaction).await?.ok_or(AccountRefusal::SessionEnded)?;
        let token =
            RefreshToken { expires_at: row.expires_at, used_at: row.used_at, revoked_at: row.revoked_at };
        match token.presented(now) {
            Refresh::Refuse => Err(AccountRefusal::SessionEnded.into()),
            Refresh::EndSession => {
                revoke(&transaction, row.session_id, now).await?;
                transaction.commit().await?;
                Err(AccountRefusal::SessionEnded.into())
            }
            Refresh::Rotate => {
                // The condition decides between two who present the same token at once.
                let (account, session, id) = (row.account_id.into(), SessionId(row.session_id), row.id);
                let claimed = claim(&transaction, id, now).await?;
                if !claimed {
                    return Err(AccountRefusal::SessionEnded.into());
                }
                insert_token(&transaction, account, session, next, now).await?;
                transaction.commit().await?;
                Ok((account, session))
            }
        }
    }

    /// Which of these sessions have not ended, and are of accounts that are not disabled.
    ///
    /// It is read where the sessions are written: a replica may not know a new one yet.
    pub async fn sessions_that_go_on(
        &self,
        sessions: impl IntoIterator<Item = SessionId>,
    ) -> Result<HashSet<SessionId>, Failure> {
        let source = self.feed_source();
        let asked = sessions.into_iter().map(|session| session.0);
        let enabled = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(Expr::col(account::Column::DisabledAt).is_null())
            .to_owned();
        let going_on: Vec<Uuid> = facts::<refresh_token::Entity>()
            .select_only()
            .column(refresh_token::Column::SessionId)
            .distinct()
            .filter(is_one_of(source.get_database_backend(), refresh_token::Column::SessionId, asked))
            .filter(refresh_token::COLUMN.revoked_at.is_null())
            .filter(refresh_token::Column::AccountId.in_subquery(enabled))
            .into_tuple()
            .all(source)
            .await?;
        Ok(going_on.into_iter().map(SessionId).collect())
    }

    /// Ends the session that a refresh token belongs to; an unknown token ends nothing.
    pub async fn end_session(&self, presented: &SessionToken, now: DateTime<Utc>) -> Result<(), Failure> {
        let select =
            facts::<refresh_token::Entity>().filter(refresh_token::COLUMN.token_hash.eq(&presented.hash));
        if let Some(row) = select.one(self.writer()).await? {
            revoke(self.writer(), row.session_id, now).await?;
        }
        Ok(())
    }
}

async fn insert_token(
    connection: &impl ConnectionTrait,
    account: AccountId,
    session: SessionId,
    token: SessionToken,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let row = refresh_token::Model {
        id: new_uuid(now),
        account_id: account.uuid(),
        session_id: session.0,
        token_hash: token.hash,
        created_at: now,
        expires_at: now + SESSION_LENGTH,
        used_at: None,
        revoked_at: None,
    };
    row.into_active_model().insert(connection).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "refresh tokens have no scope: who presents one holds it")]
async fn claim(connection: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<bool, Failure> {
    let updated = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::val(now))
        .filter(refresh_token::COLUMN.id.eq(id))
        .filter(refresh_token::COLUMN.used_at.is_null())
        .exec(connection)
        .await?;
    Ok(updated.rows_affected == 1)
}

#[expect(clippy::disallowed_methods, reason = "refresh tokens have no scope: who presents one holds it")]
async fn revoke(connection: &impl ConnectionTrait, session: Uuid, now: DateTime<Utc>) -> Result<(), Failure> {
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::RevokedAt, Expr::val(now))
        .filter(refresh_token::COLUMN.session_id.eq(session))
        .exec(connection)
        .await?;
    Ok(())
}

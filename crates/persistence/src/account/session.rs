//! Signing in and staying signed in: the facts that `api` checks a password or a token against.
//!
//! These are the only questions that are asked before there is an actor.

use std::{collections::HashSet, net::IpAddr, sync::Arc};

use chrono::{DateTime, SubsecRound, Utc};
use hemicycle_domain::{
    access::{Actor, Grant},
    account::{
        AccountRefusal, EmailAddress, PasswordHash, Refresh, RefreshToken, SESSION_LENGTH, SessionEnd,
        Visitor,
    },
    id::{AccountId, AccountSessionId, Id},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    Condition, ConnectionTrait, DatabaseTransaction, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{Expr, ExprTrait, LockType, Query},
};

use super::{
    person::person_of,
    row::{account, account_session, enabled, enabled_account, grant, refresh_token, to_grant},
};
use crate::{
    change::{self, Author, Change},
    dialect::{begin, is_one_of},
    fault::Failure,
    glass_break,
    json::to_json,
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

impl Store {
    /// Finds what a password is checked against; none for an unknown address or a disabled account.
    pub async fn sign_in_facts(&self, email: &EmailAddress) -> Result<Option<SignInFacts>, Failure> {
        let select = enabled().filter(account::COLUMN.email.eq(email.as_str()));
        let row = select.one(self.readers().keys()).await?;
        let facts =
            row.map(|row| SignInFacts { account: row.id.into(), password: PasswordHash(row.password_hash) });
        // Who was invited and has chosen no password yet is nobody.
        Ok(facts.filter(|facts| facts.password.is_some()))
    }

    /// Reads who an account is now, in one of its sessions; none if the session has ended too.
    pub async fn find_actor_in_session(
        &self,
        id: AccountId,
        session: AccountSessionId,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Actor>>, Failure> {
        if self.goes_on(id, session).await? { self.find_actor(id, now).await } else { Ok(None) }
    }

    /// Reads who an account is now: its grants as of this moment. None if it is gone or disabled.
    ///
    /// The answer is kept in the process until a change of the account comes through the feed, some seconds at most.
    /// What was open to it for a time is over at its second all the same.
    pub async fn find_actor(&self, id: AccountId, now: DateTime<Utc>) -> Result<Option<Arc<Actor>>, Failure> {
        let kept = &self.kept().actors;
        if let Some(actor) = kept.get(&id) {
            return Ok(Some(actor.at(now).map_or(actor, Arc::new)));
        }
        let moment = kept.moment();
        let actor = self.read_actor(id, now).await?.map(Arc::new);
        if let Some(actor) = &actor {
            kept.keep(id, Arc::clone(actor), moment);
        }
        Ok(actor)
    }

    /// Whether this session of the account has not ended.
    async fn goes_on(&self, account: AccountId, session: AccountSessionId) -> Result<bool, Failure> {
        let kept = &self.kept().sessions;
        if let Some(holder) = kept.get(&session) {
            return Ok(holder == account);
        }
        let moment = kept.moment();
        // Not from a replica, as below.
        let select = facts::<account_session::Entity>()
            .filter(account_session::COLUMN.id.eq(session.uuid()))
            .filter(account_session::COLUMN.account_id.eq(account.uuid()))
            .filter(account_session::COLUMN.ended_at.is_null())
            .limit(1);
        let goes_on = !select.all(self.feed_source()).await?.is_empty();
        if goes_on {
            kept.keep(session, account, moment);
        }
        Ok(goes_on)
    }

    async fn read_actor(&self, id: AccountId, now: DateTime<Utc>) -> Result<Option<Actor>, Failure> {
        // Not from a replica: it could give back rights that were just taken, to be kept for a minute.
        let rows = enabled_account(id.uuid()).limit(1).all(self.feed_source()).await?;
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
        let person = person_of(self.feed_source(), id).await?;
        let glass = glass_break::open_to(self.feed_source(), id, now).await?;
        Ok(Some(Actor::Account { id, grants, person, glass }))
    }

    /// Whether the account of this address has been here before, from this place.
    pub async fn is_known_from(&self, email: &EmailAddress, place: IpAddr) -> Result<bool, Failure> {
        let place = place.to_string();
        let holder = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(Expr::col(account::Column::Email).eq(email.as_str()))
            .to_owned();
        let from = Condition::any()
            .add(account_session::COLUMN.opened_from.eq(place.as_str()))
            .add(account_session::COLUMN.last_used_from.eq(place.as_str()));
        let select = facts::<account_session::Entity>()
            .filter(account_session::Column::AccountId.in_subquery(holder))
            .filter(from)
            .limit(1);
        Ok(!select.all(self.feed_source()).await?.is_empty())
    }

    /// Starts a session for an account that has proven itself.
    pub async fn open_session(
        &self,
        account: AccountId,
        token: SessionToken,
        from: Visitor,
        now: DateTime<Utc>,
    ) -> Result<AccountSessionId, Failure> {
        let now = now.trunc_subsecs(6);
        let transaction = begin(self.writer()).await?;
        // Who disables it waits, and ends this session then.
        let holder = enabled_account(account.uuid()).lock(LockType::Share);
        holder.one(&transaction).await?.ok_or(AccountRefusal::WrongCredentials)?;
        let address = from.address.map(|address| address.to_string());
        let row = account_session::Model {
            id: new_uuid(now),
            account_id: account.uuid(),
            opened_at: now,
            opened_from: address.clone(),
            user_agent: from.user_agent,
            last_used_at: now,
            last_used_from: address,
            ended_at: None,
            ended_why: None,
        };
        let row = row.into_active_model().insert(&transaction).await?;
        insert_token(&transaction, &row, token, now).await?;
        record(&transaction, "account_session.open", None, &row, now).await?;
        transaction.commit().await?;
        self.wake_feed();
        Ok(row.id.into())
    }

    /// Exchanges a refresh token for the next one of its session.
    ///
    /// A token that was exchanged before ends the session for everyone who holds it.
    pub async fn rotate_session(
        &self,
        presented: &SessionToken,
        next: SessionToken,
        from: &Visitor,
        now: DateTime<Utc>,
    ) -> Result<(AccountId, AccountSessionId), Failure> {
        let now = now.trunc_subsecs(6);
        let transaction = begin(self.writer()).await?;
        let found = find_token(&transaction, presented).await?;
        let (row, session) = found.ok_or(AccountRefusal::SessionEnded)?;
        let token =
            RefreshToken { expires_at: row.expires_at, used_at: row.used_at, revoked_at: session.ended_at };
        match token.presented(now) {
            Refresh::Refuse => Err(AccountRefusal::SessionEnded.into()),
            Refresh::EndSession => {
                self.end(transaction, session, SessionEnd::Copied, now).await?;
                Err(AccountRefusal::SessionEnded.into())
            }
            Refresh::Rotate => {
                // The condition decides between two who present the same token at once.
                let claimed = claim(&transaction, row.id, now).await?;
                if !claimed {
                    return Err(AccountRefusal::SessionEnded.into());
                }
                insert_token(&transaction, &session, next, now).await?;
                let (account, id) = (session.account_id.into(), session.id.into());
                let mut session = session.into_active_model();
                session.last_used_at = Set(now);
                session.last_used_from = Set(from.address.map(|address| address.to_string()));
                session.update(&transaction).await?;
                transaction.commit().await?;
                Ok((account, id))
            }
        }
    }

    /// Which of these sessions have not ended, and are of accounts that are not disabled.
    ///
    /// It is read where the sessions are written: a replica may not know a new one yet.
    pub async fn sessions_that_go_on(
        &self,
        sessions: impl IntoIterator<Item = AccountSessionId>,
    ) -> Result<HashSet<AccountSessionId>, Failure> {
        let source = self.feed_source();
        let asked = sessions.into_iter().map(Id::uuid);
        let enabled = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(Expr::col(account::Column::DisabledAt).is_null())
            .to_owned();
        let going_on: Vec<Uuid> = facts::<account_session::Entity>()
            .select_only()
            .column(account_session::Column::Id)
            .filter(is_one_of(source.get_database_backend(), account_session::Column::Id, asked))
            .filter(account_session::COLUMN.ended_at.is_null())
            .filter(account_session::Column::AccountId.in_subquery(enabled))
            .into_tuple()
            .all(source)
            .await?;
        Ok(going_on.into_iter().map(Into::into).collect())
    }

    /// Ends the session that a refresh token belongs to; an unknown token ends nothing.
    pub async fn end_session(&self, presented: &SessionToken, now: DateTime<Utc>) -> Result<(), Failure> {
        let now = now.trunc_subsecs(6);
        let transaction = begin(self.writer()).await?;
        match find_token(&transaction, presented).await? {
            Some((_, session)) if session.ended_at.is_none() => {
                self.end(transaction, session, SessionEnd::SignedOut, now).await
            }
            _ => Ok(()),
        }
    }

    async fn end(
        &self,
        transaction: DatabaseTransaction,
        session: account_session::Model,
        why: SessionEnd,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let id = session.id;
        let ended = ended(session.clone(), why, now).update(&transaction).await?;
        record(&transaction, "account_session.end", Some(&session), &ended, now).await?;
        transaction.commit().await?;
        self.kept().sessions.forget(&AccountSessionId::from(id));
        self.wake_feed();
        Ok(())
    }
}

/// A refresh token with its session.
async fn find_token(
    connection: &impl ConnectionTrait,
    presented: &SessionToken,
) -> Result<Option<(refresh_token::Model, account_session::Model)>, Failure> {
    let select =
        facts::<refresh_token::Entity>().filter(refresh_token::COLUMN.token_hash.eq(&presented.hash));
    let Some(token) = select.one(connection).await? else { return Ok(None) };
    let select = facts::<account_session::Entity>().filter(account_session::COLUMN.id.eq(token.session_id));
    Ok(select.one(connection).await?.map(|session| (token, session)))
}

/// The session as one that ended.
pub(super) fn ended(
    session: account_session::Model,
    why: SessionEnd,
    now: DateTime<Utc>,
) -> account_session::ActiveModel {
    let mut session = session.into_active_model();
    session.ended_at = Set(Some(now));
    session.ended_why = Set(Some(why.as_str().to_owned()));
    session
}

/// Writes into the change feed what its account did to a session.
async fn record(
    connection: &impl ConnectionTrait,
    action: &'static str,
    before: Option<&account_session::Model>,
    after: &account_session::Model,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let change = Change {
        action: action.to_owned(),
        subject_kind: AccountSessionId::KIND,
        subject_id: after.id,
        event: None,
        before: before.map(to_json),
        after: Some(to_json(after)),
    };
    let id = after.account_id.into();
    let actor = Actor::Account { id, grants: Vec::new(), person: None, glass: Vec::new() };
    change::record(connection, vec![(Author::new(&actor, now), change)]).await?;
    Ok(())
}

async fn insert_token(
    connection: &impl ConnectionTrait,
    session: &account_session::Model,
    token: SessionToken,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let row = refresh_token::Model {
        id: new_uuid(now),
        account_id: session.account_id,
        session_id: session.id,
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

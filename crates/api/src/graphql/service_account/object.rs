//! A service account, as clients see it, and the questions about service accounts.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::Utc;
use hemicycle_domain::{access, access::Place, service_account as domain};

use crate::graphql::{
    account::{PlaceKind, place_parts},
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    scalar::{CountryCode, DateTime},
};

/// A part of what a service account may, by name.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "access::ServiceScope")]
pub(crate) enum ServiceScope {
    /// `events:read`: reads what is published: partners, programs, agreements, territories, sources, and events past the
    /// draft.
    EventsRead,
    /// `drafts:read`: reads drafts of events, too.
    DraftsRead,
    /// `reach:read`: reads counts of people and counted reach, without anybody's name.
    ReachRead,
    /// `registrations:read`: reads the names, positions, roles, registrations and attendance of people.
    RegistrationsRead,
    /// `contacts:read`: reads the e-mail addresses and telephone numbers of people, beside their registrations.
    ContactsRead,
    /// `demographics:read`: reads the sex and the birth years of people, beside their registrations.
    DemographicsRead,
    /// `results:read`: reads the test results of people, beside their registrations.
    ResultsRead,
    /// `events:write`: plans events, changes them and moves them through their life cycle.
    EventsWrite,
    /// `registrations:write`: registers people, forms delegations, cancels registrations.
    RegistrationsWrite,
    /// `headcounts:write`: reports headcounts.
    HeadcountsWrite,
}

/// A place where a service account may what its scopes name.
#[derive(SimpleObject)]
pub(crate) struct ServiceAccountPlace {
    /// What kind of place it is.
    place_kind: PlaceKind,
    /// The country, where the place is one.
    country: Option<CountryCode>,
    /// The id of the partner, program or event, where the place is one.
    place_id: Option<ID>,
}

impl ServiceAccountPlace {
    fn new(place: Place) -> Self {
        let (place_kind, country, place_id) = place_parts(place);
        Self { place_kind, country, place_id }
    }
}

/// A secret of a service account: all but the secret itself, which is shown once when it is made.
#[derive(SimpleObject)]
pub(crate) struct ClientSecret {
    /// The global id, by which it can be withdrawn.
    id: ID,
    /// When it was made.
    created_at: DateTime,
    /// When it stops being good.
    expires_at: DateTime,
    /// When it was withdrawn before its time; null where it was not.
    withdrawn_at: Option<DateTime>,
    /// When it, or a token that it was exchanged for, was used last, to the minute or so; null where it never was.
    last_used_at: Option<DateTime>,
    /// Whether it is good at this moment.
    is_good: bool,
}

impl ClientSecret {
    fn new(secret: &domain::ClientSecret, now: chrono::DateTime<Utc>) -> Self {
        Self {
            id: id::global_id(secret.id),
            created_at: secret.created_at.into(),
            expires_at: secret.expires_at.into(),
            withdrawn_at: secret.withdrawn_at.map(Into::into),
            last_used_at: secret.last_used_at.map(Into::into),
            is_good: secret.is_good(now),
        }
    }
}

/// A system of an institution that signs in by itself, with named scopes at named places.
pub(crate) struct ServiceAccount {
    account: domain::ServiceAccount,
    now: chrono::DateTime<Utc>,
}

impl ServiceAccount {
    pub(crate) fn new(account: domain::ServiceAccount, now: chrono::DateTime<Utc>) -> Self {
        Self { account, now }
    }
}

/// A system of an institution that signs in by itself, with named scopes at named places.
#[Object]
impl ServiceAccount {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.account.id)
    }

    /// The `client_id` by which it asks for tokens at `/oauth/token`.
    async fn client_id(&self) -> String {
        self.account.id.to_string()
    }

    /// How often it was changed; that it was used is no change.
    async fn version(&self) -> i64 {
        self.account.version
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime {
        self.account.created_at.into()
    }

    /// What its people call it, such as the system that it is.
    async fn name(&self) -> &str {
        self.account.plan.name.as_str()
    }

    /// What it may.
    async fn scopes(&self) -> Vec<ServiceScope> {
        self.account.plan.scopes.iter().map(Into::into).collect()
    }

    /// What it may, as the `scope` of OAuth: the names with blanks between them.
    async fn scope(&self) -> String {
        self.account.plan.scopes.to_string()
    }

    /// Where it may that.
    async fn places(&self) -> Vec<ServiceAccountPlace> {
        self.account.plan.places.iter().copied().map(ServiceAccountPlace::new).collect()
    }

    /// Its secrets, the oldest first, those that ended too.
    async fn secrets(&self) -> Vec<ClientSecret> {
        self.account.secrets.iter().map(|secret| ClientSecret::new(secret, self.now)).collect()
    }

    /// When it was used last, by whichever of its secrets, to the minute or so; null where it never was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.account.secrets.iter().filter_map(|secret| secret.last_used_at).max().map(Into::into)
    }

    /// When it was revoked; null where it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.account.revoked.as_ref().map(|revoked| revoked.at.into())
    }

    /// Why it was revoked.
    async fn revoked_reason(&self) -> Option<&str> {
        self.account.revoked.as_ref().map(|revoked| revoked.reason.as_str())
    }
}

#[derive(Default)]
pub struct ServiceAccountQuery;

#[Object]
impl ServiceAccountQuery {
    /// The service account that asks; null where no service account asks.
    async fn this_service_account(&self, ctx: &Context<'_>) -> Nullable<ServiceAccount> {
        let id = ctx.request().actor.service_account()?;
        let found = async {
            let found = ctx.reading()?.find_service_account(id).await?;
            Ok::<_, ApiError>(found.map(|account| ServiceAccount::new(account, ctx.now())))
        };
        nullable(found.await)
    }

    /// Lists the service accounts that you manage, revoked ones too, the oldest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn service_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<ServiceAccount>, ApiError> {
        let rows = ctx.reading()?.list_service_accounts(&page(first, after, last, before)?).await?;
        let now = ctx.now();
        let wrap = move |account| ServiceAccount::new(account, now);
        Ok(connection(rows, wrap, |reading| async move { reading.count_service_accounts().await }))
    }
}

//! Accounts: signing in and out, who one is, and what roles one holds.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    access::{self, Grant as DomainGrant, Place},
    account::{self, AccountRefusal, EmailAddress, NewAccount, check_password},
    id::AccountId,
    problem::{Fault, Invalid},
    text::Line,
};
use hemicycle_persistence::{Failure, SessionId};

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    payload::{UserError, payload, settle},
    scalar::{CountryCode, DateTime},
};
use crate::sign_in::{Principal, hash_password, new_refresh_token, refresh_token_hash};

/// What an account is to a place.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "access::Role")]
pub(crate) enum Role {
    /// Runs the platform: reference data, partners, accounts; sees everything.
    PlatformAdministrator,
    /// Runs programs for an international office: their figures, no personal data.
    InternationalProgramOfficer,
    /// Coordinates the work in one country.
    CountryCoordinator,
    /// Runs an institution that hosts events, with its branches.
    PartnerAdministrator,
    /// Runs events: timetable, roster, check-in, figures.
    EventManager,
    /// Trains or speaks at an event. It cannot be granted: it follows from the registration of the account's person.
    Trainer,
    /// Checks people in at the door.
    CheckInOperator,
    /// Reads figures, and nobody's name.
    Analyst,
    /// Reads what is published.
    Viewer,
    /// Is a person whom the records are about. It cannot be granted: it follows from whose account it is.
    Participant,
    /// Reads the audit trail, and nobody's personal data.
    Auditor,
    /// Is a system of an institution. It cannot be granted: such a system is no account.
    ServiceAccount,
    /// Is a phone at the doors of its events. It cannot be granted: it follows from its enrolment.
    Device,
}

/// What kind of place a role is held at.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceKind {
    /// Everywhere.
    Platform,
    /// All that belongs to a country.
    Country,
    /// An institution with its branches: what it hosts, and itself.
    Partner,
    /// A program with its events.
    Program,
    /// One event.
    Event,
}

/// A role held at a place.
#[derive(SimpleObject)]
pub(crate) struct Grant {
    /// The global id, by which it can be revoked.
    id: ID,
    /// What the holder is.
    role: Role,
    /// What kind of place it is held at.
    place_kind: PlaceKind,
    /// The country, where the place is one.
    country: Option<CountryCode>,
    /// The id of the partner, program or event, where the place is one.
    place_id: Option<ID>,
}

impl Grant {
    fn new(id: hemicycle_domain::id::GrantId, grant: DomainGrant) -> Self {
        let (place_kind, country, place_id) = match grant.place {
            Place::Platform => (PlaceKind::Platform, None, None),
            Place::Country(country) => (PlaceKind::Country, Some(country.into()), None),
            Place::Partner(partner) => (PlaceKind::Partner, None, Some(id::global_id(partner))),
            Place::Program(program) => (PlaceKind::Program, None, Some(id::global_id(program))),
            Place::Event(event) => (PlaceKind::Event, None, Some(id::global_id(event))),
        };
        Self { id: id::global_id(id), role: grant.role.into(), place_kind, country, place_id }
    }
}

/// Someone who signs in.
pub(crate) struct Account(pub(crate) account::Account);

/// Someone who signs in.
#[Object]
impl Account {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The e-mail address by which it signs in.
    async fn email(&self) -> &str {
        self.0.email.as_str()
    }

    /// The name to show.
    async fn display_name(&self) -> &str {
        self.0.display_name.as_str()
    }

    /// Whether it is disabled: kept, and unable to sign in.
    async fn is_disabled(&self) -> bool {
        self.0.is_disabled
    }

    /// The roles it holds, and where.
    async fn grants(&self) -> Vec<Grant> {
        self.0.grants.iter().map(|(id, grant)| Grant::new(*id, *grant)).collect()
    }
}

#[derive(Default)]
pub struct AccountQuery;

#[Object]
impl AccountQuery {
    /// The account that asks; null where nobody has signed in.
    async fn me(&self, ctx: &Context<'_>) -> Nullable<Account> {
        let id = ctx.request().actor.account()?;
        let found = async { Ok::<_, ApiError>(ctx.reading()?.find_account(id).await?.map(Account)) };
        nullable(found.await)
    }

    /// Lists the accounts that you manage, and your own, the oldest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
    ) -> Result<Connection<Account>, ApiError> {
        let rows = ctx.reading()?.list_accounts(&page(first, after, last, before)?).await?;
        Ok(connection(rows, Account, |reading| async move { reading.count_accounts().await }))
    }
}

/// Who signs in.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// The e-mail address of the account.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A refresh token of a session.
#[derive(InputObject)]
pub(crate) struct RefreshSessionInput {
    /// The refresh token, good for one use.
    pub refresh_token: String,
}

/// A session: an access token of some minutes, and a refresh token for the next one.
#[derive(SimpleObject, Default)]
pub(crate) struct SessionPayload {
    /// The access token: send it as `Authorization: Bearer …`. Null if there are errors.
    access_token: Option<String>,
    /// When the access token stops being good.
    access_token_expires_at: Option<DateTime>,
    /// The refresh token: exchange it once, by `refreshSession`, for a new pair. Null if there are errors.
    refresh_token: Option<String>,
    /// Why there is no session; empty if there is one.
    errors: Vec<UserError>,
}

/// The outcome of `signOut`.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// Whether the session is over; it always is.
    done: bool,
    /// Always empty: an unknown token ends nothing and is no error.
    errors: Vec<UserError>,
}

/// A role at a place.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct GrantInput {
    /// What the holder is to be.
    pub role: Role,
    /// What kind of place it is held at.
    pub place_kind: PlaceKind,
    /// The country, where the place is one.
    pub country: Option<CountryCode>,
    /// The id of the partner, program or event, where the place is one.
    pub place_id: Option<ID>,
}

impl GrantInput {
    fn parse(&self) -> Result<DomainGrant, Invalid> {
        let id =
            || self.place_id.as_ref().ok_or(Invalid::new("placeId", Fault::NeededBy { other: "placeKind" }));
        let country =
            || self.country.as_ref().ok_or(Invalid::new("country", Fault::NeededBy { other: "placeKind" }));
        let place = match self.place_kind {
            PlaceKind::Platform => Place::Platform,
            PlaceKind::Country => Place::Country(country()?.country("country")?),
            PlaceKind::Partner => Place::Partner(id::parse("placeId", id()?)?),
            PlaceKind::Program => Place::Program(id::parse("placeId", id()?)?),
            PlaceKind::Event => Place::Event(id::parse("placeId", id()?)?),
        };
        Ok(DomainGrant { role: self.role.into(), place })
    }
}

/// An account to be opened.
#[derive(InputObject)]
pub(crate) struct CreateAccountInput {
    /// The e-mail address by which it signs in.
    pub email: String,
    /// The name to show.
    pub display_name: String,
    /// The password; at least 12 characters.
    pub password: String,
    /// The roles it starts with; at least one.
    pub grants: Vec<GrantInput>,
}

/// A role to be granted.
#[derive(InputObject)]
pub(crate) struct GrantRoleInput {
    /// The account.
    pub account_id: ID,
    /// The role, and where it is held.
    pub grant: GrantInput,
}

/// A role to be taken back.
#[derive(InputObject)]
pub(crate) struct RevokeGrantInput {
    /// The grant.
    pub grant_id: ID,
}

payload! {
    /// The outcome of `createAccount`.
    CreateAccountPayload {
        /// The new account.
        account: Account
    }
}

payload! {
    /// The outcome of `grantRole`.
    GrantRolePayload {
        /// The account as it is now.
        account: Account
    }
}

payload! {
    /// The outcome of `revokeGrant`.
    RevokeGrantPayload {
        /// The account as it is now.
        account: Account
    }
}

#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Signs in by address and password. Needs no token.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SignInInput,
    ) -> Result<SessionPayload, ApiError> {
        let services = ctx.services();
        // A malformed address is as wrong as an unknown one, and no more is told.
        let facts = match EmailAddress::parse("email", &input.email) {
            Ok(email) => services.store.sign_in_facts(&email).await?,
            Err(_) => None,
        };
        let account = facts.as_ref().map(|facts| facts.account);
        let hash = facts.map(|facts| facts.password);
        let is_right = services.passwords.is_right(input.password, hash).await?;
        match account.filter(|_| is_right) {
            Some(account) => {
                let (refresh_token, kept) = new_refresh_token();
                let session = services.store.open_session(account, kept, ctx.now()).await?;
                tokens(ctx, account, session, refresh_token).await
            }
            None => refused(Failure::from(AccountRefusal::WrongCredentials)),
        }
    }

    /// Exchanges a refresh token for a new session. A token used twice ends the session for every holder.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshSessionInput,
    ) -> Result<SessionPayload, ApiError> {
        let (refresh_token, kept) = new_refresh_token();
        let presented = refresh_token_hash(&input.refresh_token);
        match ctx.services().store.rotate_session(&presented, kept, ctx.now()).await {
            Ok((account, session)) => tokens(ctx, account, session, refresh_token).await,
            Err(failure) => refused(failure),
        }
    }

    /// Ends the session of a refresh token.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RefreshSessionInput,
    ) -> Result<SignOutPayload, ApiError> {
        ctx.services().store.end_session(&refresh_token_hash(&input.refresh_token), ctx.now()).await?;
        Ok(SignOutPayload { done: true, errors: Vec::new() })
    }

    /// Opens an account with its first roles.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: CreateAccountInput,
    ) -> Nullable<CreateAccountPayload> {
        if ctx.request().actor.is_anonymous() {
            return Some(Err(ApiError::Unauthenticated));
        }
        let password = input.password.clone();
        let hashed =
            check_password(&password).map(|()| tokio::task::spawn_blocking(move || hash_password(&password)));
        let created = match hashed {
            Err(invalid) => Err(Failure::from(invalid)),
            Ok(hashing) => {
                let password = match hashing.await {
                    Ok(Ok(hash)) => hash,
                    Ok(Err(fault)) => return Some(Err(fault.into())),
                    Err(_) => {
                        return Some(Err(ApiError::Internal("the hashing of a password panicked".into())));
                    }
                };
                ctx.write(async |work| work.create_account(parse_account(&input, password)?).await).await
            }
        };
        CreateAccountPayload::from_outcome(created, Account)
    }

    /// Grants an account a role at a place.
    async fn grant_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: GrantRoleInput,
    ) -> Nullable<GrantRolePayload> {
        let granted = ctx.write(async |work| {
            let grant = input.grant.parse().map_err(|fault| fault.within("grant"))?;
            work.grant_role(id::parse("accountId", &input.account_id)?, grant).await
        });
        GrantRolePayload::from_outcome(granted.await, Account)
    }

    /// Takes a role back.
    async fn revoke_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The grant.")] input: RevokeGrantInput,
    ) -> Nullable<RevokeGrantPayload> {
        let revoked = ctx.write(async |work| work.revoke_grant(id::parse("grantId", &input.grant_id)?).await);
        RevokeGrantPayload::from_outcome(revoked.await, Account)
    }
}

fn parse_account(input: &CreateAccountInput, password: account::PasswordHash) -> Result<NewAccount, Invalid> {
    let grants = input.grants.iter().enumerate();
    let grants = grants.map(|(index, grant)| grant.parse().map_err(|e| e.within(index).within("grants")));
    Ok(NewAccount {
        email: EmailAddress::parse("email", &input.email)?,
        display_name: Line::parse("displayName", &input.display_name)?,
        password,
        grants: grants.collect::<Result<_, _>>()?,
    })
}

async fn tokens(
    ctx: &Context<'_>,
    account: AccountId,
    session: SessionId,
    refresh_token: String,
) -> Result<SessionPayload, ApiError> {
    let principal = Principal::Account(account, session);
    let (access_token, expires_at) = ctx.services().tokens.issue(principal, ctx.now()).await?;
    Ok(SessionPayload {
        access_token: Some(access_token),
        access_token_expires_at: Some(expires_at.into()),
        refresh_token: Some(refresh_token),
        errors: Vec::new(),
    })
}

fn refused(failure: Failure) -> Result<SessionPayload, ApiError> {
    let (_, errors) = settle::<()>(Err(failure))?;
    Ok(SessionPayload { errors, ..SessionPayload::default() })
}

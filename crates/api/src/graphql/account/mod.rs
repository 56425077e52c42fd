//! Accounts: who one is, and what roles one holds. Signing in and sessions have files of their own.

mod life;
mod link;
mod provider;
mod second_factor;
mod session;
mod sign_in;

pub use life::LifeMutation;
pub use link::LinkMutation;
use provider::LinkedIdentity;
pub use provider::{ProviderMutation, ProviderQuery};
pub use second_factor::SecondFactorMutation;
pub use session::{SessionMutation, SessionQuery};
pub use sign_in::SignInMutation;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    access::{self, Grant as DomainGrant, Place},
    account::{self, EmailAddress, NewAccount, check_password},
    problem::{Fault, Invalid},
    text::Line,
};

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    payload::payload,
    scalar::{CountryCode, DateTime},
};

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
        let (place_kind, country, place_id) = place_parts(grant.place);
        Self { id: id::global_id(id), role: grant.role.into(), place_kind, country, place_id }
    }
}

/// A place as objects show it: its kind, and the field that the kind asks for.
pub(in crate::graphql) fn place_parts(place: Place) -> (PlaceKind, Option<CountryCode>, Option<ID>) {
    match place {
        Place::Platform => (PlaceKind::Platform, None, None),
        Place::Country(country) => (PlaceKind::Country, Some(country.into()), None),
        Place::Partner(partner) => (PlaceKind::Partner, None, Some(id::global_id(partner))),
        Place::Program(program) => (PlaceKind::Program, None, Some(id::global_id(program))),
        Place::Event(event) => (PlaceKind::Event, None, Some(id::global_id(event))),
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

    /// Whether its invitation was not accepted yet: it has no password and never signed in with a provider.
    async fn is_invited(&self) -> bool {
        self.0.is_invited
    }

    /// Since when it is asked for a second factor at each sign-in; null if it has none.
    async fn second_factor_since(&self) -> Option<DateTime> {
        self.0.second_factor_since.map(Into::into)
    }

    /// The identities of providers by which it is signed in to, in the order in which they were linked.
    #[graphql(complexity = "5 * child_complexity")]
    async fn identities(&self, ctx: &Context<'_>) -> Result<Vec<LinkedIdentity>, ApiError> {
        provider::of_account(ctx, self.0.id).await
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
        let place =
            PlaceInput { kind: self.place_kind, country: self.country.as_ref(), id: self.place_id.as_ref() };
        Ok(DomainGrant { role: self.role.into(), place: place.parse()? })
    }
}

/// A place, as inputs name it: its kind, and the field that the kind asks for.
pub(in crate::graphql) struct PlaceInput<'a> {
    pub(in crate::graphql) kind: PlaceKind,
    pub(in crate::graphql) country: Option<&'a CountryCode>,
    pub(in crate::graphql) id: Option<&'a ID>,
}

impl PlaceInput<'_> {
    pub(in crate::graphql) fn parse(&self) -> Result<Place, Invalid> {
        let id = || self.id.ok_or(Invalid::new("placeId", Fault::NeededBy { other: "placeKind" }));
        let country = || self.country.ok_or(Invalid::new("country", Fault::NeededBy { other: "placeKind" }));
        Ok(match self.kind {
            PlaceKind::Platform => Place::Platform,
            PlaceKind::Country => Place::Country(country()?.country("country")?),
            PlaceKind::Partner => Place::Partner(id::parse("placeId", id()?)?),
            PlaceKind::Program => Place::Program(id::parse("placeId", id()?)?),
            PlaceKind::Event => Place::Event(id::parse("placeId", id()?)?),
        })
    }
}

/// An account to be opened.
#[derive(InputObject)]
pub(crate) struct CreateAccountInput {
    /// The e-mail address by which it signs in.
    pub email: String,
    /// The name to show.
    pub display_name: String,
    /// The password; at least 12 characters, and not easy to guess from the address, the name or a dictionary.
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
    /// Opens an account with its first roles.
    async fn create_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: CreateAccountInput,
    ) -> Nullable<CreateAccountPayload> {
        if ctx.request().actor.is_anonymous() {
            return Some(Err(ApiError::Unauthenticated));
        }
        let created = match new_password(&input) {
            Err(invalid) => Err(invalid.into()),
            Ok(password) => match ctx.services().passwords.hash(password).await {
                Err(fault) => return Some(Err(fault.into())),
                Ok(hash) => {
                    let parts = NewAccountParts {
                        email: &input.email,
                        display_name: &input.display_name,
                        grants: &input.grants,
                    };
                    ctx.write(async |work| work.create_account(parts.parse(hash)?).await).await
                }
            },
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

/// The password, if it is good enough for whom it is meant.
fn new_password(input: &CreateAccountInput) -> Result<String, Invalid> {
    let email = EmailAddress::parse("email", &input.email)?;
    check_password("password", &input.password, &[email.as_str(), &input.display_name])?;
    Ok(input.password.clone())
}

/// What is said of an account that is to be opened.
struct NewAccountParts<'a> {
    email: &'a str,
    display_name: &'a str,
    grants: &'a [GrantInput],
}

impl NewAccountParts<'_> {
    fn parse(&self, password: account::PasswordHash) -> Result<NewAccount, Invalid> {
        let grants = self.grants.iter().enumerate();
        let grants = grants.map(|(index, grant)| grant.parse().map_err(|e| e.within(index).within("grants")));
        Ok(NewAccount {
            email: EmailAddress::parse("email", self.email)?,
            display_name: Line::parse("displayName", self.display_name)?,
            password,
            grants: grants.collect::<Result<_, _>>()?,
        })
    }
}

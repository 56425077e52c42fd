//! Inputs by which service accounts are opened, changed, given secrets and revoked, and how they are read.

use async_graphql::{ID, InputObject};
use hemicycle_domain::{
    access::Place,
    problem::Invalid,
    service_account::{ServiceAccountChange, ServiceAccountPlan},
    text::Line,
};

use super::object::ServiceScope;
use crate::graphql::{
    account::{PlaceInput, PlaceKind},
    scalar::{CountryCode, DateTime},
};

/// A place where a service account is to have its scopes.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ServiceAccountPlaceInput {
    /// What kind of place it is.
    pub place_kind: PlaceKind,
    /// The country, where the place is one.
    pub country: Option<CountryCode>,
    /// The id of the partner, program or event, where the place is one.
    pub place_id: Option<ID>,
}

/// A service account to be opened.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CreateServiceAccountInput {
    /// What its people call it, such as the system that it is.
    pub name: String,
    /// What it may; at least one scope. You can give what you may yourself at each of the places.
    pub scopes: Vec<ServiceScope>,
    /// Where; at least one place, at most 50.
    pub places: Vec<ServiceAccountPlaceInput>,
    /// When its first secret stops being good, at most 366 days from now; left out for 180 days.
    pub secret_expires_at: Option<DateTime>,
}

/// What is to change of a service account. What is left out stays as it is.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ChangeServiceAccountInput {
    /// The service account.
    pub service_account_id: ID,
    /// The version that you read; left out to change whatever version there is.
    pub expected_version: Option<i64>,
    /// What its people call it.
    pub name: Option<String>,
    /// What it may, in place of all that it might.
    pub scopes: Option<Vec<ServiceScope>>,
    /// Where, in place of all places that it had.
    pub places: Option<Vec<ServiceAccountPlaceInput>>,
}

/// A new secret for a service account, beside the one that it has.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RotateClientSecretInput {
    /// The service account.
    pub service_account_id: ID,
    /// When the new secret stops being good, at most 366 days from now; left out for 180 days.
    pub expires_at: Option<DateTime>,
    /// Until when the secret before goes on, at most 90 days from now and no longer than it would have; left out for
    /// 7 days.
    pub former_until: Option<DateTime>,
}

/// A secret that is to be good no more.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct WithdrawClientSecretInput {
    /// The secret, by its global id.
    pub client_secret_id: ID,
}

/// A service account that may do nothing any more.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct RevokeServiceAccountInput {
    /// The service account.
    pub service_account_id: ID,
    /// Why.
    pub reason: String,
}

impl CreateServiceAccountInput {
    pub(super) fn parse(&self) -> Result<ServiceAccountPlan, Invalid> {
        Ok(ServiceAccountPlan {
            name: Line::parse("name", &self.name)?,
            scopes: self.scopes.iter().copied().map(Into::into).collect(),
            places: places(&self.places)?,
        })
    }
}

impl ChangeServiceAccountInput {
    pub(super) fn parse(&self) -> Result<ServiceAccountChange, Invalid> {
        let scopes = self.scopes.as_ref();
        Ok(ServiceAccountChange {
            name: self.name.as_ref().map(|name| Line::parse("name", name)).transpose()?,
            scopes: scopes.map(|scopes| scopes.iter().copied().map(Into::into).collect()),
            places: self.places.as_ref().map(|given| places(given)).transpose()?,
        })
    }
}

fn places(given: &[ServiceAccountPlaceInput]) -> Result<Vec<Place>, Invalid> {
    let places = given.iter().enumerate().map(|(index, place)| {
        let ServiceAccountPlaceInput { place_kind, country, place_id } = place;
        let place = PlaceInput { kind: *place_kind, country: country.as_ref(), id: place_id.as_ref() };
        place.parse().map_err(|invalid| invalid.within(index).within("places"))
    });
    places.collect()
}

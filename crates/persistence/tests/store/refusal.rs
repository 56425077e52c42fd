//! What the cases look at when a command is turned down, and how they begin one that they go on with.

use std::sync::Arc;

use hemicycle_domain::{
    access::{Actor, Place, Role},
    problem::{Invalid, Problem},
};
use hemicycle_persistence::{Failure, Work};

use crate::fixture::{Fixture, country};

/// Begins a unit of work in which several things are tried.
pub(crate) async fn begin(fixture: &Fixture<'_>, actor: &Arc<Actor>) -> Work {
    fixture.store.begin(actor, fixture.now()).await.expect("the actor has signed in")
}

/// The coordinator of Uzbekistan.
pub(crate) fn coordinator(fixture: &Fixture<'_>) -> Arc<Actor> {
    fixture.account(Role::CountryCoordinator, Place::Country(country("UZ")))
}

/// The problem that a command was turned down for.
pub(crate) fn problem<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Problem {
    match outcome {
        Err(Failure::Problem(problem)) => problem,
        other => panic!("a problem was expected, and this came: {other:?}"),
    }
}

/// The field that a command was turned down for.
pub(crate) fn invalid<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Invalid {
    match problem(outcome) {
        Problem::Invalid(invalid) => invalid,
        other => panic!("a field was expected at fault, and this came: {other:?}"),
    }
}

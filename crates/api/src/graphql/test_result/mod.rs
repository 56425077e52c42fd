//! Test results: what people scored before and after an event, and months later.

mod input;
mod mutation;
mod object;

pub use mutation::TestResultMutation;
pub(crate) use object::{TestResult, of_registration};

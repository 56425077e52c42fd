//! Headcount reports: figures that sources give without a list of names, and how their parts add up.

mod input;
mod list;
mod mutation;
mod object;

pub use list::HeadcountReportQuery;
pub use mutation::HeadcountReportMutation;
pub(crate) use object::{
    HeadcountBasis, HeadcountMeasure, HeadcountQualifier, HeadcountReport, HeadcountState, HeadcountUnit,
    reports_of_event,
};

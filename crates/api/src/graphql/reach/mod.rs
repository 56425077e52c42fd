//! Reach: how many people were reached, counted from attendance and, beside it, as reported. Never mixed.

mod answer;
mod question;

pub use question::ReachQuery;

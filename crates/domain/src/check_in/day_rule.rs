//! The rule of days: how much of a day someone has to attend so that it counts. Programs set it, for funders' rules
//! differ and change.

use serde::{Deserialize, Serialize};

use crate::problem::{Fault, Invalid};

/// From which share of a day on it counts, half or whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRule {
    /// From this share of its hours on, in percent, a day counts half.
    pub half_from: u8,
    /// From this share of its hours on, in percent, a day counts whole.
    pub whole_from: u8,
    /// How many minutes a day has whose hours nobody has stated.
    pub nominal_minutes: u32,
}

impl Default for DayRule {
    /// Half of the hours make a day attended, a quarter half a day; a day has eight hours.
    fn default() -> Self {
        Self { half_from: 25, whole_from: 50, nominal_minutes: 480 }
    }
}

impl DayRule {
    /// Accepts shares of 1 to 100 percent, the half not above the whole, and a day of 1 minute to 24 hours.
    pub fn parse(half_from: i32, whole_from: i32, nominal_minutes: i32) -> Result<Self, Invalid> {
        let share = |field: &str, value: i32, maximum: i64| {
            let fault = Fault::OutOfRange { actual: value.into(), minimum: 1, maximum };
            let fits = (1..=maximum).contains(&i64::from(value));
            u8::try_from(value).ok().filter(|_| fits).ok_or_else(|| Invalid::new(field, fault))
        };
        let whole_from = share("wholeFrom", whole_from, 100)?;
        let half_from = share("halfFrom", half_from, whole_from.into())?;
        let fault = Fault::OutOfRange { actual: nominal_minutes.into(), minimum: 1, maximum: 24 * 60 };
        let nominal_minutes = u32::try_from(nominal_minutes)
            .ok()
            .filter(|minutes| (1..=24 * 60).contains(minutes))
            .ok_or_else(|| Invalid::new("nominalMinutes", fault))?;
        Ok(Self { half_from, whole_from, nominal_minutes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_days_names_what_cannot_be() {
        assert_eq!(DayRule::parse(25, 50, 480), Ok(DayRule::default()));
        for (rule, field) in [
            ((0, 50, 480), "halfFrom"),
            ((60, 50, 480), "halfFrom"),
            ((25, 101, 480), "wholeFrom"),
            ((25, 50, 0), "nominalMinutes"),
            ((25, 50, 1_441), "nominalMinutes"),
        ] {
            let refused = DayRule::parse(rule.0, rule.1, rule.2).unwrap_err();
            assert_eq!(refused.path, [field], "{rule:?}");
        }
    }
}

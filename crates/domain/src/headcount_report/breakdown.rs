//! How a reported total splits up by one dimension, and whether its parts add up.
//!
//! The comparison is computed and shown. Nothing corrects the total, and no part is made up to fill a gap.

use serde::{Deserialize, Serialize};

use super::amount::{Amount, in_range};
use crate::{
    id::{ParticipantCategoryId, PartnerId, TerritoryId},
    problem::{Fault, Invalid},
    text::LocalizedText,
    vocabulary::vocabulary,
};

vocabulary! {
    /// What a total is split by; one breakdown has one dimension.
    pub enum BreakdownDimension {
        /// By category of participants.
        Category = "category",
        /// By where they come from.
        Territory = "territory",
        /// By whom they represent.
        Institution = "institution",
        /// By sex.
        Sex = "sex",
        /// By anything else; the labels say what.
        Other = "other",
    }
}

/// A total split up by one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// What it is split by.
    pub dimension: BreakdownDimension,
    /// The parts, in the order of the source.
    pub parts: Vec<Part>,
    /// Whether the source names every part; an "and others" leaves the list open.
    pub is_complete: bool,
}

/// One part of a total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What the source calls it.
    pub label: LocalizedText,
    /// The category it is, in a breakdown by category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<ParticipantCategoryId>,
    /// The territory it is, in a breakdown by territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<TerritoryId>,
    /// The institution it is, in a breakdown by institution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerId>,
    /// How many; none where the source names the part without a number.
    pub value: Option<i64>,
}

/// Whether the parts of a breakdown add up to its total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartsMatch {
    /// They do.
    Matches,
    /// They do not.
    Differs {
        /// How much the parts exceed the total; negative where they fall short of it.
        difference: i64,
    },
    /// That cannot be said.
    NotComparable(NotComparable),
}

vocabulary! {
    /// Why parts and total cannot be compared.
    pub enum NotComparable {
        /// The total is unknown.
        UnknownTotal = "unknown_total",
        /// At least one part has no number.
        UnknownPart = "unknown_part",
        /// The source leaves the list of parts open.
        OpenList = "open_list",
        /// The total is approximate or a bound.
        InexactTotal = "inexact_total",
    }
}

impl Breakdown {
    /// The most parts of one breakdown.
    pub const MAXIMUM_PARTS: usize = 200;

    /// Refuses a breakdown without parts, with too many, with a part twice, or linked to another dimension's records.
    pub fn checked(self) -> Result<Self, Invalid> {
        let actual = self.parts.len();
        if actual == 0 {
            return Err(Invalid::new("parts", Fault::Empty));
        }
        if actual > Self::MAXIMUM_PARTS {
            return Err(Invalid::new("parts", Fault::TooMany { actual, maximum: Self::MAXIMUM_PARTS }));
        }
        for (index, part) in self.parts.iter().enumerate() {
            let earlier = &self.parts[..index];
            part.check(self.dimension, earlier).map_err(|e| e.within(index).within("parts"))?;
        }
        Ok(self)
    }

    /// What the parts add up to; none where at least one has no number.
    #[must_use]
    pub fn parts_sum(&self) -> Option<i64> {
        self.parts.iter().map(|part| part.value).sum()
    }

    /// Compares the parts with the total.
    ///
    /// Where several reasons forbid it, the one that comes first in [`NotComparable`] is given.
    #[must_use]
    pub fn parts_match(&self, total: Amount) -> PartsMatch {
        let (Some(value), Some(sum)) = (total.value(), self.parts_sum()) else {
            let reason = match total.value() {
                None => NotComparable::UnknownTotal,
                Some(_) => NotComparable::UnknownPart,
            };
            return PartsMatch::NotComparable(reason);
        };
        if !self.is_complete {
            PartsMatch::NotComparable(NotComparable::OpenList)
        } else if total.exact().is_none() {
            PartsMatch::NotComparable(NotComparable::InexactTotal)
        } else if sum == value {
            PartsMatch::Matches
        } else {
            PartsMatch::Differs { difference: sum - value }
        }
    }
}

impl Part {
    fn check(&self, dimension: BreakdownDimension, earlier: &[Self]) -> Result<(), Invalid> {
        let links = [
            ("categoryId", self.category.is_some(), BreakdownDimension::Category),
            ("territoryId", self.territory.is_some(), BreakdownDimension::Territory),
            ("partnerId", self.partner.is_some(), BreakdownDimension::Institution),
        ];
        for (field, is_given, fitting) in links {
            if is_given && dimension != fitting {
                let reason = format!("it belongs to a breakdown by {fitting}, not by {dimension}");
                return Err(Invalid::new(field, Fault::Malformed { reason }));
            }
        }
        if let Some(value) = self.value {
            in_range("value", value)?;
        }
        let link = |part: &Self| (part.category, part.territory, part.partner);
        let has_link = link(self) != (None, None, None);
        let is_same = |other: &Self| other.label == self.label || (has_link && link(other) == link(self));
        if earlier.iter().any(is_same) {
            return Err(Invalid::new("label", Fault::Repeated));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::amount::Qualifier;
    use super::*;
    use rstest::rstest;
    use uuid::Uuid;

    fn part(label: &str, value: Option<i64>) -> Part {
        let label = LocalizedText::parse("label", [("en", label)]).unwrap();
        Part { label, category: None, territory: None, partner: None, value }
    }

    fn breakdown(values: &[Option<i64>], is_complete: bool) -> Breakdown {
        let parts = values.iter().enumerate().map(|(n, value)| part(&format!("part {n}"), *value)).collect();
        Breakdown { dimension: BreakdownDimension::Category, parts, is_complete }
    }

    fn amount(value: i64, qualifier: Qualifier) -> Amount {
        Amount::parse(Some(value), qualifier).unwrap()
    }

    #[rstest]
    #[case(&[Some(52), Some(8), Some(9), Some(26)], true, 95, PartsMatch::Matches)]
    #[case(&[Some(52), Some(8), Some(9)], true, 95, PartsMatch::Differs { difference: -26 })]
    #[case(&[Some(90), Some(8)], true, 95, PartsMatch::Differs { difference: 3 })]
    #[case(&[Some(52), None], true, 95, PartsMatch::NotComparable(NotComparable::UnknownPart))]
    #[case(&[Some(52), Some(8)], false, 95, PartsMatch::NotComparable(NotComparable::OpenList))]
    #[case(&[None, None], false, 44, PartsMatch::NotComparable(NotComparable::UnknownPart))]
    #[case(&[Some(0)], true, 0, PartsMatch::Matches)]
    fn parts_are_compared_with_an_exact_total(
        #[case] parts: &[Option<i64>],
        #[case] is_complete: bool,
        #[case] total: i64,
        #[case] expected: PartsMatch,
    ) {
        let total = amount(total, Qualifier::Exact);
        assert_eq!(breakdown(parts, is_complete).parts_match(total), expected);
    }

    #[test]
    fn parts_are_not_compared_with_an_approximate_or_unknown_total() {
        let parts = breakdown(&[Some(1_000), Some(1_000)], true);
        let about = amount(2_000, Qualifier::Approximate);
        let reason = |reason| PartsMatch::NotComparable(reason);
        assert_eq!(parts.parts_match(about), reason(NotComparable::InexactTotal));
        assert_eq!(parts.parts_match(Amount::UNKNOWN), reason(NotComparable::UnknownTotal));
        assert_eq!(parts.parts_sum(), Some(2_000));
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown() {
        assert_eq!(breakdown(&[Some(52), None], true).parts_sum(), None);
    }

    #[test]
    fn a_part_is_linked_to_a_record_of_its_own_dimension_only() {
        let mut parts = breakdown(&[Some(1)], true);
        parts.parts[0].territory = Some(Uuid::from_u128(1).into());
        let fault = parts.checked().unwrap_err();
        assert_eq!(fault.path, ["parts", "0", "territoryId"]);
    }

    #[test]
    fn a_part_stands_in_a_breakdown_once() {
        let parts = vec![part("staff", Some(1)), part("staff", None)];
        let twice = Breakdown { dimension: BreakdownDimension::Other, parts, is_complete: true };
        assert_eq!(twice.checked().unwrap_err().path, ["parts", "1", "label"]);
        let none = Breakdown { dimension: BreakdownDimension::Other, parts: Vec::new(), is_complete: true };
        assert_eq!(none.checked().unwrap_err().path, ["parts"]);
    }

    #[test]
    fn a_negative_part_is_refused() {
        assert_eq!(breakdown(&[Some(-1)], true).checked().unwrap_err().path, ["parts", "0", "value"]);
    }
}

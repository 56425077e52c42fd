//! What the inputs of all nouns share: typed operators of filters, three-valued changes, idempotency keys.

use async_graphql::{Enum, ID, InputObject, InputType, MaybeUndefined, Value};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hemicycle_domain::{
    filter::Filter,
    fold,
    id::Id,
    page,
    problem::{Fault, Invalid},
};
use hemicycle_persistence::Idempotency;
use sha2::{Digest, Sha256};

use super::{connection::PeriodInput, id, scalar::CountryCode};

/// Ascending or descending.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "page::Direction")]
pub(crate) enum OrderDirection {
    /// Smallest, earliest or first in the alphabet first.
    Ascending,
    /// Largest, latest or last in the alphabet first.
    Descending,
}

/// Compares an id. Where both operators are given, both must hold.
#[derive(InputObject, Debug, Clone, Default)]
#[graphql(name = "IDFilter")]
pub(crate) struct IdFilter {
    /// Is this one.
    pub eq: Option<ID>,
    /// Is one of these.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<ID>>,
}

/// Compares a value of a closed list. Where both operators are given, both must hold.
#[derive(InputObject, Debug, Clone)]
#[graphql(concrete(name = "AgreementKindFilter", params(super::agreement::AgreementKind)))]
#[graphql(concrete(name = "AuditTextFilter", params(String)))]
#[graphql(concrete(name = "CountryCodeFilter", params(CountryCode)))]
#[graphql(concrete(name = "EventKindFilter", params(super::event::EventKind)))]
#[graphql(concrete(name = "EventStatusFilter", params(super::event::EventStatus)))]
#[graphql(concrete(name = "HeadcountBasisFilter", params(super::headcount_report::HeadcountBasis)))]
#[graphql(concrete(name = "HeadcountMeasureFilter", params(super::headcount_report::HeadcountMeasure)))]
#[graphql(concrete(name = "HeadcountQualifierFilter", params(super::headcount_report::HeadcountQualifier)))]
#[graphql(concrete(name = "HeadcountStateFilter", params(super::headcount_report::HeadcountState)))]
#[graphql(concrete(name = "HeadcountUnitFilter", params(super::headcount_report::HeadcountUnit)))]
#[graphql(concrete(name = "LanguageTagFilter", params(super::scalar::LanguageTag)))]
#[graphql(concrete(name = "PartnerKindFilter", params(super::partner::PartnerKind)))]
#[graphql(concrete(name = "RegistrationRoleFilter", params(super::registration::RegistrationRole)))]
#[graphql(concrete(name = "RegistrationStatusFilter", params(super::registration::RegistrationStatus)))]
#[graphql(concrete(name = "TerritoryKindFilter", params(super::territory::TerritoryKind)))]
pub(crate) struct OneOf<T: InputType> {
    /// Is this one.
    pub eq: Option<T>,
    /// Is one of these.
    #[graphql(name = "in")]
    pub one_of: Option<Vec<T>>,
}

/// Takes the one order of a list; the id always breaks ties, so a second field would decide nothing.
pub(crate) fn order<O>(orders: Option<Vec<O>>) -> Result<Option<O>, Invalid> {
    let mut orders = orders.unwrap_or_default();
    match orders.len() {
        0 | 1 => Ok(orders.pop()),
        actual => Err(Invalid::new("orderBy", Fault::TooMany { actual, maximum: 1 })),
    }
}

/// The most values in one operator.
const MOST_VALUES: usize = 200;

/// Collects the tests of one `where` input.
pub(crate) struct Tests<T>(Vec<Filter<T>>);

impl<T> Tests<T> {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a test where its field is given.
    pub(crate) fn when<V>(
        &mut self,
        value: Option<V>,
        test: impl FnOnce(V) -> Result<T, Invalid>,
    ) -> Result<(), Invalid> {
        if let Some(value) = value {
            self.0.push(Filter::Is(test(value)?));
        }
        Ok(())
    }

    /// Adds the tests of an id operator.
    pub(crate) fn ids<I: Id>(
        &mut self,
        field: &str,
        filter: Option<&IdFilter>,
        test: impl Fn(Vec<I>) -> T,
    ) -> Result<(), Invalid> {
        let Some(filter) = filter else { return Ok(()) };
        if let Some(one) = &filter.eq {
            self.0.push(Filter::Is(test(vec![id::parse("eq", one).map_err(|e| e.within(field))?])));
        }
        if let Some(ids) = &filter.one_of {
            check_length(ids.len()).map_err(|e| e.within(field))?;
            self.0.push(Filter::Is(test(id::parse_all("in", ids).map_err(|e| e.within(field))?)));
        }
        Ok(())
    }

    /// Adds the tests of an operator on a closed list.
    pub(crate) fn words<W: InputType + Clone, D>(
        &mut self,
        field: &str,
        filter: Option<&OneOf<W>>,
        parse: impl Fn(&W) -> Result<D, Invalid>,
        test: impl Fn(Vec<D>) -> T,
    ) -> Result<(), Invalid> {
        let Some(filter) = filter else { return Ok(()) };
        // A value names itself by its type; what is at fault is where it stands.
        let at = |place: &str, fault: Invalid| Invalid::new(place, fault.fault);
        if let Some(one) = &filter.eq {
            self.0.push(Filter::Is(test(vec![parse(one).map_err(|e| at("eq", e).within(field))?])));
        }
        if let Some(all) = &filter.one_of {
            check_length(all.len()).map_err(|e| e.within(field))?;
            let all = all.iter().enumerate();
            let all = all.map(|(index, one)| {
                parse(one).map_err(|e| at(&index.to_string(), e).within("in").within(field))
            });
            self.0.push(Filter::Is(test(all.collect::<Result<_, _>>()?)));
        }
        Ok(())
    }

    /// Adds nested filters: all of `and`, any of `or`, none of `not`.
    pub(crate) fn nested<I>(
        &mut self,
        and: Option<Vec<I>>,
        or: Option<Vec<I>>,
        not: Option<Box<I>>,
        parse: impl Fn(I) -> Result<Filter<T>, Invalid>,
    ) -> Result<(), Invalid> {
        let all = |parts: Vec<I>, field: &str| -> Result<Vec<Filter<T>>, Invalid> {
            let parts = parts.into_iter().enumerate();
            parts.map(|(index, part)| parse(part).map_err(|e| e.within(index).within(field))).collect()
        };
        if let Some(parts) = and {
            self.0.push(Filter::All(all(parts, "and")?));
        }
        if let Some(parts) = or {
            self.0.push(Filter::Any(all(parts, "or")?));
        }
        if let Some(part) = not {
            self.0.push(Filter::Not(Box::new(parse(*part).map_err(|e| e.within("not"))?)));
        }
        Ok(())
    }

    /// All the tests together.
    pub(crate) fn all(self) -> Filter<T> {
        Filter::All(self.0)
    }
}

fn check_length(actual: usize) -> Result<(), Invalid> {
    if actual > MOST_VALUES {
        Err(Invalid::new("in", Fault::TooMany { actual, maximum: MOST_VALUES }))
    } else {
        Ok(())
    }
}

/// Reads the words of a search by name.
pub(crate) fn search_words(field: &str, text: &str) -> Result<Vec<String>, Invalid> {
    fold::query_terms(text)
        .map_err(|error| Invalid::new(field, Fault::Malformed { reason: error.to_string() }))
}

/// Reads a period.
pub(crate) fn period(
    field: &str,
    period: &PeriodInput,
) -> Result<(Option<chrono::NaiveDate>, Option<chrono::NaiveDate>), Invalid> {
    let day = |name, date: Option<&super::scalar::Date>| {
        date.map(|date| date.day(name)).transpose().map_err(|e| e.within(field))
    };
    let (from, until) = (day("from", period.from.as_ref())?, day("until", period.until.as_ref())?);
    match (from, until) {
        (Some(first), Some(last)) if last < first => {
            let reason = "the last day is before the first".to_owned();
            Err(Invalid::new("until", Fault::Malformed { reason }).within(field))
        }
        _ => Ok((from, until)),
    }
}

/// Reads what a change says about a field that may be emptied: nothing, emptied, or a new value.
pub(crate) fn change<T, U>(
    value: MaybeUndefined<T>,
    parse: impl FnOnce(T) -> Result<U, Invalid>,
) -> Result<Option<Option<U>>, Invalid> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Ok(Some(None)),
        MaybeUndefined::Value(value) => parse(value).map(|value| Some(Some(value))),
    }
}

/// Reads an idempotency key together with a fingerprint of the whole input.
pub(crate) fn idempotency(
    verb: &'static str,
    key: Option<&String>,
    input: &impl InputType,
) -> Result<Option<Idempotency>, Invalid> {
    let Some(key) = key else { return Ok(None) };
    let text = hemicycle_domain::text::Line::parse("idempotencyKey", key)?;
    let value: Value = input.to_value();
    let digest = Sha256::digest(format!("{verb}\n{value}").as_bytes());
    let fingerprint = BASE64.encode(digest);
    Ok(Some(Idempotency { key: text.as_str().to_owned(), fingerprint }))
}

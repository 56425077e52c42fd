//! The scalars. On the way in they are plain strings, and the field that takes one parses it,
//! so that a wrong value is answered with a typed error that names the field.

use std::str::FromStr;

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, SecondsFormat, SubsecRound, Utc};
use hemicycle_domain::{
    country::CountryCode as Country,
    language::Language,
    problem::{Fault, Invalid},
};

macro_rules! text_scalar {
    ($(#[$meta:meta])* $name:ident as $public:literal, $specified_by:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) String);

        $(#[$meta])*
        #[Scalar(name = $public, specified_by_url = $specified_by)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

text_scalar! {
    /// A day of the Gregorian calendar as `YYYY-MM-DD`.
    Date as "Date", "https://scalars.graphql.org/andimarek/local-date"
}
text_scalar! {
    /// An instant as RFC 3339 with an offset, such as `2021-05-17T09:00:00+05:00`. It is kept to the microsecond; answers
    /// are in UTC.
    DateTime as "DateTime", "https://scalars.graphql.org/andimarek/date-time"
}
text_scalar! {
    /// A country by its ISO 3166-1 alpha-2 code, such as `UZ`.
    CountryCode as "CountryCode", "https://www.iso.org/iso-3166-country-codes.html"
}
text_scalar! {
    /// A language by its BCP 47 tag, such as `en` or `uz-Cyrl`; `und` where it is unknown.
    LanguageTag as "LanguageTag", "https://www.rfc-editor.org/rfc/rfc5646"
}
text_scalar! {
    /// A date as precise as its source, in the Extended Date/Time Format of ISO 8601-2:
    /// `2021-05-17`, `2021-04`, `2021-05-17/2021-05-21`, `[2018-10-16..2018-10-31]` (some day within),
    /// `/2021-06-04` (start unknown); `?` marks what is inferred.
    Edtf as "EDTF", "https://www.loc.gov/standards/datetime/"
}
text_scalar! {
    /// An address on the web, `http` or `https`.
    Url as "URL", "https://url.spec.whatwg.org/"
}
text_scalar! {
    /// A time zone by its IANA name, such as `Asia/Tashkent`.
    TimeZone as "TimeZone", "https://www.iana.org/time-zones"
}

text_scalar! {
    /// A universally unique identifier in its usual form: `0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b`.
    Uuid as "UUID", "https://www.rfc-editor.org/rfc/rfc9562"
}

/// A part of a scan, as the device has it: text, or a number where a number is meant. Nothing is refused for its form
/// before the scan is looked at by itself, so that one that cannot be read does not stand in the way of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanPart(pub(crate) Option<String>);

/// A part of a scan, as the device has it: text, or a number where a number is meant. Nothing is refused for its form
/// before the scan is looked at by itself, so that one that cannot be read does not stand in the way of the others.
#[Scalar(name = "ScanPart", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for ScanPart {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }))
    }

    fn to_value(&self) -> Value {
        self.0.clone().map_or(Value::Null, Value::String)
    }
}

/// Any JSON value. It is only ever answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json(pub(crate) serde_json::Value);

/// Any JSON value. It is only ever answered.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

fn malformed(field: &str, reason: &str) -> Invalid {
    Invalid::new(field, Fault::Malformed { reason: reason.to_owned() })
}

impl Date {
    /// Reads the day.
    pub(crate) fn day(&self, field: &str) -> Result<NaiveDate, Invalid> {
        let well_formed = self.0.len() == 10;
        let day = if well_formed { NaiveDate::from_str(&self.0).ok() } else { None };
        day.ok_or_else(|| malformed(field, "not a day of the calendar such as \"2021-05-17\""))
    }
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day.format("%Y-%m-%d").to_string())
    }
}

impl DateTime {
    /// Reads the instant, to the microsecond: what was kept of it is then equal to what is said again.
    pub(crate) fn instant(&self, field: &str) -> Result<chrono::DateTime<Utc>, Invalid> {
        chrono::DateTime::parse_from_rfc3339(&self.0)
            .map(|instant| instant.with_timezone(&Utc).trunc_subsecs(6))
            .map_err(|_| malformed(field, "not an instant such as \"2021-05-17T09:00:00+05:00\""))
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(instant: chrono::DateTime<Utc>) -> Self {
        Self(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl CountryCode {
    /// Reads the country.
    pub(crate) fn country(&self, field: &str) -> Result<Country, Invalid> {
        Country::parse(field, &self.0)
    }
}

impl From<Country> for CountryCode {
    fn from(country: Country) -> Self {
        Self(country.into())
    }
}

impl From<&Language> for LanguageTag {
    fn from(language: &Language) -> Self {
        Self(language.as_str().to_owned())
    }
}

impl Uuid {
    /// Reads the identifier; the one of zeros only names nothing.
    pub(crate) fn uuid(&self, field: &str) -> Result<uuid::Uuid, Invalid> {
        let well_formed = self.0.len() == 36;
        let uuid = if well_formed { self.0.parse::<uuid::Uuid>().ok() } else { None };
        uuid.filter(|uuid| !uuid.is_nil())
            .ok_or_else(|| malformed(field, "not a UUID such as \"0198a1d2-7b3c-7e4f-8a5b-6c7d8e9f0a1b\""))
    }
}

impl From<uuid::Uuid> for Uuid {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid.hyphenated().to_string())
    }
}

impl TimeZone {
    /// Reads the zone.
    pub(crate) fn zone(&self, field: &str) -> Result<chrono_tz::Tz, Invalid> {
        self.0.parse().map_err(|_| malformed(field, "not an IANA time zone such as \"Asia/Tashkent\""))
    }
}

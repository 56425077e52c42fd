//! The made-up rows and the tables they go into.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use hemicycle_domain::{fold, territory::Territory};
use sea_orm::{Value, sea_query::Query};
use serde_json::json;
use uuid::Uuid;

use super::{Insert, words};

/// A table and what a row of `T` puts into it: any number of rows of values.
pub(super) struct Target<T> {
    pub insert: Insert,
    pub values: fn(&T) -> Vec<Vec<Value>>,
}

/// Rows that go into one table or several.
pub(super) trait Table: Sized {
    /// The tables, in the order of their references.
    fn tables() -> Vec<Target<Self>>;
}

fn into_table<T>(
    table: &'static str,
    columns: &[&'static str],
    values: fn(&T) -> Vec<Vec<Value>>,
) -> Target<T> {
    let insert = Query::insert().into_table(table).columns(columns.iter().copied()).to_owned();
    Target { insert, values }
}

/// A territory as far as rows need it.
#[derive(Clone)]
pub(super) struct Place {
    pub id: Uuid,
    pub path: String,
    pub country: String,
    pub name: String,
}

impl From<&Territory> for Place {
    fn from(territory: &Territory) -> Self {
        use hemicycle_domain::id::Id;
        Self {
            id: territory.id.uuid(),
            path: territory.path.as_str().to_owned(),
            country: territory.country.into(),
            name: territory.names.display(&[]).to_owned(),
        }
    }
}

#[derive(Clone)]
pub(super) struct Partner {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub kind: &'static str,
    pub place: Place,
    pub name: String,
}

pub(super) struct Program {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub lead: Partner,
    pub name: String,
    pub categories: [Uuid; 3],
}

pub(super) struct Event {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub kind: &'static str,
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub program: Uuid,
    pub categories: [Uuid; 3],
    pub host: Uuid,
    pub organiser: Uuid,
    pub place: Place,
    pub name: String,
}

#[derive(Clone)]
pub(super) struct Participant {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub family: String,
    pub given: String,
    pub is_woman: bool,
    pub birth_year: i16,
    pub home: Partner,
}

impl Participant {
    fn name(&self) -> String {
        format!("{} {}", self.family, self.given)
    }

    fn sort_name(&self) -> String {
        fold::fold(&self.name())
    }
}

pub(super) struct Registration<'a> {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub event: Uuid,
    pub starts_on: NaiveDate,
    pub person: &'a Participant,
    pub category: Uuid,
    pub role: &'static str,
    pub has_attended: bool,
    pub scan: Uuid,
}

pub(super) struct Tally {
    event: Uuid,
    shard: i16,
    registrations: i32,
    attended: i32,
}

/// The counters that belong to registrations.
pub(super) fn tallies(registrations: &[Registration<'_>]) -> Vec<Tally> {
    let mut sums: BTreeMap<(Uuid, i16), (i32, i32)> = BTreeMap::new();
    for registration in registrations {
        let shard = i16::from(registration.id.as_bytes()[15] % 8);
        let sum = sums.entry((registration.event, shard)).or_default();
        sum.0 += 1;
        sum.1 += i32::from(registration.has_attended);
    }
    let rows = sums.into_iter();
    rows.map(|((event, shard), (registrations, attended))| Tally { event, shard, registrations, attended })
        .collect()
}

fn names(name: &str) -> Value {
    json!([{ "text": name, "language": "en", "kind": "official" }]).into()
}

fn terms(kind: &'static str, id: Uuid, name: &str) -> Vec<Vec<Value>> {
    let mut terms = fold::terms(name);
    terms.sort_unstable();
    terms.dedup();
    terms.into_iter().map(|term| vec![kind.into(), term.into(), id.into()]).collect()
}

const TERM_COLUMNS: &[&str] = &["subject_kind", "term", "subject_id"];

impl Table for Partner {
    fn tables() -> Vec<Target<Self>> {
        let columns = &[
            "id",
            "version",
            "created_at",
            "kind",
            "is_international",
            "country",
            "territory_id",
            "names",
            "sort_name",
        ];
        let rows = into_table::<Self>("partner", columns, |row| {
            vec![vec![
                row.id.into(),
                1_i64.into(),
                row.created_at.into(),
                row.kind.into(),
                false.into(),
                row.place.country.clone().into(),
                row.place.id.into(),
                names(&row.name),
                fold::fold(&row.name).into(),
            ]]
        });
        vec![rows, into_table("search_term", TERM_COLUMNS, |row| terms("partner", row.id, &row.name))]
    }
}

impl Table for Program {
    fn tables() -> Vec<Target<Self>> {
        let columns = &["id", "version", "created_at", "names", "sort_name", "lead_partner_id"];
        let rows = into_table::<Self>("program", columns, |row| {
            vec![vec![
                row.id.into(),
                1_i64.into(),
                row.created_at.into(),
                names(&row.name),
                fold::fold(&row.name).into(),
                row.lead.id.into(),
            ]]
        });
        let countries = into_table::<Self>("program_country", &["program_id", "country"], |row| {
            vec![vec![row.id.into(), row.lead.place.country.clone().into()]]
        });
        let terms = into_table("search_term", TERM_COLUMNS, |row: &Self| terms("program", row.id, &row.name));
        let columns = &["id", "program_id", "code", "name"];
        let categories = into_table::<Self>("participant_category", columns, |row| {
            let categories = row.categories.iter().zip(words::CATEGORIES);
            let values = categories.map(|(id, (code, name))| -> Vec<Value> {
                vec![(*id).into(), row.id.into(), (*code).into(), json!({ "en": name }).into()]
            });
            values.collect()
        });
        vec![rows, countries, categories, terms]
    }
}

impl Table for Event {
    fn tables() -> Vec<Target<Self>> {
        let columns = &[
            "id",
            "version",
            "created_at",
            "kind",
            "status",
            "names",
            "dates",
            "earliest",
            "latest",
            "sort_date",
            "dates_fully_stated",
            "program_id",
            "host_id",
            "territory_id",
            "territory_path",
            "country",
            "languages",
            "target_groups",
            "particulars",
        ];
        let rows = into_table::<Self>("event", columns, |row| {
            vec![vec![
                row.id.into(),
                1_i64.into(),
                row.created_at.into(),
                row.kind.into(),
                "held".into(),
                names(&row.name),
                json!({ "date": edtf(row.starts_on, row.ends_on) }).into(),
                row.starts_on.into(),
                row.ends_on.into(),
                row.starts_on.into(),
                true.into(),
                row.program.into(),
                row.host.into(),
                row.place.id.into(),
                row.place.path.clone().into(),
                row.place.country.clone().into(),
                json!([]).into(),
                json!([]).into(),
                json!({}).into(),
            ]]
        });
        let partners = into_table::<Self>("event_partner", &["event_id", "partner_id", "role"], |row| {
            vec![vec![row.id.into(), row.organiser.into(), "organiser".into()]]
        });
        vec![rows, partners, into_table("search_term", TERM_COLUMNS, |row| terms("event", row.id, &row.name))]
    }
}

fn edtf(first: NaiveDate, last: NaiveDate) -> String {
    if first == last { first.to_string() } else { format!("{first}/{last}") }
}

impl Table for Participant {
    fn tables() -> Vec<Target<Self>> {
        let columns = &[
            "id",
            "version",
            "created_at",
            "names",
            "sort_name",
            "sex",
            "birth_year",
            "email",
            "home_partner_id",
            "territory_id",
            "country",
        ];
        let rows = into_table::<Self>("participant", columns, |row| {
            let name = json!([{ "as_written": row.name(), "family": row.family, "given": row.given,
                "language": "ru", "kind": "official" }]);
            let sex = if row.is_woman { "female" } else { "male" };
            vec![vec![
                row.id.into(),
                1_i64.into(),
                row.created_at.into(),
                name.into(),
                row.sort_name().into(),
                sex.into(),
                row.birth_year.into(),
                format!("{}@people.example", row.id.simple()).into(),
                row.home.id.into(),
                row.home.place.id.into(),
                row.home.place.country.clone().into(),
            ]]
        });
        vec![rows, into_table("search_term", TERM_COLUMNS, |row| terms("participant", row.id, &row.name()))]
    }
}

impl Table for Registration<'_> {
    fn tables() -> Vec<Target<Self>> {
        let columns = &[
            "id",
            "version",
            "created_at",
            "event_id",
            "participant_id",
            "sort_name",
            "role",
            "category_id",
            "is_delegation_head",
            "partner_id",
            "territory_id",
            "country",
            "status",
        ];
        let rows = into_table::<Self>("registration", columns, |row| {
            vec![vec![
                row.id.into(),
                1_i64.into(),
                row.created_at.into(),
                row.event.into(),
                row.person.id.into(),
                row.person.sort_name().into(),
                row.role.into(),
                row.category.into(),
                false.into(),
                row.person.home.id.into(),
                row.person.home.place.id.into(),
                row.person.home.place.country.clone().into(),
                "registered".into(),
            ]]
        });
        let scan_columns = &[
            "id",
            "event_id",
            "registration_id",
            "direction",
            "method",
            "captured_at",
            "received_at",
            "flags",
            "counted_at",
            "counted_for",
        ];
        let scans = into_table::<Self>("scan", scan_columns, |row| {
            let at = row.starts_on.and_time(NaiveTime::MIN).and_utc();
            let values: Vec<Value> = vec![
                row.scan.into(),
                row.event.into(),
                row.id.into(),
                "in".into(),
                "qr".into(),
                at.into(),
                at.into(),
                json!([]).into(),
                at.into(),
                row.id.into(),
            ];
            if row.has_attended { vec![values] } else { Vec::new() }
        });
        let attendance_columns = &["registration_id", "event_id", "has_attended", "is_inside", "first_in_at"];
        let attendance = into_table::<Self>("attendance", attendance_columns, |row| {
            let at = row.starts_on.and_time(NaiveTime::MIN).and_utc();
            let values: Vec<Value> =
                vec![row.id.into(), row.event.into(), true.into(), true.into(), at.into()];
            if row.has_attended { vec![values] } else { Vec::new() }
        });
        vec![rows, scans, attendance]
    }
}

impl Table for Tally {
    fn tables() -> Vec<Target<Self>> {
        let columns = &["event_id", "shard", "registrations", "attended"];
        vec![into_table("event_tally", columns, |row| {
            vec![vec![row.event.into(), row.shard.into(), row.registrations.into(), row.attended.into()]]
        })]
    }
}

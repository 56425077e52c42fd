//! What the server says, beside what must be: scan by scan, registration by registration.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use hemicycle_domain::check_in::Attendance;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{
    log::{Fact, Log},
    manager::Manager,
    office::Decisions,
    oracle::{Expected, may_be_let_through},
    plan::Presented,
    summary::Difference,
    world::{Standing, World},
};
use crate::{Direction, Trouble, operation::KeptTimes};

const REGISTRATIONS: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Registration { id
    attendance { hasAttended isInside firstInAt lastOutAt minutes halfDays isImputed }
    scans { scanId direction capturedAt receivedAt countedAt flags } } } }";
const FLAGGED: &str = "query($id: ID!, $after: String) { event(id: $id) {
    flaggedScans(first: 100, after: $after) {
        nodes { scan { scanId direction capturedAt receivedAt countedAt flags } }
        pageInfo { endCursor hasNextPage } } } }";
const TOTALS: &str = "query($id: ID!) { eventAttendance(eventId: $id) { expected attended inside } }";

/// How many registrations are asked for at once.
const AT_ONCE: usize = 25;

#[derive(Deserialize)]
struct Registration {
    id: String,
    attendance: AttendanceShown,
    scans: Vec<ScanShown>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttendanceShown {
    has_attended: bool,
    is_inside: bool,
    first_in_at: Option<DateTime<Utc>>,
    last_out_at: Option<DateTime<Utc>>,
    minutes: i32,
    half_days: i32,
    is_imputed: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanShown {
    scan_id: Uuid,
    direction: Direction,
    captured_at: DateTime<Utc>,
    flags: Vec<String>,
    #[serde(flatten)]
    times: KeptTimes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithFlagged {
    flagged_scans: Flagged,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flagged {
    nodes: Vec<FlaggedScan>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct FlaggedScan {
    scan: ScanShown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Totals {
    expected: usize,
    attended: usize,
    inside: usize,
}

impl From<Attendance> for AttendanceShown {
    fn from(attendance: Attendance) -> Self {
        Self {
            has_attended: attendance.has_attended,
            is_inside: attendance.is_inside,
            first_in_at: attendance.first_in_at,
            last_out_at: attendance.last_out_at,
            minutes: attendance.minutes,
            half_days: attendance.half_days,
            is_imputed: attendance.is_imputed,
        }
    }
}

/// Compares what the server says with the facts and with what follows from them.
pub(super) async fn compare(
    manager: &mut Manager,
    world: &World,
    log: &Log,
    decisions: &Decisions,
    expected: &Expected,
) -> Result<Vec<Difference>, Trouble> {
    let mut differences = in_the_logs(world, log, expected);
    differences.extend(decisions.surprises.iter().map(|text| Difference::new(text.clone(), [])));
    let facts: BTreeMap<Uuid, &Fact> = log.facts().map(|(_, fact)| (fact.scan.scan_id, fact)).collect();
    differences.extend(of_registrations(manager, world, &facts, decisions, expected).await?);
    differences.extend(of_flagged(manager, world, &facts).await?);
    if world.is_own {
        differences.extend(of_totals(manager, world, decisions, expected).await?);
    }
    Ok(differences)
}

/// What the phones were told, and what they should have been told.
fn in_the_logs(world: &World, log: &Log, expected: &Expected) -> Vec<Difference> {
    let mut differences = Vec::new();
    for part in &log.parts {
        let phone = part.phone;
        differences
            .extend(part.surprises.iter().map(|text| Difference::new(format!("phone {phone}: {text}"), [])));
        for (presented, direction, code) in &part.refused {
            if !may_be_refused(world, presented, *direction, code) {
                let text = format!("phone {phone}: {presented:?} {direction:?} was refused with {code}");
                differences.push(Difference::new(text, []));
            }
        }
        if !part.lost.is_empty() {
            let text = format!("phone {phone} lost nothing, and the server misses {:?}", part.lost);
            differences.push(Difference::new(text, []));
        }
        for fact in part.facts.values() {
            let answer = fact.answer.as_ref().and_then(|answer| Some((answer.scan?, &answer.flags)));
            let wanted = expected.scans.get(&fact.scan.scan_id).map(Vec::as_slice).unwrap_or_default();
            if !answer.is_some_and(|(kept, flags)| wanted.iter().any(|one| one.is(kept, flags))) {
                let text = format!("phone {phone}: the answer to a scan is none of {wanted:?}");
                differences.push(Difference::new(text, [fact]));
            }
        }
    }
    differences
}

/// Whether someone can have been turned away so: by what they are, or by what happened before.
fn may_be_refused(world: &World, presented: &Presented, direction: Direction, code: &str) -> bool {
    let person = match presented {
        Presented::Badge(person) | Presented::FirstBadge(person) | Presented::Name(person) => Some(*person),
        Presented::UnknownCode(_) | Presented::Guest(_) => None,
    };
    let standing = person.map(|person| world.people[person].standing);
    let is_allowed = may_be_let_through(standing, presented);
    match code {
        // What the doors and others before them decide; after its copy was restored a phone gives numbers twice.
        "NOT_YET_OPEN" | "OVER" | "CHECKPOINT_FULL" | "SEQUENCE_REUSED" => true,
        "ALREADY_IN" => direction == Direction::In && is_allowed,
        "NOT_IN" => direction == Direction::Out && is_allowed,
        "UNKNOWN_CREDENTIAL" => standing.is_none(),
        "WRONG_EVENT" => standing == Some(Standing::Elsewhere),
        "REGISTRATION_CANCELLED" => standing == Some(Standing::Cancelled),
        "BADGE_REVOKED" => matches!(standing, Some(Standing::Revoked | Standing::Replaced)) && !is_allowed,
        _ => false,
    }
}

async fn of_registrations(
    manager: &mut Manager,
    world: &World,
    facts: &BTreeMap<Uuid, &Fact>,
    decisions: &Decisions,
    expected: &Expected,
) -> Result<Vec<Difference>, Trouble> {
    let mut differences = Vec::new();
    let people = world.people.iter().enumerate();
    let mut asked: Vec<(usize, &str)> =
        people.map(|(place, one)| (place, one.registration.as_str())).collect();
    for guest in 0..world.guests.len() {
        let of_guest = |fact: &&Fact| fact.guest() == Some(guest);
        if let Some(taken) = decisions.guests.get(&guest) {
            asked.push((world.people.len() + guest, taken.registration.as_str()));
        } else {
            let own = facts.values().copied().filter(of_guest);
            differences.push(Difference::new(format!("walk-in {guest} was never taken in"), own));
        }
    }
    let mut of_guests: Vec<ScanShown> = Vec::new();
    for some in asked.chunks(AT_ONCE) {
        let ids: Vec<&str> = some.iter().map(|(_, id)| *id).collect();
        let found: Vec<Option<Registration>> = manager.ask(REGISTRATIONS, json!({ "ids": ids })).await?;
        for ((person, _), registration) in some.iter().zip(found) {
            let own: Vec<&Fact> =
                facts.values().copied().filter(|fact| fact.person() == Some(*person)).collect();
            let Some(registration) = registration else {
                differences.push(Difference::new(format!("guest {person} is gone"), own));
                continue;
            };
            let name = format!("guest {person} ({})", registration.id);
            // Scans of walk-ins stand with their own registration or with the one that it was merged into.
            let is_of_guest =
                |shown: &ScanShown| facts.get(&shown.scan_id).is_some_and(|fact| fact.guest().is_some());
            let (shown_of_guests, shown): (Vec<_>, Vec<_>) =
                registration.scans.into_iter().partition(is_of_guest);
            of_guests.extend(shown_of_guests);
            differences.extend(of_scans(&name, &shown, &own));
            let wanted = AttendanceShown::from(expected.attendance[*person]);
            if registration.attendance != wanted {
                let text = format!("{name}: {:?} where {wanted:?} was expected", registration.attendance);
                let theirs = facts.values().copied().filter(|fact| {
                    fact.person() == Some(*person)
                        || fact.guest().is_some_and(|guest| {
                            world.people.len() + guest == *person || world.guests[guest] == Some(*person)
                        })
                });
                differences.push(Difference::new(text, theirs));
            }
        }
    }
    // One that came before its walk-in shows nobody, and stands in the queue alone.
    let is_with_someone = |fact: &&Fact| {
        let waited = |flag: &String| flag == "UNKNOWN_CREDENTIAL";
        fact.guest().is_some() && !fact.answer.as_ref().is_some_and(|answer| answer.flags.iter().any(waited))
    };
    let wanted: Vec<&Fact> = facts.values().copied().filter(is_with_someone).collect();
    differences.extend(of_scans("the walk-ins", &of_guests, &wanted));
    Ok(differences)
}

/// Each scan is there exactly once, as it was answered.
fn of_scans(name: &str, shown: &[ScanShown], facts: &[&Fact]) -> Vec<Difference> {
    let mut differences = Vec::new();
    for fact in facts {
        let same: Vec<_> = shown.iter().filter(|shown| shown.scan_id == fact.scan.scan_id).collect();
        let is_as_answered = |shown: &ScanShown| {
            let answer = fact.answer.as_ref();
            shown.captured_at == fact.scan.captured_at
                && shown.direction == fact.direction
                && answer
                    .is_some_and(|answer| answer.flags == shown.flags && answer.scan == Some(shown.times))
        };
        match same.as_slice() {
            [one] if is_as_answered(one) => {}
            [] => differences.push(Difference::new(format!("{name}: a scan is missing"), [*fact])),
            [one] => differences.push(Difference::new(format!("{name}: a scan is kept as {one:?}"), [*fact])),
            many => {
                let text = format!("{name}: a scan is there {} times", many.len());
                differences.push(Difference::new(text, [*fact]));
            }
        }
    }
    let made: BTreeSet<Uuid> = facts.iter().map(|fact| fact.scan.scan_id).collect();
    let strange = shown.iter().filter(|shown| !made.contains(&shown.scan_id));
    differences.extend(strange.map(|shown| Difference::new(format!("{name}: nobody made {shown:?}"), [])));
    differences
}

/// Each flagged scan is in the queue of what people look at exactly once, and no other.
async fn of_flagged(
    manager: &mut Manager,
    world: &World,
    facts: &BTreeMap<Uuid, &Fact>,
) -> Result<Vec<Difference>, Trouble> {
    let mut shown = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let variables = json!({ "id": world.event, "after": after });
        let page: WithFlagged = manager.ask(FLAGGED, variables).await?;
        // At an event that was taken there are those of others.
        let ours = page.flagged_scans.nodes.into_iter().map(|flagged| flagged.scan);
        shown.extend(ours.filter(|scan| facts.contains_key(&scan.scan_id)));
        let PageInfo { end_cursor, has_next_page } = page.flagged_scans.page_info;
        if !has_next_page {
            break;
        }
        after = end_cursor;
    }
    let is_flagged = |fact: &&Fact| fact.answer.as_ref().is_some_and(|answer| !answer.flags.is_empty());
    let flagged: Vec<&Fact> = facts.values().copied().filter(is_flagged).collect();
    Ok(of_scans("the flagged scans", &shown, &flagged))
}

async fn of_totals(
    manager: &mut Manager,
    world: &World,
    decisions: &Decisions,
    expected: &Expected,
) -> Result<Option<Difference>, Trouble> {
    let totals: Totals = manager.ask(TOTALS, json!({ "id": world.event })).await?;
    let here = |standing: Standing| !matches!(standing, Standing::Cancelled | Standing::Elsewhere);
    let people = world.people.iter().zip(&expected.attendance).filter(|(person, _)| here(person.standing));
    // Whoever turned out to be someone on the list counts once.
    let guests = (0..world.guests.len()).filter(|guest| !decisions.merged.contains(guest));
    let guests = guests.map(|guest| &expected.attendance[world.people.len() + guest]);
    let people: Vec<_> = people.map(|(_, attendance)| attendance).chain(guests).collect();
    let wanted = Totals {
        expected: people.len(),
        attended: people.iter().filter(|attendance| attendance.has_attended).count(),
        inside: people.iter().filter(|attendance| attendance.is_inside).count(),
    };
    let text = || format!("the event: {totals:?} where {wanted:?} was expected");
    Ok((totals != wanted).then(|| Difference::new(text(), [])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Door, HeldScan, Method, Outcome, ScanAnswer};

    fn fact(flags: &[&str]) -> Fact {
        let captured_at = DateTime::UNIX_EPOCH;
        let scan = HeldScan {
            scan_id: Uuid::from_u128(1),
            sequence: 1,
            event_id: "event".to_owned(),
            door: Door::default(),
            registration_id: Some("registration".to_owned()),
            credential: None,
            walk_in_id: None,
            direction: Direction::In,
            method: Method::Manual,
            captured_at,
            manifest_cursor: None,
            local_verdict: "WELCOME".to_owned(),
        };
        let answer = ScanAnswer {
            scan_id: Some(scan.scan_id),
            outcome: Outcome::Accepted,
            reason: None,
            message: None,
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            scan: Some(KeptTimes { received_at: captured_at, counted_at: Some(captured_at) }),
        };
        let (presented, direction) = (Presented::Name(0), Direction::In);
        Fact { scan, presented, door: 0, direction, answer: Some(answer), was_asked: false }
    }

    fn shown(fact: &Fact) -> ScanShown {
        let answer = fact.answer.clone().unwrap();
        ScanShown {
            scan_id: fact.scan.scan_id,
            direction: fact.direction,
            captured_at: fact.scan.captured_at,
            flags: answer.flags,
            times: answer.scan.unwrap(),
        }
    }

    #[test]
    fn a_scan_that_is_there_once_as_it_was_answered_is_as_it_must_be() {
        let fact = fact(&["CLOCK_SUSPECT"]);
        assert!(of_scans("guest", &[shown(&fact)], &[&fact]).is_empty());
    }

    #[test]
    fn a_scan_that_is_missing_there_twice_changed_or_made_by_nobody_is_a_difference() {
        let fact = fact(&["CLOCK_SUSPECT"]);
        let same = shown(&fact);
        let without_flag = ScanShown { flags: Vec::new(), ..same.clone() };
        let uncounted = ScanShown { times: KeptTimes { counted_at: None, ..same.times }, ..same.clone() };
        let out = ScanShown { direction: Direction::Out, ..same.clone() };
        let strange = ScanShown { scan_id: Uuid::from_u128(2), ..same.clone() };
        let cases: [&[ScanShown]; 6] =
            [&[], &[same.clone(), same.clone()], &[without_flag], &[uncounted], &[out], &[same, strange]];
        for case in cases {
            assert_eq!(of_scans("guest", case, &[&fact]).len(), 1, "{case:?}");
        }
    }
}

//! Attendance: what follows from all scans of one registration, in whatever order they arrive.
//!
//! First each place is folded by itself (`stay.rs`), then the event: what counts anywhere counts once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    CountedScan, DayRule, Direction, Place,
    stay::{Interval, Stay, stay, total, united},
};
use crate::{
    checkpoint::{Checkpoint, CheckpointKind, CheckpointRules, MissingExit, Window},
    event::Event,
    id::{CheckpointId, SessionId},
};

/// Whether a person was at an event, is there now, and for how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Whether any scan that stands let the person in.
    pub has_attended: bool,
    /// Whether the person is inside as far as the scans tell.
    pub is_inside: bool,
    /// The checkpoint where the person is inside, if it is at one.
    pub inside_at: Option<CheckpointId>,
    /// When the person first came in.
    pub first_in_at: Option<DateTime<Utc>>,
    /// When the person last went out.
    pub last_out_at: Option<DateTime<Utc>>,
    /// Whole minutes of 60 seconds for which the person attended.
    pub minutes: i32,
    /// Half days for which the person attended, by the rule of days; two are a day.
    pub half_days: i32,
    /// Whether some of the minutes or days follow from a rule, because no exit was seen.
    pub is_imputed: bool,
}

/// Where a person was seen: a checkpoint that let them in, or a session that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Where.
    #[serde(flatten)]
    pub spot: Spot,
    /// Whether they are in there now, as far as the scans tell.
    #[serde(rename = "in")]
    pub is_inside: bool,
}

impl Sighting {
    /// The checkpoint at which the person is in now, if it is one.
    #[must_use]
    pub fn checkpoint_inside(&self) -> Option<CheckpointId> {
        match self.spot {
            Spot::Checkpoint(checkpoint) => self.is_inside.then_some(checkpoint),
            Spot::Session(_) => None,
        }
    }
}

/// A place that people are counted at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Spot {
    /// A checkpoint.
    #[serde(rename = "at")]
    Checkpoint(CheckpointId),
    /// The door of a session without a checkpoint of its own.
    #[serde(rename = "session")]
    Session(SessionId),
}

/// All that follows from the scans of one registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// Whether the person was at the event, is there now, and for how long.
    pub attendance: Attendance,
    /// The sessions without a checkpoint and the checkpoints that let the person in, each in the order of their ids.
    pub sightings: Vec<Sighting>,
}

/// What the fold knows of an event beside the scans.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// Its checkpoints, removed ones too.
    pub checkpoints: &'a [Checkpoint],
    /// When it is, where it has a timetable.
    pub hours: Window,
    /// The zone in which its days are counted.
    pub zone: Tz,
    /// The rule of days.
    pub day_rule: DayRule,
}

impl Default for Ground<'_> {
    fn default() -> Self {
        Self { checkpoints: &[], hours: Window::default(), zone: Tz::UTC, day_rule: DayRule::default() }
    }
}

impl<'a> Ground<'a> {
    /// What the fold knows of this event.
    #[must_use]
    pub fn of(event: &Event, checkpoints: &'a [Checkpoint], day_rule: DayRule) -> Self {
        let hours = event
            .timetable
            .map(|timetable| Window { from: Some(timetable.starts_at), until: Some(timetable.ends_at) });
        let zone = event.timetable.map_or(Tz::UTC, |timetable| timetable.zone);
        Self { checkpoints, hours: hours.unwrap_or_default(), zone, day_rule }
    }

    /// The place where a scan counts: its checkpoint, that of its session, or that of its day.
    ///
    /// Who stands at the door of the event without naming a checkpoint stands at that of the day whose doors are open.
    #[must_use]
    pub fn place_of(&self, scan: &CountedScan) -> Place {
        let standing = || self.checkpoints.iter().filter(|checkpoint| !checkpoint.is_removed);
        match scan.place {
            Place::Session(session) => standing()
                .find(|checkpoint| checkpoint.session == Some(session))
                .map_or(Place::Session(session), |checkpoint| Place::Checkpoint(checkpoint.id)),
            Place::Event => scan
                .at
                .and_then(|at| {
                    standing().find(|checkpoint| {
                        let doors = checkpoint.rules.doors;
                        let is_day = checkpoint.kind == CheckpointKind::Day;
                        is_day && doors.from.is_some() && doors.until.is_some() && doors.holds(at)
                    })
                })
                .map_or(Place::Event, |checkpoint| Place::Checkpoint(checkpoint.id)),
            place @ Place::Checkpoint(_) => place,
        }
    }

    fn checkpoint(&self, place: Place) -> Option<&'a Checkpoint> {
        let Place::Checkpoint(id) = place else { return None };
        self.checkpoints.iter().find(|checkpoint| checkpoint.id == id)
    }

    fn rules(&self, place: Place) -> CheckpointRules {
        match (self.checkpoint(place), place) {
            (Some(checkpoint), _) => checkpoint.rules,
            (None, Place::Event) => CheckpointRules { hours: self.hours, ..CheckpointRules::default() },
            (None, _) => CheckpointRules { missing_exit: MissingExit::Nothing, ..CheckpointRules::default() },
        }
    }

    /// Whether the place tells if someone is at the event at all: a day, a door, or the event itself.
    fn is_main(&self, place: Place) -> bool {
        match (place, self.checkpoint(place)) {
            (Place::Event, _) => true,
            (Place::Session(_), _) => false,
            (Place::Checkpoint(_), checkpoint) => checkpoint.is_none_or(|checkpoint| {
                matches!(checkpoint.kind, CheckpointKind::Day | CheckpointKind::Door)
            }),
        }
    }

    /// The days of the event with the hours of each, where they are stated.
    fn days(&self) -> BTreeMap<NaiveDate, Vec<Interval>> {
        let mut days: BTreeMap<NaiveDate, Vec<Interval>> = BTreeMap::new();
        let standing = self.checkpoints.iter().filter(|checkpoint| !checkpoint.is_removed);
        for checkpoint in standing.filter(|checkpoint| checkpoint.kind != CheckpointKind::Meal) {
            let (Some(from), Some(until)) = (checkpoint.rules.hours.from, checkpoint.rules.hours.until)
            else {
                continue;
            };
            let day = checkpoint.day.unwrap_or_else(|| from.with_timezone(&self.zone).date_naive());
            days.entry(day).or_default().push(Interval { from, until, is_imputed: false });
        }
        days
    }
}

/// What one scan adds: a time and a way.
type Seen = (Option<DateTime<Utc>>, Direction);

/// Folds scans into the stay of the person at each place. Order and repetition do not matter.
pub fn stays(ground: &Ground<'_>, scans: impl IntoIterator<Item = CountedScan>) -> BTreeMap<Place, Stay> {
    // At one instant, whoever came in and went out is out: ids, which clients make, decide nothing.
    let mut places: BTreeMap<Place, BTreeSet<Seen>> = BTreeMap::new();
    for scan in scans {
        places.entry(ground.place_of(&scan)).or_default().insert((scan.at, scan.direction));
    }
    places
        .into_iter()
        .map(|(place, facts)| {
            let is_meal =
                ground.checkpoint(place).is_some_and(|checkpoint| checkpoint.kind == CheckpointKind::Meal);
            let mut stay = stay(&ground.rules(place), facts);
            if is_meal {
                stay.intervals.clear();
            }
            (place, stay)
        })
        .collect()
}

/// Folds scans into attendance. Order and repetition of the scans do not matter.
///
/// Who came in anywhere has attended. Whether someone is inside is told by the doors of the event and its days; only
/// where nobody scans there, by those of its sessions and meals. Time at several places at once counts once.
pub fn attendance(ground: &Ground<'_>, scans: impl IntoIterator<Item = CountedScan>) -> Attendance {
    fold(ground, scans).attendance
}

/// Folds scans into attendance and into where the person was seen, by the rules of [`attendance`].
///
/// Of several days and doors a person is in at the one that tells where they are; in a session or at a meal, as long as
/// they are at the event at all.
pub fn fold(ground: &Ground<'_>, scans: impl IntoIterator<Item = CountedScan>) -> Folded {
    let stays = stays(ground, scans);
    let mains: Vec<(&Place, &Stay)> = stays.iter().filter(|(place, _)| ground.is_main(**place)).collect();
    let telling: Vec<(&Place, &Stay)> = if mains.is_empty() { stays.iter().collect() } else { mains.clone() };
    // Of several doors of the event, the last that saw the person tells; of sessions, any where they still are.
    let inside = if mains.is_empty() {
        telling.iter().filter(|(_, stay)| stay.is_inside).max_by_key(|(_, stay)| stay.last_at)
    } else {
        telling.iter().max_by_key(|(_, stay)| stay.last_at).filter(|(_, stay)| stay.is_inside)
    };
    let spent = united(stays.values().flat_map(|stay| stay.intervals.iter().copied()));
    let (half_days, by_presence) = half_days(ground, &stays, &spent);
    let is_in = |place: &Place, stay: &Stay| {
        let is_here = inside.is_some_and(|(here, _)| **here == *place);
        if ground.is_main(*place) { is_here } else { stay.is_inside && inside.is_some() }
    };
    let sightings = stays.iter().filter(|(_, stay)| stay.came).filter_map(|(place, stay)| {
        let spot = match place {
            Place::Checkpoint(checkpoint) => Spot::Checkpoint(*checkpoint),
            Place::Session(session) => Spot::Session(*session),
            Place::Event => return None,
        };
        Some(Sighting { spot, is_inside: is_in(place, stay) })
    });
    let sightings = sightings.collect();
    let attendance = Attendance {
        has_attended: stays.values().any(|stay| stay.came),
        is_inside: inside.is_some(),
        inside_at: inside.and_then(|(place, _)| match place {
            Place::Checkpoint(id) => Some(*id),
            Place::Event | Place::Session(_) => None,
        }),
        first_in_at: stays.values().filter_map(|stay| stay.first_in_at).min(),
        last_out_at: telling.iter().filter_map(|(_, stay)| stay.last_out_at).max(),
        minutes: i32::try_from(total(&spent).num_minutes()).unwrap_or(i32::MAX),
        half_days,
        is_imputed: by_presence || spent.iter().any(|interval| interval.is_imputed),
    };
    Folded { attendance, sightings }
}

/// Whether the person is inside at one place, by the scans there.
pub(super) fn is_inside_by<'a>(here: impl IntoIterator<Item = &'a CountedScan>) -> bool {
    let timed = here.into_iter().filter(|scan| scan.at.is_some());
    let last = timed.max_by_key(|scan| (scan.at, scan.direction));
    last.is_some_and(|scan| scan.direction == Direction::In)
}

/// How many half days count, and whether any counts by presence alone because the hours of the day are not stated.
fn half_days(ground: &Ground<'_>, stays: &BTreeMap<Place, Stay>, spent: &[Interval]) -> (i32, bool) {
    let hours = ground.days();
    let mut attended: BTreeMap<NaiveDate, TimeDelta> = BTreeMap::new();
    for interval in spent {
        for (day, part) in by_day(*interval, ground.zone) {
            *attended.entry(day).or_default() += part;
        }
    }
    let mut halves: BTreeMap<NaiveDate, i32> = BTreeMap::new();
    for (day, time) in attended {
        let stated = hours.get(&day).map(|hours| total(&united(hours.iter().copied())));
        let nominal = TimeDelta::minutes(i64::from(ground.day_rule.nominal_minutes));
        let whole = stated.filter(|stated| *stated > TimeDelta::zero()).unwrap_or(nominal);
        let reaches = |percent: u8| {
            time.num_seconds() * 100 >= whole.num_seconds() * i64::from(percent) && !time.is_zero()
        };
        let count =
            i32::from(reaches(ground.day_rule.half_from)) + i32::from(reaches(ground.day_rule.whole_from));
        halves.insert(day, count);
    }
    let mut by_presence = false;
    for (place, stay) in stays.iter().filter(|(_, stay)| stay.came) {
        // A day whose hours nobody has stated was attended by whoever was seen there.
        let Some(day) = ground.checkpoint(*place).and_then(|checkpoint| checkpoint.day) else { continue };
        if !hours.contains_key(&day) && halves.get(&day).copied().unwrap_or_default() < 2 && stay.is_open() {
            halves.insert(day, 2);
            by_presence = true;
        }
    }
    (halves.values().sum(), by_presence)
}

/// The parts of an interval by the day on which they lie in a zone.
fn by_day(interval: Interval, zone: Tz) -> Vec<(NaiveDate, TimeDelta)> {
    let mut parts = Vec::new();
    let mut from = interval.from;
    while from < interval.until {
        let day = from.with_timezone(&zone).date_naive();
        let midnight = day.succ_opt().and_then(|next| {
            next.and_hms_opt(0, 0, 0)?.and_local_timezone(zone).earliest().map(|at| at.with_timezone(&Utc))
        });
        // Where there is no midnight, because a clock skips it, the day ends an hour later.
        let until = midnight.filter(|midnight| *midnight > from).unwrap_or(from + TimeDelta::days(1));
        let until = until.min(interval.until);
        parts.push((day, until - from));
        from = until;
    }
    parts
}

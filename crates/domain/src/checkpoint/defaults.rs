//! The checkpoints that an event has by itself: one for each of its days, as its timetable or its dates tell them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Checkpoint, CheckpointRules, Window};
use crate::{
    event::{Event, Timetable},
    id::CheckpointId,
};

/// A day of an event with the rules that follow from the timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultDay {
    /// The day, in the zone of the event.
    pub day: NaiveDate,
    /// Its rules.
    pub rules: CheckpointRules,
}

/// What becomes of an event's checkpoints when its timetable or its dates were changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Followed {
    /// The days that have none yet.
    pub added: Vec<DefaultDay>,
    /// Those that follow the timetable, as they are now.
    pub changed: Vec<Checkpoint>,
}

/// The most days for which checkpoints are made by themselves; what lasts longer has sessions.
const MOST_DAYS: u32 = 62;

/// The days of an event: those of its timetable, else those of its dates where both ends are known to the day.
///
/// With a timetable, the doors of a day are open all day long in the event's zone, and its hours last from the time of
/// day at which the event starts to that at which it ends; of an event that goes on through the night, all day
/// long. Without one nobody knows in which zone the day begins: nothing is closed, and nothing is clipped.
#[must_use]
pub fn default_days(event: &Event) -> Vec<DefaultDay> {
    if let Some(timetable) = event.timetable {
        return timetable_days(&timetable);
    }
    let dates = event.dates.date();
    let (first, days) = (dates.earliest(), dates.days().filter(|_| !dates.is_window()));
    let days = first.zip(days).map_or_else(Vec::new, |(first, days)| days_from(first, days));
    days.into_iter().map(|day| DefaultDay { day, rules: CheckpointRules::default() }).collect()
}

/// Decides how the checkpoints of an event follow its timetable or its dates.
///
/// `known` are all that it has or had. What a manager changed or removed stays so, and so does a day on which people
/// were scanned. Done twice, the second time changes nothing.
pub fn follow_timetable(
    event: &Event,
    known: &[Checkpoint],
    has_scans: impl Fn(CheckpointId) -> bool,
) -> Followed {
    let mut followed = Followed::default();
    let wanted = default_days(event);
    for wanted in &wanted {
        let of_day = || known.iter().filter(|known| known.day == Some(wanted.day));
        match of_day().find(|known| !known.is_removed).or_else(|| of_day().next()) {
            None => followed.added.push(*wanted),
            Some(known) if known.is_default && (known.is_removed || known.rules != wanted.rules) => {
                let version = known.version + 1;
                followed.changed.push(Checkpoint {
                    version,
                    rules: wanted.rules,
                    is_removed: false,
                    ..known.clone()
                });
            }
            Some(_) => {}
        }
    }
    let is_gone = |known: &&Checkpoint| {
        known.is_default && !known.is_removed && wanted.iter().all(|wanted| Some(wanted.day) != known.day)
    };
    for gone in known.iter().filter(is_gone).filter(|gone| !has_scans(gone.id)) {
        followed.changed.push(Checkpoint { version: gone.version + 1, is_removed: true, ..gone.clone() });
    }
    followed
}

fn timetable_days(timetable: &Timetable) -> Vec<DefaultDay> {
    let Timetable { starts_at, ends_at, zone } = *timetable;
    let (start, end) =
        (starts_at.with_timezone(&zone).naive_local(), ends_at.with_timezone(&zone).naive_local());
    // What ends at midnight has ended the evening before.
    let ends_at_midnight = end.time() == NaiveTime::MIN && end > start;
    let last = if ends_at_midnight { end.date().pred_opt().unwrap_or(end.date()) } else { end.date() };
    let days = u32::try_from((last - start.date()).num_days() + 1).unwrap_or_default();
    let in_the_evening = if ends_at_midnight { None } else { Some(end.time()) };
    let has_daily_hours = in_the_evening.is_none_or(|evening| evening > start.time());
    let all = days_from(start.date(), days);
    all.into_iter()
        .map(|day| {
            let doors = Window {
                from: midnight(zone, day),
                until: day.succ_opt().and_then(|day| midnight(zone, day)),
            };
            let hours = if has_daily_hours {
                let evening = in_the_evening.map(|evening| instant(zone, day.and_time(evening)));
                Window {
                    from: instant(zone, day.and_time(start.time())),
                    until: evening.unwrap_or(doors.until),
                }
            } else {
                Window {
                    from: doors.from.map(|from| from.max(starts_at)),
                    until: doors.until.map(|until| until.min(ends_at)),
                }
            };
            DefaultDay { day, rules: CheckpointRules { doors, hours, ..CheckpointRules::default() } }
        })
        .collect()
}

fn days_from(first: NaiveDate, days: u32) -> Vec<NaiveDate> {
    if days > MOST_DAYS {
        return Vec::new();
    }
    (0..u64::from(days)).filter_map(|number| first.checked_add_days(Days::new(number))).collect()
}

fn midnight(zone: Tz, day: NaiveDate) -> Option<DateTime<Utc>> {
    instant(zone, day.and_time(NaiveTime::MIN))
}

/// The instant of a local time; of the two that a change of the clock can give it, the first; of none, the hour after.
fn instant(zone: Tz, local: chrono::NaiveDateTime) -> Option<DateTime<Utc>> {
    let an_hour_later = || zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest();
    let instant = zone.from_local_datetime(&local).earliest().or_else(an_hour_later);
    instant.map(|instant| instant.with_timezone(&Utc))
}

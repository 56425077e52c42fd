//! The event that is simulated: its doors, its people and their badges, made by mutations as a manager makes them.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Simulation, manager::Manager};
use crate::{Door, Doors, EnrolmentCode, Trouble, device::new_id};

/// The event, its doors and its people.
pub(super) struct World {
    pub(super) event: String,
    /// Whether it was made for this simulation: then nobody else is at it.
    pub(super) is_own: bool,
    /// The hours of the event, and the zone in which its days are counted.
    pub(super) timetable: Option<Timetable>,
    pub(super) checkpoints: Vec<Checkpoint>,
    pub(super) people: Vec<Somebody>,
    /// Those who come though they are on no list: of each, as whom among the people they turn out to be, if anyone finds
    /// out.
    pub(super) guests: Vec<Option<usize>>,
    /// Nine in the morning of the day on which people come.
    pub(super) morning: DateTime<Utc>,
    /// Told from all other runs, so that what is sent twice is done once.
    run: Uuid,
    now: DateTime<Utc>,
}

/// Someone with a badge.
#[derive(Debug, Clone)]
pub(super) struct Somebody {
    pub(super) registration: String,
    /// The person, by their global id.
    pub(super) participant: String,
    pub(super) standing: Standing,
    /// The badge that was printed first.
    pub(super) badge: String,
    /// The badge that took its place.
    pub(super) replaced_by: Option<String>,
}

/// How someone stands while the doors are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Registered, with a good badge.
    Good,
    /// No longer registered.
    Cancelled,
    /// Registered, with a badge that was revoked.
    Revoked,
    /// Registered, with a badge that another one took the place of.
    Replaced,
    /// Registered at another event.
    Elsewhere,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timetable {
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    #[serde(deserialize_with = "zone")]
    pub(super) zone: Tz,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Checkpoint {
    #[serde(flatten)]
    pub(super) doors: Doors,
    pub(super) session: Option<Named>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) id: String,
}

const ZONE: Tz = Tz::Asia__Tashkent;

const CREATE_EVENT: &str = "mutation($input: CreateEventInput!) { createEvent(input: $input) {
    event { id } errors { code message path } } }";
const ADVANCE: &str = "mutation($input: AdvanceEventInput!) { advanceEvent(input: $input) {
    event { id } errors { code message path } } }";
const CREATE_SESSION: &str = "mutation($input: CreateSessionInput!) { createSession(input: $input) {
    session { id } errors { code message path } } }";
const CREATE_CHECKPOINT: &str = "mutation($input: CreateCheckpointInput!) { createCheckpoint(input: $input) {
    checkpoint { id } errors { code message path } } }";
const EVENT: &str = "query($id: ID!) { event(id: $id) { timetable { startsAt endsAt zone }
    checkpoints { id kind day session { id } opensAt closesAt startsAt endsAt capacity scansExits missingExit
        missingExitMinutes } } }";
const REGISTER: &str = "mutation($input: RegisterParticipantInput!) { registerParticipant(input: $input) {
    registration { id participant { id } badge { payload } } errors { code message path } } }";
const CANCEL: &str = "mutation($input: CancelRegistrationInput!) { cancelRegistration(input: $input) {
    registration { id } errors { code message path } } }";
const REVOKE: &str = "mutation($input: RevokeBadgeInput!) { revokeBadge(input: $input) {
    registration { id } errors { code message path } } }";
const REISSUE: &str = "mutation($input: ReissueBadgeInput!) { reissueBadge(input: $input) {
    registration { badge { payload } } errors { code message path } } }";
const PREPARE: &str = "mutation($input: PrepareDeviceInput!) { prepareDevice(input: $input) {
    code { code } errors { code message path } } }";

impl World {
    /// Makes the event, or takes the one that is named, and registers people.
    pub(super) async fn make(manager: &mut Manager, simulation: &Simulation) -> Result<Self, Trouble> {
        let now = simulation.clock.now();
        let run = new_id(now);
        // Everyone came yesterday: whatever a clock says, nothing lies in the future.
        let day = now.with_timezone(&ZONE).date_naive() - Days::new(1);
        let is_own = simulation.event.is_none();
        let mut world = Self {
            event: simulation.event.clone().unwrap_or_default(),
            is_own,
            timetable: None,
            checkpoints: Vec::new(),
            people: Vec::new(),
            guests: Vec::new(),
            morning: at(day, 9),
            run,
            now,
        };
        if is_own {
            let title = format!("Check-in simulation, seed {}", simulation.seed);
            world.event = world.open_event(manager, simulation, &title, day).await?;
            world.set_up_doors(manager, day, simulation.participants).await?;
        }
        let shown: Shown = manager.ask(EVENT, json!({ "id": world.event })).await?;
        world.timetable = shown.timetable;
        world.checkpoints = shown.checkpoints;
        let elsewhere = world.open_event(manager, simulation, "Elsewhere", day).await?;
        for number in 0..simulation.participants {
            let registered = world.register(manager, &world.event, number).await?;
            world.people.push(registered);
        }
        let guest = world.register(manager, &elsewhere, simulation.participants).await?;
        world.people.push(Somebody { standing: Standing::Elsewhere, ..guest });
        world.guests = vec![None; simulation.participants.div_ceil(6)];
        Ok(world)
    }

    /// Everywhere a phone can stand: at the event, at each checkpoint, at the door of each session.
    pub(super) fn doors(&self) -> Vec<Door> {
        let checkpoints = self
            .checkpoints
            .iter()
            .map(|checkpoint| Door { checkpoint_id: Some(checkpoint.doors.id.clone()), session_id: None });
        let sessions = self.checkpoints.iter().filter_map(|checkpoint| {
            checkpoint
                .session
                .as_ref()
                .map(|session| Door { checkpoint_id: None, session_id: Some(session.id.clone()) })
        });
        std::iter::once(Door::default()).chain(checkpoints).chain(sessions).collect()
    }

    /// Prepares devices for the event and gives out their codes.
    pub(super) async fn prepare_devices(
        &mut self,
        manager: &mut Manager,
        devices: usize,
    ) -> Result<Vec<EnrolmentCode>, Trouble> {
        #[derive(Deserialize)]
        struct Prepared {
            code: Code,
        }
        #[derive(Deserialize)]
        struct Code {
            code: String,
        }
        let closes_at = self.now + TimeDelta::days(2);
        let mut codes = Vec::new();
        for number in 0..devices {
            let input = json!({ "name": format!("Phone {number}"), "eventIds": [self.event],
                "closesAt": closes_at, "codeMinutes": 1_440, "idempotencyKey": self.key("device", number) });
            let prepared: Prepared = manager.ask(PREPARE, json!({ "input": input })).await?;
            let enrolment_id = new_id(self.now);
            codes.push(EnrolmentCode { code: prepared.code.code, enrolment_id });
        }
        Ok(codes)
    }

    /// Takes people off the list and their badges back, about one in twelve each, and one of each where there are enough.
    pub(super) async fn disturb(&mut self, manager: &mut Manager) -> Result<(), Trouble> {
        #[derive(Deserialize)]
        struct Reissued {
            registration: WithBadge,
        }
        let everyone = self.people.iter().filter(|person| person.standing == Standing::Good).count();
        for number in 0..everyone {
            let registration = self.people[number].registration.clone();
            let reason = "The simulation wants it so.";
            let standing = match number % 12 {
                1 => {
                    let input = json!({ "id": registration, "reason": reason });
                    let _: Value = manager.ask(CANCEL, json!({ "input": input })).await?;
                    Standing::Cancelled
                }
                4 => {
                    let input = json!({ "registrationId": registration, "reason": reason });
                    let _: Value = manager.ask(REVOKE, json!({ "input": input })).await?;
                    Standing::Revoked
                }
                7 => {
                    let key = self.key("reissue", number);
                    let input = json!({ "registrationId": registration, "idempotencyKey": key });
                    let reissued: Reissued = manager.ask(REISSUE, json!({ "input": input })).await?;
                    self.people[number].replaced_by = reissued.registration.badge.map(|badge| badge.payload);
                    Standing::Replaced
                }
                _ => continue,
            };
            self.people[number].standing = standing;
        }
        // Every other one who is on no list is someone who is on it, whom nobody recognised at the door.
        let mut good = self.people_in(Standing::Good).into_iter();
        for guest in self.guests.iter_mut().step_by(2) {
            *guest = good.next();
        }
        Ok(())
    }

    /// Those who stand so, by their places.
    pub(super) fn people_in(&self, standing: Standing) -> Vec<usize> {
        let people = self.people.iter().enumerate().filter(|(_, person)| person.standing == standing);
        people.map(|(place, _)| place).collect()
    }

    async fn open_event(
        &self,
        manager: &mut Manager,
        simulation: &Simulation,
        title: &str,
        day: NaiveDate,
    ) -> Result<String, Trouble> {
        #[derive(Deserialize)]
        struct Created {
            event: Named,
        }
        let input = json!({ "kind": "TRAINING", "names": [{ "text": title, "language": "en" }],
            "dates": { "edtf": day.to_string() }, "hostId": simulation.host, "programId": simulation.program,
            "timetable": { "startsAt": at(day, 9), "endsAt": at(day, 17), "zone": ZONE.name() },
            "idempotencyKey": self.key(title, 0) });
        let created: Created = manager.ask(CREATE_EVENT, json!({ "input": input })).await?;
        for step in ["PLAN", "OPEN"] {
            let input = json!({ "id": created.event.id, "step": step });
            let _: Value = manager.ask(ADVANCE, json!({ "input": input })).await?;
        }
        Ok(created.event.id)
    }

    /// A workshop that everyone is taken to stay at, a meal, and a gallery that can fill.
    async fn set_up_doors(
        &self,
        manager: &mut Manager,
        day: NaiveDate,
        participants: usize,
    ) -> Result<(), Trouble> {
        #[derive(Deserialize)]
        struct Created {
            session: Named,
        }
        let input = json!({ "eventId": self.event, "number": 1,
            "names": [{ "text": "Workshop", "language": "en" }] });
        let created: Created = manager.ask(CREATE_SESSION, json!({ "input": input })).await?;
        let name = |text: &str| json!([{ "text": text, "language": "en" }]);
        let workshop = json!({ "kind": "SESSION", "sessionId": created.session.id, "scansExits": false,
            "opensAt": at(day, 9), "closesAt": at(day, 13), "startsAt": at(day, 10), "endsAt": at(day, 12) });
        let lunch = json!({ "kind": "MEAL", "name": name("Lunch"), "scansExits": false,
            "missingExit": "AFTER_MINUTES", "missingExitMinutes": 45,
            "opensAt": at(day, 12), "closesAt": at(day, 14) });
        let gallery = json!({ "kind": "DOOR", "name": name("Gallery"), "missingExit": "NOTHING",
            "capacity": (participants / 4).max(1), "startsAt": at(day, 13), "endsAt": at(day, 17) });
        for mut input in [workshop, lunch, gallery] {
            input["eventId"] = json!(self.event);
            let _: Value = manager.ask(CREATE_CHECKPOINT, json!({ "input": input })).await?;
        }
        Ok(())
    }

    async fn register(&self, manager: &mut Manager, event: &str, number: usize) -> Result<Somebody, Trouble> {
        #[derive(Deserialize)]
        struct Registered {
            registration: WithBadge,
        }
        let name = json!({ "asWritten": format!("Guest {number}"), "family": "Guest", "given": number.to_string(),
            "language": "en" });
        let input = json!({ "eventId": event, "participant": { "new": { "names": [name] } },
            "idempotencyKey": self.key("participant", number) });
        let registered: Registered = manager.ask(REGISTER, json!({ "input": input })).await?;
        let WithBadge { id, badge, participant } = registered.registration;
        let badge = badge.map(|badge| badge.payload).unwrap_or_default();
        let participant = participant.map(|person| person.id).unwrap_or_default();
        Ok(Somebody { registration: id, participant, standing: Standing::Good, badge, replaced_by: None })
    }

    fn key(&self, what: &str, number: usize) -> String {
        format!("{} {what} {number}", self.run)
    }
}

#[derive(Deserialize)]
struct Shown {
    timetable: Option<Timetable>,
    checkpoints: Vec<Checkpoint>,
}

#[derive(Deserialize)]
struct WithBadge {
    #[serde(default)]
    id: String,
    badge: Option<Badge>,
    participant: Option<Named>,
}

#[derive(Deserialize)]
struct Badge {
    payload: String,
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// An hour of a day in the zone of the event; Tashkent has not moved its clocks since 1991.
fn at(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let local = day.and_time(NaiveTime::MIN) + TimeDelta::hours(i64::from(hour));
    ZONE.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

//! A phone that stands at the doors of an event: from the code that it is shown to the last scan that it hands in.
//!
//! ```text
//! enrol → refresh → scan, scan, scan … → refresh, hand in → scan … → hand in
//!                   without a network                                 until nothing is pending
//! ```

use chrono::{DateTime, Utc};
use rand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::{
    BackOff, Clock, Connection, Manifest, Queue, Trouble, Verdict,
    operation::{
        Answered, CHECK_IN, ENROL, Enrolled, LetThrough, MANIFEST, ManifestPage, REVOCATIONS, RevocationPage,
        SUBMIT,
    },
    queue::{Direction, Door, HeldScan, HeldWalkIn, Method, Shown},
};

/// A phone that is enrolled.
#[derive(Debug)]
pub struct Device {
    connection: Connection,
    clock: Clock,
    kept: Kept,
}

/// What a phone writes to its disk, whole and in one step, before it goes on: with it the phone can be switched off at
/// any moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    token: String,
    event_id: String,
    manifest: Manifest,
    queue: Queue,
    is_ended: bool,
}

/// The code by which a phone becomes a device, with what makes it safe to send it twice.
#[derive(Debug, Clone)]
pub struct EnrolmentCode {
    /// The code, as it was typed or as its QR says.
    pub code: String,
    /// An identifier that the phone made before it sent the code for the first time.
    pub enrolment_id: Uuid,
}

/// Scans that are sent together, stamped with the time of sending.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch {
    /// When it is sent, by the clock that made the scans.
    pub sent_at: DateTime<Utc>,
    /// How many scans the device holds back beside these.
    pub pending: usize,
    /// The version of the application.
    pub application_version: &'static str,
    /// Those whom the device took in.
    pub walk_ins: Vec<HeldWalkIn>,
    /// The scans.
    pub scans: Vec<HeldScan>,
}

impl Batch {
    /// The same with walk-ins.
    #[must_use]
    pub fn with_walk_ins(self, walk_ins: Vec<HeldWalkIn>) -> Self {
        Self { walk_ins, ..self }
    }
}

impl Device {
    /// The most scans of one batch.
    pub const MOST_SCANS: usize = 1_000;
    /// The most walk-ins of one batch.
    pub const MOST_WALK_INS: usize = 200;
    /// How many people come with one page of the manifest.
    const PAGE: u32 = 200;

    /// Becomes the device that the code was given out for. The answer may be lost: the same is sent until one comes.
    pub async fn enrol(
        connection: &Connection,
        code: &EnrolmentCode,
        clock: Clock,
        back_off: BackOff,
    ) -> Result<Self, Trouble> {
        let input = json!({ "code": code.code, "enrolmentId": code.enrolment_id,
            "applicationVersion": VERSION, "model": "reference client" });
        let mut waits = back_off.begin();
        let enrolled: Enrolled = loop {
            match connection.ask(ENROL, &json!({ "input": input })).await {
                Ok(enrolled) => break enrolled,
                // So many phones at once: each has its turn.
                Err(Trouble::Refused { code, message }) if code == "TOO_MANY_ATTEMPTS" => {
                    waits.after(Trouble::Later { code, message, after: None }).await?;
                }
                Err(trouble) => waits.after(trouble).await?,
            }
        };
        let event_id = enrolled.device.event_ids.into_iter().next().unwrap_or_default();
        let (manifest, queue) = (Manifest::default(), Queue::default());
        let kept = Kept { token: enrolled.access_token, event_id, manifest, queue, is_ended: false };
        Ok(Self::resume(connection, kept, clock))
    }

    /// Goes on where the phone was switched off.
    #[must_use]
    pub fn resume(connection: &Connection, kept: Kept, clock: Clock) -> Self {
        Self { connection: connection.with_token(&kept.token), clock, kept }
    }

    /// What is to be written to the disk.
    #[must_use]
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What the device holds of the event.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.kept.manifest
    }

    /// The scans that have no answer yet.
    #[must_use]
    pub fn queue(&self) -> &Queue {
        &self.kept.queue
    }

    /// Whether the device was told that it is one no more. It holds nothing of people then.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.kept.is_ended
    }

    /// Takes in what is new: the revocations first, then the people, each to the end.
    pub async fn refresh(&mut self) -> Result<(), Trouble> {
        loop {
            let variables = self.page(self.kept.manifest.revocations_cursor());
            let page: Result<RevocationPage, _> = self.connection.ask(REVOCATIONS, &variables).await;
            let page = self.heard(page)?;
            if !self.kept.manifest.take_revocations(page) {
                break;
            }
        }
        loop {
            let variables = self.page(self.kept.manifest.people_cursor());
            let page: Result<ManifestPage, _> = self.connection.ask(MANIFEST, &variables).await;
            let page = self.heard(page)?;
            if !self.kept.manifest.take_people(page) {
                break;
            }
        }
        Ok(())
    }

    /// Takes in someone who is on no list, and keeps them until they are handed in.
    pub fn take_in(&mut self, name: &str) -> HeldWalkIn {
        let walk_in_id = new_id(self.clock.now());
        let walk_in = HeldWalkIn { walk_in_id, event_id: self.kept.event_id.clone(), name: name.to_owned() };
        self.kept.queue.keep_walk_in(walk_in.clone());
        walk_in
    }

    /// Scans whoever stands at the door: judges by what the device knows, and keeps the scan whatever comes of it.
    pub fn scan(&mut self, shown: Shown, door: Door, direction: Direction) -> &HeldScan {
        let now = self.clock.now();
        let (verdict, method) = match &shown {
            Shown::Code(code) => (self.kept.manifest.judge(code, now).as_str(), Method::Qr),
            Shown::Registration(id) => {
                let found = self.kept.manifest.people().find(|person| person.registration_id == *id);
                let verdict = found.map_or(Verdict::NotExpected, Verdict::Welcome);
                (verdict.as_str(), Method::Manual)
            }
            Shown::WalkIn(_) => ("WALK_IN", Method::Manual),
        };
        let (credential, registration_id, walk_in_id) = match shown {
            Shown::Code(code) => (Some(code), None, None),
            Shown::Registration(id) => (None, Some(id), None),
            Shown::WalkIn(id) => (None, None, Some(id)),
        };
        let scan_id = new_id(now);
        let (event_id, cursor) = (self.kept.event_id.clone(), self.kept.manifest.people_cursor());
        let manifest_cursor = cursor.map(ToOwned::to_owned);
        self.kept.queue.keep(|sequence| HeldScan {
            scan_id,
            sequence,
            event_id,
            door,
            registration_id,
            credential,
            walk_in_id,
            direction,
            method,
            captured_at: now,
            manifest_cursor,
            local_verdict: verdict.to_owned(),
        })
    }

    /// Puts a batch together, to be sent at once: its time of sending is that of this moment.
    #[must_use]
    pub fn batch(&self, scans: Vec<HeldScan>) -> Batch {
        let pending = self.kept.queue.len().saturating_sub(scans.len());
        let (sent_at, walk_ins) = (self.clock.now(), Vec::new());
        Batch { sent_at, pending, application_version: VERSION, walk_ins, scans }
    }

    /// Sends a batch once, and forgets what was answered. Without an answer nothing is forgotten.
    pub async fn send(&mut self, batch: &Batch) -> Result<Answered, Trouble> {
        let answered: Result<Answered, _> = self.connection.ask(SUBMIT, &json!({ "input": batch })).await;
        let answered = self.heard(answered)?;
        self.kept.queue.settle_walk_ins(&batch.walk_ins, &answered.walk_in_results);
        self.kept.queue.settle(&batch.scans, &answered.results);
        Ok(answered)
    }

    /// Asks at once about a scan for whom someone waits. One that is let through is forgotten, one that is refused is taken
    /// back; without an answer it is kept like any other, to be asked about again or handed in under the same identifier.
    pub async fn check_in(&mut self, scan: &HeldScan) -> Result<LetThrough, Trouble> {
        let input = json!({ "scanId": scan.scan_id, "sequence": scan.sequence, "eventId": scan.event_id,
            "checkpointId": scan.door.checkpoint_id, "sessionId": scan.door.session_id,
            "registrationId": scan.registration_id, "credential": scan.credential,
            "direction": scan.direction, "method": scan.method, "capturedAt": scan.captured_at });
        let answer: Result<LetThrough, _> = self.connection.ask(CHECK_IN, &json!({ "input": input })).await;
        let answer = self.heard(answer);
        match &answer {
            Ok(_) => self.kept.queue.forget(scan),
            // The server knows another scan by this number: the next one needs another.
            Err(Trouble::Refused { code, .. }) if code == "SEQUENCE_REUSED" => self.kept.queue.forget(scan),
            Err(Trouble::Refused { .. }) => self.kept.queue.take_back(scan),
            Err(_) => {}
        }
        answer
    }

    /// Hands in all that is pending, and again what has no answer, later each time.
    pub async fn hand_in(&mut self, back_off: BackOff) -> Result<(), Trouble> {
        let mut waits = back_off.begin();
        while !self.kept.queue.is_empty() {
            let walk_ins = self.kept.queue.first_walk_ins(Self::MOST_WALK_INS);
            let batch = self.batch(self.kept.queue.first(Self::MOST_SCANS)).with_walk_ins(walk_ins);
            let trouble = match self.send(&batch).await {
                Ok(answered) if !answered.is_to_come_again() => continue,
                Ok(_) => {
                    Trouble::Later { code: "RETRY_LATER".to_owned(), message: String::new(), after: None }
                }
                Err(trouble) => trouble,
            };
            waits.after(trouble).await?;
        }
        Ok(())
    }

    /// Looks at an answer. Whoever is told that the device is one no more forgets all that it knows of people; scans
    /// bear no names, and are kept.
    fn heard<T>(&mut self, answer: Result<T, Trouble>) -> Result<T, Trouble> {
        if matches!(answer, Err(Trouble::Unauthenticated)) {
            self.kept.manifest = Manifest::default();
            self.kept.is_ended = true;
        }
        answer
    }

    fn page(&self, after: Option<&str>) -> serde_json::Value {
        json!({ "event": self.kept.event_id, "after": after, "first": Self::PAGE })
    }
}

/// The version that the application tells of itself.
const VERSION: &str = concat!("reference ", env!("CARGO_PKG_VERSION"));

/// Makes an identifier of version 7. Its time is that of the device: nothing is ever ordered by it.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let mut random = [0; 10];
    rand::rng().fill_bytes(&mut random);
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

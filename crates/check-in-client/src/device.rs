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
    operation::{Answered, ENROL, Enrolled, MANIFEST, ManifestPage, REVOCATIONS, RevocationPage, SUBMIT},
    queue::{Direction, Door, HeldScan, Method, Shown},
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
    /// The scans.
    pub scans: Vec<HeldScan>,
}

impl Device {
    /// The most scans of one batch.
    pub const MOST_SCANS: usize = 1_000;
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
        };
        let (credential, registration_id) = match shown {
            Shown::Code(code) => (Some(code), None),
            Shown::Registration(id) => (None, Some(id)),
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
        Batch { sent_at: self.clock.now(), pending, application_version: VERSION, scans }
    }

    /// Sends a batch once, and forgets what was answered. Without an answer nothing is forgotten.
    pub async fn send(&mut self, batch: &Batch) -> Result<Answered, Trouble> {
        let answered: Result<Answered, _> = self.connection.ask(SUBMIT, &json!({ "input": batch })).await;
        let answered = self.heard(answered)?;
        self.kept.queue.settle(&batch.scans, &answered.results);
        Ok(answered)
    }

    /// Hands in all that is pending, and again what has no answer, later each time.
    pub async fn hand_in(&mut self, back_off: BackOff) -> Result<(), Trouble> {
        let mut waits = back_off.begin();
        while !self.kept.queue.is_empty() {
            let batch = self.batch(self.kept.queue.first(Self::MOST_SCANS));
            let trouble = match self.send(&batch).await {
                Ok(answered)
                    if answered.results.iter().all(|one| one.outcome != crate::Outcome::RetryLater) =>
                {
                    continue;
                }
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

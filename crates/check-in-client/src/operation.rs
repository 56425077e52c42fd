//! The operations of a device, and their answers: what of the schema a phone needs.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::manifest::{Doors, EventShown, Person};

/// A phone becomes a device. Asked without a token.
pub(crate) const ENROL: &str = "mutation Enrol($input: EnrolDeviceInput!) { enrolDevice(input: $input) {
    accessToken device { eventIds } errors { code message path } } }";

/// What is not good any more; read before the people.
pub(crate) const REVOCATIONS: &str = "query Revocations($event: ID!, $after: String, $first: Int) {
    checkInRevocations(eventId: $event, after: $after, first: $first) {
        revocations { registrationUuid isCancelled firstGoodSerial }
        cursor hasMore requiresFullResync } }";

/// Who is expected, and all that is needed to judge badges.
pub(crate) const MANIFEST: &str = "query Manifest($event: ID!, $after: String, $first: Int) {
    checkInManifest(eventId: $event, after: $after, first: $first) {
        event { uuid title status }
        entries { registrationUuid registrationId name role firstGoodSerial }
        removed { registrationUuid }
        keys { publicKey }
        checkpoints { id kind day opensAt closesAt startsAt endsAt capacity scansExits missingExit missingExitMinutes }
        cursor hasMore requiresFullResync } }";

/// Scans are handed in.
pub(crate) const SUBMIT: &str = "mutation Submit($input: SubmitScansInput!) { submitScans(input: $input) {
    walkInResults { walkInId outcome reason message walkIn { id registration { id } } }
    results { scanId outcome reason message flags scan { receivedAt countedAt } }
    lostSequences { first last } errors { code message path } } }";

/// One scan, for whom someone waits.
pub(crate) const CHECK_IN: &str = "mutation CheckIn($input: CheckInInput!) { checkIn(input: $input) {
    scan { receivedAt countedAt flags } isReplay errors { code message path } } }";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    pub(crate) access_token: String,
    pub(crate) device: EnrolledDevice,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnrolledDevice {
    pub(crate) event_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevocationPage {
    pub(crate) revocations: Vec<Revocation>,
    pub(crate) cursor: Option<String>,
    pub(crate) has_more: bool,
    pub(crate) requires_full_resync: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revocation {
    pub(crate) registration_uuid: Uuid,
    pub(crate) is_cancelled: bool,
    pub(crate) first_good_serial: u16,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManifestPage {
    pub(crate) event: EventShown,
    pub(crate) entries: Vec<Person>,
    pub(crate) removed: Vec<Removal>,
    pub(crate) keys: Vec<Key>,
    pub(crate) checkpoints: Vec<Doors>,
    pub(crate) cursor: Option<String>,
    pub(crate) has_more: bool,
    pub(crate) requires_full_resync: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Removal {
    pub(crate) registration_uuid: Uuid,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    pub(crate) public_key: String,
}

/// What became of a batch.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// What became of each scan, in the order of the batch.
    pub results: Vec<ScanAnswer>,
    /// The numbers that never came.
    pub lost_sequences: Vec<SequenceRange>,
    /// What became of each walk-in, in the order of the batch.
    pub walk_in_results: Vec<WalkInAnswer>,
}

impl Answered {
    /// Whether anything of it could not be taken now.
    #[must_use]
    pub fn is_to_come_again(&self) -> bool {
        let outcomes = self.results.iter().map(|one| one.outcome);
        let mut outcomes = outcomes.chain(self.walk_in_results.iter().map(|one| one.outcome));
        outcomes.any(|outcome| outcome == Outcome::RetryLater)
    }
}

/// What became of one walk-in.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WalkInAnswer {
    /// The walk-in, as it named itself.
    pub walk_in_id: Option<Uuid>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// The same in words.
    pub message: Option<String>,
    /// How it is kept.
    pub walk_in: Option<KeptWalkIn>,
}

/// A walk-in as it is kept.
#[derive(Debug, Clone, Deserialize)]
pub struct KeptWalkIn {
    /// The walk-in, as the API names it.
    pub id: String,
    /// The registration that was made.
    pub registration: Option<KeptRegistration>,
}

/// The registration that was made of a walk-in.
#[derive(Debug, Clone, Deserialize)]
pub struct KeptRegistration {
    /// As the API names it.
    pub id: String,
}

/// A scan that was let through while someone waited.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LetThrough {
    /// How it is kept.
    pub scan: KeptScan,
    /// Whether it was kept before.
    pub is_replay: bool,
}

/// A scan as it is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptScan {
    /// Its times.
    #[serde(flatten)]
    pub times: KeptTimes,
    /// What is amiss with it.
    pub flags: Vec<String>,
}

/// What became of one scan.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanAnswer {
    /// The scan, as it named itself.
    pub scan_id: Option<Uuid>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was rejected, or is to come again.
    pub reason: Option<String>,
    /// The same in words.
    pub message: Option<String>,
    /// What is amiss with it.
    pub flags: Vec<String>,
    /// How it is kept.
    pub scan: Option<KeptTimes>,
}

/// The times under which a scan is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptTimes {
    /// When the server took it in.
    pub received_at: DateTime<Utc>,
    /// By what time it counts.
    pub counted_at: Option<DateTime<Utc>>,
}

/// What became of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It was taken.
    Accepted,
    /// It had been taken before.
    Replay,
    /// It was taken, and a person will look at it.
    AcceptedFlagged,
    /// It can never be taken.
    RejectedFinal,
    /// It could not be taken now.
    RetryLater,
}

/// Numbers that never came, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SequenceRange {
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
}

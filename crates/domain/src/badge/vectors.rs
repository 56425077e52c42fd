//! The published test vectors: made anew from fixed keys, compared with the file, and read as others read it.
//!
//! Where the two differ the test shows what the file should hold. A vector that was published is never changed.

use chrono::SecondsFormat;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    tests::{event, secret},
    *,
};

const PUBLISHED: &str = include_str!("../../../../docs/test-vectors/badges.json");

/// The order of the curve's group, least byte first: a signature may not have it added to its second half.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    about: String,
    keys: Vec<Key>,
    cases: Vec<Case>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    name: String,
    id: String,
    public: String,
    secret: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    about: String,
    credential: String,
    keys: Vec<String>,
    event: Uuid,
    now: DateTime<Utc>,
    outcome: String,
    badge: Option<Fields>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    event_mark: String,
    registration: Uuid,
    category: u8,
    serial: u16,
    valid_from: NaiveDate,
    valid_until: NaiveDate,
}

impl From<Badge> for Fields {
    fn from(badge: Badge) -> Self {
        Self {
            event_mark: badge.event.hex(),
            registration: badge.registration.uuid(),
            category: badge.category.code(),
            serial: badge.serial,
            valid_from: badge.validity.from.date(),
            valid_until: badge.validity.until.date(),
        }
    }
}

impl Case {
    fn verified(&self, credential: &str, keys: &[BadgeKey]) -> Result<Badge, BadgeRefusal> {
        verify(credential, keys, self.event.into(), self.now)
    }
}

impl Vectors {
    fn read() -> Self {
        serde_json::from_str(PUBLISHED).unwrap()
    }

    fn keys_of(&self, case: &Case) -> Vec<BadgeKey> {
        let named = self.keys.iter().filter(|key| case.keys.contains(&key.name));
        named.map(|key| BadgeKey::parse(&HEXLOWER.decode(key.public.as_bytes()).unwrap()).unwrap()).collect()
    }
}

const EVENT: u128 = 0x019b_0c5e_7a00_7000_8000_0000_0000_00e1;
const OTHER_EVENT: u128 = 0x019b_0c5e_7a00_7000_8000_0000_0000_00e2;

fn badge() -> Badge {
    let day = |text: &str| Day::nearest(text.parse().unwrap());
    Badge {
        event: event(EVENT).into(),
        registration: Uuid::from_u128(0x019b_0c60_1b2c_7abc_9def_0123_4567_89ab).into(),
        category: RegistrationRole::Participant.into(),
        serial: 1,
        validity: Validity { from: day("2026-11-21"), until: day("2027-01-11") },
    }
}

/// The bytes of a badge, changed and written as text again.
fn remade(credential: &Credential, change: impl FnOnce(&mut [u8])) -> String {
    let mut bytes = base45::decode(&credential.as_str()[PREFIX.len()..]).unwrap();
    change(&mut bytes);
    Credential::of_bytes(&bytes).as_str().to_owned()
}

fn add_order(half: &mut [u8]) {
    let mut carry = 0;
    for (byte, add) in half.iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
}

/// One case after another, told from the words of the outcome alone.
struct Maker(Vec<Case>);

impl Maker {
    const NOON: &'static str = "2026-12-10T12:00:00Z";

    fn case(&mut self, name: &str, about: &str, credential: &str, outcome: &str, says: Option<Badge>) {
        self.at(name, about, credential, (Self::NOON, EVENT), outcome, says);
    }

    fn at(
        &mut self,
        name: &str,
        about: &str,
        credential: &str,
        (now, event): (&str, u128),
        outcome: &str,
        says: Option<Badge>,
    ) {
        self.0.push(Case {
            name: name.to_owned(),
            about: about.to_owned(),
            credential: credential.to_owned(),
            keys: vec!["current".to_owned(), "former".to_owned()],
            event: Uuid::from_u128(event),
            now: now.parse().unwrap(),
            outcome: outcome.to_owned(),
            badge: says.map(Fields::from),
        });
    }
}

fn genuine(make: &mut Maker) {
    let good = secret(1).issue(&badge());
    let (good, says) = (good.as_str(), Some(badge()));
    make.case("valid", "Signed with the current key, for this event, good today.", good, "VALID", says);
    let former = secret(2).issue(&badge());
    let about = "Signed with a key that was followed by another and is still read.";
    make.case("valid by a former key", about, former.as_str(), "VALID", says);
    let anew = Badge { serial: 0x0102, category: CategoryCode(200), ..badge() };
    let about = "Issued anew 257 times, with a category code that is not in the table: as good as any.";
    make.case("valid with an unknown category", about, secret(1).issue(&anew).as_str(), "VALID", Some(anew));
    let first = ("2026-11-21T00:00:00Z", EVENT);
    make.at("valid at its first moment", "The first second of the first day.", good, first, "VALID", says);
    let last = ("2027-01-11T23:59:59Z", EVENT);
    make.at("valid at its last moment", "The last second of the last day.", good, last, "VALID", says);
    let early = ("2026-11-20T23:59:59Z", EVENT);
    make.at("not yet valid", "A second before the first day.", good, early, "NOT_YET_VALID", says);
    let late = ("2027-01-12T00:00:00Z", EVENT);
    make.at("expired", "The first second after the last day.", good, late, "EXPIRED", says);
    let elsewhere = (Maker::NOON, OTHER_EVENT);
    make.at("wrong event", "Shown at the door of another event.", good, elsewhere, "WRONG_EVENT", says);
}

fn not_genuine(make: &mut Maker) {
    let good = secret(1).issue(&badge());
    let text = good.as_str();
    let about = "Signed with a key that nobody published.";
    make.case("wrong key", about, secret(3).issue(&badge()).as_str(), "UNKNOWN_KEY", None);
    let name = secret(1).key().bytes()[..4].to_vec();
    let posing = remade(&secret(3).issue(&badge()), |bytes| bytes[1..5].copy_from_slice(&name));
    make.case(
        "wrong key that poses",
        "The same under the name of the current key.",
        &posing,
        "BAD_SIGNATURE",
        None,
    );
    make.case("truncated", "The last character is missing.", &text[..153], "MALFORMED", None);
    make.case(
        "truncated by a group",
        "The last three characters are missing.",
        &text[..151],
        "MALFORMED",
        None,
    );
    make.case("too long", "Three characters too many.", &format!("{text}000"), "MALFORMED", None);
    let altered = remade(&good, |bytes| bytes[28] ^= 1);
    make.case("altered", "The last bit of the registration is another.", &altered, "BAD_SIGNATURE", None);
    let altered = remade(&good, |bytes| bytes[35] = 0xff);
    make.case("altered validity", "The last day was put off.", &altered, "BAD_SIGNATURE", None);
    let altered = remade(&good, |bytes| bytes[99] ^= 0x40);
    make.case("altered signature", "One bit of the signature is another.", &altered, "BAD_SIGNATURE", None);
    let second = remade(&good, |bytes| add_order(&mut bytes[68..]));
    let about =
        "The second half of the signature has the order of the group added, which lax readers let pass.";
    make.case("second form of the signature", about, &second, "BAD_SIGNATURE", None);
    let newer = remade(&good, |bytes| bytes[0] = 2);
    make.case("unknown version", "The first byte is 2.", &newer, "UNKNOWN_VERSION", None);
    make.case("lower case", "The same letters, small.", &text.to_lowercase(), "NOT_A_BADGE", None);
    let small = format!("{PREFIX}{}", text[PREFIX.len()..].to_lowercase());
    make.case("lower case after the prefix", "Small letters are not base45.", &small, "MALFORMED", None);
    let overflow = format!("{}:::", &text[..151]);
    make.case(
        "base45 out of range",
        "Three characters that say more than 65,535.",
        &overflow,
        "MALFORMED",
        None,
    );
    make.case("not a badge", "Another code.", "https://example.org/programme.pdf", "NOT_A_BADGE", None);
    make.case("nothing", "An empty text.", "", "NOT_A_BADGE", None);
}

fn made() -> Vectors {
    let key = |name: &str, fill| Key {
        name: name.to_owned(),
        id: secret(fill).key().id().to_string(),
        public: HEXLOWER.encode(secret(fill).key().bytes()),
        secret: HEXLOWER.encode(&[fill; 32]),
    };
    let mut make = Maker(Vec::new());
    genuine(&mut make);
    not_genuine(&mut make);
    Vectors {
        about:
            "Badges and what becomes of them; docs/check-in-protocol.md says how to read them. Verify each \
                credential with the keys that the case names, at its event and its time. The secret keys are \
                published: use them for tests alone."
                .to_owned(),
        keys: vec![key("current", 1), key("former", 2), key("foreign", 3)],
        cases: make.0,
    }
}

#[test]
fn the_published_vectors_are_what_the_rules_make_of_the_fixed_keys() {
    let made = serde_json::to_string_pretty(&made()).unwrap() + "\n";
    assert!(made == PUBLISHED, "docs/test-vectors/badges.json should hold:\n{made}");
}

#[test]
fn every_published_vector_has_its_outcome() {
    let read = Vectors::read();
    assert_eq!(read.cases.len(), 23);
    for case in &read.cases {
        let (outcome, badge) = match case.verified(&case.credential, &read.keys_of(case)) {
            Ok(badge) => ("VALID", Some(badge)),
            Err(refusal) => (refusal.as_str(), refusal.genuine()),
        };
        let now = case.now.to_rfc3339_opts(SecondsFormat::Secs, true);
        assert_eq!(outcome, case.outcome, "{} at {now}", case.name);
        assert_eq!(badge.map(Fields::from), case.badge, "{}", case.name);
    }
}

#[test]
fn no_bit_of_a_genuine_vector_can_be_altered() {
    let read = Vectors::read();
    let mut altered = 0;
    for case in read.cases.iter().filter(|case| case.badge.is_some()) {
        let text = case.credential.as_bytes();
        let mut tried: Vec<String> = Vec::new();
        for bit in 0..text.len() * 8 {
            let mut text = text.to_vec();
            text[bit / 8] ^= 1 << (bit % 8);
            tried.extend(String::from_utf8(text));
        }
        let bytes = base45::decode(&case.credential[PREFIX.len()..]).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            tried.push(Credential::of_bytes(&bytes).as_str().to_owned());
        }
        let keys = read.keys_of(case);
        for text in &tried {
            assert_eq!(case.verified(text, &keys).unwrap_err().genuine(), None, "{}: {text}", case.name);
        }
        altered += tried.len();
    }
    assert_eq!(altered, 8 * (154 * 7 + 800));
}

//! The opaque global `ID`: the record's kind and its identifier, so that a wrong kind is noticed.

use async_graphql::ID;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hemicycle_domain::{
    id::{Id, RecordKind},
    problem::{Fault, Invalid},
};
use uuid::Uuid;

/// Writes the global id of a record.
pub(crate) fn global_id<I: Id>(id: I) -> ID {
    write(I::KIND, id.uuid())
}

/// Writes the global id of a record of this kind.
pub(crate) fn write(kind: RecordKind, uuid: Uuid) -> ID {
    let mut bytes = Vec::with_capacity(17);
    bytes.push(kind_byte(kind));
    bytes.extend_from_slice(uuid.as_bytes());
    ID(BASE64.encode(bytes))
}

/// Reads a global id of any kind.
pub(crate) fn read(field: &str, id: &ID) -> Result<(RecordKind, Uuid), Invalid> {
    let malformed = || Invalid::new(field, Fault::Malformed { reason: "not an id of this API".to_owned() });
    let bytes = if id.len() == 23 { BASE64.decode(id.as_bytes()).ok() } else { None };
    let (kind, uuid) = bytes.as_deref().and_then(<[u8]>::split_first).ok_or_else(malformed)?;
    let kind =
        RecordKind::ALL.iter().copied().find(|known| kind_byte(*known) == *kind).ok_or_else(malformed)?;
    Ok((kind, Uuid::from_slice(uuid).map_err(|_| malformed())?))
}

/// Reads the global id of one kind of record; another kind is refused by name.
pub(crate) fn parse<I: Id>(field: &str, id: &ID) -> Result<I, Invalid> {
    let (kind, uuid) = read(field, id)?;
    if kind == I::KIND {
        return Ok(uuid.into());
    }
    let reason = format!("this is the id of a {kind}, where the id of a {} is meant", I::KIND);
    Err(Invalid::new(field, Fault::Malformed { reason }))
}

/// Reads a list of global ids of one kind.
pub(crate) fn parse_all<I: Id>(field: &str, ids: &[ID]) -> Result<Vec<I>, Invalid> {
    ids.iter()
        .enumerate()
        .map(|(index, id)| parse(&index.to_string(), id).map_err(|e| e.within(field)))
        .collect()
}

/// The byte that stands for a kind in a global id. It never changes: clients keep ids.
const fn kind_byte(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Account => 1,
        RecordKind::Agreement => 2,
        RecordKind::Delegation => 3,
        RecordKind::Event => 4,
        RecordKind::Grant => 5,
        RecordKind::HeadcountReport => 6,
        RecordKind::ParticipantCategory => 7,
        RecordKind::Participant => 8,
        RecordKind::Partner => 9,
        RecordKind::Program => 10,
        RecordKind::ProgramBasis => 11,
        RecordKind::Registration => 12,
        RecordKind::Scan => 13,
        RecordKind::Session => 14,
        RecordKind::Source => 15,
        RecordKind::Territory => 16,
        RecordKind::Citation => 17,
        RecordKind::Contribution => 18,
        RecordKind::BadgeKey => 33,
        RecordKind::WalkIn => 34,
        RecordKind::Device => 19,
        RecordKind::Checkpoint => 24,
        RecordKind::SigningKey => 40,
        RecordKind::AccountSession => 41,
        RecordKind::ServiceAccount => 50,
        RecordKind::ClientSecret => 51,
        RecordKind::GlassBreak => 52,
        RecordKind::TestResult => 53,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hemicycle_domain::id::{EventId, PartnerId};

    #[test]
    fn an_id_comes_back_as_it_went_out() {
        let event = EventId::from(Uuid::from_u128(42));
        assert_eq!(parse::<EventId>("id", &global_id(event)), Ok(event));
    }

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let event = EventId::from(Uuid::from_u128(42));
        let refusal = parse::<PartnerId>("hostId", &global_id(event)).unwrap_err();
        assert_eq!(refusal.path, ["hostId"]);
        assert!(refusal.to_string().contains("the id of a event, where the id of a partner is meant"));
    }

    #[test]
    fn every_kind_has_a_byte_of_its_own() {
        let mut bytes: Vec<u8> = RecordKind::ALL.iter().map(|kind| kind_byte(*kind)).collect();
        bytes.dedup();
        assert_eq!(bytes.len(), RecordKind::ALL.len());
    }

    #[test]
    fn a_malformed_id_is_refused() {
        for wrong in ["", "42", "BAAAAAAAAAAAAAAAAAAAAA", "ZAAAAAAAAAAAAAAAAAAAAAA", "ж"] {
            assert!(read("id", &ID(wrong.to_owned())).is_err(), "{wrong}");
        }
    }
}

//! Badges: what a code holds, who sees it, how it is replaced, and the sheets on which it is printed.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64, engine::general_purpose::URL_SAFE_NO_PAD};
use hemicycle_domain::{
    badge::{Badge, BadgeKey, BadgeRefusal, verify},
    id::{EventId, Id},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    app::App,
    client::Client,
    each_database,
    participant::new_person,
    registration::{cancel, open_event, register_new},
};

/// The identifier within a global id, which a device gets from the manifest.
pub(crate) fn uuid(id: &str) -> Uuid {
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(id).unwrap()[1..]).unwrap()
}

async fn keys(client: &Client) -> Vec<BadgeKey> {
    let answer = client.query("{ badgeKeys { publicKey } }").await;
    let keys = answer.list("badgeKeys").iter();
    keys.map(|key| BadgeKey::parse(&BASE64.decode(key["publicKey"].as_str().unwrap()).unwrap()).unwrap())
        .collect()
}

/// The text of the badge of a registration, where it has one.
pub(crate) async fn payload(client: &Client, registration: &str) -> Option<String> {
    let document = "query($id: ID!) { registration(id: $id) { badge { payload } } }";
    let answer = client.ask(document, json!({ "id": registration })).await;
    answer.data("registration.badge.payload").as_str().map(ToOwned::to_owned)
}

async fn verified(
    app: &App<'_>,
    client: &Client,
    (event, text): (&str, &str),
) -> Result<Badge, BadgeRefusal> {
    verify(text, &keys(client).await, EventId::from(uuid(event)), app.now())
}

each_database!(a_badge_is_verified_by_the_published_keys_and_names_nobody);
async fn a_badge_is_verified_by_the_published_keys_and_names_nobody(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let elsewhere = open_event(&host, "Conference").await;
    let id = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let text = payload(&host, &id).await.unwrap();
    let badge = verified(app, &host, (&event, &text)).await.unwrap();
    assert_eq!((badge.registration.uuid(), badge.serial), (uuid(&id), 1));
    let refusal = verified(app, &host, (&elsewhere, &text)).await.unwrap_err();
    assert_eq!(refusal, BadgeRefusal::WrongEvent(badge));
    // The same badge, however often it is asked for.
    assert_eq!(payload(&host, &id).await.unwrap(), text);
}

each_database!(a_badge_comes_as_text_and_as_pictures);
async fn a_badge_comes_as_text_and_as_pictures(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let id = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let document = "query($id: ID!, $pixels: Int!) { registration(id: $id) { badge {
        serial payload qrSvg qrPng(modulePixels: $pixels) validFrom validUntil revokedAt revokeReason } } }";
    let answer = host.ask(document, json!({ "id": id, "pixels": 2 })).await;
    assert_eq!(answer.text("registration.badge.payload").len(), 154);
    assert!(answer.text("registration.badge.qrSvg").contains("viewBox=\"0 0 49 49\""));
    let picture = BASE64.decode(answer.text("registration.badge.qrPng")).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    // The width stands after the signature and the head of the first chunk.
    assert_eq!(picture[16..24], [0, 0, 0, 98, 0, 0, 0, 98]);
    assert!(answer.text("registration.badge.validFrom") < answer.text("registration.badge.validUntil"));
    assert!(answer.data("registration.badge.revokedAt").is_null());
    let answer = host.ask(document, json!({ "id": id, "pixels": 33 })).await;
    assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"]);
}

each_database!(a_badge_that_was_replaced_or_revoked_has_another_serial_or_no_code);
async fn a_badge_that_was_replaced_or_revoked_has_another_serial_or_no_code(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let id = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    let first = payload(&host, &id).await.unwrap();
    let input = json!({ "registrationId": id, "idempotencyKey": "once" });
    for _ in 0..2 {
        let answer = host.mutate("reissueBadge", input.clone(), "registration { badge { serial } }").await;
        assert_eq!(answer.number("reissueBadge.registration.badge.serial"), 2);
    }
    let second = payload(&host, &id).await.unwrap();
    assert_ne!(second, first);
    assert_eq!(verified(app, &host, (&event, &second)).await.unwrap().serial, 2);

    let input = json!({ "registrationId": id, "reason": "Lost on the way." });
    let fields = "registration { badge { serial payload qrSvg qrPng revokeReason revokedAt } }";
    let answer = host.mutate("revokeBadge", input.clone(), fields).await;
    let badge = answer.data("revokeBadge.registration.badge");
    assert_eq!(badge["revokeReason"], "Lost on the way.");
    assert!(badge["payload"].is_null() && badge["qrSvg"].is_null() && badge["qrPng"].is_null());
    let again = host.mutate("revokeBadge", input, fields).await;
    assert_eq!(again.text("revokeBadge.errors.0.code"), "ILLEGAL_STEP");
}

each_database!(a_cancelled_registration_has_no_code);
async fn a_cancelled_registration_has_no_code(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    let id = register_new(&host, &event, new_person("Guest", "Anna")).await.id;
    assert!(payload(&host, &id).await.is_some());
    cancel(&host, &id).await.data("cancelRegistration.registration.status");
    assert_eq!(payload(&host, &id).await, None);
    let answer = host.mutate("reissueBadge", json!({ "registrationId": id }), "registration { id }").await;
    assert_eq!(answer.text("reissueBadge.errors.0.code"), "REGISTRATION_CANCELLED");
}

const SHEET: &str = "query($id: ID!, $width: Int, $height: Int, $first: Int, $after: String) {
    badgeSheet(eventId: $id, width: $width, height: $height, first: $first, after: $after) {
        pdf badges hasNextPage endCursor } }";

each_database!(a_roster_is_printed_sheet_by_sheet);
async fn a_roster_is_printed_sheet_by_sheet(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Семинар").await;
    let mut ids = Vec::new();
    for given in ["Anna", "Boris", "Clara"] {
        ids.push(register_new(&host, &event, new_person("Guest", given)).await.id);
    }
    let input = json!({ "registrationId": ids[1], "reason": "Lost." });
    host.mutate("revokeBadge", input, "registration { id }").await.data("revokeBadge.registration.id");

    let whole = host.ask(SHEET, json!({ "id": event })).await;
    assert_eq!((whole.number("badgeSheet.badges"), whole.data("badgeSheet.hasNextPage")), (2, &json!(false)));
    let pdf = BASE64.decode(whole.text("badgeSheet.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let images = pdf.windows(14).filter(|window| *window == b"/Subtype /Imag").count();
    assert_eq!(images, 2);

    let first = host.ask(SHEET, json!({ "id": event, "first": 1, "width": 100, "height": 150 })).await;
    assert_eq!((first.number("badgeSheet.badges"), first.data("badgeSheet.hasNextPage")), (1, &json!(true)));
    let after = first.text("badgeSheet.endCursor");
    let rest = host.ask(SHEET, json!({ "id": event, "first": 1000, "after": after })).await;
    assert_eq!((rest.number("badgeSheet.badges"), rest.data("badgeSheet.hasNextPage")), (1, &json!(false)));
}

each_database!(a_sheet_that_cannot_be_printed_is_refused_by_the_field);
async fn a_sheet_that_cannot_be_printed_is_refused_by_the_field(app: &App<'_>) {
    let host = app.host().await;
    let event = open_event(&host, "Seminar").await;
    for (field, value) in [("width", 10), ("width", 100_000), ("height", -1), ("first", 0), ("first", 1_001)]
    {
        let mut variables = json!({ "id": event });
        variables[field] = json!(value);
        let answer = host.ask(SHEET, variables).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{field}: {value}");
        assert!(answer.error_message().starts_with(field), "{}", answer.error_message());
    }
}

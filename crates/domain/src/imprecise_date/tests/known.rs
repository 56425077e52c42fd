//! How dates are known: their JSON, their gaps, and faults that name their field.

use rstest::rstest;

use crate::{
    imprecise_date::*,
    problem::{Fault, Invalid},
};

fn refresher_course() -> EventDatesDraft {
    EventDatesDraft {
        date: "?2021-05-24/?2021-05-?25".to_owned(),
        as_written: Some("On May 24-5".to_owned()),
        end: Certainty::Probable,
        year: Certainty::Inferred,
        note: Some("24 May 2021 is a Monday".to_owned()),
        alternatives: vec![AlternativeDraft {
            date: "2021-05-24/2021-06-05".to_owned(),
            reason: "contradicted by 'until June 4'".to_owned(),
        }],
        ..EventDatesDraft::default()
    }
}

#[test]
fn dates_survive_json() {
    let dates = EventDates::parse("dates", refresher_course()).expect("a correct draft");
    let json = serde_json::to_value(&dates).expect("dates are plain JSON");
    assert_eq!(
        json,
        serde_json::json!({
            "date": "?2021-05-24/?2021-05-?25",
            "asWritten": "On May 24-5",
            "start": "stated",
            "end": "probable",
            "year": "inferred",
            "note": "24 May 2021 is a Monday",
            "alternatives": [{
                "date": "2021-05-24/2021-06-05",
                "reason": "contradicted by 'until June 4'",
            }],
        })
    );
    assert_eq!(serde_json::from_value::<EventDates>(json).expect("its own JSON"), dates);
}

#[rstest]
#[case(r#"{"date": "2021", "dates": "2021"}"#)]
#[case(r#"{"date": "2021-02-30"}"#)]
#[case(r#"{"date": "2021", "year": "sure"}"#)]
#[case(r#"{"start": "stated"}"#)]
#[case(r#"{"date": "2021", "alternatives": [{"date": "2022"}]}"#)]
fn malformed_json_is_refused(#[case] json: &str) {
    assert!(serde_json::from_str::<EventDates>(json).is_err());
}

#[rstest]
#[case("2018-10-15", Certainty::Stated, Certainty::Stated, &[])]
#[case("2024", Certainty::Stated, Certainty::Stated, &[])]
#[case("2026-01-21/2026-01-23", Certainty::Stated, Certainty::Stated, &[])]
#[case("2021-05-17/..", Certainty::Stated, Certainty::Stated, &[])]
#[case("2021-04-27", Certainty::Stated, Certainty::Inferred, &[DateGap::Year])]
#[case("2025-06-26/2025-06-27", Certainty::Derived, Certainty::Inferred, &[DateGap::Year, DateGap::End])]
#[case("/2021-06-04", Certainty::Stated, Certainty::Inferred, &[DateGap::Year, DateGap::StartUnknown])]
#[case("[2018-10-16..2018-10-31]", Certainty::Stated, Certainty::Stated, &[DateGap::WindowOnly])]
#[case("2021-05-17/", Certainty::Stated, Certainty::Stated, &[DateGap::EndUnknown])]
fn dates_name_what_their_source_does_not_state(
    #[case] text: &str,
    #[case] end: Certainty,
    #[case] year: Certainty,
    #[case] gaps: &[DateGap],
) {
    let draft = EventDatesDraft { date: text.to_owned(), end, year, ..EventDatesDraft::default() };
    let dates = EventDates::parse("dates", draft).expect("a correct draft");
    assert_eq!(dates.gaps(), gaps);
    assert_eq!(dates.is_fully_stated(), gaps.is_empty());
}

fn fault_of(change: impl FnOnce(&mut EventDatesDraft)) -> Invalid {
    let mut draft = refresher_course();
    change(&mut draft);
    EventDates::parse("dates", draft).expect_err("the draft is wrong")
}

#[test]
fn a_fault_names_the_way_to_its_field() {
    let long = "ж".repeat(2001);
    let too_long = Fault::TooLong { actual: 2001, maximum: 2000 };
    let cases = [
        (fault_of(|draft| draft.as_written = Some(long.clone())), "dates.asWritten", too_long),
        (fault_of(|draft| draft.note = Some(" ".to_owned())), "dates.note", Fault::Empty),
        (
            fault_of(|draft| draft.alternatives[0].reason = "a\0b".to_owned()),
            "dates.alternatives.0.reason",
            Fault::ControlCharacter { code: 0 },
        ),
        (
            fault_of(|draft| draft.alternatives = vec![draft.alternatives[0].clone(); 11]),
            "dates.alternatives",
            Fault::TooMany { actual: 11, maximum: 10 },
        ),
        (
            fault_of(|draft| draft.date = "2021-02-30".to_owned()),
            "dates.date",
            Fault::Malformed { reason: "there is no day 30 in month 2 of 2021".to_owned() },
        ),
    ];
    for (invalid, path, fault) in cases {
        assert_eq!((invalid.path.join("."), invalid.fault), (path.to_owned(), fault));
    }
}

#[test]
fn a_part_marked_uncertain_cannot_be_called_stated() {
    let path_of = |change: fn(&mut EventDatesDraft)| fault_of(change).path.join(".");
    assert_eq!(path_of(|draft| draft.end = Certainty::Stated), "dates.end");
    assert_eq!(path_of(|draft| draft.year = Certainty::Stated), "dates.year");
    assert_eq!(path_of(|draft| draft.date = "?2021-05-?24".to_owned()), "dates.start");
}

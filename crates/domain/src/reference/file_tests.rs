//! Holds the reader of territory files to its promise: every fault has its place, and nothing is half accepted.

use rstest::rstest;

use super::{
    MAXIMUM_FILE_BYTES, TerritoryFileError, TerritoryProblem, TerritoryRow, parse_territories,
    read_territories,
};

const HEADINGS: &str = "code,kind,parent,valid_from,valid_until,name:en,name:uz-cyrl@former";

/// Reads rows under the usual headings; the first of them stands on line 2.
fn read(rows: &str) -> Result<Vec<TerritoryRow>, TerritoryFileError> {
    parse_territories(&format!("{HEADINGS}\n{rows}\n"))
}

/// The faults of a file as `line column: text`.
fn faults(text: &str) -> Vec<String> {
    let error = parse_territories(text).expect_err("the file has faults");
    error.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_district_is_read_with_its_names_dates_and_place() {
    let rows =
        read("UZ-JI/zomin,district,UZ-JI,1926-09,2030,Zomin District|Zaamin District,Зомин [/1991-08-31]");
    let rows = rows.unwrap();
    let [row] = rows.as_slice() else { panic!("one row, not {}", rows.len()) };
    assert_eq!(row.code.as_str(), "UZ-JI/zomin");
    assert_eq!(row.parent.as_ref().unwrap().as_str(), "UZ-JI");
    assert_eq!(row.country.as_str(), "UZ");
    assert_eq!(row.valid_from.unwrap().to_string(), "1926-09-01");
    assert_eq!(row.valid_until.unwrap().to_string(), "2030-12-31");
    let names: Vec<_> =
        row.names.iter().map(|n| (n.language.as_str(), n.kind.as_str(), n.text.as_str())).collect();
    assert_eq!(
        names,
        [
            ("en", "official", "Zomin District"),
            ("en", "official", "Zaamin District"),
            ("uz-Cyrl", "former", "Зомин"),
        ]
    );
}

#[test]
fn the_example_of_the_manual_is_read() {
    let manual = include_str!("../../../../docs/territories.md");
    let example = manual.split("```").find_map(|part| part.strip_prefix("csv\n")).unwrap();
    let rows = parse_territories(example).unwrap();
    let codes: Vec<_> = rows.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["UZ-JI/zomin", "UZ-JI/zomin/12"]);
}

#[test]
fn parents_come_first_whatever_the_order_of_the_lines() {
    let rows =
        read("UZ-JI/zomin/12,precinct,UZ-JI/zomin,,,No. 12,\nUZ-JI/zomin,district,UZ-JI,,,Zomin,").unwrap();
    let codes: Vec<_> = rows.iter().map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["UZ-JI/zomin", "UZ-JI/zomin/12"]);
}

#[rstest]
#[case::semicolons("code;kind;parent;name:en\nUZ-JI/zomin;district;UZ-JI;Zomin\n")]
#[case::tabs("code\tkind\tparent\tname:en\nUZ-JI/zomin\tdistrict\tUZ-JI\tZomin\n")]
#[case::byte_order_mark("\u{FEFF}code,kind,parent,name:en\nUZ-JI/zomin,district,UZ-JI,Zomin\n")]
#[case::windows_line_ends("code,kind,parent,name:en\r\nUZ-JI/zomin,district,UZ-JI,Zomin\r\n")]
#[case::empty_lines("code,kind,parent,name:en\n\nUZ-JI/zomin,district,UZ-JI,Zomin\n,,,\n")]
#[case::another_order("name:en,parent,code,kind\nZomin,UZ-JI,UZ-JI/zomin,district\n")]
#[case::spaces("code, kind, parent, name:en\nUZ-JI/zomin , district , UZ-JI , Zomin \n")]
fn what_spreadsheets_write_is_read_alike(#[case] text: &str) {
    let rows = parse_territories(text).unwrap();
    let row = &rows[0];
    assert_eq!((rows.len(), row.code.as_str(), row.names.display(&[])), (1, "UZ-JI/zomin", "Zomin"));
}

#[test]
fn a_name_is_stored_composed() {
    let rows = read("UZ-JI/zomin,district,UZ-JI,,,Зааминскии\u{306} район,").unwrap();
    assert_eq!(rows[0].names.display(&[]), "Зааминский район");
}

#[test]
fn a_parent_may_be_known_from_elsewhere() {
    let text = "code,kind,parent,name:en\nUZ-JI/zomin/12,precinct,UZ-JI/zomin,No. 12\n";
    assert!(parse_territories(text).is_err());
    let known = |code: &str| (code == "UZ-JI/zomin").then_some(crate::territory::TerritoryKind::District);
    assert_eq!(read_territories(text.as_bytes(), &known).unwrap().len(), 1);
}

#[rstest]
#[case::no_code(",district,UZ-JI,,,Zomin,", "line 2, column code: the cell is empty")]
#[case::lower_case("uz-ji/zomin,district,UZ-JI,,,Zomin,", "\"uz-ji/zomin\" is not a code")]
#[case::own_word("UZ-JI/Zomin,district,UZ-JI,,,Zomin,", "\"UZ-JI/Zomin\" is not a code")]
#[case::too_long("UZ-JI/zomin-zomin-zomin-zomin-zomin-zomin-zomin,district,UZ-JI,,,Zomin,", "is not a code")]
#[case::no_country("XX/zomin,district,UZ-JI,,,Zomin,", "\"XX/zomin\" is not in ISO 3166")]
#[case::old_iso_code("KZ-AKT,region,KZ,,,Aktobe,", "line 2, column code: \"KZ-AKT\" is not in ISO 3166")]
#[case::no_kind("UZ-JI/zomin,,UZ-JI,,,Zomin,", "line 2, column kind: the cell is empty")]
#[case::kind("UZ-JI/zomin,tuman,UZ-JI,,,Zomin,", "line 2, column kind: \"tuman\" is not a kind")]
#[case::country_code("UZ,region,KZ,,,Uzbekistan,", "column kind: a region cannot bear the code UZ")]
#[case::country_kind("UZ-JI,country,,,,Jizzakh,", "column kind: a country cannot bear the code UZ-JI")]
#[case::no_parent("UZ-JI/zomin,district,,,,Zomin,", "column parent: a district needs a parent")]
#[case::country_in_country("UZ,country,KZ,,,Uzbekistan,", "column parent: a country has no parent")]
#[case::stranger("UZ-JI/a/1,precinct,UZ-JI/a,,,1,", "the parent UZ-JI/a is neither in this file nor known")]
#[case::other_country("UZ-JI/zomin,district,KZ-15,,,Zomin,", "the parent KZ-15 lies in another country")]
#[case::level("UZ-JI,region,UZ-TK,,,Jizzakh,", "column parent: a region cannot lie in a region")]
#[case::itself("UZ-JI/a,district,UZ-JI/a,,,A,", "UZ-JI/a lies in itself")]
#[case::date(
    "UZ-JI/zomin,district,UZ-JI,2022-02-30,,Zomin,",
    "column valid_from: \"2022-02-30\" is not a date"
)]
#[case::date_form("UZ-JI/zomin,district,UZ-JI,,8.6.2022,Zomin,", "column valid_until: \"8.6.2022\" is not")]
#[case::year_zero("UZ-JI/zomin,district,UZ-JI,0000,,Zomin,", "\"0000\" is not a date")]
#[case::backwards(
    "UZ-JI/zomin,district,UZ-JI,2022,2021,Zomin,",
    "column valid_until: the last day lies before"
)]
#[case::no_name("UZ-JI/zomin,district,UZ-JI,,,,", "line 2: the territory has no name")]
#[case::name_days(
    "UZ-JI/zomin,district,UZ-JI,,,Zomin [yesterday],",
    "column name:en: \"yesterday\" is not a date"
)]
#[case::name_backwards("UZ-JI/zomin,district,UZ-JI,,,Zomin [2022/2021],", "column name:en: the last day")]
#[case::name_twice("UZ-JI/zomin,district,UZ-JI,,,Zomin|Zomin,", "the name holds the same entry twice")]
#[case::only_days("UZ-JI/zomin,district,UZ-JI,,,[2022/2023],", "column name:en: the name must not be empty")]
#[case::control(
    "UZ-JI/zomin,district,UZ-JI,,,Zo\0min,",
    "column name:en: the name contains the control character"
)]
#[case::cells(
    "UZ-JI/zomin,district,UZ-JI,,,Zomin",
    "line 2: the line has 6 cells where there are 7 headings"
)]
fn a_faulty_row_is_refused_with_its_place(#[case] row: &str, #[case] wanted: &str) {
    let faults = faults(&format!("{HEADINGS}\n{row}\n"));
    assert!(faults.iter().any(|fault| fault.contains(wanted)), "{faults:#?}");
    assert!(faults.iter().all(|fault| fault.starts_with("line 2")), "{faults:#?}");
}

#[rstest]
#[case::nothing("", "line 1: the file holds no territory")]
#[case::headings_only("code,kind,parent,name:en\n", "line 1: the file holds no territory")]
#[case::no_heading(
    "code,kind,name:en\nUZ,country,Uzbekistan\n",
    "line 1, column parent: the heading is missing"
)]
#[case::slip("code,kind,parent,name:en,vaild_from\n", "line 1, column vaild_from: the heading is unknown")]
#[case::twice(
    "code,kind,parent,name:en,name:en\n",
    "line 1, column name:en: the heading stands in the file twice"
)]
#[case::no_names("code,kind,parent\nUZ,country,\n", "line 1: the file needs at least one column of names")]
#[case::language("code,kind,parent,name:русский\n", "\"русский\" is not a language tag")]
#[case::language_word("code,kind,parent,name:russian\n", "\"russian\" is not a language tag")]
#[case::name_kind(
    "code,kind,parent,name:ru@old\n",
    "line 1, column name:ru@old: \"old\" is not a kind of name"
)]
fn faulty_headings_are_refused(#[case] text: &str, #[case] wanted: &str) {
    let faults = faults(text);
    assert!(faults[0].contains(wanted), "{faults:#?}");
}

#[test]
fn a_code_that_stands_twice_names_both_lines() {
    let faults = faults(&format!("{HEADINGS}\nUZ-JI/a,district,UZ-JI,,,A,\nUZ-JI/a,city,UZ-JI,,,A,\n"));
    assert_eq!(faults, ["line 3, column code: the code UZ-JI/a already stands on line 2"]);
}

#[test]
fn a_cycle_is_reported_on_the_lines_that_form_it_and_not_below() {
    let faults = faults(&format!(
        "{HEADINGS}\nUZ-JI/a,district,UZ-JI/b,,,A,\nUZ-JI/b,district,UZ-JI/a,,,B,\nUZ-JI/c,city,UZ-JI/a,,,C,\n"
    ));
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults[0].starts_with("line 2") && faults[1].starts_with("line 3"), "{faults:#?}");
}

#[test]
fn a_row_with_a_fault_is_still_a_parent_so_that_one_slip_gives_one_fault() {
    let faults = faults(&format!("{HEADINGS}\nUZ-JI/a,tuman,UZ-JI,,,A,\nUZ-JI/a/1,precinct,UZ-JI/a,,,1,\n"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
}

#[test]
fn all_faults_are_reported_together_by_line() {
    let faults = faults(&format!(
        "{HEADINGS}\nUZ-JI/a,district,UZ-XX,,,A,\nUZ-JI/b,district,,,,B,\nUZ-JI/c,town,UZ-JI,,,,\n"
    ));
    let lines: Vec<_> = faults.iter().map(|fault| &fault[..6]).collect();
    assert_eq!(lines, ["line 2", "line 3", "line 4", "line 4"]);
}

#[test]
fn a_line_inside_a_quoted_cell_counts_as_a_line() {
    let faults = faults(
        "code,kind,parent,name:en,note\nUZ-JI/a,district,UZ-JI,A,\"one\ntwo\"\nUZ-JI/b,town,UZ-JI,B,\n",
    );
    assert!(faults[0].starts_with("line 4, column kind"), "{faults:#?}");
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_a_fault_of_the_line_where_it_opens() {
    let faults = faults(&format!("{HEADINGS}\nUZ-JI/a,district,UZ-JI,,,\"A,\nUZ-JI/b,district,UZ-JI,,,B,\n"));
    assert!(faults[0].starts_with("line 2: the line has 6 cells"), "{faults:#?}");
}

#[test]
fn a_report_stops_after_twenty_faults_and_says_so() {
    let error = read(&"UZ-JI/a,town,,,,,\n".repeat(50)).unwrap_err();
    assert_eq!(error.faults.len(), TerritoryFileError::MAXIMUM);
    assert!(error.to_string().ends_with("reading stopped after 20 faults; there may be more"), "{error}");
}

#[test]
fn a_file_that_is_not_utf_8_names_the_line() {
    let error = read_territories(b"code,kind,parent,name:ru\nUZ,country,,\xD3\xE7\n", &|_| None).unwrap_err();
    assert_eq!((error.faults[0].line, &error.faults[0].problem), (2, &TerritoryProblem::NotUtf8));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let error = read_territories(&vec![b','; MAXIMUM_FILE_BYTES + 1], &|_| None).unwrap_err();
    assert!(matches!(error.faults[0].problem, TerritoryProblem::TooLarge { .. }), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_file_makes_the_reader_panic(rows in "[A-Z]{2}(-[A-Z]{2})?(/[a-z]{1,3})?,(country|district|x),[A-Z/a-z-]{0,6},[0-9-]{0,10},,.{0,20},.{0,9}\n?") {
        let _ = read(&rows);
    }
}

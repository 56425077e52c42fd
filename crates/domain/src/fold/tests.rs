//! Which spellings meet, which names stay apart, and what a key looks like.

use proptest::prelude::*;
use rstest::rstest;

use super::*;

#[rstest]
#[case::uzbek_o_and_q(&["Кучкаров", "КУЧКАРОВ", "Kuchkarov", "Қучқаров", "Қўчқоров", "Qo‘chqorov", "Qoʻchqorov", "Qo'chqorov", "Quchqarov"])]
#[case::zh_and_j(&["Жамбыл", "Zhambyl", "Jambyl", "Žambyl"])]
#[case::dzh_and_final_kh(&["Джизак", "Жиззах", "Jizzakh", "Jizzax", "Djizak", "Dzhizak"])]
#[case::kazakh_y_acute(&["Жуалы", "Zhualy", "Jýaly", "Jualy"])]
#[case::doubled_consonant(&["Лязат", "Ляззат", "Lyazzat", "Liazzat"])]
#[case::ei(&["Сулейменов", "Сүлейменов", "Suleimenov", "Suleymenov", "Sulejmenov", "Süleimenov"])]
#[case::initial_ye(&["Ерлан", "Yerlan", "Erlan"])]
#[case::middle_ye(&["Мукаев", "Mukayev", "Mukaev"])]
#[case::baeva(&["Кабылбаева", "Kabylbayeva", "Kabylbaeva", "Qabylbaeva"])]
#[case::ya_and_kh(&["Яхшибаев", "Yakhshibaev", "Yaxshiboyev", "Яхшибоев"])]
#[case::khromtau(&["Хромтау", "Khromtau", "Hromtau"])]
#[case::shalkar(&["Шалкар", "Shalkar", "Шалқар", "Shalqar", "Şalqar"])]
#[case::yrgyz(&["Ырғыз", "Yrgyz", "Irgiz", "Yrghyz"])]
#[case::oiyl(&["Ойыл", "Oiyl", "Oyyl"])]
#[case::aktobe(&["Актобе", "Ақтөбе", "Aktobe", "Aqtobe", "Aqtöbe"])]
#[case::kargaly(&["Каргалы", "Қарғалы", "Kargaly", "Qarghaly"])]
#[case::kazakhstan(&["Казахстан", "Қазақстан", "Kazakhstan", "Qazaqstan"])]
#[case::uzbekistan(&["Узбекистан", "Ўзбекистон", "O‘zbekiston", "O’zbekiston", "Uzbekistan"])]
#[case::tashkent(&["Ташкент", "Тошкент", "Toshkent", "Tashkent"])]
#[case::bukhara(&["Бухара", "Бухоро", "Buxoro", "Bukhara"])]
#[case::samarkand(&["Самарканд", "Самарқанд", "Samarqand", "Samarkand"])]
#[case::kadyrov(&["Кадыров", "Қодиров", "Qodirov", "Kadirov"])]
#[case::uzbek_yo(&["Якубов", "Ёқубов", "Yoqubov", "Yakubov"])]
#[case::russian_yo(&["Семён", "Семен", "Semyon", "Semen"])]
#[case::mirziyoyev(&["Мирзиёев", "Mirziyoyev"])]
#[case::uldashev(&["Юлдашев", "Йўлдошев", "Yo‘ldoshev", "Yuldashev"])]
#[case::soft_sign(&["Мельдешов", "Meldeshov"])]
#[case::tutuq(&["Маъмур", "Ma’mur", "Maʼmur", "Mamur"])]
#[case::y_and_iy(&["Юрий", "Yuri", "Yuriy", "Iurii"])]
#[case::alexey(&["Алексей", "Alexey", "Aleksei", "Alexei"])]
#[case::alexander(&["Александр", "Alexandr", "Aleksandr"])]
#[case::shch(&["Щербаков", "Shcherbakov", "Scherbakov"])]
#[case::hojja(&["Хаджи", "Ҳожи", "Hoji", "Hadji"])]
#[case::abbreviation(&["ЦИК", "ЦИК.", "цик", "TsIK", "CIK"])]
#[case::tsoi(&["Цой", "Tsoi", "Tsoy"])]
#[case::ng(&["Теңіз", "Teńiz", "Teñiz", "Tengiz"])]
#[case::afghanistan(&["Афганистан", "Afghanistan", "Afg‘oniston", "Афғонистон"])]
#[case::quotes_and_dashes(&["РГП «Информационно-технический центр»", "РГП \"Информационно технический центр\"", "rgp informatsionno-tekhnicheskiy tsentr"])]
#[case::decomposed_letters(&["й ў ё", "и\u{306} у\u{306} е\u{308}"])]
#[case::invisible_letters(&["Куч\u{ad}ка\u{200b}ров", "Кучкаров"])]
fn spellings_of_one_name_meet(#[case] spellings: &[&str]) {
    for spelling in spellings {
        assert_eq!(fold(spelling), fold(spellings[0]), "{spelling} and {}", spellings[0]);
    }
}

#[rstest]
#[case("Karimov", "Kerimova")]
#[case("Karimov", "Karimova")]
#[case("Каримов", "Керимов")]
#[case("Хасенов", "Касенов")]
#[case("Kuchkarov", "Kushkarov")]
#[case("Kuchkarov", "Kochkarov")]
#[case("Iskakov", "Ishakov")]
#[case("Мельдешов", "Мельдебеков")]
#[case("Zhambyl", "Zhualy")]
#[case("Алматы", "Алматинская")]
#[case("Jizzakh State Pedagogical Institute", "Jizzakh Polytechnic Institute")]
#[case("Institute of Parliamentarism", "Foundation for the Development of Parliamentarism")]
#[case(
    "Индийский международный институт демократии и управления выборами",
    "Международный институт демократии и содействия выборам"
)]
#[case(
    "India International Institute of Democracy and Election Management",
    "International Institute for Democracy and Electoral Assistance"
)]
#[case("2021", "201")]
#[case("11", "1")]
fn names_that_differ_stay_apart(#[case] one: &str, #[case] other: &str) {
    assert_ne!(fold(one), fold(other));
    let [one, other] = [terms(one), terms(other)];
    assert!(one.iter().any(|term| !other.contains(term)), "{one:?} is within {other:?}");
}

#[rstest]
#[case("ЦИК", "tsik")]
#[case("Кучкаров Б.", "kuchkarav b")]
#[case("Е.С. Космуратов", "e s kasmuratav")]
#[case("Ye.S. Kosmuratov", "e s kasmuratav")]
#[case("  ЦИК — РК, 2018 ", "tsik rk 2018")]
#[case("Prosecutor's Office", "prasekutars afitse")]
#[case("Nguyễn Văn Thiệu", "nguen van theu")]
#[case("नई दिल्ली", "ni dili")]
#[case("", "")]
#[case("— ‘’ ' … \0", "")]
fn a_key_is_plain_latin_words(#[case] text: &str, #[case] key: &str) {
    assert_eq!(fold(text), key);
}

#[test]
fn terms_are_distinct_and_keep_initials() {
    assert_eq!(terms("Искаков Д.Т., Iskakov D."), ["iskakav", "d", "t"]);
}

#[test]
fn terms_are_bounded_in_number_and_length() {
    let many = (0..200).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(terms(&many).len(), MAXIMUM_TERMS);
    assert_eq!(terms(&"ab".repeat(500)), ["ab".repeat(MAXIMUM_TERM_BYTES / 2)]);
}

#[test]
fn the_beginning_of_a_name_finds_it_across_scripts() {
    let indexed = terms("Центральная избирательная комиссия Республики Узбекистан, Кучкаров");
    for query in ["Kuchk", "central", "tsentr", "Uzbek", "Кучкаро", "komiss"] {
        let terms = query_terms(query).expect("one word of several letters");
        let [term] = terms.as_slice() else { panic!("{terms:?}") };
        assert!(indexed.iter().any(|word| word.starts_with(term)), "{query}: {term}");
    }
}

#[rstest]
#[case("", 0)]
#[case(" . ", 0)]
#[case("Б.", 1)]
#[case("a b c", 1)]
fn a_search_without_a_word_of_two_letters_is_refused(#[case] text: &str, #[case] actual: usize) {
    assert_eq!(query_terms(text), Err(QueryError::TooShort { actual, minimum: 2 }));
}

#[test]
fn a_search_text_longer_than_any_name_is_refused() {
    let text = "a ".repeat(300);
    assert_eq!(query_terms(&text), Err(QueryError::TooLong { actual: 600, maximum: 512 }));
}

#[test]
fn a_long_search_keeps_its_longest_words_in_order() {
    let terms = query_terms("of the General Prosecutor a b Office in District Region Academy Training")
        .expect("enough letters");
    assert_eq!(
        terms,
        ["the", "general", "prasekutar", "afitse", "distrikt", "regian", "akademi", "training"]
    );
}

proptest! {
    #[test]
    fn a_key_is_its_own_key(text in any::<String>()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn a_key_of_the_letters_of_our_languages_is_its_own_key(
        text in "[a-zA-Z'‘ʻа-яёқўғҳңөұүіәА-ЯÝýşŞçñ .-]{0,24}"
    ) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn a_key_holds_only_settled_letters(text in "[a-zA-Z'‘ʻа-яёқўғҳңөұүіәА-ЯÝýşŞçñ0-9 .-]{0,24}") {
        let key = fold(&text);
        prop_assert!(key.chars().all(|c| c == ' ' || c.is_ascii_digit() || c.is_ascii_lowercase()));
        prop_assert!(!key.contains(['j', 'o', 'q', 'w', 'x', 'y']), "{key}");
        prop_assert!(!key.starts_with(' ') && !key.ends_with(' ') && !key.contains("  "));
    }

    #[test]
    fn terms_are_the_words_of_the_key(text in "[a-zа-яқўғ ]{0,40}") {
        let key = fold(&text);
        let terms = terms(&text);
        prop_assert!(key.split_whitespace().all(|word| terms.iter().any(|term| term == word)));
    }
}

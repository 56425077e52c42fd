//! The words of which made-up names are put together.

/// Kinds of partners.
pub(super) const PARTNER_KINDS: &[&str] =
    &["election_commission", "local_council", "academy", "university", "local_administration", "foundation"];

/// Kinds of events.
pub(super) const EVENT_KINDS: &[&str] = &[
    "training",
    "training_of_trainers",
    "seminar_meeting",
    "refresher_course",
    "conference",
    "working_meeting",
];

/// What events are about.
pub(super) const TOPICS: &[&str] = &[
    "electoral legislation",
    "voter lists",
    "rights of voters with disabilities",
    "work with observers",
    "ethics of public service",
    "interaction with the public",
    "information technology",
    "counting and protocols",
];

/// The categories of each program's participants, code and name.
pub(super) const CATEGORIES: [(&str, &str); 3] =
    [("chair", "Chairs of commissions"), ("member", "Members of commissions"), ("observer", "Observers")];

/// Beginnings of family names.
pub(super) const FAMILIES: &[&str] = &[
    "Абдуллае",
    "Ахмето",
    "Байжано",
    "Галие",
    "Ермеко",
    "Жумабае",
    "Ибрагимо",
    "Исмаило",
    "Каримо",
    "Кадыро",
    "Кучкаро",
    "Мамыро",
    "Мирзае",
    "Нурлано",
    "Омаро",
    "Рахимо",
    "Садыко",
    "Султано",
    "Сулеймено",
    "Турсуно",
    "Умаро",
    "Хамито",
    "Холмато",
    "Шарипо",
    "Юсупо",
    "Якубо",
];

/// Ends of family names, so that there are some thousands of them.
pub(super) const ENDINGS: &[&str] = &["в", "ва", "вич", "взода", "вский"];

/// Given names.
pub(super) const GIVEN: &[&str] = &[
    "Азиз",
    "Айгуль",
    "Алишер",
    "Бахром",
    "Гульнара",
    "Дилноза",
    "Ерлан",
    "Жанна",
    "Зауреш",
    "Камола",
    "Лязат",
    "Мурат",
    "Наргиза",
    "Отабек",
    "Рустам",
    "Сауле",
    "Тимур",
    "Улугбек",
    "Фарида",
    "Шахноза",
];

/// A stored word as a title: `working_meeting` is "Working meeting".
pub(super) fn title(word: &str) -> String {
    let text = word.replace('_', " ");
    text[..1].to_uppercase() + &text[1..]
}

//! Search by name in both scripts, in the usual spellings.

use serde_json::json;

use crate::{
    answer::Answer, app::App, client::Client, each_database, event::new_event, partner::new_partner,
};

async fn search(client: &Client, text: &str) -> Answer {
    let document = "query($text: String!) { search(text: $text) {
        partners { name } events { title } territories { code } } }";
    client.ask(document, json!({ "text": text })).await
}

/// The names of the partners that a text finds.
async fn partners(client: &Client, text: &str) -> Vec<String> {
    search(client, text).await.texts("search.partners", "name").into_iter().map(ToOwned::to_owned).collect()
}

each_database!(one_name_is_found_in_either_script);
async fn one_name_is_found_in_either_script(app: &App<'_>) {
    let viewer = app.viewer().await;
    let expected = "Central Election Commission of the Republic of Kazakhstan";
    for text in [
        "Центризбирком",
        "центризбирком",
        "Tsentrizbirkom",
        "центральная избирательная Казахстан",
        "tsentralnaya izbiratelnaya kazahstan",
        "CENTRAL ELECTION kazakhstan",
    ] {
        assert_eq!(partners(&viewer, text).await, [expected], "{text}");
    }
}

each_database!(a_name_of_one_script_is_found_by_its_letters_in_the_other);
async fn a_name_of_one_script_is_found_by_its_letters_in_the_other(app: &App<'_>) {
    let administrator = app.administrator().await;
    for (name, spellings) in [
        ("Кучкаров", &["Кучкаров", "Kuchkarov", "kuchkar", "КУЧКАРОВ"][..]),
        ("Қуттиқаров", &["Қуттиқаров", "Kuttikarov", "Қутти"]),
        ("Oʻzbekiston yoshlar ittifoqi", &["Oʻzbekiston", "O'zbekiston yoshlar", "ўзбекистон ёшлар"]),
        ("Жамбыл облысы", &["Жамбыл", "Zhambyl"]),
    ] {
        let mut input = new_partner("UZ", name);
        input["names"][0]["language"] = json!("und");
        administrator.mutate("createPartner", input, "partner { id }").await.data("createPartner.partner.id");
        for spelling in spellings {
            let found = partners(&administrator, spelling).await;
            assert!(found.contains(&name.to_owned()), "{spelling} finds {found:?}");
        }
    }
}

each_database!(each_word_may_be_cut_short_and_all_must_be_found);
async fn each_word_may_be_cut_short_and_all_must_be_found(app: &App<'_>) {
    let viewer = app.viewer().await;
    let name = "Tashkent State University of Law";
    for text in ["tashkent state university of law", "tash univ", "law tashkent", "  Law,  TASHKENT!  "] {
        assert!(partners(&viewer, text).await.contains(&name.to_owned()), "{text}");
    }
    for text in ["tashkent medicine", "ashkent", "tashkentia"] {
        assert!(!partners(&viewer, text).await.contains(&name.to_owned()), "{text}");
    }
}

each_database!(a_former_name_is_found_and_one_that_was_replaced_is_not);
async fn a_former_name_is_found_and_one_that_was_replaced_is_not(app: &App<'_>) {
    let administrator = app.administrator().await;
    let mut input = new_partner("UZ", "Brandnew Institute");
    input["names"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "text": "Yesteryear Institute", "language": "en", "kind": "FORMER" }));
    let created = administrator.mutate("createPartner", input, "partner { id }").await;
    assert_eq!(partners(&administrator, "yesteryear").await, ["Brandnew Institute"]);

    let names = json!([{ "text": "Renamed Institute", "language": "en" }]);
    let change = json!({ "id": created.text("createPartner.partner.id"), "names": names });
    administrator.mutate("updatePartner", change, "partner { id }").await.data("updatePartner.partner.id");
    for gone in ["yesteryear", "brandnew"] {
        assert!(partners(&administrator, gone).await.is_empty(), "{gone}");
    }
}

each_database!(all_kinds_of_records_are_found_at_once);
async fn all_kinds_of_records_are_found_at_once(app: &App<'_>) {
    let viewer = app.viewer().await;
    let answer = search(&viewer, "Жамбыл").await;
    assert!(answer.texts("search.territories", "code").contains(&"KZ-31"), "{}", answer.body);
    let answer = search(&viewer, "Zhambyl").await;
    assert!(answer.texts("search.territories", "code").contains(&"KZ-31"), "{}", answer.body);
    assert_eq!(answer.list("search.events").len(), 1, "{}", answer.body);
}

each_database!(a_draft_is_found_by_those_who_see_it);
async fn a_draft_is_found_by_those_who_see_it(app: &App<'_>) {
    let administrator = app.administrator().await;
    crate::event::create(&administrator, new_event("Confidential seminar")).await;
    let found = search(&administrator, "confidential").await;
    assert_eq!(found.texts("search.events", "title"), ["Confidential seminar"]);
    let hidden = search(&app.viewer().await, "confidential").await;
    assert_eq!(hidden.data("search.events"), &json!([]));
}

each_database!(each_list_is_cut_at_the_number_asked_for);
async fn each_list_is_cut_at_the_number_asked_for(app: &App<'_>) {
    let viewer = app.viewer().await;
    let ask = async |first: &str| {
        viewer
            .query(&format!("{{ search(text: \"academy\", first: {first}) {{ partners {{ id }} }} }}"))
            .await
    };
    assert_eq!(ask("2").await.list("search.partners").len(), 2);
    assert_eq!(ask("200").await.list("search.partners").len(), 3);
    for wrong in ["201", "-1"] {
        assert_eq!(ask(wrong).await.error_codes(), ["BAD_USER_INPUT"]);
    }
}

each_database!(a_text_that_is_too_short_or_too_long_is_refused);
async fn a_text_that_is_too_short_or_too_long_is_refused(app: &App<'_>) {
    let viewer = app.viewer().await;
    for text in ["", " ", "a", "…", "%", "_", &"ab ".repeat(200)] {
        let answer = search(&viewer, text).await;
        assert_eq!(answer.error_codes(), ["BAD_USER_INPUT"], "{text:?}");
        assert_eq!(answer.body["errors"][0]["extensions"]["path"], json!(["text"]), "{text:?}");
    }
}

each_database!(signs_with_a_meaning_in_patterns_have_none_here);
async fn signs_with_a_meaning_in_patterns_have_none_here(app: &App<'_>) {
    let viewer = app.viewer().await;
    for text in
        ["%%", "__", "ac%", "' OR 1=1 --", "academy'; DROP TABLE partner; --", "\\", "a*", "\"academy\""]
    {
        let answer = search(&viewer, text).await;
        let is_answered = answer.body.get("errors").is_none() || answer.error_codes() == ["BAD_USER_INPUT"];
        assert!(is_answered, "{text}: {}", answer.body);
    }
    assert!(partners(&viewer, "ac%demy").await.is_empty(), "a sign is no pattern");
}

//! The demonstration: five real documents of the field and one account per role.
//!
//! Each document is a list of the API's own mutations with their inputs, so that it is loaded by the same verbs
//! that every client uses; a text `@name` stands for the id of what an earlier step made under that name.

use std::{collections::HashMap, path::Path};

use hemicycle_api::{Api, Clock};
use hemicycle_persistence::Store;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{CommandFailure, reference::load_reference};

/// An account of the demonstration, with its password in the clear: nothing real is behind it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// Its role, in the words of the API's enum.
    pub role: String,
    /// Its address.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// The documents, in the order in which they refer to one another.
const DOCUMENTS: &[(&str, &str)] = &[
    ("jizzakh-tot-2021", include_str!("../demo/jizzakh-tot-2021.json")),
    (
        "jizzakh-civil-service-refresher-2021",
        include_str!("../demo/jizzakh-civil-service-refresher-2021.json"),
    ),
    ("aktobe-maslikhat-training-2025", include_str!("../demo/aktobe-maslikhat-training-2025.json")),
    (
        "new-delhi-conference-delegation-2026",
        include_str!("../demo/new-delhi-conference-delegation-2026.json"),
    ),
    ("zhambyl-election-law-seminar-2018", include_str!("../demo/zhambyl-election-law-seminar-2018.json")),
    ("accounts", include_str!("../demo/accounts.json")),
];

/// One step of a document: a mutation with its input, and the name under which later steps refer to its result.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// The field of the API's `Mutation` type.
    mutation: String,
    /// The field of its payload that holds the result.
    result: String,
    /// The name of the result.
    #[serde(rename = "as")]
    name: Option<String>,
    /// A list of the result whose entries later steps refer to as well.
    members: Option<Members>,
    /// The input.
    input: Value,
}

/// A list of a result: each entry is named `name/key`, such as `@program/trainer`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    /// The field of the result that lists them.
    field: String,
    /// The field of an entry by which it is named.
    key: String,
}

/// Loads the reference data, the documents and the accounts.
pub async fn load(store: &Store, api: &Api, clock: &Clock) -> Result<Vec<DemoAccount>, CommandFailure> {
    load_reference(store, clock).await?;
    let mut names = territories_by_code(api).await?;
    let mut accounts = Vec::new();
    for (document, text) in DOCUMENTS {
        let steps: Vec<Step> = serde_json::from_str(text).map_err(|error| CommandFailure::Demonstration {
            document,
            step: "(reading)".to_owned(),
            reason: error.to_string(),
        })?;
        for step in steps {
            take(api, document, step, &mut names, &mut accounts).await?;
        }
    }
    Ok(accounts)
}

async fn take(
    api: &Api,
    document: &'static str,
    step: Step,
    names: &mut HashMap<String, String>,
    accounts: &mut Vec<DemoAccount>,
) -> Result<(), CommandFailure> {
    let described = format!("{} {}", step.mutation, step.name.as_deref().unwrap_or_default());
    let fault = |reason: String| CommandFailure::Demonstration { document, step: described.clone(), reason };
    let mut input = step.input;
    resolve(&mut input, names).map_err(&fault)?;
    if step.mutation == "createAccount" {
        accounts.push(with_password(&mut input));
    }
    let input_type = format!("{}{}Input", step.mutation[..1].to_uppercase(), &step.mutation[1..]);
    let members = step.members.as_ref().map_or_else(String::new, Members::selection);
    let query = format!(
        "mutation($input: {input_type}!) {{ {}(input: $input) {{ {} {{ id {members} }} errors {{ message path }} }} }}",
        step.mutation, step.result
    );
    let answer = api.execute_as_system("load the demonstration", &query, json!({ "input": input })).await;
    let result = &answer["data"][&step.mutation][&step.result];
    match (result["id"].as_str(), step.name) {
        (Some(id), Some(name)) => {
            names.extend(step.members.iter().flat_map(|members| members.ids(&name, result)));
            names.insert(name, id.to_owned());
        }
        (Some(_), None) => {}
        (None, _) => return Err(fault(answer.to_string())),
    }
    Ok(())
}

impl Members {
    fn selection(&self) -> String {
        format!("{} {{ id {} }}", self.field, self.key)
    }

    /// The ids of the entries, by their names.
    fn ids(&self, name: &str, result: &Value) -> impl Iterator<Item = (String, String)> {
        let entries = result[&self.field].as_array().into_iter().flatten();
        entries.filter_map(move |entry| {
            Some((format!("{name}/{}", entry[&self.key].as_str()?), entry["id"].as_str()?.to_owned()))
        })
    }
}

/// The ids of all territories, by code: documents refer to them as `@UZ-JI`.
async fn territories_by_code(api: &Api) -> Result<HashMap<String, String>, CommandFailure> {
    const QUERY: &str = "query($after: String) { territories(first: 200, after: $after) {
        nodes { code id } pageInfo { endCursor hasNextPage } } }";
    let mut names = HashMap::new();
    let mut after = Value::Null;
    loop {
        let answer = api.execute_as_system("load the demonstration", QUERY, json!({ "after": after })).await;
        let page = &answer["data"]["territories"];
        let nodes = page["nodes"].as_array().ok_or_else(|| CommandFailure::Demonstration {
            document: "territories",
            step: "(reading)".to_owned(),
            reason: answer.to_string(),
        })?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        names.extend(nodes.iter().map(|node| (text(&node["code"]), text(&node["id"]))));
        if page["pageInfo"]["hasNextPage"] != true {
            return Ok(names);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Puts ids in the place of `@name` texts.
fn resolve(value: &mut Value, names: &HashMap<String, String>) -> Result<(), String> {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('@') {
                *text = names.get(name).cloned().ok_or_else(|| format!("nothing is named {name} yet"))?;
            }
            Ok(())
        }
        Value::Array(all) => all.iter_mut().try_for_each(|one| resolve(one, names)),
        Value::Object(fields) => fields.values_mut().try_for_each(|one| resolve(one, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// Gives an account a new password, and keeps it for the one who tries the demonstration.
fn with_password(input: &mut Value) -> DemoAccount {
    let password = new_password();
    input["password"] = password.clone().into();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    DemoAccount { role: text(&input["grants"][0]["role"]), email: text(&input["email"]), password }
}

/// Makes a password of 40 random letters and digits.
#[must_use]
pub fn new_password() -> String {
    rand::rng().sample_iter(rand::distr::Alphanumeric).take(40).map(char::from).collect()
}

/// What the demonstration says once it serves.
pub(crate) fn welcome(url: &str, folder: &Path, accounts: &[DemoAccount]) -> String {
    let mut text = format!(
        "Hemicycle serves its demonstration at {url}\nIts data is in {}\n\nAccounts:\n",
        folder.display()
    );
    for account in accounts {
        let line = format!("  {:<30} {:<34} {}\n", account.role, account.email, account.password);
        text.push_str(&line);
    }
    text.push_str(QUERIES);
    text
}

const QUERIES: &str = r#"
Open the address in a browser, or paste these. First sign in:

  mutation { signIn(input: { email: "…", password: "…" }) { accessToken refreshToken errors { code message } } }

Then, with the header  Authorization: Bearer ACCESS_TOKEN

  { events(first: 5) { nodes { title status dates { edtf } territory { name } host { name } } } }

  { search(text: "ЦИК") { partners { name names { text language } } } }

Stop with Ctrl-C.
"#;

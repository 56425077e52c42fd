//! The values of variables, coerced as the GraphQL specification says; each fault is named by its path.
//!
//! Custom scalars pass: what they mean is read by the resolver that takes them.

use apollo_compiler::{
    Name,
    ast::{Type, Value as Literal},
    executable::{Operation, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Value, Variables};
use serde_json::{Map, Value as Json};

use super::{
    contract::Contract,
    document::Document,
    refusal::{Fault, Refused},
};
use crate::graphql::ErrorCode;

/// Coerces what a client sent for the variables of an operation; unknown variables are passed over.
pub(super) fn coerce(
    contract: &Contract,
    document: &Document,
    operation: &Operation,
    mut sent: Map<String, Json>,
) -> Result<Variables, Refused> {
    let mut coerced = Variables::default();
    let mut faults = Vec::new();
    for definition in &operation.variables {
        let name = definition.name.as_str();
        let value = match (sent.remove(name), &definition.default_value) {
            (Some(value), _) => {
                let mut place = Place { contract, path: vec![name.to_owned()] };
                match place.value(&definition.ty, value) {
                    Ok(value) => value,
                    Err(message) => {
                        faults.push(fault(document, definition, &message, place.path));
                        continue;
                    }
                }
            }
            (None, Some(default)) => constant(default),
            (None, None) if definition.ty.is_non_null() => {
                let message = format!("is missing: give a {}", definition.ty);
                faults.push(fault(document, definition, &message, vec![name.to_owned()]));
                continue;
            }
            (None, None) => continue,
        };
        coerced.insert(async_graphql::Name::new(name), value);
    }
    if faults.is_empty() { Ok(coerced) } else { Err(Refused::many(ErrorCode::BadUserInput, faults)) }
}

fn fault(document: &Document, definition: &VariableDefinition, message: &str, path: Vec<String>) -> Fault {
    // The name stands one column after its dollar sign.
    let place = document.places.find(definition.name.location());
    let place = async_graphql::Pos { column: place.column.saturating_sub(1), ..place };
    Fault { message: format!("the variable ${} {message}", path.join(".")), locations: vec![place], path }
}

/// Where in the variables a value stands.
struct Place<'a> {
    contract: &'a Contract,
    path: Vec<String>,
}

impl Place<'_> {
    /// Coerces one value; after an error, the path says where it is.
    fn value(&mut self, ty: &Type, value: Json) -> Result<Value, String> {
        if value.is_null() {
            let refusal = || format!("must not be null: give a {ty}");
            return if ty.is_non_null() { Err(refusal()) } else { Ok(Value::Null) };
        }
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => {
                let Json::Array(items) = value else {
                    return Ok(Value::List(vec![self.value(inner, value)?]));
                };
                let items = items.into_iter().enumerate();
                items.map(|(index, item)| self.inside(index.to_string(), inner, item)).collect()
            }
            Type::Named(name) | Type::NonNullNamed(name) => self.named(name, value),
        }
    }

    fn inside(&mut self, step: String, ty: &Type, value: Json) -> Result<Value, String> {
        self.path.push(step);
        let coerced = self.value(ty, value)?;
        self.path.pop();
        Ok(coerced)
    }

    fn named(&mut self, name: &Name, value: Json) -> Result<Value, String> {
        match self.contract.schema.types.get(name) {
            Some(ExtendedType::Scalar(_)) => scalar(name, value),
            Some(ExtendedType::Enum(definition)) => match value {
                Json::String(word) if definition.values.contains_key(word.as_str()) => {
                    Ok(Value::Enum(async_graphql::Name::new(word)))
                }
                Json::String(word) => Err(format!("must be a {name}, which has no value {word:?}")),
                _ => Err(format!("must be a {name}")),
            },
            Some(ExtendedType::InputObject(definition)) => match value {
                Json::Object(fields) => self.object(definition, fields),
                _ => Err(format!("must be an object of type {name}")),
            },
            _ => Err(format!("must be a {name}")),
        }
    }

    fn object(&mut self, definition: &InputObjectType, mut sent: Map<String, Json>) -> Result<Value, String> {
        let mut object = async_graphql::indexmap::IndexMap::with_capacity(sent.len());
        for (field, rule) in &definition.fields {
            let value = match sent.remove(field.as_str()) {
                Some(value) => self.inside(field.to_string(), &rule.ty, value)?,
                None if rule.is_required() => {
                    self.path.push(field.to_string());
                    return Err(format!("is missing: give a {}", rule.ty));
                }
                None => continue,
            };
            object.insert(async_graphql::Name::new(field), value);
        }
        if let Some((unknown, _)) = sent.into_iter().next() {
            self.path.push(unknown);
            return Err(format!("is unknown: {} has no such field", definition.name));
        }
        let is_one_of = definition.directives.has("oneOf");
        if is_one_of && (object.len() != 1 || object.values().any(|value| *value == Value::Null)) {
            return Err(format!("must have exactly one field, and a value for it: see {}", definition.name));
        }
        Ok(Value::Object(object))
    }
}

/// The scalar of which nothing is refused for its form.
const SCAN_PART: &str = "ScanPart";

fn scalar(name: &Name, value: Json) -> Result<Value, String> {
    let fits = match name.as_str() {
        "Int" => return whole(&value).map(Value::from).ok_or_else(|| "must be an Int of 32 bits".to_owned()),
        "Float" => value.as_f64().is_some_and(f64::is_finite),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64() || value.is_u64(),
        _ => true,
    };
    if !fits {
        return Err(format!("must be a {name}"));
    }
    // A part of a scan is looked at by the scan: one that holds what no text can hold must not refuse the others.
    if name != SCAN_PART && holds_nul(&value) {
        return Err("holds the character U+0000, which no text here can hold".to_owned());
    }
    Value::from_json(value).map_err(|_| format!("must be a {name}"))
}

/// Whether a NUL character stands anywhere in a value; PostgreSQL cannot store one.
fn holds_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(all) => all.iter().any(holds_nul),
        Json::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// Reads a whole number of 32 bits, also where it is written as 1.0 or 1e3.
fn whole(value: &Json) -> Option<i32> {
    if let Some(number) = value.as_i64() {
        return i32::try_from(number).ok();
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number).then_some(number as i32)
}

/// Turns a literal without variables into a value; validation has seen to its type.
fn constant(literal: &Literal) -> Value {
    super::literal::literal(literal).into_const().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::limits::Limits;
    use serde_json::json;

    const SDL: &str = "
        type Query { a(b: In, c: [Int], i: Int!, f: Float, s: String, o: Bool, d: ID, e: E, k: Date, one: One): Int }
        enum E { X Y }
        scalar Date
        input In { n: [In!], r: Int!, e: E, d: Int = 3 }
        input One @oneOf { x: Int, y: Int }
        directive @oneOf on INPUT_OBJECT
        scalar Bool
    ";

    fn coerced(declared: &str, sent: Json) -> Result<Json, (Vec<String>, String)> {
        let contract = Contract::read(SDL);
        // What is declared and not used would be refused as such.
        let text = format!("query($v: {declared}) {{ __typename ... @skip(if: true) {{ a({}) }} }}", "i: 1");
        let text = text.replace(
            "i: 1",
            match declared.trim_end_matches('!') {
                "In" | "In = { r: 1, e: X }" => "i: 1, b: $v",
                "[Int]" | "[Int] = 4" => "i: 1, c: $v",
                "Int" => "i: $v",
                "Float" => "i: 1, f: $v",
                "String" => "i: 1, s: $v",
                "ID" => "i: 1, d: $v",
                "E" => "i: 1, e: $v",
                "Date" => "i: 1, k: $v",
                "One" => "i: 1, one: $v",
                other => panic!("no argument takes {other}"),
            },
        );
        let document = Document::read(&contract, &Limits::IN_FORCE, &text).expect(&text);
        let operation = document.operation(None).expect("it has one operation");
        let Json::Object(sent) = sent else { panic!("variables are an object") };
        match coerce(&contract, &document, operation, sent) {
            Ok(variables) => Ok(serde_json::to_value(variables).expect("values are JSON")),
            Err(mut refused) => {
                let fault = refused.faults.remove(0);
                Err((fault.path, fault.message))
            }
        }
    }

    #[test]
    fn values_that_fit_are_coerced() {
        for (declared, sent, expected) in [
            ("Int!", json!({ "v": 3 }), json!({ "v": 3 })),
            ("Int!", json!({ "v": 3.0 }), json!({ "v": 3 })),
            ("Float", json!({ "v": 3 }), json!({ "v": 3 })),
            ("Float", json!({}), json!({})),
            ("Float", json!({ "v": null }), json!({ "v": null })),
            ("[Int]", json!({ "v": 3 }), json!({ "v": [3] })),
            ("[Int]", json!({ "v": [1, null] }), json!({ "v": [1, null] })),
            ("[Int] = 4", json!({}), json!({ "v": 4 })),
            ("E", json!({ "v": "X" }), json!({ "v": "X" })),
            ("ID", json!({ "v": 7 }), json!({ "v": 7 })),
            ("Date", json!({ "v": { "any": 1 } }), json!({ "v": { "any": 1 } })),
            ("In = { r: 1, e: X }", json!({}), json!({ "v": { "r": 1, "e": "X" } })),
            (
                "In",
                json!({ "v": { "r": 1, "n": { "r": 2 } } }),
                json!({ "v": { "n": [{ "r": 2 }], "r": 1 } }),
            ),
            ("One", json!({ "v": { "x": 1 } }), json!({ "v": { "x": 1 } })),
            ("String", json!({ "v": "a", "other": 1 }), json!({ "v": "a" })),
        ] {
            assert_eq!(coerced(declared, sent.clone()), Ok(expected), "{declared} {sent}");
        }
    }

    #[test]
    fn a_value_that_does_not_fit_is_named_by_its_path() {
        for (declared, sent, path, word) in [
            ("Int!", json!({}), vec!["v"], "missing"),
            ("Int!", json!({ "v": null }), vec!["v"], "null"),
            ("Int!", json!({ "v": "3" }), vec!["v"], "Int"),
            ("Int!", json!({ "v": 3.5 }), vec!["v"], "Int"),
            ("Int!", json!({ "v": 2_147_483_648_u32 }), vec!["v"], "Int"),
            ("String", json!({ "v": 3 }), vec!["v"], "String"),
            ("String", json!({ "v": "a\0b" }), vec!["v"], "U+0000"),
            ("Date", json!({ "v": [{ "a": "\0" }] }), vec!["v"], "U+0000"),
            ("E", json!({ "v": "Z" }), vec!["v"], "\"Z\""),
            ("E", json!({ "v": 1 }), vec!["v"], "E"),
            ("[Int]", json!({ "v": [1, "x"] }), vec!["v", "1"], "Int"),
            ("In", json!({ "v": 1 }), vec!["v"], "object"),
            ("In", json!({ "v": {} }), vec!["v", "r"], "missing"),
            (
                "In",
                json!({ "v": { "r": 1, "n": [{ "r": 1, "n": [{ "r": "x" }] }] } }),
                vec!["v", "n", "0", "n", "0", "r"],
                "Int",
            ),
            ("In", json!({ "v": { "r": 1, "z": 1 } }), vec!["v", "z"], "unknown"),
            ("One", json!({ "v": {} }), vec!["v"], "exactly one"),
            ("One", json!({ "v": { "x": 1, "y": 2 } }), vec!["v"], "exactly one"),
            ("One", json!({ "v": { "x": null } }), vec!["v"], "exactly one"),
        ] {
            let (at, message) = coerced(declared, sent.clone()).expect_err(declared);
            assert_eq!(at, path, "{declared} {sent}");
            assert!(message.contains(word), "{declared} {sent}: {message}");
        }
    }
}

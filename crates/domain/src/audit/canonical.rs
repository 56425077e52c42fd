//! JSON in one form, whichever database it comes from: without spaces, the keys of objects in the order of their bytes.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Number, Value};

/// A record as JSON text in that form.
///
/// Of a million rows that are sealed nobody looks into the records: they are read past, and never built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical(String);

impl Canonical {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The record, for whoever looks into it.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Canonical {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        serde_json::to_string(&json).map(Self).map_err(D::Error::custom)
    }
}

/// JSON as it is read past: what it says stays in the text that is read, where it can.
enum Json<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Text<'t>),
    List(Vec<Json<'t>>),
    /// In the order of the keys, each once.
    Object(Vec<(Text<'t>, Json<'t>)>),
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Text<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Reader(PhantomData))? {
            Json::Text(text) => Ok(text),
            _ => Err(D::Error::custom("a key is text")),
        }
    }
}

struct Reader<'t>(PhantomData<&'t str>);

impl<'de> Visitor<'de> for Reader<'de> {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Text(Cow::Borrowed(text))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Text(Cow::Owned(text.to_owned()))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json<'de>, A::Error> {
        let mut object: Vec<(Text<'de>, Json<'de>)> = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        object.sort_by(|(one, _), (other, _)| one.cmp(other));
        // Of those that stand there twice the last counts, as wherever JSON is read.
        object.dedup_by(|later, kept| {
            let is_twice = later.0 == kept.0;
            if is_twice {
                std::mem::swap(later, kept);
            }
            is_twice
        });
        Ok(Json::Object(object))
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(&text.0),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(object) => {
                serializer.collect_map(object.iter().map(|(key, value)| (key.0.as_ref(), value)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn canonical(text: &str) -> String {
        serde_json::from_str::<Canonical>(text).unwrap().0
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 8, |inner| {
            let entry = ("\\PC{0,3}|\"|\\\\|\n", inner.clone());
            prop_oneof![
                vec(inner, 0..8).prop_map(Value::from),
                vec(entry, 0..8).prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_what_the_record_says_without_spaces(value in any_json()) {
            let spaced = serde_json::to_string_pretty(&value).unwrap();
            let said: Value = serde_json::from_str(&spaced).unwrap();
            prop_assert_eq!(canonical(&spaced), said.to_string());
        }
    }

    #[test]
    fn keys_stand_in_the_order_of_their_bytes() {
        let text = r#"{ "b": [1, {"d": null, "c": "é\n"}], "a": 1.50, "é": true, "B": "\u0041" }"#;
        assert_eq!(canonical(text), r#"{"B":"A","a":1.5,"b":[1,{"c":"é\n","d":null}],"é":true}"#);
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_counts() {
        assert_eq!(canonical(r#"{"a":1,"b":2,"a":3,"a":4}"#), r#"{"a":4,"b":2}"#);
    }
}

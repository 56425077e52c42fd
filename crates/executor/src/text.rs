//! Objects as the text that is answered.
//!
//! Once an object is together, nobody looks into it again: it is written at once, and stands as it is written in the
//! list or the object that holds it. The library would keep a map of each, and move it from one to the next.

use async_graphql::{Name, Positioned, Response, Value, parser::types::Field};
use serde::Serialize;
use serde_json::Result;

/// Writes a response.
///
/// # Errors
///
/// That of an extension that is no JSON.
pub fn written(response: &Response) -> Result<String> {
    let mut text = b"{".to_vec();
    if !response.errors.is_empty() {
        text.extend_from_slice(br#""errors":"#);
        write_plain(&response.errors, &mut text)?;
        text.push(b',');
    }
    text.extend_from_slice(br#""data":"#);
    write(&response.data, &mut text)?;
    if !response.extensions.is_empty() {
        text.extend_from_slice(br#","extensions":"#);
        write_plain(&response.extensions, &mut text)?;
    }
    text.push(b'}');
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// Writes data.
///
/// # Errors
///
/// None, as long as the data are those of a response.
pub fn write(value: &Value, text: &mut Vec<u8>) -> Result<()> {
    match value {
        Value::Binary(object) => {
            text.extend_from_slice(object);
            Ok(())
        }
        Value::List(items) => write_each(items, [b'[', b']'], text, write),
        Value::Object(fields) => write_fields(fields, text),
        scalar => write_plain(scalar, text),
    }
}

/// Writes an object from the answers to its fields, each of which stands there once.
pub(crate) fn object(fields: &[&Positioned<Field>], answers: &[Value]) -> Result<Value> {
    let keys = fields.iter().map(|field| &field.node.response_key().node);
    // Room for names and short words; the objects and lists of an object are long.
    let mut text = Vec::with_capacity(32 * fields.len());
    write_fields(keys.zip(answers), &mut text)?;
    Ok(Value::Binary(text.into()))
}

fn write_fields<'v>(
    fields: impl IntoIterator<Item = (&'v Name, &'v Value)>,
    text: &mut Vec<u8>,
) -> Result<()> {
    write_each(fields, [b'{', b'}'], text, |(key, value), text| {
        // A name has no character that would be written in another way.
        text.push(b'"');
        text.extend_from_slice(key.as_bytes());
        text.extend_from_slice(b"\":");
        write(value, text)
    })
}

fn write_each<I: IntoIterator>(
    items: I,
    [begin, end]: [u8; 2],
    text: &mut Vec<u8>,
    mut write: impl FnMut(I::Item, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    text.push(begin);
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        write(item, text)?;
    }
    text.push(end);
    Ok(())
}

fn write_plain(value: &impl Serialize, text: &mut Vec<u8>) -> Result<()> {
    serde_json::to_writer(text, value)
}

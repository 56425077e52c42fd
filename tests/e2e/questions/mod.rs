//! The questions of the program offices to the five documents of the demonstration, with their answers.
//!
//! One module per document, and `across` for questions to all of them. The program officer asks over HTTP; who
//! the people were, the officer may not see: the coordinator or the administrator asks. What a document leaves
//! open has to come back as null or as an empty list, never as zero.

mod across;
mod aktobe;
mod jizzakh_course;
mod jizzakh_seminar;
mod new_delhi;
mod zhambyl;

use serde_json::Value;

/// Asserts that a question is answered like this.
fn question(text: &str, answer: &Value, expected: &Value) {
    assert!(answer == expected, "{text}\nThe answer is {answer:#},\nexpected was {expected:#}");
}

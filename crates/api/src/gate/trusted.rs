//! Trusted documents: those that the operator has registered under an id, and whether others are served beside them.
//!
//! A registered document is read and checked when the server starts, so that a client's mistake shows then.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{contract::Contract, document::Document, limits::Limits, sha256_hex};

/// Whether documents that are not registered are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustedMode {
    /// Every document within the limits is served, registered or not.
    #[default]
    Preferred,
    /// Registered documents alone are served, by their id or by their text.
    Only,
}

/// The documents of an operator, as they were read.
#[derive(Debug, Clone, Default)]
pub struct TrustedDocuments {
    /// Whether others are served beside them.
    pub mode: TrustedMode,
    /// Id and text of each.
    pub documents: Vec<(String, String)>,
}

/// Why trusted documents cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum TrustedFault {
    /// A file or folder cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A manifest is not in a form that is known.
    #[error("{} is no manifest: expected {{\"ID\": \"DOCUMENT\", …}} or a list of operations with id and body", .0.display())]
    NoManifest(PathBuf),
    /// A document is not valid by the schema.
    #[error("the trusted document {id} is not valid: {message}")]
    Invalid {
        /// Its id.
        id: String,
        /// What is wrong with it.
        message: String,
    },
}

impl TrustedDocuments {
    /// Reads a manifest (`{"ID": "DOCUMENT"}`, as Relay and graphql-codegen write it, or Apollo's
    /// `{"operations": [{"id", "body"}]}`), or every `.graphql` file of a folder under the SHA-256 of its text.
    pub fn read(path: &Path, mode: TrustedMode) -> Result<Self, TrustedFault> {
        let unreadable = |path: &Path| {
            let path = path.to_path_buf();
            move |source| TrustedFault::Unreadable { path, source }
        };
        let documents = if path.is_dir() {
            let mut documents = Vec::new();
            for entry in fs::read_dir(path).map_err(unreadable(path))? {
                let file = entry.map_err(unreadable(path))?.path();
                if file.extension().is_some_and(|extension| extension == "graphql") {
                    let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
                    documents.push((sha256_hex(&text), text));
                }
            }
            documents
        } else {
            let text = fs::read_to_string(path).map_err(unreadable(path))?;
            manifest(&text).ok_or_else(|| TrustedFault::NoManifest(path.to_path_buf()))?
        };
        Ok(Self { mode, documents })
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Manifest {
    Apollo { operations: Vec<Operation> },
    Map(HashMap<String, String>),
}

#[derive(serde::Deserialize)]
struct Operation {
    id: String,
    body: String,
}

fn manifest(text: &str) -> Option<Vec<(String, String)>> {
    Some(match serde_json::from_str(text).ok()? {
        Manifest::Apollo { operations } => {
            operations.into_iter().map(|operation| (operation.id, operation.body)).collect()
        }
        Manifest::Map(documents) => documents.into_iter().collect(),
    })
}

/// The trusted documents, checked and found by id or by the SHA-256 of their text.
#[derive(Default)]
pub(super) struct Trusted {
    pub(super) mode: TrustedMode,
    by_id: HashMap<String, Arc<Document>>,
}

impl Trusted {
    pub(super) fn check(contract: &Contract, trusted: TrustedDocuments) -> Result<Self, TrustedFault> {
        let mut by_id = HashMap::new();
        for (id, text) in trusted.documents {
            match Document::read(contract, &Limits::IN_FORCE, &text) {
                Ok(document) => {
                    let document = Arc::new(document);
                    by_id.insert(sha256_hex(&text), Arc::clone(&document));
                    by_id.insert(id, document);
                }
                Err(refused) => {
                    let message = refused.faults.into_iter().next().map(|fault| fault.message);
                    return Err(TrustedFault::Invalid { id, message: message.unwrap_or_default() });
                }
            }
        }
        Ok(Self { mode: trusted.mode, by_id })
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Document>> {
        self.by_id.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifests_of_relay_and_of_apollo_are_read() {
        let expected = vec![("a".to_owned(), "{ me { id } }".to_owned())];
        assert_eq!(manifest(r#"{ "a": "{ me { id } }" }"#), Some(expected.clone()));
        let apollo = r#"{ "format": "apollo-persisted-query-manifest", "version": 1, "operations":
            [{ "id": "a", "body": "{ me { id } }", "name": "Me", "type": "query" }] }"#;
        assert_eq!(manifest(apollo), Some(expected));
        assert_eq!(manifest("[1]"), None);
    }

    #[test]
    fn a_document_that_is_not_valid_is_named_when_the_server_starts() {
        let documents = vec![("old".to_owned(), "{ gone }".to_owned())];
        let trusted = TrustedDocuments { mode: TrustedMode::Only, documents };
        let fault = Trusted::check(Contract::of_this_program(), trusted).err().expect("the field is unknown");
        assert!(fault.to_string().contains("old") && fault.to_string().contains("gone"), "{fault}");
    }
}

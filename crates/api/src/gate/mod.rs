//! The gate in front of the schema: which document is asked for, whether it is valid and small enough, what it
//! costs and who pays; and the operation written so that the executor answers as the specification says.
//!
//! It knows neither HTTP nor WebSocket: both come through here with the same [`Asked`].

mod alike;
mod arguments;
mod budget;
mod contract;
mod device;
mod document;
mod limits;
mod literal;
mod meter;
mod normalise;
mod places;
mod prepared;
mod refusal;
mod syntax;
mod trusted;
mod values;

use std::{net::IpAddr, sync::Arc};

use apollo_compiler::executable::{Operation, OperationType as Kind};
use async_graphql::{Request, Variables, parser::types::OperationType};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use hemicycle_domain::access::Actor;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

pub(crate) use budget::Charge;
pub use budget::{Budget, Budgets};
pub(crate) use document::Document;
pub(crate) use refusal::{Fault, Refused};
pub use trusted::{TrustedDocuments, TrustedFault, TrustedMode};

use self::{
    budget::Ledger,
    contract::Contract,
    limits::Limits,
    meter::Meter,
    prepared::{Likeness, Prepared},
    trusted::Trusted,
};
use crate::{graphql::ErrorCode, settings::ApiSettings};

/// What a client asks for, whichever way it came.
#[derive(Debug, Default, Clone)]
pub(crate) struct Asked {
    /// The text of the document, if it was sent.
    pub(crate) query: Option<String>,
    /// The id of a trusted document.
    pub(crate) document_id: Option<String>,
    /// The SHA-256 of the document in hexadecimal digits, by the convention of automatic persisted queries.
    pub(crate) sha256: Option<String>,
    /// Which operation of the document.
    pub(crate) operation_name: Option<String>,
    /// The values of its variables.
    pub(crate) variables: Map<String, Json>,
}

/// The gate, with what it remembers.
pub(crate) struct Gate {
    contract: &'static Contract,
    answers_introspection: bool,
    known: Cache<String, Arc<Document>>,
    prepared: Cache<Likeness, Arc<Prepared>>,
    trusted: Trusted,
    meter: Meter,
    ledger: Ledger,
}

/// A document that is let in, and which of its operations is asked for.
pub(crate) struct Found {
    document: Arc<Document>,
    asked: Asked,
    /// What the operation is.
    pub(crate) kind: OperationType,
}

impl Found {
    /// Whether all who may see the same are told the same.
    pub(crate) fn is_shared(&self) -> bool {
        self.document.is_shared
    }
}

/// An operation that is let in.
pub(crate) struct Admitted {
    /// The operation as the executor takes it.
    pub(crate) request: Request,
    /// What it cost, and what is left.
    pub(crate) charge: Charge,
}

/// The costliest operation; a field costs 1, and what stands in a list costs its length.
const COSTLIEST: u64 = 20_000;
/// How much text the documents that are remembered have together, in bytes.
const REMEMBERED: u64 = 4 * 1024 * 1024;

impl Gate {
    /// Makes the gate of this program.
    pub(crate) fn new(settings: &ApiSettings) -> Result<Self, TrustedFault> {
        let contract = Contract::of_this_program();
        let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let known = move |_: &String, document: &Arc<Document>| bytes(document.size);
        let prepared = move |_: &Likeness, prepared: &Arc<Prepared>| bytes(prepared.size);
        Ok(Self {
            contract,
            answers_introspection: settings.introspection,
            known: Cache::builder().max_capacity(REMEMBERED).weigher(known).build(),
            prepared: Cache::builder().max_capacity(REMEMBERED).weigher(prepared).build(),
            trusted: Trusted::check(contract, settings.trusted_documents.clone())?,
            meter: Meter::new(),
            ledger: Ledger::new(settings.budgets),
        })
    }

    /// Finds the document: among the trusted, among those remembered, or by reading its text.
    pub(crate) fn find(&self, asked: Asked) -> Result<Found, Refused> {
        self.find_of(asked, self.trusted.mode)
    }

    /// Finds a document of the program's own, which need not be registered anywhere.
    pub(crate) fn find_own(&self, asked: Asked) -> Result<Found, Refused> {
        self.find_of(asked, TrustedMode::Preferred)
    }

    fn find_of(&self, asked: Asked, mode: TrustedMode) -> Result<Found, Refused> {
        let document = self.document(&asked, mode)?;
        let kind = match document.operation(asked.operation_name.as_deref())?.operation_type {
            Kind::Query => OperationType::Query,
            Kind::Mutation => OperationType::Mutation,
            Kind::Subscription => OperationType::Subscription,
        };
        Ok(Found { document, asked, kind })
    }

    fn document(&self, asked: &Asked, mode: TrustedMode) -> Result<Arc<Document>, Refused> {
        if let Some(id) = &asked.document_id {
            return self.trusted.find(id).ok_or_else(not_found);
        }
        let Some(text) = &asked.query else {
            let hash = asked.sha256.as_ref().ok_or_else(|| bad_request("query is missing"))?;
            return self.remembered(hash).ok_or_else(not_found);
        };
        let hash = sha256_hex(text);
        if asked.sha256.as_ref().is_some_and(|sent| *sent != hash) {
            return Err(bad_request("the sha256Hash of the persisted query is not that of its text"));
        }
        if let Some(document) = self.remembered(&hash) {
            return Ok(document);
        }
        if mode == TrustedMode::Only {
            return Err(bad_request(
                "this document is not registered, and only registered documents are served",
            ));
        }
        let document = Arc::new(Document::read(self.contract, &Limits::IN_FORCE, text)?);
        if !self.answers_introspection && document.asks_about_the_schema() {
            let message = "introspection is switched off here: the schema is published as schema.graphql";
            return Err(Refused::one(ErrorCode::GraphqlValidationFailed, message.to_owned()));
        }
        self.known.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    fn remembered(&self, hash: &str) -> Option<Arc<Document>> {
        self.trusted.find(hash).or_else(|| self.known.get(hash))
    }

    /// Coerces the variables, writes the operation for the executor, and takes its cost from whoever asks.
    pub(crate) async fn admit(
        &self,
        found: Found,
        actor: &Actor,
        address: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<Admitted, Refused> {
        let Found { document, asked, .. } = found;
        let operation = document.operation(asked.operation_name.as_deref())?;
        if actor.device().is_some() {
            device::check(&document, operation)?;
        }
        let variables = values::coerce(self.contract, &document, operation, asked.variables)?;
        let prepared = self.prepare(&document, operation, &variables).await?;
        let charge = self.ledger.charge(actor, address, prepared.weight, COSTLIEST, now)?;
        let mut request = Request::new("").variables(variables);
        request.set_parsed_query(prepared.operation.clone());
        Ok(Admitted { request, charge })
    }

    /// Writes an operation for the executor and weighs it, once for all values that look alike.
    async fn prepare(
        &self,
        document: &Document,
        operation: &Operation,
        variables: &Variables,
    ) -> Result<Arc<Prepared>, Refused> {
        let likeness = Likeness::of(document, operation, variables);
        if let Some(prepared) = self.prepared.get(&likeness) {
            return Ok(prepared);
        }
        let written = normalise::normalise(self.contract, document, operation, variables)?;
        let weight = self.meter.weigh(&written, variables).await.map_err(|error| {
            let fault = Fault { message: error.message, locations: error.locations, path: Vec::new() };
            Refused::many(ErrorCode::GraphqlValidationFailed, vec![fault])
        })?;
        let prepared = Arc::new(Prepared { operation: written, weight, size: document.size });
        self.prepared.insert(likeness, Arc::clone(&prepared));
        Ok(prepared)
    }
}

/// The SHA-256 of a text, in hexadecimal digits.
pub(crate) fn sha256_hex(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

/// The message that clients of automatic persisted queries expect.
fn not_found() -> Refused {
    Refused::one(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound".to_owned())
}

fn bad_request(message: &str) -> Refused {
    Refused::one(ErrorCode::BadRequest, message.to_owned())
}

//! What an operation costs, by the weights of the schema and the sizes of the pages it asks for.
//!
//! The schema weighs; this asks it without executing: a second build of the schema whose one extension keeps
//! the weight and ends there. The schema that executes has no extension, which would cost it time at every field.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{
    Request, Response, ServerError, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
    parser::types::ExecutableDocument,
};

use crate::graphql::{self, ApiSchema};

/// The scales for operations.
pub(super) struct Meter(ApiSchema);

impl Meter {
    pub(super) fn new() -> Self {
        Self(graphql::builder().extension(Weighing).finish())
    }

    /// Weighs an operation that has been written for the executor.
    pub(super) async fn weigh(
        &self,
        operation: &ExecutableDocument,
        variables: &Variables,
    ) -> Result<u64, ServerError> {
        let mut request = Request::new("").variables(variables.clone());
        request.set_parsed_query(operation.clone());
        let mut response = self.0.execute(request).await;
        match response.errors.pop() {
            Some(error) => Err(error),
            None => Ok(match response.extensions.remove(WEIGHT) {
                Some(async_graphql::Value::Number(weight)) => weight.as_u64().unwrap_or(u64::MAX),
                _ => u64::MAX,
            }),
        }
    }
}

/// Where the weight stands in the response of the meter.
const WEIGHT: &str = "weight";

struct Weighing;

impl ExtensionFactory for Weighing {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Weight(AtomicU64::new(u64::MAX)))
    }
}

struct Weight(AtomicU64);

#[async_graphql::async_trait::async_trait]
impl Extension for Weight {
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(context).await?;
        self.0.store(u64::try_from(result.complexity).unwrap_or(u64::MAX), Ordering::Relaxed);
        Ok(result)
    }

    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::new(async_graphql::Value::Null).extension(WEIGHT, self.0.load(Ordering::Relaxed).into())
    }
}

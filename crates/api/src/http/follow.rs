//! One operation of a connection that stays open, from its beginning to its end, with the rights of each moment.
//!
//! It runs in a task of its own, so that a client that reads slowly never holds a transaction open. How its answers
//! reach the client is the matter of the connection.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Response, parser::types::OperationType};
use futures_util::{FutureExt, StreamExt};
use hemicycle_domain::{access::Actor, language::Language};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{
    operation::{self, Operation},
    overload::Turn,
    peer::PeerAddress,
    response::{Refusal, clean, request_errors},
    standing::Standing,
};
use crate::{
    gate::{Asked, Charge},
    server::Api,
    sign_in::Word,
};

/// What there is to tell about an operation.
#[derive(Debug)]
pub(super) enum Told {
    /// An answer, as JSON; more may follow.
    Answer(String),
    /// The errors for which it did not begin, or cannot go on. Nothing follows.
    Refused(Value),
    /// It is done. Nothing follows.
    Done,
}

/// An operation to be followed.
pub(super) struct Following {
    pub(super) api: Api,
    pub(super) standing: Standing,
    pub(super) languages: Vec<Language>,
    pub(super) asked: Asked,
    /// Where the client is.
    pub(super) address: Option<PeerAddress>,
    pub(super) request_id: String,
    /// What there is to hear about the holder, where there is one.
    pub(super) word: Option<watch::Receiver<Word>>,
}

/// An operation that runs; to drop it stops it.
pub(super) struct Running(JoinHandle<()>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Where an operation leaves what it has to tell.
struct Outbox<T, W> {
    sender: mpsc::Sender<T>,
    wrap: W,
}

impl<T, W: Fn(Told) -> T> Outbox<T, W> {
    async fn tell(&self, told: Told) -> Result<(), Gone> {
        self.sender.send((self.wrap)(told)).await.map_err(|_| Gone)
    }
}

/// Nobody listens any more.
struct Gone;

impl Following {
    /// Starts the operation, which leaves everything that there is to tell about it in the outbox.
    pub(super) fn start<T, W>(self, outbox: mpsc::Sender<T>, wrap: W) -> Running
    where
        T: Send + 'static,
        W: Fn(Told) -> T + Send + Sync + 'static,
    {
        Running(tokio::spawn(self.run(outbox, wrap)))
    }

    async fn run<T, W: Fn(Told) -> T>(self, outbox: mpsc::Sender<T>, wrap: W) {
        let request_id = self.request_id.clone();
        let outbox = Outbox { sender: outbox, wrap };
        let told = AssertUnwindSafe(self.tell_all(&outbox)).catch_unwind().await;
        let outcome = if let Ok(outcome) = told {
            outcome
        } else {
            tracing::error!(%request_id, "an operation panicked");
            outbox.tell(Told::Refused(Refusal::internal(&request_id).errors())).await
        };
        // Without a listener there is nobody to tell that it ended.
        outcome.unwrap_or(());
    }

    async fn tell_all<T, W: Fn(Told) -> T>(mut self, outbox: &Outbox<T, W>) -> Result<(), Gone> {
        let mut place = None;
        loop {
            let (turn, actor, operation) = match self.begin().await {
                Ok(begun) => begun,
                Err(refusal) => return outbox.tell(Told::Refused(refusal.errors())).await,
            };
            if operation.kind != OperationType::Subscription {
                return self.tell_once(operation, outbox).await;
            }
            // Who waits for what will happen keeps nobody from working, but has a place among those who wait.
            drop(turn);
            if place.is_none() {
                match self.api.followers.take_free() {
                    Ok(free) => place = Some(free),
                    Err(refusal) => return outbox.tell(Told::Refused(refusal.errors())).await,
                }
            }
            match self.tell_each(&actor, operation, outbox).await? {
                // Begun anew with the rights that the account has by now.
                Ending::RightsChanged => {}
                Ending::Over => return Ok(()),
            }
        }
    }

    async fn begin(&self) -> Result<(Turn, Arc<Actor>, Operation), Refusal> {
        let turn = self.api.turns.take().await?;
        let actor = self.standing.actor().await;
        let actor = actor.map_err(|error| Refusal::at_the_door(&error, &self.request_id))?;
        let context = self.standing.context(Arc::clone(&actor), &self.languages);
        let context = context.named(self.request_id.clone());
        let begun = operation::begin(&self.api, self.asked.clone(), self.address, context).await?;
        Ok((turn, actor, begun))
    }

    /// The one answer of a query or a mutation, within the time that a request has.
    async fn tell_once<T, W: Fn(Told) -> T>(
        &self,
        mut operation: Operation,
        outbox: &Outbox<T, W>,
    ) -> Result<(), Gone> {
        let limit = self.api.settings.request_time_limit;
        let Ok(response) = tokio::time::timeout(limit, operation.answers.next()).await else {
            // It is given up before anyone is told: whoever reads slowly holds nothing.
            drop(operation);
            return outbox.tell(Told::Refused(Refusal::timeout().errors())).await;
        };
        drop(operation.share);
        let Some(response) = response else { return outbox.tell(Told::Done).await };
        match self.read(response, Some(operation.charge)) {
            Outcome::Refused(errors) => outbox.tell(Told::Refused(errors)).await,
            Outcome::Answer { text, .. } => {
                outbox.tell(Told::Answer(text)).await?;
                outbox.tell(Told::Done).await
            }
        }
    }

    async fn tell_each<T, W: Fn(Told) -> T>(
        &mut self,
        actor: &Actor,
        mut operation: Operation,
        outbox: &Outbox<T, W>,
    ) -> Result<Ending, Gone> {
        let mut has_begun = false;
        loop {
            let response = tokio::select! {
                response = operation.answers.next() => response,
                () = news(&mut self.word) => {
                    if self.holds(actor).await {
                        continue;
                    }
                    return Ok(Ending::RightsChanged);
                }
            };
            // An answer that was made with rights which the account has no more is not given.
            if !self.holds(actor).await {
                return Ok(Ending::RightsChanged);
            }
            let Some(response) = response else {
                outbox.tell(Told::Done).await?;
                return Ok(Ending::Over);
            };
            match self.read(response, None) {
                Outcome::Refused(errors) => {
                    outbox.tell(Told::Refused(errors)).await?;
                    return Ok(Ending::Over);
                }
                // A subscription whose first answer is an error alone has not begun.
                Outcome::Answer { errors: Some(errors), .. } if !has_begun => {
                    outbox.tell(Told::Refused(errors)).await?;
                    return Ok(Ending::Over);
                }
                Outcome::Answer { text, .. } => outbox.tell(Told::Answer(text)).await?,
            }
            has_begun = true;
        }
    }

    /// Whether the rights are still those with which the operation began.
    async fn holds(&self, actor: &Actor) -> bool {
        self.standing.actor().await.is_ok_and(|now| *now == *actor)
    }

    /// Reads a response; the answers of a subscription do not say what it cost when it began.
    fn read(&self, mut response: Response, charge: Option<Charge>) -> Outcome {
        clean(&mut response, &self.request_id);
        if let Some(charge) = charge {
            response.extensions.insert("cost".to_owned(), charge.to_value());
        }
        if let Some(errors) = request_errors(&response) {
            return Outcome::Refused(errors);
        }
        let errors = (response.data == async_graphql::Value::Null && !response.errors.is_empty())
            .then(|| serde_json::json!(response.errors));
        match async_graphql::written(&response) {
            Ok(text) => Outcome::Answer { text, errors },
            Err(error) => {
                tracing::error!(request_id = %self.request_id, %error, "an answer could not be written");
                Outcome::Refused(Refusal::internal(&self.request_id).errors())
            }
        }
    }
}

/// Why a subscription stopped.
enum Ending {
    RightsChanged,
    Over,
}

/// A response as its client is to have it.
enum Outcome {
    Answer {
        text: String,
        /// Its errors, where there is nothing else in it.
        errors: Option<Value>,
    },
    Refused(Value),
}

/// Waits for news about the holder. Whoever holds no token has none.
async fn news(word: &mut Option<watch::Receiver<Word>>) {
    if let Some(word) = word
        && word.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

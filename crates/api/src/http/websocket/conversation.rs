//! The state of a conversation by graphql-transport-ws: a message in, a decision out. No socket, no clock.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{close::Close, message::Incoming};

/// The state of one conversation.
#[derive(Debug)]
pub(super) struct Conversation {
    phase: Phase,
    /// The operations that run, by the client's id, each with a number of its own: an id can be used again.
    running: HashMap<String, u64>,
    begun: u64,
    most: usize,
}

/// How far the client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Silent,
    AtTheDoor,
    LetIn,
}

/// What is to be done about a message.
#[derive(Debug, PartialEq)]
pub(super) enum Decision {
    /// Nothing.
    Nothing,
    /// See whether the client is to be let in.
    Admit(Map<String, Value>),
    /// Begin an operation.
    Begin { id: String, number: u64, payload: Value },
    /// Turn an operation down: the socket has as many as it may.
    TurnDown { id: String },
    /// End the operation of this number.
    End(u64),
    /// Give a sign of life.
    Answer(Option<Value>),
    /// Close the socket.
    Close(Close),
}

impl Conversation {
    /// A conversation in which nothing was said, of at most so many operations at once.
    pub(super) fn new(most: usize) -> Self {
        Self { phase: Phase::Silent, running: HashMap::new(), begun: 0, most }
    }

    /// Decides about a message.
    pub(super) fn hear(&mut self, text: &str) -> Decision {
        match Incoming::read(text) {
            Err(close) => Decision::Close(close),
            Ok(Incoming::Init(payload)) => self.knock(payload),
            Ok(Incoming::Subscribe { id, payload }) => self.begin(id, payload),
            Ok(Incoming::Complete { id }) => {
                self.running.remove(&id).map_or(Decision::Nothing, Decision::End)
            }
            Ok(Incoming::Ping(payload)) => Decision::Answer(payload),
            Ok(Incoming::Pong) => Decision::Nothing,
        }
    }

    /// The client is let in.
    pub(super) fn let_in(&mut self) {
        self.phase = Phase::LetIn;
    }

    /// Whether the client has not asked to be let in yet.
    pub(super) fn is_silent(&self) -> bool {
        self.phase == Phase::Silent
    }

    /// Whether the operation of this number still runs under its id.
    pub(super) fn runs(&self, id: &str, number: u64) -> bool {
        self.running.get(id) == Some(&number)
    }

    /// The operation has ended by itself; its id is free again.
    pub(super) fn end(&mut self, id: &str) {
        self.running.remove(id);
    }

    fn knock(&mut self, payload: Map<String, Value>) -> Decision {
        if self.phase != Phase::Silent {
            return Decision::Close(Close::SecondInit);
        }
        self.phase = Phase::AtTheDoor;
        Decision::Admit(payload)
    }

    fn begin(&mut self, id: String, payload: Value) -> Decision {
        if self.phase != Phase::LetIn {
            return Decision::Close(Close::Unauthorised);
        }
        if self.running.contains_key(&id) {
            return Decision::Close(Close::SameId(id));
        }
        if self.running.len() >= self.most {
            return Decision::TurnDown { id };
        }
        let number = self.begun;
        self.begun += 1;
        self.running.insert(id.clone(), number);
        Decision::Begin { id, number, payload }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INIT: &str = r#"{"type":"connection_init"}"#;

    fn subscribe(id: &str) -> String {
        serde_json::json!({ "type": "subscribe", "id": id, "payload": { "query": "{ a }" } }).to_string()
    }

    fn complete(id: &str) -> String {
        serde_json::json!({ "type": "complete", "id": id }).to_string()
    }

    fn open() -> Conversation {
        let mut conversation = Conversation::new(2);
        assert_eq!(conversation.hear(INIT), Decision::Admit(Map::new()));
        conversation.let_in();
        conversation
    }

    fn begun(conversation: &mut Conversation, id: &str) -> u64 {
        match conversation.hear(&subscribe(id)) {
            Decision::Begin { number, .. } => number,
            other => panic!("{id}: {other:?}"),
        }
    }

    #[test]
    fn an_operation_before_the_client_is_let_in_closes() {
        let mut conversation = Conversation::new(2);
        assert_eq!(conversation.hear(&subscribe("1")), Decision::Close(Close::Unauthorised));
        let mut conversation = Conversation::new(2);
        conversation.hear(INIT);
        assert_eq!(conversation.hear(&subscribe("1")), Decision::Close(Close::Unauthorised));
    }

    #[test]
    fn who_asks_twice_to_be_let_in_is_closed_in_every_phase() {
        let mut conversation = Conversation::new(2);
        conversation.hear(INIT);
        assert_eq!(conversation.hear(INIT), Decision::Close(Close::SecondInit));
        assert_eq!(open().hear(INIT), Decision::Close(Close::SecondInit));
    }

    #[test]
    fn an_id_is_taken_as_long_as_its_operation_runs() {
        let mut conversation = open();
        let first = begun(&mut conversation, "1");
        assert!(conversation.runs("1", first));
        assert_eq!(conversation.hear(&subscribe("1")), Decision::Close(Close::SameId("1".to_owned())));

        let mut conversation = open();
        let first = begun(&mut conversation, "1");
        assert_eq!(conversation.hear(&complete("1")), Decision::End(first));
        let second = begun(&mut conversation, "1");
        assert!(conversation.runs("1", second) && !conversation.runs("1", first));
        conversation.end("1");
        begun(&mut conversation, "1");
    }

    #[test]
    fn an_operation_too_many_is_turned_down_and_the_others_go_on() {
        let mut conversation = open();
        let first = begun(&mut conversation, "1");
        begun(&mut conversation, "2");
        assert_eq!(conversation.hear(&subscribe("3")), Decision::TurnDown { id: "3".to_owned() });
        assert!(conversation.runs("1", first));
        conversation.end("2");
        begun(&mut conversation, "3");
    }

    #[test]
    fn the_end_of_an_unknown_operation_is_no_error() {
        assert_eq!(open().hear(&complete("9")), Decision::Nothing);
        assert_eq!(Conversation::new(2).hear(&complete("9")), Decision::Nothing);
    }

    #[test]
    fn a_ping_is_answered_in_every_phase() {
        let ping = r#"{"type":"ping","payload":{"at":1}}"#;
        let answer = Decision::Answer(Some(serde_json::json!({ "at": 1 })));
        assert_eq!(Conversation::new(2).hear(ping), answer);
        assert_eq!(open().hear(ping), answer);
        assert_eq!(open().hear(r#"{"type":"pong"}"#), Decision::Nothing);
    }

    #[test]
    fn a_malformed_message_closes() {
        assert_eq!(open().hear("a"), Decision::Close(Close::Malformed("message is not JSON")));
    }
}

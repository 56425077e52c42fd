//! Who stands behind a request or a connection that stays open, and whether that still holds.

use std::sync::Arc;

use hemicycle_domain::{access::Actor, account::Visitor, language::Language};
use tokio::sync::watch;

use crate::{
    graphql::{ApiError, RequestContext, Services},
    sign_in::{Holder, Principal, Watch, Word},
};

/// Who stands there: the holder of a token, or nobody.
#[derive(Clone)]
pub(super) struct Standing {
    services: Arc<Services>,
    holder: Option<Holder>,
    visitor: Visitor,
}

impl Standing {
    pub(super) fn new(services: Arc<Services>, holder: Option<Holder>, visitor: Visitor) -> Self {
        Self { services, holder, visitor }
    }

    /// Who it is now, with the rights of this moment; refused where the session has ended, the
    /// account is gone or disabled, the enrolment of the device has ended, or the secret of the
    /// service account is good no more.
    pub(super) async fn actor(&self) -> Result<Arc<Actor>, ApiError> {
        let Some(holder) = self.holder else { return Ok(Arc::new(Actor::Anonymous)) };
        let store = &self.services.store;
        match holder.principal {
            Principal::Account(account, session) => {
                let now = self.services.clock.now();
                let actor = store.find_actor_in_session(account, session, now);
                actor.await?.ok_or(ApiError::Unauthenticated)
            }
            Principal::Device(device, enrolment) => {
                let actor = store.find_device_actor(device, enrolment, self.services.clock.now());
                actor.await?.ok_or(ApiError::EnrolmentEnded)
            }
            Principal::ServiceAccount(account, secret, scopes) => {
                let now = self.services.clock.now();
                let actor = store.find_service_account_actor(account, secret, scopes, now);
                actor.await?.ok_or(ApiError::Unauthenticated)
            }
        }
    }

    /// What an operation of this actor's needs.
    pub(super) fn context(&self, actor: Arc<Actor>, languages: &[Language]) -> RequestContext {
        let session = self.holder.and_then(|holder| holder.session());
        let context = RequestContext::new(Arc::clone(&self.services), actor, languages.to_vec());
        context.coming_from(self.visitor.clone(), session)
    }

    /// Has the session watched over, where there is one.
    pub(super) fn watch(&self) -> Option<Watch> {
        self.holder.map(|holder| self.services.vigil.watch(holder))
    }
}

/// Waits until the session of the holder is over, and says how. Whoever holds no token has none that ends.
pub(super) async fn end_of_session(word: &mut Option<watch::Receiver<Word>>) -> Word {
    if let Some(word) = word
        && let Ok(last) = word.wait_for(|word| !matches!(word, Word::GoesOn(_))).await
    {
        return *last;
    }
    std::future::pending().await
}

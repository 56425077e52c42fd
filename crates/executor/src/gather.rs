//! Many answers at once: those that are there at once take no place of their own.

use std::{
    future::{Future, poll_fn},
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use async_graphql::{ServerResult, Value};

/// Waits for all answers, in their order; the first error ends it.
pub fn gather<F>(
    futures: impl ExactSizeIterator<Item = F> + Send + Unpin,
) -> impl Future<Output = ServerResult<Vec<Value>>> + Send
where
    F: Future<Output = ServerResult<Value>> + Send,
{
    let mut futures = futures;
    let mut answers = Vec::with_capacity(futures.len());
    let mut waiting: Vec<Waiting<F>> = Vec::new();
    poll_fn(move |context| {
        if let Err(error) = ask_again(&mut waiting, &mut answers, context) {
            return Poll::Ready(Err(error));
        }
        if let Err(error) = ask_first(&mut futures, &mut waiting, &mut answers, context) {
            return Poll::Ready(Err(error));
        }
        if waiting.is_empty() { Poll::Ready(Ok(mem::take(&mut answers))) } else { Poll::Pending }
    })
}

/// One that is not there yet, and its place among the answers.
struct Waiting<F> {
    place: usize,
    future: Pin<Box<Option<F>>>,
}

/// Asks those that waited; who answers, waits no more.
fn ask_again<F: Future<Output = ServerResult<Value>>>(
    waiting: &mut Vec<Waiting<F>>,
    answers: &mut [Value],
    context: &mut Context<'_>,
) -> ServerResult<()> {
    let mut first_error = None;
    waiting.retain_mut(|Waiting { place, future }| {
        if first_error.is_some() {
            return true;
        }
        match ask(future, context) {
            Poll::Pending => return true,
            Poll::Ready(Ok(answer)) => answers[*place] = answer,
            Poll::Ready(Err(error)) => first_error = Some(error),
        }
        false
    });
    first_error.map_or(Ok(()), Err)
}

/// Asks those that were not asked yet, all in one box until one of them stays in it.
fn ask_first<F: Future<Output = ServerResult<Value>>>(
    futures: &mut impl Iterator<Item = F>,
    waiting: &mut Vec<Waiting<F>>,
    answers: &mut Vec<Value>,
    context: &mut Context<'_>,
) -> ServerResult<()> {
    let mut free = None;
    for next in futures {
        let mut future = free.take().unwrap_or_else(|| Box::pin(None));
        future.set(Some(next));
        match ask(&mut future, context) {
            Poll::Ready(answer) => {
                answers.push(answer?);
                free = Some(future);
            }
            Poll::Pending => {
                waiting.push(Waiting { place: answers.len(), future });
                answers.push(Value::Null);
            }
        }
    }
    Ok(())
}

fn ask<F: Future>(future: &mut Pin<Box<Option<F>>>, context: &mut Context<'_>) -> Poll<F::Output> {
    future.as_mut().as_pin_mut().map_or(Poll::Pending, |future| future.poll(context))
}

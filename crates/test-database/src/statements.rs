//! Counting what a question costs, while the program also does other things.

/// The fewest statements that something takes of three times, by a count of all statements so far.
///
/// Word of a change may come between the count and the question, and what is kept is read anew then.
pub async fn fewest_statements(count: impl Fn() -> u64, ask: impl AsyncFn()) -> u64 {
    let mut fewest = u64::MAX;
    for _ in 0..3 {
        let before = count();
        ask().await;
        fewest = fewest.min(count() - before);
    }
    fewest
}

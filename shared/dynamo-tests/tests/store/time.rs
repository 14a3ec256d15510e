//! A clock that jumps does not jump over a request: what a simulation needs to run on this store.

use std::time::Duration;

use shared::store::Store;
use shared::store::contract::{changed, opening};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::ground::{Ground, Unhurried, unhurried};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_take_no_time_and_a_sleep_between_them_takes_its_own() {
    let ground = unhurried(Ground::new()).await;
    let store = Unhurried(ground.store);
    let begin = Instant::now();
    let mut last = opening("aaaaa", "api");
    for calls in 0..50_u32 {
        store.commit(&last).await.unwrap();
        let loaded = store.incident(&last.incident.id).await.unwrap().unwrap();
        assert_eq!(loaded.incident, last.incident);
        assert_eq!(begin.elapsed(), HOUR * calls);
        last = changed(&last);
        sleep(HOUR).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_lets_go_of_the_clock() {
    let begin = Instant::now();
    let never = unhurried(std::future::pending::<()>());
    // Dropped at its first await, as a handler that is killed.
    tokio::select! {
        biased;
        () = never => panic!("nothing answered"),
        () = std::future::ready(()) => {}
    }
    sleep(HOUR).await;
    assert_eq!(begin.elapsed(), HOUR);
}

/// Asks another thread, which is to a runtime what another machine is, with a timeout of an hour.
async fn ask(thread: impl FnOnce() + Send + 'static) -> bool {
    let (answer, answered) = oneshot::channel();
    std::thread::spawn(move || {
        thread();
        // Nobody may wait for it any more.
        answer.send(()).ok();
    });
    timeout(HOUR, answered).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn a_timeout_does_not_strike_before_an_answer_from_outside() {
    let busy = || (0..100).for_each(|_| std::thread::yield_now());
    let begin = Instant::now();
    assert!(unhurried(ask(busy)).await);
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let waits = move || gone.recv().unwrap_or_default();
    assert!(!ask(waits).await, "without it the clock jumps to the timeout");
    drop(go);
}

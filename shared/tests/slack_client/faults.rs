//! What every failure means for the caller, and finding our own message after a lost answer.

use std::time::Duration;

use serde_json::json;
use shared::slack::blocks::Message;
use shared::slack::client::Post;
use shared::slack::error::SlackError;
use shared::slack::escape::Mrkdwn;
use slack_emulator::FaultKind;
use tokio::net::TcpListener;

use crate::world::{OPS, World, client, known, message};

fn error(code: &str) -> FaultKind {
    FaultKind::Error { code: code.to_owned() }
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_found_and_not_posted_twice() {
    for kind in [FaultKind::DropAfter, FaultKind::FatalErrorAfterStoring, FaultKind::Slow { ms: 60_000 }] {
        let world = World::new().await;
        world.fail("chat.postMessage", kind.clone());
        let hurried = world.client.clone().timeout(Duration::from_millis(500));
        let outcome = hurried.post_message(&message("7")).await.unwrap_err();
        assert!(outcome.may_have_happened(), "{kind:?}: {outcome:?}");
        let ts = world.slack.messages(OPS, "U01ANA")[0].ts.clone();
        assert_eq!(world.find("7", None).await, Some(ts), "{kind:?}");
        assert_eq!(world.find("8", None).await, None, "{kind:?}");
        assert_eq!(world.shown(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_message_that_never_arrived_is_not_found_and_posted_once() {
    for kind in [
        FaultKind::DropBefore,
        FaultKind::Status { status: 500 },
        FaultKind::Status { status: 502 },
        FaultKind::Status { status: 503 },
        FaultKind::Html { status: 502 },
        FaultKind::InternalError,
    ] {
        let world = World::new().await;
        world.fail("chat.postMessage", kind.clone());
        let outcome = world.post("7").await.unwrap_err();
        assert!(outcome.may_have_happened(), "{kind:?}: {outcome:?}");
        assert_eq!(world.find("7", None).await, None, "{kind:?}");
        let ts = world.post("7").await.unwrap();
        assert_eq!((world.find("7", None).await, world.shown()), (Some(ts), 1), "{kind:?}");
    }
}

#[tokio::test]
async fn the_client_never_tries_again_by_itself() {
    let world = World::new().await;
    // The connection is warm: a pool that repeats a request on a fresh connection would show.
    world.client.auth_test().await.unwrap();
    for kind in [
        FaultKind::DropBefore,
        FaultKind::DropAfter,
        FaultKind::Html { status: 502 },
        FaultKind::RateLimited { retry_after: 1 },
    ] {
        world.fail("chat.postMessage", kind);
        assert!(world.post("7").await.is_err());
    }
    assert_eq!(world.calls("chat.postMessage"), 4);
}

#[tokio::test]
async fn nobody_reached_is_surely_not_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let outcome = client(&base, "xoxb-canary").auth_test().await.unwrap_err();
    assert!(matches!(outcome, SlackError::NotSent { .. }) && outcome.may_be_repeated(), "{outcome:?}");
    assert!(!format!("{outcome:?} {outcome}").contains("canary"));
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait_and_nothing_was_posted() {
    let world = World::new().await;
    world.fail("chat.postMessage", FaultKind::RateLimited { retry_after: 17 });
    let limited = SlackError::RateLimited { retry_after: Duration::from_secs(17) };
    assert_eq!(world.post("7").await, Err(limited));
    assert_eq!(world.shown(), 0);
}

#[tokio::test]
async fn every_refusal_says_what_to_do_next() {
    let world = World::new().await;
    world.fail("chat.postMessage", error("invalid_blocks"));
    assert!(matches!(world.post("7").await, Err(SlackError::BadBlocks { .. })));
    world.fail("chat.postMessage", error("service_unavailable"));
    assert!(matches!(world.post("7").await, Err(SlackError::Transient { .. })));

    let dead = |code: &str| Some(SlackError::ChannelDead { code: code.to_owned() });
    let nowhere = Post::new("C0NOWHERE", Message::text(Mrkdwn::ours("x")));
    assert_eq!(world.client.post_message(&nowhere).await.err(), dead("channel_not_found"));
    assert!(world.slack.bot_in_channel(OPS, false));
    assert_eq!(world.post("7").await.err(), dead("not_in_channel"));
    world.client.conversations_join(OPS).await.unwrap();
    let ts = world.post("7").await.unwrap();
    assert!(world.slack.archive(OPS, true));
    assert_eq!(world.post("8").await.err(), dead("is_archived"));
    assert!(world.slack.archive(OPS, false));

    world.client.delete(OPS, &ts).await.unwrap();
    let gone = Err(SlackError::Gone { code: "message_not_found".to_owned() });
    assert_eq!(world.client.update(OPS, &ts, &Message::text(Mrkdwn::ours("x"))).await, gone);
    assert_eq!(world.client.delete(OPS, &ts).await, gone);

    let stranger = client(&world.base, "xoxb-stranger").auth_test().await;
    assert!(matches!(stranger, Err(SlackError::Auth { .. })), "{stranger:?}");
    world.slack.revoke_token(true);
    assert!(matches!(world.post("9").await, Err(SlackError::Auth { .. })));
}

#[tokio::test]
async fn our_own_message_is_found_among_many_and_the_older_of_two() {
    let world = World::new().await;
    let first = world.post("7").await.unwrap();
    for n in 0..450 {
        let chatter = json!({"channel": OPS, "text": format!("chatter {n}")});
        assert_eq!(world.slack.call("chat.postMessage", chatter, "xoxb-emulator").outcome(), "ok");
    }
    world.clock.advance(1_000);
    world.post("7").await.unwrap();
    assert_eq!(world.find("7", None).await, Some(first));
    assert_eq!(world.calls("conversations.history"), 3, "452 messages in pages of 200");
    let later = world.client.find_own(OPS, &known("7"), "1800000000.000000", None).await.unwrap();
    assert_eq!(later, None, "only what is newer than `oldest` counts");
}

#[tokio::test]
async fn a_line_in_a_thread_is_found_there() {
    let world = World::new().await;
    let root = world.post("7").await.unwrap();
    let line = Message::text(Mrkdwn::ours("again"));
    let line = Post::new(OPS, line).in_thread(&root).known_as("incident_root", "7/1");
    world.fail("chat.postMessage", FaultKind::DropAfter);
    assert!(world.client.post_message(&line).await.unwrap_err().may_have_happened());
    let thread = world.slack.thread(OPS, &root, "U01ANA");
    let found = world.find("7/1", Some(&root)).await;
    assert_eq!(found.as_ref(), thread.get(1).map(|reply| &reply.ts));
    assert!(found.is_some());
    assert_eq!(world.find("7/1", None).await, None, "a reply is not among the channel's messages");

    let aloud = Post::new(OPS, Message::text(Mrkdwn::ours("worse"))).in_thread(&root).broadcast();
    world.client.post_message(&aloud).await.unwrap();
    assert_eq!(world.shown(), 2, "a broadcast is shown in the channel too");
}

//! A picture on its way to Slack, and into a message.

use shared::slack::blocks::{Block, Message};
use shared::slack::client::{Post, Upload};
use shared::slack::error::SlackError;
use shared::slack::escape::Mrkdwn;
use slack_emulator::FaultKind;

use crate::world::{OPS, World};

fn upload() -> Upload {
    Upload {
        name: "chart.png".to_owned(),
        title: "Latency".to_owned(),
        alt: "é".repeat(1_200),
        bytes: b"png".as_slice().into(),
    }
}

#[tokio::test]
async fn a_picture_is_uploaded_in_private_and_shown_in_a_message() {
    let world = World::new().await;
    let file = world.client.upload(&upload()).await.unwrap();
    assert!(file.is_ready(), "{file:?}");
    assert_eq!(world.client.files_info(&file.id).await.unwrap(), file);
    assert_eq!(world.slack.channel_text("ops").lines().count(), 1, "nobody has seen it");
    let image = Block::image(&file.id, "A line", None).unwrap();
    let post = Post::new(OPS, Message::text(Mrkdwn::ours("Latency")).blocks([image]));
    world.client.post_message(&post).await.unwrap();
}

#[tokio::test]
async fn a_picture_that_slack_does_not_know_is_bad_blocks() {
    let world = World::new().await;
    let image = Block::image("F0NOBODYHAS", "A line", None).unwrap();
    let post = Post::new(OPS, Message::text(Mrkdwn::ours("Latency")).blocks([image]));
    let refused = world.client.post_message(&post).await;
    let Err(SlackError::BadBlocks { messages, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(messages, ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"]);
}

#[tokio::test]
async fn an_upload_fails_by_its_first_step_that_fails() {
    let world = World::new().await;
    world.fail("files.getUploadURLExternal", FaultKind::RateLimited { retry_after: 3 });
    let limited = world.client.upload(&upload()).await;
    assert!(matches!(limited, Err(SlackError::RateLimited { .. })), "{limited:?}");
    world.fail("files.completeUploadExternal", FaultKind::DropAfter);
    let lost = world.client.upload(&upload()).await;
    assert!(matches!(lost, Err(SlackError::Unknown { .. })), "{lost:?}");
    let empty = Upload { bytes: b"".as_slice().into(), ..upload() };
    let refused = world.client.upload(&empty).await;
    assert!(matches!(refused, Err(SlackError::Refused { .. })), "{refused:?}");
    let unknown = world.client.files_info("F0NOBODYHAS").await;
    assert!(matches!(unknown, Err(SlackError::Refused { .. })), "{unknown:?}");
}

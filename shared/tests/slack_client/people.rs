//! What people do, as it reaches us: signed by Slack, read by our parsers, answered by our client.

use serde_json::json;
use shared::slack::blocks::{Block, Button, Element, Input, Message, TextInput, View};
use shared::slack::client::{Post, Reply, Shown};
use shared::slack::error::SlackError;
use shared::slack::escape::Mrkdwn;
use shared::slack::inbound::{Command, Event, Inbound, Interaction};
use slack_emulator::Act;

use crate::world::{OPS, World};

#[tokio::test]
async fn a_click_is_read_and_answered_five_times() {
    let world = World::new().await;
    let row = Block::actions("controls", [Button::new("ack", "Acknowledge").value("7").into()]);
    let card = Message::text(Mrkdwn::ours("high")).blocks([row]);
    let ts = world.client.post_message(&Post::new(OPS, card)).await.unwrap().ts;
    assert!(world.slack.act("U01ANA", Act::press(OPS, &ts, "ack")).await.ok);

    let Ok(Interaction::Click(click)) = Interaction::parse(&world.next_request()) else { panic!("no click") };
    assert_eq!((click.user.as_str(), click.channel.as_deref()), ("U01ANA", Some(OPS)));
    assert_eq!((click.action_id.as_str(), click.block_id.as_str()), ("ack", "controls"));
    assert_eq!((click.value.as_deref(), click.message_ts.as_ref()), (Some("7"), Some(&ts)));
    let url = click.response_url.unwrap();
    let reply = Reply::new(Shown::Ephemeral, Message::text(Mrkdwn::ours("noted")));
    for _ in 0..5 {
        world.client.respond(&url, &reply).await.unwrap();
    }
    assert_eq!((world.shown_to("U01ANA"), world.shown_to("U02BEN")), (6, 1));
    let used_up = world.client.respond(&url, &reply).await;
    assert!(matches!(used_up, Err(SlackError::Gone { .. })), "{used_up:?}");
    let elsewhere = world.client.respond("http://169.254.169.254/latest", &reply).await;
    assert!(matches!(elsewhere, Err(SlackError::Refused { .. })), "{elsewhere:?}");
}

#[tokio::test]
async fn a_command_opens_a_form_and_the_form_comes_back() {
    let world = World::new().await;
    let typed = Act::Command { channel: OPS.into(), command: "/ops".into(), text: "note 7 a < b".into() };
    assert!(world.slack.act("U01ANA", typed).await.ok);
    let Ok(Command::Run(command)) = Command::parse(&world.next_request()) else { panic!("no command") };
    assert_eq!((command.command.as_str(), command.text.as_str()), ("/ops", "note 7 a < b"));
    assert_eq!((command.user_id.as_str(), command.channel_id.as_str()), ("U01ANA", OPS));

    let view = View::modal("note", "Add a note", "Add", "Cancel").metadata("7").blocks([
        Input::new("text", "Note", TextInput::new("typed").multiline()).into(),
        Input::new("who", "For", Element::people("picked", "Somebody", None)).optional().into(),
    ]);
    let open = world.client.views_open(&command.trigger_id, &view).await.unwrap();
    let again = world.client.views_open(&command.trigger_id, &view).await;
    assert!(matches!(again, Err(SlackError::TooLate { .. })), "a trigger opens one view: {again:?}");
    world.client.views_update(&open.id, &view).await.unwrap();

    let values =
        json!({"text": {"typed": {"value": "on it"}}, "who": {"picked": {"selected_user": "U02BEN"}}});
    let sent = Act::Submit { view: open.id.clone(), values: values.as_object().unwrap().clone() };
    assert!(world.slack.act("U01ANA", sent).await.ok);
    let Ok(Interaction::Submission(form)) = Interaction::parse(&world.next_request()) else {
        panic!("no form")
    };
    assert_eq!((form.callback_id.as_str(), form.private_metadata.as_str()), ("note", "7"));
    assert_eq!((form.value("text"), form.value("who")), (Some("on it"), Some("U02BEN")));
    assert_eq!(form.view_id, open.id);

    let home = View::home().blocks([Block::header("Open incidents")]);
    world.client.views_publish("U01ANA", &home).await.unwrap();
    assert!(world.slack.home("U01ANA").is_some());
}

#[tokio::test]
async fn a_trigger_that_waited_is_too_late() {
    let world = World::new().await;
    let typed = Act::Command { channel: OPS.into(), command: "/ops".into(), text: String::new() };
    assert!(world.slack.act("U01ANA", typed).await.ok);
    let Ok(Command::Run(command)) = Command::parse(&world.next_request()) else { panic!("no command") };
    world.clock.advance(3_001);
    let view = View::modal("note", "Note", "Add", "Cancel").blocks([Block::Divider]);
    let late = world.client.views_open(&command.trigger_id, &view).await;
    assert!(matches!(late, Err(SlackError::TooLate { .. })), "{late:?}");
}

#[tokio::test]
async fn what_people_write_and_react_is_read() {
    let world = World::new().await;
    let ts = world.post("7").await.unwrap();
    world.slack.deliver_due().await;
    world.received.lock().unwrap().clear();
    let reply = Act::Message { channel: OPS.into(), text: "p99 > 2s".into(), thread_ts: Some(ts.clone()) };
    assert!(world.slack.act("U01ANA", reply).await.ok);
    let emoji = Act::React { channel: OPS.into(), ts: ts.clone(), name: "eyes".into() };
    assert!(world.slack.act("U02BEN", emoji).await.ok);
    world.slack.deliver_due().await;

    let Ok(Inbound::Event(delivery)) = Inbound::parse(&world.next_request()) else { panic!("no event") };
    let Event::Message(message) = delivery.event else { panic!("no message") };
    assert_eq!((message.user.as_deref(), message.text.as_str()), (Some("U01ANA"), "p99 > 2s"));
    assert_eq!(message.thread_ts.as_ref(), Some(&ts));
    let Ok(Inbound::Event(delivery)) = Inbound::parse(&world.next_request()) else { panic!("no event") };
    let Event::Reaction(reaction) = delivery.event else { panic!("no reaction") };
    assert_eq!((reaction.added, reaction.name.as_str(), reaction.user.as_str()), (true, "eyes", "U02BEN"));
    assert_eq!((reaction.ts, reaction.item_user.as_deref()), (ts, Some("U0BOT")));
}

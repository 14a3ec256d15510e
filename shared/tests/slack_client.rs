//! The real client and the real parsers against a Slack workspace in this process, real HTTP in between: what is shown, what
//! every fault means, and that a message whose answer was lost is found again and never posted twice.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::json;
use shared::slack::blocks::{Block, Button, Choice, Element, Input, Message, Section, Text, TextInput, View};
use shared::slack::client::{Client, Metadata, Post, Query, Reply, Shown, http as http_client};
use shared::slack::error::SlackError;
use shared::slack::escape::Mrkdwn;
use shared::slack::inbound::{Command, Event, Inbound, Interaction};
use shared::slack::sign::{SignatureError, verify};
use slack_emulator::{Act, AppUrls, Emulator, Fault, FaultKind, ManualClock, Settings, SlashCommand};
use tokio::net::TcpListener;

const START_MS: i64 = 1_700_000_000_000;
const OPS: &str = "C02OPS";

/// Two minutes before the start, as a `ts`.
const OLDEST: &str = "1699999880.000000";

/// A Slack workspace, our client for it, and an app that only writes down what Slack sends.
struct World {
    slack: Emulator,
    clock: Arc<ManualClock>,
    client: Client,
    base: String,
    received: Received,
}

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

impl World {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            rate_limits: false,
            commands: vec![SlashCommand {
                name: "/ops".to_owned(),
                description: "Operations".to_owned(),
                usage_hint: String::new(),
            }],
            app_urls: AppUrls {
                commands: Some(format!("{base}/app/commands")),
                interactions: Some(format!("{base}/app/interactions")),
                events: Some(format!("{base}/app/events")),
            },
            ..Settings::default()
        };
        let clock = Arc::new(ManualClock::at(START_MS));
        let slack = Emulator::new(settings, clock.clone());
        let received = Received::default();
        let app =
            Router::new().route("/app/{what}", axum::routing::post(write_down)).with_state(received.clone());
        let serving = slack.clone();
        tokio::spawn(async move { serving.serve(listener, app).await });
        let client = client(&base, "xoxb-emulator");
        World { slack, clock, client, base, received }
    }

    fn fail(&self, method: &str, kind: FaultKind) {
        self.slack.fail(Fault { method: Some(method.to_owned()), kind, times: 1 });
    }

    async fn post(&self, key: &str) -> Result<String, SlackError> {
        Ok(self.client.post_message(&message(key)).await?.ts)
    }

    async fn find(&self, key: &str, thread_ts: Option<&str>) -> Option<String> {
        self.client.find_own(OPS, &known(key), OLDEST, thread_ts).await.unwrap()
    }

    fn shown_to(&self, user: &str) -> usize {
        self.slack.messages(OPS, user).len()
    }

    fn shown(&self) -> usize {
        self.shown_to("U01ANA")
    }

    fn calls(&self, method: &str) -> usize {
        self.slack.calls().iter().filter(|call| call.method == method).count()
    }

    /// The next request that Slack sent to the app, its signature checked.
    fn next_request(&self) -> Bytes {
        let (headers, body) = self.received.lock().unwrap().remove(0);
        let now = Timestamp::from_millisecond(START_MS).unwrap();
        assert_eq!(verify(&["emulator-signing-secret".into()], &headers, &body, now), Ok(()));
        assert_eq!(verify(&["another".into()], &headers, &body, now), Err(SignatureError::Mismatch));
        body
    }
}

async fn write_down(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    received.lock().unwrap().push((headers, body));
    ""
}

fn client(base: &str, token: &str) -> Client {
    Client::new(base.parse().unwrap(), token.into(), http_client().no_proxy().build().unwrap())
}

fn message(key: &str) -> Post {
    Post::new(OPS, Message::text(Mrkdwn::escape(key))).known_as("incident_root", key)
}

fn known(key: &str) -> Metadata {
    Metadata { event_type: "incident_root".to_owned(), key: key.to_owned() }
}

fn error(code: &str) -> FaultKind {
    FaultKind::Error { code: code.to_owned() }
}

#[tokio::test]
async fn what_is_posted_is_what_people_see() {
    let world = World::new().await;
    let controls = [Element::from(Button::new("ack", "Acknowledge").value("7"))];
    let message = Message::default().attachment(
        "#d92d20",
        Mrkdwn::ours("API p99 is high"),
        [
            Section::new(Mrkdwn::link("https://example.com/alarm", "API p99 <high>").bold())
                .accessory(Button::link("open", "Runbook", "https://example.com/runbook").unwrap())
                .into(),
            Block::fields([Text::foreign("2.1 s against 2 s"), Text::foreign("eu-west-1")]),
            Block::preformatted("*raw* `log` <line>"),
            Block::context([Mrkdwn::ours("On call: ") + Mrkdwn::user("U01ANA")]),
            Block::Divider,
            Block::actions(
                "controls",
                controls.into_iter().chain(Element::overflow("more", Choice::new("Why?", "why"))),
            ),
        ],
    );
    let posted = world.client.post_message(&Post::new("#ops", message)).await.unwrap();
    assert_eq!(posted.channel, OPS);
    let seen = world.slack.channel_text(OPS);
    for part in [
        "API p99 <high>",
        "2.1 s against 2 s",
        "*raw* `log` <line>",
        "On call: @Ana",
        "[Acknowledge]",
        "[Runbook]",
    ] {
        assert!(seen.contains(part), "{part} is not in\n{seen}");
    }
}

#[tokio::test]
async fn an_update_leaves_nothing_of_what_was_there() {
    let world = World::new().await;
    let before = Message::text(Mrkdwn::ours("old"))
        .blocks([Block::section(Mrkdwn::ours("old block"))])
        .attachment("#d92d20", Mrkdwn::ours("old"), [Block::section(Mrkdwn::ours("old attachment"))]);
    let before = Post::new(OPS, before).known_as("incident_root", "7");
    let ts = world.client.post_message(&before).await.unwrap().ts;
    world.client.update(OPS, &ts, &Message::text(Mrkdwn::ours("new"))).await.unwrap();
    let seen = world.slack.channel_text(OPS);
    assert!(seen.contains("new") && !seen.contains("old"), "{seen}");
    assert_eq!(world.find("7", None).await, Some(ts), "an update keeps the metadata");
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
        FaultKind::Html,
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
        FaultKind::Html,
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

#[tokio::test]
async fn channels_and_people_are_read() {
    let world = World::new().await;
    let identity = world.client.auth_test().await.unwrap();
    assert_eq!((identity.user_id.as_str(), identity.bot_id.as_str()), ("U0BOT", "B0BOT"));
    let ops = world.client.channel_named("#ops").await.unwrap().unwrap();
    assert_eq!((ops.id.as_str(), ops.is_member, ops.is_archived), (OPS, true, false));
    assert_eq!(world.client.channel_named("nowhere").await.unwrap(), None);
    assert_eq!(world.client.conversations_info(OPS).await.unwrap().name, "ops");
    let ana = world.client.users_info("U01ANA").await.unwrap();
    assert_eq!((ana.real_name.as_str(), ana.tz.as_deref()), ("Ana", Some("Etc/UTC")));
    assert_eq!(world.client.usergroups_users_list("S01ONCALL").await.unwrap(), ["U01ANA"]);
    let dm = world.client.conversations_open("U02BEN").await.unwrap();
    assert_eq!(world.client.conversations_open("U02BEN").await.unwrap(), dm);
    world.client.post_message(&Post::new(&dm, Message::text(Mrkdwn::ours("hello")))).await.unwrap();
}

#[tokio::test]
async fn a_message_can_be_linked_reacted_to_and_whispered_beside() {
    let world = World::new().await;
    let ts = world.post("7").await.unwrap();
    assert!(world.client.get_permalink(OPS, &ts).await.unwrap().starts_with("http"));
    for _ in 0..2 {
        world.client.reactions_add(OPS, &ts, "eyes").await.unwrap();
    }
    assert_eq!(world.slack.messages(OPS, "U01ANA")[0].reactions[0].users, ["U0BOT"]);
    let whisper = Message::text(Mrkdwn::ours("Ben was first"));
    world.client.post_ephemeral(OPS, "U01ANA", &whisper, None).await.unwrap();
    assert_eq!((world.shown_to("U01ANA"), world.shown_to("U02BEN")), (2, 1));
    let query = Query { limit: 10, ..Query::default() };
    let page = world.client.conversations_history(OPS, &query).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None), "what only one person sees is not history");
}

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

#[tokio::test]
async fn hostile_text_mentions_and_links_nothing() {
    let world = World::new().await;
    for hostile in [
        "<!channel> <!here> <!everyone>",
        "<@U01ANA> <!subteam^S01ONCALL> <#C02OPS>",
        "<https://evil.example|your bank>",
        "&lt;!here&gt; &amp;lt;!here&amp;gt;",
        "@here @channel @everyone @ana",
        "line\n> <!channel>",
        "<<!channel>> <!chan\u{200B}nel>",
        "\u{202E}>lennahc!<",
    ] {
        let text = || Mrkdwn::escape(hostile);
        let message = Message::text(text() + Mrkdwn::code(hostile))
            .blocks([
                Block::section(text()),
                Block::fields([Text::foreign(hostile), text().into()]),
                Block::header(hostile),
                Block::preformatted(hostile),
                Block::context([text().bold(), Mrkdwn::link("javascript:x", hostile), Mrkdwn::user(hostile)]),
            ])
            .attachment("#111111", text(), [Block::section(text())]);
        let ts = world.client.post_message(&Post::new(OPS, message)).await.unwrap().ts;
        let messages = world.slack.messages(OPS, "U01ANA");
        let posted = messages.iter().find(|message| message.ts == ts).unwrap();
        assert_eq!(world.slack.mentions(posted), slack_emulator::Mentions::default(), "{hostile}");
    }
}

#[tokio::test]
async fn a_huge_message_is_fitted_and_taken() {
    let world = World::new().await;
    let huge = "word & <tag> 👩‍👩‍👧‍👦 ".repeat(1_000);
    let message = Message::text(Mrkdwn::escape(&huge))
        .blocks((0..70).map(|_| Block::section(Mrkdwn::escape(&huge))))
        .attachment("#111111", Mrkdwn::escape(&huge), [Block::preformatted(&huge)]);
    let ts = world.client.post_message(&Post::new(OPS, message.clone())).await.unwrap().ts;
    world.client.update(OPS, &ts, &message).await.unwrap();
}

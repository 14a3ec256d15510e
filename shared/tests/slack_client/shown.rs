//! What people see of what we post, and what we read about channels and people.

use shared::slack::blocks::{Block, Button, Choice, Element, Message, Section, Text};
use shared::slack::client::{Post, Query};
use shared::slack::escape::Mrkdwn;

use crate::world::{OPS, World};

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

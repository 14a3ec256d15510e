//! The workspace: settings and state, and the small questions that every room asks of them (who, which channel, the next
//! ts, the next id). Synchronous and without I/O; `Emulator` is the shell around it. Rules of one method family or one kind
//! of interaction do not belong here.

use serde_json::{Value, json};

use crate::answer::{Answer, Scopes, refuse};
use crate::args::Args;
use crate::catalog;
use crate::settings::{Person, Settings};
use crate::state::{Channel, Message, State, Usergroup};

/// Settings and state of one workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) settings: Settings,
    pub(crate) state: State,
}

impl Workspace {
    /// A fresh workspace as the settings say.
    pub(crate) fn new(settings: Settings, now: i64) -> Self {
        let mut state = State::default();
        let bot = &settings.app;
        let bot_user =
            Person { is_bot: true, email: String::new(), ..Person::new(&bot.user_id, &bot.name, "5a5a66") };
        for person in settings.users.iter().chain([&bot_user]) {
            state.users.insert(person.id.clone(), person.clone());
        }
        for channel in &settings.channels {
            state.channels.insert(
                channel.id.clone(),
                Channel {
                    id: channel.id.clone(),
                    name: channel.name.clone(),
                    topic: channel.topic.clone(),
                    is_private: channel.is_private,
                    created: now / 1_000,
                    members: state.users.keys().cloned().collect(),
                    ..Channel::default()
                },
            );
        }
        for group in &settings.usergroups {
            state.usergroups.insert(
                group.id.clone(),
                Usergroup {
                    id: group.id.clone(),
                    handle: group.handle.clone(),
                    name: group.name.clone(),
                    users: group.users.clone(),
                    updated: now / 1_000,
                },
            );
        }
        Self { settings, state }
    }

    /// A Web API call, from the token to the answer. `token`: from the Authorization header, if it came there.
    pub(crate) fn call(&mut self, name: &str, mut args: Args, token: Option<String>, now: i64) -> Answer {
        let token = token.or_else(|| args.take_token());
        let Some(method) = catalog::find(name) else { return Answer::error("unknown_method") };
        if !method.open {
            match token {
                None => return Answer::error("not_authed"),
                Some(token) if token != self.settings.bot_token => return Answer::error("invalid_auth"),
                Some(_) if self.state.token_revoked => return Answer::error("token_revoked"),
                Some(_) => {}
            }
        }
        let scopes = (!method.open)
            .then(|| Scopes { granted: self.settings.scopes.join(","), accepted: method.scopes.join(",") });
        Answer { scopes, ..self.run(method, &args, now) }
    }

    /// A call that may be made at all.
    fn run(&mut self, method: &catalog::Method, args: &Args, now: i64) -> Answer {
        if let Err(wait) = self.count(method, args, now) {
            return Answer::rate_limited(wait);
        }
        if !method.scopes.is_empty() && !method.scopes.iter().any(|scope| self.has_scope(scope)) {
            return Answer::of(Err(self.missing_scope(method.scopes)));
        }
        let outcome = (method.run)(self, args, now);
        if let Err(refusal) = &outcome
            && !method.errors.contains(&refusal.code)
            && !catalog::COMMON.contains(&refusal.code)
        {
            // An app must never learn an error name here that Slack's method does not have.
            tracing::error!(
                method = method.name,
                code = refusal.code,
                "a handler refused by a name outside its row"
            );
            return Answer::error("internal_error");
        }
        Answer::of(outcome)
    }

    fn count(&mut self, method: &catalog::Method, args: &Args, now: i64) -> Result<(), u64> {
        if !self.settings.rate_limits {
            return Ok(());
        }
        self.state.rates.call(method.name, method.tier, now)?;
        if method.name == "chat.postMessage"
            && let Some(channel) = self.channel_named(&args.text("channel").unwrap_or_default())
        {
            let id = channel.id.clone();
            self.state.rates.post(&id, now)?;
        }
        Ok(())
    }

    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.settings.scopes.iter().any(|have| have == scope)
    }

    /// `missing_scope` with what was needed and what the token has.
    pub(crate) fn missing_scope(&self, needed: &[&str]) -> crate::answer::Refusal {
        refuse("missing_scope")
            .with("needed", needed.join(",").into())
            .with("provided", self.settings.scopes.join(",").into())
    }

    /// A message id: the time, or a microsecond after the last one.
    pub(crate) fn next_ts(&mut self, now: i64) -> String {
        let us = (now * 1_000).max(self.state.last_ts_us + 1);
        self.state.last_ts_us = us;
        ts_of(us)
    }

    /// An id that was never used: the prefix and ten characters.
    pub(crate) fn next_id(&mut self, prefix: &str) -> String {
        self.state.last_id += 1;
        format!("{prefix}{:0>10}", base36(self.state.last_id))
    }

    /// A short block or action id for what came without one.
    pub(crate) fn next_short_id(&mut self) -> String {
        self.state.last_id += 1;
        format!("{:0>5}", base36(self.state.last_id))
    }

    /// A channel by id, by name, or by `#name`.
    pub(crate) fn channel_named(&self, name: &str) -> Option<&Channel> {
        let bare = name.strip_prefix('#').unwrap_or(name);
        self.state
            .channels
            .get(name)
            .or_else(|| self.state.channels.values().find(|c| !c.is_im() && c.name == bare))
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&Channel> {
        self.state.channels.get(id)
    }

    pub(crate) fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.state.channels.get_mut(id)
    }

    pub(crate) fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.channel(channel)?.messages.get(ts)
    }

    pub(crate) fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.channel_mut(channel)?.messages.get_mut(ts)
    }

    /// The id of the direct conversation of a person with the bot, opened if there was none.
    pub(crate) fn direct_with(&mut self, user: &str, now: i64) -> String {
        if let Some(open) = self.state.channels.values().find(|c| c.im_user.as_deref() == Some(user)) {
            return open.id.clone();
        }
        let id = format!("D{}", user.strip_prefix('U').unwrap_or(user));
        let members = [user.to_owned(), self.bot_user().to_owned()].into();
        let channel = Channel {
            id: id.clone(),
            name: self.settings.app.name.clone(),
            im_user: Some(user.to_owned()),
            created: now / 1_000,
            members,
            ..Channel::default()
        };
        self.state.channels.insert(id.clone(), channel);
        id
    }

    pub(crate) fn bot_user(&self) -> &str {
        &self.settings.app.user_id
    }

    pub(crate) fn is_bot(&self, user: &str) -> bool {
        user == self.settings.app.user_id
    }

    /// The name that people read; the id if nobody has it.
    pub(crate) fn name_of<'a>(&'a self, user: &'a str) -> &'a str {
        match user {
            SLACKBOT => "Slackbot",
            _ => self.state.users.get(user).map_or(user, |person| &person.real_name),
        }
    }

    pub(crate) fn domain(&self) -> String {
        self.settings.team_name.to_lowercase().replace(' ', "-")
    }

    pub(crate) fn base_url(&self) -> &str {
        self.settings.base_url.as_deref().unwrap_or("http://127.0.0.1")
    }

    /// `team` as interactions carry it.
    pub(crate) fn team_json(&self) -> Value {
        json!({ "id": self.settings.team_id, "domain": self.domain() })
    }
}

/// The author of what Slack itself says to a person.
pub(crate) const SLACKBOT: &str = "USLACKBOT";

/// A ts from microseconds since 1970.
pub(crate) fn ts_of(us: i64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

fn base36(mut number: u64) -> String {
    const DIGITS: [char; 36] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J',
        'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
    ];
    let mut digits = Vec::new();
    while number > 0 {
        let at = usize::try_from(number % 36).unwrap_or_default();
        digits.push(DIGITS.get(at).copied().unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ts_is_unique_and_rises_even_if_the_clock_stands_or_goes_back() {
        let mut workspace = Workspace::new(Settings::default(), 0);
        let ts: Vec<String> = [1_700_000_000_000, 1_700_000_000_000, 1_600_000_000_000]
            .into_iter()
            .map(|now| workspace.next_ts(now))
            .collect();
        assert_eq!(ts, ["1700000000.000000", "1700000000.000001", "1700000000.000002"]);
    }

    #[test]
    fn a_channel_is_found_by_id_by_name_and_by_hash_name() {
        let workspace = Workspace::new(Settings::default(), 0);
        for name in ["C02OPS", "ops", "#ops"] {
            assert_eq!(workspace.channel_named(name).unwrap().id, "C02OPS");
        }
        assert!(workspace.channel_named("#nowhere").is_none());
        assert!(workspace.channel_named("").is_none());
    }
}

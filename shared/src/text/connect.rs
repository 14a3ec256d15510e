//! What `connect` says: the steps from a sender's settings to the first message, and what one incident will stand for. Which
//! steps are left is decided by the command; only their words are here.

use crate::slack::escape::Mrkdwn;

/// What is known of a source that somebody wants to connect.
#[derive(Clone, Debug)]
pub struct Connect<'a> {
    /// The name in the address.
    pub name: &'a str,
    /// What people call it; `None` for one that no mapping is for.
    pub title: Option<&'a str>,
    /// What to do at the sender, in parts: the address stands between them. Nothing, if no mapping says it.
    pub how: &'a [&'a str],
    /// Where it sends to; `None` for what comes by a topic or a rule of the AWS account.
    pub address: Option<&'a str>,
    /// What the config says, where nothing is sent at all because Callboard asks for it.
    pub config: Option<&'a str>,
    /// Where topics of other accounts deliver to.
    pub sns: &'a str,
    /// What its incidents are about, and what resolves them.
    pub key: Option<&'a str>,
    /// What the vendor says of it.
    pub page: Option<&'a str>,
    /// How its sender proves who it is, as the config writes it.
    pub verify: &'a str,
    /// The config lets it in.
    pub configured: bool,
    /// The names of its secrets, in the config or to be put there.
    pub secrets: &'a [String],
    /// Sources with a similar name, if there is no mapping for this one.
    pub alike: &'a [&'a str],
}

/// The steps, one after the other.
pub fn steps(source: &Connect<'_>, slash: &str) -> Vec<Mrkdwn> {
    let mut lines = vec![match source.title {
        Some(title) => Mrkdwn::ours("How to connect ") + Mrkdwn::escape(title).bold() + ":",
        None => unknown(source, slash),
    }];
    match (source.config, source.address) {
        (Some(config), _) => lines.extend(by_config(source, config)),
        (None, Some(address)) => {
            let steps = by_address(source, address).into_iter().enumerate();
            lines.extend(steps.map(|(at, step)| Mrkdwn::escape(&format!("{}. ", at + 1)) + step));
            lines.push(proof(source.verify));
        }
        (None, None) => lines.extend(by_topic(source)),
    }
    lines.extend(source.key.map(|key| Mrkdwn::ours("Incidents: ") + Mrkdwn::escape(key) + "."));
    lines.extend(source.page.map(|page| Mrkdwn::link(page, "What the vendor says")));
    lines
}

fn unknown(source: &Connect<'_>, slash: &str) -> Mrkdwn {
    let name = Mrkdwn::ours("No mapping is for ") + Mrkdwn::code(source.name);
    let next = match source.alike {
        [] => Mrkdwn::code(&format!("{slash} connect")) + " lists those that have one.",
        alike => {
            let commands = alike.iter().map(|name| Mrkdwn::code(&format!("{slash} connect {name}")));
            Mrkdwn::ours("Did you mean ") + Mrkdwn::join(commands, " or ") + "?"
        }
    };
    name + ". " + next + " It can send all the same, and is read by names and shapes:"
}

fn by_address(source: &Connect<'_>, address: &str) -> Vec<Mrkdwn> {
    let mut steps = Vec::new();
    if !source.configured {
        let verify = Some(format!("verify: {}", source.verify)).filter(|_| !has_options(source.verify));
        let secrets =
            Some(format!("secrets: {}", source.secrets.join(", "))).filter(|_| !source.secrets.is_empty());
        let words: Vec<String> = verify.into_iter().chain(secrets).collect();
        let row = Mrkdwn::code(&format!("{}: {{ {} }}", source.name, words.join(", ")));
        steps.push(
            Mrkdwn::ours("In the config, under ") + Mrkdwn::code("sources:") + ": " + row + ". Then deploy.",
        );
    }
    for secret in source.secrets {
        let which = if source.configured {
            "unless it is there already"
        } else {
            "yours or one that the sender makes"
        };
        let command = Mrkdwn::code(&format!("deploy/put-secrets sources/{secret}"));
        steps.push(Mrkdwn::ours("The secret, ") + which + ": " + command + ".");
    }
    steps.push(match source.how {
        [] => Mrkdwn::ours("Let it POST JSON to ") + Mrkdwn::code(address) + ".",
        parts => {
            let mut step = Mrkdwn::default();
            for (at, part) in parts.iter().enumerate() {
                let between = if at == 0 { Mrkdwn::default() } else { Mrkdwn::code(address) };
                step = step + between + Mrkdwn::escape(part);
            }
            step
        }
    });
    steps
}

fn by_config(source: &Connect<'_>, config: &str) -> [Mrkdwn; 2] {
    let how = Mrkdwn::join(source.how.iter().map(|part| Mrkdwn::escape(part)), "");
    [how, Mrkdwn::ours("In the config: ") + Mrkdwn::code(config) + ". Then deploy."]
}

fn by_topic(source: &Connect<'_>) -> Vec<Mrkdwn> {
    let how = Mrkdwn::join(source.how.iter().map(|part| Mrkdwn::escape(part)), "");
    let names = Mrkdwn::code("EventSources")
        + " is a parameter of the deployment; TopicArn, SignalsQueueArn and SnsUrl are what "
        + Mrkdwn::code("sam list stack-outputs")
        + " says.";
    let far = Mrkdwn::ours("From another account or region: a topic there delivers to SnsUrl, ")
        + Mrkdwn::code(source.sns)
        + ", and the config lists it: "
        + Mrkdwn::code("sns: { verify: sns, topics: ARN }")
        + ".";
    vec![how, names, far]
}

/// It is verified by options, which its mapping has, so that the config need not.
fn has_options(verify: &str) -> bool {
    verify.starts_with('{')
}

fn proof(verify: &str) -> Mrkdwn {
    match verify {
        options if has_options(options) => Mrkdwn::ours("Verified by its signature or token."),
        "none" => Mrkdwn::ours("Nobody checks who sends: anybody who knows the address gets in."),
        "path" => {
            Mrkdwn::ours("The secret in the address proves who sends: letters, digits, ")
                + Mrkdwn::code("-")
                + " and "
                + Mrkdwn::code("_")
                + "."
        }
        "basic" => {
            Mrkdwn::ours("Verified by ")
                + Mrkdwn::code("basic")
                + ": the secret is "
                + Mrkdwn::code("user:password")
                + "."
        }
        verify => Mrkdwn::ours("Verified by ") + Mrkdwn::code(verify) + ".",
    }
}

/// The sources that have a mapping, by their names, which are sorted: a line for each first letter.
pub fn list<'a>(names: impl Iterator<Item = &'a str>, slash: &str) -> Vec<Mrkdwn> {
    let names: Vec<&str> = names.collect();
    let first = Mrkdwn::code(&format!("{slash} connect NAME"))
        + " says how to connect one of these. Anything else can send too, by a name that you choose.";
    let row = |row: &[&str]| {
        let letter =
            row.first().and_then(|name| name.chars().next()).map(|letter| letter.to_ascii_uppercase());
        let letter = letter.map(|letter| Mrkdwn::escape(&letter.to_string()).bold()).unwrap_or_default();
        letter + " " + Mrkdwn::escape(&row.join(", "))
    };
    let rows = names.chunk_by(|one, next| one.chars().next() == next.chars().next()).map(row);
    std::iter::once(first).chain(rows).collect()
}

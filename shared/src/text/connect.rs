//! What `connect` says: the address of a source, what its sender has to be told, and what the config still lacks.

use crate::slack::escape::Mrkdwn;

/// What is known of a source that somebody wants to connect.
#[derive(Clone, Debug)]
pub struct Connect<'a> {
    /// The name in the address.
    pub name: &'a str,
    /// What people call it; `None` for one that no mapping is for.
    pub title: Option<&'a str>,
    /// How to set it up at the sender; `URL` stands for the address.
    pub how: Option<&'a str>,
    /// What its incidents are about, and what resolves them.
    pub key: Option<&'a str>,
    /// What the vendor says of it.
    pub page: Option<&'a str>,
    /// Where notifications go, without the name.
    pub hooks: &'a str,
    /// How its sender proves who it is, as the config writes it.
    pub verify: &'a str,
    /// The config lets it in.
    pub configured: bool,
    /// The names of its secrets, in the config or to be put there.
    pub secrets: &'a [String],
}

/// The steps, one after the other.
pub fn steps(source: &Connect<'_>, slash: &str) -> Vec<Mrkdwn> {
    let address = format!("{}/{}", source.hooks, source.name);
    let mut lines = vec![match source.title {
        Some(title) => Mrkdwn::escape(title).bold() + " sends to " + Mrkdwn::code(&address),
        None => {
            Mrkdwn::ours("No mapping is for ")
                + Mrkdwn::code(source.name)
                + ", so it is read by names and shapes, as anything is that is sent to "
                + Mrkdwn::code(&address)
                + ". "
                + Mrkdwn::code(&format!("{slash} connect"))
                + " lists those that have one."
        }
    }];
    let mut number = 0;
    let mut step = |text: Mrkdwn| {
        number += 1;
        lines.push(Mrkdwn::escape(&format!("{number}. ")) + text);
    };
    if !source.configured {
        let secrets = source.secrets.join(", ");
        let row = match secrets.as_str() {
            "" => format!("{}: {{ verify: {} }}", source.name, source.verify),
            names => format!("{}: {{ verify: {}, secrets: {names} }}", source.name, source.verify),
        };
        step(
            Mrkdwn::ours("Under ")
                + Mrkdwn::code("sources:")
                + " in the config: "
                + Mrkdwn::code(&row)
                + ". Then deploy.",
        );
    }
    for secret in source.secrets {
        step(
            Mrkdwn::ours("Put the secret that you share with the sender: ")
                + Mrkdwn::code(&format!("deploy/put-secrets sources/{secret}"))
                + ".",
        );
    }
    if let Some(how) = source.how {
        step(Mrkdwn::escape(&how.replace("URL", &address)));
    }
    if source.title.is_some() {
        let how = match source.verify {
            "none" => Mrkdwn::ours("Nobody checks who sends: anybody who knows the address gets in."),
            verify => Mrkdwn::ours("Its sender is verified by ") + Mrkdwn::code(verify) + ".",
        };
        let key = source.key.map(|key| Mrkdwn::ours(" One incident for ") + Mrkdwn::escape(key) + ".");
        lines.push(how + key.unwrap_or_default());
    }
    lines.extend(source.page.map(|page| Mrkdwn::link(page, "What the vendor says")));
    lines
}

/// The sources that have a mapping, by their names.
pub fn list<'a>(names: impl Iterator<Item = &'a str>, slash: &str) -> Vec<Mrkdwn> {
    let names: Vec<Mrkdwn> = names.map(Mrkdwn::code).collect();
    let first = Mrkdwn::code(&format!("{slash} connect NAME"))
        + " says how to connect one of these. Anything else can send too, by a name that you choose.";
    let rows = names.chunks(40).map(|some| Mrkdwn::join(some.iter().cloned(), " "));
    std::iter::once(first).chain(rows).collect()
}
